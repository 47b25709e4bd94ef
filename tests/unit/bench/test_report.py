"""The results page: targets, tables, and what a profile says."""

import pytest
from bench import hotspots, report
from bench.report import Target


@pytest.mark.parametrize(
    ("target", "value", "says"),
    [
        (Target(8), 7.9, "at most 8: met"),
        (Target(8), 8.1, "at most 8: **not met**"),
        (Target(500, "per s", least=True), {"per s": 499.0}, "per s at least 500: **not met**"),
        (Target(0, "rows written"), {"s": 9.0, "rows written": 0}, "rows written at most 0: met"),
    ],
)
def test_a_target_is_judged_by_its_own_value(target, value, says):
    assert target.judged(value) == says


def test_the_page_shows_values_targets_growth_and_profile():
    results = {
        report.REQUESTS: {"GET list of 1,000 ports": {"api CPU ms": 16.0, "per s": 1234.5}},
        report.GROWTH: {"GET port, CPU ms": {"100": 0.1, "1,000": 0.2, "slope": 0.301}},
        report.PROFILE: {"GET port": {"module": {"falcon": 60.0, "json": 0.4}, "room": {"api": 100.0}}},
    }
    text = report.page(results, "a machine")
    for line in (
        "| GET list of 1,000 ports | api CPU ms 16.00, per s 1,234 | api CPU ms at most 15: **not met** |",
        "| what | 100 ports | 1,000 ports | slope |",
        "| GET port, CPU ms | 0.10 | 0.20 | 0.30 |",
        "| GET port | 60 falcon | 100 api |",
    ):
        assert line in text.splitlines()


def test_a_request_is_compared_with_what_it_cannot_do_without():
    limits = {"answer": {"CPU ms": 0.1}, "commit": {"CPU ms": 0.2}, "transaction": {"CPU ms": 0.2}}
    row = {"api CPU ms": 0.5, "controller CPU ms": 0.5}
    assert report.times_the_least(limits, {"GET port": row, "POST port": row, "memory": row}) == {
        "GET port: times the least": 10.0,
        "POST port: times the least": 2.0,
    }


PLACES = "/x/venv/lib/python3.11/site-packages"
RAW = f"""\
run (uvicorn/server.py:1);get (/a/src/neutrino/api/nouns/ports.py:7);dumps (/usr/lib/python3.11/json/__init__.py:2) 30
run (uvicorn/server.py:1);get (/a/src/neutrino/api/nouns/ports.py:7);rows ({PLACES}/falcon/asgi/app.py:99) 20
get (/a/src/neutrino/api/nouns/ports.py:7);execute (/a/src/neutrino/store/statements.py:5) 40
select (/usr/lib/python3.11/selectors.py:4) 6
run (/usr/lib/python3.11/asyncio/runners.py:118) 4
"""


def test_samples_are_added_up_by_module_and_by_room():
    assert hotspots.shares(RAW.splitlines()) == {
        "module": {"neutrino/store/statements.py": 40, "python: json": 30, "falcon": 20, "python: selectors": 6}
        | {hotspots.LOOP: 4},
        "room": {"api": 50, "store": 40, "the server": 10},
    }
