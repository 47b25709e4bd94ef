"""What the API daemon is made of: configuration, wiring, readiness. Not here: how it starts (api.py)."""

import argparse
import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import uvicorn
import uvloop

from neutrino.api.app import application
from neutrino.api.identity.authentication import Authenticator, NoAuth
from neutrino.api.page.feed import Feed
from neutrino.api.page.realised import Rows
from neutrino.api.service import Service
from neutrino.backends.ovn.binding import OvnBinder
from neutrino.model.faults import DatabaseUnavailable
from neutrino.runtime import logs, notify
from neutrino.runtime.config import Config, ConfigError, load
from neutrino.server.protocol import Protocol
from neutrino.server.sharing import Sharing
from neutrino.server.wake import Wake
from neutrino.server.workers import Workers, forked
from neutrino.store.database import open_database, prepare

log = logging.getLogger("neutrino.api")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, feed: Feed, workers: Workers, sharing: Sharing | None) -> None:
        super().__init__(config)
        self._feed = feed
        self._workers = workers
        self._sharing = sharing
        self._given: set[asyncio.Task[None]] = set()
        self.has_failed = False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._feed.close()  # streams of events have no end of their own
        await super().shutdown(sockets)
        await self._workers.end()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what is there now stays: the collector would look at all of it again while requests wait
        gc.enable()
        if self._workers.is_first:
            notify.ready()
        self._workers.watch(self._lost)
        if self._sharing is not None:
            self._sharing.watch(self._serve_given)

    def _serve_given(self, connection: socket.socket, data: bytes) -> None:
        task = asyncio.create_task(self._served(connection, data))
        self._given.add(task)
        task.add_done_callback(self._given.discard)

    async def _served(self, connection: socket.socket, data: bytes) -> None:
        made = self.config.http_protocol_class
        assert issubclass(made, Protocol) and self._sharing is not None  # noqa: S101 - see serve()
        protocol = made(self.config, self.server_state, self.lifespan.state)
        protocol.given = data
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)
        except OSError:  # the client has gone meanwhile
            connection.close()
            self._sharing.closed()

    def _lost(self) -> None:
        self.has_failed = self._workers.is_first
        self.should_exit = True


def _listener(config: Config, fd: int | None) -> socket.socket:
    if fd is not None:
        listener = socket.socket(fileno=fd)
    else:
        family = socket.AF_INET6 if ":" in config.bind_host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((config.bind_host, config.bind_port))
        listener.listen(1024)
    # Connections have it from their listener: the kernel ends those whose client takes nothing for so long (tcp(7)).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, config.client_timeout_s * 1000)
    return listener


def _authenticator(config: Config) -> Authenticator:
    if config.identity is None:
        return NoAuth(config.noauth_project_id)
    from neutrino.api.identity.keystone import KeystoneAuthenticator  # slow to load

    return KeystoneAuthenticator(config.identity)


def _rows(reader: Callable[[], Rows]) -> Rows:
    """Return what reads rows by *reader*, which is made when somebody asks for the first time."""
    made = cache(reader)

    async def rows(collection: str, row_id: str) -> Sequence[Mapping[str, object]]:
        return await made()(collection, row_id)

    return rows


def _northbound_rows(config: Config) -> Rows:
    from neutrino.backends.ovn.lookup import NorthboundRows  # of all that is OVN's, an API asks for this alone
    from neutrino.server import ovsdb

    return NorthboundRows(lambda: ovsdb.northbound(config))


def _logical_flows(config: Config) -> Rows:
    from neutrino.backends.ovn.flows import LogicalFlows
    from neutrino.server import ovsdb

    return LogicalFlows(lambda: ovsdb.southbound(config))


def serve(config: Config, fd: int | None) -> bool:
    """Serve until a signal ends it, or one of its processes has ended; return whether it was a signal."""
    listener = _listener(config, fd)
    prepare(config.database_connection)
    database = open_database(config.database_connection, Wake(config.wake_path))
    feed = Feed(database)
    app = application(
        Service(database, config, OvnBinder(config.vhost_sock_dir)),
        _authenticator(config),
        feed,
        _rows(lambda: _northbound_rows(config)),
        _rows(lambda: _logical_flows(config)),
    )
    sharing = Sharing(config.api_workers) if config.api_workers > 1 else None
    workers = forked(config.api_workers)
    if sharing is not None:
        sharing.own = workers.place
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_keep_alive=config.client_timeout_s,
            timeout_graceful_shutdown=5,
            http=type("Protocol", (Protocol,), {"sharing": sharing}),
            ws="none",
        ),
        feed,
        workers,
        sharing,
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(server.serve(sockets=[listener]))
    finally:
        database.close()
        if sharing is not None:
            sharing.close()
    return not server.has_failed


def run(argv: Sequence[str] | None = None) -> int:
    """Run the daemon; return its exit status."""
    parser = argparse.ArgumentParser(prog="neutrino-api", description="Serve the Networking API v2.0.")
    parser.add_argument("--fd", type=int, help="serve this listening socket instead of binding one")
    own, rest = parser.parse_known_args(argv)
    try:
        config = load(rest)
    except ConfigError as error:
        print(f"neutrino-api: {error}", file=sys.stderr)  # noqa: T201 - there is no log yet
        return 2
    logs.start(debug=config.debug)
    try:
        return 0 if serve(config, own.fd) else 1
    except (OSError, ValueError, DatabaseUnavailable, ConfigError) as error:
        log.error("cannot serve: %s", error)
        return 1
