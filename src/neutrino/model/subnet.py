"""The subnet: a range of addresses on a network (Networking API v2.0, "Subnets")."""

import re
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.faults.port import InvalidSubnetServiceType
from neutrino.model.faults.subnet import DNSNameServersExhausted, HostRoutesExhausted, InvalidInputSubnetServiceType
from neutrino.model.kinds import (
    Boolean,
    Cidr,
    IpAddress,
    Kind,
    Name,
    Uuid,
    integer,
    kind_of,
    list_of,
    not_null,
    number,
    one_of,
    shown,
    strings,
)
from neutrino.model.resource import Attr, Tagged

SLAAC = "slaac"
STATEFUL = "dhcpv6-stateful"
STATELESS = "dhcpv6-stateless"
MOST_SERVICE_TYPES = 50
MOST_POOLS = 100
MOST_NAMESERVERS, MOST_HOST_ROUTES = 5, 20  # upstream: max_dns_nameservers, max_subnet_host_routes
IPV6_MODES = (SLAAC, STATEFUL, STATELESS)


class AllocationPool(msgspec.Struct, frozen=True):
    """Addresses from *start* to *end*, both included, that ports may be given without asking for them."""

    start: IpAddress
    end: IpAddress


class HostRoute(msgspec.Struct, frozen=True):
    """A route that DHCP hands to instances (RFC 3442)."""

    destination: Cidr
    nexthop: IpAddress


def parse_ip_version(value: object) -> object:
    """Parse 4 or 6."""
    number = integer(0, 255)(value)
    if number not in (4, 6):
        raise ValueError(f"{shown(value)} is not in [4, 6]")
    return number


_NAMESERVERS = strings("list of addresses", kind_of(IpAddress), MOST_NAMESERVERS, DNSNameServersExhausted)


def _service_type(value: object) -> object:
    if not isinstance(value, str):
        raise InvalidInputSubnetServiceType(shown(value))
    if not re.fullmatch(_NAMED, value):
        raise InvalidSubnetServiceType(shown(value))
    return kind_of(Name).parse(value)


_DHCP = ("network:dhcp", "network:distributed")
_NAMED = r"[a-z][a-z0-9_-]*:.*"  # as owners are named: network:dhcp, compute:nova
_OWNER = Kind("device owner", _service_type, "text", {"type": "string", "pattern": f"^{_NAMED}$", "maxLength": 255})
_SERVICE_TYPES = strings("list of device owners", _OWNER, MOST_SERVICE_TYPES)


class Subnet(Tagged, frozen=True, kw_only=True):
    """A range of addresses on a network, with what DHCP tells instances about it."""

    collection: ClassVar[str] = "subnets"
    singular: ClassVar[str] = "subnet"
    human: ClassVar[str] = "Subnet"
    limited: ClassVar[bool] = True

    name: Name = ""
    network_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="networks")]
    ip_version: Annotated[
        int, Kind("integer", parse_ip_version, "integer", {"enum": [4, 6]}), Attr(required=True, put=False)
    ]
    cidr: Annotated[Cidr, Attr(put=False)]
    subnetpool_id: Annotated[
        Uuid | None, Attr(put=False, indexed=True, refers="subnetpools", extension="subnet_allocation")
    ] = None
    prefixlen: Annotated[
        Annotated[int, number(0, 128)] | None,
        Attr(put=False, stored=False, shown=False, extension="subnet_allocation"),
    ] = None
    use_default_subnetpool: Annotated[
        Boolean, Attr(put=False, stored=False, shown=False, extension="default-subnetpools")
    ] = False
    gateway_ip: IpAddress | None
    allocation_pools: Annotated[tuple[AllocationPool, ...], not_null(list_of(AllocationPool, MOST_POOLS))]
    enable_dhcp: Boolean = True
    dns_nameservers: Annotated[tuple[str, ...], _NAMESERVERS] = ()
    host_routes: Annotated[tuple[HostRoute, ...], list_of(HostRoute, MOST_HOST_ROUTES, HostRoutesExhausted)] = ()
    ipv6_address_mode: Annotated[Annotated[str, one_of(*IPV6_MODES)] | None, Attr(put=False)] = None
    ipv6_ra_mode: Annotated[Annotated[str, one_of(*IPV6_MODES)] | None, Attr(put=False)] = None

    shared: Annotated[Boolean, Attr(post=False, put=False, stored=False, shown=False, filtered=True)] = False
    router_external: Annotated[
        Boolean, Attr(post=False, put=False, stored=False, filtered=True, extension="subnet-external-network")
    ] = False
    segment_id: Annotated[Uuid | None, Attr(indexed=True, refers="segments", extension="segment")] = None
    service_types: Annotated[tuple[str, ...], _SERVICE_TYPES, Attr(extension="subnet-service-types")] = ()
    metadata_ip: Annotated[IpAddress | None, Attr(post=False, put=False, stored=False, shown=False)] = None
    # Whether an external DNS service is told of its ports' fixed IPs; none is built.
    dns_publish_fixed_ip: Annotated[Boolean, Attr(extension="subnet-dns-publish-fixed-ip")] = False

    def serves(self, device_owner: str) -> bool:
        """Return whether ports of *device_owner* may have its addresses; DHCP's may wherever there is DHCP."""
        if not self.service_types or device_owner in self.service_types:
            return True
        return device_owner in _DHCP and self.enable_dhcp

    @property
    def is_auto_address(self) -> bool:
        """Whether ports take their address from their MAC (RFC 4862) instead of from a pool."""
        return self.ipv6_address_mode in (SLAAC, STATELESS)
