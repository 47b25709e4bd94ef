"""Rows of ports with DHCP options, names, two hosts, a shared address."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests import topology

from neutrino.backends.ovn import dhcp_for_all, dhcp_option, uuids
from neutrino.backends.ovn.northbound import backend
from neutrino.backends.ovn.router_port import advertisements
from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.backends.ovn.settings import Multicast, Settings
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.backends.ovn.subnet import facts as subnet_facts
from neutrino.model.agent import Agent
from neutrino.model.dhcp_option import DhcpOption
from neutrino.model.dns import assignments
from neutrino.model.port import HostBinding, Port
from neutrino.model.resource import Resource
from neutrino.model.subnet import Subnet
from neutrino.reconcile.fragment import Fragment, Place

NETWORK = topology.network("blue", dns_domain="<project_id>.example.")
V4 = topology.subnet("blue-4", NETWORK, "10.0.0.0/24", dns_nameservers=("192.0.2.53",))
V6 = topology.subnet("blue-6", NETWORK, "fd00::/64", ipv6_address_mode="dhcpv6-stateful")

CARDS = {"dpu": "AB123", "other": "CD456"}


def render(resource: Resource, settings: Settings | None = None, agents: tuple[str, ...] = ()) -> Fragment:
    nouns = {noun.resource: noun for noun in backend(settings or Settings()).nouns}
    facts = {one.id: nouns[type(one)].facts(one) for one in (NETWORK, V4, V6)}  # type: ignore[misc]
    chassis = tuple(AgentFacts(one, frozenset(), host=one, cards=frozenset({CARDS[one]})) for one in agents)
    fragment = nouns[type(resource)].render(resource, lambda cls, one: chassis if cls is Agent else facts.get(one))
    assert fragment is not None
    return fragment


def port(**given: Any) -> Port:
    return topology.port("p", NETWORK, {V4: "10.0.0.5", V6: "fd00::5"}, device_id="vm", **given)


def rows(fragment: Fragment, table: str) -> dict[str, Mapping[str, Any]]:
    return {str(key.uuid): row for key, row in fragment.rows.items() if key.table == table}


def lsp(fragment: Fragment) -> Mapping[str, Any]:
    (row,) = rows(fragment, "Logical_Switch_Port").values()
    return row


def test_options_of_a_port_are_a_row_of_its_own() -> None:
    plain = render(port())
    assert rows(plain, "DHCP_Options") == {}
    assert lsp(plain)["dhcpv4_options"] == uuids.dhcp(V4.id).uuid
    given = (
        DhcpOption("bootfile-name", 'pxe"linux.0'),
        DhcpOption("server-ip-address", "2001:db8::1"),  # left out: OVN would not parse it
        DhcpOption("ntp-server", "192.0.2.1,192.0.2.2"),
        DhcpOption("121", "198.51.100.0/24,10.0.0.9"),
        DhcpOption("router", ""),
        DhcpOption("dns-server", "192.0.2.99"),
        DhcpOption("domain-search", "a.example,b.example", 6),
    )
    fragment = render(port(extra_dhcp_opts=given))
    v4, v6 = (rows(fragment, "DHCP_Options")[str(lsp(fragment)[f"dhcpv{version}_options"])] for version in (4, 6))
    (subnet_row,) = rows(render(V4), "DHCP_Options").values()
    wanted = subnet_row["options"] | {
        "bootfile_name": '"pxe\\"linux.0"',
        "ntp_server": "{192.0.2.1, 192.0.2.2}",
        "classless_static_route": "{198.51.100.0/24,10.0.0.9}",
        "dns_server": "192.0.2.99",
    }
    del wanted["router"]
    marks = {"port_id": port().id, "neutron:network_id": NETWORK.id}
    assert v4 == {"cidr": V4.cidr, "options": wanted, "external_ids": {"subnet_id": V4.id, **marks}}
    assert v6["options"] == {"server_id": uuids.mac(V6.id), "domain_search": '"a.example,b.example"'}
    assert v6["external_ids"] == {"subnet_id": V6.id, **marks}


def test_dhcp_is_switched_off_by_version() -> None:
    row = lsp(render(port(extra_dhcp_opts=(DhcpOption("dhcp_disabled", "True"),))))
    assert (row["dhcpv4_options"], row["dhcpv6_options"]) == (None, uuids.dhcp(V6.id).uuid)


@pytest.mark.parametrize(
    ("name", "value", "ours", "expression"),
    [
        ("ip-forward-enable", "true", "ip_forward_enable", "1"),
        ("51", "0600", "lease_time", "600"),
        ("wpad", '"http://x"', "wpad", '"http://x"'),
        ("tag:ipxe,67", "x", "bootfile_name", '"x"'),
        ("tag:!ipxe,bootfile-name", "x", "bootfile_name_alt", '"x"'),
        ("ms-classless-static-route", "{10.1.0.0/16, 10.0.0.1}", "ms_classless_static_route", "{10.1.0.0/16,10.0.0.1}"),
    ],
)
def test_expressions(name: str, value: str, ours: str, expression: str) -> None:
    option = DhcpOption(name, value)
    assert dhcp_option.refused(option, {}) == ""
    assert dhcp_option.expressions((option,), 4) == {ours: expression}


def test_files_to_boot_from_over_ipv6_where_ovn_knows_them() -> None:
    options = [DhcpOption(f"tag:{tag},59", tag, 6) for tag in ("ipxe6", "!ipxe6")]
    assert [dhcp_option.refused(one, {}) for one in options] == [
        f"DHCP of IPv6 does not know the option 'tag:{tag},59'" for tag in ("ipxe6", "!ipxe6")
    ]
    assert not any(dhcp_option.refused(one, {"6": ["bootfile_name", "bootfile_name_alt"]}) for one in options)
    assert dhcp_option.expressions(options, 6) == {"bootfile_name": '"ipxe6"', "bootfile_name_alt": '"!ipxe6"'}


KNOWN = {"4": ["ntp_server", "wpad"], "6": ["domain_search"]}


def test_options_for_all_subnets_are_checked(caplog: pytest.LogCaptureFixture) -> None:
    given = {"ntp_server": "192.0.2.7;192.0.2.8", "wpad": "http://x", "mtu": "9", "T1": "60", "domain_name": ""}
    assert dhcp_for_all.checked(4, given, KNOWN) == {"ntp_server": "{192.0.2.7, 192.0.2.8}", "wpad": '"http://x"'}
    assert [record.args[1] for record in caplog.records] == ["mtu", "'T1'", "'domain_name'"]
    assert dhcp_for_all.checked(4, {"domain_name": ""}, {}) == {"domain_name": ""}
    assert dhcp_for_all.checked(6, {"bootfile_name": "x"}, {}) == {}  # the oldest OVN does not know it


@pytest.mark.parametrize(
    ("version", "name", "value", "why"),
    [
        (4, "no_such_option", "1", "there is no option 'no_such_option' of DHCP for IPv4: choose from netmask, "),
        (4, "ntp_server", "x", "'x' is no address or list of addresses as the value of 'ntp_server'"),
        (4, "ntp_server", "fd00::1", "'fd00::1' is no value of 'ntp_server' for IPv4"),
        (6, "ntp_server", "fd00::1", "there is no option 'ntp_server' of DHCP for IPv6: choose from server_id, "),
    ],
)
def test_what_cannot_be_an_option_for_all_subnets(version: int, name: str, value: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"[ovn] ovn_dhcp{version}_global_options: {why}")):
        dhcp_for_all.checked(version, {name: value}, {})


def test_what_the_operator_chose_for_all_subnets() -> None:
    settings = Settings(
        dns_domain="cloud.example",
        dns_servers=("192.0.2.1", "fd00::53"),
        lease_s=60,
        dhcp_options={4: {"ntp_server": "{192.0.2.7, 192.0.2.8}", "domain_name": ""}, 6: {}},
    )
    (v4,) = rows(render(msgspec.structs.replace(V4, dns_nameservers=()), settings), "DHCP_Options").values()
    assert v4["options"] == {
        "server_id": "10.0.0.1",
        "server_mac": uuids.mac(V4.id),
        "lease_time": "60",
        "mtu": "1442",
        "router": "10.0.0.1",
        "dns_server": "{192.0.2.1}",
        "ntp_server": "{192.0.2.7, 192.0.2.8}",
    }
    named = Settings(dns_domain="cloud.example")
    (v4,) = rows(render(V4, named), "DHCP_Options").values()
    assert v4["options"]["domain_name"] == '"cloud.example"'
    (v6,) = rows(render(V6, settings), "DHCP_Options").values()
    assert v6["options"] == {"server_id": uuids.mac(V6.id), "dns_server": "{fd00::53}"}
    assert "domain_name" not in rows(render(V4, Settings(dns_domain="openstacklocal")), "DHCP_Options").popitem()[1]


def test_whom_instances_ask_for_names() -> None:
    def told(subnet: Subnet, settings: Settings) -> object:
        (row,) = rows(render(subnet, settings), "DHCP_Options").values()
        return row["options"].get("dns_server")

    quiet = msgspec.structs.replace(V4, dns_nameservers=())
    near = msgspec.structs.replace(quiet, metadata_ip="10.0.0.2")
    named = msgspec.structs.replace(near, dns_nameservers=("192.0.2.9",))
    nobody = msgspec.structs.replace(near, dns_nameservers=("0.0.0.0",))  # noqa: S104
    configured = Settings(dns_servers=("192.0.2.1",))
    assert [told(one, Settings()) for one in (quiet, near, named, nobody)] == [None, "{10.0.0.2}", "{192.0.2.9}", None]
    assert [told(one, configured) for one in (near, named)] == ["{192.0.2.1}", "{192.0.2.9}"]
    assert told(near, Settings(has_resolvers=False)) is None


def test_names_of_a_port() -> None:
    plain = port()
    named = msgspec.structs.replace(
        plain, dns_name="web", dns_assignment=assignments(plain.fixed_ips, "web", "cloud.example.")
    )
    fragment = render(named)
    key = uuids.named("DNS", NETWORK.id)
    assert fragment.rows[key] == {"external_ids": {"ls_name": f"neutron-{NETWORK.id}"}, "records": {}}
    fqdn = "web.cloud.example"
    assert fragment.elements[Place(*key, "records")] == {
        "web": "10.0.0.5 fd00::5",
        fqdn: "10.0.0.5 fd00::5",
        f"web.{plain.project_id}.example": "10.0.0.5 fd00::5",
        "5.0.0.10.in-addr.arpa": fqdn,
        "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa": fqdn,
    }
    assert fragment.elements[Place(*uuids.switch(NETWORK.id), "dns_records")] == frozenset({key.uuid})
    assert lsp(fragment)["options"] == {"hostname": '"web"'}
    assert key not in render(msgspec.structs.replace(named, device_id="")).rows


def test_the_address_of_a_load_balancer_is_no_ports() -> None:
    own = frozenset({"fa:16:3e:00:00:05 10.0.0.5 fd00::5"})
    given = {"mac_address": "fa:16:3e:00:00:05"}
    assert lsp(render(port(name="ovn-lb-vip-1", **given)))["addresses"] == frozenset()
    assert lsp(render(port(name="ovn-lb-vip-1", device_owner="Octavia", **given)))["addresses"] == own
    assert lsp(render(port(name="vip", **given)))["addresses"] == own


def test_a_port_at_two_hosts() -> None:
    waiting = HostBinding("dst", "normal", {}, "ovs", {})
    options = lsp(render(port(binding_host_id="src", inactive_bindings=(waiting,))))["options"]
    assert options == {"requested-chassis": "src,dst", "activation-strategy": "rarp"}
    left = HostBinding("src", "normal", {}, "unbound", {})
    options = lsp(render(port(binding_host_id="dst", inactive_bindings=(left,))))["options"]
    assert options == {"requested-chassis": "dst"}


def test_a_port_of_dpdk_is_active_at_both_hosts_at_once_while_it_migrates() -> None:
    moving = port(binding_host_id="src", binding_profile={"migrating_to": "dst"})
    assert lsp(render(moving))["options"] == {"requested-chassis": "src,dst", "activation-strategy": "rarp"}
    by_socket = msgspec.structs.replace(moving, binding_vif_type="vhostuser")
    assert lsp(render(by_socket))["options"] == {"requested-chassis": "src,dst"}


def test_a_shared_address() -> None:
    vip = port(virtual_ip="10.0.0.5", virtual_parents=("a", "b"))
    row = lsp(render(vip))
    assert row["type"] == "virtual"
    assert row["options"] == {"virtual-ip": "10.0.0.5", "virtual-parents": "a,b"}
    assert lsp(render(msgspec.structs.replace(vip, binding_host_id="src")))["type"] == ""
    carried = lsp(render(msgspec.structs.replace(vip, binding_profile={"parent_name": "c", "tag": 7})))
    assert (carried["type"], carried["options"], carried["tag_request"]) == ("", {}, 7)


@pytest.mark.parametrize("device", [("network:distributed", "ovnmeta-1"), ("ovn-lb-hm:distributed", "ovn-lb-hm-1")])
def test_each_chassis_has_ports_of_metadata_and_of_health_monitors_for_itself(device: tuple[str, str]) -> None:
    owner, device_id = device
    given = msgspec.structs.replace(port(port_security_enabled=False), device_owner=owner, device_id=device_id)
    row = lsp(render(given))
    assert (row["type"], row["external_ids"]["neutron:mtu"]) == ("localport", "1442")
    of_monitor = owner.startswith("ovn-lb-hm")  # OVN answers ARP for it itself
    assert row["addresses"] == {given.mac_address + ("" if of_monitor else " 10.0.0.5 fd00::5")}
    assert lsp(render(msgspec.structs.replace(given, device_owner="compute:nova")))["type"] == ""
    assert lsp(render(port()))["external_ids"]["neutron:mtu"] == ""


def test_a_port_of_a_switch_of_hardware() -> None:
    switch = {"vtep-physical-switch": "rack-1", "vtep-logical-switch": "ls-1"}
    fragment = render(port(binding_profile=switch | {"more": 1}))
    row = lsp(fragment)
    assert (row["type"], row["addresses"], row["options"]) == ("vtep", {"unknown"}, switch)
    assert "port_security" not in row or not row["port_security"]
    assert Place(*uuids.port_group(uuids.DROP_GROUP), "ports") not in fragment.elements
    carried = lsp(render(port(binding_profile=switch | {"parent_name": "c", "tag": 7})))
    assert (carried["type"], carried["parent_name"], carried["options"]) == ("", "c", {})


CARD = {
    "pci_vendor_info": "15b3:1017",
    "pci_slot": "0000:03:00.2",
    "physical_network": None,
    "card_serial_number": "AB123",
    "pf_mac_address": "08:c0:eb:00:00:01",
    "vf_num": 3,
}


def test_the_port_of_a_card_is_plugged_by_the_card() -> None:
    plug = {
        "vif-plug-type": "representor",
        "vif-plug-mtu-request": "1442",
        "vif-plug:representor:pf-mac": "08:c0:eb:00:00:01",
        "vif-plug:representor:vf-num": "3",
    }
    managed = {"binding_vnic_type": "remote-managed", "binding_host_id": "compute"}
    fragment = render(port(**managed, binding_profile=CARD), agents=("dpu", "other"))
    assert lsp(fragment)["options"] == plug | {"requested-chassis": "dpu"}
    assert lsp(fragment)["external_ids"]["neutron:host_id"] == "compute"
    assert lsp(render(port(**managed, binding_profile=CARD)))["options"] == plug
    assert lsp(render(port(**managed), agents=("dpu",)))["options"] == {}
    normal = port(binding_profile=CARD, binding_host_id="compute")
    assert lsp(render(normal, agents=("dpu",)))["options"] == {"requested-chassis": "compute"}


def test_a_port_s_host_is_written_with_its_binding() -> None:
    assert lsp(render(port(binding_host_id="src")))["external_ids"]["neutron:host_id"] == "src"
    assert "neutron:host_id" not in lsp(render(port()))["external_ids"]


def test_what_a_router_advertises() -> None:
    def told(settings: Settings, *, is_near: bool = True, **given: Any) -> dict[str, str]:
        six = topology.subnet("six", NETWORK, "fd00:5::/64", **given)
        seen = subnet_facts(six, settings)
        assert isinstance(seen, SubnetFacts)
        return advertisements([(six.id, "fd00:5::1", seen)], 1442, is_near=is_near)

    slaac = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    named = Settings(dns_domain="cloud.example", dns_servers=("192.0.2.53", "fd00::53", "fd00::54"), has_metadata=True)
    plain = {"address_mode": "slaac", "send_periodic": "true", "mtu": "1442"}
    way, names = {"route_info": "MEDIUM-fe80::a9fe:a9fe/128"}, {"rdnss": "fd00::53", "dnssl": "cloud.example"}
    assert told(Settings(), **slaac) == plain
    assert told(Settings(), **slaac, metadata_ip="fd00:5::2") == plain | {"rdnss": "fd00:5::2"}
    assert told(named, **slaac) == plain | way | names
    assert told(named, **slaac, is_near=False) == plain | names
    assert told(named, **slaac, dns_nameservers=("192.0.2.1", "fd00::9")) == plain | way | names | {"rdnss": "fd00::9"}
    assert told(named, **slaac, dns_nameservers=("192.0.2.1",)) == plain | way | {"dnssl": "cloud.example"}
    assert told(named, **slaac, dns_nameservers=("::",)) == plain | way | {"dnssl": "cloud.example"}
    both = {"ipv6_ra_mode": "dhcpv6-stateless", "ipv6_address_mode": "dhcpv6-stateless"}
    assert told(named, **both) == plain | way | {"address_mode": "dhcpv6_stateless"}
    assert told(named) == {}


def test_where_multicast_goes_is_the_operator_s_choice() -> None:
    def told(settings: Settings) -> dict[str, str]:
        vlan = topology.network("vlan", provider_network_type="vlan", provider_physical_network="physnet1")
        (switch,) = rows(render(vlan, settings), "Logical_Switch").values()
        options = switch["other_config"] | lsp(render(topology.segment(vlan), settings))["options"]
        return {name: value for name, value in options.items() if name.startswith("mcast_")}

    def all_but(**given: str) -> dict[str, str]:
        plain = dict.fromkeys(("mcast_snoop", "mcast_flood_unregistered", "mcast_flood"), "false")
        return plain | {"mcast_flood_reports": "true"} | given

    assert told(Settings()) == all_but()
    assert told(Settings(multicast=Multicast(snoops=True, floods_reports=False))) == all_but(
        mcast_snoop="true", mcast_flood_reports="false"
    )
    floods = Multicast(floods_physical=True, floods_unregistered=True)
    assert told(Settings(multicast=floods)) == all_but(mcast_flood="true", mcast_flood_unregistered="true")
