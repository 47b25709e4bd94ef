"""Who may do what: the rules, asked in the way that the service needs.

A rule is looked at once for each set of roles; what is left of it are conditions on what is acted on, and where it
leaves none, the answer costs a look into a dictionary.

Here: creation, change, deletion, actions, and what of a noun a caller sees. Not here: the rules (rules/, loading.py).
"""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import msgspec
from sqlalchemy import ColumnElement

from neutrino.api.identity.caller import Caller
from neutrino.api.policy.checks import (
    Condition,
    Every,
    Field,
    Not,
    Opaque,
    Owner,
    Some,
    ask,
    condition,
    implies,
    is_opaque,
)
from neutrino.api.policy.clauses import clause
from neutrino.api.policy.facts import Facts
from neutrino.api.policy.loading import Rules
from neutrino.api.policy.parents import EXT_PARENT, Below
from neutrino.api.policy.rules import SCOPED
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.access import InvalidScope, PolicyNotAuthorized
from neutrino.model.resource import Attribute, Resource, attributes, shown
from neutrino.store.statements import Connection

_MOST_STANDINGS = 1000  # sets of roles that are remembered
_Key: TypeAlias = tuple[frozenset[str], frozenset[str], str]
_PROJECT = "project_id"
# What upstream's queries leave out for all but administrators and services, whatever an operator's rule says.
_REACHED = (Owner(_PROJECT), *(Owner(f"{name}:{_PROJECT}") for name in ("network", "security_group", EXT_PARENT)))


class Ruled(msgspec.Struct, frozen=True):
    """How rules name a noun, and what it is below."""

    name: str
    below: Below | None = None


class View(msgspec.Struct, frozen=True, eq=False):
    """What a caller sees of a noun: which rows, which attributes of all of them, and which of some."""

    rows: Condition
    clause: ColumnElement[bool] | None  # of a list of what they see; None: all rows
    check: ColumnElement[bool] | None  # of rows that are found otherwise
    names: tuple[str, ...]
    hidden: frozenset[str]  # names that no row shows
    conditional: tuple[tuple[str, Condition], ...]
    shown_if: tuple[tuple[str, ColumnElement[bool]], ...]  # the same in SQL
    is_opaque: bool  # and SQL does not say all of it


class Standing:
    """What callers with the same roles and scope may do."""

    def __init__(self, rules: Rules, caller: Caller) -> None:
        self._rules = rules
        self._caller = caller
        self._conditions: dict[str, Condition] = {}
        self.views: dict[type[Resource], View] = {}
        self.attribute_rules: dict[tuple[str, type[Resource]], Mapping[str, tuple[str, Collection[str]]]] = {}

    def condition(self, rule: str) -> Condition:
        """Return what is left of *rule*."""
        found = self._conditions.get(rule)
        if found is None:
            found = self._conditions[rule] = self._decide(rule)
        return found

    def is_out_of_scope(self, rule: str) -> bool:
        """Return whether *rule* is for tokens of a project, and the caller's is another."""
        return bool(self._rules.enforces_scope and self._caller.system_scope and rule in SCOPED)

    def _decide(self, rule: str) -> Condition:
        if self.is_out_of_scope(rule):
            return False
        return condition(self._rules.checks[rule], self._rules.checks, self._caller)


class Authority:
    """Decides. *nouns* says how rules name each class."""

    def __init__(self, rules: Rules, nouns: Mapping[type[Resource], Ruled]) -> None:
        self._rules = rules
        self._nouns = nouns
        self._standings: dict[_Key, Standing] = {}

    def allows(self, caller: Caller, rule: str, project_id: str | None = None) -> bool:
        """Return whether *rule* allows *caller* something in the project of that id, or in their own."""
        node = self._standing(caller).condition(rule)
        if isinstance(node, bool):
            return node
        return _in_project(node, caller, caller.project_id if project_id is None else project_id)

    def require(self, caller: Caller, rule: str, project_id: str | None = None) -> None:
        """Refuse unless *rule* allows *caller* something in the project of that id, or in their own."""
        if not self.allows(caller, rule, project_id):
            raise self._refusal(caller, rule)

    def view(self, caller: Caller, cls: type[Resource]) -> View:
        """Return what *caller* sees of *cls*."""
        standing = self._standing(caller)
        found = standing.views.get(cls)
        if found is None:
            found = standing.views[cls] = self._view(standing, cls)
        return found

    def sees(self, connection: Connection, caller: Caller, resource: Resource) -> bool:
        """Return whether *caller* sees *resource*."""
        rows = self.view(caller, type(resource)).rows
        return rows if isinstance(rows, bool) else self._facts(connection, caller, type(resource), resource).hold(rows)

    def allows_on(self, connection: Connection, caller: Caller, rule: str, resource: Resource) -> bool:
        """Return whether *rule* allows *caller* something with *resource*."""
        node = self._standing(caller).condition(rule)
        if isinstance(node, bool):
            return node
        return self._facts(connection, caller, type(resource), resource).hold(node)

    def check_create(
        self, connection: Connection, caller: Caller, cls: type[Resource], raw: Mapping[str, object], given: object
    ) -> None:
        """Refuse unless *caller* may create a *cls* of the values *given*; *raw* is what they sent.

        Raises:
            HTTPBadRequest: It would be another project's.
            PolicyNotAuthorized: A rule does not allow it.
        """
        assert isinstance(given, dict)  # noqa: S101 - narrows the type
        values = self._owned(caller, cls, given)
        rule = f"create_{self._nouns[cls].name}"
        self._check(connection, caller, cls, rule, raw, values, values)

    def check_update(
        self, connection: Connection, caller: Caller, resource: Resource, raw: Mapping[str, object], changes: object
    ) -> None:
        """Refuse unless *caller* may change *resource* so.

        Raises:
            PolicyNotAuthorized: A rule does not allow it.
        """
        assert isinstance(changes, dict)  # noqa: S101 - narrows the type
        cls = type(resource)
        rule = f"update_{self._nouns[cls].name}"
        values: Resource | Mapping[str, object] = resource
        if not isinstance(self._standing(caller).condition(rule), bool) or changes:
            values = {name: getattr(resource, name) for name in attributes(cls)} | changes
        self._check(connection, caller, cls, rule, raw, changes, values, is_update=True)

    def check(self, connection: Connection, caller: Caller, rule: str, resource: Resource) -> None:
        """Refuse unless *rule* allows *caller* something with *resource*."""
        if not self.allows_on(connection, caller, rule, resource):
            raise self._refusal(caller, rule)

    def check_parts(self, connection: Connection, caller: Caller, rule: str, given: object, resource: Resource) -> None:
        """Refuse unless *caller* may do with *resource* what *rule* is about with all parts that were *given*."""
        for name in (rule, *(f"{rule}:{part}" for part in sorted(_keys(given)))):
            if name in self._rules.checks:
                self.check(connection, caller, name, resource)

    def rule(self, verb: str, cls: type[Resource]) -> str:
        """Return the name of the rule for *verb* (create, get, update, delete) and *cls*."""
        return f"{verb}_{self._nouns[cls].name}"

    def shown_names(self, connection: Connection, caller: Caller, resource: Resource) -> Collection[str]:
        """Return the names of the attributes of *resource* that *caller* sees."""
        view = self.view(caller, type(resource))
        if not view.conditional:
            return view.names
        facts = self._facts(connection, caller, type(resource), resource)
        out = {name for name, node in view.conditional if not facts.hold(node)}
        return tuple(name for name in view.names if name not in out)

    def _check(
        self,
        connection: Connection,
        caller: Caller,
        cls: type[Resource],
        rule: str,
        raw: Mapping[str, object],
        given: Mapping[str, object],
        values: Resource | Mapping[str, object],
        *,
        is_update: bool = False,
    ) -> None:
        standing = self._standing(caller)
        facts: Facts | None = None
        for name in (rule, *self._attribute_rules(standing, rule, cls, raw, given, is_update=is_update)):
            node = standing.condition(name)
            if node is True:
                continue
            if facts is None:
                facts = self._facts(connection, caller, cls, values)
            if node is False or not facts.hold(node):
                raise self._refusal(caller, name)

    def _attribute_rules(
        self,
        standing: Standing,
        rule: str,
        cls: type[Resource],
        raw: Mapping[str, object],
        given: Mapping[str, object],
        *,
        is_update: bool,
    ) -> list[str]:
        """Return the rules of the attributes that are given with other values than their defaults, and their parts."""
        key = (rule, cls)
        ruled = standing.attribute_rules.get(key)
        if ruled is None:
            ruled = standing.attribute_rules[key] = self._ruled_attributes(standing, rule, cls)
        out = []
        for wire, (name, parts) in ruled.items():
            if wire not in raw:
                continue
            attribute = attributes(cls)[name]
            if not is_update and _is_default(attribute, given.get(name)):
                continue
            out.append(f"{rule}:{wire}")
            out += (f"{rule}:{wire}:{part}" for part in parts if part in _keys(raw[wire]))
        return out

    def _ruled_attributes(
        self, standing: Standing, rule: str, cls: type[Resource]
    ) -> Mapping[str, tuple[str, Collection[str]]]:
        """Return the attributes that not every caller of the standing may give, with the parts that they may not."""
        out: dict[str, tuple[str, Collection[str]]] = {}
        for attribute in attributes(cls).values():
            prefix = f"{rule}:{attribute.wire}"
            parts = [
                name.removeprefix(f"{prefix}:")
                for name in self._rules.checks
                if name.startswith(f"{prefix}:") and standing.condition(name) is not True
            ]
            own = prefix in self._rules.checks and standing.condition(prefix) is not True
            if own or parts:
                out[attribute.wire] = (attribute.name, parts)
        return out

    def _owned(self, caller: Caller, cls: type[Resource], given: dict[str, object]) -> Mapping[str, object]:
        """Return *given* with a project; refuse another than the caller's, unless they may give it."""
        if _PROJECT not in attributes(cls):
            return given
        wanted = given.get(_PROJECT)
        if not wanted and not caller.project_id:
            raise HTTPBadRequest("Running without a project requires that project_id is specified")
        if wanted and wanted != caller.project_id and not self._may_set_project(caller):
            raise HTTPBadRequest(
                "Specifying 'project_id' other than the authenticated project in request is not allowed for the "
                "current user."
            )
        return given if wanted else given | {_PROJECT: caller.project_id}

    def _may_set_project(self, caller: Caller) -> bool:
        return any(
            self.allows(caller, rule)
            for rule in ("context_is_admin", "service_api", "context_is_advsvc", "context_can_set_project_id")
        )

    def _view(self, standing: Standing, cls: type[Resource]) -> View:
        ruled = self._nouns[cls]
        rule = f"get_{ruled.name}"
        rows = standing.condition(rule)
        if rule in self._rules.changed:
            rows = _both(rows, self._reach(standing, cls))
        names, hidden, conditional = [], [], []
        for name in shown(cls):
            own = f"{rule}:{attributes(cls)[name].wire}"
            node = standing.condition(own) if own in self._rules.checks else True
            if node is False:
                hidden.append(name)
                continue
            names.append(name)
            if not implies(rows, node):
                conditional.append((name, node))
        return View(
            rows,
            None if rows is True else clause(rows, cls, ruled.below, by_sets=True),
            None if rows is True else clause(rows, cls, ruled.below, by_sets=False),
            tuple(names),
            frozenset(hidden),
            tuple(conditional),
            tuple((name, clause(node, cls, ruled.below, by_sets=False)) for name, node in conditional),
            is_opaque(rows) or any(is_opaque(node) for _, node in conditional),
        )

    def _reach(self, standing: Standing, cls: type[Resource]) -> Condition:
        """Return what of *cls* callers reach at all, whatever a rule that an operator changed gives them."""
        everywhere = ("context_is_admin", "context_with_global_access", "service_api")
        if _PROJECT not in attributes(cls) or any(standing.condition(rule) is True for rule in everywhere):
            return True
        shared = (Field(cls.collection, name, "True") for name in ("shared", "router:external"))
        return Some((*_REACHED, *shared))

    def _facts(
        self, connection: Connection, caller: Caller, cls: type[Resource], values: Resource | Mapping[str, object]
    ) -> Facts:
        return Facts(connection, caller, cls, values, self._nouns[cls].below)

    def _refusal(self, caller: Caller, rule: str) -> PolicyNotAuthorized | InvalidScope:
        out_of_scope = self._standing(caller).is_out_of_scope(rule)
        return InvalidScope(rule) if out_of_scope else PolicyNotAuthorized(rule)

    def _standing(self, caller: Caller) -> Standing:
        key = (caller.roles, caller.service_roles, caller.system_scope)
        found = self._standings.get(key)
        if found is None:
            if len(self._standings) >= _MOST_STANDINGS:
                self._standings.clear()
            found = self._standings[key] = Standing(self._rules, caller)
        return found


def _in_project(node: Condition, caller: Caller, project_id: str) -> bool:
    """Return whether *node* holds of the project itself, and of nothing in it."""
    match node:
        case bool():
            return node
        case Every(parts):
            return all(_in_project(part, caller, project_id) for part in parts)
        case Some(parts):
            return any(_in_project(part, caller, project_id) for part in parts)
        case Not(part):
            return not _in_project(part, caller, project_id)
        case Owner(field):
            return field == _PROJECT and bool(project_id) and project_id == caller.project_id
        case Field():
            return False
        case Opaque(check):
            return ask(check, {_PROJECT: project_id}, caller)


def _both(one: Condition, other: Condition) -> Condition:
    if isinstance(one, bool):
        return other if one else False
    return one if other is True else Every((one, other))


def _is_default(attribute: Attribute, value: object) -> bool:
    return attribute.default is not msgspec.NODEFAULT and value == attribute.default


def _keys(value: object) -> Collection[str]:
    """Return the names of the parts that *value*, a mapping or a list of mappings, was given."""
    items = value if isinstance(value, list) else [value]
    return {key for item in items if isinstance(item, dict) for key in item}
