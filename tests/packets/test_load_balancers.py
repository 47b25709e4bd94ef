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
    assert eventually(answers)  # who does not answer the monitor within a second has none of it for one
    a.stop()
    assert eventually(lambda: [statuses(site, one.port) for one in (a, b)] == [["offline"], ["online"]])
    assert eventually(answers)


@pytest.mark.proves("load-balancer-distributed")
def test_members_with_floating_ips_on_a_distributed_router(site: Site, public: Resource, balancer: str) -> None:
    network, group = site.network(), site.group({"protocol": "tcp"})
    router = site.change(site.router(network, public=public), distributed=True)
    members = [site.instance(f"member-{host}", network, host, [group]) for host in ("h1", "h2")]
    own = [site.floating_ip(public, one) for one in members]
    for one in members:
        one.serve(80)
    vip = site.create("ports", "port", network_id=network["id"], name="ovn-lb-vip-1")
    address, shared = vip["fixed_ips"][0]["ip_address"], site.floating_ip(public)["floating_ip_address"]
    (floating,) = site.api.list("floatingips", floating_ip_address=shared)
    site.api.update("floatingips", "floatingip", floating["id"], port_id=vip["id"])

    def all_answer(of: str) -> bool:
        site.outside.run("ip", "neigh", "flush", "dev", "eth0")
        return all(site.outside.connects(of, 80) for _ in range(8))

    def are_distributed() -> list[bool]:
        rows = (
            nbctl(site, "--bare", "--columns=external_mac", "find", "NAT", f"logical_ip={one.address}")
            for one in members
        )
        return [bool(row.strip()) for row in rows]

    assert eventually(lambda: are_distributed() == [True, True])
    for front in (address, shared):
        nbctl(site, "lb-add", balancer, f"{front}:80", ",".join(f"{one.address}:80" for one in members), "tcp")
    ids = {"lr_ref": f"neutron-{router['id']}", "neutron:vip_fip": shared, "neutron:vip": address}
    nbctl(site, "set", "Load_Balancer", balancer, *(f'external_ids:"{key}"="{value}"' for key, value in ids.items()))
    nbctl(site, "ls-lb-add", f"neutron-{network['id']}", balancer)
    nbctl(site, "lr-lb-add", f"neutron-{router['id']}", balancer)
    assert eventually(lambda: are_distributed() == [False, False])
    assert eventually(lambda: all_answer(shared))
    assert all(eventually(lambda one=one: all_answer(one["floating_ip_address"])) for one in own)
    nbctl(site, "lb-del", balancer)
    assert eventually(lambda: are_distributed() == [True, True])
    assert all(eventually(lambda one=one: all_answer(one["floating_ip_address"])) for one in own)
