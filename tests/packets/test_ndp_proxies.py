"""NDP proxies: the outside reaches an IPv6 address behind a router as if it were on its own link, without a route."""

import pytest
from tests.packets.scenario import Resource, Site, eventually

SLAAC = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
LINK, INSIDE = "2001:db8:113::/48", "2001:db8:113:1::/64"


@pytest.mark.proves("ndp-proxy")
def test_a_gateway_answers_for_an_address_behind_it(site: Site, public: Resource) -> None:
    scope = site.create("address-scopes", "address_scope", name="ndp", ip_version=6)
    given = {"prefixes": [LINK], "default_prefixlen": 64, "address_scope_id": scope["id"]}
    pool = site.create("subnetpools", "subnetpool", name="ndp", **given)
    site.api.act("subnetpools", pool["id"], "onboard_network_subnets", network_id=public["id"])
    red = site.network(INSIDE, subnetpool_id=pool["id"], **SLAAC)
    router = site.change(site.router(red, public=public), enable_ndp_proxy=True)
    group = site.group(*({"protocol": protocol, "ethertype": "IPv6"} for protocol in ("ipv6-icmp", "tcp")))
    a, b = site.instance("a", red, "h1", [group]), site.instance("b", red, "h2", [group])
    site.outside.run("ip", "-6", "route", "add", LINK, "dev", "eth0")
    try:
        proxy = site.create("ndp_proxies", "ndp_proxy", router_id=router["id"], port_id=a.port["id"])
        assert proxy["ip_address"] == a.address
        assert eventually(lambda: site.outside.pings(a.address))
        a.serve(80)
        assert site.outside.connects(a.address, 80)
        assert a.pings("2001:db8:113::1")
        assert not site.outside.pings(b.address)
        other = site.create("ndp_proxies", "ndp_proxy", router_id=router["id"], port_id=b.port["id"])
        assert eventually(lambda: site.outside.pings(b.address))
        site.api.delete("ndp_proxies", proxy["id"])
        assert eventually(lambda: not afresh(site, a.address))
        assert eventually(lambda: afresh(site, b.address))
        site.change(router, enable_ndp_proxy=False)
        assert eventually(lambda: not afresh(site, b.address))
        assert site.api.show("ndp_proxies", other["id"])["ip_address"] == b.address
    finally:
        site.outside.run("ip", "-6", "route", "delete", LINK)


def afresh(site: Site, address: str) -> bool:
    """Say whether an echo request is answered by an address whose neighbour the outside has forgotten."""
    site.outside.run("ip", "-6", "neighbour", "flush", "dev", "eth0")
    return site.outside.pings(address)
