"""Transactions: all or nothing each, journalled with what they change, committed together."""

import asyncio
import resource
import sqlite3
import stat
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from neutrino.model.faults import DatabaseUnavailable
from neutrino.model.network import Network
from neutrino.store.database import open_database
from neutrino.store.intent import Change, Intent
from neutrino.store.postgresql import WRITER_LOCK
from neutrino.store.records import StaleRevision


class Refused(Exception):
    """What a write raises when it does not want to."""


def contents(store):
    """Return (network names, journal lines, tags)."""
    return (
        sorted(row[0] for row in store.query("SELECT name FROM networks")),
        [row[0] for row in store.query("SELECT resource_id FROM journal ORDER BY seq")],
        sorted(store.query("SELECT network_id, tag FROM networks_tags")),
    )


def another_writer(store):
    """Return a connection in a transaction, as another process has it that writes."""
    if store.kind == "sqlite":
        connection = sqlite3.connect(store.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection
    connection = store.server.connect(store.name)
    connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    return connection


def test_what_is_written_is_read(run, database, network):
    made = network("a", tags=("x", "y"), description="d")

    async def story():
        await database.write(lambda tx: tx.insert(made))
        assert await Intent(database).all(Network) == [made]
        new = await database.write(lambda tx: tx.update(made, {"tags": ("z",), "name": "b"}))
        assert (new.revision_number, new.tags, new.name) == (2, ("z",), "b")
        assert await Intent(database).get(Network, ["a", "other"]) == {"a": new}
        await database.write(lambda tx: tx.delete(new))
        assert await Intent(database).get(Network, ["a"]) == {}
        return await Intent(database).changes(0)

    assert run(story()) == [Change(seq, "networks", "a") for seq in (1, 2, 3)]


def test_a_write_that_raises_leaves_nothing(run, database, store, network):
    def half(tx):
        tx.insert(network("a", tags=("x",)))
        raise Refused

    with pytest.raises(Refused):
        run(database.write(half))
    assert contents(store) == ([], [], [])


def test_a_row_that_cannot_be_leaves_nothing(run, database, store, network):
    def twice(tx):
        tx.insert(network("a"))
        tx.insert(network("a"))

    with pytest.raises(IntegrityError):
        run(database.write(twice))
    assert contents(store) == ([], [], [])


def test_of_many_writes_together_only_those_that_fail_are_lost(run, store, network):
    commits = []
    database = open_database(store.url, lambda: commits.append(1))

    def write(i):
        def work(tx):
            tx.insert(network(f"n{i:03}", tags=("t",)))
            if i % 10 == 3:
                raise Refused
            return i

        return database.write(work)

    async def story():
        return await asyncio.gather(*(write(i) for i in range(200)), return_exceptions=True)

    results = run(story())
    database.close()
    kept = [i for i in range(200) if i % 10 != 3]
    assert [r for r in results if isinstance(r, int)] == kept
    assert sum(isinstance(r, Refused) for r in results) == 20
    ids = [f"n{i:03}" for i in kept]
    assert contents(store) == (ids, ids, [(i, "t") for i in ids])
    assert len(commits) < 20  # far fewer commits than writes


def test_a_write_sees_those_before_it_in_the_same_commit(run, database, network):
    async def story():
        first = database.write(lambda tx: tx.insert(network("a")))
        second = database.write(lambda tx: tx.get(Network, "a"))
        return (await asyncio.gather(first, second))[1]

    assert run(story()) == network("a")


def test_compare_and_swap(run, database, store, network):
    old = network("a")

    async def story():
        await database.write(lambda tx: tx.insert(old))
        await database.write(lambda tx: tx.update(old, {"name": "b"}))
        with pytest.raises(StaleRevision):
            await database.write(lambda tx: tx.update(old, {"name": "c", "tags": ("t",)}))
        gone = network("gone")
        with pytest.raises(StaleRevision):
            await database.write(lambda tx: tx.update(gone, {"name": "c"}))

    run(story())
    assert contents(store) == (["b"], ["a", "a"], [])


def test_a_reader_does_not_wait_for_a_writer(run, database, store, network):
    async def story():
        await database.write(lambda tx: tx.insert(network("a")))
        with closing(another_writer(store)) as other:
            other.execute("DELETE FROM networks")
            waiting = asyncio.ensure_future(database.write(lambda tx: tx.insert(network("b"))))
            seen = await Intent(database).all(Network)
            assert not waiting.done()
            other.execute("ROLLBACK")
            await waiting
        return seen

    assert run(story()) == [network("a")]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_who_writes_now_and_then_gets_a_turn_beside_who_always_does(run, database, store):
    """Turns are counted: of SQLite's own looks, 100 ms apart, one in twenty met the gap between two of them."""
    turns, is_over = [0], threading.Event()

    def always():
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            while not is_over.wait(0.001):
                other.execute("BEGIN IMMEDIATE")
                time.sleep(0.02)
                other.execute("COMMIT")
                turns[0] += 1

    thread = threading.Thread(target=always)
    thread.start()
    waited = []
    try:
        for _ in range(30):
            before = turns[0]
            run(database.write(lambda tx: tx.note(Network, "n")))
            waited.append(turns[0] - before)
    finally:
        is_over.set()
        thread.join()
    assert max(waited) < 20


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_full_disk_is_unavailable_and_the_database_goes_on(run, database, store, network):
    """max_page_count stands for the disk: SQLite answers both with SQLITE_FULL."""

    async def story():
        await database.write(lambda tx: tx.insert(network("a")))

        def fill(tx):
            pages = tx.connection.execute(text("PRAGMA page_count")).scalar()
            tx.connection.execute(text(f"PRAGMA max_page_count = {pages}"))

        await database.write(fill)
        many = [database.write(lambda tx, i=i: tx.insert(network(f"b{i}", description="x" * 200))) for i in range(200)]
        results = await asyncio.gather(*many, return_exceptions=True)
        assert {type(result) for result in results} == {type(None), DatabaseUnavailable}
        await database.write(lambda tx: tx.connection.execute(text("PRAGMA max_page_count = 1000000")).scalar())
        await database.write(lambda tx: tx.insert(network("c")))
        return [f"b{i}" for i, result in enumerate(results) if result is None]

    kept = run(story())
    names, journal, _ = contents(store)
    assert names == sorted(["a", *kept, "c"])
    assert journal == ["a", *kept, "c"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_disk_that_fails_in_the_middle_of_a_write_is_what_the_log_says(run, database, store, network, caplog):
    def many(tx):
        for i in range(1200):  # more than the cache holds
            tx.insert(network(f"b{i}", description="x" * 9000))

    async def story():
        works = (lambda tx: tx.insert(network("a")), many, lambda tx: tx.insert(network("c")))
        return await asyncio.gather(*map(database.write, works), return_exceptions=True)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        results = run(story())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert isinstance(results[1], DatabaseUnavailable)
    assert [record.getMessage() for record in caplog.records] == ["cannot write: disk I/O error"]
    run(database.write(lambda tx: tx.insert(network("d"))))
    alone = [name for name, result in zip("a-c", results, strict=True) if result is None]  # in commits of their own
    assert contents(store)[0] == [*alone, "d"]


def test_a_file_that_is_gone_is_unavailable(run, tmp_path, network):
    folder = tmp_path / "away"
    folder.mkdir()
    database = open_database(f"sqlite:///{folder}/db.sqlite")
    with closing(sqlite3.connect(folder / "db.sqlite", isolation_level=None)) as other:
        other.execute("DROP TABLE networks_tags")
        other.execute("DROP TABLE networks")
    with pytest.raises(DatabaseUnavailable):
        run(Intent(database).all(Network))
    database.close()


def test_a_writer_that_cannot_connect_says_so_and_tries_again(run, tmp_path, network):
    folder, away = tmp_path / "here", tmp_path / "away"
    folder.mkdir()
    database = open_database(f"sqlite:///{folder}/neutrino.sqlite")
    folder.rename(away)
    with pytest.raises(DatabaseUnavailable):
        run(database.write(lambda tx: tx.insert(network("one"))))
    away.rename(folder)
    run(database.write(lambda tx: tx.insert(network("one"))))
    database.close()


def test_only_its_owner_reads_the_file(path):
    open_database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "mysql://h"])
def test_databases_that_are_not_built(url):
    with pytest.raises(ValueError, match="is not built") as refusal:
        open_database(url)
    assert "secret" not in str(refusal.value)
