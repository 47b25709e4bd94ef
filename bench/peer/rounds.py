"""Rounds in alternation: the same requests to one server, then to the other, then again.

Here: one round on one side, and the order of rounds. Not here: which requests (work.py), what becomes of the
samples (ratios.py).
"""

import asyncio
import contextlib
import functools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.load import Body, Call, Connection, lasting, timed
from bench.peer.side import Side

SETTLED_S = 0.1
"""What goes on after answers (controller, northd, replicas) has settled when it used under 3 % of this."""
SETTLE_WITHIN_S = 20.0
"""After routers were attached northd needs 2.5 s with 10,000 ports, and longer with more."""
REST_TRIES = 30
SETTLING = ("api", "other daemons", "nb", "sb", "northd")
"""Not the database: MariaDB writes its pages for long after."""

Request = tuple[str, str, Body | None]
Story = Callable[[Connection], Awaitable[None]]
"""Several requests that follow from each other, measured as one."""


@dataclass
class State:
    """A side, and what exists there: ids and answers by name."""

    side: Side
    made: dict[str, list[Any]] = field(default_factory=dict)

    def many(self, count: int) -> int:
        """Return how many requests this side makes where *count* are asked of the slower one."""
        return count * self.side.pace

    def ask(self, method: str, path: str, body: Body | None = None) -> Body:
        """Make one request that is not measured."""

        async def once() -> Body:
            async with Connection(self.side.port, self.side.token) as connection:
                return await connection(method, path, body)

        return asyncio.run(once())


def alternated(
    states: Sequence[State],
    requests: Callable[[State, int], Sequence[Request | Story]],
    rounds: int,
    clients: int = 1,
    per: int = 1,
    keep: Callable[[State, Body], None] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Make *rounds* rounds of *requests* on each side in turn; return the samples by side.

    *per* is how many items one request makes: CPU and rates are given per item. *keep* gets every answer.
    """
    samples: dict[str, list[dict[str, Any]]] = {state.side.name: [] for state in states}
    for number in range(rounds):
        for state in states:
            answers: list[bytes] = []
            samples[state.side.name].append(_once(state.side, requests(state, number), clients, per, answers))
            if keep is not None:
                for answer in answers:
                    keep(state, Connection.parsed(answer))
    return samples


def settle(side: Side) -> float:
    """Wait until what a server does after its answers is done; return how long that took."""
    begin = time.perf_counter()
    last = _settling_s(side)
    while time.perf_counter() - begin < SETTLE_WITHIN_S:
        time.sleep(SETTLED_S)
        now = _settling_s(side)
        if now - last < 0.03 * SETTLED_S:
            break
        last = now
    return time.perf_counter() - begin


def come_to_rest(side: Side) -> None:
    """Wait until *side* does nothing more, after a great change, for ten minutes at most."""
    for _ in range(REST_TRIES):
        if settle(side) < 1:
            break


def _settling_s(side: Side) -> float:
    used = side.cpu_s()
    return sum(used.get(name, 0.0) for name in SETTLING)


def in_slices(
    states: Sequence[State], draw: Callable[[State], Call], rounds: int, clients: int, seconds: float
) -> dict[str, list[dict[str, Any]]]:
    """Make what *draw* gives for *seconds* on each side, cut into *rounds*, by turns; return the samples by side."""
    samples: dict[str, list[dict[str, Any]]] = {state.side.name: [] for state in states}
    for _ in range(rounds):
        for state in states:
            side, next_call = state.side, functools.partial(draw, state)
            with _sampled(side) as sample:
                took_s = asyncio.run(lasting(next_call, side.port, clients, side.token, seconds=seconds / rounds))
                sample.done(took_s, (), len(took_s))
            samples[side.name].append(sample.values)
    return samples


def _once(
    side: Side, requests: Sequence[Request | Story], clients: int, per: int, answers: list[bytes]
) -> dict[str, Any]:
    calls = [_kept(request, answers) if isinstance(request, tuple) else request for request in requests]
    with _sampled(side) as sample:
        sample.done(asyncio.run(timed(calls, side.port, clients, side.token)), answers, len(calls) * per)
    return sample.values


def _kept(request: Request, answers: list[bytes]) -> Call:
    async def made(connection: Connection) -> None:
        answers.append(await connection.send(*request))

    return made


class _Sample:
    """What is known of a round."""

    def __init__(self) -> None:
        self._begin, self._used_s = time.perf_counter(), time.process_time()
        self.values: dict[str, Any] = {}

    def done(self, took_s: Sequence[float], answers: Sequence[bytes], items: int) -> None:
        """Note the end of the load: each request's time, the answers, and how many items were made."""
        wall_s = time.perf_counter() - self._begin
        self.values |= {
            "requests": len(took_s),
            "items": items,
            "wall_s": wall_s,
            "per_s": items / wall_s,
            "load_ms": (time.process_time() - self._used_s) * 1000 / items,
            "took_ms": [one * 1000 for one in took_s],
            "bytes": sum(map(len, answers)) // (len(answers) or 1),
        }


@contextlib.contextmanager
def _sampled(side: Side) -> Iterator[_Sample]:
    """Yield what a round is noted in; add what *side* used, with what it did after its answers."""
    counted, used = side.counters(), side.cpu_s()
    sample = _Sample()
    yield sample
    items = sample.values["items"]
    settled_s = settle(side)
    used_after, counted_after = side.cpu_s(), side.counters()
    sample.values |= {
        "settled_s": settled_s,
        "cpu_ms": {name: (used_after[name] - used[name]) * 1000 / items for name in used},
        "counted": {name: (counted_after[name] - counted[name]) / items for name in counted},
    }
