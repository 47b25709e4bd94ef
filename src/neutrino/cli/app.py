"""The commands of ``./stack``.

Here: up, down, clean and what concerns services and namespaces. Not here: what runs (status.py), hosts (hosts.py),
instances (instances.py), the checks (checks.py).
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from neutrino.cli import asking, checks, conformance, consumers, hosts, instances, shell, status, terminal, top
from neutrino.cli.place import CHECKOUT, lab_of, local_conf_of
from neutrino.linux import process
from neutrino.stack.fault import StackFault

PASSES_ALL = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
PASSES_REST = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    name="stack",
    help="A whole Neutrino network on this machine: OVN, the API, hosts and instances as network namespaces.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
API_PORT = 9696
"""Where the Networking API listens by default."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def options(
    directory: Annotated[
        Path | None,
        typer.Option("--dir", envvar="NEUTRINO_STACK_DIR", help="The run folder.", show_default=".stack"),
    ] = None,
) -> None:
    """Choose the lab."""
    if directory is not None:
        os.environ["NEUTRINO_STACK_DIR"] = str(directory.absolute())


@app.command()
def up(
    hosts: Annotated[int, typer.Option(min=1, max=250, help="How many hosts there shall be at least.")] = 2,
    api_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the API on 127.0.0.1; 0: any.", show_default="9696")
    ] = None,
    datapath: Annotated[str, typer.Option(help="auto, netdev or dummy; for a lab that is not running.")] = "auto",
    auth: Annotated[
        str,
        typer.Option(
            help="keystone or noauth; for a lab that is not running.", show_default="as last time, else keystone"
        ),
    ] = "",
    conf: Annotated[
        Path | None,
        typer.Option(
            envvar="NEUTRINO_LOCAL_CONF", help="DevStack's file of settings.", show_default="local.conf beside ./stack"
        ),
    ] = None,
    demo: Annotated[bool, typer.Option(help="Make two instances on the private network, and ping.")] = True,
    wait: Annotated[bool, typer.Option(help="Return when all is ready; without, when services are started.")] = True,
    as_json: AsJson = False,
) -> None:
    """Start everything, or repair what is missing; end with status 0 when packets flow."""
    from neutrino.stack import demo as show

    if api_port is None:
        api_port = lab_of().last_port or API_PORT
    local = local_conf_of(conf)
    auth = auth or local.settings.q_auth_strategy
    if not auth and not lab_of().is_known:
        auth = "keystone"
    for warning in local.warnings:
        terminal.print_error(warning)
    lab = lab_of(
        hosts=hosts,
        datapath=datapath,
        api_port=api_port,
        auth=auth,
        networking=local.settings,
        passwords=local.passwords,
    )
    with told_of_an_interruption(), terminal.progress() as tell:
        tell("programs")
        lab.place  # noqa: B018 - fetches them the first time
        tell("services")
        lab.up(wait=False)
        flows = show.make(lab, tell, with_instances=demo) if wait else ()
        first_ping_s = process.age_s(os.getpid()) if flows else None
        if wait:
            lab.wait()
    reply = lab.status()
    if as_json:
        import msgspec

        identity = lab.identity
        found = {
            "endpoint": lab.endpoint,
            "auth": "keystone" if identity else "noauth",
            "auth_url": identity.url if identity else None,
            "clouds": str(lab.place.clouds),
            "openrc": str(lab.place.variables) if identity else None,
            "well": status.is_well(reply),
            "first_ping_s": first_ping_s,
        }
        terminal.print_json({**found, **msgspec.to_builtins(reply)})
        return
    status.show(reply)
    if flows:
        terminal.print_line(f"Packets flow: {'; '.join(flows)}.\n")
    elif demo and wait:
        terminal.print_line("There is no private network for instances, so none was pinged.\n")
    clouds = lab.place.clouds
    terminal.print_line(f"API        {lab.endpoint}/v2.0")
    people = f"  (users admin and demo, with the passwords in {clouds})" if lab.identity else ""
    terminal.print_line(f"page       {lab.endpoint}/{people}")
    terminal.print_line(f"openstack  export OS_CLIENT_CONFIG_FILE={clouds} OS_CLOUD=neutrino; openstack network list")
    terminal.print_line("           or: ./stack shell      ./stack openstack network list")
    terminal.print_line("next       ./stack instance create c --network private --host h2")
    terminal.print_line("           ./stack instance ping a c      ./stack instance shell a")
    terminal.print_line("           ./stack exec h1 -- ovs-vsctl show      ./stack exec central -- ovn-nbctl show")
    terminal.print_line("           ./stack status      ./stack down")


@app.command()
def down() -> None:
    """End everything; databases and the list of instances stay for the next `up`."""
    lab_of().down()


@app.command()
def clean(everything: Annotated[bool, typer.Option("--all", help="The Python environments too.")] = False) -> None:
    """End everything and remove the lab's data."""
    lab = lab_of()
    lab.clean()
    if everything:
        import shutil

        for name in ("venv", "venv-dev"):
            shutil.rmtree(CHECKOUT / ".stack" / name, ignore_errors=True)


app.add_typer(hosts.app, name="host")
app.add_typer(instances.app, name="instance")
app.command("status")(status.status)
app.command("top")(top.top)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A service, as `status` names it, or `supervisor`.")],
    lines: Annotated[int, typer.Option("-n", help="How many lines.")] = 100,
    follow: Annotated[bool, typer.Option("-f", help="Go on as the log grows.")] = False,
) -> None:
    """Show the log of a service."""
    folder = lab_of().run / "log"
    file = folder / f"{name}.log"
    if not file.exists():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
        raise StackFault(f"there is no log of {name}; there are: {known}")
    words = ["tail", "-n", str(lines), *(["-f"] if follow else []), str(file)]
    os.execvp("tail", words)  # noqa: S606 - a person's pager-to-be, not a shell


@app.command()
def restart(name: str) -> None:
    """Restart a service, and return when it is ready."""
    lab_of().restart(name)


@app.command()
def kill(
    name: str, signal_name: Annotated[str, typer.Option("--signal", help="The signal, by name or number.")] = "KILL"
) -> None:
    """Send a signal to a service's process; the supervisor starts it again when it ends."""
    try:
        number = int(signal_name) if signal_name.isdigit() else signal.Signals[f"SIG{signal_name.removeprefix('SIG')}"]
        lab_of().kill(name, signal.Signals(number))
    except (KeyError, ValueError) as error:
        raise StackFault(f"{signal_name} is no signal: `kill -l` lists them") from error


@app.command("exec", context_settings=PASSES_ALL)
def execute(
    context: typer.Context, where: Annotated[str, typer.Argument(help="An instance, a host, `outside`, or `central`.")]
) -> None:
    """Run a command in an instance or on a host: `./stack exec h1 -- ovs-vsctl show`."""
    replace_process(where, after_dashes(context.args) or ["sh"])


@app.command(context_settings={**PASSES_ALL, "help_option_names": []})
def openstack(context: typer.Context) -> None:
    """Run the `openstack` client against the lab's API."""
    lab = lab_of()
    lab.supervisor()
    place = lab.place
    os.environ |= {"OS_CLIENT_CONFIG_FILE": str(place.clouds), "OS_CLOUD": "neutrino"}
    words = [sys.executable, "-m", "openstackclient.shell", *after_dashes(context.args)]
    os.execv(sys.executable, words)  # noqa: S606 - the client of this environment


@app.command(context_settings={**PASSES_ALL, "help_option_names": []})
def neutrino(context: typer.Context) -> None:
    """Run the operator's command on the lab: `./stack neutrino ovn check`."""
    lab = lab_of()
    lab.supervisor()
    place = lab.place
    words = ["--config-file", str(place.configuration), *after_dashes(context.args)]
    os.execv(sys.executable, [sys.executable, "-m", "neutrino.admin", *words])  # noqa: S606 - of this environment


app.command("shell")(shell.shell)
app.command("ping")(asking.ping)
app.command("trace")(asking.trace)
app.command("explain")(asking.explain)


@app.command()
def programs(release: checks.Release = "") -> None:
    """Print the folder of OVN's and Open vSwitch's programs, fetching them when they are not there.

    NEUTRINO_PROGRAMS names such a folder, and labs that start then use what is in it.
    """
    from neutrino.stack import programs as found

    terminal.print_line(str(found.obtain(release).bin))


app.command("test", context_settings=PASSES_REST)(checks.test)
app.command("conformance")(conformance.conformance)
app.command("consumers")(consumers.consumers)
app.command("bench", context_settings=PASSES_REST)(checks.bench)


def after_dashes(words: Sequence[str]) -> list[str]:
    """Return *words* without the ``--`` that may stand before them."""
    return list(words[1:] if words[:1] == ["--"] else words)


@contextlib.contextmanager
def told_of_an_interruption() -> Iterator[None]:
    """Say what becomes of a lab whose start is interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        terminal.print_error(
            "stack: interrupted; what was started goes on: `./stack up` completes it, `./stack down` ends it"
        )
        raise


def replace_process(where: str, command: Sequence[str]) -> None:
    """Become *command*, in the namespace of *where*."""
    words, environment = lab_of().command(where, *command)
    sys.stdout.flush()
    os.execvpe(words[0], words, environment)  # noqa: S606 - what the person asked for


def main() -> None:
    """Run the command line."""
    with terminal.one_sentence():
        app(prog_name="stack")
