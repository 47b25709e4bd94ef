"""HTTP at the socket: what uvicorn's parser leaves open.

Here: a bound on the request line, the headers and whatever else is no body, a time within which a request is whole, and
refusals of what is no HTTP in the API's own form. Not here: bodies (api/app.py bounds those), and clients that take no
answer (the kernel leaves those, serving.py).
"""

import asyncio

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from neutrino.api.app import wire_fault
from neutrino.model.faults import Fault, HTTPBadRequest, HTTPRequestHeaderFieldsTooLarge

MOST_HEAD_BYTES = 64 * 1024


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head_bytes = 0  # and those of trailers and of what stands beside chunks: all since the last piece of a body
    _is_coming = True
    _in_time: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._set_time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._unset_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse *data*; refuse a head that is longer than any client's, and leave who does not come to an end."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._head_bytes > MOST_HEAD_BYTES:
            self._refuse("Request Header Fields Too Large", HTTPRequestHeaderFieldsTooLarge(MOST_HEAD_BYTES))
        elif self._is_coming and self._in_time is None:
            self._set_time()

    def on_message_begin(self) -> None:
        """Expect the rest of the request."""
        self._is_coming = True
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """Hand a piece on."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next request."""
        self._is_coming, self._head_bytes = False, 0
        if not self.cycle.response_complete:  # else nothing begins to wait for a next request
            self._unset_time()
        super().on_message_complete()

    def _set_time(self) -> None:
        self._in_time = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _unset_time(self) -> None:
        if self._in_time is not None:
            self._in_time.cancel()
            self._in_time = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse("Bad Request", HTTPBadRequest(msg))

    def _refuse(self, phrase: str, fault: Fault) -> None:
        body = msgspec.json.encode(wire_fault(fault))
        head = [
            f"HTTP/1.1 {fault.status} {phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        self.transport.write("".join(f"{line}\r\n" for line in [*head, ""]).encode() + body)
        self.transport.close()
