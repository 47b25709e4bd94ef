"""Writes a module of typed row classes for a schema: ``python -m neutrino.ovsdb.generate SCHEMA.ovsschema >
module.py``.

Here: the text of that module, the same for the same schema, formatted as ruff would. Not here: what the classes can do
(`rows`).
"""

import argparse
import keyword
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from neutrino.ovsdb.column import UNLIMITED, BaseType, ColumnType
from neutrino.ovsdb.schema import Schema, TableSchema

_WIDTH = 120
_PYTHON = {"integer": "int", "real": "float", "boolean": "bool", "string": "str", "uuid": "UUID"}
# Names that the class body itself needs.
_RESERVED = frozenset((*_PYTHON.values(), "dict", "frozenset", "table", "Row", "ClassVar", "UnsetType", "UNSET"))


def module(schema: Schema, source: str) -> str:
    """Return the text of the module for *schema*; *source* is the file's name, for the first line."""
    tables = [schema.tables[name] for name in sorted(schema.tables)]
    uses_uuid = any("UUID" in annotation(column) for table in tables for column in table.columns.values())
    lines = [
        f"# Made by: python -m neutrino.ovsdb.generate {source} ({schema.name} {schema.version}). Do not edit.",
        *(
            ["# ruff: noqa: N801 (classes are called as their tables)"]
            if any("_" in name for name in schema.tables)
            else []
        ),
        f'"""Rows of {schema.name} {schema.version}, one class for each table; a column not set is ``UNSET``."""',
        "",
        "from typing import ClassVar",
        *(["from uuid import UUID"] if uses_uuid else []),
        "",
        "from msgspec import UNSET, UnsetType",
        "",
        "from neutrino.ovsdb.rows import Row",
    ]
    for table in tables:
        lines += ["", "", *_table(table)]
    return "\n".join(lines) + "\n"


def attribute(column: str) -> str:
    """Return the name of the attribute for *column*: itself, or with an underscore where Python needs it."""
    return f"{column}_" if keyword.iskeyword(column) or column in _RESERVED else column


def annotation(column: ColumnType) -> str:
    """Return the Python type of the values of *column*, apart from None, as text."""
    key = _PYTHON[column.key.type]
    match column.kind:
        case "scalar" | "optional":
            return key
        case "set":
            return f"frozenset[{key}]"
        case "map":
            return f"dict[{key}, {_PYTHON[column.value.type] if column.value else key}]"


def described(column: ColumnType) -> str:
    """Return what the schema says about *column*, in words."""
    text = _atom(column.key)
    match column.kind:
        case "optional":
            text = f"optional {text}"
        case "set":
            text = f"set of {_count(column)}{text}"
        case "map":
            text = f"map of {_count(column)}{text} to {_atom(column.value) if column.value else text}"
    marks = [mark for mark, is_so in (("ephemeral", column.ephemeral), ("immutable", not column.mutable)) if is_so]
    return ", ".join((text, *marks))


def _atom(kind: BaseType) -> str:
    if kind.ref_table:
        return f"{kind.ref_type} reference to {kind.ref_table}"
    if kind.enum:
        return f"{kind.type} ({', '.join(map(str, sorted(kind.enum)))})"
    return kind.type


def _count(column: ColumnType) -> str:
    most = "" if column.max == UNLIMITED else f"up to {column.max} "
    return f"at least {column.min} {most}" if column.min else most


def _table(table: TableSchema) -> Iterator[str]:
    renamed = {attribute(column): column for column in table.columns if attribute(column) != column}
    options = "frozen=True, kw_only=True"
    if renamed:
        pairs = ", ".join(f'"{name}": "{column}"' for name, column in sorted(renamed.items()))
        options += f", rename={{{pairs}}}"
    yield f"class {table.name}(Row, {options}):"
    yield from _docstring(table)
    yield ""
    yield f'    table: ClassVar[str] = "{table.name}"'
    yield ""
    for name in sorted(table.columns):
        column = table.columns[name]
        optional = " | None" if column.kind == "optional" else ""
        yield f"    {attribute(name)}: {annotation(column)} | UnsetType{optional} = UNSET"


def _docstring(table: TableSchema) -> Iterator[str]:
    kept = "stays until it is deleted" if table.is_root else "stays while a strong reference holds it"
    yield f'    """A row of {table.name}; it {kept}.'
    yield ""
    yield from _items(f"{name}: {described(table.columns[name])}" for name in sorted(table.columns))
    if table.indexes:
        yield ""
        yield from _items(f"unique: {', '.join(index)}" for index in sorted(table.indexes))
    yield '    """'


def _items(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(
            text.replace("\\", "\\\\"),
            _WIDTH,
            initial_indent="    * ",
            subsequent_indent="      ",
            break_long_words=False,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the module for the schema file that the command line names to standard output."""
    parser = argparse.ArgumentParser(prog="python -m neutrino.ovsdb.generate", description="Write typed row classes.")
    parser.add_argument("schema", type=Path, help="an .ovsschema file")
    path: Path = parser.parse_args(arguments).schema
    sys.stdout.write(module(Schema.read(path), path.name))


if __name__ == "__main__":
    main()
