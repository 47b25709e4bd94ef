"""What comes over the socket of the daemon, byte by byte: bodies and heads of any size, and what is no HTTP."""

import json
import socket
import sqlite3
from contextlib import closing

import pytest

from neutrino.model import faults

TEN_MB = 10 * 1024 * 1024
WAIT_S = 20
JSON = "Content-Type: application/json\r\n"


def talk(daemon, *parts):
    """Send *parts*; return (status, NeutronError type) of the first answer, or None where the server hung up."""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=WAIT_S) as one:
        got = b""
        try:
            for part in parts:
                one.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has answered and does not listen any more
        try:
            while b"\r\n\r\n" not in got and (data := one.recv(65536)):
                got += data
            head, _, body = got.partition(b"\r\n\r\n")
            length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
            while len(body) < length and (data := one.recv(65536)):
                body += data
        except ConnectionResetError:
            return None
    answer = json.loads(body)
    return int(head.split()[1]), answer["NeutronError"]["type"] if "NeutronError" in answer else ""


def rows(daemon):
    with closing(sqlite3.connect(daemon.log.parent / "db.sqlite")) as connection:
        return [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("networks", "journal")]  # noqa: S608


def head(line, *headers):
    return f"{line} HTTP/1.1\r\nHost: x\r\n{''.join(headers)}\r\n".encode()


POST = "POST /v2.0/networks"
BODY = b'{"network": {"name": "' + b"x" * TEN_MB + b'"}}'
CASES = {
    "10 MB announced": ([head(POST, JSON, f"Content-Length: {len(BODY)}\r\n"), BODY], 413, "RequestEntityTooLarge"),
    "10 MB announced, little sent": (
        [head(POST, JSON, f"Content-Length: {TEN_MB}\r\n"), b"{"],
        413,
        "RequestEntityTooLarge",
    ),
    "10 MB in chunks": (
        [
            head(POST, JSON, "Transfer-Encoding: chunked\r\n"),
            *[b"10000\r\n" + BODY[i : i + 65536].ljust(65536) + b"\r\n" for i in range(0, len(BODY), 65536)],
            b"0\r\n\r\n",
        ],
        413,
        "RequestEntityTooLarge",
    ),
    "a length that is no number": ([head(POST, "Content-Length: ten\r\n"), b"{}"], 400, "HTTPBadRequest"),
    "a negative length": ([head(POST, "Content-Length: -1\r\n"), b"{}"], 400, "HTTPBadRequest"),
    "a length beyond 64 bits": ([head(POST, f"Content-Length: {2**70}\r\n"), b"{}"], 400, "HTTPBadRequest"),
    "two lengths": ([head(POST, "Content-Length: 2\r\n", "Content-Length: 3\r\n"), b"{}"], 400, "HTTPBadRequest"),
    "no length": ([head(POST)], 400, "HTTPBadRequest"),
    "a bad chunk": ([head(POST, "Transfer-Encoding: chunked\r\n"), b"zz\r\n{}\r\n"], 400, "HTTPBadRequest"),
    "a body that is not UTF-8": (
        [head(POST, "Content-Length: 25\r\n"), b'{"network": {"name":"\xff\xfe"}}'],
        400,
        "HTTPBadRequest",
    ),
    "a query that is not UTF-8": ([head("GET /v2.0/networks?name=%ff")], 400, "HTTPBadRequest"),
    "a query of raw bytes": ([b"GET /v2.0/networks?name=\xff HTTP/1.1\r\nHost: x\r\n\r\n"], 400, "HTTPBadRequest"),
    "a path of raw bytes": ([b"GET /v2.0/\xff HTTP/1.1\r\nHost: x\r\n\r\n"], 400, "HTTPBadRequest"),
    "a path with NUL": ([head("GET /v2.0/networks/%00")], 404, "NetworkNotFound"),
    "a long header": ([head("GET /", "X: " + "x" * TEN_MB + "\r\n")], 431, "HTTPRequestHeaderFieldsTooLarge"),
    "many headers": ([head("GET /", *["X: y\r\n"] * 50_000)], 431, "HTTPRequestHeaderFieldsTooLarge"),
    "a long path": ([head("GET /" + "x" * TEN_MB)], 431, "HTTPRequestHeaderFieldsTooLarge"),
    "a header of raw bytes": ([b"GET /v2.0/networks HTTP/1.1\r\nHost: x\r\nX-Project-Id: \xff\r\n\r\n"], 200, ""),
    "a header with a control character": (
        [b"GET /v2.0/networks HTTP/1.1\r\nHost: x\r\nX-Project-Id: a\x01b\r\n\r\n"],
        400,
        "HTTPBadRequest",
    ),
    "a WebSocket": ([head("GET /", "Upgrade: websocket\r\n", "Connection: Upgrade\r\n")], 200, ""),
    "HTTP/2 in the clear": ([head("GET /", "Upgrade: h2c\r\n", "Connection: Upgrade\r\n")], 200, ""),
    "no HTTP": ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10], 400, "HTTPBadRequest"),
    "another version of HTTP": ([b"GET / HTTP/9.9\r\n\r\n"], 400, "HTTPBadRequest"),
}


FAULTS = {kind.__name__: kind for kind in faults.kinds()}


@pytest.mark.parametrize("name", CASES)
def test_each_is_refused_and_the_daemon_goes_on(daemon, name):
    parts, status, kind = CASES[name]
    before = rows(daemon)
    assert talk(daemon, *parts) == (status, kind)
    assert kind == "" or FAULTS[kind].status == status
    assert rows(daemon) == before
    assert talk(daemon, head("GET /")) == (200, "")


def test_a_connection_outlives_a_refusal(daemon):
    """A refused request that was well formed leaves its connection in step."""
    requests = [
        head(POST, "Content-Length: 2\r\n") + b"[]",
        head(POST, f"Content-Length: {len(BODY)}\r\n") + BODY,
        head("GET /v2.0/nowhere"),
        head("GET /"),
    ]
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=WAIT_S) as one, one.makefile("rb") as answers:
        statuses = []
        for request in requests:
            one.sendall(request)
            statuses.append(int(answers.readline().split()[1]))
            length = 0
            while (line := answers.readline().strip()) != b"":
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            answers.read(length)
    assert statuses == [400, 413, 404, 200]


def test_a_client_that_goes_away_leaves_nothing(daemon):
    before = rows(daemon)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=WAIT_S) as one:
            one.sendall(head(POST, "Content-Length: 50\r\n") + b'{"network": {"na')
    assert talk(daemon, head("GET /")) == (200, "")
    assert rows(daemon) == before
