"""Which chassis a gateway may be on, as it follows from state alone (docs/decisions/0011-gateway-scheduling.md).

Here: values, which the API asks for too. Not here: rows (gateway.py), which need OVN's tables.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent

MOST_CHASSIS = 5  # upstream, MAX_GW_CHASSIS: as many BFD sessions are enough
_ANSWERS_EXTERNAL, _CARD = "enable-chassis-as-extport-host", "card-serial-number="  # in ovn-cms-options


class AgentFacts(msgspec.Struct, frozen=True):
    """A chassis: the physical networks that it reaches, the zones that it is in, and what it is for.

    It may be a gateway, and answer external ports where some chassis are for that; *cards* are its serial numbers,
    where it is the card of a host.
    """

    chassis: str
    physical_networks: frozenset[str]
    zones: frozenset[str] = frozenset()
    agent_id: str = ""
    host: str = ""
    is_gateway: bool = True
    answers_external: bool = False
    cards: frozenset[str] = frozenset()


def physical_networks(mappings: str) -> dict[str, str]:
    """Return the bridges by physical network of *mappings*, "physnet1:br-ex,physnet2:br-2" (ovn-controller(8))."""
    pairs = (item.strip().partition(":") for item in mappings.split(","))
    return {name: bridge for name, _, bridge in pairs if name and bridge}


def facts(agent: Agent) -> AgentFacts | None:
    """Return what others see of *agent*: nothing, where it is no chassis's own."""
    if agent.agent_type not in (CONTROLLER_AGENT, GATEWAY_AGENT):
        return None
    mappings = str(agent.configurations.get("bridge-mappings", ""))
    name = str(agent.configurations.get("chassis_name", agent.host))
    zones = frozenset(zone for zone in agent.availability_zone.split(", ") if zone)
    reaches, is_gateway = frozenset(physical_networks(mappings)), agent.agent_type == GATEWAY_AGENT
    options = [one.strip() for one in str(agent.configurations.get("ovn-cms-options", "")).split(",")]
    cards = frozenset(one.removeprefix(_CARD) for one in options if one.startswith(_CARD))
    return AgentFacts(name, reaches, zones, agent.id, agent.host, is_gateway, _ANSWERS_EXTERNAL in options, cards)


def scheduled(
    router_id: str,
    agents: Iterable[AgentFacts],
    physical_network: str | None,
    zones: Iterable[str] = (),
    number: int = 0,
) -> Sequence[str]:
    """Return the chassis that a router's gateway may be on, the preferred one first; with *zones*, only theirs.

    Of several gateways, the one *number* begins so much further on, so that they are on different chassis. By
    rendezvous hashing (Thaler and Ravishankar, 1998): each router has an order of its own of all chassis, so that
    routers spread, and a chassis that comes or goes moves only the routers that prefer it.
    """
    ranked = in_order(router_id, _able(agents, physical_network, zones))
    begin = number % len(ranked) if ranked else 0
    return (ranked[begin:] + ranked[:begin])[:MOST_CHASSIS]


def in_order(owner_id: str, agents: Iterable[AgentFacts]) -> list[str]:
    """Return the chassis of *agents* in the order that the owner of a group has of its own."""
    return sorted({agent.chassis for agent in agents}, key=lambda name: (_weight(owner_id, name), name))


def priorities(
    router_id: str,
    agents: Sequence[AgentFacts],
    physical_network: str | None,
    placement: Mapping[str, int] | None,
    zones: Iterable[str] = (),
    number: int = 0,
) -> Sequence[tuple[AgentFacts, int]]:
    """Return the agents that a router's gateway may be on, with their priorities, the preferred one first.

    With a *placement*, which is the first gateway's, they are those that it names, as far as they can be; priorities do
    not depend on how many there are. *zones* and *number* are those of `scheduled`.
    """
    if placement is None or number:
        known = {agent.chassis: agent for agent in agents}
        names = scheduled(router_id, agents, physical_network, zones, number)
        return [(known[name], MOST_CHASSIS - rank) for rank, name in enumerate(names)]
    able = _able(agents, physical_network, zones)
    chosen = [(agent, placement[agent.agent_id]) for agent in able if agent.agent_id in placement]
    return sorted(chosen, key=lambda one: -one[1])


def _able(agents: Iterable[AgentFacts], physical_network: str | None, zones: Iterable[str]) -> list[AgentFacts]:
    """Return the gateways that reach the network, of these *zones* if there are any."""
    return reaching((agent for agent in agents if agent.is_gateway), physical_network, zones)


def reaching(agents: Iterable[AgentFacts], physical_network: str | None, zones: Iterable[str]) -> list[AgentFacts]:
    """Return those of *agents* that reach the network, of these *zones* if there are any."""
    wanted = frozenset(zones)
    reach = [a for a in agents if physical_network is None or physical_network in a.physical_networks]
    return [agent for agent in reach if not wanted or wanted & agent.zones]


def _weight(router_id: str, chassis: str) -> bytes:
    return hashlib.sha256(f"{router_id} {chassis}".encode()).digest()
