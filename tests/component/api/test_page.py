"""What a browser fetches without a token, and that clients of the API see nothing of it."""

import re

import pytest

from neutrino.api.page.files import FILES, HEADERS

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def page(api):
    return lambda path, **headers: api.send(
        "GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/xml"])
def test_clients_are_told_the_versions_as_before(page, accept):
    answer = page("/", **({"Accept": accept} if accept else {}))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert [version["id"] for version in answer.json()["versions"]] == ["v2.0"]
    assert answer.headers["Vary"] == "Accept"


def test_a_browser_gets_the_page_with_a_strict_policy(page):
    answer = page("/", Accept=BROWSER)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    for inline in ("<style", " style=", " onclick", "javascript:", "http://", "https://"):
        assert inline not in answer.text
    assert re.findall(r"<script[^>]*>(.*?)</script>", answer.text) == [""]


def test_every_file_that_the_page_names_is_served_and_is_fetched_once(page):
    named, todo = set(), ["/"]
    while todo:
        answer = page(todo.pop(), Accept=BROWSER)
        assert answer.status_code == 200
        found = {f"/page/{name}" for name in re.findall(r'"(?:\./|/page/)([\w.-]+\.(?:js|css|svg))"', answer.text)}
        todo += found - named
        named |= found
    assert named == {f"/page/{path.name}" for path in FILES.iterdir()} - {"/page/index.html"}
    for path in sorted(named):
        first = page(path)
        again = page(path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


@pytest.mark.parametrize("name", ["none.js", "..%2Fapi%2Fpage.py", "%2e%2e/api/page/files.py", "index.html.py"])
def test_no_other_file_is_served(page, name):
    assert page(f"/page/{name}").status_code == 404


def test_without_keystone_nobody_logs_in(api, page):
    assert page("/page/login").json() == {"auth": "noauth", "traces": False}
    assert api.send("POST", "/page/login", json={}).status_code == 404
