"""Who may have a packet followed, and from where; following it is the stack's (tests/page, tests/unit/diagnosis)."""

import pytest
from tests.component.api.people import FORBIDDEN, Person

QUESTION = {"source": "p", "target": "10.0.0.9", "packet": "icmp"}
HERE = "http://127.0.0.1/trace"
UNHEARD = (503, "BackendUnavailable")  # it was asked, in vain
JSON = {"Content_Type": "application/json"}


@pytest.fixture
def traced(serve, tmp_path):
    """An API that is told of a socket, on which nobody listens."""
    return serve("[page]", f"trace_socket = {tmp_path}/nobody.sock")


def test_the_page_is_told_whether_packets_can_be_followed(api, traced):
    assert [one.send("GET", "/page/login").json() for one in (api, traced)] == [
        {"auth": "noauth", "traces": False},
        {"auth": "noauth", "traces": True},
    ]
    assert api.refused("POST", HERE, QUESTION)[:2] == (404, "HTTPNotFound")


def test_it_is_for_administrators(traced):
    for role in ("manager", "member", "reader", "service"):
        assert Person(traced, role, **JSON).refused("POST", HERE, QUESTION) == FORBIDDEN
    assert Person(traced, "admin", **JSON).refused("POST", HERE, QUESTION) == UNHEARD


@pytest.mark.parametrize(
    ("url", "headers", "body", "said"),
    [
        (HERE, {"Content-Type": "text/plain"}, QUESTION, "Content-Type: application/json is expected"),
        (HERE, {"Origin": "http://elsewhere"}, QUESTION, "Origin: 'http://elsewhere' is not this service"),
        (HERE, {"Origin": "null"}, QUESTION, "Origin: 'null' is not this service"),
        (
            "http://elsewhere/trace",
            {"Origin": "http://elsewhere"},
            QUESTION,
            "Host: 'elsewhere' is no address; names are believed only with log-in",
        ),
        (HERE, {}, {"source": "p"}, "source, target and packet are expected: Object missing required field `target`"),
        (HERE, {}, QUESTION | {"x": 1}, "source, target and packet are expected: Object contains unknown field `x`"),
        (HERE, {}, b"{", "source, target and packet are expected: Input data was truncated"),
        (HERE, {}, b"\xff", "source, target and packet are expected: JSON is malformed: invalid character (byte 0)"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anybody_is_asked(traced, url, headers, body, said):
    headers = {"Content-Type": "application/json"} | headers
    assert traced.refused("POST", url, body, headers=headers) == (400, "HTTPBadRequest", said)


@pytest.mark.parametrize("url", [HERE, "http://localhost/trace", "http://[::1]:9696/trace"])
def test_the_page_itself_may_ask(traced, url):
    origin = url.removesuffix("/trace")
    headers = {"Content-Type": "application/json; charset=utf-8", "Origin": origin}
    assert traced.refused("POST", url, QUESTION, headers=headers)[:2] == UNHEARD
