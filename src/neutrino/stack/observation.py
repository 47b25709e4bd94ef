"""What is seen of a lab's ports and daemons, for `explain` and `top`.

Here: looking at the API, the databases, the switches, the processes. Not here: what it means (neutrino.diagnosis), how
it is shown (neutrino.cli).
"""

import contextlib
import os
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from neutrino.diagnosis.activity import Observed
from neutrino.diagnosis.intent import Resource
from neutrino.stack import rows, state
from neutrino.stack.api import ApiRefused
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab
from neutrino.stack.service import ServiceStatus

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 1.0
"""Over how long CPU is measured where there is no earlier sample."""
NOTED_WITHIN_S = 2.5
LOOPS = {"ovn-northd": "ovn-northd-loop", "ovn-controller": "flow-generation"}
"""Each daemon's stopwatch that tells how long one turn takes (ovn-northd(8), ovn-controller(8): stopwatch/show)."""
_WAITING = (
    "SELECT count(*) FROM journal WHERE aspect = 'intent'"
    " AND seq > (SELECT coalesce(min(realised_seq), 0) FROM controllers)"
)
_STOPWATCH = re.compile(r"95th percentile: ([\d.]+) msec\s+Short term average: ([\d.]+) msec")


class Turn(msgspec.Struct, frozen=True):
    """How long a daemon's turn takes, in ms: 95th percentile since its start, and average of late."""

    p95_ms: float
    average_ms: float


class Chassis(msgspec.Struct, frozen=True):
    """A host: how many configurations it is behind, how old its last word is, and its ovn-controller's turns."""

    name: str
    behind: int | None
    heard_s: float | None
    turn: Turn | None


class Load(msgspec.Struct, frozen=True):
    """A service: its state, CPU in percent of one core, and resident memory."""

    name: str
    state: str
    cpu_percent: float
    memory_bytes: int


class Sight(msgspec.Struct, frozen=True):
    """All that `top` shows. *journal* is how many lines the controller has not realised, None where unknown."""

    ports: dict[str, int]
    journal: int | None
    northd: Turn | None
    chassis: list[Chassis]
    services: list[Load]


def port_of(lab: Lab, word: str) -> Resource:
    """Return the port that *word* means: an instance's, or by name or id; raises StackFault."""
    one = state.load(lab.run).instance(word)
    if one is not None:
        with contextlib.suppress(ApiRefused):
            return lab.api.show("ports", one.port_id)
        raise StackFault(f"the API has no port {one.port_id} for {word} any more: `./stack instance delete {word}`")
    return lab.api.by_name_or_id("ports", word)


def port(lab: Lab, word: str) -> Observed:
    """Return what is seen of the port that *word* means."""
    found = port_of(lab, word)
    southbound = lab.place.southbound
    status = lab.status()
    names = {
        one["_uuid"]: one["name"] for one in rows.select(southbound, "OVN_Southbound", "Chassis", ("_uuid", "name"))
    }
    logical = rows.select(
        lab.place.northbound,
        "OVN_Northbound",
        "Logical_Switch_Port",
        ("_uuid", "enabled", "options", "up"),
        [["name", "==", found["id"]]],
    )
    bound = rows.select(
        southbound,
        "OVN_Southbound",
        "Port_Binding",
        ("_uuid", "chassis", "requested_chassis", "up"),
        [["logical_port", "==", found["id"]]],
    )
    for row in bound:
        for column in ("chassis", "requested_chassis"):
            row[column] = names.get(row[column], "") if isinstance(row[column], str) else ""
    host = found["binding:host_id"]
    return Observed(
        port=found,
        hosts=tuple(lab.hosts),
        services={one.name: one.state for one in status.services},
        journal=_left(lab),
        northbound=logical[0] if logical else None,
        southbound=bound[0] if bound else None,
        interface=_interface(lab, host, found["id"]) if host in status.hosts else None,
        plugged=next((one.name for one in state.load(lab.run).instances if one.port_id == found["id"]), ""),
    )


def journal(lab: Lab) -> int | None:
    """Return how many lines of the journal the controller has not realised; None where that is not in SQLite."""
    file = lab.run / "neutrino.sqlite"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
            (waiting,) = connection.execute(_WAITING).fetchone()
    except sqlite3.Error:
        return None
    return int(waiting)


def _left(lab: Lab) -> int | None:
    """Return what the journal has left once the controller has had time to note how far it is (once a second)."""
    until = time.monotonic() + NOTED_WITHIN_S
    while (left := journal(lab)) and time.monotonic() < until:
        time.sleep(SAMPLE_S / 10)
    return left


def _interface(lab: Lab, host: str, port_id: str) -> rows.Row | None:
    columns = "name,ofport,error,external_ids"
    words = ("ovs-vsctl", "--timeout=5", "--format=json", f"--columns={columns}", "find", "Interface")
    said = lab.exec(host, *words, f'external_ids:iface-id="{port_id}"', check=False)
    if said.returncode or not said.stdout.strip():
        return None
    found = rows.table(said.stdout)
    return found[0] if found else None


class Watcher:
    """Looks at a lab again and again; CPU is that since the look before."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._before: dict[int, float] = {}
        self._looked_s = 0.0

    def look(self) -> Sight:
        """Return what is seen now; the first look takes SAMPLE_S more."""
        if not self._before:
            self._sample(self._lab.status().services)
            time.sleep(SAMPLE_S)
        status = self._lab.status()
        loads = self._sample(status.services)
        with ThreadPoolExecutor(max_workers=8) as pool:
            northd = pool.submit(self._turn, "central", "ovn-northd")
            turns = dict(
                zip(status.hosts, pool.map(lambda name: self._turn(name, "ovn-controller"), status.hosts), strict=True)
            )
        ports = Counter(one["status"] for one in self._lab.api.list("ports", fields="status"))
        return Sight(
            dict(ports), journal(self._lab), northd.result(), self._chassis(status.desired_hosts, turns), loads
        )

    def _sample(self, services: Sequence[ServiceStatus]) -> list[Load]:
        now_s, used = time.monotonic(), {}
        found = []
        for one in services:
            used[one.pid] = _cpu_s(one.pid)
            spent = used[one.pid] - self._before.get(one.pid, used[one.pid])
            percent = 100 * spent / (now_s - self._looked_s) if self._looked_s else 0.0
            found.append(Load(one.name, one.state, round(percent, 1), one.memory_bytes))
        self._before, self._looked_s = used, now_s
        return found

    def _turn(self, where: str, daemon: str) -> Turn | None:
        words = ("ovs-appctl", "--timeout=5", "-t", daemon, "stopwatch/show", LOOPS[daemon])
        match = _STOPWATCH.search(self._lab.exec(where, *words, check=False).stdout)
        return Turn(round(float(match[1]), 2), round(float(match[2]), 2)) if match else None

    def _chassis(self, hosts: list[str], turns: dict[str, Turn | None]) -> list[Chassis]:
        (wanted,) = rows.select(self._lab.place.southbound, "OVN_Southbound", "SB_Global", ("nb_cfg",))
        private = rows.select(
            self._lab.place.southbound, "OVN_Southbound", "Chassis_Private", ("name", "nb_cfg", "nb_cfg_timestamp")
        )
        known = {one["name"]: one for one in private}
        found = []
        for name in hosts:
            row = known.get(name)
            behind = wanted["nb_cfg"] - row["nb_cfg"] if row else None
            heard_ms = row["nb_cfg_timestamp"] if row else 0
            heard_s = round(time.time() - heard_ms / 1000, 1) if heard_ms else None
            found.append(Chassis(name, behind, heard_s, turns.get(name)))
        return found


def _cpu_s(pid: int) -> float:
    """Return the CPU time that the process *pid* has used (proc(5): utime and stime), 0 when it is gone."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0
