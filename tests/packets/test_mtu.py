"""Networks of different MTUs: who sends what is too large for the path is told, and connections go on."""

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

SLAAC = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
SMALL = 1300


def address_of(instance: Instance, version: int) -> str:
    found = (str(ip["ip_address"]) for ip in instance.port["fixed_ips"])
    return next(address for address in found if (":" in address) == (version == 6))


@pytest.mark.proves("path-mtu")
def test_a_smaller_network_behind_a_router(site: Site, public: Resource) -> None:
    large = site.network("10.1.0.0/24")
    small = site.create("networks", "network", name="small", mtu=SMALL)
    site.create("subnets", "subnet", network_id=small["id"], ip_version=4, cidr="10.2.0.0/24")
    for network, cidr in ((large, "fd00:1::/64"), (small, "fd00:2::/64")):
        site.create("subnets", "subnet", network_id=network["id"], ip_version=6, cidr=cidr, **SLAAC)
    site.router(large, small, public=public)
    group = site.group(*({"protocol": p, "ethertype": e} for p in ("icmp", "tcp") for e in ("IPv4", "IPv6")))
    a, b = site.instance("a", large, "h1", [group]), site.instance("b", small, "h2", [group])
    b.serve(80)
    for version in (4, 6):
        there = address_of(b, version)
        assert eventually(lambda there=there: a.pings(there))
        assert eventually(lambda there=there: a.path_mtu(there) == SMALL < large["mtu"])
        assert a.carries(there, 80)

    floating = site.floating_ip(public, b)["floating_ip_address"]
    assert eventually(lambda: site.outside.pings(floating))
    assert eventually(lambda: site.outside.path_mtu(floating) == SMALL < public["mtu"])
    assert site.outside.carries(floating, 80)
