"""Ports of floating IPs, floating IPs that leave from the instance's own host, and routers with two gateways."""

from tests.packets.scenario import Resource, Site, eventually

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
