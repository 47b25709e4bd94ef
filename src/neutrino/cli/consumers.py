"""``./stack consumers``: other projects' own code against a stack of its own.

Here: progress, the table, the exit status. Not here: running and judging (neutrino.stack.consumers).
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import CHECKOUT
from neutrino.stack.consumers import running, verdict
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab
from neutrino.stack.localconf.settings import Settings

FOLDER = "consumers"


def consumers(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="CONSUMER", help=f"{', '.join(running.CONSUMERS)}; or several.", show_default="all"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Run code of projects that use this API; end with status 1 when it does not get what it needs."""
    for name in names or ():
        if name not in running.CONSUMERS:
            raise StackFault(f"there are no checks of {name}: choose of {', '.join(running.CONSUMERS)}")
    kept = Path(os.environ.get("NEUTRINO_STACK_DIR") or CHECKOUT / ".stack") / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="neutrino-consumers-") as folder:
        place, port = Path(folder), running.free_port()
        settings = running.SETTINGS.format(compute_port=port)
        lab = Lab(place / "lab", hosts=2, auth="keystone", settings=settings, networking=Settings())
        terminal.print_error("starting a stack of its own")
        try:
            lab.up()
            access = running.prepare(lab, place, port)
            found = [_run(name, access) for name in names or running.CONSUMERS]
        finally:
            lab.down()
            for path in (*place.glob("*.log"), *(lab.run / "log").glob("*.log")):
                (kept / path.name).write_bytes(path.read_bytes())
    if as_json:
        import msgspec

        terminal.print_json(msgspec.to_builtins(found))
    else:
        _print(found, kept)
    if any(one.failures for one in found):
        sys.exit(1)


def _run(name: str, access: Path) -> verdict.Verdict:
    def tell(result: verdict.Result) -> None:
        terminal.print_error(f"{result.seconds:7.2f} s  {result.status}  {name}  {result.check.replace('_', ' ')}")

    return running.run(name, access, tell)


def _print(found: Sequence[verdict.Verdict], kept: Path) -> None:
    rows = [
        (
            one.consumer,
            ", ".join(f"{name} {version}" for name, version in one.versions.items()),
            str(one.passed),
            str(len(one.failures)),
            f"{one.seconds:.0f} s",
        )
        for one in found
    ]
    terminal.print_table(("consumer", "its code", "passed", "failed", "took"), rows)
    for one in found:
        for failure in one.failures:
            terminal.print_line(f"{one.consumer}: {failure.check}: {failure.need}\n    {failure.reason}")
    terminal.print_line(f"Logs: {kept}")
