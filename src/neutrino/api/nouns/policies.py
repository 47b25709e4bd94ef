"""QoS policies and their rules: what creating, changing and deleting one does.

A rule is a part of its policy: with it, the policy gets its next revision.
"""

import uuid
from collections.abc import Callable

import msgspec
from sqlalchemy import bindparam
from sqlalchemy import delete as delete_from

from neutrino.api.bodies import Given
from neutrino.api.nouns import qos
from neutrino.api.request import Request
from neutrino.model.faults.qos import QoSPolicyDefaultAlreadyExists, QosPolicyInUse, QosPolicyNotFound
from neutrino.model.qos import MINIMUM, RULES, QosPolicy, Rule, check_rule
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_DELETE_RULES = [delete_from(TABLES[cls]).where(TABLES[cls].c.qos_policy_id == bindparam("policy_id")) for cls in RULES]


def create(tx: Transaction, request: Request, given: Given) -> QosPolicy:
    """Create a policy without rules."""
    project_id = str(given.get("project_id") or request.project_id)
    values = given | {"id": str(uuid.uuid4()), "project_id": project_id}
    policy = QosPolicy(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    if policy.is_default:
        _check_default(tx, policy)
    tx.insert(policy)
    return policy


def update(tx: Transaction, _request: Request, old: QosPolicy, changes: Given) -> QosPolicy:
    """Change a policy."""
    if changes.get("is_default") and not old.is_default:
        _check_default(tx, old)
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, policy: QosPolicy) -> None:
    """Delete a policy and its rules; refuse while something is under it."""
    user = next(iter(qos.users_of(tx, policy.id)), None)
    if user is not None:
        raise QosPolicyInUse(policy.id, *user)
    for statement in _DELETE_RULES:
        tx.connection.execute(statement, {"policy_id": policy.id})
    tx.delete(policy)


def creation_of(cls: type[Rule]) -> Callable[[Transaction, Request, Given], Rule]:
    """Return what creates a rule of one type."""

    def create_rule(tx: Transaction, _request: Request, given: Given) -> Rule:
        policy = _get(tx, str(given["qos_policy_id"]))
        rule = cls(**(given | {"id": str(uuid.uuid4())}))  # type: ignore[arg-type]
        check_rule(policy, rule)
        qos.check_users(tx, policy, rule)
        tx.insert(rule)
        tx.touch(policy)
        return rule

    return create_rule


def update_rule(tx: Transaction, _request: Request, old: Rule, changes: Given) -> Rule:
    """Change a rule."""
    policy = _get(tx, old.qos_policy_id)
    rule = msgspec.structs.replace(old, **changes)
    if rule == old:
        return old
    check_rule(policy, rule)
    qos.check_users(tx, policy, rule)
    tx.touch(policy)
    return tx.update(old, changes)


def delete_rule(tx: Transaction, _request: Request, rule: Rule) -> None:
    """Delete a rule."""
    policy = _get(tx, rule.qos_policy_id)
    if isinstance(rule, MINIMUM):
        qos.check_allocated(tx, policy)
    tx.delete(rule)
    tx.touch(policy)


def _get(tx: Transaction, policy_id: str) -> QosPolicy:
    found = tx.get(QosPolicy, policy_id)
    if found is None:
        raise QosPolicyNotFound(policy_id)
    return found


def _check_default(tx: Transaction, policy: QosPolicy) -> None:
    if qos.default_of(tx, policy.project_id) is not None:
        raise QoSPolicyDefaultAlreadyExists(policy.project_id)
