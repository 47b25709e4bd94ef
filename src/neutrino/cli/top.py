"""``./stack top``: ports, lag, times, CPU and memory of a running lab.

Here: the picture, and drawing it again. Not here: looking (neutrino.stack.observation).
"""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import lab_of

if TYPE_CHECKING:
    from rich.console import Group

    from neutrino.stack.observation import Sight, Turn


def top(
    every_s: Annotated[float, typer.Option("--every", min=0.5, help="Seconds between two looks.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, once.")] = False,
) -> None:
    """Show ports, the controller's and the chassis' lag, times, CPU and memory; again and again on a terminal."""
    from neutrino.stack.observation import Watcher

    watcher = Watcher(lab_of())
    first = watcher.look()
    if as_json:
        import msgspec

        terminal.print_json(msgspec.to_builtins(first))
        return
    from rich.console import Console
    from rich.live import Live

    if not sys.stdout.isatty():
        Console(width=100).print(_picture(first))
        return
    try:
        with Live(_picture(first), screen=True, auto_refresh=False) as live:
            while True:
                time.sleep(every_s)
                live.update(_picture(watcher.look()), refresh=True)
    except KeyboardInterrupt:
        return


def _picture(sight: "Sight") -> "Group":
    from rich import box
    from rich.console import Group
    from rich.table import Table

    ports = ", ".join(f"{count} {status}" for status, count in sorted(sight.ports.items())) or "none"
    journal = "unknown" if sight.journal is None else f"{sight.journal} lines behind"
    chassis = Table("chassis", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("behind", "heard s ago", "turn ms, of late", "95 %"):
        chassis.add_column(column, justify="right")
    for one in sight.chassis:
        behind = "not there" if one.behind is None else str(one.behind)
        heard = "-" if one.heard_s is None else f"{one.heard_s:.0f}"
        chassis.add_row(one.name, behind, heard, *_times(one.turn), style="red" if one.turn is None else "")
    services = Table("service", "state", box=box.SIMPLE_HEAD, pad_edge=False)
    services.add_column("CPU %", justify="right")
    services.add_column("memory MB", justify="right")
    for load in sorted(sight.services, key=lambda one: (-one.cpu_percent, -one.memory_bytes)):
        style = "" if load.state == terminal.GOOD else "red"
        services.add_row(
            load.name, load.state, f"{load.cpu_percent:.1f}", f"{load.memory_bytes / 1e6:.1f}", style=style
        )
    total = sum(one.memory_bytes for one in sight.services) / 1e6
    cpu = sum(one.cpu_percent for one in sight.services)
    northd = " / ".join(_times(sight.northd))
    lines = f"ports      {ports}\njournal    {journal}\novn-northd {northd} ms a turn, of late / 95 %"
    return Group(lines, chassis, services, f"all together: {cpu:.1f} % of a core, {total:.0f} MB")


def _times(turn: "Turn | None") -> tuple[str, str]:
    return (f"{turn.average_ms:.2f}", f"{turn.p95_ms:.2f}") if turn else ("-", "-")
