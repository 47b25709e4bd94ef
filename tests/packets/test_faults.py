"""Daemons are killed, suspended and contradicted; nothing that was asked for is lost, and the wire follows."""

import signal
import time

import pytest
from tests.packets.scenario import Instance, Site, eventually, suspend_controller

from neutrino.stack.lab import Lab

CENTRAL = ("ovn-nb", "ovn-sb", "ovn-northd", "neutrino-api", "neutrino-controller")
OF_HOST = ("h2.ovsdb-server", "h2.ovs-vswitchd", "h2.ovn-controller")
RECOVERY_S = 30.0


def _pair(site: Site) -> tuple[Instance, Instance]:
    network = site.network()
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    return a, b


def _names(lab: Lab) -> set[str]:
    """Return the names of the ports in the Northbound."""
    return set(
        lab.exec("central", "ovn-nbctl", "--bare", "--columns=name", "list", "Logical_Switch_Port").stdout.split()
    )


@pytest.mark.proves("killed-daemon")
@pytest.mark.parametrize("service", [*CENTRAL, *OF_HOST])
def test_a_daemon_that_is_killed_is_missed_by_nobody_for_long(site: Site, service: str) -> None:
    a, b = _pair(site)
    site.lab.kill(service, signal.SIGKILL)
    site.lab.wait()
    assert eventually(lambda: a.pings(b.address), RECOVERY_S)
    network = site.api.show("networks", a.port["network_id"])
    c = site.instance("c", network, "h2")  # the whole way still works: API, controller, OVN, host, DHCP
    assert eventually(lambda: a.pings(c.address), RECOVERY_S)
    assert eventually(lambda: b.pings(c.address), RECOVERY_S)


@pytest.mark.proves("killed-controller")
def test_a_controller_killed_between_journal_and_apply_loses_nothing(site: Site) -> None:
    network = site.network()
    suspend_controller(site.lab)
    kept = site.create("ports", "port", network_id=network["id"])
    gone = site.create("ports", "port", network_id=network["id"])
    site.api.delete("ports", gone["id"])
    assert kept["id"] not in _names(site.lab)
    site.lab.kill("neutrino-controller", signal.SIGKILL)
    assert eventually(lambda: kept["id"] in _names(site.lab), RECOVERY_S)
    assert gone["id"] not in _names(site.lab)


@pytest.mark.proves("northbound-away")
def test_writes_go_on_while_the_northbound_is_away(site: Site) -> None:
    network = site.network()
    time.sleep(1)
    site.lab.kill("ovn-nb", signal.SIGSTOP)
    made, slowest_s = [], 0.0
    until = time.monotonic() + 10
    while time.monotonic() < until:
        begin = time.monotonic()
        made.append(site.create("ports", "port", network_id=network["id"])["id"])
        slowest_s = max(slowest_s, time.monotonic() - begin)
        time.sleep(0.2)
    site.lab.kill("ovn-nb", signal.SIGCONT)
    assert slowest_s < 5
    assert eventually(lambda: set(made) <= _names(site.lab), RECOVERY_S)


@pytest.mark.proves("api-restart")
def test_the_api_refuses_no_connection_while_it_restarts(site: Site) -> None:
    network = site.network()
    for _ in range(3):
        site.lab.kill("neutrino-api", signal.SIGKILL)
        assert site.api.show("networks", network["id"])["id"] == network["id"]
    site.lab.wait()


@pytest.mark.proves("drift")
def test_rows_changed_behind_its_back_are_put_right_and_others_are_left(site: Site) -> None:
    a, b = _pair(site)
    lab = site.lab
    lab.exec("central", "ovn-nbctl", "ls-add", "somebody-elses")
    lab.exec("central", "ovn-nbctl", "lsp-del", b.port["id"])
    assert eventually(lambda: b.port["id"] in _names(lab))
    assert eventually(lambda: a.pings(b.address))
    lab.exec("central", "ovn-nbctl", "lsp-set-addresses", b.port["id"], "02:00:00:00:00:01 192.0.2.1")
    addresses = ("ovn-nbctl", "lsp-get-addresses", b.port["id"])
    right = f"{b.port['mac_address']} {b.address}\n"
    assert eventually(lambda: lab.exec("central", *addresses).stdout == right)
    assert "somebody-elses" in lab.exec("central", "ovn-nbctl", "ls-list").stdout
    lab.exec("central", "ovn-nbctl", "ls-del", "somebody-elses")
