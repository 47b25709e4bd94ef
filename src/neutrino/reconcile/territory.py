"""What of a database is ours: which tables, columns, rows and elements. All else is never touched.

Here: the declaration. Not here: any backend's; each declares its own.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from neutrino.ovsdb.schema import Schema
from neutrino.ovsdb.values import Value


class Whole(msgspec.Struct, frozen=True):
    """In our rows, the whole value is ours: a scalar, or a set or map in which nobody else has a say."""


class Keys(msgspec.Struct, frozen=True):
    """A map in which, in our rows, the keys that *owns* accepts are ours; in rows of others, those we contribute."""

    owns: Callable[[str], bool]


class References(msgspec.Struct, frozen=True):
    """A set of rows of *table*. An element is ours where the row that it refers to is ours, and

    the row that has the set is ours too, or the reference is *strong*: then it keeps our row from being removed.
    """

    table: str
    strong: bool


Column: TypeAlias = Whole | Keys | References


class Table(msgspec.Struct, frozen=True):
    """A table with rows or elements of ours. *is_ours* tells by a row's marks; rows of the desired world are ours
    anyway.

    Rows of a table that is not *root* vanish with the last strong reference, so they are never deleted directly.
    *identity* is what makes rows the same under whatever uuid; None for those that are not to be adopted.
    *brings* names columns that may never be empty, with the table that they refer to: such rows come with the row.
    """

    name: str
    columns: Mapping[str, Column]
    is_ours: Callable[[Mapping[str, Value]], bool]
    is_root: bool = True
    brings: Mapping[str, str] = {}
    identity: Callable[[Mapping[str, Value]], Hashable] = lambda _: None

    @property
    def references(self) -> Sequence[tuple[str, References]]:
        """The columns that are sets of references."""
        return [(name, kind) for name, kind in self.columns.items() if isinstance(kind, References)]


Territory: TypeAlias = Mapping[str, Table]
"""Tables by name; the order is the one in which rows have to be made: what is referred to by a mutation comes first."""


def known_to(schema: Schema, territory: Territory) -> Territory:
    """Return the part of *territory* that *schema* has: features are chosen by what the server knows."""
    return {
        name: replace(
            table,
            columns={column: kind for column, kind in table.columns.items() if schema.has(name, column)},
            is_root=schema.table(name).is_root,
        )
        for name, table in territory.items()
        if schema.has(name)
    }


def watched(territory: Territory) -> dict[str, tuple[str, ...]]:
    """Return what to watch of a database: the columns of *territory* by table."""
    return {name: tuple(table.columns) for name, table in territory.items()}
