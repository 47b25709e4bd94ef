"""The logical flows that ovn-northd made from the Northbound rows of one resource, read when somebody asks.

Here: asking the Southbound. Not here: which rows stand for a resource (lookup.py), who may ask
(api/page/realised.py).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from neutrino.backends.ovn.lookup import WITHIN_S, keys
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.operations import Select

HINT, STAGE = "stage-hint", "stage-name"
"""What ovn-northd notes of a flow: how the uuid of the row that it is made from begins, and its stage's name."""
HINT_DIGITS = 8
COLUMNS = ("_uuid", "pipeline", "table_id", "priority", "match", "actions", "external_ids")


class LogicalFlows:
    """Reads logical flows of the Southbound over a connection of its own for each question, which *connect* gives."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect

    async def __call__(self, collection: str, row_id: str) -> Sequence[Mapping[str, object]]:
        """Return the flows in the order in which packets meet them; none where the resource is none of OVN's.

        Raises:
            TimeoutError: The Southbound does not answer.
        """
        hints = [str(key.uuid)[:HINT_DIGITS] for key in keys(collection, row_id)]
        if not hints:
            return []
        wanted = [Select("Logical_Flow", (("external_ids", "includes", {HINT: one}),), COLUMNS) for one in hints]
        try:
            async with asyncio.timeout(WITHIN_S), self._connect() as client:
                await client.wait_connected(WITHIN_S)
                answers = await client.transact(wanted)
        except OvsdbError as error:
            raise TimeoutError(str(error)) from error
        rows = [row for answer in answers if isinstance(answer, list) for row in answer]
        return [_flow(row) for row in sorted(rows, key=_place)]


def _place(row: Mapping[str, Any]) -> tuple[bool, int, int, str]:
    return (row["pipeline"] != "ingress", row["table_id"], -row["priority"], row["match"])


def _flow(row: Mapping[str, Any]) -> Mapping[str, object]:
    return {
        "id": str(row["_uuid"]),
        "stage": row["external_ids"].get(STAGE, ""),
        "priority": row["priority"],
        "match": row["match"],
        "actions": row["actions"],
    }
