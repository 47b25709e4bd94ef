"""A router's gateway: its side of the port, its default routes, and the chassis that it may be on.

Source: upstream, ovn_client.py, _add_router_ext_gw and _gen_router_ports_options; ovn-nb(5), HA_Chassis_Group. Which
chassis are chosen follows from state alone (docs/decisions/0011-gateway-scheduling.md).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place

MOST_CHASSIS = 5  # upstream, MAX_GW_CHASSIS: as many BFD sessions are enough
_ANSWERS_EXTERNAL, _CARD = "enable-chassis-as-extport-host", "card-serial-number="  # in ovn-cms-options
ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True, slots=True)
class AgentFacts:
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


@dataclass(frozen=True, slots=True)
class Group:
    """A group of chassis: a router's own, of its first gateway, or with *port_id* that of another gateway.

    With another *mark* it is that of something else, which is no router: a network's, or an external port's, with a
    *title* of its own.
    """

    owner_id: str
    port_id: str = ""
    mark: str = "neutron:router_id"
    title: str = ""

    @property
    def text(self) -> str:
        """What names the group's rows."""
        return f"{self.owner_id} {self.port_id}".rstrip()

    @property
    def key(self) -> Key:
        """The row."""
        return uuids.named("HA_Chassis_Group", self.text)

    @property
    def name(self) -> str:
        """The name: upstream's, and for further gateways, which share one there, the port's too."""
        return self.title or uuids.router_name(self.owner_id) + (f"-{self.port_id}" if self.port_id else "")


def chassis_group(group: Group, chosen: Sequence[tuple[AgentFacts, int]], zones: Sequence[str] = ()) -> Fragment:
    """Return the HA_Chassis_Group of a gateway, or of a network's external ports."""
    mark = {group.mark: group.owner_id}
    ids = mark | {"neutron:availability_zone_hints": ",".join(zones)}
    rows: dict[Key, Columns] = {group.key: columns(nb.HA_Chassis_Group(name=group.name, external_ids=ids))}
    members = set()
    for agent, priority in chosen:
        key = uuids.named("HA_Chassis", f"{group.text} {agent.chassis}")
        row = nb.HA_Chassis(chassis_name=agent.chassis, priority=priority, external_ids=mark)
        rows[key] = columns(row)
        members.add(key.uuid)
    return Fragment(rows, {Place(*group.key, "ha_chassis"): frozenset(members)})


def group_key(router_id: str) -> Key:
    """Return the row of a router's group of chassis."""
    return Group(router_id).key


@dataclass(frozen=True, slots=True)
class Way:
    """A default route: through which gateway port, its first, only or a further one, and whether BFD watches it."""

    router_id: str
    port_id: str
    is_first: bool
    is_only: bool
    has_bfd: bool


def default_routes(way: Way, subnets: Sequence[tuple[str, SubnetFacts]]) -> Fragment:
    """Return the routes to everywhere: one of each IP version, through the first subnet that has a gateway."""
    rows: dict[Key, Columns] = {}
    routes = set()
    text = f"{way.router_id} default" if way.is_first else f"{way.router_id} default {way.port_id}"
    for version, prefix in ANYWHERE.items():
        for subnet_id, seen in subnets:
            if seen.ip_version == version and seen.gateway_ip:
                session = bfd(way, seen.gateway_ip) if way.has_bfd else {}
                rows |= session
                route = nb.Logical_Router_Static_Route(
                    ip_prefix=prefix,
                    nexthop=seen.gateway_ip,
                    output_port=uuids.router_port_name(way.port_id) if way.has_bfd or not way.is_only else None,
                    bfd=next((key.uuid for key in session), None),
                    external_ids={
                        "neutron:is_ext_gw": "true",
                        "neutron:subnet_id": subnet_id,
                        "neutron:is_static_route": "true",
                    },
                )
                key = uuids.named("Logical_Router_Static_Route", f"{text} {version}")
                rows[key] = columns(route)
                routes.add(key.uuid)
                break
    elements: dict[Place, Elements] = {}
    if routes:
        elements[Place(*uuids.router(way.router_id), "static_routes")] = frozenset(routes)
    return Fragment(rows, elements)


def bfd(way: Way, nexthop: str) -> dict[Key, Columns]:
    """Return the BFD session with the nexthop of a default route (ovn-nb(5), BFD)."""
    row = nb.BFD(
        logical_port=uuids.router_port_name(way.port_id),
        dst_ip=nexthop,
        external_ids={"neutron:router_name": uuids.router_name(way.router_id)},
    )
    return {uuids.named("BFD", f"{way.port_id} {nexthop}"): columns(row)}
