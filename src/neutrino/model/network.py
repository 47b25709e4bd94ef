"""The network: a layer-2 domain (Networking API v2.0, "Networks")."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import ZONES, Boolean, Kind, Name, Uuid, Uuids, integer, number, one_of, shown
from neutrino.model.resource import Attr, Tagged, Unique

TUNNELLED = ("geneve", "vxlan", "gre")
NETWORK_TYPES = ("local", "flat", "vlan", "geneve")
OVERHEAD_BYTES = {"geneve": 58}  # outer IPv4 20, UDP 8, geneve 8 and 8 of options, inner Ethernet 14
LOWEST_MTU, MOST_MTU = 68, 65535  # RFC 791
LOWEST_MTU_V6 = 1280  # RFC 8200


def _mtu(value: object) -> object:
    size = integer(0, MOST_MTU)(value)
    if isinstance(size, int) and 0 < size < LOWEST_MTU:
        raise ValueError(f"{shown(value)} is neither 0, for the largest possible, nor from {LOWEST_MTU} to {MOST_MTU}")
    return size


_MTU = Kind("integer", _mtu, "integer", {"type": "integer", "minimum": 0, "maximum": MOST_MTU})


class Network(Tagged, frozen=True, kw_only=True):
    """A layer-2 domain, with one segment."""

    collection: ClassVar[str] = "networks"
    singular: ClassVar[str] = "network"
    human: ClassVar[str] = "Network"
    limited: ClassVar[bool] = True
    unique: ClassVar[tuple[Unique, ...]] = (
        Unique(("provider_network_type", "provider_segmentation_id"), where="provider_physical_network IS NULL"),
        Unique(("provider_physical_network", "provider_segmentation_id"), where="provider_network_type = 'vlan'"),
        Unique(("provider_physical_network",), where="provider_network_type = 'flat'"),
    )

    name: Name = ""
    admin_state_up: Boolean = True
    status: Annotated[Name, Attr(post=False, put=False)] = "ACTIVE"
    shared: Boolean = False
    router_external: Annotated[Boolean, Attr(extension="external-net")] = False
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
    qos_policy_id: Annotated[Uuid | None, Attr(indexed=True, refers="policies", extension="qos")] = None
    provider_network_type: Annotated[str, one_of(*NETWORK_TYPES), Attr(put=False, extension="provider")]
    provider_physical_network: Annotated[Name | None, Attr(put=False, extension="provider")] = None
    provider_segmentation_id: Annotated[
        Annotated[int, number(1, 16777215)] | None, Attr(put=False, extension="provider")
    ] = None
