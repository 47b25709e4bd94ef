"""Ports beyond the worst case: on networks of 100, each with a group of its own.

OVN numbers 32,767 ports of a network at most: those beyond get no row in the Southbound.
"""

from bench.peer.rounds import State

SIZES = (100, 1_000, 10_000, 50_000)
"""Numbers of ports at which growth is measured."""
TOGETHER = 10_000
"""Up to so many ports are on one network and in one group."""
EACH = 100
"""Ports of a network when they are spread."""


def spread(state: State, count: int) -> list[str]:
    """Make *count* ports by the API, and their networks; return their ids."""
    if not count:
        return []
    # All networks first, since northd computes everything anew for one.
    named = [{"name": "spread"}] * -(-count // EACH)
    networks = [one["id"] for one in state.ask("POST", "/networks", {"networks": named})["networks"]]
    subnets = [{"network_id": one, "ip_version": 4, "cidr": "10.0.0.0/24"} for one in networks]
    state.ask("POST", "/subnets", {"subnets": subnets})
    groups = [one["id"] for one in state.ask("POST", "/security-groups", {"security_groups": named})["security_groups"]]
    made: list[str] = []
    for network, group in zip(networks, groups, strict=True):
        ports = [{"network_id": network, "security_groups": [group]}] * min(EACH, count - len(made))
        made += [one["id"] for one in state.ask("POST", "/ports", {"ports": ports})["ports"]]
    return made
