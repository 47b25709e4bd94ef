"""The address group: addresses that rules name together (Networking API v2.0, extension address-group)."""

from typing import Annotated, ClassVar

import msgspec

from neutrino.model.faults.address_group import AddressesAlreadyExist, AddressesNotFound
from neutrino.model.kinds import Boolean, Cidr, LongText, Name, Prefix, kind_of, strings
from neutrino.model.resource import Attr, Standard

MOST_ADDRESSES = 10_000

_ADDRESSES = strings("list of prefixes", kind_of(Cidr), MOST_ADDRESSES)
_REMOVED = strings("list of prefixes", kind_of(Prefix), MOST_ADDRESSES)


class AddressGroup(Standard, frozen=True, kw_only=True):
    """Prefixes that a security group rule may have as its remote."""

    collection: ClassVar[str] = "address_groups"
    singular: ClassVar[str] = "address_group"
    human: ClassVar[str] = "Address group"

    name: Name = ""
    description: Annotated[LongText, Attr(extension="standard-attr-description")] = ""
    addresses: Annotated[tuple[str, ...], _ADDRESSES, Attr(put=False)] = ()
    shared: Annotated[
        Boolean, Attr(post=False, put=False, stored=False, filtered=True, extension="rbac-address-group")
    ] = False


class Addresses(msgspec.Struct, frozen=True):
    """What is added to an address group."""

    addresses: Annotated[tuple[str, ...], _ADDRESSES]


class Removed(msgspec.Struct, frozen=True):
    """What is taken from an address group; a single address needs no length."""

    addresses: Annotated[tuple[str, ...], _REMOVED]


def with_addresses(group: AddressGroup, added: Addresses) -> tuple[str, ...]:
    """Return the addresses of *group* and *added*; refuse what it has already."""
    there = sorted(set(group.addresses) & set(added.addresses))
    if there:
        raise AddressesAlreadyExist(there, group.id)
    return (*group.addresses, *added.addresses)


def without_addresses(group: AddressGroup, removed: Removed) -> tuple[str, ...]:
    """Return the addresses of *group* less *removed*; refuse what it does not have."""
    missing = sorted(set(removed.addresses) - set(group.addresses))
    if missing:
        raise AddressesNotFound(missing, group.id)
    gone = set(removed.addresses)
    return tuple(address for address in group.addresses if address not in gone)
