"""One JSON-RPC call on a unix socket.

Every daemon of Open vSwitch and OVN answers JSON-RPC on its control socket (ovs-appctl(8)), and ovsdb-server on its
database socket (RFC 7047). Here: one question, one answer, no process started for it. Not here: a database client.
"""

import asyncio
import json
from pathlib import Path
from typing import Any


class CallFailed(Exception):
    """The daemon answered with an error, or something else than JSON-RPC."""


async def call(path: Path | str, method: str, *params: object, timeout_s: float = 5.0) -> Any:
    """Return the result of *method*; raises OSError when nobody listens, TimeoutError, CallFailed."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_unix_connection(str(path))
        try:
            writer.write(json.dumps({"id": 0, "method": method, "params": params}).encode())
            text = ""
            while chunk := await reader.read(65536):
                text += chunk.decode()
                try:
                    answer = json.loads(text)
                except ValueError:
                    continue
                if answer.get("error") is not None:
                    raise CallFailed(f"{method}: {answer['error']}")
                return answer.get("result")
            raise CallFailed(f"{method}: the connection closed before an answer")
        finally:
            writer.close()
