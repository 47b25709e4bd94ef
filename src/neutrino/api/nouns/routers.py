"""Routers: what creating, changing and deleting one does, its gateway and its routes.

Here: the router and its gateway port. Not here: interfaces (router_interfaces.py).
"""

import uuid
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import flavors, ndp_proxies, networks, port_names, ports, qos
from neutrino.api.nouns.fixed_ips import allocate
from neutrino.api.request import Request
from neutrino.model.faults.router import (
    BadRequest,
    RouterExternalGatewayInUseByFloatingIp,
    RouterInUse,
    RouterNotFound,
    RoutesExhausted,
)
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import ROUTER_GATEWAY, ROUTER_INTERFACE, FixedIpRequest, Port
from neutrino.model.router import (
    AS_IT_IS,
    MOST_ROUTES,
    Gateway,
    GatewayRequest,
    Route,
    Router,
    check_overlap,
    check_routes,
)
from neutrino.model.subnet import Subnet
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_ports, _ips, _fips = TABLES[Port], CHILDREN[Port]["fixed_ips"], TABLES[FloatingIp]
_PORTS_OF = select_all(Port).where(
    _ports.c.device_id == bindparam("router_id"), _ports.c.device_owner.in_((ROUTER_INTERFACE, ROUTER_GATEWAY))
)
_SUBNETS_OF = select_all(Subnet).where(
    TABLES[Subnet].c.id.in_(select(_ips.c.subnet_id).where(_ips.c.port_id.in_(bindparam("ports", expanding=True))))
)
_FLOATING_IP_OF = (
    select(_fips.c.floating_network_id)
    .where(
        _fips.c.router_id == bindparam("router_id"),
        _fips.c.floating_network_id.not_in(bindparam("networks", expanding=True)),
    )
    .limit(1)
)


def get(tx: Transaction, router_id: str) -> Router:
    """Return the router, or refuse."""
    found = tx.get(Router, router_id)
    if found is None:
        raise RouterNotFound(router_id)
    return found


def ports_of(tx: Transaction, router_id: str) -> list[Port]:
    """Return the router's interfaces and its gateway, oldest first."""
    rows = tx.connection.execute(_PORTS_OF, {"router_id": router_id})
    return sorted((to_resource(Port, row) for row in rows), key=lambda p: (p.created_at, p.id))


def subnets_of(tx: Transaction, router_ports: Sequence[Port]) -> dict[str, Subnet]:
    """Return the subnets that *router_ports* are on."""
    if not router_ports:
        return {}
    rows = tx.connection.execute(_SUBNETS_OF, {"ports": [port.id for port in router_ports]})
    return {subnet.id: subnet for subnet in (to_resource(Subnet, row) for row in rows)}


def create(tx: Transaction, request: Request, given: Given) -> Router:
    """Create a router, with a gateway if one is asked for."""
    wanted = given.get("external_gateway_info")
    flavors.check_router_flavor(tx, request, given.get("flavor_id"))
    project_id = str(given.get("project_id") or request.project_id)
    zones = given["availability_zone_hints"]
    assert isinstance(zones, tuple)  # noqa: S101 - parsed so
    networks.check_zones(tx, zones)
    values = given | {"id": str(uuid.uuid4()), "project_id": project_id, "external_gateway_info": None}
    values |= {"availability_zones": zones, "enable_ndp_proxy": False}
    for name, usual in _usual(request).items():
        if values.get(name) is None:
            values[name] = usual
    router = Router(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(router)
    gateway = dict(_set_gateway(tx, request, router, wanted)) if isinstance(wanted, GatewayRequest) else {}
    proxies = ndp_proxies.proxies(tx, request, router, gateway, given.get("enable_ndp_proxy"))
    return tx.update(router, {**gateway, "enable_ndp_proxy": proxies}) if gateway else router


def _usual(request: Request) -> Mapping[str, bool]:
    """Return what routers are that do not say."""
    config = request.config
    return {
        "enable_default_route_ecmp": config.enable_default_route_ecmp,
        "enable_default_route_bfd": config.enable_default_route_bfd,
        "distributed": config.enable_distributed_floating_ip,
        "ha": config.l3_ha,
    }


def update(tx: Transaction, request: Request, old: Router, changes: Given) -> Router:
    """Change a router, its first gateway or its routes."""
    values = {name: value for name, value in changes.items() if value is not None or name not in _usual(request)}
    surplus = ""
    if "external_gateway_info" in changes:
        wanted = changes["external_gateway_info"]
        if isinstance(wanted, GatewayRequest):
            gateway = _set_gateway(tx, request, old, wanted)
        else:
            gateway = _clear_gateway(tx, request, old)
        values |= gateway
        if old.gw_port_id and gateway["gw_port_id"] != old.gw_port_id:
            surplus = old.gw_port_id
    values["enable_ndp_proxy"] = ndp_proxies.proxies(tx, request, old, values, changes.get("enable_ndp_proxy"))
    new = tx.update(old, values)
    if surplus and (port := tx.get(Port, surplus)) is not None:
        tx.delete(port)
    if values.keys() & {"routes", "external_gateway_info"}:
        check_nexthops(tx, new)
    return new


def delete(tx: Transaction, _request: Request, router: Router) -> None:
    """Delete a router and its gateways; refuse while it has interfaces."""
    mine = ports_of(tx, router.id)
    if any(port.device_owner == ROUTER_INTERFACE for port in mine):
        raise RouterInUse(router.id)
    if mine:
        check_needed(tx, router, [])
    tx.delete(router)
    for port in mine:
        tx.delete(port)


def add_routes(tx: Transaction, _request: Request, router: Router, routes: Sequence[Route]) -> Router:
    """Add *routes* to those that there are (extension extraroute-atomic)."""
    together = tuple(dict.fromkeys((*router.routes, *routes)))
    if len(together) > MOST_ROUTES:
        raise RoutesExhausted(MOST_ROUTES)
    new = tx.update(router, {"routes": together})
    check_nexthops(tx, new)
    return new


def remove_routes(tx: Transaction, _request: Request, router: Router, routes: Sequence[Route]) -> Router:
    """Remove *routes*; those that are not there do not matter."""
    return tx.update(router, {"routes": tuple(route for route in router.routes if route not in routes)})


def check_nexthops(tx: Transaction, router: Router) -> None:
    """Refuse where a route of the router leads nowhere."""
    if router.routes:
        mine = ports_of(tx, router.id)
        cidrs = [subnet.cidr for subnet in subnets_of(tx, mine).values()]
        check_routes(router.routes, cidrs, (ip.ip_address for port in mine for ip in port.fixed_ips))


def check_needed(tx: Transaction, router: Router, network_ids: Sequence[str]) -> None:
    """Refuse where the router, with gateways on these networks only, carries a floating IP of another one."""
    found = tx.connection.execute(_FLOATING_IP_OF, {"router_id": router.id, "networks": network_ids}).first()
    if found is not None:
        raise RouterExternalGatewayInUseByFloatingIp(router.id, found.floating_network_id)


def make_gateway(tx: Transaction, request: Request, router: Router, wanted: GatewayRequest) -> Port:
    """Make a gateway port of the router besides those that it has."""
    network = networks.seen(tx, request, wanted.network_id)
    if not network.router_external:
        raise BadRequest("router", f"Network {network.id} is not an external network")
    port = ports.make(
        tx,
        request,
        network_id=network.id,
        project_id="",
        device_id=router.id,
        device_owner=ROUTER_GATEWAY,
        fixed_ips=wanted.external_fixed_ips or None,
    )
    # Several gateways may be on the same network; all else must not overlap.
    others = [one for one in ports_of(tx, router.id) if one.network_id != network.id]
    check_overlap(subnets_of(tx, [port]).values(), subnets_of(tx, others))
    return port


def readdressed(tx: Transaction, request: Request, port: Port, wanted: Sequence[FixedIpRequest]) -> Port:
    """Give a gateway port the addresses that are *wanted*, if any are."""
    if not wanted:
        return port
    network = networks.get(tx, port.network_id)
    subnets = networks.subnets_of(tx, network.id)
    fixed_ips = allocate(tx, network, subnets, wanted, port.mac_address, port.is_trusted, port.fixed_ips)
    return port_names.readdress(tx, request, port, fixed_ips)


def _set_gateway(tx: Transaction, request: Request, router: Router, wanted: GatewayRequest) -> Mapping[str, object]:
    """Make the first gateway, or give it the addresses asked for; return the router's new values."""
    present = tx.get(Port, router.gw_port_id) if router.gw_port_id else None
    others = router.external_gateways[1:]
    if present is not None and present.network_id == wanted.network_id:
        port = readdressed(tx, request, present, wanted.external_fixed_ips)
        check_overlap(subnets_of(tx, [port]).values(), subnets_of(tx, _interfaces(tx, router)))
    else:
        if present is not None:
            check_needed(tx, router, [wanted.network_id, *(one.network_id for one in others)])
        port = make_gateway(tx, request, router, wanted)
    policy_id = gateway_policy(tx, request, router, wanted)
    gateway = Gateway(port.network_id, wanted.enable_snat, port.fixed_ips, policy_id)
    return {
        "external_gateway_info": gateway,
        "external_gateways": (gateway, *_with_snat(others, wanted.enable_snat)),
        "gw_port_id": port.id,
        "enable_snat": wanted.enable_snat,
        "gateway_qos_policy_id": policy_id,
    }


def gateway_policy(tx: Transaction, request: Request, router: Router, wanted: GatewayRequest) -> str | None:
    """Return the QoS policy of the first gateway as it is *wanted*, or refuse; the others have none of their own."""
    if wanted.qos_policy_id in (AS_IT_IS, router.gateway_qos_policy_id):
        return router.gateway_qos_policy_id
    qos.put_under(tx, request, "router", router.id, wanted.qos_policy_id, router.gateway_qos_policy_id)
    return wanted.qos_policy_id


def _clear_gateway(tx: Transaction, request: Request, router: Router) -> Mapping[str, object]:
    """Return the router's values without its first gateway: the next is the first then."""
    qos.put_under(tx, request, "router", router.id, None, router.gateway_qos_policy_id)
    others = router.external_gateways[1:]
    if router.gw_port_id:
        check_needed(tx, router, [one.network_id for one in others])
    values: dict[str, object] = {"gateway_qos_policy_id": None, "placement": None}
    if not others:
        return values | {
            "external_gateway_info": None,
            "external_gateways": (),
            "gw_port_id": None,
            "enable_snat": True,
        }
    found = [leg for leg in router.legs if leg.device_owner == ROUTER_GATEWAY and leg.port_id != router.gw_port_id]
    first = next(leg.port_id for leg in found if leg.fixed_ips == others[0].external_fixed_ips)
    return values | {"external_gateway_info": others[0], "external_gateways": others, "gw_port_id": first}


def _interfaces(tx: Transaction, router: Router) -> list[Port]:
    return [port for port in ports_of(tx, router.id) if port.device_owner == ROUTER_INTERFACE]


def _with_snat(gateways: Sequence[Gateway], enable_snat: bool) -> Sequence[Gateway]:
    return [msgspec.structs.replace(one, enable_snat=enable_snat) for one in gateways]
