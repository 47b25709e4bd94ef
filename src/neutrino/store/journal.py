"""The journal's tail, as observers read it: every line, of intent and of status. Not here: what controllers read."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from neutrino.store.statements import Connection
from neutrino.store.tables import journal

_ENDS = select(func.min(journal.c.seq), func.max(journal.c.seq))
_NEWEST = select(func.max(journal.c.seq))
_AFTER = (
    select(journal.c.seq, journal.c.collection, journal.c.resource_id)
    .where(journal.c.seq > bindparam("since"))
    .order_by(journal.c.seq)
    .limit(bindparam("most"))
)


class Line(NamedTuple):
    """The resource *id* of *collection* was made, changed or deleted, or its status was."""

    seq: int
    collection: str
    id: str


def newest(connection: Connection) -> int:
    """Return the newest sequence number; 0 for an empty journal."""
    return connection.execute(_NEWEST).scalar() or 0


def after(connection: Connection, since: int, most: int) -> Sequence[Line]:
    """Return the lines after *since*, oldest first, at most *most*."""
    return [Line(*row) for row in connection.execute(_AFTER, {"since": since, "most": most})]


def reaches(connection: Connection, since: int) -> bool:
    """Return whether all lines after *since* are still there, and *since* is a number that this journal gave out."""
    first, last = connection.execute(_ENDS).one()
    return (first or 1) - 1 <= since <= (last or 0)
