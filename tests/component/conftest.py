"""Both stores, for the tests of what works on either; and tests that are coroutines."""

import asyncio
import contextlib
import inspect
import shutil
import sqlite3
from contextlib import closing

import pytest
from tests.postgresql import Server

from neutrino.store.database import open_database

STORY_S = 100


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines, each for a bounded time."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}

    async def story() -> None:
        async with asyncio.timeout(STORY_S):
            await pyfuncitem.obj(**arguments)

    asyncio.run(story())
    return True


class File:
    """An SQLite file, and all that is in it."""

    kind = "sqlite"

    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:///{path}"

    def rows(self):
        """Return every row of every table, by its name."""
        with closing(sqlite3.connect(self.path)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}  # noqa: S608

    def query(self, statement):
        """Return what *statement* selects."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement).fetchall()


class Place:
    """A database of the PostgreSQL server, and all that is in it."""

    kind = "postgresql"

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.url = server.url(name)
        self._connection = None

    def rows(self):
        """Return every row of every table, by its name."""
        names = self.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name: self.query(f"SELECT * FROM {name}") for (name,) in names}  # noqa: S608

    def query(self, statement):
        """Return what *statement* selects."""
        if self._connection is None:
            self._connection = self.server.connect(self.name)
        return self._connection.execute(statement).fetchall()

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def keep(self):
        """Remember what is there, for `clear`."""
        self._kept = {name: rows for name, rows in self.rows().items() if rows and name != "alembic_version"}

    def clear(self):
        """Have what `keep` found, and no other row; this takes a twentieth of the time that a new database does."""
        names = [name for (name,) in self.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        deletes = "; ".join(f"DELETE FROM {name}" for name in names if name != "alembic_version")  # noqa: S608
        with self.server.connect(self.name) as connection:
            connection.execute("SET session_replication_role = replica")  # in whatever order
            connection.execute(f"{deletes}; ALTER SEQUENCE journal_seq_seq RESTART")
            for name, rows in self._kept.items():
                marks = ", ".join(["%s"] * len(rows[0]))
                connection.cursor().executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
        self.close()


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server."""
    with contextlib.closing(Server()) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_databases():
    """Databases of the server that have the newest tables, and nothing in them, and that nobody uses now."""
    return []


def _with_tables(server, free):
    if free:
        return free.pop()
    place = Place(server, server.make())
    open_database(place.url).close()
    place.keep()
    return place


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A file with the newest tables."""
    path = tmp_path_factory.mktemp("database") / "template.sqlite"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    """The store that the test runs on."""
    return request.param


@pytest.fixture
def make_store(kind, request, tmp_path):
    """Make a store of the kind: with the newest tables, or (empty=True) with none."""
    made, kept, dropped = [], [], []

    def make(*, empty=False):
        if kind == "sqlite":
            path = tmp_path / f"{len(made)}.sqlite"
            if not empty:
                shutil.copy(request.getfixturevalue("sqlite_template"), path)
            made.append(File(path))
        else:
            server = request.getfixturevalue("postgresql")
            free = request.getfixturevalue("postgresql_databases")
            made.append(Place(server, server.make()) if empty else _with_tables(server, free))
            (dropped if empty else kept).append(made[-1])
        return made[-1]

    yield make
    for one in kept:
        one.clear()
        request.getfixturevalue("postgresql_databases").append(one)
    for one in dropped:
        one.close()
        one.server.drop(one.name)


@pytest.fixture
def store(make_store):
    """A store with the newest tables."""
    return make_store()
