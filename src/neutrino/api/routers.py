"""Routers: what creating, changing and deleting one does, its gateway and its routes.

Here: the router and its gateway port. Not here: interfaces (router_interfaces.py).
"""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from neutrino.api import flavors, networks, ports
from neutrino.api.bodies import Given
from neutrino.api.fixed_ips import allocate
from neutrino.api.request import Request
from neutrino.model.faults_l3 import (
    BadRequest,
    RouterExternalGatewayInUseByFloatingIp,
    RouterInUse,
    RouterNotFound,
    RoutesExhausted,
)
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import ROUTER_GATEWAY, ROUTER_INTERFACE, FixedIpRequest, Port
from neutrino.model.router import MOST_ROUTES, Gateway, GatewayRequest, Route, Router, check_overlap, check_routes
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
_FLOATING_IP_OF = select(_fips.c.id).where(_fips.c.router_id == bindparam("router_id")).limit(1)


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
    values = given | {"id": str(uuid.uuid4()), "project_id": project_id, "external_gateway_info": None}
    router = Router(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(router)
    if isinstance(wanted, GatewayRequest):
        router = tx.update(router, _set_gateway(tx, request, router, wanted))
    return router


def update(tx: Transaction, request: Request, old: Router, changes: Given) -> Router:
    """Change a router, its gateway or its routes."""
    values = dict(changes)
    surplus = ""
    if "external_gateway_info" in changes:
        wanted = changes["external_gateway_info"]
        if isinstance(wanted, GatewayRequest):
            gateway = _set_gateway(tx, request, old, wanted)
        else:
            gateway = _clear_gateway(tx, old)
        values |= gateway
        if old.gw_port_id and gateway["gw_port_id"] != old.gw_port_id:
            surplus = old.gw_port_id
    new = tx.update(old, values)
    if surplus and (port := tx.get(Port, surplus)) is not None:
        tx.delete(port)
    if values.keys() & {"routes", "external_gateway_info"}:
        _check_routes(tx, new)
    return new


def delete(tx: Transaction, _request: Request, router: Router) -> None:
    """Delete a router and its gateway; refuse while it has interfaces."""
    if any(port.device_owner == ROUTER_INTERFACE for port in ports_of(tx, router.id)):
        raise RouterInUse(router.id)
    gateway = _clear_gateway(tx, router)
    tx.delete(router)
    if gateway and router.gw_port_id and (port := tx.get(Port, router.gw_port_id)) is not None:
        tx.delete(port)


def add_routes(tx: Transaction, _request: Request, router: Router, routes: Sequence[Route]) -> Router:
    """Add *routes* to those that there are (extension extraroute-atomic)."""
    together = tuple(dict.fromkeys((*router.routes, *routes)))
    if len(together) > MOST_ROUTES:
        raise RoutesExhausted(MOST_ROUTES)
    new = tx.update(router, {"routes": together})
    _check_routes(tx, new)
    return new


def remove_routes(tx: Transaction, _request: Request, router: Router, routes: Sequence[Route]) -> Router:
    """Remove *routes*; those that are not there do not matter."""
    return tx.update(router, {"routes": tuple(route for route in router.routes if route not in routes)})


def _check_routes(tx: Transaction, router: Router) -> None:
    if router.routes:
        mine = ports_of(tx, router.id)
        cidrs = [subnet.cidr for subnet in subnets_of(tx, mine).values()]
        check_routes(router.routes, cidrs, (ip.ip_address for port in mine for ip in port.fixed_ips))


def _set_gateway(tx: Transaction, request: Request, router: Router, wanted: GatewayRequest) -> Mapping[str, object]:
    """Make the gateway port, or give the present one the addresses asked for; return the router's new values."""
    network = networks.get(tx, wanted.network_id)
    if not network.router_external:
        raise BadRequest("router", f"Network {network.id} is not an external network")
    present = tx.get(Port, router.gw_port_id) if router.gw_port_id else None
    if present is not None and present.network_id == network.id:
        port = _readdressed(tx, present, wanted.external_fixed_ips)
    else:
        _check_floating_ips(tx, router)
        subnets = networks.subnets_of(tx, network.id)
        if not subnets:
            raise BadRequest("router", f"Network {network.id} has no subnet that a gateway could have an address of")
        port = ports.make(
            tx,
            request,
            network_id=network.id,
            project_id="",
            device_id=router.id,
            device_owner=ROUTER_GATEWAY,
            fixed_ips=wanted.external_fixed_ips or None,
        )
    others = [one for one in ports_of(tx, router.id) if one.device_owner == ROUTER_INTERFACE]
    taken = subnets_of(tx, others)
    check_overlap(subnets_of(tx, [port]).values(), taken)
    gateway = Gateway(network_id=network.id, enable_snat=wanted.enable_snat, external_fixed_ips=port.fixed_ips)
    return {"external_gateway_info": gateway, "gw_port_id": port.id, "enable_snat": wanted.enable_snat}


def _readdressed(tx: Transaction, port: Port, wanted: Sequence[FixedIpRequest]) -> Port:
    if not wanted:
        return port
    network = networks.get(tx, port.network_id)
    subnets = networks.subnets_of(tx, network.id)
    fixed_ips = allocate(tx, network, subnets, wanted, port.mac_address, port.is_trusted, port.fixed_ips)
    return tx.update(port, {"fixed_ips": fixed_ips})


def _clear_gateway(tx: Transaction, router: Router) -> Mapping[str, object]:
    if router.gw_port_id:
        _check_floating_ips(tx, router)
    return {"external_gateway_info": None, "gw_port_id": None, "enable_snat": True, "placement": None}


def _check_floating_ips(tx: Transaction, router: Router) -> None:
    gateway = router.external_gateway_info
    if gateway is not None and tx.connection.execute(_FLOATING_IP_OF, {"router_id": router.id}).first() is not None:
        raise RouterExternalGatewayInUseByFloatingIp(router.id, gateway.network_id)
