"""A cloud without hosts: real Northbound and Southbound servers, a real store, controllers in or beside the process."""

import asyncio
import inspect
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from tests.programs import program, schema

from neutrino.api import sharing
from neutrino.backends.ovn.northbound import BACKEND
from neutrino.model.port import Port
from neutrino.model.resource import Resource
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Operation, Select
from neutrino.reconcile.controller import Controller
from neutrino.reconcile.noun import Backend
from neutrino.store.database import Database, open_database
from neutrino.store.intent import Intent
from neutrino.store.tables import RESOURCES

_ORDER = [cls.collection for cls in RESOURCES]


def rouse(wake_path: Path) -> None:
    """Tell the controller that listens there, if one does, that the journal has grown."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
        if not channel.connect_ex(str(wake_path)):
            with suppress(BlockingIOError):  # it was told often enough
                channel.send(b"")


class Server:
    """An ovsdb-server with one database, which survives that the server is killed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.remote = f"unix:{folder / name}.sock"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run([program("ovsdb-tool"), "create", str(folder / f"{name}.db"), schema(f"ovn-{name}.ovsschema")],
                       check=True)  # fmt: skip

    def start(self) -> None:
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("ovsdb-server"), f"--remote=p{self.remote}", f"--unixctl={self._folder / self.name}.ctl",
                 str(self._folder / f"{self.name}.db")],
                stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(400):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(self.remote.removeprefix("unix:")) == 0:
                    return
            time.sleep(0.01)
        pytest.fail((self._folder / f"{self.name}.log").read_text())

    def transact(self, operation: str) -> None:
        database = {"nb": "OVN_Northbound", "sb": "OVN_Southbound"}[self.name]
        done = subprocess.run([program("ovsdb-client"), "transact", self.remote, f'["{database}",{operation}]'],
                              check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert '"error"' not in done.stdout, done.stdout

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Cloud:
    """The servers, the store, and what tests do with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nb, self.sb = Server(folder, "nb"), Server(folder, "sb")
        self.nb.start()
        self.sb.start()
        self.nb.transact('{"op":"insert","table":"NB_Global","row":{}}')  # as ovn-nbctl init does
        self.url = f"sqlite:///{folder / 'store.sqlite'}"
        self.database: Database = open_database(self.url)
        self.intent = Intent(self.database)
        self.wake_path = folder / "controller.wake"
        self.processes: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.database.close()
        self.nb.kill()
        self.sb.kill()

    # The intent.

    async def put(self, *resources: Resource) -> None:
        """Insert *resources*, or make those of the same id equal to them, each set in one transaction."""

        def work(transaction) -> None:
            for resource in sorted(resources, key=lambda one: _ORDER.index(one.collection)):
                found = transaction.get(type(resource), resource.id)
                if found is None:
                    transaction.insert(resource)
                    sharing.created(transaction, resource)
                elif found != resource:
                    names = type(resource).__struct_fields__
                    keep = ("id", "revision_number", "created_at", "updated_at", "project_id", "subnets", "shared")
                    changed = {name: getattr(resource, name) for name in names if name not in keep}
                    transaction.update(
                        found, {name: value for name, value in changed.items() if getattr(found, name) != value}
                    )
                    sharing.changed(transaction, resource, {"router_external": changed.get("router_external")})

        await self.database.write(work)
        self.wake()

    async def delete(self, *resources: Resource) -> None:
        def work(transaction) -> None:
            for resource in sorted(resources, key=lambda one: -_ORDER.index(one.collection)):
                found = transaction.get(type(resource), resource.id)
                if found is not None:
                    transaction.delete(found)
                    sharing.deleted(transaction, found)

        await self.database.write(work)
        self.wake()

    def wake(self) -> None:
        rouse(self.wake_path)

    async def port_status(self, port: Port) -> str:
        return (await self.intent.get(Port, [port.id]))[port.id].status

    # Controllers.

    @asynccontextmanager
    async def controller(self, backend: Backend = BACKEND) -> AsyncIterator[Controller]:
        """Run a controller in this process; it has made its first full pass when it is returned."""
        client = Client(self.nb.remote, "OVN_Northbound")
        async with client:
            controller = Controller(backend, client, self.intent, self.wake_path)
            task = asyncio.create_task(controller.run())
            try:
                await until(lambda: task.done() or (controller.is_leading and controller.passes))
                yield controller
            finally:
                task.cancel()
                await asyncio.wait((task,))
                if not task.cancelled():
                    task.result()

    def start(self, name: str = "one", settings: str = "") -> subprocess.Popen[bytes]:
        """Start the daemon; it has told that it is ready when this returns."""
        config = self.configure(settings)
        address = self.folder / f"{name}.notify"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(address))
            ready.settimeout(20)
            with (self.folder / f"{name}.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "neutrino.server.controller", "--config-file", str(config)],
                    env={**os.environ, "NOTIFY_SOCKET": str(address)}, stdout=log, stderr=log,
                )  # fmt: skip
            self.processes.append(process)
            try:
                while ready.recv(100) != b"READY=1":
                    pass  # a heartbeat
            except TimeoutError:
                pytest.fail((self.folder / f"{name}.log").read_text())
        return process

    def configure(self, settings: str = "") -> Path:
        """Write the configuration file and return it."""
        config = self.folder / "neutrino.conf"
        config.write_text(
            f"[DEFAULT]\nauth_strategy = noauth\nstate_path = {self.folder}\nagent_down_time = 4\ndebug = true\n"
            f"[database]\nconnection = {self.url}\n"
            f"[ovn]\novn_nb_connection = {self.nb.remote}\novn_sb_connection = {self.sb.remote}\n"
            f"agent_probe_interval = 1\n{settings}"
        )
        return config

    # The Northbound.

    @asynccontextmanager
    async def northbound(self) -> AsyncIterator["Observer"]:
        async with Client(self.nb.remote, "OVN_Northbound") as client:
            await client.wait_connected(10)
            yield Observer(client)


class Observer:
    """Somebody else at the Northbound, who sees all of it and may change it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def rows(self, table: str) -> dict:
        """Return the rows of *table* that are there now."""
        found = (await self.client.transact([Select(table)]))[0]
        return {row["_uuid"]: {name: row[name] for name in row.keys() - {"_uuid", "_version"}} for row in found}

    async def transact(self, *operations: Operation) -> None:
        await self.client.transact(operations)


async def until(holds: Callable[[], object], most_s: float = 15.0, pause_s: float = 0.02) -> float:
    """Wait until *holds* does and return how long that took; it may be a coroutine function."""
    began_s = time.monotonic()
    while True:
        found = holds()
        if inspect.isawaitable(found):
            found = await found
        took_s = time.monotonic() - began_s
        if found:
            return took_s
        assert took_s < most_s, f"not within {most_s:g} s"
        await asyncio.sleep(pause_s)
