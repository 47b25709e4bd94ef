"""Routers join networks, and networks to the world outside."""

import pytest
from tests.packets.scenario import Resource, Site, eventually

from neutrino.stack.api import ApiRefused

RED, BLUE = "10.1.0.0/24", "10.2.0.0/24"
SLAAC = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}


def gateway_address(router: Resource) -> str:
    return str(router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"])


@pytest.mark.proves("router", "router-removal")
def test_two_networks_on_two_hosts(site: Site) -> None:
    red, blue = site.network(RED), site.network(BLUE)
    a, b = site.instance("a", red, "h1"), site.instance("b", blue, "h2")
    assert not a.pings(b.address)
    router = site.router(red, blue)
    assert eventually(lambda: a.pings(b.address))
    b.serve(80)
    assert a.connects(b.address, 80)
    assert a.probe("datagram", b.address, "80")
    assert eventually(lambda: a.probe("expires", b.address))
    ports = site.api.list("ports", device_id=router["id"])
    assert eventually(lambda: {p["status"] for p in site.api.list("ports", device_id=router["id"])} == {"ACTIVE"})
    assert {port["device_owner"] for port in ports} == {"network:router_interface"}

    site.api.act("routers", router["id"], "remove_router_interface", port_id=ports[0]["id"])
    assert eventually(lambda: not a.pings(b.address))


@pytest.mark.proves("router-down")
def test_a_router_that_is_down_forwards_nothing(site: Site) -> None:
    red, blue = site.network(RED), site.network(BLUE)
    a, b = site.instance("a", red, "h1"), site.instance("b", blue, "h1")
    router = site.router(red, blue)
    assert eventually(lambda: a.pings(b.address))
    site.change(router, admin_state_up=False)
    assert eventually(lambda: not a.pings(b.address))
    site.change(router, admin_state_up=True)
    assert eventually(lambda: a.pings(b.address))


@pytest.mark.proves("routes")
def test_two_routers_and_routes_through_both(site: Site) -> None:
    red, blue, between = site.network(RED), site.network(BLUE), site.network("10.9.0.0/24", gateway_ip=None)
    a, b = site.instance("a", red, "h1"), site.instance("b", blue, "h2")
    routers = [site.router(red), site.router(blue)]
    for router, address in zip(routers, ("10.9.0.251", "10.9.0.252"), strict=True):
        port = site.api.create("ports", "port", network_id=between["id"], fixed_ips=[{"ip_address": address}])
        site.api.act("routers", router["id"], "add_router_interface", port_id=port["id"])
    assert not a.pings(b.address)
    site.change(routers[0], routes=[{"destination": BLUE, "nexthop": "10.9.0.252"}])
    site.change(routers[1], routes=[{"destination": RED, "nexthop": "10.9.0.251"}])
    assert eventually(lambda: a.pings(b.address))
    site.change(routers[1], routes=[])
    assert eventually(lambda: not a.pings(b.address))


@pytest.mark.proves("snat", "flat")
def test_the_outside_sees_the_gateway(site: Site, public: Resource) -> None:
    red = site.network(RED)
    a = site.instance("a", red, "h1")
    site.outside.reflect(5001)
    site.outside.serve(5002)
    router = site.router(red)
    assert not a.pings(site.outside.address)
    gateway = {"network_id": public["id"]}
    router = site.change(router, external_gateway_info=gateway)
    assert eventually(lambda: a.pings(site.outside.address))
    assert a.is_seen(by=site.outside.address, port=5001, as_=gateway_address(router))
    assert a.connects(site.outside.address, 5002)
    assert not site.outside.pings(a.address)

    site.change(router, external_gateway_info=gateway | {"enable_snat": False})
    site.outside.run("ip", "route", "add", RED, "via", gateway_address(router))
    try:
        assert eventually(lambda: a.is_seen(by=site.outside.address, port=5001, as_=a.address))
    finally:
        site.outside.run("ip", "route", "delete", RED)
    site.change(router, external_gateway_info={})
    assert eventually(lambda: not a.pings(site.outside.address))


@pytest.mark.proves("ipv6-outside")
def test_ipv6_goes_outside_as_it_is(site: Site, public: Resource) -> None:
    red = site.network("fd00:1::/64", **SLAAC)
    router = site.router(red, public=public)
    a = site.instance("a", red, "h1", [site.group({"protocol": "ipv6-icmp", "ethertype": "IPv6"})])
    fixed = router["external_gateway_info"]["external_fixed_ips"]
    via = next(str(ip["ip_address"]) for ip in fixed if ":" in ip["ip_address"])
    site.outside.run("ip", "-6", "route", "add", "fd00:1::/64", "via", via)
    try:
        assert eventually(lambda: site.outside.pings(a.address))
        assert a.pings("2001:db8:113::1")
        site.change(router, external_gateway_info=None)
        assert eventually(lambda: not site.outside.pings(a.address))
    finally:
        site.outside.run("ip", "-6", "route", "delete", "fd00:1::/64")


@pytest.mark.proves("slaac", "router-removal")
def test_an_address_by_router_advertisement(site: Site) -> None:
    red, blue = site.network("fd00:1::/64", **SLAAC), site.network("fd00:2::/64", **SLAAC)
    router = site.router(red, blue)
    a, b = site.instance("a", red, "h1"), site.instance("b", blue, "h2")
    for one in (a, b):
        shown = f"inet6 {one.address}/64"
        assert eventually(lambda one=one, shown=shown: shown in one.run("ip", "-6", "address", "show", "dev", "eth0"))
        assert "mtu 1442" in one.run("ip", "link", "show", "dev", "eth0")
    assert eventually(lambda: a.pings(b.address))
    subnet = site.api.list("subnets", network_id=blue["id"])[0]
    site.api.act("routers", router["id"], "remove_router_interface", subnet_id=subnet["id"])
    assert eventually(lambda: not a.pings(b.address))


@pytest.mark.proves("ecmp-routes")
def test_two_routes_share_what_goes_to_one_destination(site: Site) -> None:
    red, blue, between = site.network(RED), site.network(BLUE), site.network("10.9.0.0/24", gateway_ip=None)
    a, b = site.instance("a", red, "h1"), site.instance("b", blue, "h2", port_security_enabled=False)
    first, near, far = site.router(red), site.router(blue), site.router()
    for router, network, address in (
        (first, between, "10.9.0.250"),
        (near, between, "10.9.0.251"),
        (far, between, "10.9.0.252"),
        (far, blue, "10.2.0.252"),
    ):
        port = site.api.create("ports", "port", network_id=network["id"], fixed_ips=[{"ip_address": address}])
        site.api.act("routers", router["id"], "add_router_interface", port_id=port["id"])
    site.change(near, routes=[{"destination": RED, "nexthop": "10.9.0.250"}])
    ways = [{"destination": BLUE, "nexthop": f"10.9.0.{number}"} for number in (251, 252)]
    there = [f"10.2.0.{number}" for number in range(100, 112)]  # the way is chosen by address
    for address in there:
        b.run("ip", "address", "add", f"{address}/24", "dev", "eth0")

    def reached() -> int:
        return sum(a.pings(address) for address in there)

    site.change(first, routes=ways)
    assert eventually(lambda: reached() == len(there))
    site.change(far, admin_state_up=False)  # nobody tells the first router: what goes this way is lost
    assert eventually(lambda: 0 < reached() < len(there))
    site.change(first, routes=ways[:1])
    assert eventually(lambda: reached() == len(there))


@pytest.mark.proves("nested-snat")
def test_the_outside_sees_the_gateway_of_those_behind_a_further_router(site: Site, public: Resource) -> None:
    middle, far = site.network(RED), site.network(BLUE)
    a = site.instance("a", far, "h1")
    outer, inner = site.router(middle, public=public), site.router(far)
    leg = site.api.create("ports", "port", network_id=middle["id"], fixed_ips=[{"ip_address": "10.1.0.254"}])
    site.api.act("routers", inner["id"], "add_router_interface", port_id=leg["id"])
    site.change(inner, routes=[{"destination": "0.0.0.0/0", "nexthop": "10.1.0.1"}])
    site.change(outer, routes=[{"destination": BLUE, "nexthop": "10.1.0.254"}])
    site.outside.reflect(5005)
    assert eventually(lambda: a.is_seen(by=site.outside.address, port=5005, as_=gateway_address(outer)))


@pytest.mark.proves("last-address", "router-flags")
def test_what_a_router_cannot_be(site: Site) -> None:
    red = site.network(RED)
    router = site.router(red)
    assert (router["ha"], router["distributed"]) == (True, False)
    (leg,) = site.api.list("ports", device_id=router["id"])
    with pytest.raises(ApiRefused) as refused:
        site.api.update("ports", "port", leg["id"], fixed_ips=[])
    assert refused.value.status == 409
    assert site.change(router, distributed=True)["distributed"]
    a = site.instance("a", red, "h1")
    assert eventually(lambda: a.pings("10.1.0.1"))


@pytest.mark.proves("router-vlan")
def test_an_overlay_and_a_vlan_wherever_instances_and_gateway_are(site: Site, public: Resource) -> None:
    vlan = {"provider__network_type": "vlan", "provider__physical_network": public["provider:physical_network"]}
    wire = site.create("networks", "network", name="wire", **vlan)
    site.create("subnets", "subnet", network_id=wire["id"], ip_version=4, cidr=BLUE)
    networks = {"overlay": site.network(RED), "wire": wire}
    group = site.group({"protocol": "icmp"})
    all_ = [site.instance(f"{n}{host}", networks[n], host, [group]) for n in networks for host in ("h1", "h2")]

    def all_answer() -> bool:
        return all(one.pings(other.address) for one in all_ for other in all_)

    router = site.router(*networks.values())
    for gateway in (None, {"network_id": public["id"]}):  # on one of the hosts: half of each network is beside it
        site.change(router, external_gateway_info=gateway)
        assert eventually(all_answer)
        # Each way has been gone: the wire looks for the router at whoever was heard with its MAC address last.
        assert [all_answer() for _ in range(2)] == [True, True]
