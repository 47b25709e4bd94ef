"""What one API process and two give: when all read, when all write, and mixed.

Here: three loads of 8 clients on a server of its own (alone.py). Not here: how requests are drawn (peer/requests.py).
"""

import itertools
import random
from statistics import median
from typing import Any

from bench.alone import cpu, filled, server, values
from bench.load import Call
from bench.peer.requests import mixed
from bench.peer.rounds import State, in_slices

WORKERS = (1, 2)
PORTS = 1_000
CLIENTS = 8
ROUNDS = 3
SECONDS = 9.0
"""Of each load, in all rounds together."""


def measure(seconds: float = SECONDS) -> dict[str, Any]:
    """Return for each load and number of processes: requests a second, CPU by process, times; and what the load used.

    The program that makes the load runs on the same cores, so its own CPU says how much of them was left.
    """
    rows: dict[str, Any] = {}
    for workers in WORKERS:
        with server(workers) as side:
            state = filled(side, PORTS)
            state.made |= {"port": state.made["ports"], "home": state.made["network"], "spare": []}
            for name, draw in _loads(state).items():
                samples = in_slices((state,), lambda _state, draw=draw: draw(), ROUNDS, CLIENTS, seconds)[side.name]
                took = sorted(one for sample in samples for one in sample["took_ms"])
                rows[f"{name}, {workers} API process{'es' * (workers > 1)}"] = {
                    "per s": median(one["per_s"] for one in samples),
                    **cpu(samples),
                    "load CPU ms": median(one["load_ms"] for one in samples),
                    "p50 ms": took[len(took) // 2],
                    "p99 ms": took[int(len(took) * 0.99)],
                }
    return rows


def _loads(state: State) -> dict[str, Any]:
    chance, numbers = random.Random(1), itertools.count()
    ports, port = state.made["port"], values(state)

    def get() -> Call:
        path = f"/ports/{ports[next(numbers) % len(ports)]}"
        return lambda ask: ask.send("GET", path)

    return {
        "GET port": get,
        "POST port": lambda: lambda ask: ask.send("POST", "/ports", {"port": port}),
        "mixed, 70 % read": lambda: mixed(state, chance),
    }
