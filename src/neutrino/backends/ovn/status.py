"""Port status as it is observed: a port is ACTIVE where the Southbound says that it is up and it is enabled.

Here: following Port_Binding and writing the status. Not here: what makes a port come up; Northbound rows (given).

Nothing is assumed: after a restart, a break or a change of leader the truth is read anew, for all ports.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.watch import Changes, Lost, Reload, RowChange, Watch
from neutrino.reconcile.fragment import Columns
from neutrino.reconcile.intent import Intent

_log = logging.getLogger("neutrino.ovn.status")
WATCHED = {"Port_Binding": ("logical_port", "up")}
_TOGETHER = 1000  # statuses in one write
_PACE_S = 0.01  # what is new within this after a write goes together: a port that is made is news of both databases


def status(*, is_up: bool, is_enabled: bool) -> str:
    """Return the status of a port that the Southbound says is up, and that the Northbound says is enabled."""
    return "ACTIVE" if is_up and is_enabled else "DOWN"


class PortStatus:
    """Writes the status of ports while *leads*, and calls *on_written* then.

    *ports* returns the Northbound's Logical_Switch_Port rows, *row* that of a port.
    """

    def __init__(
        self,
        southbound: Client,
        intent: Intent,
        ports: Callable[[], Mapping[UUID, Columns]],
        row: Callable[[str], Columns | None],
        leads: Callable[[], bool],
        on_written: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_written = on_written
        self._southbound = southbound
        self._intent = intent
        self._ports = ports
        self._row = row
        self._leads = leads
        self._up: set[str] = set()
        self._is_live = False
        self._is_all_dirty = True
        self._dirty: set[str] = set()
        self._news = asyncio.Event()

    def look_again(self) -> None:
        """Look at all ports: the Northbound was read anew, or we lead now."""
        self._is_all_dirty = True
        self._news.set()

    def northbound_changed(self, changes: Iterable[RowChange]) -> None:
        """Look at the ports that were made, enabled or disabled."""
        for change in changes:
            if change.table != "Logical_Switch_Port" or change.new is None:
                continue
            if change.old is None or any(change.old[name] != change.new[name] for name in ("enabled", "type")):
                self._dirty.add(str(change.new["name"]))
        if self._dirty:
            self._news.set()

    async def run(self) -> None:
        """Follow the Southbound until cancelled."""
        watch = self._southbound.watch(WATCHED)
        self._is_live = False
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(watch), name="follow Port_Binding")
                while True:
                    await self._news.wait()
                    self._news.clear()
                    if self._leads() and self._is_live:
                        await self._write()
                        await asyncio.sleep(_PACE_S)
        finally:
            watch.close()

    async def _follow(self, watch: Watch) -> None:
        async for event in watch:
            match event:
                case Reload(rows=rows):
                    self._up = {str(row["logical_port"]) for row in rows["Port_Binding"].values() if row["up"] is True}
                    self._is_live = self._is_all_dirty = True
                case Changes(changes=changes):
                    self._is_live = True
                    for change in changes:
                        self._note(change)
                case Lost():
                    self._is_live = False
            self._news.set()

    def _note(self, change: RowChange) -> None:
        row = change.new or change.old or {}
        port = str(row["logical_port"])
        if change.new is not None and change.new["up"] is True:
            self._up.add(port)
        else:
            self._up.discard(port)
        self._dirty.add(port)

    async def _write(self) -> None:
        dirty = [str(row["name"]) for row in self._ports().values()] if self._is_all_dirty else list(self._dirty)
        self._is_all_dirty = False
        self._dirty.clear()
        for first in range(0, len(dirty), _TOGETHER):
            statuses = {}
            for port in dirty[first : first + _TOGETHER]:
                row = self._row(port)
                is_enabled = row is not None and row["enabled"] is not False
                # No chassis says of a router's port that it is up: it is wherever its router is.
                is_up = port in self._up or (row is not None and row["type"] == "router")
                statuses[port] = status(is_up=is_up, is_enabled=is_enabled)
            await self._intent.set_port_status(statuses)
            self._on_written()
