"""The database as the rest of the service sees it: write, read, close. `open_database` chooses by the URL.

Here: the interface. Not here: SQLite (sqlite.py), PostgreSQL (postgresql.py), how writes are gathered (writer.py),
tables and statements.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from neutrino.store.records import Transaction
from neutrino.store.statements import Connection
from neutrino.store.writer import Writer

T = TypeVar("T")


class Database(ABC):
    """A store that is open. Use `open_database`; `close` when done."""

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
    def listen(self, heard: Callable[[], None]) -> None:
        """Have *heard* called, on some thread, when another process has written to the journal, if the store can tell.

        It is a hint: one call may stand for many commits, and calls may be lost.
        """

    @abstractmethod
    def close(self) -> None:
        """Finish the writes that are queued, then close."""


def open_database(url: str, on_commit: Callable[[], None] = lambda: None) -> Database:
    """Return the database at the SQLAlchemy *url*, its tables brought up to date first.

    *on_commit* is called on the writer's thread after each commit that wrote to the journal.

    Raises:
        ValueError: The URL, or what it names, is none that can be used. No message holds the URL's password.
        DatabaseUnavailable: It does not answer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("[database] connection: not an SQLAlchemy URL") from None  # its text may hold the password
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
