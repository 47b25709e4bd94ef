"""What sharing a resource does, and making a network external: entries are made and taken away.

Here: what follows from a resource's own attributes, and whether somebody depends on an entry. Not here: the entries as
a noun (nouns/rbac_policies.py).
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, select, union

from neutrino.api.bodies import Given
from neutrino.model.address_group import AddressGroup
from neutrino.model.address_scope import AddressScope
from neutrino.model.faults.access import InvalidSharedSetting, RbacPolicyInUse
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import NETWORK_OWNER_PREFIX, ROUTER_GATEWAY, Port
from neutrino.model.qos import QosPolicy
from neutrino.model.rbac_policy import EVERYBODY, EXTERNAL, SHARED, TYPE_OF, RbacPolicy
from neutrino.model.resource import Resource
from neutrino.model.router import Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

R = TypeVar("R", bound=Resource)
_entries, _ports, _subnets = TABLES[RbacPolicy], TABLES[Port], TABLES[Subnet]
_rules, _pools, _routers = TABLES[SecurityGroupRule], TABLES[SubnetPool], TABLES[Router]
_members = CHILDREN[Port]["security_groups"]
_ID: BindParameter[str] = bindparam("object_id", type_=String())
_OF_OBJECT = select_all(RbacPolicy).where(_entries.c.object_id == _ID)


def _projects(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(column).where(*conditions).distinct()


# The projects that use a resource: of the class, by the parameter object_id.
_USERS: Mapping[type[Resource], Any] = {
    Network: _projects(_ports.c.project_id, _ports.c.network_id == _ID),
    SecurityGroup: _projects(
        _ports.c.project_id, _members.c.port_id == _ports.c.id, _members.c.security_group_id == _ID
    ),
    AddressScope: _projects(_pools.c.project_id, _pools.c.address_scope_id == _ID),
    AddressGroup: _projects(_rules.c.project_id, _rules.c.remote_address_group_id == _ID),
    SubnetPool: _projects(_subnets.c.project_id, _subnets.c.subnetpool_id == _ID),
    QosPolicy: union(
        *(
            _projects(TABLES[cls].c.project_id, TABLES[cls].c[name] == _ID)
            for cls, name in (
                (Network, "qos_policy_id"),
                (Port, "qos_policy_id"),
                (FloatingIp, "qos_policy_id"),
                (Router, "gateway_qos_policy_id"),
            )
        )
    ),
}
_GATEWAYS = _projects(
    _routers.c.project_id,
    _routers.c.gw_port_id == _ports.c.id,
    _ports.c.network_id == _ID,
    _ports.c.device_owner == ROUTER_GATEWAY,
)
_ON_NETWORK = (
    _USERS[Network]
    .where(_ports.c.device_owner.not_like(f"{NETWORK_OWNER_PREFIX}%"))
    .union(_projects(_subnets.c.project_id, _subnets.c.network_id == _ID))
)


def entries(tx: Transaction, object_id: str, action: str = "") -> Sequence[RbacPolicy]:
    """Return the entries of a resource, or those of one *action*."""
    rows = tx.connection.execute(_OF_OBJECT, {"object_id": object_id}).all()
    found = [to_resource(RbacPolicy, row) for row in rows]
    return [entry for entry in found if action in ("", entry.action)]


def created(tx: Transaction, resource: Resource) -> None:
    """Make the entries that a new resource asks for."""
    if type(resource) not in TYPE_OF:
        return
    if getattr(resource, "shared", False):
        _add(tx, resource, SHARED)
    if isinstance(resource, Network) and resource.router_external:
        _add(tx, resource, EXTERNAL)


def changed(tx: Transaction, resource: R, changes: Given) -> R:
    """Make, and take away, the entries that a change asks for; return the resource as it is then.

    Raises:
        InvalidSharedSetting: Other projects use the network.
        RbacPolicyInUse: Other projects use the resource.
    """
    if type(resource) not in TYPE_OF or not changes.keys() & {"shared", "router_external"}:
        return resource
    found = entries(tx, resource.id)
    if "shared" in changes:
        _share(tx, resource, [one for one in found if one.action == SHARED], wanted=bool(changes["shared"]))
    if "router_external" in changes:
        outer = [one for one in found if one.action == EXTERNAL]
        if changes["router_external"] and not outer:
            _add(tx, resource, EXTERNAL)
        elif not changes["router_external"]:
            for entry in outer:
                tx.delete(entry)
    return tx.get(type(resource), resource.id) or resource


def deleted(tx: Transaction, resource: Resource) -> None:
    """Take the entries of a resource away that has gone."""
    if type(resource) in TYPE_OF:
        for entry in entries(tx, resource.id):
            tx.delete(entry)


def check_unused(tx: Transaction, resource: Resource, entry: RbacPolicy, target: str = "") -> None:
    """Refuse if somebody needs *entry*, which goes, or is to be for the project *target* instead.

    Raises:
        RbacPolicyInUse: They do.
    """
    if entry.action == EXTERNAL and isinstance(resource, Network) and resource.is_default:
        raise RbacPolicyInUse(entry.object_id, "It is the default external network.")
    owner = getattr(resource, "project_id", "")
    if target == entry.target_tenant or target == EVERYBODY or entry.target_tenant == owner:
        return
    others = {one.target_tenant for one in entries(tx, entry.object_id, entry.action) if one.id != entry.id}
    if EVERYBODY in others:
        return
    if entry.action == EXTERNAL:
        users = _found(tx, _GATEWAYS, entry.object_id) - others - {target}
        details = "There are routers attached to this network that depend on this policy for access."
    else:
        users = _found(tx, _USERS[type(resource)], entry.object_id) - others - {""}
        details = f"project_id={entry.target_tenant}"
        if isinstance(resource, Network):
            users -= {owner}
            details = str(InvalidSharedSetting(resource.id))
    if entry.target_tenant in users or (entry.target_tenant == EVERYBODY and users):
        raise RbacPolicyInUse(entry.object_id, details)


def _share(tx: Transaction, resource: Resource, found: Sequence[RbacPolicy], *, wanted: bool) -> None:
    general = next((entry for entry in found if entry.target_tenant == EVERYBODY), None)
    if wanted and general is None:
        _add(tx, resource, SHARED)
    elif not wanted and general is not None:
        if isinstance(resource, Network):
            allowed = {entry.target_tenant for entry in found} | {resource.project_id}
            if _found(tx, _ON_NETWORK, resource.id) - allowed:
                raise InvalidSharedSetting(resource.name)
        else:
            check_unused(tx, resource, general)
        tx.delete(general)


def _found(tx: Transaction, statement: Any, object_id: str) -> set[str]:
    return {str(row[0]) for row in tx.connection.execute(statement, {"object_id": object_id})}


def _add(tx: Transaction, resource: Resource, action: str) -> None:
    tx.insert(
        RbacPolicy(
            id=str(uuid.uuid4()),
            project_id=str(getattr(resource, "project_id", "")),
            object_type=TYPE_OF[type(resource)],
            object_id=resource.id,
            action=action,
            target_tenant=EVERYBODY,
        )
    )
