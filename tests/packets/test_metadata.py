"""Instances ask who they are, and each gets its own answer, from its own host, whatever dies meanwhile."""

import signal
import time

import pytest
from tests.packets.scenario import QUIET_S, Instance, Resource, Site, eventually

V4, V6 = "169.254.169.254", "fe80::a9fe:a9fe%eth0"
ID = "/latest/meta-data/instance-id"


def says(instance: Instance, path: str = ID, at: str = V4) -> str:
    return instance.fetch(at, path)


def device(network: Resource) -> str:
    """Return the bridge's device by which a network's instances are answered."""
    return f"tap{network['id'][:10]}0"


@pytest.mark.proves("metadata")
def test_each_instance_gets_its_own_id(site: Site) -> None:
    network = site.network()
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2")
    twin = site.instance("c", site.network(), "h1")  # of another network, maybe with the same address
    for one in (a, b, twin):
        assert eventually(lambda one=one: says(one) == one.port["device_id"])
        assert eventually(lambda one=one: says(one, "/latest/meta-data/hostname") == one.name)
        assert eventually(lambda one=one: says(one, "/latest/nothing") == "404")

    def readings() -> int:
        """Return how often haproxy read its configuration."""
        return (site.lab.place.logs / "h1.haproxy.log").read_text().count("Loading success")

    def is_quiet() -> bool:
        before = readings()
        time.sleep(QUIET_S)
        return readings() == before

    assert eventually(is_quiet)  # once is enough, though the word of it may come after the first answer


@pytest.mark.proves("agents")
def test_the_agent_of_each_host_shows_and_lives(site: Site) -> None:
    def living() -> set[str]:
        agents = site.api.list("agents", agent_type="OVN Metadata agent")
        return {one["host"] for one in agents if one["alive"]}

    assert eventually(lambda: living() >= {"h1", "h2"})


@pytest.mark.proves("metadata-ipv6")
def test_ipv6_instances_ask_on_the_link(site: Site) -> None:
    network = site.network("fd00:6::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")
    site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.6.0.0/24")
    a = site.instance("a", network, "h1")
    assert eventually(lambda: says(a, at=V6) == a.port["device_id"])


@pytest.mark.proves("metadata-ipv6-route")
def test_ipv6_instances_that_take_the_advertised_route(site: Site) -> None:
    """The kernel does not by itself, systemd-networkd does."""
    network = site.network("fd00:6::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")
    site.router(network)
    for host in ("h1", "h2"):
        a = site.instance(host, network, host)
        assert eventually(lambda a=a: "route fe80::a9fe:a9fe 128" in a.advertised())
        assert eventually(lambda a=a: "default via" in a.run("ip", "-6", "route"))
        via = a.run("ip", "-6", "route").partition("default via ")[2].split()[0]
        a.run("ip", "-6", "route", "add", "fe80::a9fe:a9fe/128", "via", via, "dev", "eth0")
        assert eventually(lambda a=a: says(a, at=V6) == a.port["device_id"])


@pytest.mark.proves("metadata")
def test_what_an_instance_claims_to_be_is_not_believed(site: Site) -> None:
    network = site.network()
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])
    claims = {"X-Instance-ID": b.port["device_id"], "X-Forwarded-For": b.address}
    assert a.fetch(V4, ID, **claims) == a.port["device_id"]


@pytest.mark.proves("metadata", "metadata-port")
def test_health_monitors_of_load_balancers_take_no_metadata_away(site: Site) -> None:
    """Their ports are on each host too; ovn-octavia-provider makes one in each subnet that has members."""
    network = site.network()
    (own,) = site.api.list("ports", network_id=network["id"])
    for number in range(4):
        owner = {"device_owner": "ovn-lb-hm:distributed", "device_id": f"ovn-lb-hm-{number}"}
        site.create("ports", "port", network_id=network["id"], port_security_enabled=False, **owner)
    a = site.instance("a", network, "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])
    assert own["id"] in site.lab.exec("h1", "ovs-vsctl", "get", "Interface", device(network), "external_ids").stdout


@pytest.mark.proves("metadata-port")
def test_what_answers_has_the_network_s_mtu(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])
    site.api.update("networks", "network", network["id"], mtu=1280)
    assert eventually(lambda: " mtu 1280 " in site.lab.exec("h1", "ip", "link", "show", device(network)).stdout)
    assert eventually(lambda: says(a) == a.port["device_id"])


@pytest.mark.proves("metadata-isolated")
def test_a_subnet_without_a_gateway_has_metadata(site: Site) -> None:
    a = site.instance("a", site.network(gateway_ip=None), "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])


@pytest.mark.proves("metadata-outlives")
@pytest.mark.parametrize("service", ["h1.neutrino-agent", "h1.haproxy", "metadata", "h1.ovs-vswitchd", "ovn-sb"])
def test_metadata_outlives_each_daemon(site: Site, service: str) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])
    site.lab.kill(service, signal.SIGKILL)
    if service == "h1.neutrino-agent":
        assert says(a) == a.port["device_id"]  # requests do not go through it
    site.lab.wait()
    assert eventually(lambda: says(a) == a.port["device_id"])
    b = site.instance("b", network, "h1")
    assert eventually(lambda: says(b) == b.port["device_id"])


@pytest.mark.proves("metadata-places")
def test_namespaces_are_only_where_instances_are(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")
    mine = f"ovnmeta-{network['id']}"

    def there() -> list[str]:
        return [name for name in site.lab.exec("h1", "ls", "/run/netns").stdout.split() if name.startswith(mine)]

    assert eventually(lambda: there() == [f"{mine}.h1"])
    site.remove(a)
    assert eventually(lambda: there() == [])
    assert eventually(lambda: mine[8:18] not in site.lab.exec("h1", "ovs-vsctl", "list-ports", "br-int").stdout)


@pytest.mark.proves("metadata-static", "metadata-port")
def test_an_instance_that_was_told_nothing_routes_to_the_network_s_own_address(site: Site) -> None:
    network = site.network()
    (own,) = site.api.list("ports", network_id=network["id"])
    assert own["device_owner"] == "network:distributed"
    (there,) = own["fixed_ips"]
    a = site.instance("a", network, "h1")
    assert eventually(lambda: says(a) == a.port["device_id"])
    a.run("ip", "route", "flush", "table", "main")
    assert says(a) == ""
    a.run("ip", "route", "add", "10.1.0.0/24", "dev", "eth0")
    a.run("ip", "route", "add", V4, "via", there["ip_address"])
    assert eventually(lambda: says(a) == a.port["device_id"])
