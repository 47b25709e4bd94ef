"""Segments: what creating, changing and deleting one does, and which subnet is on which."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import networks, segmentation
from neutrino.api.nouns.routed import reached
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.network import NetworkNotFound
from neutrino.model.faults.segment import (
    NetworkIdsDontMatch,
    NoUpdateSubnetWhenMultipleSegmentsOnNetwork,
    SegmentInUse,
    SegmentNotFound,
    SubnetSegmentAssociationChangeNotAllowed,
    SubnetsNotAllAssociatedWithSegments,
)
from neutrino.model.network import Network, ProviderSegment
from neutrino.model.port import BINDING_FAILED, UNBOUND, Port
from neutrino.model.segment import Segment
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_SUBNETS_ON = select(TABLES[Subnet].c.id).where(TABLES[Subnet].c.segment_id == bindparam("segment_id"))
_HOSTS_OF = (
    select(TABLES[Port].c.binding_host_id)
    .where(
        TABLES[Port].c.network_id == bindparam("network_id"),
        TABLES[Port].c.binding_host_id != "",
        TABLES[Port].c.binding_vif_type.not_in((UNBOUND, BINDING_FAILED)),
    )
    .distinct()
)


def create(tx: Transaction, request: Request, given: Given) -> Segment:
    """Create a segment of a network, the last in its order; an id is chosen where none is given."""
    network = visible(tx, request, Network, str(given["network_id"]))
    if network is None:
        raise NetworkNotFound(str(given["network_id"]))
    asked = ProviderSegment(given["network_type"], given["physical_network"] or None, given["segmentation_id"])  # type: ignore[arg-type]
    segment = segmentation.chosen(tx, request, asked, network.project_id)
    if network.qinq and segment.provider_network_type != "vlan":
        raise InvalidInput(f"a network with qinq has no segment of type {segment.provider_network_type}")
    present = networks.segments_of(tx, network.id)
    index = present[-1].segment_index + 1 if present else 0
    own = {name: given[name] for name in ("name", "description")}
    return networks.add_segment(tx, network, segment, index, **own)


def update(tx: Transaction, _request: Request, old: Segment, changes: Given) -> Segment:
    """Change a segment's name or description."""
    return tx.update(old, changes)


def delete(tx: Transaction, request: Request, segment: Segment) -> None:
    """Delete a segment; refuse while subnets are on it, or ports on hosts that only it connects."""
    subnets = [row.id for row in tx.connection.execute(_SUBNETS_ON, {"segment_id": segment.id})]
    if subnets:
        raise SegmentInUse(segment.id, f"The segment is still associated with subnet(s) {', '.join(sorted(subnets))}")
    present = networks.segments_of(tx, segment.network_id)
    hosts = [row.binding_host_id for row in tx.connection.execute(_HOSTS_OF, {"network_id": segment.network_id})]
    others = [one for one in present if one.id != segment.id]
    physical = reached(tx, request, hosts)
    for host in hosts:
        if not any(_connects(one, physical[host]) for one in others):
            raise SegmentInUse(segment.id, f"The segment is still bound with port(s) on host {host}")
    tx.delete(segment)
    tx.touch(networks.get(tx, segment.network_id))


def _connects(segment: Segment, physical_networks: frozenset[str]) -> bool:
    return segment.physical_network is None or segment.physical_network in physical_networks


def check_subnet(tx: Transaction, network_id: str, segment_id: object, neighbours: Sequence[Subnet]) -> None:
    """Refuse a new subnet on a segment that is not its network's, or that is not as its *neighbours* are."""
    if isinstance(segment_id, str):
        _check_segment(tx, network_id, segment_id)
    if any((one.segment_id is None) != (segment_id is None) for one in neighbours):
        raise SubnetsNotAllAssociatedWithSegments(network_id)


def check_move(tx: Transaction, old: Subnet, segment_id: object) -> None:
    """Refuse to bring a subnet to a segment, unless it is its network's only one, and had none yet."""
    if segment_id == old.segment_id:
        return
    if len(networks.subnets_of(tx, old.network_id)) > 1:
        raise SubnetsNotAllAssociatedWithSegments(old.network_id)
    if old.segment_id is not None:
        raise SubnetSegmentAssociationChangeNotAllowed
    if len(networks.segments_of(tx, old.network_id)) > 1:
        raise NoUpdateSubnetWhenMultipleSegmentsOnNetwork(old.network_id)
    _check_segment(tx, old.network_id, str(segment_id))


def _check_segment(tx: Transaction, network_id: str, segment_id: str) -> None:
    segment = tx.get(Segment, segment_id)
    if segment is None:
        raise SegmentNotFound(segment_id)
    if segment.network_id != network_id:
        raise NetworkIdsDontMatch(network_id, segment_id)
