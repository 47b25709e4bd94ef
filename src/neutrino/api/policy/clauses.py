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
from neutrino.store.derived import CALLER, access, accessible
from neutrino.store.planning import in_set, supposed
from neutrino.store.tables import TABLES


def clause(node: Condition, cls: type[Resource], below: Below | None, *, by_sets: bool) -> ColumnElement[bool]:
    """Return *node* as a condition on the rows of *cls*. What only oslo.policy can decide is left open: true.

    *by_sets*, what the caller has is read first, and finds the rows by indexes: for all that they see. Else each row
    is looked at: for the few rows that are found otherwise.
    """
    match node:
        case bool():
            return true() if node else false()
        case Every(parts):
            return and_(*(clause(part, cls, below, by_sets=by_sets) for part in parts))
        case Some(parts):
            return or_(*(clause(part, cls, below, by_sets=by_sets) for part in parts))
        case Opaque():
            return true()
        case Not(part):
            return true() if is_opaque(part) else not_(clause(part, cls, below, by_sets=False))
        case Owner(field):
            return _owner(field, cls, below, by_sets=by_sets)
        case Field():
            return _field(node, cls, by_sets=by_sets)


def _owner(field: str, cls: type[Resource], below: Below | None, *, by_sets: bool) -> ColumnElement[bool]:
    name, colon, of_parent = field.rpartition(":")
    table = TABLES[cls]
    if not colon:
        return supposed(table.c[field] == CALLER, field) if field in table.c else false()
    found = parent_of(cls, name, below)
    if found is None or of_parent not in TABLES[found[0]].c:
        return false()
    parent, attribute = TABLES[found[0]].alias("parents"), found[1]
    mine = select(parent.c.id).where(parent.c[of_parent] == CALLER)
    if by_sets:
        return in_set(table.c[attribute], mine)
    return mine.where(parent.c.id == table.c[attribute]).exists()


def _field(node: Field, cls: type[Resource], *, by_sets: bool) -> ColumnElement[bool]:
    wanted = node.value.lower() == "true"
    if node.field in DERIVED:
        name = shared_object(cls, node.collection)
        if name is None:
            return false()
        action = SHARED if node.field == "shared" else EXTERNAL
        if by_sets and wanted:
            return in_set(TABLES[cls].c[name], accessible(action))
        may = access(TABLES[cls].c[name], action)
        return may if wanted else not_(may)
    attribute = by_wire(cls).get(node.field)
    if attribute is None or attribute.attr.child:
        return false()
    column: ColumnElement[Any] = column_of(cls, attribute.name)
    if attribute.kind.storage == "boolean":
        return column.is_(wanted)
    text = cast(column, String)
    return text.regexp_match(node.value[1:]) if node.value.startswith("~") else text == node.value
