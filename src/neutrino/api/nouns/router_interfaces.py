"""A router's interfaces: adding a subnet or a port, and taking it away."""

import ipaddress
from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api import sharing
from neutrino.api.nouns import logs, ndp_proxies, ports, routers
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.addressing import is_pooled
from neutrino.model.faults.port import PortInUse, PortNotFound
from neutrino.model.faults.router import (
    BadRequest,
    DeviceIDNotOwnedByTenant,
    RouterInterfaceInUseByFloatingIP,
    RouterInterfaceInUseByRoute,
    RouterInterfaceNotFound,
    RouterInterfaceNotFoundForSubnet,
    SubnetMismatchForPort,
)
from neutrino.model.faults.subnet import SubnetNotFound
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.kinds import Uuid
from neutrino.model.port import PROMISCUOUS, ROUTER_INTERFACE, FixedIpRequest, Port
from neutrino.model.port_forwarding import PortForwarding
from neutrino.model.rbac_policy import SHARED
from neutrino.model.router import Router, check_overlap
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_ips, _fips, _forwardings = CHILDREN[Port]["fixed_ips"], TABLES[FloatingIp], TABLES[PortForwarding]
_FLOATING_IP_ON = (
    select(_fips.c.id)
    .join(_ips, _ips.c.port_id == _fips.c.port_id)
    .where(
        _fips.c.router_id == bindparam("router_id"),
        _ips.c.subnet_id == bindparam("subnet_id"),
        _ips.c.ip_address == _fips.c.fixed_ip_address,
    )
    .limit(1)
)

_FORWARDING_ON = (
    select(_forwardings.c.id)
    .join(_fips, _fips.c.id == _forwardings.c.floatingip_id)
    .join(_ips, _ips.c.port_id == _forwardings.c.internal_port_id)
    .where(
        _fips.c.router_id == bindparam("router_id"),
        _ips.c.subnet_id == bindparam("subnet_id"),
        _ips.c.ip_address == _forwardings.c.internal_ip_address,
    )
    .limit(1)
)


class Attachment(msgspec.Struct, frozen=True):
    """What is added to a router, or taken from it: a subnet, or a port."""

    subnet_id: Uuid | None = None
    port_id: Uuid | None = None


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: the interface."""

    id: str
    tenant_id: str
    project_id: str
    port_id: str
    network_id: str
    subnet_id: str
    subnet_ids: Sequence[str]


def add(tx: Transaction, request: Request, router: Router, wanted: Attachment) -> Attached:
    """Make an interface on a subnet, or make a port one."""
    if wanted.subnet_id and wanted.port_id:
        raise BadRequest("router", "Cannot specify both subnet-id and port-id")
    present = routers.subnets_of(tx, routers.ports_of(tx, router.id))
    if wanted.subnet_id:
        port = _on_subnet(tx, request, router, wanted.subnet_id, present)
    elif wanted.port_id:
        port = _of_port(tx, request, router, wanted.port_id, present)
    else:
        raise BadRequest("router", "Either subnet_id or port_id must be specified")
    tx.touch(router)
    return _attached(router, port)


def remove(tx: Transaction, _request: Request, router: Router, wanted: Attachment) -> Attached:
    """Take an interface away and delete its port."""
    if not wanted.subnet_id and not wanted.port_id:
        raise BadRequest("router", "Either subnet_id or port_id must be specified")
    mine = [port for port in routers.ports_of(tx, router.id) if port.device_owner == ROUTER_INTERFACE]
    port = _interface(router, mine, wanted)
    for fixed in port.fixed_ips:
        ndp_proxies.check_interface(tx, router.id, fixed.subnet_id)
        on = {"router_id": router.id, "subnet_id": fixed.subnet_id}
        if any(tx.connection.execute(one, on).first() is not None for one in (_FLOATING_IP_ON, _FORWARDING_ON)):
            raise RouterInterfaceInUseByFloatingIP(router.id, fixed.subnet_id)
    for subnet in routers.subnets_of(tx, [port]).values():
        net = ipaddress.ip_network(subnet.cidr)
        if any(ipaddress.ip_address(route.nexthop) in net for route in router.routes):
            raise RouterInterfaceInUseByRoute(router.id, subnet.id)
    tx.delete(port)
    tx.touch(router)
    return _attached(router, port)


def _on_subnet(tx: Transaction, request: Request, router: Router, subnet_id: str, present: dict[str, Subnet]) -> Port:
    subnet = visible(tx, request, Subnet, subnet_id)
    if subnet is None:
        raise SubnetNotFound(subnet_id)
    if not subnet.gateway_ip:
        raise BadRequest("router", "Subnet for router interface must have a gateway IP")
    # To its address all send: of a network that everybody shares, the gateway is its owner's alone (as upstream).
    if not _is_theirs(request, subnet) and all(
        entry.target_tenant != request.project_id for entry in sharing.entries(tx, subnet.network_id, SHARED)
    ):
        raise BadRequest(
            "router",
            f"Cannot add interface to router because subnet {subnet.id} is not owned by project making the request",
        )
    _check(router, [subnet], present)
    return ports.make(
        tx,
        request,
        network_id=subnet.network_id,
        project_id=router.project_id,
        device_id=router.id,
        device_owner=ROUTER_INTERFACE,
        fixed_ips=(FixedIpRequest(subnet_id=subnet.id, ip_address=subnet.gateway_ip),),
    )


def _of_port(tx: Transaction, request: Request, router: Router, port_id: str, present: dict[str, Subnet]) -> Port:
    port = visible(tx, request, Port, port_id)
    if port is None:
        raise PortNotFound(port_id)
    if port.device_id:
        raise PortInUse(port.id, port.network_id, port.device_id)
    if port.project_id != router.project_id and not request.is_admin:  # a network's owner sees those of others on it
        raise DeviceIDNotOwnedByTenant(router.id)
    if not port.fixed_ips:
        raise BadRequest("router", "Router port must have at least one fixed IP")
    subnets = routers.subnets_of(tx, [port])
    if sum(":" not in ip.ip_address for ip in port.fixed_ips) > 1:
        raise BadRequest("router", "Cannot have multiple IPv4 subnets on router port")
    for ip in port.fixed_ips:
        if not _is_theirs(request, subnets[ip.subnet_id]) and not is_pooled(subnets[ip.subnet_id], ip.ip_address):
            raise BadRequest(
                "router",
                f"Cannot add interface to router because specified port {port.id} has an IP address out of the "
                f"allocation pool of subnet {ip.subnet_id}, which is not owned by the project making the request",
            )
    _check(router, list(subnets.values()), present)
    logs.port_goes(tx, port.id)
    # A router's port is trusted: what applied to it before does not any more.
    return tx.update(
        port,
        {
            "device_id": router.id,
            "device_owner": ROUTER_INTERFACE,
            "security_groups": (),
            "port_security_enabled": False,
            "allowed_address_pairs": (),
            "pvlan_type": port.pvlan_type and PROMISCUOUS,
            "pvlan_community": None,
        },
    )


def _is_theirs(request: Request, subnet: Subnet) -> bool:
    return request.is_admin or subnet.project_id == request.project_id


def _check(router: Router, subnets: Sequence[Subnet], present: dict[str, Subnet]) -> None:
    for subnet in subnets:
        if subnet.id in present:
            raise BadRequest("router", f"Router {router.id} already has a port on subnet {subnet.id}")
        if subnet.ip_version == 6 and subnet.ipv6_ra_mode is None and subnet.ipv6_address_mode is not None:
            raise BadRequest(
                "router",
                f"IPv6 subnet {subnet.id} configured to receive RAs from an external router cannot be added to "
                "Neutron Router",
            )
    check_overlap(subnets, present)


def _interface(router: Router, mine: Sequence[Port], wanted: Attachment) -> Port:
    for port in mine:
        if wanted.port_id in (None, port.id):
            is_on = wanted.subnet_id in (None, *(ip.subnet_id for ip in port.fixed_ips))
            if is_on:
                return port
            if wanted.port_id and wanted.subnet_id:
                raise SubnetMismatchForPort(port.id, wanted.subnet_id)
    if wanted.port_id:
        raise RouterInterfaceNotFound(router.id, wanted.port_id)
    raise RouterInterfaceNotFoundForSubnet(router.id, str(wanted.subnet_id))


def _attached(router: Router, port: Port) -> Attached:
    subnet_ids = [ip.subnet_id for ip in port.fixed_ips]
    return Attached(
        id=router.id,
        tenant_id=router.project_id,
        project_id=router.project_id,
        port_id=port.id,
        network_id=port.network_id,
        subnet_id=subnet_ids[0],
        subnet_ids=subnet_ids,
    )
