"""What dies is started again, with all that it had forgotten."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from tests.packets.scenario import eventually
from tests.stack.conftest import Stack, host_state, processes_of

from neutrino.linux import process
from neutrino.stack.lab import Lab, parent

DAEMONS = (
    *("ovn-nb", "ovn-sb", "ovn-northd", "neutrino-api", "neutrino-controller"),
    *("h1.ovsdb-server", "h1.ovs-vswitchd", "h1.ovn-controller", "a.udhcpc"),
)


@pytest.fixture(scope="module", params=["auto", "dummy"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("r") / "s", datapath=request.param) as made:
        network = made.api.create("networks", "network", name="n")
        made.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.9.0.0/24")
        for name, host in (("a", "h1"), ("b", "h2")):
            made.instance(name, network["id"], host)
        yield made


def killed_from_outside(lab: Lab, service: str) -> None:
    (pid,) = [one.pid for one in lab.status().services if one.name == service]
    os.kill(pid, signal.SIGKILL)
    assert process.wait_for_end(pid, 5)


def well_within(lab: Lab, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(one.state == "ready" for one in lab.status().services):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("service", DAEMONS)
def test_a_killed_daemon_is_back_and_packets_flow(lab: Lab, service: str) -> None:
    killed_from_outside(lab, service)
    assert well_within(lab, 20), [one for one in lab.status().services if one.state != "ready"]
    assert lab.ping("a", lab.address("b"), 10)
    assert lab.ping("b", lab.address("a"), 10)
    assert {one.name: one.restarts for one in lab.status().services}[service] >= 1


@pytest.mark.parametrize("service", ["ovn-nb", "neutrino-api", "neutrino-controller"])
def test_a_daemon_that_hangs_is_seen_by_status(lab: Lab, service: str) -> None:
    (pid,) = [one.pid for one in lab.status().services if one.name == service]
    os.kill(pid, signal.SIGSTOP)
    until = time.monotonic() + 15
    try:
        while {one.name: one.state for one in lab.status().services}[service] != "silent":
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert well_within(lab, 20)


def test_a_renewed_lease_leaves_the_resolver_s_file_and_writes_it_only_when_it_differs(lab: Lab) -> None:
    lease, resolver = (lab.run / "instances" / "a" / name for name in ("lease", "resolv.conf"))

    def renewed() -> os.stat_result:
        before = lease.stat().st_ino
        lab.kill("a.udhcpc", signal.SIGUSR1)
        assert eventually(lambda: lease.stat().st_ino != before)
        return resolver.stat()

    before, text = resolver.stat(), resolver.read_text()
    assert (renewed().st_ino, resolver.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    resolver.write_text("nameserver 192.0.2.1\n")
    assert (renewed().st_ino, resolver.read_text()) == (before.st_ino, text)


def test_all_daemons_killed_at_once(lab: Lab) -> None:
    for one in lab.status().services:
        os.kill(one.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert well_within(lab, 30), [one for one in lab.status().services if one.state != "ready"]
    assert lab.ping("a", lab.address("b"), 15)


DAMAGE = (
    ("h1", "ip link delete dev {tap}"),
    ("a", "ip link delete dev eth0"),
    ("h1", "ovs-vsctl del-port br-int {tap}"),
    ("central", "ip netns delete i-a"),
)


def test_up_mends_a_damaged_instance(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    (port,) = stack.lab.api.list("ports", name="a")
    for where, command in DAMAGE:
        stack.lab.exec(where, *command.format(tap=f"tap{port['id'][:11]}").split())
        assert not stack.lab.ping("a", stack.lab.address("b"), 1), command
        stack("up")
        assert stack.lab.ping("b", stack.lab.address("a"), 15), command
        assert stack.lab.api.list("ports", name="a")[0]["id"] == port["id"]


@pytest.mark.parametrize("victim", ["supervisor", "its parent"])
def test_without_its_supervisor_nothing_is_left_and_up_recovers(stack: Stack, victim: str) -> None:
    before = host_state()
    stack("up", "--api-port", "0")
    pid = stack.lab.client.supervisor()
    reaper = parent(pid)
    os.kill(pid if victim == "supervisor" else reaper, signal.SIGKILL)
    assert process.wait_for_end(pid, 10)
    assert process.wait_for_end(reaper, 10)
    assert processes_of(stack.run) == []
    assert host_state() == before
    assert stack("up", "--api-port", "0").returncode == 0
    assert stack.status()["well"]


def test_a_restart_by_name_and_a_signal(lab: Lab) -> None:
    before = {one.name: one.pid for one in lab.status().services}
    lab.restart("ovn-northd")
    lab.kill("h2.ovn-controller", signal.SIGTERM)

    def others() -> set[str]:
        return {one.name for one in lab.status().services if one.pid not in (0, before[one.name])}

    assert eventually(lambda: others() == {"ovn-northd", "h2.ovn-controller"})  # it takes leave first
    lab.wait()
    assert others() == {"ovn-northd", "h2.ovn-controller"}
