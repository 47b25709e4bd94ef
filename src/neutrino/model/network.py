"""The network: a layer-2 domain (Networking API v2.0, "Networks")."""

from typing import Annotated, ClassVar

import msgspec

from neutrino.model.dns import DnsDomain
from neutrino.model.kinds import (
    ZONES,
    Boolean,
    Kind,
    Name,
    Uuid,
    Uuids,
    integer,
    items,
    kind_of,
    number,
    one_of,
    shown,
)
from neutrino.model.resource import Attr, Tagged, wire_name

TUNNELLED = ("geneve", "vxlan", "gre")
NETWORK_TYPES = ("local", "flat", "vlan", "geneve", "vxlan")
MOST_SEGMENTATION_ID, MOST_VLAN_ID, MOST_SEGMENTS = 16777215, 4094, 100
# Outer IPv4 20, UDP 8, geneve 8 and 8 of options, inner Ethernet 14. OVN's hosts carry what is of type vxlan by geneve
# too, unless all of them are told otherwise (ovn-controller(8), ovn-encap-type).
OVERHEAD_BYTES = {"geneve": 58, "vxlan": 58}
LOWEST_MTU = {4: 68, 6: 1280}  # RFC 791, RFC 8200: of a network that has subnets of that version
MOST_MTU = 65535


_MTU = Kind("integer", integer(0, MOST_MTU), "integer", {"type": "integer", "minimum": 0, "maximum": MOST_MTU})


class ProviderSegment(msgspec.Struct, frozen=True, rename=wire_name):
    """A segment as a part of its network; when asked for, what is left out is chosen."""

    provider_network_type: str
    provider_physical_network: str | None = None
    provider_segmentation_id: int | None = None


_SEGMENT_KINDS = {
    "provider:network_type": one_of(*NETWORK_TYPES),
    "provider:physical_network": kind_of(Name | None),
    "provider:segmentation_id": kind_of(Annotated[int, number(1, MOST_SEGMENTATION_ID)] | None),
}


def _segment(value: object) -> ProviderSegment:
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a dictionary")
    unknown = value.keys() - _SEGMENT_KINDS.keys()
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {shown(', '.join(sorted(map(str, unknown))))}")
    if "provider:network_type" not in value:
        raise ValueError(f"{shown(value)} lacks a provider:network_type")
    parsed = {name.replace(":", "_"): _SEGMENT_KINDS[name].parse(one) for name, one in value.items()}
    return ProviderSegment(**parsed)  # type: ignore[arg-type]


_many = items(_segment, MOST_SEGMENTS)
_SEGMENTS = Kind("list of segments", lambda value: _many(value) or None, "json", {"type": "array"})


class Network(Tagged, frozen=True, kw_only=True):
    """A layer-2 domain, of one segment or several."""

    collection: ClassVar[str] = "networks"
    singular: ClassVar[str] = "network"
    human: ClassVar[str] = "Network"
    limited: ClassVar[bool] = True

    name: Name = ""
    admin_state_up: Boolean = True
    status: Annotated[Name, Attr(post=False, put=False)] = "ACTIVE"
    shared: Annotated[Boolean, Attr(stored=False, filtered=True)] = False  # with the caller
    router_external: Annotated[Boolean, Attr(stored=False, filtered=True, extension="external-net")] = False
    is_default: Annotated[Boolean, Attr(indexed=True, extension="auto-allocated-topology")] = False
    subnets: Annotated[Uuids, Attr(post=False, put=False, stored=False)] = ()
    ipv4_address_scope: Annotated[Uuid | None, Attr(post=False, put=False, stored=False, extension="address-scope")] = (
        None
    )
    ipv6_address_scope: Annotated[Uuid | None, Attr(post=False, put=False, stored=False, extension="address-scope")] = (
        None
    )
    availability_zone_hints: Annotated[
        tuple[str, ...], ZONES, Attr(put=False, extension="network_availability_zone")
    ] = ()
    availability_zones: Annotated[
        tuple[str, ...], ZONES, Attr(post=False, put=False, stored=False, extension="network_availability_zone")
    ] = ()
    mtu: Annotated[int, _MTU, Attr(extension="net-mtu")]
    port_security_enabled: Annotated[Boolean, Attr(extension="port-security")] = True
    dns_domain: Annotated[DnsDomain, Attr(extension="dns-integration")] = ""
    vlan_transparent: Annotated[Boolean, Attr(put=False, extension="vlan-transparent")] = False
    qinq: Annotated[Boolean, Attr(put=False, extension="qinq")] = False
    pvlan: Annotated[Boolean, Attr(extension="pvlan")] = False
    l2_adjacency: Annotated[Boolean, Attr(post=False, put=False, stored=False, extension="l2_adjacency")] = True
    qos_policy_id: Annotated[Uuid | None, Attr(indexed=True, refers="policies", extension="qos")] = None
    # What the only segment is. With several there is `segments` instead.
    provider_network_type: Annotated[
        Annotated[str, one_of(*NETWORK_TYPES)] | None,
        Attr(stored=False, filtered=True, sorted=True, extension="provider"),
    ] = None
    provider_physical_network: Annotated[
        Name | None, Attr(stored=False, filtered=True, sorted=True, extension="provider")
    ] = None
    provider_segmentation_id: Annotated[
        Annotated[int, number(1, MOST_SEGMENTATION_ID)] | None,
        Attr(stored=False, filtered=True, sorted=True, extension="provider"),
    ] = None
    segments: Annotated[
        tuple[ProviderSegment, ...] | None,
        _SEGMENTS,
        Attr(put=False, stored=False, omitted=True, extension="multi-provider"),
    ] = None

    @property
    def physical_networks(self) -> tuple[str, ...]:
        """The physical networks of its segments; hosts that reach none of them are off the network."""
        if self.segments is None:
            return (self.provider_physical_network,) if self.provider_physical_network else ()
        return tuple(s.provider_physical_network for s in self.segments if s.provider_physical_network)

    @property
    def is_everywhere(self) -> bool:
        """Whether hosts reach it without a physical network."""
        if self.segments is None:
            return self.provider_physical_network is None
        return any(one.provider_physical_network is None for one in self.segments)
