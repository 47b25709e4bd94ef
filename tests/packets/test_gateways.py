"""Ports of floating IPs, floating IPs that leave from the instance's own host, and routers with two gateways."""

import pytest
from tests.packets.scenario import Resource, Site, eventually, preferred

from neutrino.stack import inquiry

PING, ANY_TCP = {"protocol": "icmp"}, {"protocol": "tcp"}


def forward(site: Site, floating: Resource, to: Resource, external: int, internal: int) -> None:
    """Forward a TCP port of a floating IP."""
    site.api.create(
        f"floatingips/{floating['id']}/port_forwardings",
        "port_forwarding",
        internal_port_id=to["id"],
        internal_ip_address=to["fixed_ips"][0]["ip_address"],
        internal_port=internal,
        external_port=external,
        protocol="tcp",
    )


@pytest.mark.proves("port-forwarding")
def test_ports_of_one_address_lead_to_two_instances(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group(PING, ANY_TCP)
    a, b = site.instance("a", network, "h1", [group]), site.instance("b", network, "h2", [group])
    site.router(network, public=public)
    floating = site.floating_ip(public)
    address = floating["floating_ip_address"]
    a.serve(80)
    b.serve(81)
    forward(site, floating, a.port, 8080, 80)
    forward(site, floating, b.port, 8081, 81)
    assert eventually(lambda: site.outside.connects(address, 8080))
    assert eventually(lambda: site.outside.connects(address, 8081))
    assert eventually(lambda: b.connects(address, 8080))
    assert not site.outside.connects(address, 80)
    for one in site.api.list(f"floatingips/{floating['id']}/port_forwardings"):
        site.api.delete(f"floatingips/{floating['id']}/port_forwardings", one["id"])
    assert eventually(lambda: not site.outside.connects(address, 8080))


@pytest.mark.proves("port-forwarding-udp")
def test_ports_of_udp_in_a_range(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group({"protocol": "udp"})
    a = site.instance("a", network, "h1", [group])
    site.router(network, public=public)
    floating = site.floating_ip(public)
    for port in (6000, 6001, 6002):
        a.serve(port)
    given = {
        "internal_port_id": a.port["id"],
        "internal_ip_address": a.address,
        "internal_port_range": "6000:6001",
        "external_port_range": "5000:5001",
        "protocol": "udp",
    }
    path = f"floatingips/{floating['id']}/port_forwardings"
    made = site.api.create(path, "port_forwarding", **given)

    def reached() -> list[bool]:
        address = floating["floating_ip_address"]
        return [site.outside.probe("datagram", address, str(port)) for port in (5000, 5001, 5002)]

    assert eventually(lambda: reached() == [True, True, False])
    site.api.delete(path, made["id"])


@pytest.mark.proves("floating-ip-distributed")
def test_a_distributed_floating_ip_is_where_its_instance_is(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group(PING, ANY_TCP)
    router = site.router(network, public=public)
    site.change(router, distributed=True)
    for host in ("h1", "h2"):
        a = site.instance(host, network, host, [group])
        floating = site.floating_ip(public, a)
        address = floating["floating_ip_address"]
        assert eventually(lambda address=address: site.outside.pings(address))
        (holder,) = site.api.list("ports", device_id=floating["id"])
        neighbour = site.outside.run("ip", "neigh", "show", address)
        assert holder["mac_address"] in neighbour  # not the gateway's
    site.change(router, distributed=False)

    def is_the_gateways() -> bool:
        site.outside.run("ip", "neigh", "flush", "dev", "eth0")
        found = site.outside.pings(address) and site.outside.run("ip", "neigh", "show", address)
        return bool(found) and holder["mac_address"] not in str(found)

    assert eventually(is_the_gateways)


@pytest.mark.proves("two-gateways")
def test_two_gateways(site: Site, public: Resource) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    router = site.router(network, public=public)
    site.outside.reflect(5004)
    gateways = {"router": {"external_gateways": [{"network_id": public["id"]}]}}
    both = site.api.act("routers", router["id"], "add_external_gateways", **gateways)["router"]
    site.change(router, enable_default_route_ecmp=True)
    one, two = (info["external_fixed_ips"][0]["ip_address"] for info in both["external_gateways"])

    def is_seen() -> bool:
        return any(a.is_seen(by=site.outside.address, port=5004, as_=address) for address in (one, two))

    assert eventually(is_seen)
    assert eventually(lambda: site.outside.pings(one))
    assert eventually(lambda: site.outside.pings(two))


def host_of(site: Site, router: Resource) -> str:
    """Return the host that the router's gateway is on."""
    (port,) = site.api.list("ports", device_id=router["id"], device_owner="network:router_gateway")
    found = inquiry.bindings(site.lab).get(f"cr-lrp-{port['id']}")
    return found.host if found else ""


@pytest.mark.proves("gateway-zones")
def test_a_gateway_is_in_the_zone_that_its_router_asks_for(site: Site, public: Resource) -> None:
    site.lab.add_host("h3", zone="east")
    try:
        network = site.network()
        zones = {"availability_zone_hints": ["east"], "external_gateway_info": {"network_id": public["id"]}}
        assert eventually(lambda: any(one["name"] == "east" for one in site.api.list("availability_zones")))
        router = site.create("routers", "router", name="east", **zones)
        (subnet,) = site.api.list("subnets", network_id=network["id"])
        site.api.act("routers", router["id"], "add_router_interface", subnet_id=subnet["id"])
        a = site.instance("a", network, "h1")
        assert eventually(lambda: host_of(site, router) == "h3")
        assert eventually(lambda: a.pings(site.outside.address))
    finally:
        site.close()
        site.lab.remove_host("h3")


@pytest.mark.proves("gateway-drained")
def test_a_gateway_leaves_a_host_that_shall_have_none(site: Site, public: Resource) -> None:
    network = site.network()
    router = site.router(network, public=public)
    a = site.instance("a", network, "h1")
    assert eventually(lambda: a.pings(site.outside.address))
    assert eventually(lambda: host_of(site, router) == preferred(site.lab, router) != "")
    first = host_of(site, router)
    site.lab.drain_host(first)
    try:
        assert eventually(lambda: host_of(site, router) not in ("", first))
        assert eventually(lambda: a.pings(site.outside.address))
    finally:
        site.lab.drain_host(first, undo=True)
    assert eventually(lambda: host_of(site, router) == first)
    assert eventually(lambda: a.pings(site.outside.address))


@pytest.mark.proves("default-route-bfd")
def test_a_default_route_is_there_while_its_nexthop_answers(site: Site, public: Resource) -> None:
    network = site.network()
    router = site.router(network, public=public)
    a = site.instance("a", network, "h1")
    beyond = "192.0.2.77"
    site.outside.run("ip", "address", "add", f"{beyond}/32", "dev", "lo")
    try:
        assert eventually(lambda: a.pings(beyond))
        site.change(router, enable_default_route_bfd=True)
        assert eventually(lambda: not a.pings(beyond))  # nobody answers for 203.0.113.1
        assert a.pings("203.0.113.1")
        end = site.outside.watch("203.0.113.1")
        assert eventually(lambda: a.pings(beyond))
        end()
        assert eventually(lambda: not a.pings(beyond))
        site.change(router, enable_default_route_bfd=False)
        assert eventually(lambda: a.pings(beyond))
    finally:
        site.outside.run("ip", "address", "delete", f"{beyond}/32", "dev", "lo")
