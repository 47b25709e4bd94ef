"""A database schema (RFC 7047, section 3.2), from an .ovsschema file or the answer to get_schema.

Here: tables, their columns, and whether a name exists. Not here: values.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from neutrino.ovsdb.column import UUID_COLUMN, BaseType, ColumnType, Json
from neutrino.ovsdb.errors import SchemaError, UnknownColumn

__all__ = ["BaseType", "ColumnType", "Schema", "TableSchema"]

_IMPLICIT = {"_uuid": UUID_COLUMN, "_version": UUID_COLUMN}


class TableSchema(msgspec.Struct, frozen=True):
    """One table. Rows of a table that is not root are removed by the server when no strong reference holds them."""

    name: str
    columns: dict[str, ColumnType]
    is_root: bool
    indexes: tuple[tuple[str, ...], ...] = ()

    def column(self, name: str) -> ColumnType:
        """Return the type of column *name*, ``_uuid`` and ``_version`` included; raises `UnknownColumn`."""
        found = self.columns.get(name) or _IMPLICIT.get(name)
        if found is None:
            raise UnknownColumn(self.name, name)
        return found

    @classmethod
    def parse(cls, name: str, source: Json, *, is_root: bool) -> "TableSchema":
        """Return the table that a <table-schema> describes; raises `SchemaError`."""
        try:
            columns = {column: ColumnType.parse(described) for column, described in source["columns"].items()}
            indexes = tuple(tuple(index) for index in source.get("indexes", []))
        except (TypeError, KeyError, AttributeError) as error:
            raise SchemaError(f"not a table: {name}") from error
        return cls(name, columns, is_root, indexes)


class Schema(msgspec.Struct, frozen=True):
    """A database: its name, the version of its schema, its tables by name."""

    name: str
    version: str
    tables: dict[str, TableSchema]

    def has(self, table: str, column: str | None = None) -> bool:
        """Say whether the schema has *table* and, if given, *column* in it."""
        found = self.tables.get(table)
        return found is not None and (column is None or column in found.columns or column in _IMPLICIT)

    def table(self, name: str) -> TableSchema:
        """Return table *name*; raises `UnknownColumn`."""
        found = self.tables.get(name)
        if found is None:
            raise UnknownColumn(name)
        return found

    @classmethod
    def parse(cls, source: Json) -> "Schema":
        """Return the schema that a <database-schema> describes; raises `SchemaError`."""
        try:
            tables: Mapping[str, Json] = source["tables"]
            # Without any isRoot in it, a schema is of the time before it: each table is root (RFC 7047, section 3.2).
            marked = any("isRoot" in table for table in tables.values())
            return cls(
                name=source["name"],
                version=source.get("version", ""),
                tables={
                    name: TableSchema.parse(name, table, is_root=not marked or bool(table.get("isRoot", False)))
                    for name, table in tables.items()
                },
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise SchemaError("not a database schema: name or tables are missing") from error

    @classmethod
    def read(cls, path: Path) -> "Schema":
        """Return the schema in the file *path*; raises `SchemaError`, `OSError`."""
        try:
            return cls.parse(msgspec.json.decode(path.read_bytes()))
        except msgspec.DecodeError as error:
            raise SchemaError(f"{path} is not JSON: {error}") from error
