"""What comes over the socket of the daemon, byte by byte: bodies and heads of any size, and what is no HTTP."""

import json
import re
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.conftest import Daemon

from neutrino.model import faults

TEN_MB = 10 * 1024 * 1024
WAIT_S = 20
SILENT_S = 1
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
    "long trailers": (
        [head(POST, JSON, "Transfer-Encoding: chunked\r\n"), b"2\r\n{}\r\n0\r\nX: ", b"x" * TEN_MB],
        431,
        "HTTPRequestHeaderFieldsTooLarge",
    ),
    "many trailers": (
        [head(POST, JSON, "Transfer-Encoding: chunked\r\n"), b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 50_000],
        431,
        "HTTPRequestHeaderFieldsTooLarge",
    ),
    "a chunk with a long extension": (
        [head(POST, JSON, "Transfer-Encoding: chunked\r\n"), b"2;", b"x" * TEN_MB],
        431,
        "HTTPRequestHeaderFieldsTooLarge",
    ),
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
    "HTTP/0.9": ([b"GET /\r\n\r\n"], 400, "HTTPBadRequest"),
    "HTTP/2 without its preface": ([b"GET / HTTP/2.0\r\nHost: x\r\n\r\n"], 400, "HTTPBadRequest"),
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


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    """A daemon that waits for its clients for a second only."""
    one = Daemon(tmp_path_factory.mktemp("hurried"), f"client_socket_timeout = {SILENT_S}")
    yield one
    one.stop()
    assert "Traceback" not in one.log.read_text()


TOO_SLOW = {
    "nothing": [],
    "half a head": [b"GET / HTTP/1.1\r\nHost:"],
    "a head, byte by byte": [b"GET / HTTP/1.1\r\nX: ", *[b"x"] * 50],
    "half a body": [head(POST, "Content-Length: 50\r\n") + b'{"network": {"na'],
    "a body, byte by byte": [head(POST, "Content-Length: 1000\r\n"), *[b" "] * 50],
    "chunks without an end": [head(POST, "Transfer-Encoding: chunked\r\n"), *[b"1\r\n \r\n"] * 50],
    "a second request without an end": [head("GET /"), b"GET / HTTP/1.1\r\n", *[b"x"] * 50],
    "a body that comes after its refusal": [head("POST /v2.0/nowhere", "Content-Length: 4\r\n"), b"ab", b"cd"],
}


@pytest.mark.parametrize("parts", TOO_SLOW.values(), ids=TOO_SLOW)
def test_who_sends_no_whole_request_in_time_is_left(hurried, parts):
    before, begun = rows(hurried), time.monotonic()
    with socket.create_connection(("127.0.0.1", hurried.port), timeout=WAIT_S) as one:
        try:
            for part in parts:
                one.sendall(part)
                time.sleep(0.1)
            while one.recv(65536):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert time.monotonic() - begun < 5 * SILENT_S
    assert rows(hurried) == before


def test_who_takes_no_answer_is_left_and_who_takes_it_slowly_is_not(hurried):
    def asked():
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # the kernel takes no more for them
        one.settimeout(WAIT_S)
        one.connect(("127.0.0.1", hurried.port))
        one.sendall(head("GET /openapi.json"))
        return one

    def connections():
        lines = Path("/proc/net/tcp").read_text().splitlines()
        mine = re.compile(rf" 0100007F:{hurried.port:04X} [0-9A-F:]+ (01|04|05|08) ")
        return sum(mine.search(line) is not None for line in lines)

    with asked(), asked() as slow:
        until = time.monotonic() + WAIT_S
        while connections() > 1 and time.monotonic() < until:
            assert slow.recv(4096)
            time.sleep(0.1)
        assert connections() == 1
        assert slow.recv(4096)


def test_a_stream_of_events_may_be_silent(hurried):
    with socket.create_connection(("127.0.0.1", hurried.port), timeout=WAIT_S) as one:
        one.sendall(head("GET /events"))
        while b"event: all" not in one.recv(65536):
            pass
        one.settimeout(3 * SILENT_S)
        with pytest.raises(TimeoutError):
            assert one.recv(65536) != b""
