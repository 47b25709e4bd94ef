"""``./stack conformance``: upstream's own API suites against a stack of its own.

Here: progress, the table, the exit status. Not here: running and judging (neutrino.stack.conformance).
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import CHECKOUT
from neutrino.stack.conformance import suites, verdict
from neutrino.stack.lab import Lab

WORKERS = 2 * (os.cpu_count() or 1)
PROGRESS_EVERY_S = 5.0
LONGEST_REASON = 300
FOLDER = "conformance"


def conformance(
    only: Annotated[str, typer.Option(metavar="REGEX", help="Only tests whose full name it is found in.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="Print the names of the tests, and run none.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many tests run at once.")] = WORKERS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Run upstream's API suites; end with status 1 when a test that passes on upstream does not pass here."""
    kept = Path(os.environ.get("NEUTRINO_STACK_DIR") or CHECKOUT / ".stack") / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="neutrino-conformance-") as place:
        lab = Lab(Path(place) / "lab", hosts=1, auth="keystone", settings=suites.SETTINGS)
        terminal.print_error("starting a stack of its own")
        try:
            lab.up()
            folder = suites.prepare(lab)
            if listing:
                for name in suites.names(folder, only):
                    terminal.print_line(name)
                return
            found = _run(folder, workers, only)
        finally:
            lab.down()
            for path in (*(lab.run / "tempest").glob("*.*l*"), *(lab.run / "log").glob("*.log")):
                (kept / path.name).write_bytes(path.read_bytes())
    if as_json:
        import msgspec

        terminal.print_json(msgspec.to_builtins(found))
    else:
        _print(found, kept)
    if found.regressed:
        sys.exit(1)


def _run(folder: Path, workers: int, only: str) -> verdict.Verdict:
    began = time.monotonic()
    said = began
    results: list[suites.Result] = []
    for number, one in suites.run(folder, workers, only):
        results.append(one)
        if time.monotonic() - said > PROGRESS_EVERY_S:
            said = time.monotonic()
            counts = ", ".join(f"{sum(r.status == s for r in results)} {s}" for s in verdict.STATUSES)
            terminal.print_error(f"{said - began:5.0f} s  {len(results)} of {number}: {counts}")
    return verdict.judge(results, only, time.monotonic() - began)


def _print(found: verdict.Verdict, kept: Path) -> None:
    rows = [
        (suite, where, *(str(counts[suite][status]) for status in verdict.STATUSES))
        for suite in verdict.SUITES
        for where, counts in (("here", found.here), ("upstream", found.upstream))
    ]
    terminal.print_table(("suite", "where", *verdict.STATUSES), rows)
    if found.regressed:
        terminal.print_line("Pass on upstream, but not here:\n")
        for one in found.regressed:
            terminal.print_line(f"{one.test}\n    {one.status}: {one.reason[:LONGEST_REASON]}")
    regressed = {one.test for one in found.regressed}
    others = [one for one in found.failed if one.test not in regressed]
    if others:
        terminal.print_line("\nFail here, and did not pass on upstream:\n")
        for result in others:
            terminal.print_line(f"{result.test}\n    {verdict.last_line(result.reason)[:LONGEST_REASON]}")
    if found.gained:
        terminal.print_line("\nPass here, and did not on upstream:\n")
        for name in found.gained:
            terminal.print_line(name)
    ran = sum(sum(counts.values()) for counts in found.here.values())
    terminal.print_line(
        f"\n{ran} tests in {found.seconds:.0f} s; {len(found.regressed)} that pass on upstream do not pass here."
        f" Raw results: {kept}"
    )
