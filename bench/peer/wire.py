"""From the API to the wire, on both sides: POST port to its Northbound row, plugging a port to ACTIVE.

Here: a host for each side, of one lab: the same programs, told of another Southbound. Not here: how one port is timed
(path_time.py).
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.path_time import Plug, plug_to_active, plugger, post_to_row
from bench.peer.rounds import State, settle
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

TO_ACTIVE = "plug to ACTIVE"
ROUNDS = 3
SAMPLES = 10
POLL_S = 0.02
"""How often ACTIVE is asked for: one such question keeps an API worker of upstream busy for about as long."""
AGENT_WITHIN_S = 60.0


def to_row(states: Sequence[State], samples: int = SAMPLES) -> dict[str, list[list[float]]]:
    """Return by side, for each round, how long each row took."""
    took: dict[str, list[list[float]]] = {state.side.name: [] for state in states}
    for _ in range(ROUNDS):
        for state in states:
            side = state.side
            found = asyncio.run(post_to_row((side.port, side.token), side.northbound, state.made["home"][0], samples))
            took[side.name].append([one * 1000 for one in found])
            settle(side)
    return took


def to_active(states: Sequence[State], folder: Path) -> dict[str, list[list[float]]]:
    """Return by side, for each round, how long each port took; hosts are there only meanwhile."""
    took: dict[str, list[list[float]]] = {state.side.name: [] for state in states}
    with _hosts(states, folder) as plugs:
        for _ in range(ROUNDS):
            for state, (host, plug) in zip(states, plugs, strict=True):
                side, network = state.side, state.made["home"][0]
                where = (side.port, side.token)
                found = asyncio.run(plug_to_active(plug, host, where, network, SAMPLES, POLL_S))
                took[side.name].append([one * 1000 for one in found])
    for state in states:
        settle(state.side)
    return took


@contextlib.contextmanager
def _hosts(states: Sequence[State], folder: Path) -> Iterator[list[tuple[str, Plug]]]:
    """Yield a host for each side, and what plugs ports there, when each API says that its host is alive."""
    with contextlib.ExitStack() as after:
        lab = after.enter_context(Lab(folder, hosts=len(states)))
        found = []
        for number, state in enumerate(states, 1):
            host = f"h{number}"
            remote = f"external_ids:ovn-remote=unix:{state.side.southbound}"
            lab.exec(host, "ovs-vsctl", "--no-wait", "set", "Open_vSwitch", ".", remote)
            _await_agent(state, host)
            found.append((host, after.enter_context(plugger(lab, host))))
        yield found


def _await_agent(state: State, host: str) -> None:
    deadline = time.monotonic() + AGENT_WITHIN_S
    while not any(one["alive"] for one in state.ask("GET", f"/agents?host={host}")["agents"]):
        if time.monotonic() > deadline:
            raise StackFault(f"{state.side.name} does not see the host {host} within {AGENT_WITHIN_S:.0f} s")
        time.sleep(0.1)
