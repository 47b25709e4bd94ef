"""HTTP at the socket: what uvicorn's parser leaves open.

Here: a bound on the request line and headers, and refusals of what is no HTTP in the API's own form. Not here: bodies
(api/app.py bounds those).
"""

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from neutrino.api.app import wire_fault
from neutrino.model.faults import Fault, HTTPBadRequest, HTTPRequestHeaderFieldsTooLarge

MOST_HEAD_BYTES = 64 * 1024


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head_bytes = 0
    _is_in_head = True

    def data_received(self, data: bytes) -> None:
        """Parse *data*; refuse a head that is longer than any client's."""
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse("Request Header Fields Too Large", HTTPRequestHeaderFieldsTooLarge(MOST_HEAD_BYTES))

    def on_headers_complete(self) -> None:
        """Begin to serve the request."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next request."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_complete()

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
