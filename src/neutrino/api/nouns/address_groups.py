"""Address groups: what creating, changing and deleting one does."""

import uuid

from sqlalchemy import bindparam, select, union_all

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.address_group import Addresses, AddressGroup, Removed, with_addresses, without_addresses
from neutrino.model.default_rule import DefaultSecurityGroupRule
from neutrino.model.faults.address_group import AddressGroupInUse
from neutrino.model.security_group import SecurityGroupRule
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_REFERRING = union_all(
    *(
        select(table.c.id).where(table.c.remote_address_group_id == bindparam("group_id"))
        for table in (TABLES[SecurityGroupRule], TABLES[DefaultSecurityGroupRule])
    )
).limit(1)


def create(tx: Transaction, request: Request, given: Given) -> AddressGroup:
    """Create an address group."""
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": str(given.get("project_id") or request.project_id),
    }
    group = AddressGroup(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(group)
    return group


def update(tx: Transaction, _request: Request, old: AddressGroup, changes: Given) -> AddressGroup:
    """Change an address group's name or description."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, group: AddressGroup) -> None:
    """Delete an address group; refuse while rules refer to it."""
    if tx.connection.execute(_REFERRING, {"group_id": group.id}).first() is not None:
        raise AddressGroupInUse(group.id)
    tx.delete(group)


def add(tx: Transaction, _request: Request, group: AddressGroup, added: Addresses) -> AddressGroup:
    """Add addresses."""
    return tx.update(group, {"addresses": with_addresses(group, added)})


def remove(tx: Transaction, _request: Request, group: AddressGroup, removed: Removed) -> AddressGroup:
    """Take addresses away."""
    return tx.update(group, {"addresses": without_addresses(group, removed)})
