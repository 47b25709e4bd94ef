"""What the machine can do at all: the least that an answer, a commit and a transaction of OVN's can cost.

Here: an ASGI application that says nothing, SQLite alone, ovsdb-server alone, each measured as ours is. Not here: ours.
"""

import asyncio
import contextlib
import socket
import sqlite3
import sys
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

from bench import process
from bench.load import Connection, timed
from bench.peer import central
from bench.peer.daemons import Daemons
from bench.peer.side import answers
from neutrino.ovsdb import Client, Insert
from neutrino.stack import programs

ROUNDS = 5
EMPTY = """\
import socket, sys, uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})
config = uvicorn.Config(app, access_log=False, lifespan="off", log_config=None, ws="none")
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


def measure() -> dict[str, dict[str, float]]:
    """Return CPU per operation and operations per second of each, one client at a time."""
    with contextlib.ExitStack() as after:
        folder = Path(after.enter_context(tempfile.TemporaryDirectory(prefix="nbl", ignore_cleanup_errors=True)))
        daemons = Daemons(folder / "log")
        after.callback(daemons.end_all)
        return {
            "empty HTTP answer (uvicorn)": _http(daemons),
            "SQLite commit of one row, synchronous=FULL": _sqlite(folder / "raw.sqlite"),
            "ovsdb-server transaction of one row, by our client": asyncio.run(_ovsdb(daemons, folder)),
        }


def _medians(rounds: list[tuple[float, float, int]]) -> dict[str, float]:
    """Return the medians of *rounds*: CPU in seconds, time in seconds, operations."""
    return {
        "CPU ms": median(cpu_s * 1000 / count for cpu_s, _, count in rounds),
        "per s": median(count / wall_s for _, wall_s, count in rounds),
    }


def _http(daemons: Daemons) -> dict[str, float]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port, number = listener.getsockname()[1], listener.fileno()
    pid = daemons.start("empty", (sys.executable, "-c", EMPTY, str(number)), {}, (number,))
    daemons.wait("empty", lambda: answers(port), 20)

    async def ask(connection: Connection) -> None:
        await connection.send("GET", "/")

    rounds = []
    for _ in range(ROUNDS):
        cpu_s, begin = process.cpu_s(pid), time.perf_counter()
        asyncio.run(timed([ask] * 300, port, 1))
        rounds.append((process.cpu_s(pid) - cpu_s, time.perf_counter() - begin, 300))
    listener.close()
    return _medians(rounds)


def _sqlite(file: Path) -> dict[str, float]:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE rows (id TEXT, data TEXT)",
        ):
            connection.execute(statement)
        rounds = []
        for _ in range(ROUNDS):
            cpu_s, begin = time.thread_time(), time.perf_counter()
            for _ in range(100):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO rows VALUES (?, ?)", (str(uuid.uuid4()), "x" * 500))
                connection.execute("COMMIT")
            rounds.append((time.thread_time() - cpu_s, time.perf_counter() - begin, 100))
    return _medians(rounds)


async def _ovsdb(daemons: Daemons, folder: Path) -> dict[str, float]:
    pids = central.start(daemons, programs.obtain(), folder)
    rounds = []
    async with Client(f"unix:{folder}/nb.sock", "OVN_Northbound") as client:
        await client.wait_connected(timeout_s=10)
        for _ in range(ROUNDS):
            cpu_s, begin = process.cpu_s(pids["nb"]), time.perf_counter()
            for _ in range(100):
                await client.transact([Insert("Address_Set", uuid.uuid4(), {"name": f"limit_{uuid.uuid4().hex}"})])
            rounds.append((process.cpu_s(pids["nb"]) - cpu_s, time.perf_counter() - begin, 100))
    return _medians(rounds)
