"""The database as the rest of the service sees it: write, read, close. `open_database` chooses by the URL.

Here: the interface. Not here: SQLite (sqlite.py), PostgreSQL (postgresql.py), how writes are gathered (writer.py),
tables and statements.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from neutrino.store.records import Transaction
from neutrino.store.statements import Connection
from neutrino.store.writer import Writer

T = TypeVar("T")


class Database(ABC):
    """A store that is open. Use `open_database`; `close` when done.

    It has no thread and no connection before it is first read or written: a process may be forked until then.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in a transaction and return its result once it is durable; undo it all if it raises.

        *work* runs alone: nobody else writes between its first statement and its commit, in this process or another.
        It may be run again from its beginning, so it changes nothing but the database.

        Raises:
            DatabaseUnavailable: The database is locked, full or gone. Nothing was written, unless PostgreSQL went
                away while it was committing: then nobody knows.
        """
        return await self._writer.write(work)

    @abstractmethod
    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work*, which only reads, and return its result. Several statements in it may see different commits.

        Raises:
            DatabaseUnavailable: The database does not answer.
        """

    @abstractmethod
    def listen(self, heard: Callable[[], None], returned: Callable[[], object] = lambda: None) -> None:
        """Have *heard* called, on some thread, when another process has written to the journal, if the store can tell.

        It is a hint: one call may stand for many commits, and calls may be lost. *returned* is called when the server
        was away and is there again: what was read before may be void, where another took its place that lacks the last
        commits.
        """

    @abstractmethod
    def close(self) -> None:
        """Finish the writes that are queued, then close."""


def prepare(url: str) -> None:
    """Make the tables at the SQLAlchemy *url* in a process of its own, or bring them up to date, where that is needed.

    For daemons, before they have threads or an event loop: what it takes to do so is loaded only there. Tables of
    PostgreSQL are left to `open_database`.

    Raises:
        ValueError: As `open_database`.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        from neutrino.store.sqlite import prepare_sqlite

        prepare_sqlite(parsed.database)


def open_database(url: str, on_commit: Callable[[], None] = lambda: None) -> Database:
    """Return the database at the SQLAlchemy *url*, its tables brought up to date first.

    *on_commit* is called on the writer's thread after each commit that wrote to the journal.

    Raises:
        ValueError: The URL, or what it names, is none that can be used. No message holds the URL's password.
        DatabaseUnavailable: It does not answer.
    """
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            from neutrino.store.sqlite import open_sqlite

            return open_sqlite(parsed.database, on_commit)
        case "postgresql":
            from neutrino.store.postgresql import open_postgresql  # its driver is loaded only for it

            return open_postgresql(parsed, on_commit)
    shown = parsed.render_as_string(hide_password=True)
    raise ValueError(
        f"[database] connection: {shown} is not built; use sqlite:////path/to/file or postgresql://user@host/name"
    )


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise ValueError("[database] connection: not an SQLAlchemy URL") from None  # its text may hold the password
