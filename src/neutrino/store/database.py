"""The embedded database: one SQLite file, one writer at a time, many readers.

Here: opening it, reading, and writing with group commit. Not here: tables and statements.

Writes run on one thread. Those that wait together are committed together, each in a savepoint of its own, so that one
that is refused takes none of the others with it, and one fsync serves them all (``synchronous=FULL``: what was
answered survives a power cut). Reads run where they are called, on a snapshot (WAL): they never wait for a writer.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from neutrino.model.faults import DatabaseUnavailable
from neutrino.store.records import Transaction

T = TypeVar("T")
log = logging.getLogger("neutrino.store")

BUSY_TIMEOUT_S = 10.0  # how long a writer waits for another process's transaction
MOST_TOGETHER = 64  # writes in one commit


@dataclass(frozen=True, slots=True)
class _Write(Generic[T]):
    work: Callable[[Transaction], T]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[T]"


class Database:
    """A store that is open. Use `open_database`; `close` when done.

    ``on_commit`` is called on the writer's thread after each commit that wrote to the journal.
    """

    def __init__(self, path: str, on_commit: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._on_commit = on_commit
        self._queue: queue.SimpleQueue[_Write[Any] | None] = queue.SimpleQueue()
        self._reader = _engine(path).connect().execution_options(isolation_level="AUTOCOMMIT")
        self._writer = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in a transaction and return its result once it is durable; undo it all if it raises.

        Raises:
            DatabaseUnavailable: The file is locked, full or gone. Nothing was written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Write(work, loop, future))
        return await future

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work*, which only reads, and return its result. Several statements in it may see different commits."""
        try:
            return work(self._reader)
        except OperationalError as error:
            log.error("cannot read: %s", error.orig)
            raise DatabaseUnavailable from error

    def close(self) -> None:
        """Finish the writes that are queued, then close the file."""
        self._queue.put(None)
        self._writer.join()
        self._reader.close()
        self._reader.engine.dispose()

    def _write_all(self) -> None:
        connection = _engine(self._path).connect()
        try:
            while True:
                batch = [self._queue.get()]
                while len(batch) < MOST_TOGETHER:
                    try:
                        batch.append(self._queue.get_nowait())
                    except queue.Empty:
                        break
                self._commit(connection, [write for write in batch if write is not None])
                if None in batch:
                    return
        finally:
            connection.close()
            connection.engine.dispose()

    def _commit(self, connection: Connection, batch: list[_Write[Any]]) -> None:
        if not batch:
            return
        done: list[tuple[_Write[Any], object, BaseException | None]] = []
        journalled = False
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the engine made it so
        try:
            raw.execute("BEGIN IMMEDIATE")
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for write in batch:
                transaction = Transaction(connection, now)
                raw.execute("SAVEPOINT request")
                try:
                    result = write.work(transaction)
                    transaction.finish()
                except Exception as error:  # noqa: BLE001 - given to the caller
                    raw.execute("ROLLBACK TO request")
                    done.append((write, None, error))
                else:
                    journalled = journalled or transaction.is_journalled
                    done.append((write, result, None))
                raw.execute("RELEASE request")
            raw.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, every caller must be answered
            log.error("cannot write: %s", error)
            with suppress(sqlite3.Error):
                raw.execute("ROLLBACK")
            unavailable = DatabaseUnavailable()
            unavailable.__cause__ = error
            done = [(write, None, unavailable) for write in batch]
            journalled = False
        for loop in {write.loop for write in batch}:
            mine = [entry for entry in done if entry[0].loop is loop]
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_resolve, mine)
        if journalled:
            self._on_commit()


def _resolve(done: list[tuple[_Write[Any], object, BaseException | None]]) -> None:
    for write, result, error in done:
        if write.future.done():
            continue
        if error is not None:
            write.future.set_exception(error)
        else:
            write.future.set_result(result)


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
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8192"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def sqlite_path(url: str) -> str:
    """Return the file that the SQLAlchemy *url* names.

    Raises:
        ValueError: It is not an SQLite URL with a file.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        shown = parsed.render_as_string(hide_password=True)
        raise ValueError(f"[database] connection: {shown} is not built; use sqlite:////path/to/file")
    return parsed.database


def open_database(url: str, on_commit: Callable[[], None] = lambda: None) -> Database:
    """Return the database at *url*, its tables brought up to date first. The file is readable by its owner only."""
    from neutrino.store.schema import upgrade  # a database that is up to date never loads Alembic

    path = sqlite_path(url)
    if not Path(path).exists():
        Path(path).touch(mode=0o600)
    upgrade(path)
    return Database(path, on_commit)
