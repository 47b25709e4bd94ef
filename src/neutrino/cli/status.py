"""``./stack status``: what runs, once or as it changes.

Here: looking, the tables, and what counts as well. Not here: probing (neutrino.stack.supervisor).
"""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import lab_of
from neutrino.stack import control
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

if TYPE_CHECKING:
    from rich.console import Group

EVERY_S = 0.5
STYLES = {terminal.GOOD: "green", "silent": "red", "restarting": "red", "starting": "yellow", "waiting": "yellow"}


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and draw again what changes; ends by Ctrl-C.")] = False,
) -> None:
    """Probe every service; end with status 0 only when all is well."""
    lab = lab_of()
    if watch and not sys.stdout.isatty():
        raise StackFault("--watch needs a terminal: programs ask `./stack status --json` again")
    if as_json and not lab.is_running:
        terminal.print_json({"running": False, "well": False, "services": [], "instances": []})
    lab.supervisor()
    reply = _watched(lab) if watch else lab.status()
    if as_json:
        import msgspec

        terminal.print_json({"running": True, "well": is_well(reply), **msgspec.to_builtins(reply)})
    elif not watch:
        show(reply)
    if not is_well(reply):
        sys.exit(1)


def show(reply: control.Reply) -> None:
    """Print what runs."""
    terminal.print_all(picture(reply))


def is_well(reply: control.Reply) -> bool:
    """Whether each service is ready, each instance has an address where its port has one, and each host is there."""
    return (
        all(one.state == terminal.GOOD for one in reply.services)
        and all(one.address or not one.instance.addresses for one in reply.instances)
        and reply.hosts == reply.desired_hosts
    )


def picture(reply: control.Reply) -> "Group":
    """Return the tables of services and instances."""
    from rich.console import Group

    rows = [
        (one.name, one.state, str(one.pid or ""), f"{one.memory_bytes / 1e6:.1f} MB", str(one.restarts), one.trouble)
        for one in reply.services
    ]
    tables = [terminal.table(("service", "state", "pid", "memory", "restarts", "trouble"), rows, STYLES)]
    if reply.instances:
        told = [(one.instance.name, one.instance.host, one.address, one.instance.port_id) for one in reply.instances]
        tables.append(terminal.table(("instance", "host", "address", "port"), told))
    return Group(*tables)


def _watched(lab: Lab) -> control.Reply:
    """Draw what runs whenever it is other than before, until Ctrl-C; return it as it was at last."""
    from rich.live import Live

    reply = lab.status()
    try:
        with Live(picture(reply), screen=True, auto_refresh=False) as live:
            while True:
                time.sleep(EVERY_S)
                fresh = lab.status()
                if fresh != reply:
                    reply = fresh
                    live.update(picture(reply), refresh=True)
    except KeyboardInterrupt:
        return reply
