"""A small HTTP/1.1 client for load: keep-alive connections, one request at a time on each."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

Body = dict[str, Any]


class Connection:
    """One keep-alive connection to the API at *port* of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 26)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._streams is not None
        self._streams[1].close()
        await self._streams[1].wait_closed()

    async def __call__(self, method: str, path: str, body: Body | None = None) -> Body:
        """Make one request and return the parsed answer; raise RuntimeError unless it is a 2xx."""
        assert self._streams is not None
        reader, writer = self._streams
        data = json.dumps(body).encode() if body is not None else b""
        head = f"{method} /v2.0{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(data)}\r\n\r\n"
        writer.write(head.encode() + data)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next((int(line[15:]) for line in answer.split("\r\n") if line.startswith("content-length:")), 0)
        text = await reader.readexactly(length)
        if answer.split()[1][0] != "2":
            raise RuntimeError(f"{method} {path}: {answer.split()[1]} {text.decode()}")
        return json.loads(text) if text else {}


async def timed(calls: Sequence[Callable[[Connection], Awaitable[object]]], port: int, clients: int) -> list[float]:
    """Make all *calls*, by so many *clients* at once; return how long each took, in seconds."""
    todo = list(reversed(calls))
    took: list[float] = []

    async def client() -> None:
        async with Connection(port) as connection:
            while todo:
                call = todo.pop()
                begin = time.perf_counter()
                await call(connection)
                took.append(time.perf_counter() - begin)

    await asyncio.gather(*(client() for _ in range(clients)))
    return took
