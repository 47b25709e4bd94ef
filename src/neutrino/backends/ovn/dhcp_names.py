"""Which DHCP options the installed OVN knows: read from the Southbound, written where the API looks."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from neutrino.model.binding import DHCP_OPTIONS
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.watch import Watch

_log = logging.getLogger("neutrino.ovn.dhcp")
WATCHED = {"DHCP_Options": ("name",), "DHCPv6_Options": ("name",)}
_VERSIONS = {"4": "DHCP_Options", "6": "DHCPv6_Options"}


class Observations(Protocol):
    """Where it is written."""

    async def put(self, name: str, value: Mapping[str, object]) -> None:
        """Write *value* under *name*, if it is another than the one there."""
        ...


def names(watch: Watch) -> dict[str, object]:
    """Return the names by IP version; nothing where northd has not filled the tables yet."""
    found = {
        version: sorted(str(row["name"]) for row in watch.rows.get(table, {}).values())
        for version, table in _VERSIONS.items()
    }
    return dict(found) if all(found.values()) else {}


class DhcpNames:
    """Writes the names whenever they change, while *leads*."""

    def __init__(self, southbound: Client, observations: Observations, leads: Callable[[], bool]) -> None:
        self._southbound = southbound
        self._observations = observations
        self._leads = leads
        self._news = asyncio.Event()

    def look_again(self) -> None:
        """Write them anew: we lead now."""
        self._news.set()

    async def run(self) -> None:
        """Follow the Southbound until cancelled."""
        watch = self._southbound.watch(WATCHED)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(watch), name="follow DHCP_Options")
                while True:
                    await self._news.wait()
                    self._news.clear()
                    found = names(watch)
                    if found and self._leads():
                        await self._observations.put(DHCP_OPTIONS, found)
        finally:
            watch.close()

    async def _follow(self, watch: Watch) -> None:
        async for _ in watch:
            self._news.set()
