"""The client of one database: it stays connected, and gives transactions, watches and locks.

Here: connecting again and again, choosing the RAFT leader, transactions. Not here: what is in the database; putting
several writers into one transaction (`commit`).
"""

import asyncio
import itertools
import logging
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self

from neutrino.ovsdb.column import Json
from neutrino.ovsdb.endpoint import Endpoint, Tls, endpoints
from neutrino.ovsdb.errors import (
    BadValue,
    NotConnected,
    NotOwner,
    OvsdbError,
    ProtocolError,
    RequestRefused,
    TransactionError,
    UnknownColumn,
    UnknownOutcome,
)
from neutrino.ovsdb.lock import Lock
from neutrino.ovsdb.operations import Condition, Operation, Result, decode_result, encode_operation
from neutrino.ovsdb.schema import Schema
from neutrino.ovsdb.session import Disconnected, Session
from neutrino.ovsdb.watch import Watch

_log = logging.getLogger("neutrino.ovsdb")

_FIRST_DELAY_S = 0.1
_LAST_DELAY_S = 5.0
_SETUP_S = 10.0
_SERVER_MONITOR = "_Server"
_LOCK_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Client:
    """A client of *database* at *remote* (see `endpoint`), connected while it is used as an asynchronous context.

    *probe_s*: after so many seconds without a word from the server it is asked for one, and after as many again the
    connection is given up; 0 for never. *leader_only*: of a clustered database use only the member that leads.
    """

    def __init__(
        self,
        remote: str,
        database: str,
        *,
        probe_s: float = 5.0,
        tls: Tls | None = None,
        leader_only: bool = False,
    ) -> None:
        self.database = database
        self.probe_s = probe_s
        self._endpoints = endpoints(remote)
        self._tls = tls
        self._leader_only = leader_only
        self._schema: Schema | None = None
        self._session: Session | None = None
        self._endpoint: Endpoint | None = None
        self._group: asyncio.TaskGroup | None = None
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._watches: dict[str, Watch] = {}
        self._locks: dict[str, Lock] = {}
        self._ids = itertools.count(1)

    async def __aenter__(self) -> Self:
        names = ",".join(map(str, self._endpoints))
        self._task = asyncio.create_task(self._run(), name=f"ovsdb {self.database} at {names}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and task.exception() is not None and kind is None:
                task.result()

    @property
    def is_connected(self) -> bool:
        """Whether a transaction can be sent now."""
        return self._session is not None and self._session.is_open

    @property
    def endpoint(self) -> str | None:
        """The member of the remote that is connected now."""
        return str(self._endpoint) if self.is_connected else None

    @property
    def schema(self) -> Schema:
        """The server's schema, fetched at each connection; raises `NotConnected` before the first."""
        if self._schema is None:
            raise NotConnected("the schema is not known before the first connection")
        return self._schema

    async def wait_connected(self, timeout_s: float) -> None:
        """Wait for a connection; raises `NotConnected` when there is none within *timeout_s*."""
        if self._task is None:
            raise NotConnected("the client is not started")
        waiter = asyncio.create_task(self._connected.wait(), name="ovsdb wait for connection")
        try:
            done, _ = await asyncio.wait((waiter, self._task), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if waiter not in done:
            raise NotConnected(f"no connection to {self.database} within {timeout_s:g} s")

    async def transact(self, operations: Sequence[Operation], timeout_s: float = 30.0) -> list[Result]:
        """Do *operations* as one transaction and return the result of each (RFC 7047, section 4.1.3).

        Raises `NotConnected`, `UnknownColumn` and `BadValue` (nothing was sent), `TransactionError` (nothing was
        done) and `UnknownOutcome` (sent, but the connection went or *timeout_s* passed before the answer).
        """
        session, schema = self._session, self._schema
        if session is None or schema is None:
            raise NotConnected(f"no connection to {self.database}")
        params: list[Json] = [self.database]
        params += [encode_operation(operation, schema) for operation in operations]
        try:
            async with asyncio.timeout(timeout_s):
                await session.writable()
            if not session.is_open:
                raise Disconnected("the connection went")
        except (Disconnected, TimeoutError) as error:
            raise NotConnected(f"nothing was sent to {self.database}: {error or 'it does not read'}") from error
        try:
            results = await session.request("transact", params, timeout_s)
        except TimeoutError as error:
            raise UnknownOutcome(f"no answer from {self.database} within {timeout_s:g} s") from error
        except Disconnected as error:
            raise UnknownOutcome(f"the connection to {self.database} went before the answer: {error}") from error
        except RequestRefused as error:
            raise TransactionError(None, error.error, error.details) from error
        _raise_failed(operations, results)
        try:
            return [decode_result(one, result, schema) for one, result in zip(operations, results, strict=False)]
        except (BadValue, UnknownColumn) as error:
            raise ProtocolError(f"committed, with an answer that cannot be read: {error}") from error

    def watch(
        self, tables: Mapping[str, Iterable[str]], where: Mapping[str, Sequence[Condition]] | None = None
    ) -> Watch:
        """Return a new watch of the named columns of *tables*; it may be made before the client is connected."""
        watch = Watch(self.database, f"watch-{next(self._ids)}", tables, where, self._forget)
        self._watches[watch.ident] = watch
        if self._session is not None and self._group is not None and self._schema is not None and self.is_connected:
            watch.connected(self._session, self._group, self._schema)
        return watch

    def _forget(self, watch: Watch) -> None:
        self._watches.pop(watch.ident, None)

    def lock(self, name: str, *, steals: bool = False) -> Lock:
        """Return the lock *name*, the same one for the same name; raises `ValueError` for what is no <id>.

        The first call says whether it *steals* the lock (RFC 7047, section 4.1.8).
        """
        if not _LOCK_NAME.fullmatch(name):
            raise ValueError(f"expected a lock name of letters, digits and underscores, got {name!r}")
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = Lock(name, steals=steals)
            if self._session is not None and self.is_connected:
                lock.connected(self._session)
        return lock

    def reconnect(self, reason: str) -> None:
        """Drop the connection, if there is one, and open another."""
        if self._session is not None:
            self._session.abort(reason)

    async def _run(self) -> None:
        """Connect, serve the connection to its end, and again."""
        delay_s = _FIRST_DELAY_S
        try:
            for endpoint in itertools.cycle(self._endpoints):
                try:
                    await self._serve(endpoint)
                    delay_s = _FIRST_DELAY_S
                except OvsdbError as error:
                    level = logging.WARNING if delay_s == _FIRST_DELAY_S else logging.DEBUG
                    _log.log(level, "%s at %s: cannot connect: %s", self.database, endpoint, error)
                    if endpoint is not self._endpoints[-1]:
                        continue
                    delay_s = min(delay_s * 2, _LAST_DELAY_S)
                await asyncio.sleep(delay_s * random.uniform(0.5, 1.0))  # noqa: S311
        except Exception:
            _log.critical("%s: the client stops, which is a fault of it", self.database, exc_info=True)
            raise
        finally:
            for watch in list(self._watches.values()):
                watch.close()

    async def _serve(self, endpoint: Endpoint) -> None:
        """Open a connection and serve it; returns at its end, raises `OvsdbError` where it was never of use."""
        session = await endpoint.connect(lambda: Session(self._notified, self._closed), self._tls, _SETUP_S)
        try:
            await self._hold(session, endpoint, await self._set_up(session))
        finally:
            session.abort("closed")

    async def _hold(self, session: Session, endpoint: Endpoint, schema: Schema) -> None:
        if not session.is_open:
            raise Disconnected(await session.closed())
        try:
            async with asyncio.TaskGroup() as group:
                self._schema, self._session, self._endpoint, self._group = schema, session, endpoint, group
                _log.info("%s at %s: connected", self.database, endpoint)
                for lock in self._locks.values():
                    lock.connected(session)
                for watch in self._watches.values():
                    watch.connected(session, group, schema)
                if self.probe_s > 0:
                    group.create_task(session.watch_idle(self.probe_s), name=f"ovsdb probe {endpoint}")
                self._connected.set()
                raise Disconnected(await session.closed())
        except* OvsdbError as errors:
            _log.warning("%s at %s: connection lost: %s", self.database, endpoint, _first(errors))
        # A group that ends by an error drops a cancellation that comes at the same time (CPython 3.11 to 3.12).
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError

    def _closed(self, session: Session) -> None:
        if session is not self._session:
            return
        self._session = self._group = self._endpoint = None
        self._connected.clear()
        for lock in self._locks.values():
            lock.disconnected()
        for watch in self._watches.values():
            watch.disconnected()

    async def _set_up(self, session: Session) -> Schema:
        """Return the schema of the database, after making sure that this member is the one to use."""
        try:
            if self._leader_only:
                request = {"Database": {"columns": ["name", "model", "connected", "leader"]}}
                try:
                    reply = await session.request("monitor", [_SERVER_MONITOR, _SERVER_MONITOR, request], _SETUP_S)
                except RequestRefused:
                    _log.debug("the server has no database _Server, so it is not clustered")
                else:
                    self._check_leader(reply)
            return Schema.parse(await session.request("get_schema", [self.database], _SETUP_S))
        except TimeoutError as error:
            raise NotConnected(f"no answer within {_SETUP_S:g} s") from error

    def _check_leader(self, updates: Json) -> None:
        """Raise `NotConnected` where the rows of _Server's table Database say that this member is not to be used."""
        for change in updates.get("Database", {}).values():
            row = change.get("new") or {}
            if row.get("name") == self.database and row.get("model") == "clustered":
                if not row.get("connected"):
                    raise NotConnected("this member has no connection to its cluster")
                if not row.get("leader"):
                    raise NotConnected("this member is not the leader")

    def _notified(self, method: str, params: Json) -> None:
        try:
            match method:
                case "update3" | "update2" | "update" if params[0] == _SERVER_MONITOR:
                    self._leader_changed(params[-1])
                case "update3" | "update2" | "update":
                    if watch := self._watches.get(params[0]):
                        watch.updated(method, params)
                case "locked" | "stolen":
                    if lock := self._locks.get(params[0]):
                        lock.won() if method == "locked" else lock.stolen()
                case "monitor_canceled":
                    self.reconnect("the server ended a monitor")
                case _:
                    _log.debug("%s: notification %s is not known", self.database, method)
        except (TypeError, IndexError, AttributeError) as error:
            raise ProtocolError(f"a notification {method} that cannot be read: {error!r}") from error

    def _leader_changed(self, updates: Json) -> None:
        try:
            self._check_leader(updates)
        except NotConnected as error:
            self.reconnect(str(error))


def _raise_failed(operations: Sequence[Operation], results: Json) -> None:
    """Raise the first error among the *results* of a transaction (RFC 7047, section 4.1.3)."""
    if not isinstance(results, list) or len(results) < len(operations):
        raise ProtocolError(f"the answer to {len(operations)} operations is {str(results)[:80]}")
    for index, result in enumerate(results):
        if isinstance(result, dict) and "error" in result:
            error, details = str(result["error"]), str(result.get("details", ""))
            kind = NotOwner if error == "not owner" else TransactionError
            raise kind(index if index < len(operations) else None, error, details)


def _first(errors: BaseExceptionGroup[OvsdbError]) -> OvsdbError:
    """Return the error that tells most: any other before the end of the connection that followed from it."""
    flat: list[OvsdbError] = []
    waiting: list[BaseException] = list(errors.exceptions)
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseExceptionGroup):
            waiting.extend(error.exceptions)
        elif isinstance(error, OvsdbError):
            flat.append(error)
    return next((error for error in flat if not isinstance(error, Disconnected)), flat[0])
