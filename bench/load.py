"""A small HTTP/1.1 client for load: one request at a time on each connection, kept alive where the server does.

Here: nothing about what is asked, or of whom. What is measured is between sending a request and having read the
whole answer; parsing it is left to the caller (calling a connection parses, ``send`` does not).
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

Body = dict[str, Any]
Call = Callable[["Connection"], Awaitable[object]]
LIMIT_BYTES = 1 << 26


class Refused(RuntimeError):
    """The server answered something else than a 2xx; the message holds what it said."""


class Connection:
    """A connection to the API at *port* of 127.0.0.1, opened again when the server closes it; *token*: Keystone's."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._own = f"X-Auth-Token: {token}\r\n" if token else ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def __call__(self, method: str, path: str, body: Body | None = None) -> Body:
        """Make one request and return the parsed answer; raise Refused unless it is a 2xx."""
        return self.parsed(await self.send(method, path, body))

    @staticmethod
    def parsed(answer: bytes) -> Body:
        """Return what *answer* says, or an empty object where it says nothing."""
        return json.loads(answer) if answer else {}

    async def send(self, method: str, path: str, body: Body | None = None) -> bytes:
        """Make one request and return the body of the answer as it came; raise Refused unless it is a 2xx."""
        if self._streams is None:
            await self._open()
        assert self._streams is not None
        reader, writer = self._streams
        data = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} /v2.0{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{self._own}Content-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        said = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        text = await reader.readexactly(int(said.get("content-length", 0)))
        if said.get("connection") == "close":
            await self._close()
        status = lines[0].split()[1]
        if status[0] != "2":
            raise Refused(f"{method} {path}: {status} {text.decode()}")
        return text

    async def _open(self) -> None:
        self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=LIMIT_BYTES)

    async def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()
            self._streams = None


async def timed(calls: Sequence[Call], port: int, clients: int, token: str = "") -> list[float]:
    """Make all *calls*, by so many *clients* at once; return how long each took, in seconds."""
    todo = list(reversed(calls))
    return await _by_clients(lambda: todo.pop() if todo else None, port, clients, token)


async def lasting(draw: Callable[[], Call], port: int, clients: int, token: str = "", *, seconds: float) -> list[float]:
    """Make the calls that *draw* gives, by so many *clients* at once, for *seconds*; return how long each took."""
    end = time.perf_counter() + seconds
    return await _by_clients(lambda: draw() if time.perf_counter() < end else None, port, clients, token)


async def _by_clients(draw: Callable[[], Call | None], port: int, clients: int, token: str) -> list[float]:
    took: list[float] = []

    async def client() -> None:
        async with Connection(port, token) as connection:
            while (call := draw()) is not None:
                begin = time.perf_counter()
                await call(connection)
                took.append(time.perf_counter() - begin)

    await asyncio.gather(*(client() for _ in range(clients)))
    return took
