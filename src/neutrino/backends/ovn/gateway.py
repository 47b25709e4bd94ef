"""A router's gateway: its side of the port, its default routes, and its group of chassis.

Here: rows. Not here: which chassis are chosen (scheduling.py).

Source: upstream, ovn_client.py, _add_router_ext_gw and _gen_router_ports_options; ovn-nb(5), HA_Chassis_Group.
"""

from collections.abc import Sequence

import msgspec

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place

ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


class Group(msgspec.Struct, frozen=True):
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


class Way(msgspec.Struct, frozen=True):
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
