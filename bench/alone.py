"""A server of our own, alone: no hosts, one Keystone, all ports on one network and in one group, the worst case.

Here: starting it, filling it, what its parts use. Not here: what is measured on it.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Body
from bench.peer import identity, neutron
from bench.peer.daemons import Daemons
from bench.peer.ours import Neutrino
from bench.peer.rounds import Request, State, come_to_rest
from bench.peer.side import Given
from neutrino.stack import programs

BULK = 500
FIRST_PORT = 10_000
"""TCP port of the rules: all have five digits, so none is a part of another."""


@contextlib.contextmanager
def server(workers: int) -> Iterator[Neutrino]:
    """Yield a server of its own, ended and removed with all that it wrote."""
    with contextlib.ExitStack() as after:
        folder = Path(after.enter_context(tempfile.TemporaryDirectory(prefix="nbg", ignore_cleanup_errors=True)))
        daemons = Daemons(folder / "log")
        after.callback(daemons.end_all)
        (folder / "run").mkdir()
        asked = identity.start(daemons, programs.obtain(), folder / "run")
        side = Neutrino(Given(daemons, programs.obtain(), folder, workers, asked), neutron.NO_LIMIT)
        side.prepare()
        side.start_api()
        side.start_others()
        yield side


def prepared(side: Neutrino) -> State:
    """Return the state of *side*, with a network and a group for all ports."""
    state = State(side, {"ports": []})
    network = state.ask("POST", "/networks", {"network": {"name": "growth"}})["network"]["id"]
    state.ask("POST", "/subnets", {"subnet": {"network_id": network, "ip_version": 4, "cidr": "10.128.0.0/9"}})
    group = state.ask("POST", "/security-groups", {"security_group": {"name": "growth"}})["security_group"]["id"]
    state.made |= {"network": [network], "group": [group], "rules": [FIRST_PORT]}
    return state


def values(state: State) -> Body:
    """Return the values of a port: on the network and in the group of all."""
    return {"network_id": state.made["network"][0], "security_groups": state.made["group"]}


def filled(side: Neutrino, size: int) -> State:
    """Return the state of *side* with *size* ports."""
    state = prepared(side)
    fill(state, size)
    return state


def fill(state: State, size: int) -> None:
    """Make ports until there are *size*."""
    while (missing := size - len(state.made["ports"])) > 0:
        made = state.ask("POST", "/ports", {"ports": [values(state)] * min(BULK, missing)})
        state.made["ports"] += [port["id"] for port in made["ports"]]
    come_to_rest(state.side)


def rule(state: State) -> Request:
    """Return the request that adds a rule, which is like no other, to the group of all ports."""
    state.made["rules"][0] += 1
    number = state.made["rules"][0]
    rule = {"security_group_id": state.made["group"][0], "direction": "ingress", "protocol": "tcp"}
    return (
        "POST",
        "/security-group-rules",
        {"security_group_rule": rule | {"port_range_min": number, "port_range_max": number}},
    )


def cpu(samples: list[dict[str, Any]]) -> dict[str, float]:
    """Return the median CPU per item, by process."""
    names = {"api": "API CPU ms", "other daemons": "controller CPU ms"}
    return {shown: median(sample["cpu_ms"][name] for sample in samples) for name, shown in names.items()}
