"""Resources as answers have them, made by the database: one JSON object for each row.

Here: the statement, and what becomes of a row of them. Not here: which rows (listing.py), resources that are
not read but just written (`resource_to_wire` in columns.py).

A list of 1,000 ports has 36,000 values. Nobody here looks at one of them: they pass from a row of the table to the
answer as text: what is text or a number in an object of the database's, all that is JSON already behind it, for SQLite
would parse each value that it puts into an object. What SQL cannot say as the wire has it is put in last.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Select, Text, case, func, literal_column, select

from neutrino.model.resource import PROJECT, TENANT, Attribute, Resource, attributes
from neutrino.store.columns import FINISH, expression_of
from neutrino.store.json_text import JsonValue, json_members, json_object
from neutrino.store.tables import TABLES

_NOTHING = "null"
_AS_JSON = ("json", "boolean")  # storage of what is no text or number in JSON
_EMPTY = literal_column("''", Text())
_Finish = Callable[[str], str]


class Item(msgspec.Struct, frozen=True):
    """How items are read: a row has its id, the item, and what each of *further* is made from.

    In the item is null for each of *further*, at its end, which is what most rows have.
    """

    statement: Select[Any]  # of all rows
    further: Sequence[tuple[str, _Finish]]  # a key with its colon, and how a column's text becomes its value
    nulls: tuple[str, ...]  # of a row that has nothing further
    end: int  # where in an item *further* begin, counted from its end

    def each(self, rows: Iterable[Sequence[Any]]) -> list[tuple[str, msgspec.Raw]]:
        """Return of each of *rows* the id, and it as JSON."""
        raw, nulls = msgspec.Raw, self.nulls
        return [(row[0], raw(row[1] if row[2:] == nulls else self._with_further(row))) for row in rows]

    def _with_further(self, row: Sequence[Any]) -> str:
        found = zip(self.further, row[2:], strict=True)
        made = (key + (value if value == _NOTHING else finish(value)) for (key, finish), value in found)
        return f"{row[1][: -self.end]}{','.join(made)}}}"


ShownIf: TypeAlias = tuple[tuple[str, ColumnElement[bool]], ...]


def may_be_left_out(cls: type[Resource], name: str) -> bool:
    """Return whether `item` can leave the attribute *name* out of some rows and not of others."""
    is_plain = (cls, name) not in FINISH and not attributes(cls)[name].attr.omitted
    return is_plain and name != PROJECT and not name.startswith("provider_")


@lru_cache(maxsize=1000)
def item(cls: type[Resource], names: tuple[str, ...], shown_if: ShownIf = ()) -> Item:
    """Return how rows of *cls* become items with the attributes *names*; `TENANT` may be one.

    Those of *shown_if* are in the items of the rows of which its condition holds.
    """
    known, conditions = attributes(cls), dict(shown_if)
    plain: dict[str, ColumnElement[Any]] = {}
    always: dict[str, JsonValue] = {}
    sometimes: list[ColumnElement[Any]] = []
    columns: list[ColumnElement[Any]] = []
    further: list[tuple[str, _Finish]] = []
    # A network has its provider attributes or its segments: clients tell by the keys whether there are several.
    provider: dict[str, ColumnElement[Any]] = {
        known[n].wire: expression_of(cls, n) for n in names if n.startswith("provider_") and "segments" in names
    }
    for name in names:
        attribute = known[PROJECT if name == TENANT else name]
        wire = TENANT if name == TENANT else attribute.wire
        column = expression_of(cls, attribute.name)
        if wire in provider:
            continue
        if (finish := FINISH.get((cls, name))) is not None:
            columns.append(column)
            further.append((f'"{wire}":', finish))
        elif attribute.attr.omitted:
            pair = literal_column(f"""',"{wire}":'""", Text()) + func.nullif(column, literal_column("'null'"))
            sometimes.append(func.coalesce(pair, _inside(provider) if provider else _EMPTY))
        elif name in conditions:
            sometimes.append(case((conditions[name], _member(attribute, column)), else_=_EMPTY))
        elif attribute.kind.storage in _AS_JSON:
            always[wire] = JsonValue(column)
        else:
            plain[wire] = column
    inside: ColumnElement[str] = _open(plain) if plain else _EMPTY
    if always:
        inside = json_members(inside, always)
    for one in sometimes:
        inside = inside + one
    end = "}"
    if further:
        end = ",".join(key + _NOTHING for key, _ in further) + end
        inside = inside + _text(",")
    whole = (inside if plain else _text("{") + func.substr(inside, 2)) + _text(end)
    statement = select(TABLES[cls].c.id, whole.label("item"), *columns)
    return Item(statement, further, (_NOTHING,) * len(further), len(end))


def _text(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'", Text())


def _open(pairs: Mapping[str, ColumnElement[Any]]) -> ColumnElement[str]:
    """Return the expression of an object with texts and numbers, without its end."""
    return func.rtrim(json_object(pairs), _text("}"))


def _member(attribute: Attribute, column: ColumnElement[Any]) -> ColumnElement[str]:
    if attribute.kind.storage in _AS_JSON:
        return json_members(_EMPTY, {attribute.wire: JsonValue(column)})
    return _inside({attribute.wire: column})


def _inside(pairs: Mapping[str, ColumnElement[Any]]) -> ColumnElement[str]:
    """Return the expression of the inside of an object with texts and numbers, with a comma before it."""
    return _text(",") + func.substr(_open(pairs), 2)
