"""Networks: what creating, changing and deleting one does."""

import uuid
from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from neutrino.api.bodies import Given
from neutrino.api.nouns import pvlan, qos, segmentation
from neutrino.api.nouns.security_groups import ensure_default
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.auto_topology import DefaultExternalNetworkExists
from neutrino.model.faults.network import AvailabilityZoneNotFound, NetworkInUse, NetworkNotFound
from neutrino.model.faults.router import ExternalNetworkInUse
from neutrino.model.faults.segment import NetworkMTUSubnetConflict, VlanQinqDriverError, VlanTransparencyDriverError
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import LOWEST_MTU, Network, ProviderSegment
from neutrino.model.port import DISTRIBUTED, FLOATING_IP, METADATA_DEVICE, ROUTER_GATEWAY, Port
from neutrino.model.pvlan import check as check_private
from neutrino.model.resource import attributes, wire_name
from neutrino.model.segment import Segment
from neutrino.model.subnet import Subnet
from neutrino.store import availability
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_PORT_OF = (
    select(TABLES[Port].c.id)
    .where(TABLES[Port].c.network_id == bindparam("network_id"), TABLES[Port].c.device_owner != DISTRIBUTED)
    .limit(1)
)
_METADATA_PORT_OF = select_all(Port).where(
    TABLES[Port].c.device_id == bindparam("device_id"),
    TABLES[Port].c.device_owner == DISTRIBUTED,
    TABLES[Port].c.network_id == bindparam("network_id"),  # on networks of their own, others may name one so too
)
_UNUSED_FLOATING_IPS = select_all(FloatingIp).where(
    TABLES[FloatingIp].c.floating_network_id == bindparam("network_id"),
    TABLES[FloatingIp].c.port_id.is_(None),
    TABLES[FloatingIp].c.router_id.is_(None),
)
_EXTERNAL_PORT_OF = (
    select(TABLES[Port].c.id)
    .where(
        TABLES[Port].c.network_id == bindparam("network_id"),
        TABLES[Port].c.device_owner.in_((ROUTER_GATEWAY, FLOATING_IP)),
    )
    .limit(1)
)
_SEGMENTS_OF = select_all(Segment).where(TABLES[Segment].c.network_id == bindparam("network_id"))
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


def seen(tx: Transaction, request: Request, network_id: str) -> Network:
    """Return the network if the caller sees it, or refuse."""
    found = visible(tx, request, Network, network_id)
    if found is None:
        raise NetworkNotFound(network_id)
    return found


def subnets_of(tx: Transaction, network_id: str) -> list[Subnet]:
    """Return the network's subnets, oldest first."""
    rows = tx.connection.execute(_SUBNETS_OF, {"network_id": network_id})
    return sorted((to_resource(Subnet, row) for row in rows), key=lambda s: (s.created_at, s.id))


def metadata_port_of(tx: Transaction, network_id: str) -> Port | None:
    """Return the network's metadata port, if it has one."""
    of = {"device_id": f"{METADATA_DEVICE}{network_id}", "network_id": network_id}
    row = tx.connection.execute(_METADATA_PORT_OF, of).first()
    return to_resource(Port, row) if row else None


def create(tx: Transaction, request: Request, given: Given) -> Network:
    """Create a network and its segments; a segmentation id is chosen where none is given."""
    project_id = str(given.get("project_id") or request.project_id)
    wanted = segmentation.wanted(request, given)
    zones = given["availability_zone_hints"]
    assert isinstance(zones, tuple)  # noqa: S101 - parsed so
    check_zones(tx, zones)
    _check_default(tx, "", is_default=bool(given["is_default"]), is_external=bool(given["router_external"]))
    network_id = str(uuid.uuid4())
    given = given | {"qos_policy_id": given.get("qos_policy_id") or qos.default_of(tx, project_id)}
    if given["qos_policy_id"]:
        qos.put_network_under(tx, request, network_id, given["qos_policy_id"])
    stamps: Given = {"created_at": tx.now, "updated_at": tx.now, "revision_number": 1}
    values = given | {"mtu": segmentation.mtu(request, wanted, given.get("mtu")), "availability_zones": zones}
    network = Network(**(values | stamps | {"id": network_id, "project_id": project_id}))  # type: ignore[arg-type]
    _check_vlans(network, wanted)
    check_private(network)
    ensure_default(tx, project_id)
    tx.insert(network)
    segments = []
    for index, one in enumerate(wanted):
        segment = segmentation.chosen(tx, request, one, project_id)
        _insert(tx, network, segment, index)
        segments.append(segment)
    return _with_segments(network, segments)


def segments_of(tx: Transaction, network_id: str) -> list[Segment]:
    """Return the network's segments, in their order."""
    rows = tx.connection.execute(_SEGMENTS_OF, {"network_id": network_id})
    return sorted((to_resource(Segment, row) for row in rows), key=lambda one: one.segment_index)


def add_segment(tx: Transaction, network: Network, segment: ProviderSegment, index: int, **given: object) -> Segment:
    """Give the network one more segment."""
    made = _insert(tx, network, segment, index, **given)
    tx.touch(network)
    return made


def _insert(tx: Transaction, network: Network, segment: ProviderSegment, index: int, **given: object) -> Segment:
    made = Segment(
        id=str(uuid.uuid4()),
        project_id=network.project_id,
        network_id=network.id,
        segment_index=index,
        network_type=segment.provider_network_type,
        physical_network=segment.provider_physical_network,
        segmentation_id=segment.provider_segmentation_id,
        created_at=tx.now,
        updated_at=tx.now,
        revision_number=1,
        **given,  # type: ignore[arg-type]
    )
    try:
        tx.insert(made)
    except IntegrityError as error:
        raise segmentation.taken(segment) from error
    return made


def _with_segments(network: Network, segments: Sequence[ProviderSegment]) -> Network:
    if len(segments) == 1:
        return msgspec.structs.replace(network, segments=None, **msgspec.structs.asdict(segments[0]))
    none = dict.fromkeys((name for name in attributes(Network) if name.startswith("provider_")), None)
    return msgspec.structs.replace(network, segments=tuple(segments), **none)


def _check_vlans(network: Network, segments: Sequence[ProviderSegment]) -> None:
    """Refuse VLANs inside of what cannot carry them (upstream, OVN's check_vlan_transparency and check_vlan_qinq)."""
    kinds = {one.provider_network_type for one in segments}
    if network.vlan_transparent and network.qinq:
        raise InvalidInput("Attributes 'vlan_transparent' and 'qinq' can not be set together")
    if network.vlan_transparent and "flat" in kinds:
        raise VlanTransparencyDriverError
    if network.qinq and kinds != {"vlan"}:
        raise VlanQinqDriverError


def update(tx: Transaction, request: Request, old: Network, changes: Given) -> Network:
    """Change a network; of what carries it, only the id of a VLAN."""
    changes = dict(changes)
    for name in ("provider_network_type", "provider_physical_network"):
        if changes.get(name) not in (None, getattr(old, name)):
            raise InvalidInput(f"Plugin does not support updating the provider network attribute {wire_name(name)}")
        changes.pop(name, None)
    number = changes.pop("provider_segmentation_id", None)
    if "mtu" in changes:
        changes["mtu"] = size = segmentation.mtu(request, _present(old), changes["mtu"])
        for subnet in subnets_of(tx, old.id):
            check_mtu(old.id, size, subnet.ip_version)
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
    if number not in (None, old.provider_segmentation_id):
        assert isinstance(number, int)  # noqa: S101 - parsed so
        changes["provider_segmentation_id"] = _renumber(tx, request, old, number)
    new = tx.update(old, changes)
    check_private(new)
    if new.pvlan != old.pvlan:
        pvlan.changed(tx, new)
    return new


def _present(network: Network) -> Sequence[ProviderSegment]:
    if network.segments is not None:
        return network.segments
    if network.provider_network_type is None:
        return ()
    return [
        ProviderSegment(
            network.provider_network_type, network.provider_physical_network, network.provider_segmentation_id
        )
    ]


def _renumber(tx: Transaction, request: Request, network: Network, number: int) -> int:
    if network.segments is not None:
        raise InvalidInput("Provider network attributes can be updated only in networks with a single segment")
    if network.provider_network_type != "vlan":
        raise InvalidInput("Only VLAN type networks can be updated")
    wanted = ProviderSegment("vlan", network.provider_physical_network, number)
    segmentation.chosen(tx, request, wanted, network.project_id)
    (segment,) = segments_of(tx, network.id)
    try:
        tx.update(segment, {"segmentation_id": number})
    except IntegrityError as error:
        raise segmentation.taken(wanted) from error
    return number


def delete(tx: Transaction, _request: Request, network: Network) -> None:
    """Delete a network and its subnets; refuse while it has ports."""
    if network.router_external:
        _release_floating_ips(tx, network)
    port_id = tx.connection.execute(_PORT_OF, {"network_id": network.id}).scalar()
    if port_id is not None:
        raise NetworkInUse(network.id, f"There are one or more ports still in use on the network: {port_id}.")
    metadata = metadata_port_of(tx, network.id)
    if metadata is not None:
        tx.delete(metadata)
    for subnet in subnets_of(tx, network.id):
        tx.delete(subnet)
    for segment in segments_of(tx, network.id):
        tx.delete(segment)
    tx.delete(network)


def _release_floating_ips(tx: Transaction, network: Network) -> None:
    """Delete the network's floating IPs that stand for nothing, as upstream does with the network."""
    for row in tx.connection.execute(_UNUSED_FLOATING_IPS, {"network_id": network.id}).all():
        floating = to_resource(FloatingIp, row)
        holder = tx.get(Port, floating.floating_port_id)
        tx.delete(floating)
        if holder is not None:
            tx.delete(holder)


def check_mtu(network_id: str, mtu: int, ip_version: int) -> None:
    """Refuse an MTU that is too small for a subnet of *ip_version*."""
    if mtu < LOWEST_MTU[ip_version]:
        raise NetworkMTUSubnetConflict(network_id, LOWEST_MTU[ip_version])


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
