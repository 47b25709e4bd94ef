"""Address scopes: what creating, changing and deleting one does."""

import uuid

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.address_scope import AddressScope
from neutrino.model.faults.subnetpool import AddressScopeInUse, AddressScopeNotFound, AddressScopeUpdateError
from neutrino.model.subnetpool import SubnetPool
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_pools = TABLES[SubnetPool]
_POOL_IN = select(_pools.c.id).where(_pools.c.address_scope_id == bindparam("scope_id")).limit(1)


def get(tx: Transaction, request: Request, scope_id: str) -> AddressScope:
    """Return the address scope if the caller sees it, or refuse."""
    found = visible(tx, request, AddressScope, scope_id)
    if found is None:
        raise AddressScopeNotFound(scope_id)
    return found


def create(tx: Transaction, request: Request, given: Given) -> AddressScope:
    """Create an address scope."""
    project_id = str(given.get("project_id") or request.project_id)
    scope = AddressScope(**(given | {"id": str(uuid.uuid4()), "project_id": project_id}))  # type: ignore[arg-type]
    tx.insert(scope)
    return scope


def update(tx: Transaction, _request: Request, old: AddressScope, changes: Given) -> AddressScope:
    """Change an address scope; what is shared stays shared."""
    if old.shared and changes.get("shared") is False:
        raise AddressScopeUpdateError(old.id, "Shared address scope can't be unshared")
    return tx.update(old, changes) if changes else old


def delete(tx: Transaction, _request: Request, scope: AddressScope) -> None:
    """Delete an address scope; refuse while pools are in it."""
    if tx.connection.execute(_POOL_IN, {"scope_id": scope.id}).scalar() is not None:
        raise AddressScopeInUse(scope.id)
    tx.delete(scope)
