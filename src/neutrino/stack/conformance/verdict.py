"""What a run of the suites means, beside the same run on upstream.

Here: upstream's results as data (tests/conformance), the comparison. Not here: how it is shown (cli/conformance.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from neutrino.stack.conformance.suites import Result
from neutrino.stack.environments import ROOT

STATUSES = ("passed", "failed", "skipped")
SUITES = ("tempest.api.network", "neutron_tempest_plugin.api")
ABSENT = "absent"


def upstream() -> dict[str, str]:
    """Return what each test came to on upstream Neutron."""
    found = {}
    for status in STATUSES:
        for line in (ROOT / "tests" / "conformance" / f"upstream-{status}.txt").read_text().splitlines():
            found[line.partition(" ... ")[0].strip()] = status
    return found


class Difference(msgspec.Struct, frozen=True):
    """A test that passes on upstream and does not here."""

    test: str
    status: str
    reason: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The results of a run, counted, and compared with upstream's."""

    seconds: float
    here: dict[str, dict[str, int]]  # by suite
    upstream: dict[str, dict[str, int]]  # the same tests there
    failed: list[Result]
    regressed: list[Difference]
    gained: list[str]


def judge(results: Sequence[Result], only: str, seconds: float) -> Verdict:
    """Compare *results* of the tests that *only* selects with upstream's."""
    wanted = re.compile(only)
    there = {test: status for test, status in upstream().items() if wanted.search(test)}
    here = {one.test: one for one in results}
    regressed = []
    for test, status in sorted(there.items()):
        one = here.get(test) or Result(test, ABSENT, reason="the suites have no such test, or it did not end")
        if status == "passed" and one.status != "passed":
            regressed.append(Difference(test, one.status, last_line(one.reason)))
    return Verdict(
        seconds=round(seconds, 1),
        here=_counted((one.test, one.status) for one in here.values()),
        upstream=_counted(there.items()),
        failed=sorted((one for one in here.values() if one.status == "failed"), key=lambda one: one.test),
        regressed=regressed,
        gained=sorted(
            test for test, one in here.items() if one.status == "passed" and there.get(test, "passed") != "passed"
        ),
    )


def last_line(reason: str) -> str:
    """Return the line of a traceback or a skip's reason that says what is wrong."""
    lines = [line.strip() for line in reason.strip().splitlines() if line.strip()]
    said = [
        line
        for line in lines
        if re.match(
            r"[\w.]+(Error|Exception|Fault|Mismatch\w*|Invalid\w*|\w*Request|NotFound|Conflict|Forbidden|Unauthorized)\b.*:?|Details:",
            line,
        )
    ]
    return " ".join(said[-2:]) if said else (lines[-1] if lines else "")


def class_of(test: str) -> str:
    """Return the class of a test, by its full name."""
    return test.rpartition(".")[0]


def _counted(items: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts = {suite: Counter[str]() for suite in SUITES}
    for test, status in items:
        suite = next((one for one in SUITES if test.startswith(one) or f"({one}" in test), None)
        if suite:
            counts[suite][status] += 1
    return {suite: {status: counts[suite][status] for status in STATUSES} for suite in SUITES}
