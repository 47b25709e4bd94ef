"""What is left of a rule once it is known who asks: conditions on what is acted on, as a small tree.

Here: from oslo.policy's tree of checks to `Condition`. Not here: whether a condition holds (facts.py), what it is in
SQL (clauses.py).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, Union

import msgspec
from oslo_policy import _checks

from neutrino.api.identity.caller import Caller

if TYPE_CHECKING:
    from oslo_policy.policy import Enforcer

_REFERENCE = re.compile(r"%\((.*)\)s")
DERIVED = ("shared", "router:external")  # attributes that the entries tell, for the caller
_OF_CALLER = ("roles", "service_roles", "system_scope", "is_admin")  # what a `Standing` is made of


class Owner(msgspec.Struct, frozen=True):
    """The caller's project is the one in *field*: ``project_id``, or ``network:project_id`` of what is referred to."""

    field: str


class Field(msgspec.Struct, frozen=True):
    """The attribute *field* of what is acted on, or of what it belongs to in *collection*, is *value*."""

    collection: str
    field: str
    value: str

    def matches(self, found: object) -> bool:
        """Return whether *found*, the attribute's value, is what is asked for."""
        if found is None:
            return False
        if self.value.startswith("~"):
            return re.match(self.value[1:], str(found)) is not None
        if isinstance(found, bool):
            return str(found).lower() == self.value.lower()
        return str(found) == self.value


class Opaque(msgspec.Struct, frozen=True, eq=False):
    """A check that only oslo.policy understands; it is asked each time, for each row."""

    check: _checks.BaseCheck


class Every(msgspec.Struct, frozen=True):
    """All parts hold."""

    parts: "tuple[Condition, ...]"


class Some(msgspec.Struct, frozen=True):
    """One part holds."""

    parts: "tuple[Condition, ...]"


class Not(msgspec.Struct, frozen=True):
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Union[bool, Owner, Field, Opaque, Every, Some, Not]  # noqa: UP007 - it refers to itself


def _credentials(caller: Caller) -> dict[str, object]:
    """Return *caller* as oslo.policy's own checks want it."""
    return {
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "tenant_id": caller.project_id,
        "roles": sorted(caller.roles),
        "service_roles": sorted(caller.service_roles),
        "system_scope": caller.system_scope,
        "is_admin": "admin" in caller.roles,
    }


@cache
def _enforcer() -> "Enforcer":
    """Return what checks that ask others have their options of."""
    from oslo_config import cfg
    from oslo_policy.policy import Enforcer  # slow to load

    return Enforcer(cfg.ConfigOpts())


def ask(check: _checks.BaseCheck, target: Mapping[str, object], caller: Caller) -> bool:
    """Return what oslo.policy's own *check* says."""
    return bool(check(target, _credentials(caller), _enforcer()))


def condition(check: _checks.BaseCheck, rules: Mapping[str, _checks.BaseCheck], caller: Caller) -> Condition:
    """Return what is left of *check* for callers with the roles and the scope of *caller*."""
    match check:
        case _checks.TrueCheck():
            return True
        case _checks.FalseCheck():
            return False
        case _checks.NotCheck():
            return _negated(condition(check.rule, rules, caller))
        case _checks.AndCheck():
            return _joined(Every, [condition(part, rules, caller) for part in check.rules])
        case _checks.OrCheck():
            return _joined(Some, [condition(part, rules, caller) for part in check.rules])
        case _checks.RuleCheck():
            return condition(rules[check.match], rules, caller)
        case _checks.RoleCheck() if "%(" not in check.match:
            return check.match.lower() in caller.roles
        case _checks.GenericCheck():
            return _generic(check, caller)
    return Opaque(check)


def _generic(check: _checks.GenericCheck, caller: Caller) -> Condition:
    reference = _REFERENCE.fullmatch(check.match)
    if check.kind in ("project_id", "tenant_id") and reference:
        if caller.system_scope:
            return False  # who has no project owns nothing: ports of routers and floating IPs have none either
        return Owner("project_id" if reference[1] == "tenant_id" else reference[1])
    if check.kind == "field":
        collection, _, rest = check.match.partition(":")
        field, _, value = rest.rpartition("=") if "=~" not in rest else rest.partition("=")
        return Field(collection, field, value)
    if check.kind in _OF_CALLER and "%(" not in check.match:
        return ask(check, {}, caller)
    return Opaque(check)


def _negated(part: Condition) -> Condition:
    return not part if isinstance(part, bool) else Not(part)


def _joined(kind: type[Every] | type[Some], parts: list[Condition]) -> Condition:
    """Return the parts as one; those that are decided, and those that are there twice, go."""
    ends = kind is Some
    kept: list[Condition] = []
    for part in parts:
        if isinstance(part, bool):
            if part is ends:
                return ends
        else:
            kept += part.parts if isinstance(part, kind) else [part]
    distinct = sorted(dict.fromkeys(kept), key=_cost)
    if not distinct:
        return not ends
    return distinct[0] if len(distinct) == 1 else kind(tuple(distinct))


def _cost(part: Condition) -> int:
    """Return how dear *part* is to find out: what is in the row itself comes first."""
    match part:
        case Owner(field):
            return 0 if field == "project_id" else 2
        case Field():
            return 3 if part.field in DERIVED else 1
        case Every(parts) | Some(parts):
            return max(map(_cost, parts))
        case Not(inner):
            return _cost(inner)
    return 4


def is_opaque(node: Condition) -> bool:
    """Return whether only oslo.policy can decide a part of *node*."""
    match node:
        case Every(parts) | Some(parts):
            return any(map(is_opaque, parts))
        case Not(inner):
            return is_opaque(inner)
    return isinstance(node, Opaque)


def implies(known: Condition, asked: Condition) -> bool:
    """Return whether *asked* surely holds where *known* does."""
    if asked is True or asked == known:
        return True
    alternatives = set(asked.parts) if isinstance(asked, Some) else {asked}
    return (set(known.parts) if isinstance(known, Some) else {known}) <= alternatives
