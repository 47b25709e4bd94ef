"""Where instances ask for names: two sockets in the namespace of each network, for UDP and TCP, IPv4 and IPv6.

They hear on every address that the namespace has: the metadata port's, 169.254.169.254, and on the link. Who asks has
to be on the network; others are not answered, nor is anybody asked for them.
"""

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_interface

from neutrino.agent import answers
from neutrino.agent.forwarding import Forwarder
from neutrino.agent.zones import PORT, Zone
from neutrino.linux import namespace

_log = logging.getLogger("neutrino.dns")
MOST_WAITING = 100
"""Of one network's questions how many wait for others' answers; further ones go unheard, as on a link that is full."""
MOST_STREAMS = 50
SILENT_S = 10.0
"""How long a client may keep a stream and say nothing (RFC 7766)."""
_LONGEST = 4096
_PACKET_INFO = socket.CMSG_SPACE(20)


class Listener:
    """Answers the instances of one network; what it knows is its *zone*, which may be replaced."""

    def __init__(self, zone: Zone, forwarder: Forwarder) -> None:
        self.zone = zone
        self._prefixes = _prefixes(zone.prefixes)
        self._forwarder = forwarder
        self._inode = _inode(zone.namespace)
        self._waiting: set[asyncio.Task[None]] = set()
        self._streams: set[asyncio.Task[None]] = set()
        kinds = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
        self._datagrams, self._stream = namespace.in_network(zone.namespace, lambda: [_bound(kind) for kind in kinds])
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to answer."""
        asyncio.get_running_loop().add_reader(self._datagrams, self._hear)
        self._server = await asyncio.start_server(self._accept, sock=self._stream)

    def is_of(self, zone: Zone) -> bool:
        """Return whether the sockets are in the namespace of *zone*, and not in one of that name that is gone."""
        return (self.zone.namespace, self._inode) == (zone.namespace, _inode(zone.namespace))

    def learn(self, zone: Zone) -> None:
        """Know *zone* from now on."""
        self.zone, self._prefixes = zone, _prefixes(zone.prefixes)

    def close(self) -> None:
        """Hear nobody any more; the namespace is free to go."""
        asyncio.get_running_loop().remove_reader(self._datagrams)
        self._datagrams.close()
        if self._server is not None:
            self._server.close()
        for task in (*self._waiting, *self._streams):
            task.cancel()

    def _is_near(self, address: str) -> bool:
        found = ip_address(address.partition("%")[0])
        plain = found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
        return plain.is_link_local or any(plain in prefix for prefix in self._prefixes)

    def _hear(self) -> None:
        try:
            query, beside, _, peer = self._datagrams.recvmsg(_LONGEST, _PACKET_INFO)
        except OSError:
            return
        if not self._is_near(peer[0]):
            return
        # The answer comes from the address that was asked.
        back = [one for one in beside if one[:2] == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO)]
        found = answers.answer(query, self.zone.names, is_stream=False)
        if found is not None:
            self._send(found, back, peer)
        elif len(self._waiting) < MOST_WAITING:
            task = asyncio.create_task(self._relay(query, back, peer), name="a question")
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _relay(self, query: bytes, back: list[tuple[int, int, bytes]], peer: tuple[str, int]) -> None:
        found = await self._forwarder.ask(query, is_stream=False)
        self._send(answers.failure(query) if found is None else found, back, peer)

    def _send(self, data: bytes, back: list[tuple[int, int, bytes]], peer: tuple[str, int]) -> None:
        if data:
            with contextlib.suppress(OSError):  # who asked is gone, or the queue is full: it asks again
                self._datagrams.sendmsg([data], back, 0, peer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        if len(self._streams) < MOST_STREAMS and self._is_near(writer.get_extra_info("peername")[0]):
            self._streams.add(task)
            task.add_done_callback(self._streams.discard)
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                while True:
                    await self._answer_next(reader, writer)
        writer.close()

    async def _answer_next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(SILENT_S):
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            query = await reader.readexactly(length)
        found = answers.answer(query, self.zone.names, is_stream=True)
        if found is None:
            found = await self._forwarder.ask(query, is_stream=True)
        if found is None:
            found = answers.failure(query)
        if not found:
            raise OSError("no query")
        async with asyncio.timeout(SILENT_S):
            writer.write(struct.pack("!H", len(found)) + found)
            await writer.drain()


def _prefixes(cidrs: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_interface(cidr).network for cidr in cidrs)


def _inode(name: str) -> int:
    """Return which namespace has the *name* now: 0 for none."""
    with contextlib.suppress(OSError):
        return (namespace.NETWORK_FOLDER / name).stat().st_ino
    return 0


def _bound(kind: socket.SocketKind) -> socket.socket:
    made = socket.socket(socket.AF_INET6, kind | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if kind is socket.SOCK_STREAM:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # after one before us
    else:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    made.bind(("::", PORT))
    return made
