"""Networks: what creating, changing and deleting one does."""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from neutrino.api import qos
from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.security_groups import ensure_default
from neutrino.model.faults import (
    AvailabilityZoneNotFound,
    FlatNetworkInUse,
    InvalidInput,
    NetworkInUse,
    NetworkNotFound,
    NoNetworkAvailable,
    TunnelIdInUse,
    VlanIdInUse,
)
from neutrino.model.faults_l3 import ExternalNetworkInUse
from neutrino.model.faults_services import DefaultExternalNetworkExists
from neutrino.model.network import OVERHEAD_BYTES, TUNNELLED, Network
from neutrino.model.port import FLOATING_IP, ROUTER_GATEWAY, Port
from neutrino.model.subnet import Subnet
from neutrino.store import availability
from neutrino.store.addresses import free_segmentation_id
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_PORT_OF = select(TABLES[Port].c.id).where(TABLES[Port].c.network_id == bindparam("network_id")).limit(1)
_EXTERNAL_PORT_OF = (
    select(TABLES[Port].c.id)
    .where(
        TABLES[Port].c.network_id == bindparam("network_id"),
        TABLES[Port].c.device_owner.in_((ROUTER_GATEWAY, FLOATING_IP)),
    )
    .limit(1)
)
_DEFAULT_BESIDE = (
    select(TABLES[Network].c.id)
    .where(TABLES[Network].c.is_default.is_(True), TABLES[Network].c.id != bindparam("network_id"))
    .limit(1)
)
_SUBNETS_OF = select_all(Subnet).where(TABLES[Subnet].c.network_id == bindparam("network_id"))


def get(tx: Transaction, network_id: str) -> Network:
    """Return the network, or refuse."""
    found = tx.get(Network, network_id)
    if found is None:
        raise NetworkNotFound(network_id)
    return found


def subnets_of(tx: Transaction, network_id: str) -> list[Subnet]:
    """Return the network's subnets, oldest first."""
    rows = tx.connection.execute(_SUBNETS_OF, {"network_id": network_id})
    return sorted((to_resource(Subnet, row) for row in rows), key=lambda s: (s.created_at, s.id))


def create(tx: Transaction, request: Request, given: Given) -> Network:
    """Create a network; a segmentation id is chosen where none is given."""
    kind = given.get("provider_network_type") or request.config.tenant_network_types[0]
    physical = given.get("provider_physical_network")
    values: Given = given | {"provider_network_type": kind}
    values["provider_segmentation_id"] = _segmentation_id(
        tx, request, str(kind), physical if isinstance(physical, str) else None, given.get("provider_segmentation_id")
    )
    values["mtu"] = _mtu(request, str(kind), given.get("mtu"))
    project_id = str(given.get("project_id") or request.project_id)
    zones = given["availability_zone_hints"]
    assert isinstance(zones, tuple)  # noqa: S101 - parsed so
    check_zones(tx, zones)
    values["availability_zones"] = zones
    _check_default(tx, "", is_default=bool(given["is_default"]), is_external=bool(given["router_external"]))
    values["qos_policy_id"] = values.get("qos_policy_id") or qos.default_of(tx, project_id)
    network_id = str(uuid.uuid4())
    if values["qos_policy_id"]:
        qos.put_network_under(tx, request, network_id, values["qos_policy_id"])
    network = Network(
        **(values | {"id": network_id, "project_id": project_id}),  # type: ignore[arg-type]
        created_at=tx.now,
        updated_at=tx.now,
        revision_number=1,
    )
    ensure_default(tx, project_id)
    try:
        tx.insert(network)
    except IntegrityError as error:
        raise _taken(network) from error
    return network


def update(tx: Transaction, request: Request, old: Network, changes: Given) -> Network:
    """Change a network."""
    if "mtu" in changes:
        changes = changes | {"mtu": _mtu(request, old.provider_network_type, changes["mtu"])}
    if changes.get("qos_policy_id", old.qos_policy_id) != old.qos_policy_id:
        qos.put_network_under(tx, request, old.id, changes["qos_policy_id"], old.qos_policy_id)
    becomes_internal = old.router_external and changes.get("router_external") is False
    if becomes_internal and tx.connection.execute(_EXTERNAL_PORT_OF, {"network_id": old.id}).first() is not None:
        raise ExternalNetworkInUse(old.id)
    if becomes_internal:
        changes = {"is_default": False} | changes
    if changes.get("is_default"):
        is_external = bool(changes.get("router_external", old.router_external))
        _check_default(tx, old.id, is_default=True, is_external=is_external)
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, network: Network) -> None:
    """Delete a network and its subnets; refuse while it has ports."""
    port_id = tx.connection.execute(_PORT_OF, {"network_id": network.id}).scalar()
    if port_id is not None:
        raise NetworkInUse(network.id, f"There are one or more ports still in use on the network: {port_id}.")
    for subnet in subnets_of(tx, network.id):
        tx.delete(subnet)
    tx.delete(network)


def _check_default(tx: Transaction, network_id: str, *, is_default: bool, is_external: bool) -> None:
    """Refuse a default that is not external, and a second one."""
    if not is_default:
        return
    if not is_external:
        raise InvalidInput("is_default is for external networks only")
    other = tx.connection.execute(_DEFAULT_BESIDE, {"network_id": network_id}).scalar()
    if other is not None:
        raise DefaultExternalNetworkExists(other)


def check_zones(tx: Transaction, zones: Sequence[str]) -> None:
    """Refuse *zones* that no gateway is in."""
    if zones:
        missing = sorted(set(zones) - availability.zones(tx.connection).keys())
        if missing:
            raise AvailabilityZoneNotFound(", ".join(missing))


def _mtu(request: Request, kind: str, wanted: object) -> int:
    most = request.config.global_physnet_mtu_bytes - OVERHEAD_BYTES.get(kind, 0)
    if wanted in (None, 0):
        return most
    assert isinstance(wanted, int)  # noqa: S101 - parsed so
    if wanted > most:
        raise InvalidInput(f"Requested MTU is too big, maximum is {most}, not {wanted}")
    return wanted


def _segmentation_id(tx: Transaction, request: Request, kind: str, physical: str | None, wanted: object) -> int | None:
    config = request.config
    if kind == "local" or kind in TUNNELLED:
        if physical is not None:
            raise InvalidInput(f"provider:physical_network '{physical}' specified for {kind} network")
    elif physical is None:
        raise InvalidInput(f"provider:physical_network is required for a {kind} network")
    if kind in ("local", "flat"):
        if wanted is not None:
            raise InvalidInput(f"provider:segmentation_id {wanted} specified for {kind} network")
        if kind == "flat" and "*" not in config.flat_networks and physical not in config.flat_networks:
            raise InvalidInput(f"Physical network '{physical}' unknown for flat provider network")
        return None
    if kind == "vlan":
        if physical not in config.vlan_ranges:
            raise InvalidInput(f"physical_network '{physical}' unknown for VLAN provider network")
        low, high = config.vlan_ranges[physical]
        if isinstance(wanted, int) and not 1 <= wanted <= 4094:
            raise InvalidInput(f"segmentation_id {wanted} out of range (1 through 4094)")
    else:
        low, high = config.vni_range
    if isinstance(wanted, int):
        return wanted
    found = free_segmentation_id(tx.connection, kind, physical, low, high)
    if found is None:
        raise NoNetworkAvailable(kind)
    return found


def _taken(network: Network) -> FlatNetworkInUse | VlanIdInUse | TunnelIdInUse:
    physical = network.provider_physical_network or ""
    number = network.provider_segmentation_id or 0
    if network.provider_network_type == "flat":
        return FlatNetworkInUse(physical)
    if network.provider_network_type == "vlan":
        return VlanIdInUse(number, physical)
    return TunnelIdInUse(number)
