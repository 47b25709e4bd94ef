"""IPv6 from end to end: DHCPv6 in its two kinds, names, and what security groups say of it."""

import pytest
from tests.packets.scenario import Resource, Site, eventually

from neutrino.stack.api import ApiRefused

RESOLVERS = ["2001:db8:53::1", "2001:db8:53::2"]
PREFIX = "fd00:1::/64"
WAY = "route fe80::a9fe:a9fe 128"
STATEFUL, STATELESS, SLAAC = (
    {"ipv6_ra_mode": mode, "ipv6_address_mode": mode} for mode in ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")
)


@pytest.mark.proves("dhcpv6-stateful", "dhcp-restrictive-groups")
def test_dhcpv6_gives_the_port_s_address(site: Site) -> None:
    network = site.network(PREFIX, dns_nameservers=RESOLVERS, **STATEFUL)
    group = site.group()
    for rule in site.api.list("security-group-rules", security_group_id=group["id"]):
        site.api.delete("security-group-rules", rule["id"])  # nothing may leave: DHCP is the network's own business
    a = site.instance("a", network, "h1", [group])
    assert eventually(lambda: a.dhcp6("address") == [a.address, *RESOLVERS])


@pytest.mark.proves("dhcpv6-stateless")
def test_dhcpv6_tells_resolvers_beside_advertisements(site: Site) -> None:
    network = site.network(PREFIX, dns_nameservers=RESOLVERS, **STATELESS)
    site.router(network)
    a = site.instance("a", network, "h1")
    assert eventually(lambda: f"inet6 {a.address}/64" in a.run("ip", "-6", "address", "show", "dev", "eth0"))
    assert eventually(lambda: a.dhcp6("information") == RESOLVERS)


@pytest.mark.proves("dhcpv6-bootfile")
def test_dhcpv6_tells_where_to_boot_from(site: Site) -> None:
    network = site.network(PREFIX, dns_nameservers=RESOLVERS, **STATEFUL)
    a = site.instance("a", network, "h1")
    there = "tftp://[2001:db8::1]/grub.efi"
    options = [{"opt_name": "bootfile-name", "opt_value": there, "ip_version": 6}]
    known = site.lab.exec("central", "ovn-sbctl", "--bare", "--columns=name", "list", "DHCPv6_Options").stdout.split()
    if "bootfile_name" in known:
        site.api.update("ports", "port", a.port["id"], extra_dhcp_opts=options)
        assert eventually(lambda: a.dhcp6("address") == [a.address, *RESOLVERS, there])
    else:
        with pytest.raises(ApiRefused, match="bootfile-name"):
            site.api.update("ports", "port", a.port["id"], extra_dhcp_opts=options)
        assert eventually(lambda: a.dhcp6("address") == [a.address, *RESOLVERS])


@pytest.mark.proves("slaac-resolver")
def test_advertisements_tell_a_resolver_where_there_is_no_dhcp(site: Site) -> None:
    network = site.network(PREFIX, dns_nameservers=RESOLVERS, **SLAAC)
    site.router(network)
    a = site.instance("a", network, "h1")
    rest = ["domain cloud.test", "mtu 1442"]
    assert eventually(lambda: a.advertised() == [*rest, f"resolver {RESOLVERS[0]}", WAY])
    (subnet,) = site.api.list("subnets", network_id=network["id"])
    site.api.update("subnets", "subnet", subnet["id"], dns_nameservers=["::"])
    assert eventually(lambda: a.advertised() == [*rest, WAY])
    site.api.update("subnets", "subnet", subnet["id"], dns_nameservers=[])
    (own,) = site.api.list("ports", network_id=network["id"], device_owner="network:distributed")
    (there,) = own["fixed_ips"]
    assert eventually(lambda: f"resolver {there['ip_address']}" in a.advertised())


@pytest.mark.proves("dns-ipv6")
def test_names_have_ipv6_addresses(site: Site) -> None:
    network = site.network(dns_nameservers=["192.0.2.53"])
    site.create("subnets", "subnet", network_id=network["id"], ip_version=6, cidr=PREFIX, **SLAAC)
    site.router(network)
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2", dns_name="web")
    (six,) = [ip["ip_address"] for ip in b.port["fixed_ips"] if ":" in ip["ip_address"]]
    busybox = site.lab.place.programs.path("busybox")
    words = (busybox, "nslookup", "-type=aaaa", "web.cloud.test", "192.0.2.53")
    assert eventually(lambda: six in site.lab.exec(a.name, *words, check=False).stdout)


@pytest.mark.proves("group-ipv6")
def test_groups_tell_ipv6_apart(site: Site) -> None:
    network = site.network("fd00:1::/64")
    a = site.instance("a", network, "h1", fixed_ips=[{"ip_address": "fd00:1::10"}])
    b = site.instance("b", network, "h1", fixed_ips=[{"ip_address": "fd00:1::1:10"}])
    group = site.group({"ethertype": "IPv6", "remote_ip_prefix": "fd00:1::/112", "protocol": "tcp"})
    c = site.instance("c", network, "h2", [group])
    c.serve(80)

    def reached() -> list[bool]:
        return [one.connects(c.address, 80) for one in (a, b)]

    assert eventually(lambda: reached() == [True, False])
    echo: Resource = {"ethertype": "IPv6", "protocol": "ipv6-icmp", "port_range_min": 128}
    rule = site.rule(group, **echo)
    assert eventually(lambda: b.pings(c.address))
    site.api.delete("security-group-rules", rule["id"])
    assert eventually(lambda: not b.pings(c.address))
