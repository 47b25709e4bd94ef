"""What this host sees of the Southbound: its own ports, and the networks, metadata ports and names that belong to them.

Here: conditional monitoring, so that a host's share of the Southbound does not grow with the cloud. Not here: what is
made of the rows (`served`).
"""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from neutrino.agent.served import LOCALPORT, Network, is_metadata_port, wanted
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.operations import Columns, Condition, Select
from neutrino.ovsdb.watch import Lost

_log = logging.getLogger("neutrino.agent")
_PORTS = ("logical_port", "type", "mac", "datapath", "chassis", "additional_chassis", "external_ids")
LOOK_AGAIN_S = 2.0
"""How often a network whose metadata port is not there yet is looked at."""


class Southbound:
    """Follows the Southbound for the chassis *name*; calls *on_news* when `networks` may have changed."""

    def __init__(self, client: Client, name: str, on_news: Callable[[], None]) -> None:
        self._client = client
        self._on_news = on_news
        self._metadata_ports: dict[UUID, UUID] = {}  # row of the port, by datapath
        nothing: list[Condition] = []
        chassis: list[Condition] = [("name", "==", name)]
        self._chassis = client.watch({"Chassis": ("name",)}, {"Chassis": chassis})
        self._ports = client.watch({"Port_Binding": _PORTS}, {"Port_Binding": nothing})
        self._datapaths = client.watch({"Datapath_Binding": ("external_ids",)}, {"Datapath_Binding": nothing})
        self._names = client.watch({"DNS": ("records", "datapaths")}, {"DNS": nothing})
        self.is_live = False

    @property
    def networks(self) -> dict[str, Network]:
        """The networks to be served, as far as is known."""
        names = self._names.rows["DNS"].values()
        return wanted(self._rows().values(), self._datapaths.rows["Datapath_Binding"], self._own(), names)

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            for watch in (self._chassis, self._ports, self._datapaths, self._names):
                group.create_task(self._follow(watch), name="follow the Southbound")
            while True:
                await asyncio.sleep(LOOK_AGAIN_S)
                if self.is_live and self._lacking():
                    await self._find_metadata_ports()

    async def _follow(self, watch: object) -> None:
        async for event in watch:  # type: ignore[attr-defined]
            self.is_live = not isinstance(event, Lost)
            if self.is_live:
                self._narrow()
                if self._lacking():
                    await self._find_metadata_ports()
            self._on_news()

    def _own(self) -> UUID | None:
        return next(iter(self._chassis.rows["Chassis"]), None)

    def _rows(self) -> dict[UUID, Columns]:
        return self._ports.rows["Port_Binding"]

    def _served(self) -> set[UUID]:
        """Return the datapaths of which this host has a port."""
        own = (row["datapath"] for row in self._rows().values() if row["type"] != LOCALPORT)
        return {datapath for datapath in own if isinstance(datapath, UUID)}

    def _lacking(self) -> set[UUID]:
        known = {row["datapath"] for row in self._rows().values() if is_metadata_port(row)}
        return self._served() - {one for one in known if isinstance(one, UUID)}

    def _narrow(self) -> None:
        """Watch this chassis's ports, the metadata ports of their networks, these networks, and their names."""
        served = self._served()
        self._metadata_ports = {one: port for one, port in self._metadata_ports.items() if one in served}
        chassis = self._own()
        conditions: list[Condition] = []
        if chassis is not None:
            conditions.append(("chassis", "==", chassis))
            if not any(column == "additional_chassis" for _, column in self._ports.missing):
                conditions.append(("additional_chassis", "includes", frozenset((chassis,))))
            conditions += [("_uuid", "==", port) for port in sorted(self._metadata_ports.values())]
        self._ports.narrow("Port_Binding", conditions)
        self._datapaths.narrow("Datapath_Binding", [("_uuid", "==", one) for one in sorted(served)])
        self._names.narrow("DNS", [("datapaths", "includes", frozenset((one,))) for one in sorted(served)])

    async def _find_metadata_ports(self) -> None:
        """Look for them once: a condition cannot say "of this network and of that type"."""
        lacking = sorted(self._lacking())
        asked = [
            Select(
                "Port_Binding",
                (("datapath", "==", one), ("type", "==", LOCALPORT)),
                ("_uuid", "type", "external_ids"),
            )
            for one in lacking
        ]
        try:
            answers = await self._client.transact(asked)
        except OvsdbError as error:
            _log.info("the metadata ports of %d networks were not found: %s", len(lacking), error)
            return
        for datapath, found in zip(lacking, answers, strict=True):
            for row in found if isinstance(found, list) else ():
                if is_metadata_port(row) and isinstance(row["_uuid"], UUID):
                    self._metadata_ports[datapath] = row["_uuid"]
        self._narrow()
