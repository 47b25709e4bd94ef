"""Whether a condition holds of one resource that was read, or is to be made.

Here: conditions on values; what a value does not tell is looked up. Not here: conditions on rows (clauses.py).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Select, String, bindparam, select

from neutrino.api.identity.caller import Caller
from neutrino.api.policy.checks import DERIVED, Condition, Every, Field, Not, Opaque, Owner, Some, ask
from neutrino.api.policy.parents import Below, parent_of, shared_object
from neutrino.model.rbac_policy import EXTERNAL, SHARED
from neutrino.model.resource import Resource, attributes, by_wire
from neutrino.store.derived import CALLER, access
from neutrino.store.statements import Connection
from neutrino.store.tables import TABLES

_OBJECT: BindParameter[str] = bindparam("object_id", type_=String())
_ACCESS = {action: select(access(_OBJECT, action)) for action in (SHARED, EXTERNAL)}


@cache
def _of(cls: type[Resource], name: str) -> Select[Any]:
    return select(TABLES[cls].c[name]).where(TABLES[cls].c.id == _OBJECT)


class Facts:
    """What is known of one resource: *values* by Python name, and what its parents tell."""

    def __init__(
        self,
        connection: Connection,
        caller: Caller,
        cls: type[Resource],
        values: Resource | Mapping[str, object],
        below: Below | None,
    ) -> None:
        self._connection = connection
        self._caller = caller
        self._cls = cls
        self._values = values
        self._below = below

    def hold(self, node: Condition) -> bool:
        """Return whether *node* holds."""
        match node:
            case bool():
                return node
            case Every(parts):
                return all(map(self.hold, parts))
            case Some(parts):
                return any(map(self.hold, parts))
            case Not(part):
                return not self.hold(part)
            case Owner(field):
                return bool(self._caller.project_id) and self._owner(field) == self._caller.project_id
            case Field():
                return self._field(node)
            case Opaque(check):
                return ask(check, self._target(), self._caller)

    def _value(self, name: str) -> object:
        return self._values.get(name) if isinstance(self._values, Mapping) else getattr(self._values, name, None)

    def _owner(self, field: str) -> object:
        name, colon, of_parent = field.rpartition(":")
        if not colon:
            return self._value(field)
        found = parent_of(self._cls, name, self._below)
        if found is None:
            return None
        if found[0] is self._cls:
            return self._value(of_parent)
        if of_parent not in TABLES[found[0]].c:
            return None
        return self._connection.execute(_of(found[0], of_parent), {"object_id": self._value(found[1])}).scalar()

    def _field(self, node: Field) -> bool:
        attribute = by_wire(self._cls).get(node.field)
        is_new = isinstance(self._values, Mapping)
        if node.field in DERIVED and not (is_new and attribute and attribute.attr.post):
            name = shared_object(self._cls, node.collection)
            if name is None:
                return False
            action = SHARED if node.field == "shared" else EXTERNAL
            parameters = {"object_id": self._value(name), CALLER.key: self._caller.project_id}
            return node.matches(bool(self._connection.execute(_ACCESS[action], parameters).scalar()))
        return attribute is not None and node.matches(self._value(attribute.name))

    def _target(self) -> dict[str, object]:
        """Return the resource as oslo.policy's own checks want it: by wire name."""
        out = {}
        for attribute in attributes(self._cls).values():
            value = self._value(attribute.name)
            out[attribute.wire] = msgspec.to_builtins(value)
        if "project_id" in out:
            out["tenant_id"] = out["project_id"]
        return out
