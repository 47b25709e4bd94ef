"""What all HTTP handlers share: the request, the body within its limit, the query string. Not here: any path."""

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

import falcon.asgi

from neutrino.api.request import Request
from neutrino.api.service import Service
from neutrino.model.faults import HTTPBadRequest, RequestEntityTooLarge
from neutrino.model.kinds import shown
from neutrino.store.records import Transaction

T = TypeVar("T")
Req = falcon.asgi.Request
Resp = falcon.asgi.Response
_REVISION = re.compile(r'\s*"?revision_number=([0-9]{1,18})"?\s*')


def pairs(req: Req) -> list[tuple[str, str]]:
    """Return the query string, decoded, in order."""
    if not req.query_string:
        return []
    try:
        return parse_qsl(req.query_string, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError) as error:
        raise HTTPBadRequest(f"Malformed query string: {error}") from error


class Endpoint:
    """What the handlers share."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def request(self, req: Req) -> Request:
        """Return who asks, and on which condition."""
        return self._service.request(req.context.caller, _expected_revision(req))

    async def body(self, req: Req) -> bytes:
        """Return the body; refuse one that is too long, before reading it where its length is announced."""
        limit = self._service.config.max_request_body_bytes
        if (req.content_length or 0) > limit:
            raise RequestEntityTooLarge(limit)
        parts, size = [], 0
        async for part in req.stream:
            size += len(part)
            if size > limit:
                raise RequestEntityTooLarge(limit)
            parts.append(part)
        return b"".join(parts)

    async def look(self, work: Callable[[Transaction], T]) -> T:
        """Return what *work*, which only reads, finds."""
        return await self._service.database.read(lambda c: work(Transaction(c, now="")))

    def answer(self, resp: Resp, status: int, body: bytes) -> None:
        """Answer with *status* and *body*, which is JSON."""
        resp.status = status
        resp.data = body


def _expected_revision(req: Req) -> int | None:
    text = req.get_header("IF-MATCH")
    if not text:
        return None
    found = _REVISION.fullmatch(text)
    if found is None:
        raise HTTPBadRequest(f"If-Match: {shown(text)} is not revision_number=N")
    return int(found[1])
