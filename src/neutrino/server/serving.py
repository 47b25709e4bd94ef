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
from neutrino.server.wake import Wake
from neutrino.store.database import open_database, prepare

log = logging.getLogger("neutrino.api")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._feed.close()  # streams of events have no end of their own
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what is there now stays: the collector would look at all of it again while requests wait
        gc.enable()
        notify.ready()
        self._heartbeat = asyncio.create_task(notify.beat(), name="heartbeat")


def _listener(config: Config, fd: int | None) -> socket.socket:
    if fd is not None:
        return socket.socket(fileno=fd)
    family = socket.AF_INET6 if ":" in config.bind_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((config.bind_host, config.bind_port))
    listener.listen(1024)
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


def serve(config: Config, fd: int | None) -> None:
    """Serve until a signal ends it."""
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
    server = _Server(
        uvicorn.Config(
            app,
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=5,
            http=Protocol,
            ws="none",
        ),
        feed,
    )
    try:
        if uvicorn_loop := server.config.get_loop_factory():
            with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
                runner.run(server.serve(sockets=[listener]))
    finally:
        database.close()


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
        serve(config, own.fd)
    except (OSError, ValueError, DatabaseUnavailable, ConfigError) as error:
        log.error("cannot serve: %s", error)
        return 1
    return 0
