"""The page that shows the network: its files, and the log-in that it hands on to Keystone.

Here: what a browser fetches without a token. Not here: the files (neutrino/page/), the stream (events.py).
"""

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import msgspec

import neutrino
from neutrino.api.endpoint import Req, Resp
from neutrino.model.faults import HTTPBadRequest, HTTPNotFound, RequestEntityTooLarge
from neutrino.runtime.config import Identity

_encode = msgspec.json.Encoder().encode
PREFIX = "/page/"
FILES = Path(neutrino.__file__).resolve().parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MOST_LOGIN_BYTES = 16 * 1024
THREADS = 4  # log-ins at once; more wait


class File(msgspec.Struct, frozen=True):
    """A file of the page."""

    kind: str
    content: bytes
    tag: str  # HTTP's ETag


@cache
def files() -> Mapping[str, File]:
    """Return the page's files by name. Nothing else is served, whatever is asked for."""
    out = {}
    for path in sorted(FILES.iterdir()):
        if path.suffix in KINDS:
            content = path.read_bytes()
            out[path.name] = File(KINDS[path.suffix], content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
    return out


def is_wanted(req: Req) -> bool:
    """Return whether who asks for ``/`` is a browser. Clients of the API ask for JSON, or for anything."""
    return "text/html" in (req.get_header("ACCEPT") or "")


class Files:
    """``/page/{name}``."""

    async def on_get(self, req: Req, resp: Resp, name: str = "index.html") -> None:
        """Serve a file, or say that the browser has it."""
        found = files().get(name)
        if found is None:
            raise HTTPNotFound(req.path)
        for key, value in HEADERS.items():
            resp.set_header(key, value)
        resp.set_header("Cache-Control", "no-cache")
        resp.set_header("ETag", found.tag)
        if req.get_header("IF-NONE-MATCH") == found.tag:
            resp.status = 304
            return
        resp.content_type = found.kind
        resp.data = found.content


class LogIn:
    """``/page/login``: whether a log-in is needed, and for what a person typed, Keystone's token.

    *traces* says whether there is somebody who follows packets (trace.py).
    """

    def __init__(self, identity: Identity | None, *, traces: bool) -> None:
        self._identity = identity
        self._traces = traces
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="login")

    async def on_get(self, _req: Req, resp: Resp) -> None:
        """Say who says who asks, and what there is beside the API."""
        resp.set_header("Cache-Control", "no-store")
        resp.data = _encode({"auth": "keystone" if self._identity else "noauth", "traces": self._traces})

    async def on_post(self, req: Req, resp: Resp) -> None:
        """Hand the credentials on to Keystone, and its token back."""
        if self._identity is None:
            raise HTTPNotFound(req.path)
        if (req.content_type or "").partition(";")[0].strip() != "application/json":
            raise HTTPBadRequest("Content-Type: application/json is expected")  # which no foreign page can send
        if (req.content_length or MOST_LOGIN_BYTES + 1) > MOST_LOGIN_BYTES:
            raise RequestEntityTooLarge(MOST_LOGIN_BYTES)
        from neutrino.api.page.login import Credentials, token  # slow to load

        try:
            given = msgspec.json.decode(await req.stream.read(), type=Credentials)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise HTTPBadRequest("user, password and project are expected, and user_domain, project_domain") from None
        loop = asyncio.get_running_loop()
        said = await loop.run_in_executor(self._threads, token, self._identity, given)
        resp.set_header("Cache-Control", "no-store")
        resp.data = _encode(said)
