"""Instances on one network reach each other, on one host and across hosts; what is taken away stops."""

from tests.packets.scenario import Site, eventually


def test_instances_on_two_hosts_reach_each_other(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    b.serve(8000)
    assert eventually(lambda: a.pings(b.address))
    assert b.pings(a.address)
    assert a.connects(b.address, 8000)
    assert a.probe("datagram", b.address, "8000")


def test_instances_on_one_host_reach_each_other(site: Site) -> None:
    network = site.network()
    a, b = (site.instance(name, network, "h1") for name in "ab")
    assert eventually(lambda: a.pings(b.address))


def test_networks_are_apart_even_with_the_same_addresses(site: Site) -> None:
    one, two = site.network(), site.network()
    a = site.instance("a", one, "h1")
    b = site.instance("b", one, "h2")
    c = site.instance("c", two, "h2", fixed_ips=[{"ip_address": "10.1.0.77"}])
    assert eventually(lambda: a.pings(b.address))
    assert not a.pings(c.address)
    assert not c.pings(b.address)


def test_full_size_packets_pass_and_larger_ones_do_not(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    busybox = site.lab.place.programs.path("busybox")
    headers = 28  # IPv4 and ICMP
    fits = site.lab.exec(a.name, busybox, "ping", "-c", "1", "-W", "2", "-s", str(network["mtu"] - headers), b.address)
    assert fits.returncode == 0
    assert f"mtu {network['mtu']}" in a.run("ip", "link", "show", "eth0")


def test_a_deleted_port_is_silent_at_once(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    site.api.delete("ports", b.port["id"])
    assert eventually(lambda: not a.pings(b.address))
    assert not a.pings(b.address)


def test_a_port_that_is_administratively_down_is_silent_and_says_so(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    site.api.update("ports", "port", b.port["id"], admin_state_up=False)
    assert eventually(lambda: not a.pings(b.address))
    assert eventually(lambda: site.api.show("ports", b.port["id"])["status"] == "DOWN")
    site.api.update("ports", "port", b.port["id"], admin_state_up=True)
    assert eventually(lambda: a.pings(b.address))
    assert eventually(lambda: site.api.show("ports", b.port["id"])["status"] == "ACTIVE")


def test_ipv6_between_hosts(site: Site) -> None:
    network = site.network("fd00:1::/64")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    b.serve(8000)
    assert eventually(lambda: a.connects(b.address, 8000))
