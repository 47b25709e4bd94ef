"""Load balancers are of ovn-octavia-provider, which writes rows beside ours; here they are written as it does."""

from collections.abc import Iterator

import pytest
from tests.packets.scenario import Resource, Site, eventually


@pytest.fixture
def balancer(site: Site) -> Iterator[str]:
    """Yield a name for a load balancer, which is deleted after the scenario."""
    name = "octavia-s-own"
    yield name
    nbctl(site, "--if-exists", "lb-del", name)


def nbctl(site: Site, *words: str) -> str:
    return site.lab.exec("central", "ovn-nbctl", "--timeout=10", *words).stdout


def statuses(site: Site, port: Resource) -> list[str]:
    """Return what the health monitor found of a member's port."""
    words = ("--bare", "--columns=status", "find", "Service_Monitor", f"logical_port={port['id']}")
    return site.lab.exec("central", "ovn-sbctl", "--timeout=10", *words).stdout.split()


@pytest.mark.proves("load-balancer")
def test_a_load_balancer_and_its_health_monitor(site: Site, balancer: str) -> None:
    network, group = site.network(), site.group({"protocol": "tcp"})
    router = site.router(network)
    a, b = (site.instance(f"member-{host}", network, host, [group]) for host in ("h1", "h2"))
    askers = [site.instance(f"ask-{host}", network, host) for host in ("h1", "h2")]
    a.serve(80)
    b.serve(80)
    vip = site.create("ports", "port", network_id=network["id"], name="ovn-lb-vip-1")["fixed_ips"][0]["ip_address"]
    owner = {"device_owner": "ovn-lb-hm:distributed", "device_id": "ovn-lb-hm-1", "port_security_enabled": False}
    monitor = site.create("ports", "port", network_id=network["id"], **owner)["fixed_ips"][0]["ip_address"]
    nbctl(site, "lb-add", balancer, f"{vip}:80", f"{a.address}:80,{b.address}:80", "tcp")
    nbctl(site, "ls-lb-add", f"neutron-{network['id']}", balancer)
    nbctl(site, "lr-lb-add", f"neutron-{router['id']}", balancer)

    def answers() -> bool:
        return all(asker.connects(vip, 80) for asker in askers for _ in range(8))

    assert eventually(answers)
    for member in (a, b):
        nbctl(site, "set", "Load_Balancer", balancer,
              f'ip_port_mappings:{member.address}="{member.port["id"]}:{monitor}"')  # fmt: skip
    check = ("--id=@check", "create", "Load_Balancer_Health_Check", f'vip="{vip}:80"', "options:interval=1",
             "options:timeout=1", "options:success_count=1", "options:failure_count=1")  # fmt: skip
    nbctl(site, *check, "--", "add", "Load_Balancer", balancer, "health_check", "@check")
    assert eventually(lambda: [statuses(site, one.port) for one in (a, b)] == [["online"], ["online"]])
    site.lab.kill("neutrino-controller", 9)
    site.lab.wait()  # its full pass leaves what is not ours
    assert answers()
    a.stop()
    assert eventually(lambda: [statuses(site, one.port) for one in (a, b)] == [["offline"], ["online"]])
    assert eventually(answers)
