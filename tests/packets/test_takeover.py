"""Neutrino takes over what upstream's driver wrote, while instances talk."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests import upstream
from tests.packets.scenario import QUIET_S, Instance, eventually

from neutrino.stack.lab import Lab

EVERY_S = 0.1
MOST_LOST = 5
OURS = (("Port_Group", "neutron_pg_drop"), ("Meter", "acl_log_meter"), ("Meter", "acl_log_meter_stateless"))

UNTIL_INPUT_ENDS = """
import subprocess, sys
ping = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
sys.stdin.read()
ping.terminate()
ping.wait()
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(tmp_path / "lab", hosts=2) as made:
        yield made


class Pings:
    """Echo requests that go on until they are judged."""

    def __init__(self, lab: Lab, name: str, address: str) -> None:
        busybox = lab.place.programs.path("busybox")
        command = (sys.executable, "-c", UNTIL_INPUT_ENDS, busybox, "ping", "-i", str(EVERY_S), address)
        self._process = lab.popen(name, *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._first = self._next()

    def _next(self) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "seq=" in line:
                return int(line.partition("seq=")[2].split()[0])
        raise AssertionError("no answer")

    def end(self) -> str:
        """End them; return what was said since the first answer."""
        if self._process.poll() is None:
            self._said = self._process.communicate(timeout=10)[0]
        return self._said

    def lost(self) -> int:
        """Return how many were not answered between the first and the last answer, which is yet to come."""
        said = self.end()
        seen = [int(line.partition("seq=")[2].split()[0]) for line in said.splitlines() if "seq=" in line]
        return max(seen) - self._first - len(set(seen) - {self._first})


def neutrino(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "neutrino.admin", "--config-file", str(lab.place.configuration), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def is_free(lab: Lab) -> bool:
    """Say whether nobody is in the middle of writing to the database."""
    (file,) = lab.run.glob("*.sqlite")
    with closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True


def bindings(lab: Lab) -> list[str]:
    """Return each port of the Southbound with its row, tunnel key and chassis."""
    columns = "--columns=_uuid,logical_port,tunnel_key,chassis"
    rows = lab.exec("central", "ovn-sbctl", "--format=csv", "--no-headings", columns, "list", "Port_Binding").stdout
    return sorted(rows.splitlines())


def stay(lab: Lab) -> bool:
    """Say whether nothing moves for a while: gateways may, until the hosts hear of each other."""
    before = bindings(lab)
    time.sleep(2 * QUIET_S)
    return bindings(lab) == before


@pytest.mark.proves("takeover")
def test_packets_flow_while_upstreams_northbound_is_taken_over(lab: Lab, request: pytest.FixtureRequest) -> None:
    while True:  # as if there were no controller yet: upstream's time
        lab.kill("neutrino-controller", signal.SIGSTOP)
        if is_free(lab):
            break
        lab.kill("neutrino-controller", signal.SIGCONT)
    away = [{"op": "delete", "table": table, "where": [["name", "==", name]]} for table, name in OURS]
    operations = json.dumps(["OVN_Northbound", *away, *upstream.transaction()])
    said = lab.exec("central", "ovsdb-client", "transact", f"unix:{lab.place.northbound}", operations).stdout
    assert '"error"' not in said, said
    assert neutrino(lab, "import", str(upstream.FILE)).returncode == 0
    ports = {one["name"]: one for one in lab.api.list("ports") if one["name"] in ("a", "b")}
    for name, port in ports.items():
        lab.plug(name, port)
    lab.public()
    a = Instance(lab, "a", ports["a"])
    (floating,) = [one for one in lab.api.list("floatingips") if one["port_id"] == ports["a"]["id"]]
    inside = next(one["ip_address"] for one in ports["b"]["fixed_ips"] if "." in one["ip_address"])
    assert eventually(lambda: a.pings(inside))
    assert eventually(lambda: lab.ping("outside", floating["floating_ip_address"], 1))
    assert eventually(lambda: stay(lab))
    before = bindings(lab)
    flows = (("a", inside), ("a", "10.9.0.1"), ("outside", floating["floating_ip_address"]))
    streams = [Pings(lab, source, target) for source, target in flows]
    request.addfinalizer(lambda: [stream.end() for stream in streams])
    lab.kill("neutrino-controller", signal.SIGKILL)  # one starts that knows the intent
    lab.wait()
    assert eventually(lambda: neutrino(lab, "ovn", "check").returncode == 0)
    assert eventually(lambda: lab.api.show("ports", ports["a"]["id"])["status"] == "ACTIVE")
    new = lab.instance("new", ports["a"]["network_id"], "h2", ports["a"]["security_groups"])
    assert eventually(lambda: a.pings(new["fixed_ips"][0]["ip_address"]))
    lost = [stream.lost() for stream in streams]
    assert max(lost) <= MOST_LOST, lost
    after = bindings(lab)
    assert [row for row in after if new["id"] not in row] == before
    assert len(after) == len(before) + 1
