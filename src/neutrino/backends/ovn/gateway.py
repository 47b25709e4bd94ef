"""A router's gateway: its side of the port, its default routes, and the chassis that it may be on.

Source: upstream, ovn_client.py, _add_router_ext_gw and _gen_router_ports_options; ovn-nb(5), HA_Chassis_Group. Which
chassis are chosen follows from state alone (docs/decisions/0011-gateway-scheduling.md).
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.model.agent import GATEWAY_AGENT, Agent
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

MOST_CHASSIS = 5  # upstream, MAX_GW_CHASSIS: as many BFD sessions are enough
ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """A chassis that may be a gateway, and the physical networks that it reaches."""

    chassis: str
    physical_networks: frozenset[str]
    agent_id: str = ""


def physical_networks(mappings: str) -> dict[str, str]:
    """Return the bridges by physical network of *mappings*, "physnet1:br-ex,physnet2:br-2" (ovn-controller(8))."""
    pairs = (item.strip().partition(":") for item in mappings.split(","))
    return {name: bridge for name, _, bridge in pairs if name and bridge}


def facts(agent: Agent) -> Hashable:
    """Return what gateways see of *agent*: nothing, where it is no gateway."""
    if agent.agent_type != GATEWAY_AGENT:
        return None
    mappings = str(agent.configurations.get("bridge-mappings", ""))
    name = str(agent.configurations.get("chassis_name", agent.host))
    return AgentFacts(name, frozenset(physical_networks(mappings)), agent.id)


def agent_fragment(agent: Agent, see: See) -> None:
    """Return what *agent* renders to: nothing."""


def scheduled(router_id: str, agents: Iterable[AgentFacts], physical_network: str | None) -> Sequence[str]:
    """Return the chassis that a router's gateway may be on, the preferred one first.

    By rendezvous hashing (Thaler and Ravishankar, 1998): each router has an order of its own of all chassis, so that
    routers spread, and a chassis that comes or goes moves only the routers that prefer it.
    """
    able = {a.chassis for a in agents if physical_network is None or physical_network in a.physical_networks}
    return sorted(able, key=lambda name: (_weight(router_id, name), name))[:MOST_CHASSIS]


def priorities(
    router_id: str, agents: Sequence[AgentFacts], physical_network: str | None, placement: Mapping[str, int] | None
) -> Sequence[tuple[AgentFacts, int]]:
    """Return the agents that a router's gateway may be on, with their priorities, the preferred one first.

    With a *placement*, they are those that it names, as far as they can be; priorities do not depend on how many there
    are.
    """
    if placement is None:
        known = {agent.chassis: agent for agent in agents}
        names = scheduled(router_id, agents, physical_network)
        return [(known[name], MOST_CHASSIS - rank) for rank, name in enumerate(names)]
    able = [a for a in agents if physical_network is None or physical_network in a.physical_networks]
    chosen = [(agent, placement[agent.agent_id]) for agent in able if agent.agent_id in placement]
    return sorted(chosen, key=lambda one: -one[1])


def _weight(router_id: str, chassis: str) -> bytes:
    return hashlib.sha256(f"{router_id} {chassis}".encode()).digest()


def chassis_group(router_id: str, chosen: Sequence[tuple[AgentFacts, int]]) -> Fragment:
    """Return the HA_Chassis_Group of a router's gateway."""
    group = group_key(router_id)
    mark = {"neutron:router_id": router_id}
    rows: dict[Key, Columns] = {
        group: columns(
            nb.HA_Chassis_Group(
                name=uuids.router_name(router_id), external_ids=mark | {"neutron:availability_zone_hints": ""}
            )
        )
    }
    members = set()
    for agent, priority in chosen:
        key = uuids.named("HA_Chassis", f"{router_id} {agent.chassis}")
        row = nb.HA_Chassis(chassis_name=agent.chassis, priority=priority, external_ids=mark)
        rows[key] = columns(row)
        members.add(key.uuid)
    return Fragment(rows, {Place(*group, "ha_chassis"): frozenset(members)})


def group_key(router_id: str) -> Key:
    """Return the row of a router's group of chassis."""
    return uuids.named("HA_Chassis_Group", router_id)


def default_routes(router_id: str, subnets: Sequence[tuple[str, SubnetFacts]]) -> Fragment:
    """Return the routes to everywhere: one of each IP version, through the first subnet that has a gateway."""
    rows: dict[Key, Columns] = {}
    for version, prefix in ANYWHERE.items():
        for subnet_id, seen in subnets:
            if seen.ip_version == version and seen.gateway_ip:
                route = nb.Logical_Router_Static_Route(
                    ip_prefix=prefix,
                    nexthop=seen.gateway_ip,
                    external_ids={
                        "neutron:is_ext_gw": "true",
                        "neutron:subnet_id": subnet_id,
                        "neutron:is_static_route": "true",
                    },
                )
                rows[uuids.named("Logical_Router_Static_Route", f"{router_id} default {version}")] = columns(route)
                break
    elements: dict[Place, Elements] = {}
    if rows:
        elements[Place(*uuids.router(router_id), "static_routes")] = frozenset(key.uuid for key in rows)
    return Fragment(rows, elements)
