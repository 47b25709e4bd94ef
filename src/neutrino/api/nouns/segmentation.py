"""Which segments a network gets: what may be asked for, and what is chosen where nothing is."""

from collections.abc import Sequence

from neutrino.api.nouns.segment_ranges import configured, write_defaults
from neutrino.api.request import Request
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.network import FlatNetworkInUse, NoNetworkAvailable, TunnelIdInUse, VlanIdInUse
from neutrino.model.faults.segment import SegmentsContainDuplicateEntry, SegmentsSetInConjunctionWithProviders
from neutrino.model.network import MOST_VLAN_ID, OVERHEAD_BYTES, TUNNELLED, ProviderSegment
from neutrino.store.records import Transaction
from neutrino.store.segmentation import Range, free_id, ranges


def wanted(request: Request, given: dict[str, object]) -> Sequence[ProviderSegment]:
    """Return the segments that the creation of a network asks for; of the configured type where it asks for none."""
    kind = given.get("provider_network_type")
    physical, number = given.get("provider_physical_network"), given.get("provider_segmentation_id")
    several = given.get("segments")
    if several is not None:
        if (kind, physical, number) != (None, None, None):
            raise SegmentsSetInConjunctionWithProviders
        assert isinstance(several, tuple)  # noqa: S101 - parsed so
        whole = [
            one for one in several if one.provider_segmentation_id or one.provider_network_type in ("local", "flat")
        ]
        if len(set(whole)) < len(whole):
            raise SegmentsContainDuplicateEntry
        return several
    kind = str(kind or request.config.tenant_network_types[0])
    return [ProviderSegment(kind, physical, number)]  # type: ignore[arg-type]


def chosen(tx: Transaction, request: Request, segment: ProviderSegment, project_id: str) -> ProviderSegment:
    """Return *segment* with an id, where it needs one and has none; refuse what makes no sense."""
    config, kind = request.config, segment.provider_network_type
    physical, number = segment.provider_physical_network, segment.provider_segmentation_id
    if kind == "local" or kind in TUNNELLED:
        if physical is not None:
            raise InvalidInput(f"provider:physical_network '{physical}' specified for {kind} network")
    elif physical is None:
        raise InvalidInput(f"provider:physical_network is required for a {kind} network")
    if kind in ("local", "flat"):
        if number is not None:
            raise InvalidInput(f"provider:segmentation_id {number} specified for {kind} network")
        if kind == "flat" and "*" not in config.flat_networks and physical not in config.flat_networks:
            raise InvalidInput(f"Physical network '{physical}' unknown for flat provider network")
        return segment
    if kind == "vlan":
        if number is not None and number > MOST_VLAN_ID:
            raise InvalidInput(f"segmentation_id {number} out of range (1 through {MOST_VLAN_ID})")
        if number is None or physical not in config.vlan_ranges:
            known = _ranges(tx, request, kind, physical)
            if not known:
                raise InvalidInput(f"physical_network '{physical}' unknown for VLAN provider network")
            number = number or free_id(tx.connection, kind, physical, known, project_id)
    elif number is None:
        number = free_id(tx.connection, kind, physical, _ranges(tx, request, kind, physical), project_id)
    if number is None:
        raise NoNetworkAvailable(kind)
    return ProviderSegment(kind, physical, number)


def taken(segment: ProviderSegment) -> FlatNetworkInUse | VlanIdInUse | TunnelIdInUse:
    """Return the refusal of *segment*, which some network has."""
    physical = segment.provider_physical_network or ""
    number = segment.provider_segmentation_id or 0
    if segment.provider_network_type == "flat":
        return FlatNetworkInUse(physical)
    if segment.provider_network_type == "vlan":
        return VlanIdInUse(number, physical)
    return TunnelIdInUse(number)


def mtu(request: Request, segments: Sequence[ProviderSegment], wanted: object) -> int:
    """Return the MTU of a network of *segments*: the *wanted* one, or the largest that fits through all of them."""
    overhead = max((OVERHEAD_BYTES.get(one.provider_network_type, 0) for one in segments), default=0)
    most = request.config.global_physnet_mtu_bytes - overhead
    if wanted in (None, 0):
        return most
    assert isinstance(wanted, int)  # noqa: S101 - parsed so
    if wanted > most:
        raise InvalidInput(f"Requested MTU is too big, maximum is {most}, not {wanted}")
    return wanted


def _ranges(tx: Transaction, request: Request, kind: str, physical: str | None) -> list[Range]:
    known = ranges(tx.connection, kind, physical)
    there = {(one.low, one.high) for one in known if one.is_default}
    should = {(low, high) for name, where, low, high in configured(request.config) if (name, where) == (kind, physical)}
    if there == should:
        return known
    write_defaults(tx, request.config)
    return ranges(tx.connection, kind, physical)
