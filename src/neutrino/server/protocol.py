"""HTTP at the socket: what uvicorn's parser leaves open.

Here: a bound on the request line, the headers and whatever else is no body, a time within which a request is whole,
refusals of what is no HTTP in the API's own form, and when another process may go on with a connection. Not here:
bodies (api/app.py bounds those), and clients that take no answer (the kernel leaves those, serving.py).
"""

import asyncio

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from neutrino.api.app import wire_fault
from neutrino.model.faults import Fault, HTTPBadRequest, HTTPRequestHeaderFieldsTooLarge
from neutrino.server.sharing import Sharing

MOST_HEAD_BYTES = 64 * 1024
STAYS = 8
"""Who has asked so often on one connection will ask again: it is worth handing over, which costs about a request."""


class Protocol(HttpToolsProtocol):
    """One connection.

    Where processes are *sharing* their connections, it may become another's when it has asked `STAYS` times; *given*
    is what a process had read of it that handed it over.
    """

    sharing: Sharing | None = None
    given: bytes | None = None
    _is_counted = False
    _requests = 0
    _head_bytes = 0  # and those of trailers and of what stands beside chunks: all since the last piece of a body
    _is_coming = True
    _in_time: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, or go on with what another process has read of one."""
        super().connection_made(transport)
        self._set_time()
        if self.given is not None:
            self._is_counted = True
            self.data_received(self.given)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more, and tell the other processes."""
        self._unset_time()
        if self.sharing is not None and self._is_counted:
            self.sharing.closed()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse *data*; refuse a head that is longer than any client's, and leave who does not come to an end."""
        stays = self._requests >= STAYS and not self._is_counted
        if stays and self.sharing is not None and self._is_between_requests():
            self._is_counted = self.sharing.is_ours(self.transport.get_extra_info("socket").fileno(), data)
            if not self._is_counted:
                self.transport.abort()  # our descriptor; the other process has one of its own
                return
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

    def on_headers_complete(self) -> None:
        """Begin to serve the request; refuse versions that the parser takes and nobody serves: 0.9 and 2.0."""
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            raise ValueError("not HTTP/1")  # for the parser, which makes the refusal of it
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a piece on."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next request."""
        self._is_coming, self._head_bytes = False, 0
        self._requests += 1
        if not self.cycle.response_complete:  # else nothing begins to wait for a next request
            self._unset_time()
        super().on_message_complete()

    def _is_between_requests(self) -> bool:
        is_answered = self.cycle is None or self.cycle.response_complete
        is_sent = not self.transport.get_write_buffer_size()
        return not self._is_coming and is_answered and not self.pipeline and is_sent

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
