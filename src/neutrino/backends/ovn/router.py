"""A router as OVN rows: the router itself and the routes that it was given.

Source: upstream, ovn_client.py, create_router and _update_lrouter_routes. Not here: its ports (router_port.py), its
gateway (gateway.py), floating IPs.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from neutrino.backends.ovn import nb, qos, uuids
from neutrino.model.router import Route, Router
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

_NEIGHBOUR_AGE_S = 300  # upstream's default, [ovn_router] mac_binding_age_threshold


@dataclass(frozen=True, slots=True)
class RouterFacts:
    """What others render of a router: the addresses behind which IPv4 subnets hide, and its gateway."""

    snat_addresses: tuple[str, ...]
    gateway_port_id: str | None


def facts(router: Router) -> Hashable:
    """Return what others see of *router*."""
    gateway = router.external_gateway_info
    if gateway is None or not gateway.enable_snat:
        return RouterFacts((), router.gw_port_id)
    own = tuple(ip.ip_address for ip in gateway.external_fixed_ips if ":" not in ip.ip_address)
    return RouterFacts(own, router.gw_port_id)


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
    gateway = router.external_gateway_info
    if gateway is not None and router.gw_port_id is not None:
        subject = qos.Subject(gateway.network_id, router.gw_port_id, ("neutron:router_id", router.id))
        limits = qos.applied(subject, qos.rules_of(see, router.gateway_qos_policy_id, gateway.network_id))
        rows.update(limits.rows)
        elements.update(limits.elements)
    return Fragment(rows, elements)
