"""Plain tables on standard output: columns as wide as what is in them."""

import sys
from collections.abc import Mapping, Sequence

_LONGEST = 60  # of a cell; JSON output has the whole


def text(value: object) -> str:
    """Return *value* for a person: a map as ``key=value``, a set with commas, nothing as ``-``."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return str(value)


def write(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table with *columns* as its head."""
    shown = [columns, *([_short(cell) for cell in row] for row in rows)]
    widths = [max(len(row[number]) for row in shown) for number in range(len(columns))]
    for row in shown:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(f"{line.rstrip()}\n")


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 1]}…"
