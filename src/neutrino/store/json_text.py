"""JSON made by the database, in one spelling for SQLite and PostgreSQL.

Here: the functions, and how each database says them. Not here: what is read with them (columns.py, derived.py).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

_QUOTE = "'"


class JsonArray(GenericFunction[str]):
    """All rows of a subquery as one JSON array, as text: the item first, then the columns that order the items.

    SQLite reads rows in an order that is right already (see tables.py), and is not asked to sort.
    """

    type = Text()
    inherit_cache = True
    name = "json_array_of"


class JsonObject(GenericFunction[str]):
    """Key, value, key, value, ... as one JSON object."""

    type = Text()
    inherit_cache = True
    name = "json_object_of"


class JsonValue(GenericFunction[str]):
    """A truth value, or JSON text, as a part of other JSON."""

    type = Text()
    inherit_cache = True
    name = "json_value_of"


class JsonMembers(GenericFunction[str]):
    """Text, and behind it key, value, key, value, ... as in a JSON object, each with a comma before it.

    Values are `JsonValue`s. Nothing is parsed to be put in, as SQLite does it for its objects: whoever uses it knows
    that the text is JSON.
    """

    type = Text()
    inherit_cache = True
    name = "json_members_of"


@compiles(JsonValue, "sqlite")
def _sqlite_value(element: JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (clause,) = element.clauses
    text = compiler.process(clause, **kw)
    # SQLite has no truth values: as a part of JSON they would be 0 and 1.
    if isinstance(clause.type, Boolean):
        return f"json(CASE {text} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return f"json({text})"


@compiles(JsonArray, "sqlite")
def _sqlite_array(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    item, *_ = element.clauses
    return f"json_group_array({compiler.process(item, **kw)})"


@compiles(JsonObject, "sqlite")
def _sqlite_object(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


@compiles(JsonMembers, "sqlite")
def _sqlite_members(element: JsonMembers, compiler: SQLCompiler, **kw: Any) -> str:
    before, *parts = element.clauses
    names = "".join(f',"{compiler.process(name, **kw).strip(_QUOTE)}":%s' for name in parts[::2])
    values = ", ".join(_sqlite_text(value, compiler, **kw) for value in parts[1::2])
    return f"printf('%s{names}', {compiler.process(before, **kw)}, {values})"


def _sqlite_text(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    """Return the expression of the JSON text that *element*, a `JsonValue`, is."""
    (clause,) = element.clauses
    text = compiler.process(clause, **kw)
    if isinstance(clause.type, Boolean):
        return f"CASE {text} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END"
    return f"coalesce({text}, 'null')"


# PostgreSQL's own json_agg puts blanks where SQLite puts none; the wire form is the same for both, so it is made here.
@compiles(JsonValue, "postgresql")
def _postgresql_value(element: JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (clause,) = element.clauses
    text = compiler.process(clause, **kw)
    return f"({text})::text"  # of a truth value: true or false


@compiles(JsonArray, "postgresql")
def _postgresql_array(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    item, *order = element.clauses
    text = compiler.process(item, **kw)
    text = _json(item, text)
    by = ", ".join(compiler.process(column, **kw) for column in order)
    return f"('[' || coalesce(string_agg({text}, ',' ORDER BY {by}), '') || ']')"


@compiles(JsonObject, "postgresql")
def _postgresql_object(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    parts = [(part, compiler.process(part, **kw)) for part in element.clauses]
    if not parts:
        return "'{}'"
    pairs = [
        f"""'"{name.strip(_QUOTE)}":' || coalesce({_json(value, text)}, 'null')"""
        for (_, name), (value, text) in zip(parts[::2], parts[1::2], strict=True)
    ]
    return f"""('{{' || {" || ',' || ".join(pairs)} || '}}')"""


@compiles(JsonMembers, "postgresql")
def _postgresql_members(element: JsonMembers, compiler: SQLCompiler, **kw: Any) -> str:
    before, *parts = (compiler.process(part, **kw) for part in element.clauses)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    values = (f"""',"{name.strip(_QUOTE)}":' || coalesce({text}, 'null')""" for name, text in pairs)
    return " || ".join([before, *values])


def _json(part: object, text: str) -> str:
    """Return the PostgreSQL expression of *part*, compiled to *text*, as JSON text, which it may be already."""
    return text if isinstance(part, (JsonValue, JsonObject)) else f"to_json({text})::text"


def json_object(pairs: Mapping[str, ColumnElement[Any]]) -> JsonObject:
    """Return the expression of an object."""
    return JsonObject(*(part for name, column in pairs.items() for part in (literal_column(f"'{name}'"), column)))


def json_members(before: ColumnElement[Any], pairs: Mapping[str, JsonValue]) -> JsonMembers:
    """Return the expression of the inside of an object, behind what is *before*."""
    parts: list[ColumnElement[Any]] = [before]
    for name, value in pairs.items():
        parts += [literal_column(f"'{name}'"), value]
    return JsonMembers(*parts)
