"""Instances on one network reach each other, on one host and across hosts; what is taken away stops."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.packets.scenario import Resource, Site, eventually


@pytest.mark.proves("across-hosts", "geneve")
def test_instances_on_two_hosts_reach_each_other(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    b.serve(8000)
    assert eventually(lambda: a.pings(b.address))
    assert eventually(lambda: b.pings(a.address))  # what each host lets in, it learns by itself
    assert a.connects(b.address, 8000)
    assert a.probe("datagram", b.address, "8000")


@pytest.mark.proves("one-host")
def test_instances_on_one_host_reach_each_other(site: Site) -> None:
    network = site.network()
    a, b = (site.instance(name, network, "h1") for name in "ab")
    assert eventually(lambda: a.pings(b.address))


@pytest.mark.proves("apart")
def test_networks_are_apart_even_with_the_same_addresses(site: Site) -> None:
    one, two = site.network(), site.network()
    a = site.instance("a", one, "h1")
    b = site.instance("b", one, "h2")
    c = site.instance("c", two, "h2", fixed_ips=[{"ip_address": "10.1.0.77"}])
    assert eventually(lambda: a.pings(b.address))
    assert not a.pings(c.address)
    assert not c.pings(b.address)


@pytest.mark.proves("full-size", "geneve")
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


@pytest.mark.proves("deleted-port")
def test_a_deleted_port_is_silent_at_once(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    site.api.delete("ports", b.port["id"])
    assert eventually(lambda: not a.pings(b.address))
    assert not a.pings(b.address)


@pytest.mark.proves("admin-down", "status")
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


@pytest.mark.proves("ipv6")
def test_ipv6_between_hosts(site: Site) -> None:
    network = site.network("fd00:1::/64")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    b.serve(8000)
    assert eventually(lambda: a.connects(b.address, 8000))


@pytest.mark.proves("multicast")
def test_multicast_reaches_those_who_listen(site: Site) -> None:
    network, group, port = site.network(), "239.1.2.3", 8001
    a, b, c = (site.instance(name, network, host) for name, host in (("a", "h1"), ("b", "h1"), ("c", "h2")))
    elsewhere = site.instance("d", site.network(), "h1")
    for one in (b, c, elsewhere):
        one.listen(group, port)
    assert eventually(lambda: a.probe("call", group, str(port), b.address, c.address))


@pytest.mark.proves("vlan-transparent")
def test_a_transparent_network_carries_tags_of_instances(site: Site) -> None:
    for is_transparent in (True, False):
        network = site.create("networks", "network", vlan_transparent=is_transparent)
        site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.5.0.0/24")
        a, b = (site.instance(f"{name}{is_transparent}", network, host) for name, host in (("a", "h1"), ("b", "h2")))
        b.echo_tagged()
        ends = (f"{one.port['mac_address']},{one.address}" for one in (a, b))
        words = ("tagged_ping", "eth0", "42", *ends)
        assert eventually(lambda a=a, b=b: a.pings(b.address))
        assert eventually(lambda a=a, words=words: a.probe(*words)) if is_transparent else not a.probe(*words)


@pytest.mark.proves("qinq")
def test_tags_of_instances_are_inside_tags_of_the_network(site: Site, public: Resource) -> None:
    """On the wire the network's own are of 802.1ad; those of an ordinary VLAN network are not."""
    for is_qinq, kind, vlan in ((True, "88a8", 311), (False, "8100", 312)):
        place = {
            "provider:network_type": "vlan",
            "provider:physical_network": public["provider:physical_network"],
            "provider:segmentation_id": vlan,
        }
        network = site.create("networks", "network", qinq=is_qinq, **place)
        site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.5.0.0/24")
        a, b = (site.instance(f"{name}{vlan}", network, host) for name, host in (("a", "h1"), ("b", "h2")))
        b.echo_tagged()
        assert eventually(lambda a=a, b=b: a.pings(b.address))
        ends = (f"{one.port['mac_address']},{one.address}" for one in (a, b))
        words = ("tagged_ping", "eth0", "42", *ends)
        assert eventually(lambda a=a, words=words: a.probe(*words)) if is_qinq else not a.probe(*words)
        with ThreadPoolExecutor(max_workers=1) as beside:
            seen = beside.submit(site.outside.probe, "sees_tag", "eth0", kind, str(vlan))
            while not seen.done():
                a.probe("arp", "eth0", a.port["mac_address"], a.address, "10.5.0.99")
        assert seen.result()


@pytest.mark.proves("local")
def test_a_local_network_joins_instances_of_one_host(site: Site) -> None:
    network = site.create("networks", "network", **{"provider:network_type": "local"})
    site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.5.0.0/24")
    a, b = (site.instance(name, network, "h1") for name in "ab")
    assert eventually(lambda: a.pings(b.address))


@pytest.mark.proves("down-port-arp")
def test_nobody_answers_for_an_instance_that_is_not_there(site: Site) -> None:
    network = site.network()
    absent = site.create("ports", "port", network_id=network["id"])
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2")

    def answered(address: str) -> bool:
        return a.probe("arp", "eth0", a.port["mac_address"], a.address, address)

    assert eventually(lambda: answered(b.address))
    assert not answered(absent["fixed_ips"][0]["ip_address"])
    site.remove(b, port=False)
    assert eventually(lambda: not answered(b.address))
    site.api.delete("ports", b.port["id"])
