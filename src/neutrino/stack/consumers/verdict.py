"""What a run of a consumer's checks means.

Here: results, counted. Not here: how it is shown (cli/consumers.py).
"""

from collections.abc import Mapping, Sequence

import msgspec

PASSED, FAILED, ABSENT = "passed", "failed", "absent"


class Result(msgspec.Struct, frozen=True):
    """What one check came to, and why."""

    check: str
    status: str
    seconds: float = 0.0
    reason: str = ""


class Failure(msgspec.Struct, frozen=True):
    """A check that did not pass: what the consumer needs, and what came instead."""

    check: str
    need: str
    reason: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one consumer."""

    consumer: str
    versions: dict[str, str]
    passed: int
    failures: list[Failure]
    seconds: float


def judge(
    consumer: str, versions: Mapping[str, str], needs: Mapping[str, str], results: Sequence[Result], seconds: float
) -> Verdict:
    """Count the *results* of *consumer*; *needs* has the sentence of each check. One without a result has failed."""
    here = {one.check: one for one in results}
    found = [here.get(name) or Result(name, ABSENT, reason="it did not end: see the log") for name in needs]
    return Verdict(
        consumer=consumer,
        versions=dict(versions),
        passed=sum(one.status == PASSED for one in found),
        failures=[Failure(one.check, needs[one.check], one.reason) for one in found if one.status != PASSED],
        seconds=round(seconds, 1),
    )
