"""The command, as a person runs it, in a run folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neutrino.stack.lab import Lab


class Stack:
    """``./stack --dir RUN``, with this environment's Python."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.lab = Lab(run)
        self.conf = Path(os.devnull)
        self.up_options: tuple[str, ...] = ("--auth", "noauth")  # Keystone takes seconds

    def __call__(self, *words: str, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        if words[:1] == ("up",) and "--auth" not in words:
            words = (*words, *self.up_options)
        done = subprocess.run(
            [sys.executable, "-m", "neutrino.cli", "--dir", str(self.run), *words],
            capture_output=True,
            env={**os.environ, "NEUTRINO_LOCAL_CONF": str(self.conf)},
            text=True,
            timeout=100,
            check=False,
        )
        assert status is None or done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def status(self) -> dict[str, Any]:
        """What ``status --json`` says, whatever its exit status."""
        said: dict[str, Any] = json.loads(self("status", "--json", status=None).stdout)
        return said

    def pids(self) -> dict[str, int]:
        """Process ids by service."""
        return {one["name"]: one["pid"] for one in self.status()["services"]}

    def processes(self) -> list[str]:
        """Command lines of processes that name the run folder, or are started from the lab."""
        return processes_of(self.run)


def processes_of(run: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(run) in words and "neutrino.cli" not in words:
                found.append(words)
    return found


def host_state() -> dict[str, str]:
    """What a lab must leave as it is: devices, addresses, routes, namespaces, mounts."""
    commands = {
        "addresses": ("ip", "-brief", "address"),
        "routes": ("ip", "route", "show", "table", "all"),
        "namespaces": ("ip", "netns"),
    }
    said = {
        name: subprocess.run(words, capture_output=True, text=True, check=True).stdout
        for name, words in commands.items()
    }
    return {**said, "mounts": Path("/proc/mounts").read_text()}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "s")
    yield made
    made.lab.down()
