"""RBAC policies: what creating, changing and deleting one does."""

import uuid

from sqlalchemy.exc import IntegrityError

from neutrino.api import sharing
from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.access import DuplicateRbacPolicy, InvalidActionForType
from neutrino.model.network import Network
from neutrino.model.rbac_policy import EVERYBODY, SHAREABLE, SHARED, RbacPolicy, actions
from neutrino.model.resource import Resource
from neutrino.model.subnetpool import SubnetPool
from neutrino.store.records import Transaction


def create(tx: Transaction, request: Request, given: Given) -> RbacPolicy:
    """Let a project, or everybody, see and use a resource; only who owns it, and administrators, may."""
    project_id = str(given.get("project_id") or request.project_id)
    entry = RbacPolicy(**(given | {"id": str(uuid.uuid4()), "project_id": project_id}))  # type: ignore[arg-type]
    allowed = actions(entry.object_type)
    if entry.action not in allowed:
        raise InvalidActionForType(entry.action, entry.object_type, allowed)
    resource = visible(tx, request, SHAREABLE[entry.object_type], entry.object_id)
    if resource is None:
        raise InvalidInput(f"{entry.object_type} {entry.object_id} could not be found")
    _check_owner(request, resource)
    _check_scope(tx, entry, resource)
    if not tx.insert_if_free(entry, ("object_id", "action", "target_tenant")):
        raise DuplicateRbacPolicy
    _touch(tx, resource)
    return entry


def update(tx: Transaction, request: Request, old: RbacPolicy, changes: Given) -> RbacPolicy:
    """Let another project see and use the resource; refuse while the present one needs it."""
    resource = tx.get(SHAREABLE[old.object_type], old.object_id)
    assert resource is not None  # noqa: S101 - its entries go with it
    _check_owner(request, resource)
    sharing.check_unused(tx, resource, old, str(changes.get("target_tenant", old.target_tenant)))
    try:
        new = tx.update(old, changes)
    except IntegrityError as error:
        raise DuplicateRbacPolicy from error
    if new is not old:
        _touch(tx, resource)
    return new


def delete(tx: Transaction, _request: Request, entry: RbacPolicy) -> None:
    """Let a project see and use the resource no more; refuse while it does."""
    resource = tx.get(SHAREABLE[entry.object_type], entry.object_id)
    assert resource is not None  # noqa: S101 - its entries go with it
    sharing.check_unused(tx, resource, entry)
    tx.delete(entry)
    _touch(tx, resource)


def _check_owner(request: Request, resource: Resource) -> None:
    if not request.is_admin and getattr(resource, "project_id", None) != request.project_id:
        raise InvalidInput("Only admins can manipulate policies on objects they do not own")


def _check_scope(tx: Transaction, entry: RbacPolicy, resource: Resource) -> None:
    """Refuse to share a subnet pool with who may not use its address scope."""
    if not isinstance(resource, SubnetPool) or resource.address_scope_id is None:
        return
    targets = {one.target_tenant for one in sharing.entries(tx, resource.address_scope_id, SHARED)}
    if targets.isdisjoint((EVERYBODY, entry.target_tenant)):
        raise InvalidInput(
            f"Failed to create RBAC policy on object {resource.id} because target project doesn't have access to "
            "associated address scope."
        )


def _touch(tx: Transaction, resource: Resource) -> None:
    """Give a network its next revision: what it is for others, and whether it is external, changed."""
    if isinstance(resource, Network):
        tx.touch(resource)
