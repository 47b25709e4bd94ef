"""What the host's haproxy passes on to Nova: who asks is the agent's word alone."""

import hmac
import http.client
import http.server
import socket
import socketserver
import subprocess
import threading
import time

from tests.programs import program

from neutrino.agent.proxy import Files, Upstream, configuration

SECRET, WAIT_S = "secret", 20
NETWORK, INSTANCE, PROJECT = "n1", "6c1f9c1e-9f5f-4d0e-a9a5-6c4c7c1f9c1e", "a" * 32
OTHER = "another"
NAMES = tuple(
    f"X-{one}" for one in ("Instance-ID", "Instance-ID-Signature", "Tenant-ID", "Forwarded-For", "Metadata-Provider")
)
FRONTEND = f"""\
frontend {NETWORK}
    bind 127.0.0.1:{{port}}
    http-request set-var(txn.network) str({NETWORK})
    http-request set-var(txn.source) src
    default_backend metadata
"""


class Nova(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """In the place of Nova's metadata service; notes what it is told."""

    daemon_threads = True
    told: list[tuple[str, str]]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.told = self.headers.items()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_what_an_instance_says_of_itself_does_not_reach_nova(tmp_path):
    """Nor in the spelling with underscores, which servers of WSGI take for the same (CGI, RFC 3875, 4.1.18)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    files = Files(tmp_path)
    upstream = Upstream(f"unix:{tmp_path}/nova.sock", 0, "http", SECRET)
    files.instances.write_text(f"{NETWORK}/127.0.0.1 {INSTANCE}|{PROJECT}\n")
    files.configuration.write_text(configuration(files, {}, upstream) + FRONTEND.format(port=port))
    with Nova(f"{tmp_path}/nova.sock", Handler) as nova:
        threading.Thread(target=nova.serve_forever, daemon=True).start()
        proxy = subprocess.Popen([program("haproxy"), "-db", "-f", str(files.configuration)])
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
            until = time.monotonic() + WAIT_S
            while asked.sock is None and time.monotonic() < until:
                try:
                    asked.connect()
                except ConnectionRefusedError:
                    time.sleep(0.05)
            asked.putrequest("GET", "/latest", skip_host=True, skip_accept_encoding=True)
            for name in ("Host", *NAMES, *(one.lower() for one in NAMES), *(one.replace("-", "_") for one in NAMES)):
                asked.putheader(name, OTHER)
            asked.endheaders()
            assert asked.getresponse().status == 204
            asked.close()
        finally:
            proxy.terminate()
            proxy.wait(WAIT_S)
            nova.shutdown()
    signature = hmac.new(SECRET.encode(), INSTANCE.encode(), "sha256").hexdigest()
    assert sorted((name.lower(), value) for name, value in nova.told) == [
        ("host", OTHER),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-instance-id", INSTANCE),
        ("x-instance-id-signature", signature),
        ("x-tenant-id", PROJECT),
    ]
