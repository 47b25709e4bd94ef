"""A Nova as far as Neutrino knows it: a real HTTP server that takes external events, and remembers them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Nova:
    """Listens on 127.0.0.1 while used as a context. *status* is what it answers; *messages* what it took."""

    def __init__(self) -> None:
        self.status = 200
        self.messages: list[list[dict[str, Any]]] = []
        self.refused = 0
        self.tokens: list[str | None] = []
        nova = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/v2.1/os-server-external-events", self.path
                answer = json.dumps({"events": [{**one, "code": 200} for one in body["events"]]}).encode()
                if nova.status == 200:
                    nova.tokens.append(self.headers.get("X-Auth-Token"))
                    nova.messages.append(body["events"])
                else:
                    nova.refused += 1
                self.send_response(nova.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v2.1"

    @property
    def events(self) -> list[tuple[str, str, str | None, str | None]]:
        """Name, server, status and port of all that it took, in order."""
        flat = [one for message in self.messages for one in message]
        return [(one["name"], one["server_uuid"], one.get("status"), one.get("tag")) for one in flat]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
