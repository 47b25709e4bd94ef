"""Several processes on one file, and one that dies in the middle of its work."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from neutrino.model.network import Network
from neutrino.store.database import open_database
from neutrino.store.intent import Intent

START = """
import asyncio, sys
from neutrino.model.network import Network
from neutrino.store.database import open_database

STAMPS = {"created_at": "", "updated_at": "", "revision_number": 1}

def network(name):
    tags = tuple(f"{name}-{i}" for i in range(3))
    return Network(id=name, name=name, project_id="p", mtu=1442, tags=tags, **STAMPS)

database = open_database(sys.argv[1])
print("ready", flush=True)
"""
WRITE_ALL = """
async def main():
    async def one(lane):
        for i in range(100_000):
            name = f"{lane}.{i}"
            await database.write(lambda tx: tx.insert(network(name)))
            print(name, flush=True)
    await asyncio.gather(*(one(lane) for lane in range(16)))
asyncio.run(main())
"""
COUNT = """
def bump(tx):
    found = tx.get(Network, "shared")
    tx.update(found, {"description": str(int(found.description or 0) + 1)})

async def main():
    for _ in range(50):
        await asyncio.gather(*(database.write(bump) for _ in range(4)))
asyncio.run(main())
database.close()
"""
FORK = """
import os
from neutrino.store.intent import Intent

child = os.fork()
name = "one" if child else "other"

async def main():
    await database.write(lambda tx: tx.insert(network(name)))
    return await Intent(database).get(Network, [name])

print(sorted(asyncio.run(main())), flush=True)
database.close()
sys.exit(child and os.waitpid(child, 0)[1])
"""


def start(script, store):
    return subprocess.Popen(
        [sys.executable, "-c", START + script, store.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


@pytest.mark.parametrize("acknowledged", [1, 400, 1500])
def test_what_was_acknowledged_outlives_the_process(store, acknowledged):
    with start(WRITE_ALL, store) as process:
        lines = [process.stdout.readline() for _ in range(acknowledged + 1)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
    names = {line.strip() for line in lines[1:] if line.endswith("\n")}
    assert len(names) >= acknowledged

    open_database(store.url).close()
    found = {row[0] for row in store.query("SELECT id FROM networks")}
    journal = [row[0] for row in store.query("SELECT resource_id FROM journal")]
    tags = dict(store.query("SELECT network_id, count(*) FROM networks_tags GROUP BY network_id"))
    if store.kind == "sqlite":
        assert store.query("PRAGMA integrity_check") == [("ok",)]
        assert store.query("PRAGMA foreign_key_check") == []
    assert names <= found
    assert sorted(journal) == sorted(found)
    assert tags == dict.fromkeys(found, 3)


def test_processes_take_turns_and_lose_no_change(run, database, store, network):
    run(database.write(lambda tx: tx.insert(network("shared"))))
    processes = [start(COUNT, store) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    (shared,) = run(Intent(database).all(Network))
    assert (shared.description, shared.revision_number) == ("600", 601)
    assert len(run(Intent(database).changes(0))) == 601


def test_processes_that_start_together_make_the_tables_once(make_store):
    store = make_store(empty=True)
    processes = [start("", store) for _ in range(3)]
    for process in processes:
        out, errors = process.communicate(timeout=60)
        assert (process.returncode, out, errors) == (0, "ready\n", "")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_is_open_has_no_connection_before_it_is_used(store):
    """SQLite's locks are a process's own: a connection that two have by a fork can ruin the file."""
    before = threading.active_count()
    database = open_database(store.url)
    assert [fd for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink() and fd.readlink() == Path(store.path)] == []
    assert threading.active_count() == before
    database.close()


def test_a_process_that_has_opened_it_may_be_forked(store):
    with start(FORK, store) as process:
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, sorted(out.split("\n")), errors) == (0, ["", "['one']", "['other']", "ready"], "")
