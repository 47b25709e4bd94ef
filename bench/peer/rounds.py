"""Rounds in alternation: the same requests to one server, then to the other, then again.

Here: one round on one side, and the order of rounds. Not here: which requests (work.py), what becomes of the
samples (ratios.py).
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.load import Body, Connection, timed
from bench.peer.side import Side

SETTLED_S = 0.1
"""Asynchronous work (controller, northd) has settled when it used under 3 % of this."""
SETTLE_WITHIN_S = 6.0
ASYNCHRONOUS = ("other daemons", "nb", "sb", "northd")

Request = tuple[str, str, Body | None]


@dataclass
class State:
    """A side, and what exists there: ids and answers by name."""

    side: Side
    made: dict[str, list[Any]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Body | None = None) -> Body:
        """Make one request that is not measured."""

        async def once() -> Body:
            async with Connection(self.side.port) as connection:
                return await connection(method, path, body)

        return asyncio.run(once())


def alternated(
    states: Sequence[State],
    requests: Callable[[State, int], list[Request]],
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
    last = _asynchronous_s(side)
    while time.perf_counter() - begin < SETTLE_WITHIN_S:
        time.sleep(SETTLED_S)
        now = _asynchronous_s(side)
        if now - last < 0.03 * SETTLED_S:
            break
        last = now
    return time.perf_counter() - begin


def _asynchronous_s(side: Side) -> float:
    used = side.cpu_s()
    return sum(used.get(name, 0.0) for name in ASYNCHRONOUS)


def _once(side: Side, requests: list[Request], clients: int, per: int, answers: list[bytes]) -> dict[str, Any]:
    def call(method: str, path: str, body: Body | None) -> Callable[[Connection], Any]:
        async def made(connection: Connection) -> None:
            answers.append(await connection.send(method, path, body))

        return made

    calls = [call(*request) for request in requests]
    items = len(calls) * per
    counted, used = side.counters(), side.cpu_s()
    begin = time.perf_counter()
    took_s = asyncio.run(timed(calls, side.port, clients))
    wall_s = time.perf_counter() - begin
    settled_s = settle(side)
    used_after, counted_after = side.cpu_s(), side.counters()
    return {
        "requests": len(calls),
        "items": items,
        "wall_s": wall_s,
        "settled_s": settled_s,
        "per_s": items / wall_s,
        "took_ms": [one * 1000 for one in took_s],
        "bytes": sum(map(len, answers)) // len(calls),
        "cpu_ms": {name: (used_after[name] - used[name]) * 1000 / items for name in used},
        "counted": {name: (counted_after[name] - counted[name]) / items for name in counted},
    }
