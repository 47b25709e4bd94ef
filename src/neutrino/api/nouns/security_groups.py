"""Security groups and their rules: what creating, changing and deleting them does."""

import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, literal_column, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import default_rules, logs, statefulness
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.address_group import AddressGroup
from neutrino.model.faults.address_group import AddressGroupNotFound
from neutrino.model.faults.security_group import (
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupConflict,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupInUse,
    SecurityGroupNotFound,
    SecurityGroupRuleExists,
)
from neutrino.model.port import Port
from neutrino.model.security_group import DEFAULT_NAME, SecurityGroup, SecurityGroupRule, normalized
from neutrino.model.security_rule import canonical, check_rule
from neutrino.store.derived import CALLER
from neutrino.store.records import Transaction
from neutrino.store.statements import Connection
from neutrino.store.tables import CHILDREN, TABLES

_groups, _rules = TABLES[SecurityGroup], TABLES[SecurityGroupRule]
_members = CHILDREN[Port]["security_groups"]
_RULES = frozenset({"security_group_rules"})
# The name is no parameter: where one decides about a partial index, SQLite plans the statement anew each time.
_DEFAULT_OF = select(_groups.c.id).where(
    _groups.c.project_id == bindparam("project_id"), _groups.c.name == literal_column(f"'{DEFAULT_NAME}'", Text())
)
_EXISTING = select(_groups.c.id, _groups.c.stateful).where(_groups.c.id.in_(bindparam("ids", expanding=True)))
_MEMBER = select(_members.c.port_id).where(_members.c.security_group_id == bindparam("group_id")).limit(1)
_REFERRING = (
    select(_rules.c.id)
    .where(_rules.c.remote_group_id == bindparam("group_id"), _rules.c.security_group_id != bindparam("group_id"))
    .limit(1)
)
_SAME_AS = (
    "security_group_id",
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "normalized_cidr",
    "remote_group_id",
    "remote_address_group_id",
)
_LIKE = select(
    _rules.c.id
).where(
    _rules.c.security_group_id == bindparam("security_group_id"),  # by index: PostgreSQL has none for the others
    *(_rules.c[name].is_not_distinct_from(bindparam(name)) for name in _SAME_AS[1:]),
)


def default_of(connection: Connection, project_id: str) -> str | None:
    """Return the id of the project's default group, if it has been made."""
    found: str | None = connection.execute(_DEFAULT_OF, {"project_id": project_id}).scalar()
    return found


def ensure_default(tx: Transaction, project_id: str) -> str:
    """Return the id of the project's default group, made first if it is missing."""
    found = default_of(tx.connection, project_id)
    if found is not None:
        return found
    return _group(tx, project_id, {"name": DEFAULT_NAME, "description": "Default security group"}).id


def is_default(name: str) -> bool:
    """Return whether *name* is kept for the groups that projects have anyway, in whatever case it is written."""
    return name.lower() == DEFAULT_NAME


def check_exist(tx: Transaction, request: Request, group_ids: Iterable[str]) -> None:
    """Refuse if the caller does not see one of the groups, or if some are stateful and some not."""
    wanted = list(group_ids)
    if not wanted:
        return
    may_see = request.authority.view(request.caller, SecurityGroup).check
    found = tx.connection.execute(_existing(may_see), {"ids": wanted, CALLER.key: request.project_id})
    stateful = {row[0]: row[1] for row in found}
    for group_id in wanted:
        if group_id not in stateful:
            raise SecurityGroupNotFound(group_id)
    if len(set(stateful.values())) > 1:
        raise SecurityGroupConflict("cannot apply both stateful and stateless security groups on the same port")


@lru_cache
def _existing(may_see: ColumnElement[bool] | None) -> Select[Any]:
    return _EXISTING if may_see is None else _EXISTING.where(may_see)


def create(tx: Transaction, request: Request, given: Given) -> SecurityGroup:
    """Create a group, with the rules that new groups get: as a rule, those that let everything out."""
    if is_default(str(given["name"])):
        raise SecurityGroupDefaultAlreadyExists
    project_id = str(given.get("project_id") or request.project_id)
    ensure_default(tx, project_id)
    group = _group(tx, project_id, given)
    found = tx.get(SecurityGroup, group.id)
    assert found is not None  # noqa: S101 - inserted above
    return found


def update(tx: Transaction, _request: Request, old: SecurityGroup, changes: Given) -> SecurityGroup:
    """Change a group."""
    if "name" in changes and changes["name"] != old.name:
        if old.name == DEFAULT_NAME:
            raise SecurityGroupCannotUpdateDefault
        if is_default(str(changes["name"])):
            raise SecurityGroupDefaultAlreadyExists
    if changes.get("stateful", old.stateful) != old.stateful and _member(tx, old.id):
        raise SecurityGroupInUse(old.id)
    return tx.update(old, changes)


def delete(tx: Transaction, request: Request, group: SecurityGroup) -> None:
    """Delete a group and its rules; refuse while ports or other groups' rules refer to it.

    Only who administrates may remove a default group: what is left of a project that is gone.
    """
    if group.name == DEFAULT_NAME and not request.is_admin:
        raise SecurityGroupCannotRemoveDefault
    if _member(tx, group.id):
        raise SecurityGroupInUse(group.id)
    referring = tx.connection.execute(_REFERRING, {"group_id": group.id}).scalar()
    if referring is not None:
        raise SecurityGroupInUse(group.id, f"is the remote group of rule {referring}")
    logs.group_goes(tx, group.id)
    for rule in group.security_group_rules:
        tx.delete(rule)
    tx.delete(group)


def create_rule(tx: Transaction, request: Request, given: Given) -> SecurityGroupRule:
    """Create a rule; refuse one that contradicts itself or that exists."""
    group_id = str(given["security_group_id"])
    group = visible(tx, request, SecurityGroup, group_id, _RULES)
    if group is None:
        raise SecurityGroupNotFound(group_id)
    remote = given.get("remote_group_id")
    if isinstance(remote, str) and remote != group_id:
        check_exist(tx, request, [remote])
    addresses = given.get("remote_address_group_id")
    if isinstance(addresses, str) and visible(tx, request, AddressGroup, addresses) is None:
        raise AddressGroupNotFound(addresses)
    rule = _insert_rule(tx, group, **given)
    tx.touch(group)
    return rule


def update_rule(tx: Transaction, _request: Request, old: SecurityGroupRule, changes: Given) -> SecurityGroupRule:
    """Change a rule's description."""
    new = tx.update(old, changes)
    if new is not old:
        _touch_group(tx, old)
    return new


def delete_rule(tx: Transaction, _request: Request, rule: SecurityGroupRule) -> None:
    """Delete a rule."""
    tx.delete(rule)
    _touch_group(tx, rule)


def _touch_group(tx: Transaction, rule: SecurityGroupRule) -> None:
    group = tx.get(SecurityGroup, rule.security_group_id, _RULES)
    if group is not None:
        tx.touch(group)


def _member(tx: Transaction, group_id: str) -> str | None:
    found: str | None = tx.connection.execute(_MEMBER, {"group_id": group_id}).scalar()
    return found


def _group(tx: Transaction, project_id: str, given: Given) -> SecurityGroup:
    values = given | {"id": str(uuid.uuid4()), "project_id": project_id}
    if "stateful" not in values:
        values["stateful"] = statefulness.of_project(tx, project_id)
    group = SecurityGroup(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(group)
    for template in default_rules.templates(tx, is_default=group.name == DEFAULT_NAME):
        _insert_rule(tx, group, **template.values_for(group.id))
    return group


def _insert_rule(tx: Transaction, group: SecurityGroup, **given: object) -> SecurityGroupRule:
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": group.project_id,
        "security_group_id": group.id,
        "normalized_cidr": normalized(given.get("remote_ip_prefix")),  # type: ignore[arg-type]
        "belongs_to_default_sg": group.name == DEFAULT_NAME,
    }
    rule = SecurityGroupRule(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    rule = canonical(rule)
    check_rule(rule)
    same = {name: getattr(rule, name) for name in _SAME_AS}
    existing = tx.connection.execute(_LIKE, same).scalar()
    if existing is not None:
        raise SecurityGroupRuleExists(existing)
    tx.insert(rule)
    return rule
