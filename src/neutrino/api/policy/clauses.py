"""Conditions as SQL, so that what may not be seen is never read.

Here: from a `Condition` on rows of a table to a WHERE clause. Not here: conditions on values (facts.py).
"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, not_, or_, select, true

from neutrino.api.policy.checks import DERIVED, Condition, Every, Field, Not, Opaque, Owner, Some, is_opaque
from neutrino.api.policy.parents import Below, parent_of, shared_object
from neutrino.model.rbac_policy import EXTERNAL, SHARED
from neutrino.model.resource import Resource, by_wire
from neutrino.store.columns import column_of
from neutrino.store.derived import CALLER, access
from neutrino.store.tables import TABLES


def clause(node: Condition, cls: type[Resource], below: Below | None) -> ColumnElement[bool]:
    """Return *node* as a condition on the rows of *cls*. What only oslo.policy can decide is left open: true."""
    match node:
        case bool():
            return true() if node else false()
        case Every(parts):
            return and_(*(clause(part, cls, below) for part in parts))
        case Some(parts):
            return or_(*(clause(part, cls, below) for part in parts))
        case Opaque():
            return true()
        case Not(part):
            return true() if is_opaque(part) else not_(clause(part, cls, below))
        case Owner(field):
            return _owner(field, cls, below)
        case Field():
            return _field(node, cls)


def _owner(field: str, cls: type[Resource], below: Below | None) -> ColumnElement[bool]:
    name, colon, of_parent = field.rpartition(":")
    table = TABLES[cls]
    if not colon:
        return table.c[field] == CALLER if field in table.c else false()
    found = parent_of(cls, name, below)
    if found is None or of_parent not in TABLES[found[0]].c:
        return false()
    parent, attribute = TABLES[found[0]], found[1]
    mine = select(parent.c.id).where(parent.c[of_parent] == CALLER)
    return table.c[attribute].in_(mine)


def _field(node: Field, cls: type[Resource]) -> ColumnElement[bool]:
    wanted = node.value.lower() == "true"
    if node.field in DERIVED:
        name = shared_object(cls, node.collection)
        if name is None:
            return false()
        may = access(TABLES[cls].c[name], SHARED if node.field == "shared" else EXTERNAL)
        return may if wanted else not_(may)
    attribute = by_wire(cls).get(node.field)
    if attribute is None or attribute.attr.child:
        return false()
    column: ColumnElement[Any] = column_of(cls, attribute.name)
    if attribute.kind.storage == "boolean":
        return column.is_(wanted)
    text = cast(column, String)
    return text.regexp_match(node.value[1:]) if node.value.startswith("~") else text == node.value
