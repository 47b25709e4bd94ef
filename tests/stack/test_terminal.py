"""What a person at a terminal sees: a shell that says where it is, and a picture that follows what happens."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stack.conftest import Stack

from neutrino.stack.lab import Lab


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("t") / "s")
    with Lab(made.run, hosts=1):
        yield made


class Terminal:
    """A terminal in which one command runs."""

    def __init__(self, stack: Stack, *words: str) -> None:
        self._screen, inner = pty.openpty()
        command = [sys.executable, "-m", "neutrino.cli", "--dir", str(stack.run), *words]
        environment = {
            **os.environ,
            "SHELL": "/bin/bash",
            "TERM": "xterm",
            "HOME": str(stack.run),
            "NEUTRINO_LOCAL_CONF": os.devnull,
        }
        self.process = subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
        )
        os.close(inner)
        self.text = ""

    def read_until(self, words: str) -> None:
        """Read on until *words* have come; the test's own time limit ends a wait for what never comes."""
        begin = len(self.text)
        while words not in self.text[begin:]:
            self.text += os.read(self._screen, 65536).decode(errors="replace")

    def write(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self._screen)


@pytest.fixture
def terminal(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    made = Terminal(stack, *request.param)
    yield made
    made.close()


@pytest.mark.parametrize("terminal", [("status", "--watch")], indirect=True)
def test_a_watched_status_is_drawn_again_when_something_changes(stack: Stack, terminal: Terminal) -> None:
    terminal.read_until("h1.haproxy")
    (before,) = [one.pid for one in stack.lab.status().services if one.name == "ovn-northd"]
    stack.lab.kill("ovn-northd")
    stack.lab.wait()
    (after,) = [one.pid for one in stack.lab.status().services if one.name == "ovn-northd"]
    assert after != before
    terminal.read_until(str(after))
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(timeout=30) == 0


@pytest.mark.parametrize("terminal", [("shell",)], indirect=True)
def test_the_shell_says_where_it_is(stack: Stack, terminal: Terminal) -> None:
    terminal.read_until("(neutrino admin) ")
    terminal.write("type openstack; echo $OS_CLOUD$((6*7)); exit 5\n")
    terminal.read_until("neutrino42")
    assert f"openstack is {stack.run}/bin/openstack" in terminal.text
    assert terminal.process.wait(timeout=30) == 5


def test_a_shell_changes_no_file_that_another_reads(stack: Stack) -> None:
    def begin(user: str) -> dict[str, int]:
        stack("shell", "--user", user, "-c", "openstack --version")
        return {file.name: file.stat().st_ino for file in (*stack.run.glob("shellrc-*"), *stack.run.glob("bin/*"))}

    first = begin("admin")
    second = begin("admin")
    assert first.keys() == second.keys() == {"shellrc-admin", "openstack", "stack"}
    assert not first.items() & second.items()


def test_a_start_that_is_interrupted_says_what_goes_on(tmp_path: Path) -> None:
    made = Stack(tmp_path / "s")
    terminal = Terminal(made, "up", "--auth", "noauth", "--api-port", "0")
    try:
        terminal.read_until("initial networks")
        terminal.process.send_signal(signal.SIGINT)
        terminal.read_until("what was started goes on: `./stack up` completes it, `./stack down` ends it")
        assert terminal.process.wait(timeout=30) == 130
    finally:
        terminal.close()
        made.lab.down()


def test_without_a_terminal_nothing_is_watched(stack: Stack) -> None:
    assert "--watch needs a terminal" in stack("status", "--watch", status=1).stderr


def test_a_followed_log_goes_on_and_an_unknown_one_is_named(stack: Stack, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "neutrino.cli", "--dir", str(stack.run), "logs", "-f", "-n", "1", "ovn-northd"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as following:
        try:
            assert following.stdout is not None
            assert following.stdout.readline()
            stack.lab.kill("ovn-northd", signal.SIGTERM)
            assert following.stdout.readline()
        finally:
            following.kill()
    assert "there is no log of nobody; there are: " in stack("logs", "nobody", status=1).stderr
