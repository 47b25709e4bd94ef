"""Who reaches whom on a private network, on one host and across hosts, and what its ports need of the network."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

from neutrino.diagnosis import packet
from neutrino.model.addressing import eui64
from neutrino.stack import inquiry

METADATA = "169.254.169.254", "/latest/meta-data/instance-id"


def community(name: str) -> Resource:
    return {"pvlan_type": "community", "pvlan_community": name}


STANDINGS = {"open": {}, "alone": {"pvlan_type": "isolated"}, "web": community("web"), "db": community("db")}


def reached(asked: dict[str, tuple[Instance, str]]) -> set[str]:
    """Return which instance gets an answer from which: all ask all, at the address beside each, at once."""
    pairs = list(permutations(asked, 2))
    with ThreadPoolExecutor(len(pairs)) as at_once:
        answers = at_once.map(lambda pair: asked[pair[0]][0].pings(asked[pair[1]][1]), pairs)
        return {" to ".join(pair) for pair, answered in zip(pairs, answers, strict=True) if answered}


def is_all_reached(asked: dict[str, tuple[Instance, str]], expected: set[str]) -> bool:
    """Say whether *expected* is what is reached; that nothing else is, holds each time that one looks."""
    found = reached(asked)
    assert found <= expected, found - expected
    return found == expected


def both_ways(*pairs: str) -> set[str]:
    """Return *pairs* (``a b``) as `reached` says them, and the other way round."""
    return {f"{one} to {other}" for pair in pairs for one, other in permutations(pair.split())}


@pytest.mark.proves("pvlan")
def test_who_reaches_whom(site: Site, public: Resource) -> None:
    network = site.create("networks", "network", name="private", pvlan=True)
    for cidr in ("10.1.0.0/24", "fd00:1::/64"):
        version = 6 if ":" in cidr else 4
        site.create("subnets", "subnet", network_id=network["id"], ip_version=version, cidr=cidr)
    site.router(network, public=public)
    closed = [site.group()]  # what a private network lets in, security groups are not asked about
    where = {"open1": "h1", "alone1": "h1", "alone2": "h2", "web1": "h1", "web2": "h2", "db2": "h2"}
    ports = {name: site.instance(name, network, host, closed, **STANDINGS[name[:-1]]) for name, host in where.items()}
    for one in ports.values():
        one.run("ip", "address", "add", f"{one.port['fixed_ips'][1]['ip_address']}/64", "dev", "eth0", "nodad")
    first = {name: (one, one.address) for name, one in ports.items()}
    second = {name: (one, one.port["fixed_ips"][1]["ip_address"]) for name, one in ports.items()}
    on_link = {name: (one, f"{eui64('fe80::/64', one.port['mac_address'])}%eth0") for name, one in ports.items()}

    expected = both_ways("web1 web2", *(f"open1 {name}" for name in ports if name != "open1"))
    assert eventually(lambda: reached(first) == expected), reached(first) ^ expected
    assert eventually(lambda: is_all_reached(second, expected))
    assert eventually(lambda: is_all_reached(on_link, expected))
    # Who has an address, OVN itself says to all.
    own = ports["alone1"].port
    asking = ("eth0", own["mac_address"], ports["alone1"].address)
    assert eventually(lambda: ports["alone1"].probe("arp", *asking, ports["alone2"].address))
    # The network's own: DHCP gave the addresses; routers on both hosts, and metadata.
    for one in (ports[name] for name in ("alone1", "alone2", "web2")):
        assert eventually(lambda one=one: one.pings("203.0.113.1")), one.name
        assert eventually(lambda one=one: one.fetch(*METADATA) == one.port["device_id"])
    found = inquiry.trace(site.lab, ports["alone1"].name, ports["alone2"].name, packet.kind("icmp")).verdict
    assert (found.outcome, found.rule) == ("dropped", "pvlan_type isolated")

    # A port that stands for further addresses is known by its name on other hosts.
    vip = "10.1.0.200"
    site.api.update("ports", "port", ports["open1"].port["id"], allowed_address_pairs=[{"ip_address": vip}])
    ports["open1"].run("ip", "address", "add", f"{vip}/32", "dev", "eth0")
    assert eventually(lambda: ports["alone2"].pings(vip))

    site.api.update("ports", "port", ports["alone2"].port["id"], **community("db"))
    expected |= both_ways("alone2 db2")
    assert eventually(lambda: reached(first) == expected), reached(first) ^ expected


@pytest.mark.proves("pvlan-change")
def test_a_network_that_becomes_private_cuts_what_stands(site: Site) -> None:
    network = site.network()
    group = [site.group({"protocol": "udp"})]
    a, b = site.instance("a", network, "h1", group), site.instance("b", network, "h2", group)
    b.tick(7000)
    is_heard = a.hearing(b.address, 7000)
    assert eventually(is_heard)
    site.api.update("networks", "network", network["id"], pvlan=True)
    for one in (a, b):
        site.api.update("ports", "port", one.port["id"], pvlan_type="isolated")
    assert eventually(lambda: not is_heard())
    assert not a.pings(b.address)


@pytest.mark.proves("pvlan-vlan")
def test_on_a_vlan_the_physical_network_is_promiscuous(site: Site, public: Resource) -> None:
    vlan = {"provider__network_type": "vlan", "provider__physical_network": public["provider:physical_network"]}
    network = site.create("networks", "network", name="private", pvlan=True, **vlan)
    site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
    site.router(network, public=public)
    where = {"alone1": "h1", "alone2": "h2", "web1": "h1", "web2": "h2"}
    ports = {name: site.instance(name, network, host, **STANDINGS[name[:-1]]) for name, host in where.items()}
    first = {name: (one, one.address) for name, one in ports.items()}
    expected = both_ways("web1 web2")
    assert eventually(lambda: reached(first) == expected), reached(first) ^ expected
    # What the router sends from another host comes by the physical network, as what a gateway there sends.
    assert eventually(lambda: all(one.pings("203.0.113.1") for one in ports.values()))
