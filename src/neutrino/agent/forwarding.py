"""What a network's names do not say is asked further: of the resolvers that the operator names, or the host's own.

Each query goes out by a socket and under a number of its own (RFC 5452), from the host's network namespace, and its
bytes stay as they are: EDNS, and whatever comes after it, is between the instance and who answers. Nothing is kept.
"""

import asyncio
import contextlib
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from neutrino.agent.zones import PORT

RESOLV_CONF = Path("/etc/resolv.conf")
WITHIN_S = 2.0
"""How long one resolver is waited for; then the next is asked."""
_SHORTEST = 12
_POINTER = 0xC0  # what begins so ends a name (RFC 1035, 4.1.4)


def host_resolvers(path: Path = RESOLV_CONF) -> Sequence[str]:
    """Return the resolvers of the host (resolv.conf(5))."""
    with contextlib.suppress(OSError):
        words = [line.split() for line in path.read_text(errors="replace").splitlines()]
        return [line[1] for line in words if line[:1] == ["nameserver"] and len(line) > 1]
    return []


class Forwarder:
    """Asks *resolvers*, which may change; who answered last is asked first."""

    def __init__(self, resolvers: Callable[[], Sequence[str]]) -> None:
        self._resolvers = resolvers
        self._last = ""

    async def ask(self, query: bytes, *, is_stream: bool) -> bytes | None:
        """Return what is answered to *query*, which has one question; None when nobody answers."""
        named = list(self._resolvers())
        for one in sorted(named, key=lambda one: one != self._last):
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with asyncio.timeout(WITHIN_S):
                    own = os.urandom(2) + query[2:]
                    found = await (_by_stream(own, one) if is_stream else _by_datagram(own, one))
                self._last = one
                return query[:2] + found[2:]
        return None


def _is_answer(found: bytes, query: bytes) -> bool:
    """Return whether *found* answers *query*: its number, and its question where it repeats one."""
    if len(found) < _SHORTEST or found[:2] != query[:2] or not found[2] & 0x80:
        return False
    end = _end_of_question(query)
    return found[4:6] == b"\0\0" or found[_SHORTEST:end].lower() == query[_SHORTEST:end].lower()


def _end_of_question(query: bytes) -> int:
    at = _SHORTEST
    while 0 < query[at] < _POINTER:
        at += 1 + query[at]
    return at + (6 if query[at] else 5)


class _Datagram(asyncio.DatagramProtocol):
    def __init__(self, query: bytes) -> None:
        self._query = query
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.DatagramTransport, transport).sendto(self._query)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - the socket hears the resolver only
        if _is_answer(data, self._query) and not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def _by_datagram(query: bytes, resolver: str) -> bytes:
    loop = asyncio.get_running_loop()
    transport, asking = await loop.create_datagram_endpoint(lambda: _Datagram(query), remote_addr=(resolver, PORT))
    try:
        return await asking.answer
    finally:
        transport.close()


async def _by_stream(query: bytes, resolver: str) -> bytes:
    reader, writer = await asyncio.open_connection(resolver, PORT)
    try:
        writer.write(struct.pack("!H", len(query)) + query)
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        found = await reader.readexactly(length)
        if not _is_answer(found, query):
            raise OSError(f"{resolver} answers what was not asked")
        return found
    finally:
        writer.close()
