"""``./stack instance``: instances of the lab.

Here: create, list, delete, shell, ping. Not here: namespaces and ports (neutrino.stack).
"""

import os
import sys
from typing import Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import lab_of
from neutrino.stack import placement
from neutrino.stack.fault import StackFault

app = typer.Typer(
    help="Instances: network namespaces or virtual machines with a port of the API.", no_args_is_help=True
)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="With --count: how the names begin; they are NAME1, NAME2, ...")],
    network: Annotated[str, typer.Option(help="Name or id of the network.")],
    host: Annotated[str, typer.Option(help="The host to run on.", show_default="those with the fewest")] = "",
    security_group: Annotated[list[str] | None, typer.Option(help="Name or id; may be given again.")] = None,
    image: Annotated[str, typer.Option(help="ns: a network namespace; vm: a virtual machine.")] = "ns",
    count: Annotated[int, typer.Option(min=1, max=1000, help="So many, all together.")] = 1,
) -> None:
    """Make an instance with a port on a network, and wait until it has an address and is ACTIVE."""
    lab = lab_of()
    if host and host not in lab.hosts:
        raise StackFault(f"there is no host {host}, only {', '.join(lab.hosts)}: `./stack host add {host}` adds one")
    groups = None
    if security_group is not None:
        groups = [lab.api.by_name_or_id("security-groups", word)["id"] for word in security_group]
    names = [name] if count == 1 else [f"{name}{number}" for number in range(1, count + 1)]
    with terminal.progress() as tell:
        tell("port, DHCP lease")
        network_id = lab.api.by_name_or_id("networks", network)["id"]
        placement.refuse_others(lab, names, network_id, host)
        placed = placement.create(lab, names, network_id, host, groups, image)
    addresses = lab.addresses()
    for one, where in placed.items():
        terminal.print_line(f"{one} runs on {where} with {addresses[one] or 'no address'}")


@app.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """List the instances."""
    found = lab_of().status().instances
    if as_json:
        import msgspec

        terminal.print_json(msgspec.to_builtins(found))
        return
    rows = [
        (one.instance.name, one.instance.host, one.address, one.instance.mac, one.instance.port_id) for one in found
    ]
    terminal.print_table(("instance", "host", "address", "MAC", "port"), rows)


@app.command()
def delete(name: str) -> None:
    """Remove an instance and its port."""
    lab_of().delete_instance(name)


@app.command()
def shell(name: str) -> None:
    """Open a shell in an instance; of a virtual machine, its console."""
    lab = lab_of()
    is_machine = lab.is_machine(name)
    words, environment = lab.console(name) if is_machine else lab.command(name, os.environ.get("SHELL") or "sh")
    sys.stdout.flush()
    os.execvpe(words[0], words, {**environment, "debian_chroot": name})  # noqa: S606 - the person's shell


@app.command()
def ping(source: str, target: Annotated[str, typer.Argument(help="An instance, `outside`, or an address.")]) -> None:
    """Ping from one instance to another, and end with status 0 when it answers."""
    from neutrino.stack import inquiry

    lab = lab_of()
    address = inquiry.end(lab, inquiry.intent(lab), target).address
    words, environment = lab.command(source, lab.place.programs.path("busybox"), "ping", "-c", "3", "-W", "2", address)
    sys.stdout.flush()
    os.execvpe(words[0], words, environment)  # noqa: S606 - its output is the answer
