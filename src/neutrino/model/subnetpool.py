"""The subnet pool: prefixes of which subnets are cut (Networking API v2.0, extension subnet_allocation)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, Cidr, Kind, Name, Uuid, integer, kind_of, not_null, number, shown, strings
from neutrino.model.resource import Attr, Tagged

MOST_PREFIXES = 1000
BITS = {4: 32, 6: 128}
LEAST_LENGTH = {4: 8, 6: 64}  # where none is asked for
QUOTA_BITS = {4: 32, 6: 64}  # default_quota counts addresses, or /64 networks


def _length(value: object) -> object:
    """Parse the length of a prefix; answers have it as text, as upstream's do."""
    return str(integer(0, 128)(value))


def _name(value: object) -> object:
    text = kind_of(Name).parse(value)
    if not str(text).strip():
        raise ValueError(f"{shown(value)} is blank")
    return text


PREFIXES = not_null(strings("list of prefixes", kind_of(Cidr).parse, MOST_PREFIXES))
Length = Annotated[str, Kind("prefix length", _length, "text", {"type": "string"})]


class SubnetPool(Tagged, frozen=True, kw_only=True):
    """Prefixes of which subnets are cut, so that none overlap."""

    collection: ClassVar[str] = "subnetpools"
    singular: ClassVar[str] = "subnetpool"
    human: ClassVar[str] = "Subnet pool"
    limited: ClassVar[bool] = True

    name: Annotated[str, Kind("string", _name, "text", {"type": "string", "maxLength": 255}), Attr(required=True)]
    prefixes: Annotated[tuple[str, ...], PREFIXES, Attr(required=True)]
    ip_version: Annotated[int, number(4, 6), Attr(post=False, put=False)]
    default_prefixlen: Length
    min_prefixlen: Length
    max_prefixlen: Length
    default_quota: Annotated[int, number(0, 2**31 - 1)] | None = None
    is_default: Annotated[Boolean, Attr(extension="default-subnetpools")] = False
    shared: Annotated[Boolean, Attr(put=False, stored=False, filtered=True)] = False
    address_scope_id: Annotated[Uuid | None, Attr(indexed=True, refers="address_scopes", extension="address-scope")] = (
        None
    )

    @property
    def lengths(self) -> tuple[int, int, int]:
        """The shortest, the default and the longest prefix of its subnets."""
        return int(self.min_prefixlen), int(self.default_prefixlen), int(self.max_prefixlen)
