"""The embedded database: one SQLite file, one writer at a time, many readers.

Here: opening it, reading, and the writer's session. Not here: tables and statements, how writes are gathered
(writer.py).

``synchronous=FULL``: what was answered survives a power cut. Reads run where they are called, on a snapshot (WAL):
they never wait for a writer.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from neutrino.model.faults import DatabaseUnavailable
from neutrino.store.database import Database
from neutrino.store.schema import upgrade, upgrade_apart
from neutrino.store.statements import Connection
from neutrino.store.writer import Session, Writer

T = TypeVar("T")
log = logging.getLogger("neutrino.store")

BUSY_TIMEOUT_S = 10.0  # how long a writer waits for another process's transaction
# How often it looks whether it is its turn. SQLite itself looks every 100 ms, and between two commits of a process that
# is busy there are some hundred microseconds: the others waited for seconds (measured).
LOOK_AGAIN_S = 0.001


class SQLite(Database):
    """An SQLite file that is open."""

    def __init__(self, path: str, on_commit: Callable[[], None]) -> None:
        self._engine = _engine(path)
        super().__init__(Writer(lambda: _Session(path), on_commit))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* here and now: a read costs less than a thread does."""
        try:
            return work(self._reader)
        except OperationalError as error:
            log.error("cannot read: %s", error.orig)
            raise DatabaseUnavailable from error

    def listen(self, heard: Callable[[], None], returned: Callable[[], object] = lambda: None) -> None:
        """Do nothing: SQLite cannot tell."""

    def close(self) -> None:
        """Finish the writes that are queued, then close the file."""
        self._writer.close()
        self._engine.dispose()

    @cached_property
    def _reader(self) -> Connection:
        return Connection(self._engine.connect().execution_options(isolation_level="AUTOCOMMIT"))


class _Session(Session):
    def __init__(self, path: str) -> None:
        self._engine = _engine(path)
        connection = self._engine.connect()
        self._connection = Connection(connection)
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the engine made it so
        self._raw = raw
        raw.execute("PRAGMA busy_timeout = 0")  # `begin` waits

    @property
    def connection(self) -> Connection:
        return self._connection

    def begin(self) -> None:
        until_s = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                self._raw.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                    raise
                time.sleep(LOOK_AGAIN_S)
        self._raw.execute("SAVEPOINT request")

    def keep(self) -> None:
        self._raw.execute("RELEASE request")
        self._raw.execute("SAVEPOINT request")

    def undo(self) -> None:
        self._raw.execute("ROLLBACK TO request")

    def commit(self, *, journalled: bool) -> None:  # noqa: ARG002 - nobody is told
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(sqlite3.Error):
            self._raw.execute("ROLLBACK")

    def has_ended(self, error: BaseException) -> bool:  # noqa: ARG002 - SQLite itself knows, as of a disk that is full
        return not self._raw.in_transaction

    def may_repeat(self, error: BaseException) -> bool:  # noqa: ARG002 - it waited long enough
        return False

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def _engine(path: str) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=512
        ),
        poolclass=StaticPool,
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        # temp_store: a savepoint keeps what it may have to put back in memory, not in a file made for each request.
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8192", "temp_store=MEMORY")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def prepare_sqlite(path: str) -> None:
    """Bring the file *path* up to date in a process of its own (`upgrade_apart`)."""
    _make(path)
    upgrade_apart(path)


def open_sqlite(path: str, on_commit: Callable[[], None]) -> SQLite:
    """Return the database in the file *path*, made if it is missing, readable by its owner only."""
    _make(path)
    upgrade(path)
    return SQLite(path, on_commit)


def _make(path: str) -> None:
    if not Path(path).exists():
        Path(path).touch(mode=0o600)
