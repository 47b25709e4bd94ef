"""How long the way to the Southbound takes: of 1,000 ports made by 8 clients, and of a rule of a group that they share.

Here: a server of our own without hosts, and a watch of both databases. Not here: hosts (path_time.py).
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.alone import prepared, rule, server, values
from bench.load import Call, Connection, timed
from bench.path_time import summary
from bench.peer.rounds import State, alternated, settle
from neutrino.ovsdb import Changes, Client, Reload

PORTS, CLIENTS = 1_000, 8
RULES = 20
WITHIN_S = 120.0
POLL_S = 0.002


def measure(ports: int = PORTS) -> dict[str, Any]:
    """Return both: seconds for the ports; for a rule, CPU by process, and milliseconds to each database."""
    with server(1) as side:
        state = prepared(side)
        port = values(state)
        post: Call = lambda ask: ask("POST", "/ports", {"port": port})  # noqa: E731 - one line, used once
        answered_s, there_s = asyncio.run(_all_there(state, [post] * ports))
        settle(side)
        used = alternated((state,), lambda _state, _number: [rule(state) for _ in range(RULES)], 3)[side.name]
        to_row, to_flow = asyncio.run(_rules(state))
    cpu = {name: sorted(one["cpu_ms"][name] for one in used)[1] for name in used[0]["cpu_ms"]}
    name = f"one rule more for a group of {ports:,} ports"
    return {
        f"{ports:,} ports by {CLIENTS} clients": {"all answered s": answered_s, "all in the Southbound s": there_s},
        name: {"API CPU ms": cpu["api"], "controller CPU ms": cpu["other daemons"], "northd CPU ms": cpu["northd"]},
        f"{name}, until its Northbound row": summary(to_row),
        f"{name}, until its logical flow": summary(to_flow),
    }


async def _all_there(state: State, calls: list[Call]) -> tuple[float, float]:
    """Make *calls*; return the seconds until all are answered, and until the Southbound has so many ports."""
    side = state.side
    async with _Seen(f"unix:{side.southbound}", "OVN_Southbound", "Port_Binding", "logical_port") as seen:
        begin, before = time.monotonic(), len(seen.times)
        await timed(calls, side.port, CLIENTS, side.token)
        answered_s = time.monotonic() - begin
        await seen.until(lambda: len(seen.times) - before >= len(calls))
        return answered_s, max(seen.times.values()) - begin


async def _rules(state: State) -> tuple[list[float], list[float]]:
    """Return for each rule how long it took until its row is in the Northbound, and its flow in the Southbound."""
    side, to_row, to_flow = state.side, [], []
    async with (
        _Seen(f"unix:{side.northbound}", "OVN_Northbound", "ACL", "match") as rows,
        _Seen(f"unix:{side.southbound}", "OVN_Southbound", "Logical_Flow", "match") as flows,
        Connection(side.port, side.token) as ask,
    ):
        for _ in range(RULES):
            request = rule(state)
            wanted = f"tcp.dst == {request[2]['security_group_rule']['port_range_min']}" if request[2] else ""
            begin = time.monotonic()
            await ask.send(*request)
            for seen, took in ((rows, to_row), (flows, to_flow)):
                await seen.until(lambda seen=seen, wanted=wanted: seen.first(wanted) is not None)
                took.append((seen.first(wanted) or 0.0) - begin)
            await asyncio.sleep(0.05)
    return to_row, to_flow


class _Seen:
    """When each value of a column was seen first (CLOCK_MONOTONIC)."""

    def __init__(self, remote: str, database: str, table: str, column: str) -> None:
        self.times: dict[str, float] = {}
        self._client = Client(remote, database)
        self._table, self._column = table, column

    async def __aenter__(self) -> "_Seen":
        await self._client.__aenter__()
        await self._client.wait_connected(timeout_s=10)
        loaded = asyncio.Event()
        self._task = asyncio.create_task(self._follow(loaded), name=f"watch of {self._table}")
        await loaded.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait((self._task,))
        await self._client.__aexit__(None, None, None)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return when *holds*."""
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                await asyncio.sleep(POLL_S)

    def first(self, part: str) -> float | None:
        """Return when a value with *part* was seen first; new values come last."""
        return next((seen for value, seen in reversed(self.times.items()) if part in value), None)

    async def _follow(self, loaded: asyncio.Event) -> None:
        watch = self._client.watch({self._table: [self._column]})
        async for event in watch:
            now = time.monotonic()
            if isinstance(event, Reload):
                for row in watch.rows[self._table].values():
                    self.times.setdefault(str(row[self._column]), now)
                loaded.set()
            elif isinstance(event, Changes):
                for change in event.changes:
                    if change.new:
                        self.times.setdefault(str(change.new[self._column]), now)
