"""Floating IPs: an address outside that stands for an instance, for as long as the API says so."""

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

from neutrino.stack.api import ApiRefused

PING, ANY_TCP = {"protocol": "icmp"}, {"protocol": "tcp"}


def afresh(site: Site, address: str) -> bool:
    """Say whether an echo request is answered by an address whose neighbour the outside has forgotten."""
    site.outside.run("ip", "neigh", "flush", "dev", "eth0")
    return site.outside.pings(address)


@pytest.mark.proves("floating-ip")
def test_in_and_out(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group(PING, ANY_TCP)
    a = site.instance("a", network, "h1", [group])
    router = site.router(network, public=public)
    site.outside.reflect(5003)
    behind = router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"]
    assert eventually(lambda: a.is_seen(by=site.outside.address, port=5003, as_=behind))

    floating = site.floating_ip(public, a)
    address = floating["floating_ip_address"]
    assert floating["status"] == "ACTIVE"
    assert eventually(lambda: site.outside.pings(address))
    a.serve(80)
    assert site.outside.connects(address, 80)
    assert eventually(lambda: a.is_seen(by=site.outside.address, port=5003, as_=address))

    site.api.update("floatingips", "floatingip", floating["id"], port_id=None)
    assert eventually(lambda: not site.outside.pings(address))
    assert eventually(lambda: a.is_seen(by=site.outside.address, port=5003, as_=behind))


@pytest.mark.proves("floating-ip-moves")
def test_it_moves_to_another_instance(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group(PING, ANY_TCP)
    a, b = site.instance("a", network, "h1", [group]), site.instance("b", network, "h2", [group])
    site.router(network, public=public)
    floating = site.floating_ip(public, a)
    address = floating["floating_ip_address"]
    a.serve(81)
    b.serve(82)
    assert eventually(lambda: site.outside.connects(address, 81))
    assert not site.outside.connects(address, 82)
    site.api.update("floatingips", "floatingip", floating["id"], port_id=b.port["id"])
    assert eventually(lambda: site.outside.connects(address, 82))
    assert not site.outside.connects(address, 81)

    site.api.delete("ports", b.port["id"])
    assert eventually(lambda: not site.outside.connects(address, 82))
    left = site.api.show("floatingips", floating["id"])
    assert (left["status"], left["port_id"], left["router_id"]) == ("DOWN", None, None)


@pytest.mark.proves("floating-ip-moves")
def test_it_moves_to_another_router(site: Site, public: Resource) -> None:
    red, blue, group = site.network("10.1.0.0/24"), site.network("10.2.0.0/24"), site.group(PING)
    a, b = site.instance("a", red, "h1", [group]), site.instance("b", blue, "h2", [group])
    site.router(red, public=public)
    site.router(blue, public=public)
    floating = site.floating_ip(public, a)
    assert eventually(lambda: site.outside.pings(floating["floating_ip_address"]))
    moved = site.api.update("floatingips", "floatingip", floating["id"], port_id=b.port["id"])
    assert moved["router_id"] != floating["router_id"]
    assert eventually(lambda: afresh(site, floating["floating_ip_address"]))  # it answers from another MAC now
    site.api.delete("floatingips", floating["id"])
    assert eventually(lambda: not site.outside.pings(floating["floating_ip_address"]))


@pytest.mark.proves("floating-ip-moves")
def test_other_routers_follow_when_it_moves(site: Site, public: Resource) -> None:
    """What they have learned of its MAC address changes with it."""
    group = site.group(ANY_TCP)
    networks = [site.network(f"10.{number}.0.0/24") for number in (1, 2, 3)]
    for network in networks:
        site.router(network, public=public)
    a, b = site.instance("a", networks[0], "h1", [group]), site.instance("b", networks[1], "h2", [group])
    asker = site.instance("c", networks[2], "h1")
    a.serve(81)
    b.serve(82)
    floating = site.floating_ip(public, a)
    address = floating["floating_ip_address"]
    assert eventually(lambda: asker.connects(address, 81))
    for target, port in ((b, 82), (a, 81), (b, 82)):
        site.api.update("floatingips", "floatingip", floating["id"], port_id=target.port["id"])
        assert eventually(lambda port=port: asker.connects(address, port))


@pytest.mark.proves("floating-ip-further-router")
def test_it_reaches_an_instance_behind_a_further_router(site: Site, public: Resource) -> None:
    middle, far, group = site.network("10.1.0.0/24"), site.network("10.2.0.0/24"), site.group(PING)
    a = site.instance("a", far, "h1", [group])
    outer = site.router(middle, public=public)
    inner = site.router(far)
    leg = site.api.create("ports", "port", network_id=middle["id"], fixed_ips=[{"ip_address": "10.1.0.254"}])
    site.api.act("routers", inner["id"], "add_router_interface", port_id=leg["id"])
    site.change(inner, routes=[{"destination": "0.0.0.0/0", "nexthop": "10.1.0.1"}])
    site.change(outer, routes=[{"destination": "10.2.0.0/24", "nexthop": "10.1.0.254"}])
    floating = site.create(
        "floatingips", "floatingip", floating_network_id=public["id"], port_id=a.port["id"], router_id=outer["id"]
    )
    address = floating["floating_ip_address"]
    assert eventually(lambda: site.outside.pings(address))

    # A distributed router translates it at the instance's own host, through which both routers go.
    site.api.update("floatingips", "floatingip", floating["id"], port_id=None)
    assert eventually(lambda: not site.outside.pings(address))
    site.change(outer, distributed=True)
    site.api.update("floatingips", "floatingip", floating["id"], port_id=a.port["id"], router_id=outer["id"])
    assert eventually(lambda: afresh(site, address))


@pytest.mark.proves("floating-ip-hairpin")
def test_one_instance_reaches_another_by_its_floating_ip(site: Site, public: Resource) -> None:
    network, group = site.network(), site.group(PING)
    a, b = site.instance("a", network, "h1", [group]), site.instance("b", network, "h2", [group])
    site.router(network, public=public)
    there = site.floating_ip(public, b)
    assert eventually(lambda: a.pings(there["floating_ip_address"]))


@pytest.mark.proves("floating-ip-shared-address", "shared-address-unbound")
def test_it_reaches_an_address_that_instances_share(site: Site, public: Resource) -> None:
    network, group, address = site.network(), site.group(PING), "10.1.0.200"
    shared = site.create("ports", "port", network_id=network["id"], fixed_ips=[{"ip_address": address}])
    pairs = [{"ip_address": address}]
    members = [site.instance(n, network, f"h{n}", [group], allowed_address_pairs=pairs) for n in "12"]
    site.router(network, public=public)
    given = {"floating_network_id": public["id"], "port_id": shared["id"]}
    outside = site.create("floatingips", "floatingip", **given)["floating_ip_address"]
    busybox = site.lab.place.programs.path("busybox")

    def is_reached(one: Instance) -> bool:
        site.lab.exec(one.name, busybox, "arping", "-U", "-c", "1", "-I", "eth0", address, check=False)
        return site.outside.pings(outside)

    for one in members:
        one.run("ip", "address", "add", f"{address}/24", "dev", "eth0")
        assert eventually(lambda one=one: is_reached(one))
        one.run("ip", "address", "delete", f"{address}/24", "dev", "eth0")
        assert eventually(lambda: not site.outside.pings(outside))
    with pytest.raises(ApiRefused) as refused:
        site.api.update("ports", "port", shared["id"], binding__host_id="h1", device_id="somebody")
    assert refused.value.status == 400
