"""The resolver of a host: ``python -m neutrino.server.dns FOLDER``; the folder is the agent's ``state_path``.

One process for all networks of the host. It reads what the agent has written, and depends on nothing else: no database,
no connection. Here: wiring, signals, readiness. Not here: what any part does (`neutrino.agent`).
"""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from neutrino.agent import zones
from neutrino.agent.forwarding import Forwarder, host_resolvers
from neutrino.agent.listeners import Listener
from neutrino.agent.zones import Zones
from neutrino.runtime import logs, notify

_log = logging.getLogger("neutrino.dns")
LOOK_S = 1.0
"""How often is looked whether the file or a namespace is another one, though nobody said so."""


class Resolver:
    """Keeps a listener for each network that the file in *folder* tells of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = Zones()
        self._stamp: tuple[int, int] | None = None
        self._forwarder = Forwarder(lambda: self._told.further or host_resolvers())
        self._listeners: dict[str, Listener] = {}
        self._failed: dict[str, str] = {}

    async def look(self) -> None:
        """Make the listeners as the file says. What cannot be read, or heard on, stays as it is until the next look."""
        try:
            status = zones.file_of(self._folder).stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._told, self._stamp = zones.read(self._folder), stamp
        except (OSError, msgspec.MsgspecError) as error:
            self._note("", f"{zones.file_of(self._folder)}: {error}")
        for network_id in self._listeners.keys() - self._told.networks.keys():
            self._listeners.pop(network_id).close()
        self._failed = {one: said for one, said in self._failed.items() if one in self._told.networks}
        for network_id in self._told.networks:
            try:
                await self._keep(network_id)
                self._failed.pop(network_id, None)
            except OSError as error:
                self._note(network_id, f"network {network_id} is not answered: {error}")

    async def _keep(self, network_id: str) -> None:
        zone = self._told.networks[network_id]
        listener = self._listeners.get(network_id)
        if listener is not None and not listener.is_of(zone):
            del self._listeners[network_id]
            listener.close()
            listener = None
        if listener is None:
            listener = Listener(zone, self._forwarder)
            await listener.start()
            self._listeners[network_id] = listener
            _log.info("network %s is answered", network_id)
        elif listener.zone != zone:
            listener.learn(zone)

    def _note(self, network_id: str, said: str) -> None:
        if self._failed.get(network_id) != said:
            self._failed[network_id] = said
            _log.warning("%s", said)

    def close(self) -> None:
        """Hear nobody any more."""
        for listener in self._listeners.values():
            listener.close()


async def serve(folder: Path) -> None:
    """Answer until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped, news = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    resolver = Resolver(folder)
    bell = zones.bell_of(folder)
    bell.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
        channel.bind(str(bell))
        bell.chmod(0o600)

        def heard() -> None:
            with contextlib.suppress(OSError):
                channel.recv(1)
            news.set()

        loop.add_reader(channel, heard)
        beating = asyncio.create_task(notify.beat(), name="heartbeat")
        ending = asyncio.create_task(stopped.wait(), name="end")
        ending.add_done_callback(lambda _: news.set())
        is_ready = False
        while not stopped.is_set():
            await resolver.look()
            if not is_ready:
                notify.ready()
                is_ready = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await news.wait()
            news.clear()
        beating.cancel()
        resolver.close()
        loop.remove_reader(channel)
    _log.info("stopped")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon; return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    if len(words) != 1:
        sys.stderr.write("usage: neutrino-dns FOLDER, the state_path of the host's neutrino-agent\n")
        return 2
    logs.start()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # two sockets a network, and one a question that waits
    try:
        asyncio.run(serve(Path(words[0])))
    except OSError as error:
        _log.error("cannot serve: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
