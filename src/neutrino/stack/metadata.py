"""The lab's metadata service, in the place of Nova's: ``python -m neutrino.stack.metadata RUN SOCKET``.

An instance gets what the lab knows of it: its id, name, port and address, in the two forms that cloud-init reads
(Nova's user guide, "Metadata"). Who asks is told by headers that the host's agent signs; the secret is in the run
folder. Here: answering. Not here: how requests get here (neutrino.agent).
"""

import asyncio
import hmac
import http.server
import json
import socketserver
import sys
import threading
from pathlib import Path
from typing import Any

from neutrino.runtime import notify
from neutrino.stack import state
from neutrino.stack.state import Instance

SECRET = "metadata.secret"  # noqa: S105 - a file's name


def tree(instance: Instance, port: str) -> dict[str, Any]:
    """Return what *instance* may read: nested dicts are folders, as EC2's and OpenStack's metadata have them."""
    openstack = {
        "uuid": instance.device_id,
        "name": instance.name,
        "hostname": instance.name,
        "availability_zone": "nova",
        "devices": [{"type": "nic", "mac": instance.mac, "port": port}],
        "meta": {"host": instance.host},
    }
    address = next((one.partition("/")[0] for one in instance.addresses), "")
    return {
        "latest": {
            "meta-data": {
                "instance-id": instance.device_id,
                "hostname": instance.name,
                "local-hostname": instance.name,
                "local-ipv4": address,
                "mac": instance.mac,
                "placement": {"availability-zone": "nova"},
            },
        },
        "openstack": {"latest": {"meta_data.json": json.dumps(openstack, indent=1), "network_data.json": "{}"}},
    }


def look_up(found: Any, path: str) -> str | None:
    """Return the text at *path*, of a folder its names one a line; None where there is nothing."""
    for part in path.strip("/").split("/"):
        if part:
            if not isinstance(found, dict) or part not in found:
                return None
            found = found[part]
    if isinstance(found, dict):
        return "\n".join(f"{name}/" if isinstance(value, dict) else name for name, value in found.items())
    return str(found)


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    run = Path()
    secret = b""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer 200, 403 for a wrong signature, 404 for what is not there."""
        device_id = self.headers.get("X-Instance-ID", "")
        signature = self.headers.get("X-Instance-ID-Signature", "")
        wanted = hmac.new(self.secret, device_id.encode(), "sha256").hexdigest()
        if not hmac.compare_digest(signature.encode(), wanted.encode()):
            self._answer(403, "The signature is not right.\n")
            return
        known = next((one for one in state.load(self.run).instances if one.device_id == device_id), None)
        text = None if known is None else look_up(tree(known, known.port_id), self.path.partition("?")[0])
        if text is None:
            self._answer(404, "There is nothing here.\n")
        else:
            self._answer(200, text)

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """Return who asks, for the log: on a unix socket, nobody knows."""
        return self.headers.get("X-Forwarded-For", "-")


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main() -> None:
    """Serve until a signal ends it."""
    run, path = Path(sys.argv[1]), Path(sys.argv[2])
    Handler.run, Handler.secret = run, (run / SECRET).read_text().strip().encode()
    path.unlink(missing_ok=True)
    server = _Server(str(path), Handler)
    notify.ready()
    threading.Thread(target=lambda: asyncio.run(notify.beat()), name="heartbeat", daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
