"""What controllers observed of their backends, by name: written by a controller, read by the API."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import bindparam, insert, select, update

from neutrino.store.database import Database
from neutrino.store.records import Transaction
from neutrino.store.statements import Connection
from neutrino.store.tables import observed

_VALUE = select(observed.c.value).where(observed.c.name == bindparam("wanted"))


def observation(connection: Connection, name: str) -> Mapping[str, object]:
    """Return what was observed under *name*; nothing where it never was."""
    text = connection.execute(_VALUE, {"wanted": name}).scalar()
    return {} if text is None else msgspec.json.decode(text, type=dict[str, object])


class Observations:
    """Where a controller writes what it observes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, name: str, value: Mapping[str, object]) -> None:
        """Write *value* under *name*, if it is another than the one there."""
        text = msgspec.json.encode(value, order="deterministic").decode()

        def work(transaction: Transaction) -> None:
            here = transaction.connection
            if not here.execute(update(observed).where(observed.c.name == name).values(value=text)).rowcount:
                here.execute(insert(observed).values(name=name, value=text))

        known = await self._database.read(lambda c: c.execute(_VALUE, {"wanted": name}).scalar())
        if known != text:
            await self._database.write(work)
