"""What DHCP tells an instance."""

import pytest
from tests.packets.scenario import Site, eventually

from neutrino.stack.api import ApiRefused


@pytest.mark.proves("dhcp")
def test_address_mtu_routes_and_resolvers(site: Site) -> None:
    network = site.network(
        "10.1.0.0/24",
        gateway_ip="10.1.0.254",
        allocation_pools=[{"start": "10.1.0.50", "end": "10.1.0.60"}],
        dns_nameservers=["192.0.2.53", "192.0.2.54"],
        host_routes=[{"destination": "198.51.100.0/24", "nexthop": "10.1.0.9"}],
    )
    a = site.instance("a", network, "h1")
    assert a.address in ("10.1.0.50", "10.1.0.51")  # the network itself may have one
    assert f"inet {a.address}/24" in a.run("ip", "address", "show", "eth0")
    assert f"mtu {network['mtu']}" in a.run("ip", "link", "show", "eth0")
    routes = a.run("ip", "route")
    assert "default via 10.1.0.254" in routes
    assert "198.51.100.0/24 via 10.1.0.9" in routes
    resolvers = ["search", "cloud.test", "nameserver", "192.0.2.53", "nameserver", "192.0.2.54"]
    assert a.run("cat", "/etc/resolv.conf").split() == resolvers


@pytest.mark.proves("dhcp-off")
def test_a_subnet_without_dhcp_gives_no_lease(site: Site) -> None:
    network = site.network(enable_dhcp=False)
    a = site.instance("a", network, "h1")
    busybox = site.lab.place.programs.path("busybox")
    asked = site.lab.exec(
        a.name, busybox, "udhcpc", "-i", "eth0", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true", check=False
    )
    assert asked.returncode == 1


@pytest.mark.proves("dhcp-off")
def test_dhcp_can_be_switched_on_and_off(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    busybox = site.lab.place.programs.path("busybox")

    def lease() -> bool:
        words = (busybox, "udhcpc", "-i", "eth0", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true")
        return site.lab.exec(a.name, *words, check=False).returncode == 0

    (subnet,) = site.api.list("subnets", network_id=network["id"])
    assert eventually(lease)
    site.api.update("subnets", "subnet", subnet["id"], enable_dhcp=False)
    assert eventually(lambda: not lease())
    site.api.update("subnets", "subnet", subnet["id"], enable_dhcp=True)
    assert eventually(lease)


@pytest.mark.proves("dhcp-unknown-option", "dhcp-no-resolver")
def test_an_option_that_nobody_knows_is_refused_and_dhcp_goes_on(site: Site) -> None:
    network = site.network(dns_nameservers=["0.0.0.0"])  # noqa: S104
    port = site.create("ports", "port", network_id=network["id"])
    odd = [{"opt_name": "no-such-option", "opt_value": "1"}]
    with pytest.raises(ApiRefused, match="no-such-option") as refused:
        site.api.update("ports", "port", port["id"], extra_dhcp_opts=odd)
    assert refused.value.status == 400
    a = site.instance("a", network, "h1")
    assert a.run("cat", "/etc/resolv.conf") == "search cloud.test\n"  # this subnet tells of none
