"""Resources as answers have them, made by the database: one JSON object for each row.

Here: the statement, and what becomes of a row of them. Not here: which rows (listing.py), resources that are
not read but just written (`resource_to_wire` in columns.py).

A list of 1,000 ports has 36,000 values. Nobody here looks at one of them: they pass from a row of the table to the
answer as text. What SQL cannot say as the wire has it is put in beside them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Text, func, literal_column, select

from neutrino.model.resource import PROJECT, TENANT, Resource, attributes
from neutrino.store.columns import FINISH, expression_of
from neutrino.store.json_text import JsonValue, json_members, json_object
from neutrino.store.tables import TABLES

_NOTHING = "null"
_EMPTY = literal_column("''", Text())
_Finish = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Item:
    """How items are read: a row has its id, an object, the inside of one, and what each of *further* is made from.

    The object holds what is text or a number. All else is JSON already, or is left out of some rows, and follows as
    text with a comma before each pair: SQLite would parse each value that it puts into an object.
    """

    statement: Select[Any]  # of all rows
    further: Sequence[tuple[str, _Finish]]  # a key with its colon and comma, and how a column's text becomes its value

    def of(self, row: Sequence[Any]) -> msgspec.Raw:
        """Return *row* as JSON."""
        plain: str = row[1]
        more: str = row[2]
        if not (more or self.further):
            return msgspec.Raw(plain)
        for place, (key, finish) in enumerate(self.further, 3):
            value = row[place]
            more += key + (value if value == _NOTHING else finish(value))
        if len(plain) > 2:
            return msgspec.Raw(f"{plain[:-1]}{more}}}")
        return msgspec.Raw(f"{{{more[1:]}}}")


@lru_cache(maxsize=1000)
def item(cls: type[Resource], names: tuple[str, ...]) -> Item:
    """Return how rows of *cls* become items with the attributes *names*; `TENANT` may be one."""
    known = attributes(cls)
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
            further.append((f',"{wire}":', finish))
        elif attribute.attr.omitted:
            pair = literal_column(f"""',"{wire}":'""", Text()) + func.nullif(column, literal_column("'null'"))
            sometimes.append(func.coalesce(pair, _inside(provider) if provider else _EMPTY))
        elif attribute.kind.storage in ("json", "boolean"):
            always[wire] = JsonValue(column)
        else:
            plain[wire] = column
    more: ColumnElement[Any] = json_members(always) if always else _EMPTY
    for one in sometimes:
        more = more + one
    return Item(select(TABLES[cls].c.id, json_object(plain).label("item"), more.label("more"), *columns), further)


def _inside(pairs: Mapping[str, ColumnElement[Any]]) -> ColumnElement[str]:
    """Return the expression of the inside of an object with texts and numbers, with a comma before it."""
    comma = literal_column("','", Text())
    return comma + func.rtrim(func.substr(json_object(pairs), 2), "}")
