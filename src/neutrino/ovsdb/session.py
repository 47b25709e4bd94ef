"""One connection: JSON-RPC 1.0 requests, answers and notifications (RFC 7047, section 4).

Here: message framing, matching answers to requests, echo in both directions, flow control. Not here: what the requests
mean, and what follows when the connection goes; a session is never opened again.
"""

import asyncio
import gc
import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import msgspec

from neutrino.ovsdb.column import Json
from neutrino.ovsdb.errors import BadValue, OvsdbError, ProtocolError, RequestRefused
from neutrino.ovsdb.framing import Framer

_log = logging.getLogger("neutrino.ovsdb")

_LARGE_BYTES = 1 << 20


class Disconnected(OvsdbError):
    """The connection went, with the reason as text."""


class Reply(msgspec.Struct, frozen=True):
    """The answer to a request: *result*, or an *error* of the server, or *gone* where the connection went first."""

    result: Json = None
    error: Json = None
    gone: str = ""


_paused = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector off; of many new objects it makes 3 to 5 times the work (measured)."""
    global _paused
    if not _paused and not gc.isenabled():
        yield
        return
    gc.disable()
    _paused += 1
    try:
        yield
    finally:
        _paused -= 1
        if not _paused:
            gc.enable()


class Session(asyncio.Protocol):
    """A connection from its opening to its end.

    *on_notification* gets the method and params of each notification, *on_closed* the session when it can no longer be
    used, before any who wait for an answer are told. Handlers of answers and notifications are called
    in the order in which the server sent them.
    """

    def __init__(self, on_notification: Callable[[str, Json], None], on_closed: Callable[["Session"], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_notification = on_notification
        self._on_closed = on_closed
        self._transport: asyncio.Transport | None = None
        self._framer = Framer()
        self._ids = itertools.count(1)
        self._pending: dict[int, Callable[[Reply], None]] = {}
        self._writable = asyncio.Event()
        self._writable.set()
        self._reason = ""
        self._gone = asyncio.Event()
        self.received_at_s = self._loop.time()

    @property
    def is_open(self) -> bool:
        """Whether requests can be sent."""
        return self._transport is not None and not self._reason

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (called by asyncio)."""
        self._transport = cast(asyncio.Transport, transport)
        self.received_at_s = self._loop.time()

    def pause_writing(self) -> None:
        """Note that the server reads slower than we write (called by asyncio)."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Note that the server caught up (called by asyncio)."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait for an answer (called by asyncio)."""
        self._close(str(exc) if exc else "the server closed the connection")
        self._gone.set()
        self._writable.set()
        pending, self._pending = self._pending, {}
        gone = Reply(gone=self._reason)
        for on_reply in pending.values():
            on_reply(gone)

    def data_received(self, data: bytes) -> None:
        """Handle the messages that *data* completes (called by asyncio)."""
        self.received_at_s = self._loop.time()
        try:
            for frame in self._framer.feed(data):
                if not self.is_open:
                    return
                if len(frame) < _LARGE_BYTES:
                    self._handle(msgspec.json.decode(frame))
                else:
                    with collector_paused():
                        self._handle(msgspec.json.decode(frame))
        except msgspec.DecodeError as error:
            self.abort(f"the server sent malformed JSON: {error}")
        except OvsdbError as error:
            self.abort(f"the server sent what cannot be understood: {error}")

    def abort(self, reason: str) -> None:
        """Drop the connection at once; *reason* is what the log and those who wait are told."""
        self._close(reason)
        if self._transport is not None:
            self._transport.abort()

    async def closed(self) -> str:
        """Wait for the end of the connection and return its reason."""
        await self._gone.wait()
        return self._reason

    async def writable(self) -> None:
        """Wait until the server reads what was sent; raises `Disconnected`."""
        await self._writable.wait()
        if not self.is_open:
            raise Disconnected(self._reason)

    def send(self, method: str, params: Json, on_reply: Callable[[Reply], None]) -> int:
        """Send a request and return its id; *on_reply* is called once, with the answer or the end of the connection.

        Raises `Disconnected` and `BadValue`: then nothing was sent.
        """
        if not self.is_open or self._transport is None:
            raise Disconnected(self._reason or "not open")
        ident = next(self._ids)
        try:
            message = msgspec.json.encode({"id": ident, "method": method, "params": params})
        except (UnicodeEncodeError, TypeError, OverflowError) as error:
            raise BadValue(f"not to be written as JSON: {error}") from error
        self._pending[ident] = on_reply
        self._transport.write(message)
        return ident

    async def request(self, method: str, params: Json, timeout_s: float) -> Json:
        """Send a request and return its result; raises `Disconnected`, `TimeoutError`, `RequestRefused`."""
        answer: asyncio.Future[Reply] = self._loop.create_future()

        def on_reply(reply: Reply) -> None:
            if not answer.done():
                answer.set_result(reply)

        ident = self.send(method, params, on_reply)
        try:
            async with asyncio.timeout(timeout_s):
                reply = await answer
        finally:
            self._forget(ident)
        if reply.gone:
            raise Disconnected(reply.gone)
        if reply.error is not None:
            raise refusal(method, reply.error)
        return reply.result

    async def watch_idle(self, probe_s: float) -> None:
        """Send an echo when nothing came for *probe_s*, and drop the connection when as long again nothing comes."""
        while True:
            idle_s = self._loop.time() - self.received_at_s
            if idle_s < probe_s:
                await asyncio.sleep(probe_s - idle_s)
                continue
            heard_s = self.received_at_s
            self.send("echo", [], lambda _: None)
            await asyncio.sleep(probe_s)
            if self.received_at_s == heard_s:
                self.abort(f"no answer to a probe within {probe_s:g} s")
                return

    def _close(self, reason: str) -> None:
        if not self._reason:
            self._reason = reason
            self._on_closed(self)

    def _forget(self, ident: int) -> None:
        if ident in self._pending:
            self._pending[ident] = lambda _: None

    def _handle(self, message: Json) -> None:
        if not isinstance(message, dict):
            raise ProtocolError(f"expected a JSON object, got {str(message)[:80]}")
        method, ident = message.get("method"), message.get("id")
        if isinstance(method, str):
            if ident is None:
                self._on_notification(method, message.get("params"))
            else:
                self._answer(method, ident, message.get("params"))
            return
        on_reply = self._pending.pop(ident, None) if isinstance(ident, int) else None
        if on_reply is None:
            raise ProtocolError(
                f"an answer to a request that was not made: id {ident!r}, error {message.get('error')!r}"
            )
        on_reply(Reply(message.get("result"), message.get("error")))

    def _answer(self, method: str, ident: Json, params: Json) -> None:
        known = method == "echo"
        answer = {"id": ident, "result": params if known else None, "error": None if known else "unknown method"}
        if self._transport is not None:
            self._transport.write(msgspec.json.encode(answer))


def refusal(method: str, error: Json) -> RequestRefused:
    """Return the exception for the *error* member of an answer: an <error> (RFC 7047, section 3.1) or a string."""
    if isinstance(error, dict):
        return RequestRefused(method, str(error.get("error", "error")), str(error.get("details", "")))
    return RequestRefused(method, str(error))
