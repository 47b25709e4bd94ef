"""Subnet pools: what creating, changing and deleting one does, and cutting subnets from it."""

import uuid
from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import address_scopes
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults import HTTPBadRequest, InvalidInput
from neutrino.model.faults.network import NetworkNotFound
from neutrino.model.faults.subnet import NetworkAddressScopeAffinityError
from neutrino.model.faults.subnetpool import (
    AddressScopePrefixConflict,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    IllegalSubnetPoolPrefixUpdate,
    IllegalSubnetPoolUpdate,
    SubnetPoolDeleteError,
    SubnetPoolNotFound,
)
from neutrino.model.kinds import Uuid
from neutrino.model.network import Network
from neutrino.model.prefixes import check_bounds, check_grows, check_share, compact, cut, overlap, version_of, without
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import BITS, LEAST_LENGTH, PREFIXES, SubnetPool
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.statements import Row
from neutrino.store.tables import TABLES

_pools, _subnets = TABLES[SubnetPool], TABLES[Subnet]
_CUT = select(_subnets.c.cidr, _subnets.c.project_id).where(_subnets.c.subnetpool_id == bindparam("pool_id"))
_DEFAULT = select_all(SubnetPool).where(_pools.c.is_default.is_(True), _pools.c.ip_version == bindparam("version"))
_IN_SCOPE = select_all(SubnetPool).where(_pools.c.address_scope_id == bindparam("scope_id"))
_OF_NETWORK = select_all(Subnet).where(
    _subnets.c.network_id == bindparam("network_id"), _subnets.c.ip_version == bindparam("version")
)
_other = _subnets.alias()
_BESIDE = (
    select(_other.c.id)
    .join(_subnets, _subnets.c.network_id == _other.c.network_id)
    .where(_subnets.c.subnetpool_id == bindparam("pool_id"), _other.c.ip_version == _subnets.c.ip_version)
    .where(_other.c.subnetpool_id.is_distinct_from(bindparam("pool_id")))
    .limit(1)
)


class Prefixes(msgspec.Struct, frozen=True):
    """What is added to a pool, or taken from it."""

    prefixes: Annotated[tuple[str, ...], PREFIXES]


class Onboarding(msgspec.Struct, frozen=True):
    """The network whose subnets are to be a pool's."""

    network_id: Uuid


def get(tx: Transaction, request: Request, pool_id: str) -> SubnetPool:
    """Return the subnet pool if the caller sees it, or refuse."""
    found = visible(tx, request, SubnetPool, pool_id)
    if found is None:
        raise SubnetPoolNotFound(pool_id)
    return found


def create(tx: Transaction, request: Request, given: Given) -> SubnetPool:
    """Create a subnet pool; lengths that are not given follow from the IP version."""
    prefixes: Sequence[str] = given["prefixes"]  # type: ignore[assignment]
    version = version_of(prefixes)
    least = given.get("min_prefixlen", str(LEAST_LENGTH[version]))
    values = {"min_prefixlen": least, "max_prefixlen": str(BITS[version]), "default_prefixlen": least} | given
    values |= {
        "id": str(uuid.uuid4()),
        "project_id": str(given.get("project_id") or request.project_id),
        "ip_version": version,
        "prefixes": compact(prefixes),
    }
    pool = SubnetPool(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    _check(tx, request, pool, None)
    tx.insert(pool)
    return pool


def update(tx: Transaction, request: Request, old: SubnetPool, changes: Given) -> SubnetPool:
    """Change a subnet pool; its prefixes may only grow."""
    values = dict(changes)
    if "prefixes" in values:
        prefixes: Sequence[str] = values["prefixes"]  # type: ignore[assignment]
        version_of((*prefixes, *old.prefixes) if prefixes else prefixes)
        check_grows(old.prefixes, prefixes)
        values["prefixes"] = compact(prefixes)
    _check(tx, request, msgspec.structs.replace(old, **values), old)
    return tx.update(old, values)


def delete(tx: Transaction, _request: Request, pool: SubnetPool) -> None:
    """Delete a subnet pool; refuse while subnets are cut from it."""
    if tx.connection.execute(_CUT.limit(1), {"pool_id": pool.id}).first() is not None:
        raise SubnetPoolDeleteError("Subnet pool has existing allocations")
    tx.delete(pool)


def add_prefixes(tx: Transaction, request: Request, pool: SubnetPool, wanted: Prefixes) -> object:
    """Add prefixes to a pool (extension subnetpool-prefix-ops)."""
    return {"prefixes": update(tx, request, pool, {"prefixes": (*pool.prefixes, *wanted.prefixes)}).prefixes}


def remove_prefixes(tx: Transaction, _request: Request, pool: SubnetPool, wanted: Prefixes) -> object:
    """Take prefixes from a pool; refuse what is given out (extension subnetpool-prefix-ops)."""
    removed = [prefix for prefix in wanted.prefixes if (":" in prefix) == (pool.ip_version == 6)]
    if not overlap(pool.prefixes, removed):
        return {"prefixes": pool.prefixes}
    if overlap([row.cidr for row in _cut_from(tx, pool)], removed):
        raise IllegalSubnetPoolPrefixUpdate("One or more the prefixes to be removed is in use by a subnet.")
    return {"prefixes": tx.update(pool, {"prefixes": without(pool.prefixes, removed)}).prefixes}


def onboard(tx: Transaction, request: Request, pool: SubnetPool, wanted: Onboarding) -> list[dict[str, str]]:
    """Make a network's subnets ones that were cut from the pool, whose prefixes they are then (subnet_onboard)."""
    network = visible(tx, request, Network, wanted.network_id)
    if network is None:
        raise NetworkNotFound(wanted.network_id)
    rows = tx.connection.execute(_OF_NETWORK, {"network_id": network.id, "version": pool.ip_version})
    subnets = [to_resource(Subnet, row) for row in rows]
    for subnet in subnets:  # who sees a network that is shared may not change what is its owner's
        request.authority.check(tx.connection, request.caller, "update_subnet", subnet)
    taken = [row.cidr for row in _cut_from(tx, pool)]
    for subnet in subnets:
        if overlap([subnet.cidr], taken):
            raise IllegalSubnetPoolUpdate(
                f"Onboarding subnet {subnet.id}: {subnet.cidr} conflicts with allocated prefixes in subnet pool "
                f"{pool.id}"
            )
    if subnets:
        update(tx, request, pool, {"prefixes": (*pool.prefixes, *(subnet.cidr for subnet in subnets))})
    for subnet in subnets:
        tx.update(subnet, {"subnetpool_id": pool.id})
    return [{"id": subnet.id, "cidr": subnet.cidr} for subnet in subnets]


def of_subnet(tx: Transaction, request: Request, given: Given) -> SubnetPool | None:
    """Return the pool from which the subnet that *given* asks for is to be cut; None for none."""
    pool_id, cidr = given.get("subnetpool_id"), given.get("cidr")
    version = given["ip_version"]
    if cidr is not None and given.get("prefixlen") is not None:
        raise HTTPBadRequest("Bad subnets request: cidr and prefixlen must not be supplied together.")
    if pool_id is not None and given.get("use_default_subnetpool"):
        raise HTTPBadRequest("Bad subnets request: subnetpool_id and use_default_subnetpool cannot both be specified.")
    if pool_id is not None:
        pool = get(tx, request, str(pool_id))
    elif given.get("use_default_subnetpool"):
        found = _default(tx, version)
        if found is None or not request.authority.sees(tx.connection, request.caller, found):
            raise HTTPBadRequest(f"Bad subnets request: No default subnetpool found for IPv{version}.")
        pool = found
    elif cidr is None:
        raise HTTPBadRequest("Bad subnets request: a subnetpool must be specified in the absence of a cidr.")
    else:
        return None
    if pool.ip_version != version:
        raise InvalidInput(f"Cannot allocate IPv{version} subnet from IPv{pool.ip_version} subnet pool")
    if cidr is None and "allocation_pools" in given:
        raise HTTPBadRequest("Bad subnets request: allocation_pools allowed only for specific subnet requests.")
    return pool


def prefix_for(tx: Transaction, pool: SubnetPool, project_id: str, given: Given) -> str:
    """Return the prefix that a new subnet of a project gets from *pool*."""
    rows = _cut_from(tx, pool)
    cidr, length = given.get("cidr"), given.get("prefixlen")
    found = cut(
        pool, [row.cidr for row in rows], str(cidr) if cidr else None, length if isinstance(length, int) else None
    )
    check_share(pool, [row.cidr for row in rows if row.project_id == project_id], found)
    return found


def _cut_from(tx: Transaction, pool: SubnetPool) -> Sequence[Row]:
    return tx.connection.execute(_CUT, {"pool_id": pool.id}).all()


def defaults(tx: Transaction) -> list[SubnetPool]:
    """Return the default pools: of IPv4, of IPv6, or both."""
    return [pool for version in BITS if (pool := _default(tx, version)) is not None]


def _default(tx: Transaction, version: object) -> SubnetPool | None:
    row = tx.connection.execute(_DEFAULT, {"version": version}).first()
    return to_resource(SubnetPool, row) if row else None


def _check(tx: Transaction, request: Request, pool: SubnetPool, old: SubnetPool | None) -> None:
    check_bounds(pool)
    if pool.is_default and not (old and old.is_default) and _default(tx, pool.ip_version):
        raise InvalidInput(
            "A default subnetpool for this IP family has already been set. Only one default may exist per IP family"
        )
    if old and old.address_scope_id is not None and not request.is_admin:
        shared = address_scopes.get(tx, request, old.address_scope_id)
        if shared.project_id != request.project_id:
            raise IllegalSubnetPoolUpdate(
                f"subnetpool {pool.id} cannot be updated when associated with shared address scope {shared.id}"
            )
    if pool.address_scope_id is None:
        return
    scope = address_scopes.get(tx, request, pool.address_scope_id)
    if scope.ip_version != pool.ip_version:
        raise IllegalSubnetPoolIpVersionAssociationToAddressScope(pool.id, scope.id, scope.ip_version)
    if old and tx.connection.execute(_BESIDE, {"pool_id": pool.id}).first() is not None:
        raise NetworkAddressScopeAffinityError
    rows = tx.connection.execute(_IN_SCOPE, {"scope_id": scope.id}).all()
    others = [other for other in (to_resource(SubnetPool, row) for row in rows) if other.id != pool.id]
    if overlap(pool.prefixes, [prefix for other in others for prefix in other.prefixes]):
        raise AddressScopePrefixConflict
