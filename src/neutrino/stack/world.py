"""What answers in the world outside: ``python -m neutrino.stack.world ADDRESS...``.

A resolver that knows ``outside.test`` and ``www.outside.test`` by these addresses (UDP and TCP, port 53), and a web
server (port 80) that tells each caller from which address it was reached: floating IPs and SNAT are seen by it. Here:
sockets. Not here: what a DNS answer is (dns.py), the namespace (outside.py).
"""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Sequence
from typing import cast

from neutrino.runtime import notify
from neutrino.stack import dns

DNS_PORT, WEB_PORT = 53, 80
DOMAIN = "outside.test"
WITHIN_S = 10.0


def listener(kind: socket.SocketKind, port: int) -> socket.socket:
    """Return a socket that hears IPv4 and IPv6."""
    made = socket.socket(socket.AF_INET6, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind(("::", port))
    made.setblocking(False)
    return made


class Datagrams(asyncio.DatagramProtocol):
    """DNS over UDP."""

    def __init__(self, names: dns.Names) -> None:
        self._names = names

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a query."""
        said = dns.answer(data, self._names)
        if said is not None:
            self._transport.sendto(said, addr)


class World:
    """The servers over TCP."""

    def __init__(self, names: dns.Names) -> None:
        self._names = names

    async def resolve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer queries, each with its length before it, until the client is done or silent."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            while True:
                async with asyncio.timeout(WITHIN_S):
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    said = dns.answer(await reader.readexactly(length), self._names)
                if said is None:
                    break
                writer.write(struct.pack("!H", len(said)) + said)
                await writer.drain()
        writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, whatever it asks for, with the address that it came from."""
        address = str(writer.get_extra_info("peername")[0]).removeprefix("::ffff:")
        body = f"You reach the world outside from {address}.\n"
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(WITHIN_S):
                await reader.readuntil(b"\r\n\r\n")
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n{body}".encode())
                await writer.drain()
        writer.close()


async def work(addresses: Sequence[str]) -> None:
    """Serve until a signal ends it."""
    names = dict.fromkeys((DOMAIN, f"www.{DOMAIN}"), tuple(addresses))
    world = World(names)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Datagrams(names), sock=listener(socket.SOCK_DGRAM, DNS_PORT))
    servers = [
        await asyncio.start_server(serve, sock=listener(socket.SOCK_STREAM, port))
        for serve, port in ((world.resolve, DNS_PORT), (world.serve, WEB_PORT))
    ]
    notify.ready()
    await asyncio.gather(notify.beat(), *(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1:]))
