"""Security groups and their rules (Networking API v2.0, extension security-group)."""

import ipaddress
import re
from typing import Annotated, ClassVar

from neutrino.model.faults.security_group import (
    SecurityGroupInvalidPortValue,
    SecurityGroupRuleInvalidEtherType,
    SecurityGroupRuleInvalidProtocol,
)
from neutrino.model.faults.subnet import InvalidCIDR
from neutrino.model.kinds import Boolean, IpPrefix, Kind, Name, Uuid, integer, kind_of, one_of, shown
from neutrino.model.resource import Attr, Standard, Tagged, Unique

DEFAULT_NAME = "default"
ETHERTYPES = ("IPv4", "IPv6")
# IANA protocol numbers of the names that the API takes (neutron-lib, IP_PROTOCOL_MAP).
PROTOCOLS = {
    "ah": 51, "dccp": 33, "egp": 8, "esp": 50, "gre": 47, "hopopt": 0, "icmp": 1, "icmpv6": 58, "igmp": 2, "ip": 0,
    "ipip": 4, "ipv6-encap": 41, "ipv6-frag": 44, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43,
    "ospf": 89, "pgm": 113, "rsvp": 46, "sctp": 132, "tcp": 6, "udp": 17, "udplite": 136, "vrrp": 112,
}  # fmt: skip
ICMP_NUMBERS = (1, 58)
PORTED_NUMBERS = (6, 17, 33, 132, 136)
_MOST_PROTOCOL, _MOST_PORT = 255, 65535
V6_ONLY_NUMBERS = (41, 43, 44, 58, 59, 60)


def _protocol(value: object) -> object:
    text = value.lower() if isinstance(value, str) else ""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_PROTOCOL:
        return str(value)
    if text in PROTOCOLS or (re.fullmatch("[0-9]{1,3}", text) and int(text) <= _MOST_PROTOCOL):
        return text
    if text == "any":
        return None
    raise SecurityGroupRuleInvalidProtocol(shown(value), sorted(PROTOCOLS))


def _ethertype(value: object) -> object:
    for name in ETHERTYPES:
        if isinstance(value, str) and value.lower() == name.lower():
            return name
    raise SecurityGroupRuleInvalidEtherType(shown(value), list(ETHERTYPES))


def _port_number(value: object) -> object:
    try:
        return integer(0, _MOST_PORT)(value)
    except ValueError as error:
        raise SecurityGroupInvalidPortValue(shown(value)) from error


def _rule_prefix(value: object) -> object:
    """Parse an address or prefix; it is kept with a length, its host bits as they were given."""
    if value in (None, ""):
        return None
    try:
        text = str(kind_of(IpPrefix).parse(value))
        address, slash, length = text.partition("/")
        parsed = ipaddress.ip_address(address)
    except ValueError as error:
        raise InvalidCIDR(shown(value)) from error
    return f"{parsed}/{int(length) if slash else parsed.max_prefixlen}"


ETHERTYPE = Kind("ethertype", _ethertype, "text", {"enum": ETHERTYPES})
PROTOCOL = Kind(
    "protocol",
    _protocol,
    "text",
    {"anyOf": [{"enum": [*PROTOCOLS, "any"]}, {"type": "string", "pattern": "^(1?[0-9]?[0-9]|2[0-4][0-9]|25[0-5])$"}]},
)
PORT = Kind("integer", _port_number, "integer", {"type": "integer", "minimum": 0, "maximum": _MOST_PORT})
PREFIX = Kind("prefix", _rule_prefix, "text", {"type": "string", "format": "ip-or-cidr"})


class SecurityGroupRule(Standard, frozen=True, kw_only=True):
    """What one group allows, in one direction. Rules are never changed, only made and deleted."""

    collection: ClassVar[str] = "security_group_rules"
    singular: ClassVar[str] = "security_group_rule"
    human: ClassVar[str] = "Security group rule"
    limited: ClassVar[bool] = True

    security_group_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="security_groups")]
    direction: Annotated[str, one_of("ingress", "egress"), Attr(required=True, put=False)]
    ethertype: Annotated[str, ETHERTYPE, Attr(put=False)] = "IPv4"
    protocol: Annotated[Annotated[str, PROTOCOL] | None, Attr(put=False)] = None
    port_range_min: Annotated[Annotated[int, PORT] | None, Attr(put=False)] = None
    port_range_max: Annotated[Annotated[int, PORT] | None, Attr(put=False)] = None
    remote_ip_prefix: Annotated[Annotated[str, PREFIX] | None, Attr(put=False)] = None
    remote_group_id: Annotated[Name | None, Attr(put=False, indexed=True, refers="security_groups")] = None
    remote_address_group_id: Annotated[
        Uuid | None,
        Attr(put=False, indexed=True, refers="address_groups", extension="security-groups-remote-address-group"),
    ] = None
    normalized_cidr: Annotated[
        IpPrefix | None, Attr(post=False, put=False, extension="security-groups-normalized-cidr")
    ] = None

    belongs_to_default_sg: Annotated[
        Boolean,
        Attr(
            post=False,
            put=False,
            stored=False,
            filtered=True,
            extension="security-groups-rules-belongs-to-default-sg",
        ),
    ] = False

    @property
    def protocol_number(self) -> int | None:
        """The IANA number of the rule's protocol; None where it allows all. ``ip`` means all, as upstream has it."""
        if self.protocol in (None, "ip"):
            return None
        assert self.protocol is not None  # noqa: S101 - narrows the type
        return PROTOCOLS[self.protocol] if self.protocol in PROTOCOLS else int(self.protocol)


class SecurityGroup(Tagged, frozen=True, kw_only=True):
    """A set of rules; traffic of its ports that no rule allows is dropped."""

    collection: ClassVar[str] = "security_groups"
    singular: ClassVar[str] = "security_group"
    human: ClassVar[str] = "Security group"
    limited: ClassVar[bool] = True
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("project_id",), where=f"name = '{DEFAULT_NAME}'"),)

    name: Name = ""
    stateful: Annotated[Boolean, Attr(extension="stateful-security-group")]
    security_group_rules: Annotated[
        tuple[SecurityGroupRule, ...],
        Kind(
            "list of rules",
            tuple,
            "json",
            {"type": "array", "items": {"$ref": "#/components/schemas/SecurityGroupRule"}},
        ),
        Attr(post=False, put=False, stored=False),
    ] = ()
    shared: Annotated[
        Boolean,
        Attr(post=False, put=False, stored=False, filtered=True, extension="security-groups-shared-filtering"),
    ] = False


def normalized(prefix: str | None) -> str | None:
    """Return *prefix* as a CIDR with its host bits cleared (10.0.0.5/24 is 10.0.0.0/24, 10.0.0.5 is 10.0.0.5/32)."""
    return None if prefix is None else str(ipaddress.ip_network(prefix, strict=False))
