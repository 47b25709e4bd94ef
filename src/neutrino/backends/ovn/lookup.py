"""The Northbound rows that stand for one resource, read when somebody asks.

Not here: who may ask (api/page/realised.py).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence, Set
from uuid import UUID

from neutrino.backends.ovn import uuids
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.router import Router
from neutrino.model.subnet import Subnet
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.operations import Select
from neutrino.reconcile.fragment import Key

ROWS = {
    Network.collection: (uuids.switch,),
    Subnet.collection: (uuids.dhcp,),
    Port.collection: (uuids.port, uuids.router_port),
    Router.collection: (uuids.router,),
    FloatingIp.collection: (uuids.nat,),
}
WITHIN_S = 3.0


def keys(collection: str, row_id: str) -> list[Key]:
    """Return the rows that stand for a resource; none where it is none of OVN's."""
    return [key(row_id) for key in ROWS.get(collection, ())]


class NorthboundRows:
    """Reads rows of the Northbound over a connection of its own for each question, which *connect* gives."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect

    async def __call__(self, collection: str, row_id: str) -> Sequence[Mapping[str, object]]:
        """Return the rows, each with its table's name as ``_table``; none where the resource is none of OVN's.

        Raises:
            TimeoutError: The Northbound does not answer.
        """
        wanted = keys(collection, row_id)
        if not wanted:
            return []
        try:
            async with asyncio.timeout(WITHIN_S), self._connect() as client:
                await client.wait_connected(WITHIN_S)
                found = await client.transact([Select(key.table, key.uuid) for key in wanted])
        except OvsdbError as error:
            raise TimeoutError(str(error)) from error
        return [
            row for key, rows in zip(wanted, found, strict=True) if isinstance(rows, list) for row in _plain(key, rows)
        ]


def _plain(key: Key, rows: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return *rows* without the columns that are empty, of values that JSON has."""
    return [
        {"_table": key.table}
        | {name: _json(value) for name, value in sorted(row.items()) if value not in (None, "", (), {}, frozenset())}
        for row in rows
    ]


def _json(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case Mapping():
            return {str(key): _json(inside) for key, inside in sorted(value.items(), key=str)}
        case Set() | tuple() | list():
            return sorted((_json(inside) for inside in value), key=str)
    return value
