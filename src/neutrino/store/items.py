"""Resources as answers have them, made by the database: one JSON object for each row.

Here: the statement, and what becomes of a row of them. Not here: which rows (listing.py), resources that are
not read but just written (`resource_to_wire` in columns.py).

A list of 1,000 ports has 36,000 values. Nobody here looks at one of them: they pass from a row of the table to the
answer as text. What SQL cannot say as the wire has it is put in beside them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, case, literal_column, select

from neutrino.model.resource import PROJECT, TENANT, Resource, attributes
from neutrino.store.columns import FINISH, expression_of
from neutrino.store.json_text import JsonValue, json_object
from neutrino.store.tables import TABLES

_EMPTY = "{}"


@dataclass(frozen=True, slots=True)
class Item:
    """How items are read: a row has its id, its object, and what each of *further* puts into that."""

    statement: Select[Any]  # of all rows
    further: Sequence[Callable[[str, str], str]]  # from the object and a column's text to the object with more in it

    def of(self, row: Sequence[Any]) -> msgspec.Raw:
        """Return *row* as JSON."""
        text: str = row[1]
        for place, put in enumerate(self.further, 2):
            text = put(text, row[place])
        return msgspec.Raw(text)


@lru_cache(maxsize=1000)
def item(cls: type[Resource], names: tuple[str, ...]) -> Item:
    """Return how rows of *cls* become items with the attributes *names*; `TENANT` may be one."""
    known = attributes(cls)
    pairs: dict[str, ColumnElement[Any]] = {}
    columns: list[ColumnElement[Any]] = []
    further: list[Callable[[str, str], str]] = []
    # A network has its provider attributes or its segments: clients tell by the keys whether there are several.
    provider = {
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
            further.append(_finished(wire, finish))
        elif attribute.attr.omitted:
            pair = json_object({wire: JsonValue(column)})
            columns.append(case((column == literal_column("'null'"), json_object(provider)), else_=pair))
            further.append(_with)
        else:
            pairs[wire] = JsonValue(column) if attribute.kind.storage in ("json", "boolean") else column
    return Item(select(TABLES[cls].c.id, json_object(pairs).label("item"), *columns), further)


def _finished(wire: str, finish: Callable[[str], str]) -> Callable[[str, str], str]:
    return lambda text, value: f'{text[:-1]}{"" if text == _EMPTY else ","}"{wire}":{finish(value)}}}'


def _with(text: str, more: str) -> str:
    """Return the object *text* with the pairs of the object *more*."""
    if more == _EMPTY:
        return text
    return more if text == _EMPTY else f"{text[:-1]},{more[1:]}"
