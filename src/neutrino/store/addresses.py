"""Which addresses are free. Each answer costs a constant number of statements.

An address is sought above the highest that is given out (one index look-up whatever the size); when a pool's top is
taken, by trying some at random; and only in a pool that is nearly full by walking it.
"""

import ipaddress
import random

from sqlalchemy import ColumnElement, bindparam, func, select

from neutrino.model.port import Port
from neutrino.model.subnet import AllocationPool, Subnet
from neutrino.store.statements import Connection
from neutrino.store.tables import CHILDREN, address_key, from_address_key

TRIES = 32

_ips = CHILDREN[Port]["fixed_ips"]
_in_range: tuple[ColumnElement[bool], ...] = (
    _ips.c.subnet_id == bindparam("subnet_id"),
    _ips.c.ip_address_key >= bindparam("low"),
    _ips.c.ip_address_key <= bindparam("high"),
)
_HIGHEST = select(func.max(_ips.c.ip_address_key)).where(*_in_range)
_ALL = select(_ips.c.ip_address_key).where(*_in_range).order_by(_ips.c.ip_address_key)
_TAKEN = select(_ips.c.ip_address).where(
    _ips.c.subnet_id == bindparam("subnet_id"), _ips.c.ip_address.in_(bindparam("some", expanding=True))
)
_HOLDER = select(_ips.c.port_id).where(
    _ips.c.subnet_id == bindparam("subnet_id"), _ips.c.ip_address == bindparam("address")
)
_ANY = select(_ips.c.port_id).where(_ips.c.subnet_id == bindparam("subnet_id")).limit(1)


def free_address(connection: Connection, subnet: Subnet, reserved: frozenset[str] = frozenset()) -> str | None:
    """Return an address of *subnet*'s pools that no port has and that is not *reserved*; None if there is none."""
    for pool in subnet.allocation_pools:
        found = _above_highest(connection, subnet.id, pool)
        if found and found not in reserved:
            return found
    for seek in (_at_random, _first_gap):
        for pool in subnet.allocation_pools:
            if found := seek(connection, subnet.id, pool, reserved):
                return found
    return None


def _above_highest(connection: Connection, subnet_id: str, pool: AllocationPool) -> str | None:
    low, high = address_key(pool.start), address_key(pool.end)
    top = connection.execute(_HIGHEST, {"subnet_id": subnet_id, "low": low, "high": high}).scalar()
    if top is None:
        return pool.start
    return None if top == high else from_address_key(f"{int(top, 16) + 1:0{len(top)}x}")


def _at_random(connection: Connection, subnet_id: str, pool: AllocationPool, reserved: frozenset[str]) -> str | None:
    first, last = ipaddress.ip_address(pool.start), ipaddress.ip_address(pool.end)
    kind = type(first)
    some = {str(kind(random.randint(int(first), int(last)))) for _ in range(TRIES)}  # noqa: S311 - not a secret
    taken = {row[0] for row in connection.execute(_TAKEN, {"subnet_id": subnet_id, "some": sorted(some)})}
    return next(iter(sorted(some - taken - reserved, key=address_key)), None)


def _first_gap(connection: Connection, subnet_id: str, pool: AllocationPool, reserved: frozenset[str]) -> str | None:
    low, high = address_key(pool.start), address_key(pool.end)
    skip = {address_key(address) for address in reserved}
    rows = connection.execute(_ALL, {"subnet_id": subnet_id, "low": low, "high": high})
    taken = {row[0] for row in rows} | skip
    width, number = len(low), int(low, 16)
    while f"{number:0{width}x}" in taken:
        number += 1
    return from_address_key(f"{number:0{width}x}") if number <= int(high, 16) else None


def holder(connection: Connection, subnet_id: str, address: str) -> str | None:
    """Return the id of the port that has *address* on the subnet; None if it is free."""
    found: str | None = connection.execute(_HOLDER, {"subnet_id": subnet_id, "address": address}).scalar()
    return found


def any_holder(connection: Connection, subnet_id: str) -> str | None:
    """Return the id of some port that has an address of the subnet; None if none has."""
    found: str | None = connection.execute(_ANY, {"subnet_id": subnet_id}).scalar()
    return found
