"""Group commit: the operations of many writers as one transaction, with each writer's own failure.

Here: leaving out the groups that fail, and finding out whether a transaction whose answer got lost was committed. Not
here: which operations belong together.

One transaction for many groups does 3 to 9 times as much per second as one each (measured), because the server's work
per transaction grows with the sets that it changes. A transaction is atomic, so one bad group takes all others with it:

* An error at an operation names its group; it is left out and the rest is sent again. After some failures in one
  piece the piece is halved, so that many bad groups among N cost N log N and not N squared.
* An error at the end (referential integrity, indexes, constraints) names no operation: the piece is halved until a
  single group fails. Then, where anything was committed since, such groups get another chance: what they refer to may
  be there now.

Groups are sent in the order given. Two groups that need each other to hold should be one.
"""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import BadValue, NotConnected, NotOwner, TransactionError, UnknownColumn, UnknownOutcome
from neutrino.ovsdb.operations import (
    AssertLock,
    Columns,
    Delete,
    Insert,
    Mutate,
    Operation,
    Select,
    Update,
    encode_operation,
)
from neutrino.ovsdb.schema import Schema
from neutrino.ovsdb.values import default, mutated

_FAILURES_PER_PIECE = 4

_Key: TypeAlias = tuple[str, UUID]


class Group(msgspec.Struct, frozen=True):
    """The operations of one writer, which hold or fail together; *key* says to the caller whose they are."""

    ops: tuple[Operation, ...]
    key: Hashable = None


async def commit(
    client: Client, groups: Sequence[Group], *, lock: str | None = None, timeout_s: float = 60.0
) -> list[TransactionError | None]:
    """Commit all *groups* and return for each its error, with the index in its own operations, or None.

    With *lock*, each transaction asserts that this client holds it. Operations that the server's schema cannot take are
    errors of their group ("unknown column", "bad value"). A mutate, update or delete of a row that is not there is no
    error: see `guarded`.

    Raises `NotConnected` (nothing was sent), `NotOwner` (the lock is not ours; earlier pieces may have been
    committed) and `UnknownOutcome` (no connection came back within *timeout_s* to find out; each piece was committed
    whole or not).
    """
    run = _Commit(client, groups, lock, timeout_s)
    await run.all()
    return run.errors


class _Commit:
    """One call of `commit`."""

    def __init__(self, client: Client, groups: Sequence[Group], lock: str | None, timeout_s: float) -> None:
        self.errors: list[TransactionError | None] = [None] * len(groups)
        self._client = client
        self._groups = groups
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._deadline_s = self._loop.time() + timeout_s
        self._is_sent = False
        self._committed = 0
        self._deferred: list[int] = []

    async def all(self) -> None:
        """Commit, and again what failed at the end of a transaction, while that gets anywhere."""
        await self._piece([index for index, group in enumerate(self._groups) if group.ops])
        while self._deferred and self._committed:
            again, self._deferred, self._committed = self._deferred, [], 0
            for index in again:
                self.errors[index] = None
            await self._piece(again)

    def _encodable(self, piece: list[int]) -> list[int]:
        """Give the groups that the schema cannot take their errors and return the others."""
        schema = self._client.schema
        for index in piece:
            self.errors[index] = _encoding_error(self._groups[index], schema)
        return [index for index in piece if self.errors[index] is None]

    async def _piece(self, piece: list[int]) -> None:
        failures = 0
        while piece:
            if failures == _FAILURES_PER_PIECE and len(piece) > 1:
                await self._halves(piece)
                return
            try:
                await self._transact([operation for index in piece for operation in self._groups[index].ops])
            except (UnknownColumn, BadValue):
                others = self._encodable(piece)
                if len(others) == len(piece):
                    raise
                piece = others
                continue
            except NotOwner as error:
                if self._lock is not None and error.index == 0:
                    raise
                piece = self._leave_out(piece, error)
            except TransactionError as error:
                if error.index is None and len(piece) > 1:
                    await self._halves(piece)
                    return
                piece = self._leave_out(piece, error)
            else:
                self._committed += len(piece)
                return
            failures += 1

    async def _halves(self, piece: list[int]) -> None:
        middle = len(piece) // 2
        await self._piece(piece[:middle])
        await self._piece(piece[middle:])

    def _leave_out(self, piece: list[int], error: TransactionError) -> list[int]:
        """Give *error* to the group that it belongs to and return the others."""
        if error.index is None:
            self.errors[piece[0]] = error
            self._deferred.append(piece[0])
            return []
        place = error.index - (self._lock is not None)
        for index in piece:
            size = len(self._groups[index].ops)
            if place < size:
                self.errors[index] = type(error)(place, error.error, error.details)
                return [other for other in piece if other != index]
            place -= size
        raise error

    async def _transact(self, operations: list[Operation]) -> None:
        """Send one transaction until it is known to be committed, or to have failed."""
        asserted: list[Operation] = [] if self._lock is None else [AssertLock(self._lock)]
        is_unknown = False
        while True:
            try:
                await self._client.transact([*asserted, *operations], self._left_s())
            except NotConnected:
                if not self._is_sent:
                    raise
            except UnknownOutcome:
                self._is_sent = is_unknown = True
                # A request that is still under way must not meet the look at the state: end its connection.
                self._client.reconnect("a transaction was not answered in time")
            except TransactionError as error:
                self._is_sent = True
                if is_unknown and error.error == "duplicate uuid" and await self._is_committed(operations):
                    return
                raise
            else:
                self._is_sent = True
                return
            if is_unknown:
                if await self._is_committed(operations):
                    return
            else:
                await self._connection()

    def _left_s(self) -> float:
        left_s = self._deadline_s - self._loop.time()
        if left_s > 0:
            return left_s
        if self._is_sent:
            raise UnknownOutcome("the time ran out before the outcome was known")
        raise NotConnected("the time ran out before anything was sent")

    async def _connection(self) -> None:
        try:
            await self._client.wait_connected(self._left_s())
        except NotConnected as error:
            raise UnknownOutcome(f"no connection to find out what was committed: {error}") from error

    async def _is_committed(self, operations: Sequence[Operation]) -> bool:
        """Say whether the effects of *operations* are there, once a connection is."""
        touched = _touched(operations, self._client.schema)
        reads = [Select(table, uuid, tuple(sorted(columns))) for (table, uuid), columns in touched.items()]
        while True:
            await self._connection()
            try:
                answers = await self._client.transact(reads, self._left_s())
            except NotConnected:
                continue
            except UnknownOutcome:
                self._client.reconnect("a read was not answered in time")
                continue
            rows = {
                key: answer[0]
                for key, answer in zip(touched, answers, strict=True)
                if isinstance(answer, list) and answer
            }
            return holds(operations, rows, self._client.schema)


def holds(operations: Iterable[Operation], rows: Mapping[_Key, Columns], schema: Schema) -> bool:
    """Say whether a transaction of *operations*, atomic, was committed, from the *rows* that are there now.

    With inserts: all their rows are there, and one of them as it was to become, so that rows of an earlier time under
    the same uuids are not taken for ours. Without: doing it once more would change nothing. *rows* need only the
    columns that the operations name.
    """
    inserted: set[_Key] = set()
    expected: dict[_Key, Columns | None] = {}
    for operation in operations:
        match operation:
            case Insert(table=table, uuid=uuid, row=row):
                inserted.add((table, uuid))
                expected[table, uuid] = dict(row)
            case Update(table=table, uuid=uuid, row=row):
                before = expected.get((table, uuid), rows.get((table, uuid)))
                expected[table, uuid] = {**(before or {}), **row}
            case Mutate(table=table, uuid=uuid, mutations=mutations):
                columns = schema.table(table).columns
                after = dict(expected.get((table, uuid), rows.get((table, uuid))) or {})
                for name, mutator, value in mutations:
                    after[name] = mutated(columns[name], after.get(name, default(columns[name])), mutator, value)
                expected[table, uuid] = after
            case Delete(table=table, uuid=uuid):
                expected[table, uuid] = None
    as_expected = {key for key, row in expected.items() if _agrees(rows.get(key), row)}
    if inserted:
        return all(key in rows for key in inserted) and not inserted.isdisjoint(as_expected)
    return bool(expected) and len(as_expected) == len(expected)


def _agrees(now: Columns | None, expected: Columns | None) -> bool:
    if now is None or expected is None:
        return now is expected
    return all(now.get(name) == value for name, value in expected.items())


def _touched(operations: Iterable[Operation], schema: Schema) -> dict[_Key, set[str]]:
    """Return the rows that *operations* write, with the columns that they name and ``_uuid``."""
    touched: dict[_Key, set[str]] = {}
    for operation in operations:
        match operation:
            case Insert(table=table, uuid=uuid, row=row) | Update(table=table, uuid=uuid, row=row):
                names: Iterable[str] = row
            case Mutate(table=table, uuid=uuid, mutations=mutations):
                names = [name for name, _, _ in mutations]
            case Delete(table=table, uuid=uuid):
                names = ()
            case _:
                continue
        known = [name for name in names if schema.has(table, name)]
        touched.setdefault((table, uuid), {"_uuid"}).update(known)
    return touched


def _encoding_error(group: Group, schema: Schema) -> TransactionError | None:
    for place, operation in enumerate(group.ops):
        try:
            encode_operation(operation, schema)
        except UnknownColumn as error:
            return TransactionError(place, "unknown column", str(error))
        except BadValue as error:
            return TransactionError(place, "bad value", str(error))
    return None
