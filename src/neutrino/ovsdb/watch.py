"""A replica of some columns of some tables, and what happens to it as events.

Here: monitors (RFC 7047, section 4.1.5; ovsdb-server(7), sections 4.1.12 to 4.1.16) and the replica that they keep.
Not here: connecting; reacting.

A standalone server never resumes a monitor, and a clustered one only after short breaks (measured), so the full
reload is the ordinary case: watch few columns. A reload is taken apart in slices, so that the event loop goes on
meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.column import ColumnType, Json
from neutrino.ovsdb.errors import BadValue, ProtocolError, SchemaError
from neutrino.ovsdb.large import changed
from neutrino.ovsdb.operations import Columns, Condition, encode_condition
from neutrino.ovsdb.schema import Schema
from neutrino.ovsdb.session import Reply, Session, collector_paused, refusal
from neutrino.ovsdb.values import Value, apply_difference, decode, default, members

_log = logging.getLogger("neutrino.ovsdb")

Rows: TypeAlias = dict[str, dict[UUID, Columns]]

NO_TRANSACTION = str(UUID(int=0))
_METHODS = ("monitor_cond_since", "monitor_cond", "monitor")
_SLICE_ROWS = 2000


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row before and after; *old* is None for a new row, *new* for one that is gone. Both are full column dicts.

    Of sets that changed, *differences* has the elements that only one of both has, where the server said so: finding
    them takes the longer the larger the set.
    """

    table: str
    uuid: UUID
    old: Columns | None
    new: Columns | None
    differences: Mapping[str, frozenset[Any]] = field(default_factory=dict, compare=False)

    def then(self, later: "RowChange") -> "RowChange":
        """Return this change of the row and a *later* one as one."""
        differences: dict[str, frozenset[Any]] = {}
        if self.old is not None and self.new is not None and later.new is not None:
            for column in self.differences.keys() | later.differences.keys():
                differences[column] = self.difference(column) ^ later.difference(column)
        return RowChange(self.table, self.uuid, self.old, later.new, differences)

    def difference(self, column: str) -> frozenset[Any]:
        """Return the elements of the set *column* that only one of both rows has; a row that is not there has none."""
        known = self.differences.get(column)
        if known is not None:
            return known
        old, new = (row[column] if row is not None else None for row in (self.old, self.new))
        if old is new:
            return frozenset()
        return frozenset(_elements(old) ^ _elements(new))


class Reload(msgspec.Struct, frozen=True):
    """All rows, at first and after each break that could not be bridged: what was known before is void."""

    rows: Rows


class Changes(msgspec.Struct, frozen=True):
    """What changed since the last event, one entry per row; empty after a break in which nothing changed.

    Rows that are gone come first: who goes by a name finds it taken by the row that took their place.
    """

    changes: list[RowChange]


def _elements(value: Value) -> Set[Any]:
    return value if isinstance(value, Set) else frozenset()


def _is_there(change: RowChange) -> bool:
    return change.new is not None


class Lost(msgspec.Struct, frozen=True):
    """The connection is gone: the replica stays, and grows stale until the next `Reload` or `Changes`."""


Event: TypeAlias = Reload | Changes | Lost


class Watch:
    """An asynchronous iterator of events, for one consumer, made by `Client.watch`; it ends when it or the client
    closes.

    *rows* is the replica: table, uuid, full columns. Each watched table is in it, and row dicts are replaced, never
    changed. *missing* are the watched (table, column) that the server's schema lacks, (table, None) for a whole table.
    A slow consumer costs no more memory than the replica: changes of one row are merged, changes back and forth vanish.

    With *where*, only those rows of a table are watched that meet one of its conditions (none: no row); `narrow`
    changes them, and rows come and go accordingly.
    """

    def __init__(
        self,
        database: str,
        ident: str,
        tables: Mapping[str, Iterable[str]],
        where: Mapping[str, Sequence[Condition]] | None = None,
        on_close: Callable[["Watch"], None] = lambda _: None,
    ) -> None:
        self.ident = ident
        self._on_close = on_close
        self.rows: Rows = {table: {} for table in tables}
        self.missing: tuple[tuple[str, str | None], ...] = ()
        self._database = database
        self._where: dict[str, tuple[Condition, ...]] = {t: tuple(some) for t, some in (where or {}).items()}
        self._schema: Schema | None = None
        self._wanted = {table: tuple(dict.fromkeys(columns)) for table, columns in tables.items()}
        self._types: dict[str, dict[str, ColumnType]] = {}
        self._defaults: dict[str, Columns] = {}
        self._last_transaction = NO_TRANSACTION
        self._method = 0
        self._session: Session | None = None
        self._group: asyncio.TaskGroup | None = None
        self._backlog: list[Json] | None = []
        self._is_live = False
        self._is_closed = False
        self._is_monitored = False
        self._wake = asyncio.Event()
        # What the consumer has not seen yet.
        self._changes: dict[tuple[str, UUID], RowChange] = {}
        self._reload = False
        self._resumed = False
        self._lost = False

    @property
    def is_live(self) -> bool:
        """Whether the replica follows the server now."""
        return self._is_live

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> Event:
        while not self._is_closed:
            event = self._next_event()
            if event is not None:
                return event
            self._wake.clear()
            await self._wake.wait()
        raise StopAsyncIteration

    def _next_event(self) -> Event | None:
        # Data that came after a loss follows it; data that came before it goes first.
        waiting = self._reload or self._resumed or bool(self._changes)
        if self._lost and (self._is_live or not waiting):
            self._lost = False
            return Lost()
        if not waiting:
            return None
        changes = sorted(self._changes.values(), key=_is_there)
        self._changes.clear()
        reload, self._reload, self._resumed = self._reload, False, False
        if reload:
            return Reload({table: dict(rows) for table, rows in self.rows.items()})
        return Changes(changes)

    def close(self) -> None:
        """End the iteration and tell the server to stop."""
        session = self._session
        self._is_closed = True
        self.disconnected()
        self._on_close(self)
        self._wake.set()
        if session is not None and session.is_open:
            session.send("monitor_cancel", [self.ident], lambda _: None)

    def narrow(self, table: str, where: Sequence[Condition]) -> None:
        """Watch, of *table*, the rows that meet one of the conditions *where*, and no others."""
        if self._where.get(table) == tuple(where):
            return
        self._where[table] = tuple(where)
        if self._session is not None and self._is_monitored:
            self._narrow(self._session, table)

    def _narrow(self, session: Session, table: str) -> None:
        changed: Json = {table: [{"where": self._conditions(table)}]}
        session.send("monitor_cond_change", [self.ident, self.ident, changed], self._narrowed)

    def _narrowed(self, reply: Reply) -> None:
        if reply.error is not None and self._session is not None:
            self._session.abort(f"a change of a monitor is refused: {refusal('monitor_cond_change', reply.error)}")

    def _conditions(self, table: str) -> Json:
        assert self._schema is not None  # noqa: S101 - there is one once connected
        known = self._schema.table(table)
        return [encode_condition(known, condition) for condition in self._where[table]] or [False]

    # Called by the client.

    def connected(self, session: Session, group: asyncio.TaskGroup, schema: Schema) -> None:
        """Ask for a monitor on a new connection; the work of loading becomes a task in *group*."""
        if self._is_closed:
            return
        self._session, self._group, self._backlog, self._method = session, group, [], 0
        self._schema, self._is_monitored = schema, False
        if self._where:
            self._last_transaction = NO_TRANSACTION  # what came and went under other conditions is not in the past
        types = {
            table: {name: schema.table(table).column(name) for name in columns if schema.has(table, name)}
            for table, columns in self._wanted.items()
            if schema.has(table)
        }
        if types != self._types:
            # Resuming would leave out the past of columns that are new to us.
            self._types, self._last_transaction = types, NO_TRANSACTION
            self._defaults = {
                table: {name: default(kind) for name, kind in columns.items()} for table, columns in types.items()
            }
        missing: list[tuple[str, str | None]] = []
        for table, columns in self._wanted.items():
            if table not in types:
                missing.append((table, None))
            else:
                missing.extend((table, name) for name in columns if name not in types[table])
        if missing and tuple(missing) != self.missing:
            _log.info("the schema of %s lacks what is watched: %s", self._database, missing)
        self.missing = tuple(missing)
        self._request(session)

    def disconnected(self) -> None:
        """Note that the connection is gone."""
        self._session = self._group = None
        self._backlog = []
        if self._is_live:
            self._is_live = False
            self._lost = True
            self._wake.set()

    def updated(self, method: str, params: Json) -> None:
        """Take an update notification for this watch; raises `ProtocolError`."""
        if self._is_closed:
            return
        if self._backlog is not None:
            self._backlog.append((method, params))
            return
        try:
            if method == "update3":
                self._last_transaction = params[1]
            self._apply(params[-1])
        except (TypeError, KeyError, IndexError, AttributeError, ValueError, SchemaError) as error:
            raise ProtocolError(f"an update that does not fit the monitor: {error!r}") from error
        if self._changes or self._reload:
            self._wake.set()

    # Asking for the monitor.

    def _request(self, session: Session) -> None:
        method = _METHODS[self._method]
        requests: Json = {
            table: [{"columns": list(columns), **({"where": self._conditions(table)} if table in self._where else {})}]
            for table, columns in self._types.items()
        }
        asked = dict(self._where)
        if method == "monitor":
            requests = {table: request[0] for table, request in requests.items()}
        params: list[Json] = [self._database, self.ident, requests]
        if method == "monitor_cond_since":
            params.append(self._last_transaction)

        def on_reply(reply: Reply) -> None:
            if session is not self._session or reply.gone or self._group is None:
                return
            if reply.error is not None:
                refused = refusal(method, reply.error)
                if refused.error == "unknown method" and self._method + 1 < len(_METHODS):
                    self._method += 1
                    self._request(session)
                else:
                    session.abort(f"a monitor is refused: {refused}")
                return
            self._is_monitored = True
            self._group.create_task(self._load(session, method, reply.result), name=f"ovsdb load {self.ident}")
            for table, where in self._where.items():
                if asked[table] != where:
                    self._narrow(session, table)

        session.send(method, params, on_reply)

    async def _load(self, session: Session, method: str, result: Json) -> None:
        found, last, tables = result if method == "monitor_cond_since" else (False, NO_TRANSACTION, result)
        try:
            if found:
                self._apply(tables)
            else:
                with collector_paused():
                    rows = await self._all_rows(tables)
        except (TypeError, KeyError, IndexError, AttributeError, ValueError, SchemaError) as error:
            raise ProtocolError(f"an answer that does not fit the monitor: {error!r}") from error
        if session is not self._session:
            return
        self._last_transaction = last
        if found:
            self._resumed = True
        else:
            self.rows = rows
            self._changes.clear()
            self._reload = True
        backlog, self._backlog = self._backlog or [], None
        self._is_live = True
        for kind, params in backlog:
            self.updated(kind, params)
        _log.debug("%s %s: %s", self._database, self.ident, "resumed" if found else "loaded")
        self._wake.set()

    async def _all_rows(self, tables: Json) -> Rows:
        rows: Rows = {table: {} for table in self._wanted}
        taken = 0
        for table, changes in tables.items():
            into = rows[table]
            for uuid, change in changes.items():
                into[UUID(uuid)] = self._full_row(table, next(iter(change.values())))
                taken += 1
                if not taken % _SLICE_ROWS:
                    await asyncio.sleep(0)
        return rows

    # Following it.

    def _full_row(self, table: str, source: Json) -> Columns:
        types = self._types[table]
        row = dict(self._defaults[table])
        for name, value in source.items():
            row[name] = decode(types[name], value)
        return row

    def _apply(self, tables: Json) -> None:
        """Apply <table-updates2> or, from the plain monitor, <table-updates> (RFC 7047, section 4.1.6)."""
        for table, changes in tables.items():
            rows = self.rows[table]
            for text, change in changes.items():
                uuid = UUID(text)
                old = rows.get(uuid)
                differences: dict[str, frozenset[Any]] = {}
                if "modify" in change:
                    if old is None:
                        raise BadValue(f"a change of the unknown row {uuid} in {table}")
                    types = self._types[table]
                    now = dict(old)
                    for name, source in change["modify"].items():
                        before = old[name]
                        if isinstance(before, Set):
                            differences[name] = members(types[name], source)
                            now[name] = changed(before, differences[name])
                        else:
                            now[name] = apply_difference(types[name], before, source)
                    new: Columns | None = now
                else:
                    full = change.get("insert", change.get("initial", change.get("new")))
                    new = None if full is None else self._full_row(table, full)
                if new is None:
                    rows.pop(uuid, None)
                else:
                    rows[uuid] = new
                self._note(RowChange(table, uuid, old, new, differences))

    def _note(self, change: RowChange) -> None:
        if self._reload:
            return
        place = (change.table, change.uuid)
        before = self._changes.pop(place, None)
        if before is not None:
            change = before.then(change)
        if change.old != change.new:
            self._changes[place] = change
