"""How the cost of requests grows with what exists.

Here: the requests at each size, on a server of its own (alone.py), and slopes. Not here: drawing (plot.py).

Up to 10,000 ports are on one network and in one group, the worst case; those beyond are spread (spread.py).
"""

import asyncio
from collections.abc import Callable
from typing import Any

from bench.alone import cpu, fill, prepared, rule, server, values
from bench.load import Body
from bench.path_time import post_to_row, summary
from bench.peer.ratios import slope
from bench.peer.rounds import Request, State, alternated, come_to_rest, settle
from bench.spread import SIZES, TOGETHER, spread

CHANGES = 60
INTERFACES = 15
"""How many are added in a round. With 10,000 ports northd needs seconds for them, and what API and controller do at
rest meanwhile, 2 ms of CPU a second, is in the figures: with fewer in a round it would be most of them."""
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
            _fill(state, size)
            for name, value in _at_size(state).items():
                rows.setdefault(name, {})[f"{size:,}"] = value
    return {name: values | {"slope": slope(sizes, list(values.values()))} for name, values in rows.items()}


def _fill(state: State, size: int) -> None:
    """Make ports until there are *size*: together up to TOGETHER, the others spread."""
    if len(state.made["ports"]) < TOGETHER:
        fill(state, min(size, TOGETHER))
    state.made["ports"] += spread(state, size - len(state.made["ports"]))
    come_to_rest(state.side)


def _at_size(state: State) -> dict[str, float]:
    ports, new = state.made["ports"], []

    def keep(_state: State, answer: Body) -> None:
        new.append(answer["port"]["id"])

    def row(count: int, request: Callable[[int], Request], keep: Any = None) -> float:
        made = alternated((state,), lambda _, n: [request(n * count + i) for i in range(count)], ROUNDS, keep=keep)
        return sum(cpu(made[state.side.name]).values())

    port = {"port": values(state)}
    interfaces = _interfaces(state, INTERFACES * ROUNDS)
    out = {
        "GET port": row(100, lambda i: ("GET", f"/ports/{ports[i % len(ports)]}", None)),
        "GET list, limit=100": row(10, lambda _: ("GET", "/ports?limit=100", None)),
        "PUT port name": row(
            CHANGES, lambda i: ("PUT", f"/ports/{ports[i % len(ports)]}", {"port": {"name": f"{len(ports)}-{i}"}})
        ),
        "POST port": row(CHANGES, lambda _: ("POST", "/ports", port), keep),
        "DELETE port": row(CHANGES, lambda _: ("DELETE", f"/ports/{new.pop()}", None)),
        f"POST rule, group with all ports, {TOGETHER:,} at most": row(CHANGES, lambda _: rule(state)),
        "router: add interface": row(INTERFACES, lambda i: interfaces[i]),
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


def _interfaces(state: State, count: int) -> list[Request]:
    """Return the requests that put a new network with a subnet on a new router; there is rest before the first."""
    named = [{"name": "routed"}] * count
    networks = state.ask("POST", "/networks", {"networks": named})["networks"]
    subnets = [{"network_id": one["id"], "ip_version": 4, "cidr": "10.0.0.0/24"} for one in networks]
    made = state.ask("POST", "/subnets", {"subnets": subnets})["subnets"]
    routers = [state.ask("POST", "/routers", {"router": {}})["router"]["id"] for _ in range(count)]
    come_to_rest(state.side)
    pairs = zip(routers, made, strict=True)
    return [("PUT", f"/routers/{router}/add_router_interface", {"subnet_id": one["id"]}) for router, one in pairs]
