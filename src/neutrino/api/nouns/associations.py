"""What floating IPs stand for: the address of a port, and the router that carries them there."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.port import PortNotFound
from neutrino.model.faults.port_forwarding import FipInUseByPortForwarding
from neutrino.model.faults.router import (
    BadRequest,
    ExternalGatewayForFloatingIPNotFound,
    FipAssociated,
    FloatingIPPortAlreadyAssociated,
    RouterHasNoGateway,
    RouterNotFound,
)
from neutrino.model.floating_ip import ACTIVE, DOWN, RESOURCE, FloatingIp, fixed_ip, port_details
from neutrino.model.port import ROUTER_GATEWAY, ROUTER_INTERFACE, Port
from neutrino.model.router import Router
from neutrino.model.subnet import Subnet
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_fips, _ports, _ips = TABLES[FloatingIp], TABLES[Port], CHILDREN[Port]["fixed_ips"]
_gateways = _ports.alias("gateways")
_OF_PORT = select_all(FloatingIp).where(_fips.c.port_id == bindparam("port_id"))
# Routers with an interface on a subnet and their gateway on a network, and the interface's address.
_ROUTERS = (
    select(TABLES[Router].c.id, _ips.c.ip_address)
    .join(_ports, _ports.c.device_id == TABLES[Router].c.id)
    .join(_ips, _ips.c.port_id == _ports.c.id)
    .join(_gateways, _gateways.c.device_id == TABLES[Router].c.id)
    .where(
        _gateways.c.device_owner == ROUTER_GATEWAY,
        _ports.c.device_owner == ROUTER_INTERFACE,
        _ips.c.subnet_id == bindparam("subnet_id"),
        _gateways.c.network_id == bindparam("network_id"),
    )
    .order_by(TABLES[Router].c.id)
)


def disassociate(tx: Transaction, request: Request, port_id: str, kept: Iterable[str] = ()) -> None:
    """Take the floating IPs of a port away from it, except those of the fixed addresses *kept*.

    Refuse, as upstream, where one is another project's: an administrator gave it, or the port is another's on a
    network of the caller's.
    """
    stays = set(kept)
    may_take_others = request.is_admin or request.allows("service_api")
    for row in tx.connection.execute(_OF_PORT, {"port_id": port_id}).all():
        floating = to_resource(FloatingIp, row)
        if floating.fixed_ip_address not in stays:
            if floating.project_id != request.project_id and not may_take_others:
                raise FipAssociated(port_id)
            tx.update(floating, _NOBODY)


_NOBODY: Given = {"port_id": None, "fixed_ip_address": None, "router_id": None, "status": DOWN, "port_details": None}


def association(
    tx: Transaction, request: Request, floating: FloatingIp, port_id: object, wanted: object, router: object = None
) -> Given:
    """Return what a floating IP has when it stands for the address *wanted* of a port, or of none.

    It is carried by the *router* of that id; where none is given, by one that joins the port's subnet.
    """
    if not isinstance(port_id, str):
        if wanted is not None:
            raise BadRequest(RESOURCE, "fixed_ip_address cannot be specified without a port_id")
        if router is not None:
            raise BadRequest(RESOURCE, "router_id cannot be specified without a port_id")
        # Port forwardings keep the floating IP at their router.
        return {} if floating.port_forwardings else _NOBODY
    port = visible(tx, request, Port, port_id)
    if port is None:
        raise PortNotFound(port_id)
    if port.project_id != floating.project_id and not request.is_admin:
        raise BadRequest(
            RESOURCE,
            f"Cannot process floating IP association with Port {port_id}, since that port is of a different project",
        )
    subnet_id, address = fixed_ip(port, wanted if isinstance(wanted, str) else None)
    if floating.port_forwardings:
        raise FipInUseByPortForwarding(floating.id)
    for row in tx.connection.execute(_OF_PORT, {"port_id": port_id}).all():
        other = to_resource(FloatingIp, row)
        same = (other.fixed_ip_address, other.floating_network_id) == (address, floating.floating_network_id)
        if same and other.id != floating.id:
            raise FloatingIPPortAlreadyAssociated(
                port_id, floating.id, str(floating.floating_ip_address), address, floating.floating_network_id
            )
    if isinstance(router, str):
        router_id = _chosen(tx, request, router, floating.floating_network_id)
    else:
        router_id = router_for(tx, subnet_id, floating.floating_network_id, port_id)
    return {
        "port_id": port_id,
        "fixed_ip_address": address,
        "router_id": router_id,
        "status": ACTIVE,
        "port_details": port_details(port),
    }


def _chosen(tx: Transaction, request: Request, router_id: str, network_id: str) -> str:
    """Return the id of the router that a caller chose; refuse one without a gateway to the network."""
    router = visible(tx, request, Router, router_id)
    if router is None:
        raise RouterNotFound(router_id)
    if all(one.network_id != network_id for one in router.external_gateways):
        raise RouterHasNoGateway(router_id, network_id)
    return router_id


def router_for(tx: Transaction, subnet_id: str, network_id: str, port_id: str) -> str:
    """Return the router that joins subnet and network; where there are several, the subnet's gateway."""
    found = tx.connection.execute(_ROUTERS, {"subnet_id": subnet_id, "network_id": network_id}).all()
    if not found:
        raise ExternalGatewayForFloatingIPNotFound(subnet_id, network_id, port_id)
    subnet = tx.get(Subnet, subnet_id)
    gateway_ip = subnet.gateway_ip if subnet is not None else None
    return next((str(row.id) for row in found if row.ip_address == gateway_ip), str(found[0].id))
