"""What only PostgreSQL can do to us: go away, hang, show commits in another order, order text its own way."""

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, create_engine, make_url, text
from tests.postgresql import USER

from neutrino.model.faults import DatabaseUnavailable
from neutrino.model.network import Network
from neutrino.store import postgresql as module
from neutrino.store.database import open_database
from neutrino.store.intent import Intent
from neutrino.store.schema import HEAD, postgresql_version
from neutrino.store.tables import metadata


@pytest.fixture
def kind():
    return "postgresql"


@pytest.fixture
def own_server():
    """A server that a test may stop."""
    from tests.postgresql import Server

    with contextlib.closing(Server()) as server:
        yield server


def test_the_migrated_tables_are_the_declared_ones(make_store):
    store = make_store(empty=True)
    open_database(store.url).close()
    engine = create_engine(make_url(store.url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        assert postgresql_version(connection) == HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    found = store.query(
        "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND table_name <> 'alembic_version'"
    )
    assert found == [("C",)]


def test_each_line_of_the_journal_is_seen_once_and_in_order(run, store, network):
    """Three processes' worth of writers, and a controller that reads as fast as it can."""
    writers = [open_database(store.url) for _ in range(3)]
    reader = open_database(store.url)
    intent, seen, names = Intent(reader), [], itertools.count()

    async def follow(done):
        while True:
            was_done = done.is_set()
            changes = await intent.changes(seen[-1].seq if seen else 0)
            seen.extend(changes)
            if was_done and not changes:
                return

    async def lane(database):
        for i in range(30):
            name = f"n{next(names)}"
            with contextlib.suppress(ZeroDivisionError):
                await database.write(lambda tx, name=name, i=i: (tx.insert(network(name)), 1 // (i % 7)))

    async def story():
        done = asyncio.Event()
        following = asyncio.ensure_future(follow(done))
        await asyncio.gather(*(lane(database) for database in writers for _ in range(4)))
        done.set()
        await following

    run(story())
    for database in (*writers, reader):
        database.close()
    assert [(c.seq, c.id) for c in seen] == store.query("SELECT seq, resource_id FROM journal ORDER BY seq")
    assert sorted(c.id for c in seen) == sorted(row[0] for row in store.query("SELECT id FROM networks"))
    assert len(seen) == 3 * 4 * 25


def test_another_process_hears_of_a_commit_that_wrote_to_the_journal(run, store, network):
    writer, listener = open_database(store.url), open_database(store.url)
    heard = threading.Event()
    listener.listen(heard.set)
    assert heard.wait(5)  # it may have missed something before
    heard.clear()
    run(writer.write(lambda tx: tx.get(Network, "a")))
    assert not heard.wait(0.6)
    run(writer.write(lambda tx: tx.insert(network("a"))))
    assert heard.wait(5)
    writer.close()
    listener.close()


def test_a_server_that_comes_back_is_used_again(run, own_server, network):
    database = open_database(own_server.url(own_server.make()))
    heard = threading.Event()
    database.listen(heard.set)
    run(database.write(lambda tx: tx.insert(network("a"))))
    assert run(Intent(database).all(Network)) == [network("a")]
    own_server.stop()
    for ask in (lambda: database.write(lambda tx: tx.insert(network("b"))), lambda: Intent(database).all(Network)):
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                run(ask())
    own_server.start()
    heard.clear()
    run(database.write(lambda tx: tx.insert(network("c"))))
    assert run(Intent(database).all(Network)) == [network("a"), network("c")]
    assert heard.wait(5)

    own_server.stop()
    own_server.start()  # nothing was asked meanwhile: the connections are found lost when they are used
    run(database.write(lambda tx: tx.insert(network("d"))))
    assert len(run(Intent(database).all(Network))) == 3
    database.close()


def _pumped(source, target):
    with source, contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)


def _relayed(listener, path):
    with contextlib.suppress(OSError):
        while True:
            near, far = listener.accept()[0], socket.socket(socket.AF_UNIX)
            far.connect(path)
            for ends in ((near, far), (far, near)):
                threading.Thread(target=_pumped, args=ends, daemon=True).start()


@pytest.mark.parametrize(("given", "waits_ms"), [("", 15_000), ("&tcp_user_timeout=7000", 7_000)])
def test_a_server_whose_machine_is_gone_is_not_waited_for(run, store, given, waits_ms):
    """That the kernel keeps to it was seen with a link that was cut: 503 after 20 s, 5 of them for a new connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        path = f"{store.server.folder}/.s.PGSQL.5432"
        threading.Thread(target=_relayed, args=(listener, path), daemon=True).start()
        port = listener.getsockname()[1]
        database = open_database(f"postgresql://{USER}@127.0.0.1:{port}/{store.name}?application_name=x{given}")
        number = os.dup(run(database.read(lambda connection: connection._raw.fileno())))
        with socket.socket(fileno=number) as used:
            names = (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            assert [used.getsockopt(socket.IPPROTO_TCP, name) for name in names] == [waits_ms, 5, 5, 2]
        database.close()


def test_a_server_that_is_away_at_the_start(own_server, caplog):
    url = own_server.url("postgres").replace("@", ":secret@")
    own_server.stop()
    with pytest.raises(DatabaseUnavailable):
        open_database(url)
    own_server.start()
    assert "secret" not in caplog.text


def test_a_transaction_that_the_server_breaks_off_is_made_again(run, database, network, caplog):
    """As a deadlock or a serialization failure is, of which our own transactions have none."""
    runs = []

    def broken(times):
        def work(tx):
            runs.append(1)
            tx.insert(network("a"))
            if len(runs) <= times:
                tx.connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

        return work

    async def story(times):
        runs.clear()
        other = database.write(lambda tx: tx.insert(network(f"other-{times}")))
        return await asyncio.gather(database.write(broken(times)), other, return_exceptions=True)

    caplog.set_level(logging.CRITICAL)
    assert run(story(2)) == [None, None]
    assert len(runs) == 3
    run(database.write(lambda tx: tx.delete(network("a"))))
    failed = run(story(100))
    assert isinstance(failed[0], DatabaseUnavailable)
    assert len(runs) == module.ATTEMPTS
    assert "a" not in {found.id for found in run(Intent(database).all(Network))}


def test_a_writer_that_hangs_is_not_waited_for(run, store, database, network):
    with contextlib.closing(store.server.connect(store.name)) as other:
        run(database.write(lambda tx: tx.connection.execute(text("SET lock_timeout = '200ms'"))))
        other.execute(f"BEGIN; SELECT pg_advisory_xact_lock({module.WRITER_LOCK})")
        with pytest.raises(DatabaseUnavailable):
            run(database.write(lambda tx: tx.insert(network("a"))))
        other.execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'")  # as each of our writers has it
        run(database.write(lambda tx: tx.connection.execute(text("SELECT 1"))))
    assert run(Intent(database).all(Network)) == []


def test_a_refused_request_takes_none_of_the_others_with_it_after_a_failed_statement(run, database, network):
    async def story():
        writes = [database.write(lambda tx, name=name: tx.insert(network(name))) for name in "abacb"]
        return await asyncio.gather(*writes, return_exceptions=True)

    results = run(story())
    assert [type(result).__name__ for result in results] == ["NoneType", "NoneType", "IntegrityError", "NoneType",
                                                             "IntegrityError"]  # fmt: skip
    assert sorted(found.id for found in run(Intent(database).all(Network))) == ["a", "b", "c"]


def test_an_encoding_that_cannot_hold_every_text(own_server):
    with own_server.connect() as connection:
        connection.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(ValueError, match="LATIN1"):
        open_database(own_server.url("latin"))


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+asyncpg"])
def test_an_operators_url_names_whatever_driver(store, scheme):
    url = make_url(store.url)
    assert isinstance(url, URL)
    open_database(url.set(drivername=scheme).render_as_string(hide_password=False)).close()
