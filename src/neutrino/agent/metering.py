"""Counts what passes routers on this host for metering labels, and has it told (textfile).

Which logical flows count for which labels is in their matches (model/tally.py); their OpenFlow flows are found by
cookie. Here: following the one, asking for the other, keeping. Not here: what counters come to (`counters`), which
traffic a label means (backends/ovn/metering.py).
"""

import asyncio
import logging
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from neutrino.agent.counters import Counts, Reading, Window, added, readings
from neutrino.model import tally
from neutrino.model.tally import Tally
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Condition
from neutrino.ovsdb.watch import Lost, Watch

_log = logging.getLogger("neutrino.agent")
STAGE = "lr_in_policy"  # ovn-northd(8), Ingress Table: Policy
_FIRST_TABLE = 8  # of the ingress pipeline in OpenFlow (OVN, controller/lflow.h, OFTABLE_LOG_INGRESS_PIPELINE)
_WITHIN_S = 10
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class OfctlFailed(Exception):
    """ovs-ofctl did not answer; the text holds its words."""


class Metering:
    """Counts on the bridge at *remote* (``unix:/run/openvswitch/br-int.mgmt``), every *interval_s*.

    *kept* is the file of what is remembered, *told* that of what others read.
    """

    def __init__(self, client: Client, remote: str, interval_s: float, kept: Path, told: Path) -> None:
        of_stage: list[Condition] = [("external_ids", "includes", {"stage-name": STAGE})]
        self._watch = client.watch({"Logical_Flow": ("table_id", "match")}, {"Logical_Flow": of_stage})
        self._remote = remote
        self._interval_s = interval_s
        self._kept = kept
        self._told = told
        self._news = asyncio.Event()
        self._counts = _read(kept)
        self._boot = _BOOT.read_text().strip()

    async def run(self) -> None:
        """Count until cancelled. While there is nothing to count, nobody is asked."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(self._watch), name="follow Logical_Flow")
            while True:
                await self._news.wait()
                tables, tallies = wanted(self._watch.rows["Logical_Flow"].items())
                if not tallies and not self._counts.totals:
                    self._news.clear()
                    continue
                try:
                    await self._measure(tables, tallies)
                except (OSError, TimeoutError, OfctlFailed) as error:
                    _log.info("nothing was counted this time: %s", error)
                await asyncio.sleep(self._interval_s)

    async def _follow(self, watch: Watch) -> None:
        async for event in watch:
            if not isinstance(event, Lost):
                self._news.set()

    async def _measure(self, tables: Iterable[int], tallies: Mapping[int, Tally]) -> None:
        flows: dict[str, Reading] = {}
        for table in tables:
            begin = time.monotonic()
            dump = await _dump(self._remote, table)
            flows |= readings(dump, Window(begin, time.monotonic()))
        self._counts = added(self._counts, self._boot, flows, tallies, time.time())
        _write(self._kept, msgspec.json.encode(self._counts))
        from neutrino.agent.textfile import tell  # brings an HTTP server; most hosts never count

        tell(self._told, self._counts.totals)


def wanted(rows: Iterable[tuple[object, Mapping[str, object]]]) -> tuple[set[int], dict[int, Tally]]:
    """Return, of *rows* of Logical_Flow by uuid, the OpenFlow tables of those with a tally, and the tallies by cookie.

    A cookie is the first 32 bits of a logical flow's uuid (OVN, controller/lflow.c).
    """
    tables, tallies = set(), {}
    for uuid, row in rows:
        heard = tally.found(str(row["match"]))
        if heard is not None:
            tables.add(_FIRST_TABLE + int(str(row["table_id"])))
            tallies[int(str(uuid)[:8], 16)] = heard
    return tables, tallies


async def _dump(remote: str, table: int) -> str:
    """Return the flows of one table; a version that ovn-controller speaks too is one that the bridge allows."""
    process = await asyncio.create_subprocess_exec(
        *("ovs-ofctl", f"--timeout={_WITHIN_S}", "--protocols=OpenFlow15", "--no-names"),
        *("dump-flows", remote, f"table={table}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    if process.returncode:
        raise OfctlFailed(errors.decode(errors="replace").strip())
    return out.decode()


def _read(path: Path) -> Counts:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Counts)
    except FileNotFoundError:
        return Counts()
    except msgspec.DecodeError as error:
        _log.error("%s cannot be read, and is begun anew: %s", path, error)
        return Counts()


def _write(path: Path, data: bytes) -> None:
    """Write *data* so that whatever happens, all of it is there or all that was there before."""
    fresh = path.with_suffix(".new")
    fresh.touch(0o600)
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
