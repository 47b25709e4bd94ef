"""How the cost of requests grows with what exists.

Here: the requests at each size, on a server of its own (alone.py), and slopes. Not here: drawing (plot.py).
"""

import asyncio
from collections.abc import Callable
from typing import Any

from bench.alone import cpu, fill, prepared, rule, server, values
from bench.load import Body
from bench.path_time import post_to_row, summary
from bench.peer.ratios import slope
from bench.peer.rounds import Request, State, alternated, settle

SIZES = (100, 1_000, 10_000, 50_000)
ROUNDS = 3
FIRST = 8
TO_ROW = "POST port to Northbound row"


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, dict[str, float]]:
    """Return for each row its values by number of ports, and its slope: 0 is constant, 1 is proportional."""
    rows: dict[str, dict[str, float]] = {}
    with server(1) as side:
        state = prepared(side)
        fill(state, FIRST)
        _at_size(state)  # what is loaded or made at first use is no cost of the first size
        for size in sizes:
            fill(state, size)
            for name, value in _at_size(state).items():
                rows.setdefault(name, {})[f"{size:,}"] = value
    return {name: values | {"slope": slope(sizes, list(values.values()))} for name, values in rows.items()}


def _at_size(state: State) -> dict[str, float]:
    ports, new = state.made["ports"], []

    def keep(_state: State, answer: Body) -> None:
        new.append(answer["port"]["id"])

    def row(count: int, request: Callable[[int], Request], keep: Any = None) -> float:
        made = alternated((state,), lambda _, n: [request(n * count + i) for i in range(count)], ROUNDS, keep=keep)
        return sum(cpu(made[state.side.name]).values())

    port = {"port": values(state)}
    out = {
        "GET port": row(100, lambda i: ("GET", f"/ports/{ports[i % len(ports)]}", None)),
        "GET list, limit=100": row(10, lambda _: ("GET", "/ports?limit=100", None)),
        "PUT port name": row(
            20, lambda i: ("PUT", f"/ports/{ports[i % len(ports)]}", {"port": {"name": f"{len(ports)}-{i}"}})
        ),
        "POST port": row(20, lambda _: ("POST", "/ports", port), keep),
        "DELETE port": row(20, lambda _: ("DELETE", f"/ports/{new.pop()}", None)),
        "POST rule, group with all ports": row(10, lambda _: rule(state)),
        "router: add interface": row(5, lambda _: _interface(state)),
    }
    took = asyncio.run(
        post_to_row((state.side.port, state.side.token), state.side.northbound, state.made["network"][0])
    )
    settle(state.side)
    memory = state.side.memory_mib()
    return {f"{name}, CPU ms": value for name, value in out.items()} | {
        f"{TO_ROW}, p50 ms": summary(took)["p50 ms"],
        "memory of the API, MiB": memory["api"]["rss"],
        "memory of the controller, MiB": memory["other daemons"]["rss"],
    }


def _interface(state: State) -> Request:
    """Return the request that puts a new network with a subnet on a new router."""
    network = state.ask("POST", "/networks", {"network": {}})["network"]["id"]
    subnet = {"network_id": network, "ip_version": 4, "cidr": "10.0.0.0/24"}
    subnet_id = state.ask("POST", "/subnets", {"subnet": subnet})["subnet"]["id"]
    router = state.ask("POST", "/routers", {"router": {}})["router"]["id"]
    settle(state.side)
    return "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet_id}
