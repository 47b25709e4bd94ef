"""A router as OVN rows: the router itself, the routes that it was given, and the SNAT of what is behind these.

Source: upstream, ovn_client.py, create_router and _update_lrouter_routes. What is behind further routers hides behind
the gateway too, as by upstream's ovn_router_indirect_snat; there by one row for everything, here by one for each prefix
that has a route inwards, so that what only passes stays as it is. Not here: its ports (router_port.py), its gateway
(gateway.py), floating IPs.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network

import msgspec

from neutrino.backends.ovn import metering, nb, qos, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.model.metering import MeteringLabel
from neutrino.model.network import Network
from neutrino.model.port import ROUTER_GATEWAY, ROUTER_INTERFACE
from neutrino.model.router import Leg, Route, Router
from neutrino.model.subnet import Subnet
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import EVERY, See

_NEIGHBOUR_AGE_S = 300  # upstream's default, [ovn_router] mac_binding_age_threshold
NEIGHBOUR_OPTIONS = {
    "always_learn_from_arp_request": "false",
    "dynamic_neigh_routers": "true",
    "mac_binding_age_threshold": str(_NEIGHBOUR_AGE_S),
}
"""How routers learn who is on their links."""


class RouterFacts(msgspec.Struct, frozen=True):
    """What a router's ports and floating IPs render of it. The first gateway comes first."""

    id: str
    gateways: tuple[Leg, ...]
    interfaces: tuple[Leg, ...]
    enable_snat: bool
    has_ecmp: bool
    has_bfd: bool
    is_distributed: bool
    has_forwardings: bool
    is_ha: bool
    has_ndp_proxies: bool
    zones: tuple[str, ...]
    placement: tuple[tuple[str, int], ...] | None = None  # of the first gateway, by agent; None: by itself

    @property
    def placement_map(self) -> Mapping[str, int] | None:
        """The priorities by agent that were chosen by hand."""
        return None if self.placement is None else dict(self.placement)

    @property
    def snat_addresses(self) -> Sequence[tuple[str, str]]:
        """The addresses behind which IPv4 subnets hide, each with the port of its gateway."""
        if not self.enable_snat:
            return ()
        return [
            (ip.ip_address, leg.port_id) for leg in self.gateways for ip in leg.fixed_ips if ":" not in ip.ip_address
        ]

    @property
    def networks(self) -> frozenset[str]:
        """The ids of all networks that the router is on."""
        return frozenset(leg.network_id for leg in (*self.gateways, *self.interfaces))


def facts(router: Router) -> RouterFacts:
    """Return what others see of *router*."""
    gateways = [leg for leg in router.legs if leg.device_owner == ROUTER_GATEWAY]
    return RouterFacts(
        id=router.id,
        gateways=tuple(sorted(gateways, key=lambda leg: leg.port_id != router.gw_port_id)),
        interfaces=tuple(leg for leg in router.legs if leg.device_owner == ROUTER_INTERFACE),
        enable_snat=router.enable_snat,
        has_ecmp=router.enable_default_route_ecmp,
        has_bfd=router.enable_default_route_bfd,
        is_distributed=router.distributed,
        has_forwardings=router.has_forwardings,
        is_ha=router.ha,
        has_ndp_proxies=router.enable_ndp_proxy,
        zones=router.availability_zone_hints,
        placement=None if router.placement is None else tuple(sorted(router.placement.items())),
    )


def is_bridged(router: RouterFacts, see: See) -> bool:
    """Return whether each host routes by itself, also to the wire: a distributed router of provider networks only.

    One that forwards ports does not: replies have to go by the gateway, which knows where they belong.
    """
    if not router.is_distributed or router.has_forwardings:
        return False
    known: list[NetworkFacts | None] = [see(Network, network_id) for network_id in sorted(router.networks)]
    return any(known) and all(network.physical_network for network in known if network is not None)


def logical_router(router: Router) -> nb.Logical_Router:
    """Return the Logical_Router of *router* (ovn-nb(5), Logical_Router)."""
    return nb.Logical_Router(
        name=uuids.router_name(router.id),
        enabled=router.admin_state_up,
        external_ids={
            "neutron:router_name": router.name,
            "neutron:availability_zone_hints": ",".join(router.availability_zone_hints),
        },
        options=dict(NEIGHBOUR_OPTIONS),
    )


def static_route(route: Route) -> nb.Logical_Router_Static_Route:
    """Return the row of *route* (ovn-nb(5), Logical_Router_Static_Route)."""
    return nb.Logical_Router_Static_Route(
        ip_prefix=route.destination, nexthop=route.nexthop, external_ids={"neutron:is_static_route": "true"}
    )


def source_nat(router_id: str, seen: RouterFacts, cidr: str, name: str, marks: Mapping[str, str]) -> dict[Key, Columns]:
    """Return the translations of an IPv4 prefix behind the router, called *name*, to the gateways' addresses."""
    rows: dict[Key, Columns] = {}
    for address, gateway_id in seen.snat_addresses:
        nat = nb.NAT(
            type="snat",
            logical_ip=cidr,
            external_ip=address,
            logical_port=None,
            # With one gateway OVN knows.
            gateway_port=uuids.router_port(gateway_id).uuid if len(seen.gateways) > 1 else None,
            external_ids={"neutron:router_name": uuids.router_name(router_id), **marks},
        )
        rows[uuids.named("NAT", f"{router_id} {name} {address}")] = columns(nat)
    return rows


def _behind(router: Router, see: See) -> list[str]:
    """Return the IPv4 prefixes that are behind further routers: those whose nexthop is on an interface's subnet."""
    inside = [leg for leg in router.legs if leg.device_owner == ROUTER_INTERFACE]
    seen: list[SubnetFacts | None] = [see(Subnet, ip.subnet_id) for leg in inside for ip in leg.fixed_ips]
    near = [ip_network(subnet.cidr) for subnet in seen if subnet is not None]
    found = {
        route.destination
        for route in router.routes
        if ":" not in route.destination and any(ip_address(route.nexthop) in network for network in near)
    }
    return sorted(found - {str(network) for network in near})


def fragment(router: Router, see: See) -> Fragment:
    """Return what *router* renders to."""
    key = uuids.router(router.id)
    rows: dict[Key, Columns] = {key: columns(logical_router(router))}
    routes = set()
    for route in router.routes:
        row = uuids.named("Logical_Router_Static_Route", f"{router.id} {route.destination} {route.nexthop}")
        rows[row] = columns(static_route(route))
        routes.add(row.uuid)
    elements: dict[Place, Elements] = {Place(*key, "static_routes"): frozenset(routes)} if routes else {}
    hidden: dict[Key, Columns] = {}
    for prefix in _behind(router, see):
        hidden |= source_nat(router.id, facts(router), prefix, prefix, {})
    if hidden:
        rows.update(hidden)
        elements[Place(*key, "nat")] = frozenset(row.uuid for row in hidden)
    gateway = router.external_gateway_info
    if gateway is not None and router.gw_port_id is not None:
        subject = qos.Subject(gateway.network_id, router.gw_port_id, ("neutron:router_id", router.id))
        limits = qos.applied(subject, qos.rules_of(see, router.gateway_qos_policy_id, gateway.network_id))
        rows.update(limits.rows)
        elements.update(limits.elements)
    gateways = (leg.port_id for leg in router.legs if leg.device_owner == ROUTER_GATEWAY)
    counted = metering.policies(router.id, router.project_id, gateways, see(MeteringLabel, EVERY))
    rows.update(counted.rows)
    elements.update(counted.elements)
    return Fragment(rows, elements)
