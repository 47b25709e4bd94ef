"""What the host's haproxy passes on to Nova: who asks is the agent's word alone."""

import hmac
import http.client
import http.server
import resource
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

from tests.programs import program

from neutrino.agent.proxy import MOST, Files, Upstream, configuration

SECRET, WAIT_S, SOON_S = "secret", 20, 5
MORE = MOST + 50
NETWORKS, INSTANCE, PROJECT = ("n1", "n2"), "6c1f9c1e-9f5f-4d0e-a9a5-6c4c7c1f9c1e", "a" * 32
OTHER = "another"
NAMES = tuple(
    f"X-{one}" for one in ("Instance-ID", "Instance-ID-Signature", "Tenant-ID", "Forwarded-For", "Metadata-Provider")
)
FRONTEND = """\
frontend {network}
    bind 127.0.0.1:{port}
    http-request set-var(txn.network) str({network})
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


@contextmanager
def proxy(folder):
    """Run haproxy for two networks with an instance each, at 127.0.0.1; give Nova and each network's port."""
    ports = {}
    for network in NETWORKS:
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports[network] = free.getsockname()[1]
    files = Files(folder)
    files.instances.write_text("".join(f"{network}/127.0.0.1 {INSTANCE}|{PROJECT}\n" for network in NETWORKS))
    text = configuration(files, {}, Upstream(f"unix:{folder}/nova.sock", 0, "http", SECRET))
    frontends = (FRONTEND.format(network=network, port=port) for network, port in ports.items())
    files.configuration.write_text("".join((text, *frontends)))
    with Nova(f"{folder}/nova.sock", Handler) as nova:
        threading.Thread(target=nova.serve_forever, daemon=True).start()
        running = subprocess.Popen([program("haproxy"), "-db", "-f", str(files.configuration)])
        try:
            until = time.monotonic() + WAIT_S
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", ports[NETWORKS[-1]])).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield nova, ports
        finally:
            running.terminate()
            running.wait(WAIT_S)
            nova.shutdown()


def test_what_an_instance_says_of_itself_does_not_reach_nova(tmp_path):
    """Nor in the spelling with underscores, which servers of WSGI take for the same (CGI, RFC 3875, 4.1.18)."""
    with proxy(tmp_path) as (nova, ports):
        asked = http.client.HTTPConnection("127.0.0.1", ports[NETWORKS[0]], timeout=WAIT_S)
        asked.putrequest("GET", "/latest", skip_host=True, skip_accept_encoding=True)
        for name in ("Host", *NAMES, *(one.lower() for one in NAMES), *(one.replace("-", "_") for one in NAMES)):
            asked.putheader(name, OTHER)
        asked.endheaders()
        assert asked.getresponse().status == 204
        asked.close()
    signature = hmac.new(SECRET.encode(), INSTANCE.encode(), "sha256").hexdigest()
    assert sorted((name.lower(), value) for name, value in nova.told) == [
        ("host", OTHER),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-instance-id", INSTANCE),
        ("x-instance-id-signature", signature),
        ("x-tenant-id", PROJECT),
    ]


def test_the_instances_of_one_network_do_not_keep_those_of_another_waiting(tmp_path):
    few, many = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(many, 2 * MORE), many))
    try:
        with proxy(tmp_path) as (_, ports), ExitStack() as silent:
            with suppress(TimeoutError):  # no more are taken
                for _ in range(MORE):
                    one = silent.enter_context(socket.create_connection(("127.0.0.1", ports[NETWORKS[0]]), timeout=1))
                    one.sendall(b"GET / HTTP/1.1\r\n")
            time.sleep(0.5)  # until haproxy has taken them
            asked = http.client.HTTPConnection("127.0.0.1", ports[NETWORKS[1]], timeout=SOON_S)
            asked.request("GET", "/latest")
            assert asked.getresponse().status == 204
            asked.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, many))
