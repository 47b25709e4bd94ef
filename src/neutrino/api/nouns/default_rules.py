"""The rules that new security groups get: what creating and deleting one does."""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.address_group import AddressGroup
from neutrino.model.default_rule import SHAPE, DefaultSecurityGroupRule, as_rule
from neutrino.model.faults.address_group import AddressGroupNotFound
from neutrino.model.faults.security_group import DefaultSecurityGroupRuleExists
from neutrino.model.security_rule import canonical, check_rule
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_rules = TABLES[DefaultSecurityGroupRule]
_OF_DEFAULT = select_all(DefaultSecurityGroupRule).where(_rules.c.used_in_default_sg.is_(True))
_OF_OTHERS = select_all(DefaultSecurityGroupRule).where(_rules.c.used_in_non_default_sg.is_(True))
_LIKE = select_all(DefaultSecurityGroupRule).where(
    *(_rules.c[name].is_not_distinct_from(bindparam(name)) for name in SHAPE)
)


def templates(tx: Transaction, *, is_default: bool) -> Sequence[DefaultSecurityGroupRule]:
    """Return what a new group gets: a project's default group, or another."""
    rows = tx.connection.execute(_OF_DEFAULT if is_default else _OF_OTHERS)
    return [to_resource(DefaultSecurityGroupRule, row) for row in rows]


def create(tx: Transaction, request: Request, given: Given) -> DefaultSecurityGroupRule:
    """Create a rule for groups to come; refuse one that contradicts itself, or that such groups get already."""
    template = DefaultSecurityGroupRule(**(given | {"id": str(uuid.uuid4())}))  # type: ignore[arg-type]
    rule = canonical(as_rule(template, request.project_id))
    check_rule(rule)
    addresses = template.remote_address_group_id
    if addresses is not None and tx.get(AddressGroup, addresses) is None:
        raise AddressGroupNotFound(addresses)
    for row in tx.connection.execute(_LIKE, {name: getattr(template, name) for name in SHAPE}):
        other = to_resource(DefaultSecurityGroupRule, row)
        if (other.used_in_default_sg and template.used_in_default_sg) or (
            other.used_in_non_default_sg and template.used_in_non_default_sg
        ):
            raise DefaultSecurityGroupRuleExists(other.id)
    tx.insert(template)
    return template


def delete(tx: Transaction, _request: Request, template: DefaultSecurityGroupRule) -> None:
    """Delete a rule for groups to come; those that have it keep it."""
    tx.delete(template)
