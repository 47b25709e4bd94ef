"""A real ovsdb-server for each test, and a proxy that can spoil what passes through it."""

import asyncio
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.programs import program, schema

from neutrino.ovsdb.framing import Framer


class Server:
    """An ovsdb-server with an empty Northbound database in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "nb.sock"
        self.remote = f"unix:{self.socket}"
        self.options: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.database = folder / "nb.db"

    def create(self) -> None:
        tool = program("ovsdb-tool")
        subprocess.run([tool, "create", str(self.database), schema("ovn-nb.ovsschema")], check=True)

    def create_cluster(self) -> None:
        tool = program("ovsdb-tool")
        address = f"unix:{self.folder / 'raft.sock'}"
        command = [tool, "create-cluster", str(self.database), schema("ovn-nb.ovsschema"), address]
        subprocess.run(command, check=True)

    def join_cluster(self, other: "Server") -> None:
        addresses = [f"unix:{one.folder / 'raft.sock'}" for one in (self, other)]
        command = [program("ovsdb-tool"), "join-cluster", str(self.database), "OVN_Northbound", *addresses]
        subprocess.run(command, check=True)

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [
                program("ovsdb-server"),
                f"--remote=punix:{self.socket}",
                f"--unixctl={self.folder / 'ctl'}",
                *self.options,
                str(self.database),
            ],
            stdout=log,
            stderr=log,
        )
        log.close()
        for _ in range(400):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(self.socket)) == 0:
                    return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.01)
        pytest.fail("ovsdb-server does not listen: " + (self.folder / "log").read_text())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)


class Proxy:
    """Passes messages between clients and a server; *spoil* may change or withhold each one.

    It is called with "request" or "answer", the message, and a function that ends the connection, and returns the bytes
    to pass on.
    """

    def __init__(self, remote: Path, socket: Path) -> None:
        self.socket = socket
        self.remote = f"unix:{socket}"
        self.spoil: Callable[[str, bytes, Callable[[], None]], bytes] = lambda _way, message, _cut: message
        self._server_socket = remote
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: list[asyncio.WriteTransport] = []

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_unix_server(self._accept, self.socket)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for transport in self._transports:
            transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_unix_connection(self._server_socket)

        def cut() -> None:
            writer.transport.abort()
            there_writer.close()

        self._transports += [writer.transport, there_writer.transport]
        for way, source, target in (("request", reader, there_writer), ("answer", there_reader, writer)):
            task = asyncio.create_task(self._pass(way, source, target, cut))
            self._tasks.add(task)

    async def _pass(
        self, way: str, source: asyncio.StreamReader, target: asyncio.StreamWriter, cut: Callable[[], None]
    ) -> None:
        framer = Framer()
        try:
            while data := await source.read(1 << 16):
                for message in framer.feed(data):
                    target.write(self.spoil(way, message, cut))
        except ConnectionError:
            pass
        finally:
            cut()


@pytest.fixture
def stopped_server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    one.create()
    yield one
    one.kill()


@pytest.fixture
def server(stopped_server: Server) -> Server:
    stopped_server.start()
    return stopped_server


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    one.create_cluster()
    one.start()
    yield one
    one.kill()


@pytest.fixture
def members(tmp_path: Path) -> Iterator[list[Server]]:
    """Three servers of one cluster."""
    all_three = [Server(tmp_path / str(number)) for number in range(3)]
    first = all_three[0]
    try:
        for one in all_three:
            one.folder.mkdir()
            if one is first:
                one.create_cluster()
            else:
                one.join_cluster(first)
            one.start()
            wait = (program("ovsdb-client"), "--timeout=30", "wait", one.remote, "OVN_Northbound", "connected")
            subprocess.run(wait, check=True)
        yield all_three
    finally:
        for one in all_three:
            one.kill()


@pytest.fixture
def proxy(server: Server, tmp_path: Path) -> Proxy:
    return Proxy(server.socket, tmp_path / "proxy.sock")


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
