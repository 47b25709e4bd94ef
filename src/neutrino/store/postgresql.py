"""The database of a server: PostgreSQL, for API processes on several machines.

Here: opening it, reading, the writer's session, hearing of other processes' commits. Not here: tables and statements,
how writes are gathered (writer.py).

One writer at a time in the whole cloud, as SQLite has it: each transaction that writes begins by taking one advisory
lock, which PostgreSQL gives back after its commit can be seen. What a rule reads is therefore what it writes on, and
lines of the journal can be seen in the order of their numbers (docs/decisions/0014-postgresql.md). Reads take no
lock, and run on threads of their own, so that a server that is slow does not hold up the event loop.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
import sqlalchemy
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, create_engine, event, text
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.compiler import SQLCompiler

from neutrino.model.faults import DatabaseUnavailable
from neutrino.store.database import Database
from neutrino.store.schema import HEAD, postgresql_version, upgrade_postgresql
from neutrino.store.statements import Connection
from neutrino.store.tables import metadata
from neutrino.store.writer import Session, Writer

T = TypeVar("T")
log = logging.getLogger("neutrino.store")

READERS = 4  # threads that read, each with a connection
ATTEMPTS = 4  # at a transaction, where the server broke it off before its commit
WRITER_LOCK = 0x6E657574  # "neut": the number of the advisory lock, which belongs to this database only
CHANNEL = "neutrino_journal"
# Of each connection, where the URL says nothing else. A server whose machine is gone says nothing: without these the
# kernel would wait a quarter of an hour for it, and every request with it.
LIMITS = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,  # ms
}
LISTEN_AGAIN_S = 1.0
UPGRADE_TIMEOUT_S = 600  # how long a process waits for another one that brings the tables up to date

# lock_timeout: how long a writer waits for another process, as BUSY_TIMEOUT_S of SQLite. A process that hangs in a
# transaction is cut off before that. jit: compiling a plan takes longer than any statement here.
SETTINGS = """
    SET client_encoding = 'UTF8'; SET jit = off; SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '8s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""
_BROKEN_OFF = {"40001", "40P01"}  # serialization failure, deadlock


@compiles(OnConflictDoNothing, "postgresql")
@compiles(OnConflictDoUpdate, "postgresql")
def _on_conflict(clause: OnConflictDoNothing | OnConflictDoUpdate, compiler: SQLCompiler, **kw: Any) -> Any:
    """Return what SQLite's ON CONFLICT is for PostgreSQL: the same, but that a constraint may be named there."""
    clause.constraint_target = None  # type: ignore[union-attr]
    return getattr(compiler, f"visit_{clause.__visit_name__}")(clause, **kw)


for _index in (one for table in metadata.tables.values() for one in table.indexes):
    _index.dialect_options["postgresql"]["where"] = _index.dialect_options["sqlite"]["where"]


class PostgreSQL(Database):
    """A PostgreSQL database that is open."""

    def __init__(self, url: URL, on_commit: Callable[[], None]) -> None:
        self._engine = _engine(url)
        self._own = threading.local()
        self._connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._listener: _Listener | None = None
        super().__init__(Writer(lambda: _Session(self._engine), on_commit, ATTEMPTS))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* on a thread that reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def listen(self, heard: Callable[[], None], returned: Callable[[], object] = lambda: None) -> None:
        """Have both called on a thread of its own."""
        self._listener = _Listener(self._engine, heard, returned)

    def close(self) -> None:
        """Finish the writes that are queued, then close all connections."""
        self._writer.close()
        if self._listener is not None:
            self._listener.close()
        self._readers.shutdown()
        for connection in self._connections:
            connection.close()
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        for is_last in (False, True):
            try:
                return work(self._reader())
            except DBAPIError as error:
                if not isinstance(error.orig, psycopg.OperationalError):
                    raise
                if is_last or not error.connection_invalidated:
                    log.error("cannot read: %s", error.orig)
                    raise DatabaseUnavailable from error
        raise AssertionError("unreachable")  # the last round returns or raises

    def _reader(self) -> Connection:
        """Return the connection of this thread, made anew if it is lost."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None or connection.is_lost:
            if connection is not None:
                self._connections.remove(connection)
                connection.close()
                self._own.connection = None
            self._own.connection = connection = Connection(self._engine.connect())
            self._connections.append(connection)
        return connection


class _Session(Session):
    """Connects when it is first needed, and again after the server was away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._raw: psycopg.Connection[Any] | None = None
        self._is_committing = False

    @property
    def connection(self) -> Connection:
        assert self._connection is not None  # noqa: S101 - begin made it
        return self._connection

    def begin(self) -> None:
        self._is_committing = False
        if self._connection is None:
            connection = self._engine.connect()
            self._connection, self._raw = Connection(connection), _driver(connection)
        # READ COMMITTED: what follows the lock sees all that was committed before it was taken.
        self._send(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
            f" SELECT pg_advisory_xact_lock({WRITER_LOCK}); SAVEPOINT request"
        )

    def keep(self) -> None:
        self._send("RELEASE request; SAVEPOINT request")

    def undo(self) -> None:
        self._send("ROLLBACK TO request")

    def commit(self, *, journalled: bool) -> None:
        self._is_committing = True
        self._send(f"NOTIFY {CHANNEL}; COMMIT" if journalled else "COMMIT")

    def rollback(self) -> None:
        if self._raw is not None and not self._raw.closed:
            with suppress(psycopg.Error):
                self._send("ROLLBACK")
                return
        self.close()

    def has_ended(self, error: BaseException) -> bool:
        return isinstance(_cause(error), psycopg.OperationalError)

    def may_repeat(self, error: BaseException) -> bool:
        cause = _cause(error)
        if not isinstance(cause, psycopg.OperationalError) or self._connection is None:
            return False  # what cannot be reached now is not tried again while requests wait
        is_lost = self._raw is None or self._raw.closed
        return cause.sqlstate in _BROKEN_OFF or (is_lost and not self._is_committing)

    def close(self) -> None:
        if self._connection is not None:
            if self._raw is not None:
                self._raw.close()
            self._connection.close(is_broken=True)
        self._connection = self._raw = None

    def _send(self, statements: str) -> None:
        """Send statements without parameters, all in one round trip."""
        assert self._raw is not None  # noqa: S101 - begin made it
        self._raw.execute(statements.encode(), prepare=False)


class _Text(StrDumperUnknown):
    """Text on its way to the server, which takes no NUL.

    Clients ask for what has one all the same. Nothing stored has any control character (model/kinds.py), so another one
    finds as little.
    """

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\1"))


class _Listener:
    """Calls *heard* for each notification, and both after each time that it was not connected any more."""

    def __init__(self, engine: Engine, heard: Callable[[], None], returned: Callable[[], object]) -> None:
        self._engine, self._heard, self._returned = engine, heard, returned
        self._was_connected = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._engine.connect() as connection:
                    self._follow(_driver(connection))
            except (DBAPIError, psycopg.Error) as error:
                log.warning("cannot listen: %s", getattr(error, "orig", error))
                self._closed.wait(LISTEN_AGAIN_S)

    def _follow(self, raw: psycopg.Connection[Any]) -> None:
        raw.execute(f"LISTEN {CHANNEL}".encode())
        if self._was_connected:
            self._returned()
        self._was_connected = True
        self._heard()
        while not self._closed.is_set():
            for _ in raw.notifies(timeout=0.25, stop_after=1):
                self._heard()


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _driver(connection: sqlalchemy.Connection) -> psycopg.Connection[Any]:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - the engine made it so
    return raw


def _engine(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={name: limit for name, limit in LIMITS.items() if name not in url.query},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.adapters.register_dumper(str, _Text)
        connection.autocommit = True
        connection.execute(SETTINGS.encode())

    return engine


def open_postgresql(url: URL, on_commit: Callable[[], None]) -> PostgreSQL:
    """Return the database at *url*, its tables brought up to date first.

    Raises:
        ValueError: Its encoding is not UTF-8.
        DatabaseUnavailable: It does not answer.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            encoding = connection.execute(text("SHOW server_encoding")).scalar()
            if encoding != "UTF8":
                raise ValueError(f"[database] connection: the database's encoding is {encoding}; use one with UTF8")
            if postgresql_version(connection) != HEAD:
                _upgrade(engine)
    except DBAPIError as error:
        log.error("cannot open the database: %s", error.orig)
        raise DatabaseUnavailable from error
    finally:
        engine.dispose()
    return PostgreSQL(url, on_commit)


def _upgrade(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = '{UPGRADE_TIMEOUT_S}s'"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
        upgrade_postgresql(connection)
