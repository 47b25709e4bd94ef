"""How the agent tells that it lives: in its chassis's row, where upstream's tools look for it.

Here: registering and the heartbeat. Not here: what is made of it (backends/ovn/agents.py).

A heartbeat repeats the number of the last probe, which ovn-controller has written to the same row: nobody is asked,
only this row is watched, and a heartbeat is one small write.
"""

import asyncio
import logging
from collections.abc import Mapping
from uuid import UUID, uuid5

from neutrino.agent.served import texts
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.operations import Condition, Mutate, guarded

_log = logging.getLogger("neutrino.agent")
ID, SEEN = "neutron:ovn-metadata-id", "neutron:ovn-metadata-sb-cfg"
"""Keys in the external_ids of Chassis_Private (upstream, common/ovn/constants.py)."""
_NAMESPACE = UUID("5d0c7a0e-3a9f-5e44-9d55-6d6574616461")


def agent_id(chassis: str) -> str:
    """Return the id of the agent on *chassis*: from the chassis's own where that is a uuid, as upstream."""
    try:
        return str(uuid5(UUID(chassis), "metadata_agent"))
    except ValueError:
        return str(uuid5(_NAMESPACE, chassis))


class Heartbeat:
    """Registers the agent of *chassis*, and beats each *interval_s*."""

    def __init__(self, client: Client, chassis: str, interval_s: float) -> None:
        self._client = client
        self._id = agent_id(chassis)
        self._interval_s = interval_s
        own: list[Condition] = [("name", "==", chassis)]
        columns = ("name", "nb_cfg", "external_ids")
        self._watch = client.watch({"Chassis_Private": columns}, {"Chassis_Private": own})
        self._registering = asyncio.Event()

    async def run(self) -> None:
        """Beat until cancelled; at once when the row is new."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(), name="follow Chassis_Private")
            while True:
                self._registering.clear()
                await self._beat()
                try:
                    async with asyncio.timeout(self._interval_s):
                        await self._registering.wait()
                except TimeoutError:
                    pass

    async def _follow(self) -> None:
        async for _ in self._watch:
            rows = self._watch.rows["Chassis_Private"].values()
            if any(texts(row, "external_ids").get(ID) != self._id for row in rows):
                self._registering.set()

    async def _beat(self) -> None:
        for uuid, row in list(self._watch.rows["Chassis_Private"].items()):
            told: Mapping[str, str] = {ID: self._id, SEEN: str(row["nb_cfg"])}
            here = texts(row, "external_ids")
            if all(here.get(key) == value for key, value in told.items()):
                continue
            change = Mutate(
                "Chassis_Private",
                uuid,
                (("external_ids", "delete", frozenset(told)), ("external_ids", "insert", told)),
            )
            try:
                await self._client.transact(guarded(change))
            except OvsdbError as error:
                _log.info("a heartbeat was not sent: %s", error)
