"""``POST /trace``: what becomes of a packet, for administrators; handed on to who follows packets, where that is.

The answer is that program's, and shown by the page as it is. Here: who may ask, from where, and for how long. Not here:
following packets: the development stack does that (neutrino.stack.questions), over a socket that the configuration
names.
"""

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp
from neutrino.api.service import Service
from neutrino.model.faults import BackendUnavailable, HTTPBadRequest
from neutrino.model.faults.access import PolicyNotAuthorized
from neutrino.model.kinds import shown

WITHIN_S = 60.0
LONGEST_ANSWER_BYTES = 16 * 1024 * 1024
_encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From the port with the id *source* to a port's id, an address or ``outside``; *packet* is ``tcp/80``."""

    source: str
    target: str
    packet: str


class Trace(Endpoint):
    """The path; *is_open* says that callers need no token."""

    def __init__(self, service: Service, *, is_open: bool) -> None:
        super().__init__(service)
        self._socket = service.config.trace_socket
        self._is_open = is_open

    async def on_post(self, req: Req, resp: Resp) -> None:
        """Hand the question on, and the answer back."""
        if not self.request(req).is_admin:
            raise PolicyNotAuthorized("context_is_admin")
        self._refuse_foreign_pages(req)
        try:
            asked = msgspec.json.decode(await self.body(req), type=Asked)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HTTPBadRequest(f"source, target and packet are expected: {error}") from None
        said = await self._said(asked)
        resp.set_header("Cache-Control", "no-store")
        if "error" in said:
            raise HTTPBadRequest(str(said["error"]))
        self.answer(resp, 200, _encode(said))

    def _refuse_foreign_pages(self, req: Req) -> None:
        """A question sends a packet. Where no token protects it, no page from elsewhere may ask it of a browser."""
        if (req.content_type or "").partition(";")[0].strip() != "application/json":
            raise HTTPBadRequest("Content-Type: application/json is expected")
        origin = req.get_header("ORIGIN")
        if origin is not None and urlsplit(origin).netloc != req.netloc:
            raise HTTPBadRequest(f"Origin: {shown(origin)} is not this service")
        if self._is_open and not _is_itself(req.host):
            raise HTTPBadRequest(f"Host: {shown(req.host)} is no address; names are believed only with log-in")

    async def _said(self, asked: Asked) -> dict[str, object]:
        try:
            async with asyncio.timeout(WITHIN_S):
                reader, writer = await asyncio.open_unix_connection(self._socket, limit=LONGEST_ANSWER_BYTES)
                try:
                    writer.write(_encode(asked) + b"\n")
                    return msgspec.json.decode(await reader.readline(), type=dict[str, object])
                finally:
                    writer.close()
        except (OSError, TimeoutError, ValueError) as error:
            raise BackendUnavailable from error


def _is_itself(host: str) -> bool:
    """Whether *host*, of a request's Host, names this machine without a resolver, which others might command."""
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return host == "localhost"
