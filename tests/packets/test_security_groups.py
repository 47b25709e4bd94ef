"""What security groups let through, in both directions, and what changes of them do to the wire."""

import subprocess
import sys

import pytest
from tests.packets.scenario import PROBES, Resource, Site, eventually

from neutrino.stack.api import ApiRefused

ICMP = {"protocol": "icmp"}
WEB = {"protocol": "tcp", "port_range_min": 8000, "port_range_max": 8000}


@pytest.mark.proves("default-group")
def test_the_default_group_lets_in_its_own_members_only(site: Site) -> None:
    network = site.network()
    member = site.instance("a", network, "h1")
    other_member = site.instance("b", network, "h2")
    stranger = site.instance("c", network, "h1", [site.group()])
    assert eventually(lambda: member.pings(other_member.address))
    assert not stranger.pings(member.address)
    assert not stranger.pings(other_member.address)
    assert not member.pings(stranger.address)


@pytest.mark.proves("rule")
def test_a_rule_opens_what_it_names_and_nothing_else(site: Site) -> None:
    network = site.network()
    closed = site.group(name="server")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2", [closed])
    b.serve(8000)
    assert not a.connects(b.address, 8000)
    rule = site.rule(closed, **WEB)
    assert eventually(lambda: a.connects(b.address, 8000))
    assert not a.pings(b.address)
    assert not a.probe("datagram", b.address, "8000")
    site.api.delete("security-group-rules", rule["id"])
    assert eventually(lambda: not a.connects(b.address, 8000))


@pytest.mark.proves("rule-removal")
def test_a_rule_that_goes_cuts_connections_that_stand(site: Site) -> None:
    network = site.network()
    group = site.group()
    rule = site.rule(group, **WEB)
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2", [group])
    b.serve(8000)
    assert eventually(lambda: a.connects(b.address, 8000))
    client = site.lab.popen(
        *(a.name, sys.executable, str(PROBES), "stream", b.address, "8000"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert client.stdin is not None
    assert client.stdout is not None

    def answered() -> bool:
        client.stdin.write("again\n")
        client.stdin.flush()
        return client.stdout.readline() == "yes\n"

    assert answered()
    site.api.delete("security-group-rules", rule["id"])
    assert eventually(lambda: not answered())
    client.stdin.close()
    client.wait(timeout=10)
    client.stdout.close()


@pytest.mark.proves("egress", "dhcp-restrictive-groups")
def test_what_may_not_leave_does_not(site: Site) -> None:
    network = site.network()
    group = site.group(ICMP)
    for rule in site.api.list("security-group-rules", security_group_id=group["id"], direction="egress"):
        site.api.delete("security-group-rules", rule["id"])
    a = site.instance("a", network, "h1", [group])  # it still gets its address: DHCP is the network's own business
    b = site.instance("b", network, "h2", [site.group(ICMP, WEB, name="b")])
    b.serve(8000)
    assert eventually(lambda: b.pings(a.address))  # the answer belongs to what was let in
    assert not a.pings(b.address)
    assert not a.connects(b.address, 8000)
    site.rule(group, "egress", **WEB)
    assert eventually(lambda: a.connects(b.address, 8000))
    assert not a.pings(b.address)


@pytest.mark.proves("remote-group")
def test_a_remote_group_means_its_members(site: Site) -> None:
    network = site.network()
    clients, servers = site.group(name="clients"), site.group(name="servers")
    site.rule(servers, remote_group_id=clients["id"], **WEB)
    client = site.instance("a", network, "h1", [clients])
    stranger = site.instance("b", network, "h1", [site.group(name="x")])
    server = site.instance("c", network, "h2", [servers])
    server.serve(8000)
    assert eventually(lambda: client.connects(server.address, 8000))
    assert not stranger.connects(server.address, 8000)
    site.api.update("ports", "port", stranger.port["id"], security_groups=[clients["id"]])
    assert eventually(lambda: stranger.connects(server.address, 8000))


@pytest.mark.proves("remote-prefix")
def test_a_remote_prefix_means_its_addresses(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1", fixed_ips=[{"ip_address": "10.1.0.10"}])
    b = site.instance("b", network, "h1", fixed_ips=[{"ip_address": "10.1.0.200"}])
    group = site.group({"remote_ip_prefix": "10.1.0.0/28", **ICMP})
    c = site.instance("c", network, "h2", [group])
    assert eventually(lambda: a.pings(c.address))
    assert not b.pings(c.address)


@pytest.mark.proves("stateless")
def test_a_stateless_group_needs_a_rule_for_the_way_back(site: Site) -> None:
    network = site.network()
    group = site.create("security-groups", "security_group", name="stateless", stateful=False)
    for rule in site.api.list("security-group-rules", security_group_id=group["id"], direction="egress"):
        site.api.delete("security-group-rules", rule["id"])
    site.rule(group, **WEB)
    a = site.instance("a", network, "h1", [site.group(name="a")])
    b = site.instance("b", network, "h2", [group])
    b.serve(8000)
    assert not a.connects(b.address, 8000)
    site.rule(group, "egress", protocol="tcp")
    assert eventually(lambda: a.connects(b.address, 8000))


@pytest.mark.proves("address-group")
def test_a_remote_address_group_means_its_addresses(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1", fixed_ips=[{"ip_address": "10.1.0.10"}])
    b = site.instance("b", network, "h1", fixed_ips=[{"ip_address": "10.1.0.200"}])
    lab = site.create("address-groups", "address_group", name="lab", addresses=["10.1.0.0/28"])
    c = site.instance("c", network, "h2", [site.group({"remote_address_group_id": lab["id"], **ICMP})])
    assert eventually(lambda: a.pings(c.address))
    assert not b.pings(c.address)
    site.api.act("address-groups", lab["id"], "add_addresses", addresses=["10.1.0.200/32"])
    assert eventually(lambda: b.pings(c.address))
    site.api.act("address-groups", lab["id"], "remove_addresses", addresses=["10.1.0.0/28"])
    assert eventually(lambda: not a.pings(c.address))


@pytest.mark.proves("port-range", "icmp-types", "protocol-number")
def test_rules_of_ranges_types_and_numbers(site: Site) -> None:
    network, experiment = site.network(), 253  # RFC 3692
    group = site.group({"protocol": "tcp", "port_range_min": 8001, "port_range_max": 8002})
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2", [group])
    for port in (8002, 8003):
        b.serve(port)
    b.mirror(experiment)

    def reached() -> list[bool]:
        return [a.connects(b.address, port) for port in (8002, 8003)]

    assert eventually(lambda: reached() == [True, False])
    assert not a.probe("icmp", b.address, "13")
    site.rule(group, protocol="icmp", port_range_min=13, port_range_max=0)  # a timestamp's request
    assert eventually(lambda: a.probe("icmp", b.address, "13"))
    assert not a.probe("icmp", b.address, "8")
    assert not a.probe("protocol", b.address, str(experiment))
    site.rule(group, protocol=str(experiment))
    assert eventually(lambda: a.probe("protocol", b.address, str(experiment)))


@pytest.mark.proves("stateless-services", "stateless-change")
def test_an_instance_of_a_stateless_group_has_its_services(site: Site, public: Resource) -> None:
    network = site.network()
    site.router(network, public=public)
    group = site.create("security-groups", "security_group", name="stateless", stateful=False)
    site.rule(group, **ICMP)
    a = site.instance("a", network, "h1", [group])  # by DHCP
    floating = site.floating_ip(public, a)["floating_ip_address"]
    assert eventually(lambda: site.outside.pings(floating))
    path = "/latest/meta-data/instance-id"
    assert a.fetch("169.254.169.254", path) == ""  # nothing says that answers may come in
    site.rule(group, protocol="tcp", remote_ip_prefix="169.254.169.254/32")
    assert eventually(lambda: a.fetch("169.254.169.254", path) == a.port["device_id"])
    with pytest.raises(ApiRefused) as refused:
        site.api.update("security-groups", "security_group", group["id"], stateful=True)
    assert refused.value.kind == "SecurityGroupInUse"
