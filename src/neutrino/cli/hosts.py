"""``./stack host``: hosts of the lab.

Here: add, remove, list, kill, start, drain. Not here: what a host consists of (neutrino.stack.host).
"""

from collections import Counter
from typing import Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import lab_of
from neutrino.stack import state
from neutrino.stack.control import Reply
from neutrino.stack.fault import StackFault
from neutrino.stack.service import STOPPED

app = typer.Typer(help="Hosts of the lab.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="h1, h2, ...")]


@app.command()
def add(
    name: Name,
    zone: Annotated[str, typer.Option("--zone", metavar="AZ", help="Its availability zone.")] = "",
    gateway: Annotated[
        bool | None, typer.Option(help="Whether gateways of routers may be on it.", show_default="as local.conf says")
    ] = None,
) -> None:
    """Add a host, and return when its chassis is connected."""
    lab = lab_of()
    known = state.load(lab.run)
    options = known.options(name)
    if name in known.hosts and (zone, gateway) not in (("", None), (options.zone, options.gateway)):
        raise StackFault(f"{name} is there already: `./stack host remove {name}` before it is added with other options")
    lab.add_host(name, zone, gateway)


@app.command()
def remove(name: Name) -> None:
    """Remove a host that has no instance."""
    lab_of().remove_host(name)


@app.command()
def kill(name: Name) -> None:
    """End all daemons of a host at once, as a power cut does; they stay away until `host start` or `up`."""
    lab_of().kill_host(name)


@app.command()
def start(name: Name) -> None:
    """Start a host that was killed, and return when its chassis is connected."""
    lab = lab_of()
    if name not in lab.hosts:
        raise StackFault(f"there is no host {name}, only {', '.join(lab.hosts)}: `./stack host add {name}` adds one")
    lab.add_host(name)


@app.command()
def drain(name: Name, undo: Annotated[bool, typer.Option("--undo", help="Let gateways come back.")] = False) -> None:
    """Take the gateways of routers away from a host; its instances stay."""
    lab = lab_of()
    lab.drain_host(name, undo)


@app.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """List the hosts: state, availability zone, whether gateways may be there, instances, memory."""
    lab = lab_of()
    reply, desired = lab.status(), state.load(lab.run)
    instances = Counter(one.host for one in desired.instances)
    found = []
    for name in desired.hosts:
        options = desired.options(name)
        allowed = desired.networking.enable_chassis_as_gw if options.gateway is None else options.gateway
        gateway = "drained" if options.drained else "yes" if allowed else "no"
        memory = sum(one.memory_bytes for one in reply.services if one.name.startswith(f"{name}."))
        found.append((name, _state(reply, name), options.zone, gateway, instances[name], memory))
    columns = ("host", "state", "zone", "gateway", "instances", "memory")
    if as_json:
        keys = (*columns[:-1], "memory_bytes")
        terminal.print_json([dict(zip(keys, row, strict=True)) for row in found])
        return
    rows = [(*row[:4], str(row[4]), f"{row[5] / 1e6:.1f} MB") for row in found]
    terminal.print_table(columns, rows, {terminal.GOOD: "green", "killed": "red"})


def _state(reply: Reply, name: str) -> str:
    """Return ``ready``, ``killed``, or the state of the first service that is not ready."""
    states = [one.state for one in reply.services if one.name.startswith(f"{name}.")]
    if states and all(one == STOPPED for one in states):
        return "killed"
    return next((one for one in states if one != terminal.GOOD), terminal.GOOD if states else "not there")
