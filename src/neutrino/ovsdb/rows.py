"""What the generated row classes have in common.

Here: `Row` and the columns that are set in one. Not here: the classes themselves, which `generate` writes.
"""

from typing import ClassVar

import msgspec
from msgspec import UNSET

from neutrino.ovsdb.values import Value


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of one table: each column is a value or ``UNSET``, which means that the row says nothing about it."""

    table: ClassVar[str]


def columns(row: Row) -> dict[str, Value]:
    """Return the columns that are set in *row*, under their names in the schema."""
    kind = type(row)
    return {
        column: value
        for attribute, column in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
        if (value := getattr(row, attribute)) is not UNSET
    }
