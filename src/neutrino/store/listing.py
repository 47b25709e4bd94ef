"""Lists: filters, sorting, paging, chosen fields, in one statement whatever the number of rows.

Here: a parsed `Query` to SQL to rows. Not here: parsing a query string (api/queries.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from neutrino.model.resource import Resource, attributes
from neutrino.store.columns import expression_of
from neutrino.store.derived import CALLER
from neutrino.store.statements import Connection, Row
from neutrino.store.tables import CHILDREN, TABLES

_NUMBERS = 2**31  # an INTEGER of PostgreSQL is below that


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: the attribute *name* (with *part*, an item column of a list) has one of *values*.

    ``match``: "equal"; "substring" of the text, in whatever case; "after" a time; for tags "all", "any",
    "not-all", "not-any".
    """

    name: str
    values: Sequence[object]
    part: str = ""
    match: str = "equal"


@dataclass(frozen=True, slots=True)
class Query:
    """What to list: all conditions hold; ``sort`` is (Python name, ascending); a page starts after ``marker``."""

    filters: Sequence[Filter] = ()
    fields: Sequence[str] = ()  # Python names; all that the caller sees where empty
    sort: Sequence[tuple[str, bool]] = field(default=())
    limit: int = 0  # 0: no limit
    marker: str = ""
    reverse: bool = False  # the page before the marker
    visible: ColumnElement[bool] | None = None  # which rows the caller sees; None: all
    caller: str = ""  # the project that asks


def rows(connection: Connection, cls: type[Resource], statement: Select[Any], query: Query) -> Sequence[Row]:
    """Return what *statement*, which reads all resources of *cls*, gives of those that *query* selects."""
    if query.visible is not None:
        statement = statement.where(query.visible)
    for condition in query.filters:
        statement = statement.where(_condition(cls, condition))
    order = [*query.sort]
    if "id" not in (name for name, _ in order):
        order.append(("id", True))
    if query.reverse:
        order = [(name, not ascending) for name, ascending in order]
    if query.marker:
        statement = statement.where(_after(connection, cls, order, query.marker))
    if query.sort or query.limit or query.marker:
        statement = statement.order_by(*(_key(cls, n).asc() if up else _key(cls, n).desc() for n, up in order))
    if query.limit:
        statement = statement.limit(query.limit)
    found = connection.execute(statement, {CALLER.key: query.caller}).all()
    return found[::-1] if query.reverse else found


def _key(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return the attribute *name* as it is sorted and compared: null before everything else, in every database."""
    column = expression_of(cls, name)
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    nullable = getattr(column, "nullable", True)
    return func.coalesce(column, -1 if column.type.python_type is int else "") if nullable else column


def _after(
    connection: Connection, cls: type[Resource], order: Sequence[tuple[str, bool]], marker: str
) -> ColumnElement[bool]:
    """Return the condition that a row comes after the row *marker* in *order*."""
    table = TABLES[cls]
    keys = [_key(cls, name) for name, _ in order]
    row = connection.execute(select(*keys).where(table.c.id == marker)).first()
    if row is None:
        return false()
    steps = []
    for i, (_, ascending) in enumerate(order):
        same = [keys[j] == row[j] for j in range(i)]
        steps.append(and_(*same, keys[i] > row[i] if ascending else keys[i] < row[i]))
    return or_(*steps)


def _condition(cls: type[Resource], condition: Filter) -> ColumnElement[bool]:
    attribute = attributes(cls)[condition.name]
    if attribute.attr.child:
        return _child_condition(cls, condition)
    column = expression_of(cls, condition.name)
    if condition.match == "after":
        return column >= condition.values[0]
    if condition.match == "substring":
        return or_(*(column.icontains(value, autoescape=True) for value in condition.values))
    return _is_one_of(column, condition.values)


def _is_beyond(value: object) -> bool:
    """Return whether no column holds a number like *value*: PostgreSQL refuses even to look for it."""
    return isinstance(value, int) and not -_NUMBERS <= value < _NUMBERS


def _is_one_of(column: ColumnElement[Any], values: Sequence[object]) -> ColumnElement[bool]:
    some = [value for value in values if value is not None and not _is_beyond(value)]
    found = column.in_(some) if len(some) != 1 else column == some[0]
    return or_(found, column.is_(None)) if None in values else found


def _child_condition(cls: type[Resource], condition: Filter) -> ColumnElement[bool]:
    table = CHILDREN[cls][condition.name]
    parent = table.c[f"{cls.singular}_id"] == TABLES[cls].c.id
    part = table.c[condition.part]

    def has(*values: object) -> ColumnElement[bool]:
        return exists().where(parent, _is_one_of(part, values))

    match condition.match:
        case "all":
            return and_(*(has(value) for value in condition.values))
        case "not-all":
            return ~and_(*(has(value) for value in condition.values))
        case "not-any":
            return ~has(*condition.values)
        case "substring":
            return exists().where(parent, or_(*(part.icontains(v, autoescape=True) for v in condition.values)))
    return has(*condition.values)


def has_row(connection: Connection, cls: type[Resource], row_id: str) -> bool:
    """Return whether the resource exists."""
    return connection.execute(select(TABLES[cls].c.id).where(TABLES[cls].c.id == row_id)).first() is not None
