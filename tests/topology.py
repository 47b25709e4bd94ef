"""API resources for tests: builders with every attribute given, and a reference topology."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from neutrino.model.address_group import AddressGroup
from neutrino.model.address_scope import AddressScope
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent
from neutrino.model.floating_ip import ACTIVE, DOWN, FloatingIp
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.log import Log
from neutrino.model.metering import MeteringLabel, MeteringLabelRule
from neutrino.model.ndp_proxy import NdpProxy
from neutrino.model.network import Network, ProviderSegment
from neutrino.model.port import FLOATING_IP, LOCAL_IP, ROUTER_GATEWAY, ROUTER_INTERFACE, AddressPair, FixedIp, Port
from neutrino.model.port_forwarding import PortForwarding, Translation
from neutrino.model.qos import BandwidthLimitRule, DscpMarkingRule, MinimumBandwidthRule, QosPolicy
from neutrino.model.resource import Resource
from neutrino.model.router import Gateway, Leg, Route, Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule, normalized
from neutrino.model.segment import Segment
from neutrino.model.subnet import SLAAC, STATEFUL, STATELESS, AllocationPool, HostRoute, Subnet
from neutrino.model.subnetpool import SubnetPool

_STANDARD = {
    "project_id": "2c9d4b8e0f6a4d1c9b7e5a3f1d0c8b6a",
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:05Z",
    "revision_number": 0,
}


def an_id(text: str) -> str:
    """Return the id that *text* stands for."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, text))


def network(text: str, **given: Any) -> Network:
    kind = {} if "segments" in given else {"provider_network_type": "geneve"}
    given = {"name": text, "mtu": 1442, "provider_network_type": None, **kind, **given}
    if given["provider_network_type"] == "geneve":
        given.setdefault("provider_segmentation_id", 1 + int(an_id(text)[:5], 16))
    return Network(id=an_id(text), **_STANDARD, **given)


def segment(network: Network, number: int = 0, **given: Any) -> Segment:
    """Return the only segment of *network*, or its segment *number* of several."""
    one = network.segments[number] if network.segments else network
    return Segment(
        id=an_id(f"{network.name} segment {number}"),
        network_id=network.id,
        segment_index=number,
        network_type=one.provider_network_type,
        physical_network=one.provider_physical_network,
        segmentation_id=one.provider_segmentation_id,
        **_STANDARD,
        **given,
    )


def subnet(text: str, network: Network, cidr: str, **given: Any) -> Subnet:
    version = 6 if ":" in cidr else 4
    first = cidr.partition("/")[0].removesuffix(".0") + (".1" if version == 4 else "1")
    pools = (AllocationPool(first[:-1] + "2", first[:-1] + "99"),)
    given = {"name": text, "gateway_ip": first, "allocation_pools": pools, **given}
    return Subnet(id=an_id(text), network_id=network.id, cidr=cidr, ip_version=version, **_STANDARD, **given)


def group(text: str, **given: Any) -> SecurityGroup:
    return SecurityGroup(id=an_id(text), **_STANDARD, **{"name": text, "stateful": True, **given})


def address_group(text: str, *addresses: str) -> AddressGroup:
    return AddressGroup(id=an_id(text), name=text, addresses=addresses, **_STANDARD)


def rule(text: str, group: SecurityGroup, direction: str, **given: Any) -> SecurityGroupRule:
    given = {"normalized_cidr": normalized(given.get("remote_ip_prefix")), **given}
    return SecurityGroupRule(id=an_id(text), security_group_id=group.id, direction=direction, **_STANDARD, **given)


def log(text: str, **given: Any) -> Log:
    return Log(id=an_id(text), resource_type="security_group", **_STANDARD, **{"name": text, **given})


def port(text: str, network: Network, fixed_ips: dict[Subnet, str] | None = None, **given: Any) -> Port:
    octets = an_id(text).replace("-", "")
    fixed = tuple(FixedIp(subnet.id, address) for subnet, address in (fixed_ips or {}).items())
    given = {
        "name": text,
        "mac_address": f"fa:16:3e:{octets[0:2]}:{octets[2:4]}:{octets[4:6]}",
        "security_groups": (),
        "port_security_enabled": True,
        **given,
    }
    mac = given["mac_address"]  # which pairs are kept with, where they name none
    pairs = (AddressPair(one.ip_address, one.mac_address or mac) for one in given.pop("allowed_address_pairs", ()))
    kept = {"fixed_ips": fixed, "allowed_address_pairs": tuple(pairs)}
    return Port(id=an_id(text), network_id=network.id, **kept, **_STANDARD, **given)


def agent(host: str, mappings: str = "physnet1:br-ex", is_gateway: bool = True, zone: str = "") -> Agent:
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2026-01-02 03:04:05")
    return Agent(
        id=an_id(f"agent of {host}"),
        agent_type=GATEWAY_AGENT if is_gateway else CONTROLLER_AGENT,
        binary="ovn-controller",
        host=host,
        availability_zone=zone,
        alive=True,
        configurations={"chassis_name": host, "bridge-mappings": mappings},
        **times,
    )


def router(
    text: str, gateway: Port | None = None, enable_snat: bool = True, others: Sequence[Port] = (), **given: Any
) -> Router:
    """Return a router with this gateway, and with the interfaces and further gateways *others*."""
    flags = ("enable_default_route_ecmp", "enable_default_route_bfd", "distributed", "enable_ndp_proxy")
    given = dict.fromkeys(flags, False) | {"ha": True} | given
    if gateway is not None:
        given["gw_port_id"] = gateway.id
        given["external_gateway_info"] = Gateway(gateway.network_id, enable_snat, gateway.fixed_ips)
    mine = [*([gateway] if gateway is not None else []), *others]
    given["legs"] = tuple(Leg(p.id, p.network_id, p.device_owner, p.fixed_ips) for p in mine)
    return Router(id=an_id(text), enable_snat=enable_snat, **_STANDARD, **{"name": text, **given})


def router_port(text: str, router: str, network: Network, fixed_ips: dict[Subnet, str], **given: Any) -> Port:
    """Return an interface of the router called *router*, or with ``is_gateway=True`` its gateway."""
    owner = ROUTER_GATEWAY if given.pop("is_gateway", False) else ROUTER_INTERFACE
    given = {"device_id": an_id(router), "device_owner": owner, "port_security_enabled": False, **given}
    return port(text, network, fixed_ips, **given)


def policy(text: str, *rules: BandwidthLimitRule | DscpMarkingRule | MinimumBandwidthRule) -> QosPolicy:
    return QosPolicy(id=an_id(text), name=text, rules=rules, **_STANDARD)


def limit(max_kbps: int, max_burst_kbps: int = 0, direction: str = "egress") -> BandwidthLimitRule:
    ids = {"id": an_id(f"limit {max_kbps}"), "qos_policy_id": an_id("some policy")}
    return BandwidthLimitRule(max_kbps=max_kbps, max_burst_kbps=max_burst_kbps, direction=direction, **ids)


def mark(dscp_mark: int) -> DscpMarkingRule:
    return DscpMarkingRule(id=an_id(f"mark {dscp_mark}"), qos_policy_id=an_id("some policy"), dscp_mark=dscp_mark)


def least(min_kbps: int, direction: str = "egress") -> MinimumBandwidthRule:
    ids = {"id": an_id(f"least {min_kbps}"), "qos_policy_id": an_id("some policy")}
    return MinimumBandwidthRule(min_kbps=min_kbps, direction=direction, **ids)


def floating_ip(
    text: str, holder: Port, to: Port | None = None, router: Router | None = None, qos_policy_id: str | None = None
) -> FloatingIp:
    given: dict[str, Any] = {"status": DOWN}
    if to is not None and router is not None:
        given = {
            "port_id": to.id,
            "fixed_ip_address": to.fixed_ips[0].ip_address,
            "router_id": router.id,
            "status": ACTIVE,
        }
    given["qos_policy_id"] = qos_policy_id
    return FloatingIp(
        id=an_id(text),
        floating_network_id=holder.network_id,
        floating_ip_address=holder.fixed_ips[0].ip_address,
        floating_port_id=holder.id,
        **_STANDARD,
        **given,
    )


def forwarding(text: str, floating: FloatingIp, to: Port, ports: str, inner: str, protocol: str = "tcp") -> Any:
    """Return a port forwarding of *floating* to the first address of *to*."""
    return PortForwarding(
        id=an_id(text),
        floatingip_id=floating.id,
        protocol=protocol,
        external_port_range=ports,
        internal_port_range=inner,
        internal_port_id=to.id,
        internal_ip_address=to.fixed_ips[0].ip_address,
    )


def ndp_proxy(text: str, router: Router, to: Port, address: str) -> NdpProxy:
    return NdpProxy(id=an_id(text), router_id=router.id, port_id=to.id, ip_address=address, **_STANDARD)


def label(text: str, *rules: Mapping[str, Any], **given: Any) -> MeteringLabel:
    """Return a metering label as it is read where it has *rules*, each by its attributes."""
    row_id = an_id(text)
    made = tuple(
        MeteringLabelRule(
            id=an_id(f"{text} {number}"), project_id=_STANDARD["project_id"], metering_label_id=row_id, **rule
        )
        for number, rule in enumerate(rules)
    )
    return MeteringLabel(id=row_id, name=text, rules=made, **{"project_id": _STANDARD["project_id"], **given})


def local_ip(text: str, port: Port) -> LocalIp:
    """Return the local IP that is the first address of *port*."""
    return LocalIp(
        id=an_id(text),
        name=text,
        local_port_id=port.id,
        network_id=port.network_id,
        local_ip_address=port.fixed_ips[0].ip_address,
        **_STANDARD,
    )


def local_association(local: LocalIp, to: Port) -> LocalIpAssociation:
    return LocalIpAssociation(
        id=an_id(f"{local.name} of {to.name}"),
        project_id=local.project_id,
        local_ip_id=local.id,
        local_ip_address=str(local.local_ip_address),
        fixed_port_id=to.id,
        fixed_ip=to.fixed_ips[0].ip_address,
        host=to.binding_host_id or "",
    )


def with_forwardings(floating: FloatingIp, router: Router, *forwardings: PortForwarding) -> FloatingIp:
    """Return *floating* as it is read where it has *forwardings*, which brought it to *router*."""
    translations = tuple(
        Translation(one.protocol, one.external_port_range, one.internal_ip_address, one.internal_port_range)
        for one in sorted(forwardings, key=lambda one: (one.external_port_range, one.id))
    )
    return msgspec.structs.replace(floating, router_id=router.id, status=ACTIVE, translations=translations)


def reference() -> list[Resource]:
    """Return a small cloud that has one of everything that is rendered."""
    blue, flat = network("blue"), network("flat", mtu=1500, provider_network_type="flat")
    flat = network(
        "flat",
        mtu=1500,
        provider_network_type="flat",
        provider_physical_network="physnet1",
        availability_zone_hints=("az1", "az2"),
        qos_policy_id=an_id("gold"),
    )
    vlan = network(
        "vlan", mtu=1500, provider_network_type="vlan", provider_physical_network="physnet2",
        provider_segmentation_id=101,
    )  # fmt: skip
    v4 = subnet(
        "blue-v4", blue, "10.0.0.0/24", dns_nameservers=("10.0.0.2", "10.0.0.3"),
        host_routes=(HostRoute("192.0.2.0/24", "10.0.0.9"),),
    )  # fmt: skip
    v6 = subnet("blue-v6", blue, "fd00:1::/64", ipv6_address_mode=STATEFUL, ipv6_ra_mode=STATEFUL)
    stateless = subnet("blue-v6-stateless", blue, "fd00:2::/64", ipv6_address_mode=STATELESS, ipv6_ra_mode=STATELESS)
    slaac = subnet("blue-v6-slaac", blue, "fd00:3::/64", ipv6_address_mode=SLAAC, ipv6_ra_mode=SLAAC)
    island = subnet("island", blue, "10.9.0.0/24", gateway_ip=None, dns_nameservers=("0.0.0.0",))  # noqa: S104
    vlan_v4 = subnet("vlan-v4", vlan, "10.7.0.0/24", enable_dhcp=False, subnetpool_id=an_id("pool"))
    static = subnet("flat-v4", flat, "203.0.113.0/24", enable_dhcp=False)
    lab = address_group("lab", "192.0.2.0/24", "198.51.100.7/32", "2001:db8:7::/48")
    web, quick = group("web"), group("quick", stateful=False)
    outer = network("outer", mtu=1500, provider_network_type="flat", provider_physical_network="physnet3",
                    router_external=True)  # fmt: skip
    outer_v4 = subnet("outer-v4", outer, "198.51.100.0/24", enable_dhcp=False)
    outer_v6 = subnet("outer-v6", outer, "fd00:9::/64", enable_dhcp=False)
    wide = network("wide", mtu=1500, qinq=True, segments=(
        ProviderSegment("vlan", "physnet1", 7), ProviderSegment("vlan", "physnet2", 8)))  # fmt: skip
    passing = network("passing", vlan_transparent=True)
    parent = port("parent", blue, {v4: "10.0.0.30"})
    carried = port("carried", vlan, device_owner="trunk:subport", binding_vif_type="ovs",
                   binding_profile={"parent_name": parent.id, "tag": 30})  # fmt: skip
    gateway = router_port("edge-gateway", "edge", outer, {outer_v4: "198.51.100.5", outer_v6: "fd00:9::5"},
                          is_gateway=True)  # fmt: skip
    legs = [
        router_port("edge-v4", "edge", blue, {v4: "10.0.0.1"}),
        router_port("edge-v6", "edge", blue, {slaac: "fd00:3::1"}),
        router_port("edge-vlan", "edge", vlan, {vlan_v4: "10.7.0.1"}),
    ]
    edge = router("edge", gateway, others=legs, routes=(Route("192.0.2.0/24", "10.0.0.9"),),
                  gateway_qos_policy_id=an_id("silver"), enable_ndp_proxy=True)  # fmt: skip
    plain = port("plain", blue, {v4: "10.0.0.11", v6: "fd00:1::11"}, security_groups=(web.id,))
    holders = [port(f"holder-{n}", outer, {outer_v4: f"198.51.100.{n}"}, device_owner=FLOATING_IP) for n in (20, 21)]
    side = router_port("twin-side", "twin", vlan, {vlan_v4: "10.7.0.2"})
    exits = [router_port(f"twin-{n}", "twin", outer, {outer_v4: f"198.51.100.{n}"}, is_gateway=True) for n in (7, 8)]
    twin = router("twin", exits[0], others=[exits[1], side], distributed=True, enable_default_route_ecmp=True,
                  enable_default_route_bfd=True, availability_zone_hints=("az1",), enable_ndp_proxy=True)  # fmt: skip
    far = port("far", vlan, {vlan_v4: "10.7.0.11"}, binding_host_id="host-1")
    more = [port(f"holder-{n}", outer, {outer_v4: f"198.51.100.{n}"}, device_owner=FLOATING_IP) for n in (22, 23)]
    cached = port("cached", vlan, {vlan_v4: "10.7.0.50"}, device_owner=LOCAL_IP, is_local_ip=True)
    local = local_ip("local", cached)
    idle = port("idle", vlan, {vlan_v4: "10.7.0.62"})
    shared = floating_ip("shared", more[0], qos_policy_id=an_id("silver"))
    ways = [
        forwarding("way-web", shared, plain, "80:80", "8080:8080"),
        forwarding("way-range", shared, plain, "5000:5002", "6000:6002"),
        forwarding("way-many", shared, plain, "53:54", "53:53", "udp"),
    ]
    private = network("private", mtu=1500, provider_network_type="vlan", provider_physical_network="physnet2",
                      provider_segmentation_id=102, pvlan=True)  # fmt: skip
    web_only = {"pvlan_type": "community", "pvlan_community": "web"}
    further = {"allowed_address_pairs": (AddressPair("10.8.0.200"),)}
    return [
        private, segment(private),
        port("open-to-all", private, pvlan_type="promiscuous"),
        port("open-with-pairs", private, pvlan_type="promiscuous", **further),
        port("alone", private, pvlan_type="isolated", **further),
        port("in-web", private, **web_only),
        port("in-web-with-pairs", private, **web_only, **further),
        router_port("private-leg", "island-router", private, {}, pvlan_type="promiscuous"),
        *(segment(one) for one in (blue, flat, vlan, outer, passing)), segment(wide), segment(wide, 1), wide, passing,
        parent, carried,
        twin, side, *exits, far, *more,
        with_forwardings(shared, edge, *ways),
        floating_ip("nearby", more[1], far, twin, an_id("silver")),
        *ways,
        AddressScope(id=an_id("scope"), name="scope", ip_version=4, project_id=_STANDARD["project_id"]),
        SubnetPool(id=an_id("pool"), name="pool", prefixes=("10.7.0.0/16",), ip_version=4, default_prefixlen="24",
                   min_prefixlen="8", max_prefixlen="32", address_scope_id=an_id("scope"), **_STANDARD),
        outer, outer_v4, outer_v6, gateway, edge, *holders,
        policy("gold", limit(3000, 2400), limit(5000, 0, "ingress"), mark(46), least(1000), least(9, "ingress")),
        policy("silver", limit(700, 500), limit(0, 9, "ingress")),
        port("golden", blue, {v4: "10.0.0.17"}, qos_policy_id=an_id("gold")),
        port("silvery", flat, {static: "203.0.113.16"}, qos_policy_id=an_id("silver")),
        floating_ip("floating", holders[0], plain, edge, an_id("gold")),
        floating_ip("floating-nowhere", holders[1]),
        ndp_proxy("proxied", edge, plain, "fd00:1::11"),
        ndp_proxy("proxied-by-two-gateways", twin, far, "fd00:7::11"),
        label("of-blue", {"direction": "egress", "remote_ip_prefix": "10.0.0.0/24"},
              {"direction": "ingress", "remote_ip_prefix": "10.0.0.0/24"},
              {"direction": "ingress", "source_ip_prefix": "192.0.2.0/24", "excluded": True}),
        label("of-all", {"direction": "egress", "source_ip_prefix": "0.0.0.0/0"},
              {"direction": "egress", "source_ip_prefix": "::/0"}, shared=True),
        label("of-nothing", {"direction": "egress", "source_ip_prefix": "0.0.0.0/0", "excluded": True}),
        label("of-others", {"direction": "egress", "source_ip_prefix": "0.0.0.0/0"}, project_id="another"),
        cached, idle, local, local_association(local, far), local_association(local, idle),
        router("island-router", admin_state_up=False),
        *legs,
        vlan_v4,
        *(agent(f"host-{n}", "physnet1:br-ex, physnet3:br-out", zone="az1" if n < 3 else "") for n in range(1, 8)),
        agent("host-8"), agent("host-9", "physnet3:br-out", is_gateway=False),
        blue, flat, vlan, v4, v6, stateless, slaac, island, static, lab, web, quick,
        rule("web-out-4", web, "egress"),
        rule("web-out-6", web, "egress", ethertype="IPv6"),
        rule("web-self", web, "ingress", remote_group_id=web.id),
        rule("web-http", web, "ingress", protocol="tcp", port_range_min=80, port_range_max=80),
        rule("web-high", web, "ingress", protocol="17", port_range_min=1024, port_range_max=65535,
             remote_ip_prefix="198.51.100.7/24"),
        rule("web-ping", web, "ingress", protocol="icmp", port_range_min=8, port_range_max=0),
        rule("web-ping6", web, "ingress", protocol="icmpv6", ethertype="IPv6"),
        rule("web-lab", web, "ingress", remote_address_group_id=lab.id),
        rule("web-lab6", web, "egress", ethertype="IPv6", protocol="udp", remote_address_group_id=lab.id),
        rule("web-gre", web, "ingress", protocol="gre"),
        log("quick-log", resource_id=quick.id),
        log("plain-drops", target_id=plain.id, groups=plain.security_groups, event="DROP"),
        log("all-drops", event="DROP"),
        log("off", enabled=False),
        rule("quick-all", quick, "egress", protocol="ip"),
        plain,
        port("bound", blue, {v4: "10.0.0.12", slaac: "fd00:3::12"}, security_groups=(quick.id, web.id),
             binding_host_id="host-1", device_id="i-1", device_owner="compute:nova", admin_state_up=False),
        port("moving", blue, {stateless: "fd00:2::13"}, binding_host_id="host-1",
             binding_profile={"migrating_to": "host-2"}),
        port("pairs", blue, {v4: "10.0.0.14"}, security_groups=(web.id,), allowed_address_pairs=(
            AddressPair("10.0.0.200"), AddressPair("10.0.0.0/28", "00:00:5e:00:01:07"))),
        port("open", flat, {static: "203.0.113.15"}, port_security_enabled=False),
        port("trusted", blue, {v4: "10.0.0.2"}, device_owner="network:dhcp"),
        port("nested", vlan, binding_profile={"parent_name": an_id("plain"), "tag": 42}),
        port("no-row", vlan, device_owner="network:floatingip"),
        port("metal", vlan, {vlan_v4: "10.7.0.12"}, binding_vnic_type="baremetal", binding_host_id="node-1"),
        port("card", flat, {static: "203.0.113.17"}, binding_vnic_type="direct"),
        port("monitor", blue, {v4: "10.0.0.19"}, device_owner="ovn-lb-hm:distributed", device_id="ovn-lb-hm-1",
             port_security_enabled=False),
        port("hardware", blue, binding_profile={"vtep-physical-switch": "rack-1", "vtep-logical-switch": "ls-1"}),
        port("offloaded", flat, {static: "203.0.113.18"}, binding_vnic_type="direct",
             binding_profile={"capabilities": ["switchdev"]}),
    ]  # fmt: skip
