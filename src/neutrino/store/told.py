"""What Nova was told, by port and floating IP, and up to which place in the journal.

Here: reading and writing that, and the part of the journal that it follows from. Not here: what is told.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import Port
from neutrino.store.database import Database
from neutrino.store.records import Transaction
from neutrino.store.tables import controllers, journal, observed

NAME = "nova"
"""Of whom is told, among the readers of the journal: it is kept from the place that this one has read up to."""
_PREFIX = "nova "
_AT_ONCE = 500
_OURS = controllers.c.name == NAME
_PLACE = select(controllers.c.realised_seq).where(_OURS)
_HEAD = select(func.max(journal.c.seq))
_BEGIN = insert(controllers)
_MOVE = update(controllers).where(_OURS).values(realised_seq=bindparam("seq"))
_LINES = (
    select(journal.c.seq, journal.c.collection, journal.c.resource_id, journal.c.aspect)
    .where(journal.c.seq > bindparam("since"), journal.c.collection.in_((Port.collection, FloatingIp.collection)))
    .order_by(journal.c.seq)
    .limit(bindparam("most"))
)
_KNOWN = select(observed.c.name, observed.c.value).where(observed.c.name.in_(bindparam("names", expanding=True)))
_FORGET = delete(observed).where(observed.c.name.in_(bindparam("names", expanding=True)))
_NOTE = insert(observed)

T = TypeVar("T", bound=msgspec.Struct)


class Line(NamedTuple):
    """A line of the journal that concerns a port or floating IP; *aspect* says whether its status or its intent."""

    seq: int
    collection: str
    id: str
    aspect: str


class Tellings(Generic[T]):
    """The store as who tells Nova sees it; *kind* is the value that is kept for each port and floating IP."""

    def __init__(self, database: Database, kind: type[T]) -> None:
        self._database = database
        self._kind = kind

    async def start(self, known: Mapping[str, T | None]) -> int:
        """Return up to where Nova was told. The first time it begins now, with what is *known* as told."""

        def work(transaction: Transaction) -> int:
            here = transaction.connection
            found = here.execute(_PLACE).scalar()
            if found is not None:
                return int(found)
            head = int(here.execute(_HEAD).scalar() or 0)
            here.execute(_BEGIN, {"name": NAME, "realised_seq": head})
            _put(transaction, known)
            return head

        found = await self._database.read(lambda c: c.execute(_PLACE).scalar())
        return int(found) if found is not None else await self._database.write(work)

    async def stop(self) -> None:
        """Forget all: the journal is not kept for Nova any more."""

        def work(transaction: Transaction) -> None:
            transaction.connection.execute(delete(controllers).where(_OURS))
            transaction.connection.execute(delete(observed).where(observed.c.name.startswith(_PREFIX)))

        if await self._database.read(lambda c: c.execute(_PLACE).scalar()) is not None:
            await self._database.write(work)

    async def lines(self, since: int, most: int) -> Sequence[Line]:
        """Return the lines about ports and floating IPs after *since*, oldest first, at most *most*."""
        asked = {"since": since, "most": most}
        return await self._database.read(lambda c: [Line(*row) for row in c.execute(_LINES, asked)])

    async def known(self, ids: Sequence[str]) -> dict[str, T]:
        """Return what Nova was told of those of *ids* that it was told of."""
        out: dict[str, T] = {}
        for first in range(0, len(ids), _AT_ONCE):
            some = {"names": [_PREFIX + one for one in ids[first : first + _AT_ONCE]]}
            for name, value in await self._database.read(lambda c, some=some: c.execute(_KNOWN, some).all()):  # type: ignore[misc]
                out[name.removeprefix(_PREFIX)] = msgspec.json.decode(value, type=self._kind)
        return out

    async def told(self, after: Mapping[str, T | None], seq: int) -> None:
        """Note what Nova knows of those that it was told of (None: nothing), and that it was told up to *seq*."""

        def work(transaction: Transaction) -> None:
            _put(transaction, after)
            transaction.connection.execute(_MOVE, {"seq": seq})

        await self._database.write(work)


def _put(transaction: Transaction, after: Mapping[str, T | None]) -> None:
    names = [_PREFIX + one for one in after]
    for first in range(0, len(names), _AT_ONCE):
        transaction.connection.execute(_FORGET, {"names": names[first : first + _AT_ONCE]})
    rows = [
        {"name": _PREFIX + one, "value": msgspec.json.encode(told).decode()}
        for one, told in after.items()
        if told is not None
    ]
    if rows:
        transaction.connection.execute(_NOTE, rows)
