"""Lists: filters, sorting, paging, chosen fields, in one statement whatever the number of rows.

Here: a parsed `Query` to SQL to rows. Not here: parsing a query string (api/queries.py).
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from neutrino.model.resource import PROJECT, Resource, attributes
from neutrino.store.columns import expression_of
from neutrino.store.derived import CALLER, among_shared
from neutrino.store.planning import NOTHING, in_set, supposed
from neutrino.store.statements import Connection, Row
from neutrino.store.tables import CHILDREN, TABLES

_MOST_LISTS = 300  # kinds of lists that are remembered
_SETS = ("equal", "any", "not-any")  # matches whose values make one set
_FINDING = ("equal", "any", "all")  # matches that an index of a list's items answers
_ESCAPE = "/"
_NUMBERS = 2**31  # an INTEGER of PostgreSQL is below that


class Filter(msgspec.Struct, frozen=True):
    """One condition: the attribute *name* (with *part*, an item column of a list) has one of *values*.

    ``match``: "equal"; "substring" of the text, in whatever case; "after" a time; for tags "all", "any",
    "not-all", "not-any".
    """

    name: str
    values: Sequence[object]
    part: str = ""
    match: str = "equal"


class Query(msgspec.Struct, frozen=True):
    """What to list: all conditions hold; ``sort`` is (Python name, ascending); a page starts after ``marker``."""

    filters: Sequence[Filter] = ()
    fields: Sequence[str] = ()  # Python names; all that the caller sees where empty
    sort: Sequence[tuple[str, bool]] = ()
    limit: int = 0  # 0: no limit
    marker: str = ""
    reverse: bool = False  # the page before the marker
    caller: str = ""  # the project that asks


class _Terms(NamedTuple):
    """What of a filter the statement depends on: not the values, but how many there are, and whether null is one."""

    name: str
    part: str
    match: str
    values: int  # how many apart from null; beyond one, those of a set are one parameter
    has_null: bool


def rows(connection: Connection, cls: type[Resource], statement: Select[Any], query: Query) -> Sequence[Row]:
    """Return what *statement*, which reads resources of *cls*, gives of those that *query* selects.

    Both the statement and what is made of it are remembered, so *statement* is to be the same object each time.
    """
    parameters: dict[str, object] = {CALLER.key: query.caller}
    terms = tuple(_terms(number, one, parameters) for number, one in enumerate(query.filters))
    order = [*query.sort]
    if "id" not in (name for name, _ in order):
        order.append(("id", True))
    if query.reverse:
        order = [(name, not ascending) for name, ascending in order]
    by = tuple(order)
    if query.marker:
        row = connection.execute(_keys(cls, by), {"id": query.marker}).first()
        if row is None:
            return ()
        parameters |= {f"after_{number}": value for number, value in enumerate(row)}
    if query.limit:
        parameters["most"] = query.limit
    is_sorted = bool(query.sort or query.limit or query.marker)
    selected = _selected(
        cls, statement, terms, by if is_sorted else (), has_marker=bool(query.marker), has_limit=bool(query.limit)
    )
    found = connection.execute(selected, parameters).all()
    return found[::-1] if query.reverse else found


@lru_cache(maxsize=_MOST_LISTS)
def _selected(
    cls: type[Resource],
    statement: Select[Any],
    terms: tuple[_Terms, ...],
    order: tuple[tuple[str, bool], ...],
    *,
    has_marker: bool,
    has_limit: bool,
) -> Select[Any]:
    is_found = _is_found(cls, terms)
    for number, one in enumerate(terms):
        statement = statement.where(_condition(cls, one, f"filter_{number}", is_found=is_found))
    if has_marker:
        statement = statement.where(_after(cls, order))
    by = [_key(cls, n).asc() if up else _key(cls, n).desc() for n, up in order]
    if has_limit:  # what is read of a row is made of the page's only, not of all that are sorted
        row_id = TABLES[cls].c.id
        page = statement.with_only_columns(row_id).order_by(*by).limit(bindparam("most")).correlate(None)
        statement = statement.where(row_id.in_(page))
    return statement.order_by(*by)


def _key(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return the attribute *name* as it is sorted and compared: null before everything else, in every database."""
    column = expression_of(cls, name)
    nullable = getattr(column, "nullable", True)
    if isinstance(column.type, Boolean):
        number = cast(column, Integer)
        return func.coalesce(number, -1) if nullable else number
    return func.coalesce(column, -1 if column.type.python_type is int else "") if nullable else column


@lru_cache(maxsize=_MOST_LISTS)
def _keys(cls: type[Resource], order: tuple[tuple[str, bool], ...]) -> Select[Any]:
    """Return the statement that reads what the resource ``id`` is sorted by."""
    return select(*(_key(cls, name) for name, _ in order)).where(TABLES[cls].c.id == bindparam("id"))


def _after(cls: type[Resource], order: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    """Return the condition that a row comes after the one whose keys are the parameters ``after_0``, ..."""
    keys = [_key(cls, name) for name, _ in order]
    values = [bindparam(f"after_{number}", type_=key.type) for number, key in enumerate(keys)]
    steps = []
    for i, (_, ascending) in enumerate(order):
        same = [keys[j] == values[j] for j in range(i)]
        steps.append(and_(*same, keys[i] > values[i] if ascending else keys[i] < values[i]))
    return or_(*steps)


def _terms(number: int, condition: Filter, parameters: dict[str, object]) -> _Terms:
    """Return what the statement depends on of *condition*, and add its values to the *parameters*."""
    name, values, has_null = f"filter_{number}", condition.values, False
    if condition.match == "substring":
        values = [f"%{_escaped(str(value))}%" for value in values]
    elif len(values) == 1 and values[0] is True:  # so a condition by itself
        return _Terms(condition.name, condition.part, "true", 0, has_null)
    elif condition.match in _SETS:
        has_null = None in values
        values = [value for value in values if value is not None and not _is_beyond(value)]
        if len(values) > 1:
            parameters[name] = values
            return _Terms(condition.name, condition.part, condition.match, 2, has_null)
    parameters.update((f"{name}_{place}", value) for place, value in enumerate(values))
    return _Terms(condition.name, condition.part, condition.match, len(values), has_null)


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text


def _is_beyond(value: object) -> bool:
    """Return whether no column holds a number like *value*: PostgreSQL refuses even to look for it."""
    return isinstance(value, int) and not -_NUMBERS <= value < _NUMBERS


def _condition(cls: type[Resource], terms: _Terms, parameter: str, *, is_found: bool) -> ColumnElement[bool]:
    """Return the condition of *terms*; *is_found*, others find the rows by an index."""
    if attributes(cls)[terms.name].attr.child:
        return _child_condition(cls, terms, parameter, is_found=is_found)
    column = expression_of(cls, terms.name)
    if terms.match == "true":
        return column if is_found else among_shared(cls, terms.name, column)
    if terms.match == "after":
        return column >= bindparam(f"{parameter}_0")
    if terms.match == "substring":
        return _contains(column, terms, parameter)
    return _is_one_of(column, terms, parameter)


def _contains(column: ColumnElement[Any], terms: _Terms, parameter: str) -> ColumnElement[bool]:
    names = (f"{parameter}_{place}" for place in range(terms.values))
    return or_(*(func.lower(column).like(func.lower(bindparam(name, type_=Text())), escape=_ESCAPE) for name in names))


def _is_one_of(column: ColumnElement[Any], terms: _Terms, parameter: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = false()
    if terms.values > 1:
        found = column.in_(bindparam(parameter, expanding=True))
    elif terms.values:
        found = column == bindparam(f"{parameter}_0")
    if terms.values:
        found = supposed(found, terms.part or terms.name)
    return or_(found, supposed(column.is_(None), NOTHING)) if terms.has_null else found


def _child_condition(cls: type[Resource], terms: _Terms, parameter: str, *, is_found: bool) -> ColumnElement[bool]:
    table = CHILDREN[cls][terms.name]
    parent = table.c[f"{cls.singular}_id"] == TABLES[cls].c.id
    part = table.c[terms.part]

    def has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        if is_found or terms.match == "not-all":
            return exists().where(parent, condition)
        return in_set(TABLES[cls].c.id, select(table.c[f"{cls.singular}_id"]).where(condition))

    def all_of() -> ColumnElement[bool]:
        names = (f"{parameter}_{place}" for place in range(terms.values))
        return and_(*(has(part == bindparam(name)) for name in names))

    match terms.match:
        case "all":
            return all_of()
        case "not-all":
            return ~all_of()
        case "not-any":
            return ~exists().where(parent, _is_one_of(part, terms, parameter))
        case "substring":
            return exists().where(parent, _contains(part, terms, parameter))
    return has(_is_one_of(part, terms, parameter))


def is_narrow(cls: type[Resource], filters: Sequence[Filter]) -> bool:
    """Return whether an index finds by *filters* the few rows that are looked at."""
    return _is_found(cls, filters) or any(one.part and one.match in _FINDING for one in filters)


def _is_found(cls: type[Resource], filters: Iterable[Filter | _Terms]) -> bool:
    """Return whether a column of the table of *cls* finds them."""
    return any(one.match == "equal" and one.name in _finding(cls) for one in filters)


@cache
def _finding(cls: type[Resource]) -> Collection[str]:
    """Return the columns by whose values an index finds few rows: ids, as a rule. Many have a project, or a name."""
    first = [index.columns[0] for index in TABLES[cls].indexes]
    return {"id", *(column.name for column in first if not isinstance(column.type, Boolean))} - {PROJECT, "name"}
