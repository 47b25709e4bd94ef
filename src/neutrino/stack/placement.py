"""Several instances at once, and on which hosts.

Here: choosing hosts, making instances beside each other. Not here: making one (lab.py).
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from neutrino.stack import state
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

TOGETHER = 16
"""So many are made at once: most of the time each waits for OVN and its DHCP client."""


def create(
    lab: Lab,
    names: Sequence[str],
    network: str,
    host: str = "",
    security_groups: Sequence[str] | None = None,
    image: str = state.NAMESPACE,
) -> dict[str, str]:
    """Make the instances *names* on *network* (an id), each with a port that is ACTIVE; return host by name.

    On *host*, or without one on those that have the fewest instances; who is there already stays where it is.
    """
    placed = dict.fromkeys(names, host) if host else spread(lab, names)
    desired = state.load(lab.run)
    placed |= {} if host else {name: known.host for name in names if (known := desired.instance(name))}

    def one(name: str) -> None:
        lab.instance(name, network, placed[name], security_groups, image=image)

    with ThreadPoolExecutor(max_workers=TOGETHER) as pool:
        list(pool.map(one, names))
    return placed


def refuse_others(lab: Lab, names: Sequence[str], network: str, host: str) -> None:
    """Raise StackFault where one of *names* is there already, but on another network (an id), or another host."""
    desired = state.load(lab.run)
    for name in names:
        known = desired.instance(name)
        if known is not None and (known.network_id != network or host not in ("", known.host)):
            where = "another network" if known.network_id != network else known.host
            raise StackFault(f"{name} is there already, on {where}: `./stack instance delete {name}` before another")


def spread(lab: Lab, names: Sequence[str]) -> dict[str, str]:
    """Return a host for each of *names*: always the one that has the fewest, and of those the first."""
    desired = state.load(lab.run)
    used = Counter(dict.fromkeys(desired.hosts, 0))
    used.update(one.host for one in desired.instances)
    placed = {}
    for name in names:
        placed[name] = min(desired.hosts, key=lambda one: used[one])
        used[placed[name]] += 1
    return placed
