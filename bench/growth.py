"""How the cost of requests grows with what exists, and what mixed load by one and by two processes gives.

Here: filling a server of its own (no hosts, no authentication: bench/peer/ours.py), the requests at each size, slopes.
Not here: how a round is taken (bench/peer/rounds.py), drawing (plot.py).
"""

import asyncio
import contextlib
import math
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Body
from bench.path_time import post_to_row
from bench.peer import neutron
from bench.peer.daemons import Daemons
from bench.peer.ours import Neutrino
from bench.peer.rounds import Request, State, alternated, settle
from neutrino.stack import programs

SIZES = (100, 1_000, 10_000)
ROUNDS = 3
BULK = 500
MIXED_PORTS, MIXED_CLIENTS, MIXED_REQUESTS, READS = 1_000, 8, 1_000, 0.7
TO_ROW = "POST port to Northbound row"


@contextlib.contextmanager
def server(workers: int) -> Iterator[Neutrino]:
    """Yield a server of its own, ended and removed with all that it wrote."""
    with contextlib.ExitStack() as after:
        folder = Path(after.enter_context(tempfile.TemporaryDirectory(prefix="nbg", ignore_cleanup_errors=True)))
        daemons = Daemons(folder / "log")
        after.callback(daemons.end_all)
        side = Neutrino(daemons, programs.obtain(), folder, workers, neutron.NO_LIMIT)
        side.prepare()
        side.start_api()
        side.start_others()
        yield side


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, dict[str, float]]:
    """Return for each row its values by number of ports, and its slope: 0 is constant, 1 is proportional."""
    rows: dict[str, dict[str, float]] = {}
    with server(1) as side:
        state = _prepared(side)
        _fill(state, MIXED_CLIENTS)
        _at_size(state)  # what is loaded or made at first use is no cost of the first size
        for size in sizes:
            _fill(state, size)
            for name, value in _at_size(state).items():
                rows.setdefault(name, {})[f"{size:,}"] = value
    return {name: values | {"slope": slope(sizes, list(values.values()))} for name, values in rows.items()}


def mixed(workers: int) -> dict[str, float]:
    """Return what *workers* API processes do under mixed load of 8 clients, 70 % of it reads."""
    with server(workers) as side:
        state = _prepared(side)
        _fill(state, MIXED_PORTS)
        chance = random.Random(1)
        requests = [_any(state, chance) for _ in range(MIXED_REQUESTS)]
        samples = alternated((state,), lambda _state, _number: requests, ROUNDS, clients=MIXED_CLIENTS)[side.name]
    took = sorted(one for sample in samples for one in sample["took_ms"])
    return _cpu(samples) | {
        "per s": median(sample["per_s"] for sample in samples),
        "p50 ms": took[len(took) // 2],
        "p99 ms": took[int(len(took) * 0.99)],
    }


def _prepared(side: Neutrino) -> State:
    state = State(side, {"ports": []})
    network = state.ask("POST", "/networks", {"network": {"name": "growth"}})["network"]["id"]
    state.ask("POST", "/subnets", {"subnet": {"network_id": network, "ip_version": 4, "cidr": "10.128.0.0/9"}})
    group = state.ask("POST", "/security-groups", {"security_group": {"name": "growth"}})["security_group"]["id"]
    state.made |= {"network": [network], "group": [group], "router": [], "rules": [0]}
    return state


def _port(state: State) -> Body:
    return {"network_id": state.made["network"][0], "security_groups": state.made["group"]}


def _fill(state: State, size: int) -> None:
    """Make ports until there are *size*, all on one network and in one group: the worst case."""
    while (missing := size - len(state.made["ports"])) > 0:
        made = state.ask("POST", "/ports", {"ports": [_port(state)] * min(BULK, missing)})
        state.made["ports"] += [port["id"] for port in made["ports"]]
    for _ in range(20):
        if settle(state.side) < 1:
            break


def _at_size(state: State) -> dict[str, float]:
    ports, new = state.made["ports"], []
    folder = state.side.folder

    def keep(_state: State, answer: Body) -> None:
        new.append(answer["port"]["id"])

    def row(count: int, request: Callable[[int], Request], keep: Any = None) -> float:
        made = alternated((state,), lambda _, n: [request(n * count + i) for i in range(count)], ROUNDS, keep=keep)
        return sum(_cpu(made[state.side.name]).values())

    port = {"port": _port(state)}
    out = {
        "GET port": row(100, lambda i: ("GET", f"/ports/{ports[i % len(ports)]}", None)),
        "GET list, limit=100": row(10, lambda _: ("GET", "/ports?limit=100", None)),
        "PUT port name": row(
            20, lambda i: ("PUT", f"/ports/{ports[i % len(ports)]}", {"port": {"name": f"{len(ports)}-{i}"}})
        ),
        "POST port": row(20, lambda _: ("POST", "/ports", port), keep),
        "DELETE port": row(20, lambda _: ("DELETE", f"/ports/{new.pop()}", None)),
        "POST rule, group with all ports": row(10, lambda _: _rule(state)),
        "router: add interface": row(5, lambda _: _interface(state)),
    }
    took = asyncio.run(post_to_row((state.side.port, ""), folder / "nb.sock", state.made["network"][0]))
    settle(state.side)
    memory = state.side.memory_mib()
    return {f"{name}, CPU ms": value for name, value in out.items()} | {
        f"{TO_ROW}, p50 ms": took["p50 ms"],
        "memory of the API, MiB": memory["api"]["rss"],
        "memory of the controller, MiB": memory["other daemons"]["rss"],
    }


def _rule(state: State) -> Request:
    state.made["rules"][0] += 1
    number = state.made["rules"][0]
    rule = {"security_group_id": state.made["group"][0], "direction": "ingress", "protocol": "tcp"}
    return (
        "POST",
        "/security-group-rules",
        {"security_group_rule": rule | {"port_range_min": number, "port_range_max": number}},
    )


def _interface(state: State) -> Request:
    """Return the request that puts a new network with a subnet on a new router."""
    network = state.ask("POST", "/networks", {"network": {}})["network"]["id"]
    subnet = {"network_id": network, "ip_version": 4, "cidr": "10.0.0.0/24"}
    subnet_id = state.ask("POST", "/subnets", {"subnet": subnet})["subnet"]["id"]
    router = state.ask("POST", "/routers", {"router": {}})["router"]["id"]
    settle(state.side)
    return "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet_id}


def _any(state: State, chance: random.Random) -> Request:
    one = chance.choice(state.made["ports"])
    if chance.random() >= READS:
        if chance.random() < 0.5:
            return "POST", "/ports", {"port": _port(state)}
        return "PUT", f"/ports/{one}", {"port": {"name": f"{chance.random()}"}}
    path = chance.choice(
        (f"/ports/{one}", f"/networks/{state.made['network'][0]}", f"/ports?id={one}", "/ports?limit=20")
    )
    return "GET", path, None


def _cpu(samples: list[dict[str, Any]]) -> dict[str, float]:
    names = {"api": "API CPU ms", "other daemons": "controller CPU ms"}
    return {shown: median(sample["cpu_ms"][name] for sample in samples) for name, shown in names.items()}


def slope(sizes: tuple[int, ...], values: list[float]) -> float:
    """Return by which power of the number of ports the value grows, from the first size to the last."""
    if len(sizes) < 2 or min(values[0], values[-1]) <= 0:
        return 0.0
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])
