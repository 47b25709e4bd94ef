"""What a person sees: progress, tables, one sentence when something is wrong.

Here: output. Colours only on terminals, and ``NO_COLOR`` is kept (Rich does both). Not here: what is shown.
"""

import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from neutrino.stack.demo import Progress
from neutrino.stack.fault import StackFault

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

GOOD = "ready"


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """Yield a function that shows the current step: a spinner on a terminal, lines with the time elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("starting") as spinner:
            yield lambda step: spinner.update(step)
        return
    began = time.monotonic()
    yield lambda step: print_error(f"{time.monotonic() - began:5.2f} s  {step}")


@contextlib.contextmanager
def one_sentence() -> Iterator[None]:
    """Turn a StackFault into its sentence and exit status 1."""
    try:
        yield
    except StackFault as fault:
        print_error(f"stack: {fault}")
        sys.exit(1)


def print_error(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_line(text: str = "") -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """Write *value* as JSON."""
    print_line(json.dumps(value, indent=2))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], styles: Mapping[str, str] | None = None) -> None:
    """Write a table; *styles* gives a Rich style to a cell by its text."""
    print_all(table(columns, rows, styles))


def print_all(what: "RenderableType") -> None:
    """Write what Rich can draw."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(what)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], styles: Mapping[str, str] | None = None) -> "Table":
    """Return a table; *styles* gives a Rich style to a cell by its text."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in ("pid", "memory", "restarts") else "left")
    for row in rows:
        made.add_row(*(Text(cell, style=(styles or {}).get(cell, "")) for cell in row))
    return made
