"""NDP proxies: what creating and deleting one does, and which routers may have them.

Here: the noun, and what stands in the way of a router's ``enable_ndp_proxy`` and of its ports' going.
"""

import uuid
from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.ndp_proxy import (
    AddressScopeConflict,
    InvalidAddress,
    PortUnreachableRouter,
    RouterGatewayInUseByNDPProxy,
    RouterGatewayNotValid,
    RouterInterfaceInUseByNDPProxy,
    RouterIPv6GatewayInUse,
    RouterNDPProxyNotEnable,
)
from neutrino.model.faults.port import PortNotFound
from neutrino.model.faults.router import BadRequest, RouterNotFound
from neutrino.model.ndp_proxy import RESOURCE, NdpProxy
from neutrino.model.network import Network
from neutrino.model.port import ROUTER_INTERFACE, FixedIp, Port
from neutrino.model.router import Gateway, Router
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_proxies, _ips = TABLES[NdpProxy], CHILDREN[Port]["fixed_ips"]
_OF_PORT = select_all(NdpProxy).where(_proxies.c.port_id == bindparam("port_id"))
_OF_ROUTER = select(_proxies.c.id).where(_proxies.c.router_id == bindparam("router_id")).limit(1)
_ON_SUBNET = (
    select(_proxies.c.id)
    .join(_ips, _ips.c.port_id == _proxies.c.port_id)
    .where(
        _proxies.c.router_id == bindparam("router_id"),
        _ips.c.subnet_id == bindparam("subnet_id"),
        _ips.c.ip_address == _proxies.c.ip_address,
    )
    .limit(1)
)


def create(tx: Transaction, request: Request, given: Given) -> NdpProxy:
    """Create an NDP proxy for an address of a port: the one that is asked for, or the first that the router reaches."""
    router_id, port_id = str(given["router_id"]), str(given["port_id"])
    port = visible(tx, request, Port, port_id)
    if port is None:
        raise PortNotFound(port_id)
    router = visible(tx, request, Router, router_id)
    if router is None:
        raise RouterNotFound(router_id)
    legs = [leg for leg in router.legs if leg.device_owner == ROUTER_INTERFACE and leg.network_id == port.network_id]
    if not legs:
        raise PortUnreachableRouter(port.id, router.id)
    if not router.enable_ndp_proxy or router.external_gateway_info is None:
        raise RouterNDPProxyNotEnable(router.id)
    subnets = {ip.subnet_id for leg in legs for ip in _of_version_6(leg.fixed_ips)}
    address = _address(port, router, subnets, given.get("ip_address"))
    _check_scopes(tx, router.external_gateway_info.network_id, port.network_id)
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": str(given.get("project_id") or request.project_id),
        "ip_address": address,
    }
    proxy = NdpProxy(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(proxy)
    return proxy


def update(tx: Transaction, _request: Request, old: NdpProxy, changes: Given) -> NdpProxy:
    """Change an NDP proxy."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, proxy: NdpProxy) -> None:
    """Delete an NDP proxy."""
    tx.delete(proxy)


def forget(tx: Transaction, port_id: str, kept: Iterable[str] = ()) -> None:
    """Delete the NDP proxies for a port, except those for the fixed addresses *kept*."""
    stays = set(kept)
    for row in tx.connection.execute(_OF_PORT, {"port_id": port_id}).all():
        proxy = to_resource(NdpProxy, row)
        if proxy.ip_address not in stays:
            tx.delete(proxy)


def proxies(tx: Transaction, request: Request, router: Router, changes: Given, asked: object = None) -> bool:
    """Return whether a router with *changes*, perhaps of its first gateway, has NDP proxies.

    As is *asked*; else as before, and for a new gateway as the configuration says.
    """
    before, gateway = router.external_gateway_info, msgspec.structs.replace(router, **changes).external_gateway_info
    if before is not None and (gateway is None or gateway.network_id != before.network_id):
        if tx.connection.execute(_OF_ROUTER, {"router_id": router.id}).first() is not None:
            raise RouterGatewayInUseByNDPProxy(router.id)
        before = None
    if gateway is None:
        if asked:
            raise RouterGatewayNotValid(router.id, "it has no external gateway")
        return False
    if asked is False:
        return False
    if before is not None and asked is None:
        if router.enable_ndp_proxy and not _of_version_6(gateway.external_fixed_ips):
            raise RouterIPv6GatewayInUse(router.id)
        return router.enable_ndp_proxy
    if asked is None and not (router.enable_ndp_proxy or request.config.enable_ndp_proxy_by_default):
        return False
    reason = _obstacle(tx, gateway)
    if asked and reason:
        raise RouterGatewayNotValid(router.id, reason)
    return not reason


def check_interface(tx: Transaction, router_id: str, subnet_id: str) -> None:
    """Refuse to take a router from a subnet that it has NDP proxies for."""
    if tx.connection.execute(_ON_SUBNET, {"router_id": router_id, "subnet_id": subnet_id}).first() is not None:
        raise RouterInterfaceInUseByNDPProxy(router_id, subnet_id)


def _obstacle(tx: Transaction, gateway: Gateway) -> str:
    """Return why there can be no NDP proxies at *gateway*; nothing where there can."""
    if _scope(tx, gateway.network_id) is None:
        return f"its external network {gateway.network_id} has no subnet in an IPv6 address scope"
    if not _of_version_6(gateway.external_fixed_ips):
        return "its external gateway has no IPv6 address"
    return ""


def _address(port: Port, router: Router, subnets: set[str], wanted: object) -> str:
    """Return the address of *port* on one of the *subnets*: the one that is *wanted*, or the first."""
    mine = _of_version_6(port.fixed_ips)
    if not mine:
        raise BadRequest(RESOURCE, f"Port {port.id} has no IPv6 address")
    if wanted is None:
        found = next((ip for ip in mine if ip.subnet_id in subnets), None)
        if found is None:
            raise PortUnreachableRouter(port.id, router.id)
        return found.ip_address
    found = next((ip for ip in mine if ip.ip_address == wanted), None)
    if found is None:
        raise InvalidAddress(str(wanted), f"it is none of port {port.id}")
    if found.subnet_id not in subnets:
        raise InvalidAddress(str(wanted), f"router {router.id} is not on its subnet")
    return found.ip_address


def _check_scopes(tx: Transaction, external_id: str, internal_id: str) -> None:
    outer, inner = (_scope(tx, network_id) for network_id in (external_id, internal_id))
    if outer != inner:
        raise AddressScopeConflict(outer, inner)


def _scope(tx: Transaction, network_id: str) -> str | None:
    network = tx.get(Network, network_id)
    return network.ipv6_address_scope if network is not None else None


def _of_version_6(fixed_ips: Iterable[FixedIp]) -> list[FixedIp]:
    return [ip for ip in fixed_ips if ":" in ip.ip_address]
