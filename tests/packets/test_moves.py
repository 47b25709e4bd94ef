"""What moves from one host to another while packets flow: an instance, and a router's gateway."""

import signal
from collections.abc import Iterator

import pytest
from tests.packets.scenario import Resource, Site, eventually, preferred

from neutrino.stack.lab import Lab

EVERY_MS = 200
TUNED = f"""
[ovn]
ha_failover_strategy = manual
bfd_min_rx = {EVERY_MS}
bfd_min_tx = {EVERY_MS}
bfd_mult = 3
"""
MOVE_MS, FAIL_OVER_MS = 100, 1000
TRIES = 4  # the hosts share a few processors with whatever else runs: what is claimed is that it can be so quick
FAIL_OVER_S = 40.0  # daemons that were suspended connect again with a back-off; on a busy machine that takes its time
PORT = 5007

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab with BFD tuned, and three hosts: a chassis that hears of no other takes over nothing."""
    with Lab(tmp_path_factory.mktemp("p") / "lab", hosts=3, settings=TUNED) as made:
        yield made


def host_of(site: Site, logical_port: str) -> str:
    """Return the host that a port of OVN is on, as the Southbound has it."""
    find = ("--bare", "--columns=chassis", "find", "Port_Binding", f"logical_port={logical_port}")
    chassis = site.lab.exec("central", "ovn-sbctl", *find).stdout.strip()
    row = ("get", "Chassis", chassis, "name")
    return site.lab.exec("central", "ovn-sbctl", *row).stdout.strip().strip('"') if chassis else ""


@pytest.mark.proves("live-move", "three-hosts")
def test_an_instance_moves_with_its_address(site: Site) -> None:
    """As Nova moves one: bound at both hosts; here it falls silent, there it says by RARP that it goes on."""
    network = site.network(enable_dhcp=False)
    asker = site.instance("a", network, "h3")
    here, source = site.instance("m", network, "h1"), "h1"
    here.serve(PORT)
    port, address = here.port["id"], here.address
    bindings = f"ports/{port}/bindings"
    silences: list[int] = []
    while len(silences) < TRIES and min(silences, default=MOVE_MS) >= MOVE_MS:
        target = "h2" if source == "h1" else "h1"
        site.api.create(bindings, "binding", host=target)
        there = site.twin(here, target)
        assert not there.pings(asker.address)  # not its turn yet
        there.serve(PORT)
        say_where = there.will_say_where()
        with asker.asking(address, PORT) as silence:
            here.stop()
            say_where()
            here.run("ip", "address", "flush", "dev", "eth0")
            assert eventually(lambda: asker.probe("datagram", address, str(PORT)))
            site.api.act(bindings, target, "activate")
            assert eventually(lambda target=target: host_of(site, port) == target)
            site.api.delete(bindings, source)
            site.remove(here, port=False)
        silences += silence
        assert asker.pings(address)
        assert eventually(lambda: site.api.show("ports", port)["status"] == "ACTIVE")
        here, source = there, target
    assert min(silences) < MOVE_MS, silences


@pytest.mark.proves("fail-over", "three-hosts")
def test_another_gateway_takes_over(site: Site, public: Resource) -> None:
    network = site.network()
    router = site.router(network, public=public)
    (gateway,) = site.api.list("ports", device_id=router["id"], device_owner="network:router_gateway")

    def active() -> str:
        return host_of(site, f"cr-lrp-{gateway['id']}")

    def agree() -> bool:
        """Say whether all hosts have told each other how often they send: until then, that is once a second."""
        sessions = (site.lab.exec(host, "ovs-appctl", "bfd/show").stdout for host in site.lab.hosts)
        return all(shown.count(f"RX Interval: Approx {EVERY_MS}ms") == len(site.lab.hosts) - 1 for shown in sessions)

    assert eventually(lambda: active() == preferred(site.lab, router) != "")
    first = active()
    a = site.instance("a", network, next(host for host in site.lab.hosts if host != first))
    site.outside.serve(PORT)
    assert eventually(lambda: a.pings(site.outside.address))
    services = [f"{first}.ovs-vswitchd", f"{first}.ovn-controller"]
    silences: list[int] = []
    while len(silences) < TRIES and min(silences, default=FAIL_OVER_MS) >= FAIL_OVER_MS:
        assert eventually(agree, FAIL_OVER_S)
        try:
            with a.asking(site.outside.address, PORT) as silence:
                for service in services:
                    site.lab.kill(service, signal.SIGSTOP)
                assert eventually(lambda: active() not in ("", first), FAIL_OVER_S)
                assert eventually(lambda: a.pings(site.outside.address), FAIL_OVER_S)
        finally:
            for service in services:
                site.lab.kill(service, signal.SIGCONT)
        silences += silence
        assert eventually(lambda: active() == first, FAIL_OVER_S)
        assert eventually(lambda: a.pings(site.outside.address), FAIL_OVER_S)
    assert min(silences) < FAIL_OVER_MS, silences
