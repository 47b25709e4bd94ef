"""``./stack shell``: a shell in which ``openstack`` works at once.

Here: its variables, prompt and PATH. Not here: the variables' values (neutrino.stack.central writes openrc).
"""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from neutrino.cli.place import CHECKOUT, lab_of
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

COMMANDS = {
    "openstack": (sys.executable, "-m", "openstackclient.shell"),
    "stack": (str(CHECKOUT / "stack"),),
}
"""What is on the shell's PATH before all else."""


def shell(
    user: Annotated[str, typer.Option(help="admin or demo.")] = "admin",
    command: Annotated[str, typer.Option("-c", help="Run this and end, with its status.")] = "",
) -> None:
    """Open a shell with openrc loaded, where `openstack` and `stack` are this lab's."""
    lab = lab_of()
    lab.supervisor()
    variables = lab.place.variables_of(user)
    if not variables.exists():
        known = " and ".join(one.name for one in sorted(lab.run.glob("openrc*")))
        raise StackFault(f"there is no {variables.name} here, only {known}")
    own = os.environ.get("SHELL") or "sh"
    is_bash = Path(own).name == "bash" and not command
    start = _start(lab, variables, "[ -r ~/.bashrc ] && . ~/.bashrc" if is_bash else "")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment["ENV"] = str(start)  # what POSIX's sh reads when a person uses it
    words = [own, "--rcfile", str(start), "-i"] if is_bash else ["sh", "-i"]
    if command:
        words = ["sh", "-c", f". {shlex.quote(str(start))}\n{command}"]
    sys.stdout.flush()
    os.execvpe(words[0], words, environment)  # noqa: S606 - the person's shell


def _commands(lab: Lab) -> Path:
    """Write the commands, and return their folder."""
    folder = lab.run / "bin"
    folder.mkdir(exist_ok=True)
    for name, words in COMMANDS.items():
        _write(folder / name, f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', 0o755)
    return folder


def _start(lab: Lab, variables: Path, own: str) -> Path:
    """Write what the shell begins with, and return the file: *own*, the person's own beginning, then this lab's."""
    user = variables.name.partition("-")[2] or "admin"
    lines = (
        own,
        f". {shlex.quote(str(variables))}",
        f"export PATH={shlex.quote(str(_commands(lab)))}:$PATH NEUTRINO_STACK_DIR={shlex.quote(str(lab.run))}",
        f"PS1='(neutrino {user}) '${{PS1:-'$ '}}",
    )
    file = lab.run / f"shellrc-{user}"
    _write(file, "\n".join(lines) + "\n", 0o644)
    return file


def _write(file: Path, text: str, mode: int) -> None:
    """Replace *file*: another shell may be reading it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(mode)
    fresh.replace(file)
