"""Names: each host answers its instances, over UDP and TCP, with EDNS and without, whatever their network reaches."""

import signal
import sys
from collections.abc import Iterator

import pytest
from tests.packets.scenario import Resource, Site, eventually

WAYS = [f"{how} {payload}" for how in ("udp", "tcp") for payload in (0, 1232)]
ON_THE_LINK = "fe80::a9fe:a9fe%eth0"


@pytest.fixture
def world(site: Site, public: Resource) -> Iterator[str]:
    """The world outside has a resolver while the scenario runs; a name that it knows, as its own address."""
    words = (sys.executable, "-m", "neutrino.stack.world", site.outside.address)
    with site.lab.popen("outside", *words) as server:
        yield "www.outside.test"
        site.lab.end(server)


@pytest.mark.proves("dns", "dns-edns", "dns-isolated")
def test_a_network_that_reaches_nothing_resolves_its_names_and_all_others(site: Site, world: str) -> None:
    network = site.network("10.1.0.0/24", gateway_ip=None)
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2", dns_name="web")
    there = [b.address]
    assert eventually(lambda: a.finds("web.cloud.test A tcp 0", f"{world} A udp 0") == [there, [site.outside.address]])
    expected = {
        "web.cloud.test A": there,
        "WEB.Cloud.test A": there,
        "web A": there,
        "web.cloud.test AAAA": [],
        f"{'.'.join(reversed(b.address.split('.')))}.in-addr.arpa PTR": ["web.cloud.test."],
        f"{world} A": [site.outside.address],
    }
    for way in WAYS:
        asked = [f"{question} {way}" for question in expected]
        assert eventually(lambda asked=asked: a.finds(*asked) == list(expected.values())), a.finds(*asked)
    said = [
        ("NOERROR QR AA RD RA edns=1232", []),
        ("NXDOMAIN QR AA RD RA", []),  # says the world outside
    ]
    assert eventually(lambda: a.resolves("web.cloud.test AAAA tcp 1232", "none.outside.test A udp 1232") == said)
    site.api.update("ports", "port", b.port["id"], dns_name="db")
    assert eventually(lambda: a.finds("db.cloud.test A tcp 0", "web.cloud.test A tcp 0") == [there, []])


@pytest.mark.proves("dns-apart")
def test_networks_with_the_same_addresses_are_apart(site: Site) -> None:
    pool = [{"start": "10.1.0.2", "end": "10.1.0.2"}]
    for address in ("10.1.0.7", "10.1.0.8"):
        network = site.network("10.1.0.0/24", gateway_ip=None, allocation_pools=pool)
        a = site.instance(address[-1], network, "h1", dns_name="web", fixed_ips=[{"ip_address": address}])
        assert a.run("cat", "/etc/resolv.conf").split()[-1] == "10.1.0.2"
        assert eventually(lambda a=a, address=address: a.finds("web.cloud.test A tcp 0") == [[address]])


@pytest.mark.proves("dns-apart")
def test_who_is_on_another_network_is_not_answered(site: Site, world: str) -> None:
    red, blue = site.network("10.1.0.0/24"), site.network("10.2.0.0/24")
    site.router(red, blue)
    group = site.group({"protocol": "icmp"})
    a = site.instance("a", red, "h1", [group], dns_name="web")
    b = site.instance("b", blue, "h1", [group])
    # Over UDP, OVN's own responder would answer for the network's names.
    asked = ("web.cloud.test A tcp 0", f"{world} A udp 0", f"{world} A tcp 0")
    outside = [site.outside.address]
    assert eventually(lambda: a.finds(*asked) == [[a.address], outside, outside])
    assert eventually(lambda: b.pings(a.address))
    assert b.resolves(*asked, at=a.run("cat", "/etc/resolv.conf").split()[-1]) == [("", [])] * 3


@pytest.mark.proves("dns-ipv6")
def test_on_ipv6_it_is_asked_on_the_link(site: Site, world: str) -> None:
    network = site.network("10.1.0.0/24")
    slaac = {"ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"}
    site.create("subnets", "subnet", network_id=network["id"], ip_version=6, cidr="fd00:6::/64", **slaac)
    a = site.instance("a", network, "h1", dns_name="web")
    (six,) = (ip["ip_address"] for ip in a.port["fixed_ips"] if ":" in ip["ip_address"])
    asked = [f"{question} {way}" for question in ("web.cloud.test AAAA", f"{world} A") for way in WAYS]
    expected = [[six]] * len(WAYS) + [[site.outside.address]] * len(WAYS)
    assert eventually(lambda: a.finds(*asked, at=ON_THE_LINK) == expected), a.resolves(*asked, at=ON_THE_LINK)


@pytest.mark.proves("dns-ipv6", "metadata-ipv6")
def test_a_network_of_ipv6_alone(site: Site, world: str) -> None:
    network = site.network("fd00:6::/64", ipv6_address_mode="dhcpv6-stateful", gateway_ip=None)
    a = site.instance("a", network, "h1", dns_name="web")
    (port,) = site.api.list("ports", network_id=network["id"], device_owner="network:distributed")
    there = port["fixed_ips"][0]["ip_address"]
    asked = ("web.cloud.test AAAA tcp 0", f"{world} A udp 1232")
    for at in (there, ON_THE_LINK):
        assert eventually(lambda at=at: a.finds(*asked, at=at) == [[a.address], [site.outside.address]])
    assert eventually(lambda: a.fetch(ON_THE_LINK, "/latest/meta-data/instance-id") == a.port["device_id"])


@pytest.mark.proves("dns-outlives")
def test_what_dies_is_missed_on_its_host_only_and_comes_back(site: Site) -> None:
    network = site.network("10.1.0.0/24")
    a, b = site.instance("a", network, "h1", dns_name="web"), site.instance("b", network, "h2")
    asked, expected = "web.cloud.test A tcp 0", [[a.address]]
    for one in (a, b):
        assert eventually(lambda one=one: one.finds(asked) == expected)
    site.lab.kill("h1.neutrino-agent", signal.SIGKILL)
    assert a.finds(asked) == expected  # questions do not go through it
    site.lab.kill("h1.neutrino-dns", signal.SIGKILL)
    assert b.finds(asked) == expected
    site.lab.wait()
    assert eventually(lambda: a.finds(asked) == expected)
