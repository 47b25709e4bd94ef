"""Port forwardings: what creating, changing and deleting one does, and to which router its floating IP goes thereby."""

import uuid
from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, or_, select

from neutrino.api.bodies import Given
from neutrino.api.nouns.associations import router_for
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.port import PortNotFound
from neutrino.model.faults.port_forwarding import PortHasBindingFloatingIP
from neutrino.model.faults.router import (
    BadRequest,
    ExternalGatewayForFloatingIPNotFound,
    FloatingIPNotFound,
    FloatingIPPortAlreadyAssociated,
)
from neutrino.model.floating_ip import ACTIVE, DOWN, FloatingIp
from neutrino.model.port import Port
from neutrino.model.port_forwarding import RESOURCE, PortForwarding, check, ports_of
from neutrino.model.router import Router
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_forwardings, _fips = TABLES[PortForwarding], TABLES[FloatingIp]
_NEAR = select_all(PortForwarding).where(
    or_(
        _forwardings.c.floatingip_id == bindparam("floatingip_id"),
        _forwardings.c.internal_port_id == bindparam("port_id"),
    )
)
_OF_PORT = select_all(PortForwarding).where(_forwardings.c.internal_port_id == bindparam("port_id"))
_FLOATING_IPS_OF = select(_fips.c.id, _fips.c.floating_ip_address).where(_fips.c.port_id == bindparam("port_id"))


def create(tx: Transaction, request: Request, given: Given) -> PortForwarding:
    """Create a port forwarding; the floating IP's first one brings it to the router that reaches the port."""
    floating = _floating_ip(tx, str(given["floatingip_id"]))
    outer = ports_of("external", given.get("external_port"), given.get("external_port_range"))
    inner = ports_of("internal", given.get("internal_port"), given.get("internal_port_range"))
    values = given | outer | inner | {"id": str(uuid.uuid4()), "project_id": floating.project_id}
    router_id, address = _reached(
        tx, request, floating, str(given["internal_port_id"]), given.get("internal_ip_address")
    )
    wanted = PortForwarding(**(values | {"internal_ip_address": address}))  # type: ignore[arg-type]
    check(wanted, _near(tx, wanted))
    if floating.port_id:
        raise FloatingIPPortAlreadyAssociated(
            wanted.internal_port_id,
            floating.id,
            str(floating.floating_ip_address),
            address,
            floating.floating_network_id,
        )
    _carry(tx, floating, router_id, wanted.internal_port_id)
    tx.insert(wanted)
    return wanted


def update(tx: Transaction, request: Request, old: PortForwarding, changes: Given) -> PortForwarding:
    """Change a port forwarding: its ports, or where it leads."""
    values = dict(changes)
    for name in ("external", "internal"):
        single, many = f"{name}_port", f"{name}_port_range"
        if single in changes or many in changes:
            values |= ports_of(name, changes.get(single), changes.get(many))
    floating = _floating_ip(tx, old.floatingip_id)
    router_id = floating.router_id
    if values.keys() & {"internal_port_id", "internal_ip_address"}:
        port_id = str(values.get("internal_port_id", old.internal_port_id))
        stays = old.internal_ip_address if port_id == old.internal_port_id else None
        router_id, address = _reached(tx, request, floating, port_id, values.get("internal_ip_address", stays))
        values["internal_ip_address"] = address
        if len(floating.port_forwardings) > 1:
            _check_router(floating, router_id, port_id)
    wanted = msgspec.structs.replace(old, **values)
    check(wanted, _near(tx, wanted))
    new = tx.update(old, values)
    if router_id != floating.router_id:
        tx.update(floating, {"router_id": router_id})
    elif new is not old:
        tx.touch(floating)
    moved = new.internal_port_id != old.internal_port_id
    _tell(
        tx,
        (floating.router_id, router_id) if router_id != floating.router_id else (),
        (old.internal_port_id, new.internal_port_id) if moved else (),
    )
    return new


def delete(tx: Transaction, _request: Request, forwarding: PortForwarding) -> None:
    """Delete a port forwarding; without any, its floating IP is at no router."""
    _delete(tx, [forwarding])


def forget(tx: Transaction, port_id: str, kept: Iterable[str] = ()) -> None:
    """Delete the forwardings to a port, except those to the fixed addresses *kept*."""
    stays = set(kept)
    rows = tx.connection.execute(_OF_PORT, {"port_id": port_id}).all()
    found = [one for one in (to_resource(PortForwarding, row) for row in rows) if one.internal_ip_address not in stays]
    _delete(tx, found)


def _delete(tx: Transaction, forwardings: Iterable[PortForwarding]) -> None:
    gone: dict[str, set[str]] = {}
    ports: set[str] = set()
    for one in forwardings:
        gone.setdefault(one.floatingip_id, set()).add(one.id)
        ports.add(one.internal_port_id)
        tx.delete(one)
    _tell(tx, (), sorted(ports))
    for floatingip_id, ids in gone.items():
        floating = _floating_ip(tx, floatingip_id)
        if any(one.id not in ids for one in floating.port_forwardings):
            tx.touch(floating)
        else:
            _tell(tx, (floating.router_id,))
            tx.update(floating, {"router_id": None, "status": DOWN})


def _tell(tx: Transaction, routers: Iterable[str | None], ports: Iterable[str] = ()) -> None:
    """Note that *routers* forward ports, or no longer, and so do floating IPs to *ports*: where they are done changes.

    Their revisions stay: what the API shows of them is as it was.
    """
    for router_id in dict.fromkeys(routers):
        if router_id is not None:
            tx.note(Router, router_id)
    for port_id in dict.fromkeys(ports):
        for row in tx.connection.execute(_FLOATING_IPS_OF, {"port_id": port_id}).all():
            tx.note(FloatingIp, str(row.id))


def _floating_ip(tx: Transaction, floatingip_id: str) -> FloatingIp:
    found = tx.get(FloatingIp, floatingip_id)
    if found is None:
        raise FloatingIPNotFound(floatingip_id)
    return found


def _near(tx: Transaction, wanted: PortForwarding) -> list[PortForwarding]:
    """Return the forwardings that *wanted* could collide with."""
    near = {"floatingip_id": wanted.floatingip_id, "port_id": wanted.internal_port_id}
    return [to_resource(PortForwarding, row) for row in tx.connection.execute(_NEAR, near).all()]


def _reached(tx: Transaction, request: Request, floating: FloatingIp, port_id: str, wanted: object) -> tuple[str, str]:
    """Return the router that joins *floating* to the port, and the port's address, *wanted* or its first of IPv4."""
    port = visible(tx, request, Port, port_id)
    if port is None:
        raise PortNotFound(port_id)
    four = [ip for ip in port.fixed_ips if ":" not in ip.ip_address]
    if not four:
        raise BadRequest(RESOURCE, f"Requested internal port {port_id} must allocate an IPv4 address at least.")
    found = next((ip for ip in four if wanted in (None, ip.ip_address)), None)
    if found is None:
        raise BadRequest(
            RESOURCE,
            f"Requested internal IP address {wanted} is not suitable for internal neutron port {port_id}, as its "
            f"fixed_ips are {', '.join(ip.ip_address for ip in four)}",
        )
    own = tx.connection.execute(_FLOATING_IPS_OF, {"port_id": port_id}).first()
    if own is not None:
        raise PortHasBindingFloatingIP(own.floating_ip_address, own.id, port_id, found.ip_address)
    try:
        router_id = router_for(tx, found.subnet_id, floating.floating_network_id, port_id)
    except ExternalGatewayForFloatingIPNotFound as error:
        raise BadRequest(
            RESOURCE,
            f"External network {floating.floating_network_id} is not reachable from subnet {found.subnet_id}. Cannot "
            f"set Port forwarding for port {port_id} with Floating IP {floating.id}",
        ) from error
    return router_id, found.ip_address


def _carry(tx: Transaction, floating: FloatingIp, router_id: str, port_id: str) -> None:
    """Bring *floating* to the router, or refuse where it is at another; its revision says that it changed."""
    _check_router(floating, router_id, port_id)
    if floating.router_id:
        tx.touch(floating)
    else:
        tx.update(floating, {"router_id": router_id, "status": ACTIVE})
        _tell(tx, (router_id,))


def _check_router(floating: FloatingIp, router_id: str, port_id: str) -> None:
    if floating.router_id not in (None, router_id):
        raise BadRequest(
            RESOURCE,
            f"The Floating IP {floating.id} had been set on router {floating.router_id}, the internal Neutron port "
            f"{port_id} can not reach it",
        )
