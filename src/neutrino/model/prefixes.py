"""The arithmetic of subnet pools: which prefixes go together, and where there is room for a subnet. Pure functions."""

import ipaddress
from collections.abc import Iterable, Sequence

from neutrino.model.addressing import IpNetwork
from neutrino.model.faults.subnet import (
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    SubnetAllocationError,
)
from neutrino.model.faults.subnetpool import (
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolPrefixBounds,
    IllegalSubnetPoolPrefixUpdate,
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    PrefixVersionMismatch,
    SubnetPoolQuotaExceeded,
)
from neutrino.model.network import Network
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import BITS, QUOTA_BITS, SubnetPool

_Range = tuple[int, int]


def version_of(prefixes: Sequence[str]) -> int:
    """Return the one IP version of *prefixes*; refuse none, and a mixture."""
    versions = {ipaddress.ip_network(prefix).version for prefix in prefixes}
    if not versions:
        raise EmptySubnetPoolPrefixList
    if len(versions) > 1:
        raise PrefixVersionMismatch
    return versions.pop()


def compact(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the fewest prefixes, in order, that have the addresses of *prefixes*, which are of one IP version."""
    return tuple(str(net) for net in _collapsed(prefixes))


def _collapsed(prefixes: Iterable[str]) -> list[IpNetwork]:
    nets: list[IpNetwork] = [ipaddress.ip_network(prefix) for prefix in prefixes]
    return list(ipaddress.collapse_addresses(nets))  # type: ignore[type-var]


def check_grows(old: Sequence[str], new: Sequence[str]) -> None:
    """Refuse *new* prefixes that lack some of *old*."""
    if compact((*old, *new)) != compact(new):
        raise IllegalSubnetPoolPrefixUpdate("Existing prefixes must be a subset of the new prefixes")


def overlap(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether an address is in both."""
    left, right = _ranges(some), _ranges(others)
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i][0] <= right[j][1] and right[j][0] <= left[i][1]:
            return True
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return False


def without(prefixes: Sequence[str], removed: Sequence[str]) -> tuple[str, ...]:
    """Return *prefixes* less the addresses of *removed*."""
    version = ipaddress.ip_network(prefixes[0]).version
    return tuple(str(block) for block in _free(prefixes, removed, version))


def _ranges(prefixes: Iterable[str]) -> list[_Range]:
    return [(int(net[0]), int(net[-1])) for net in _collapsed(prefixes)]


def _free(prefixes: Iterable[str], taken: Iterable[str], version: int) -> list[IpNetwork]:
    """Return the blocks of *prefixes* in which nothing is *taken*, in order."""
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    holes = _ranges(taken)
    out: list[IpNetwork] = []
    for first, last in _ranges(prefixes):
        low = first
        for start, end in holes:
            if end < low or start > last:
                continue
            if start > low:
                out += ipaddress.summarize_address_range(kind(low), kind(start - 1))
            low = end + 1
        if low <= last:
            out += ipaddress.summarize_address_range(kind(low), kind(last))
    return out


def check_bounds(pool: SubnetPool) -> None:
    """Refuse lengths that contradict each other or the IP version."""
    least, usual, most = pool.lengths
    bits = BITS[pool.ip_version]
    if least > most:
        raise IllegalSubnetPoolPrefixBounds("min_prefixlen", least, "max_prefixlen", most)
    if most > bits:
        raise IllegalSubnetPoolPrefixBounds("max_prefixlen", most, "ip_version_max", bits)
    if usual < least:
        raise IllegalSubnetPoolPrefixBounds("default_prefixlen", usual, "min_prefixlen", least)
    if usual > most:
        raise IllegalSubnetPoolPrefixBounds("default_prefixlen", usual, "max_prefixlen", most)


def cut(pool: SubnetPool, taken: Sequence[str], cidr: str | None, length: int | None) -> str:
    """Return the prefix of a new subnet of *pool*, of which *taken* is given out: *cidr*, or any of *length*.

    Of all blocks that are free, the smallest that is large enough is cut, so that large ones stay.
    """
    least, usual, most = pool.lengths
    wanted = ipaddress.ip_network(cidr) if cidr else None
    length = wanted.prefixlen if wanted else usual if length is None else length
    if length > most:
        raise MaxPrefixSubnetAllocationError(length, most)
    if length < least:
        raise MinPrefixSubnetAllocationError(length, least)
    blocks = _free(pool.prefixes, taken, pool.ip_version)
    if wanted:
        if not any(_holds(block, wanted) for block in blocks):
            raise SubnetAllocationError("Cannot allocate requested subnet from the available set of prefixes")
        return str(wanted)
    room = [block for block in blocks if block.prefixlen <= length]
    if not room:
        raise SubnetAllocationError(f"Insufficient prefix space to allocate subnet size /{length}")
    block = max(room, key=lambda b: b.prefixlen)
    return f"{block.network_address}/{length}"


def _holds(block: IpNetwork, wanted: IpNetwork) -> bool:
    return block.version == wanted.version and block[0] <= wanted[0] and wanted[-1] <= block[-1]  # type: ignore[operator]


def check_share(pool: SubnetPool, mine: Iterable[str], cidr: str) -> None:
    """Refuse if a project that has *mine* of *pool* would have more than ``default_quota`` with *cidr*."""
    if not pool.default_quota:
        return
    unit = QUOTA_BITS[pool.ip_version]
    used = sum(2.0 ** (unit - ipaddress.ip_network(one).prefixlen) for one in (*mine, cidr))
    if used > pool.default_quota:
        raise SubnetPoolQuotaExceeded


def check_affinity(network: Network, subnets: Iterable[Subnet], pool: SubnetPool | None, version: int) -> None:
    """Refuse a subnet of *pool* on *network*, whose *subnets* are of another pool or scope."""
    scope = network.ipv4_address_scope if version == 4 else network.ipv6_address_scope
    if scope is not None:
        if pool is None or pool.address_scope_id != scope:
            raise NetworkAddressScopeAffinityError
        return
    pool_id = pool.id if pool else None
    if any(subnet.ip_version == version and subnet.subnetpool_id != pool_id for subnet in subnets):
        raise NetworkSubnetPoolAffinityError
