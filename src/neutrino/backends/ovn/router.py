"""A router as OVN rows: the router itself and the routes that it was given.

Source: upstream, ovn_client.py, create_router and _update_lrouter_routes. Not here: its ports (router_port.py), its
gateway (gateway.py), floating IPs.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from neutrino.backends.ovn import nb, uuids
from neutrino.model.router import Route, Router
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

_NEIGHBOUR_AGE_S = 300  # upstream's default, [ovn_router] mac_binding_age_threshold


@dataclass(frozen=True, slots=True)
class RouterFacts:
    """What a router's interfaces render of it: the addresses behind which their IPv4 subnets hide."""

    snat_addresses: tuple[str, ...]
    placement: tuple[tuple[str, int], ...] | None = None  # of the gateway, by agent; None: by itself

    @property
    def placement_map(self) -> Mapping[str, int] | None:
        """The priorities by agent that were chosen by hand."""
        return None if self.placement is None else dict(self.placement)


def facts(router: Router) -> Hashable:
    """Return what others see of *router*."""
    gateway = router.external_gateway_info
    placement = None if router.placement is None else tuple(sorted(router.placement.items()))
    if gateway is None or not gateway.enable_snat:
        return RouterFacts((), placement)
    addresses = tuple(ip.ip_address for ip in gateway.external_fixed_ips if ":" not in ip.ip_address)
    return RouterFacts(addresses, placement)


def logical_router(router: Router) -> nb.Logical_Router:
    """Return the Logical_Router of *router* (ovn-nb(5), Logical_Router)."""
    return nb.Logical_Router(
        name=uuids.router_name(router.id),
        enabled=router.admin_state_up,
        external_ids={"neutron:router_name": router.name, "neutron:availability_zone_hints": ""},
        options={
            "always_learn_from_arp_request": "false",
            "dynamic_neigh_routers": "true",
            "mac_binding_age_threshold": str(_NEIGHBOUR_AGE_S),
        },
    )


def static_route(route: Route) -> nb.Logical_Router_Static_Route:
    """Return the row of *route* (ovn-nb(5), Logical_Router_Static_Route)."""
    return nb.Logical_Router_Static_Route(
        ip_prefix=route.destination, nexthop=route.nexthop, external_ids={"neutron:is_static_route": "true"}
    )


def fragment(router: Router, see: See) -> Fragment:  # noqa: ARG001 - a router sees nobody
    """Return what *router* renders to."""
    key = uuids.router(router.id)
    rows: dict[Key, Columns] = {key: columns(logical_router(router))}
    routes = set()
    for route in router.routes:
        row = uuids.named("Logical_Router_Static_Route", f"{router.id} {route.destination} {route.nexthop}")
        rows[row] = columns(static_route(route))
        routes.add(row.uuid)
    elements: dict[Place, Elements] = {Place(*key, "static_routes"): frozenset(routes)} if routes else {}
    return Fragment(rows, elements)
