"""The tour of README.md, word by word: each command, and what it is said to print."""

import re
import shlex
from pathlib import Path

import pytest
from tests.stack.conftest import Stack

README = (Path(__file__).parents[2] / "README.md").read_text()
TYPED_INTO = ("instance", "shell")
"""What a person types into; tests/packets/test_machines.py does."""
FAILS = {("trace", "a", "web", "tcp/80", "--brief"): 1}
"""Commands whose answer is told by their status too."""
CHANGES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\b[0-9a-f]*:[0-9a-f:]+(?:/\d+)?|\d+(?:\.\d+)*"
)
"""What is other each time: ids, addresses, times, numbers."""


def tour() -> list[tuple[list[str], list[str]]]:
    """Return each command, without ``./stack``, with the lines that it is said to print."""
    found: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                name, *words = shlex.split(line.removeprefix("$ "))
                assert name == "./stack"
                found.append((words, []))
            else:
                found[-1][1].append(line)
    return found


def shape(line: str) -> str:
    """Return what stays the same in *line*."""
    return re.sub(r"[\s─+|-]+", " ", CHANGES.sub("#", line)).strip()


@pytest.mark.thorough
def test_the_tour_is_as_the_readme_says(stack: Stack) -> None:
    stack.up_options = ("--api-port", "0", "--auth", "keystone")
    routers = re.compile(r"neutron-[0-9a-f-]{36}")
    for words, expected in tour():
        if tuple(words[:2]) == TYPED_INTO:
            continue
        if any(routers.fullmatch(word) for word in words):
            (router,) = stack.lab.api.list("routers")
            words = [routers.sub(f"neutron-{router['id']}", word) for word in words]
        done = stack(*words, status=FAILS.get(tuple(words), 0))
        said = {shape(line) for line in (done.stdout + done.stderr).splitlines()}
        missing = [line for line in expected if shape(line) not in said and not line.startswith("64 bytes")]
        assert missing == [], f"./stack {shlex.join(words)} says\n{done.stdout}"


def test_the_tour_has_what_it_needs() -> None:
    """Each instance that a command names was made by one before, or by `up`."""
    made = {"a", "b"}
    for words, _ in tour():
        if words[:2] == ["instance", "create"]:
            made.add(words[2])
        elif words[0] in ("trace", "ping", "explain") or words[:2] == ["instance", "ping"]:
            named = [word for word in words if re.fullmatch(r"[a-z]+", word)]
            assert set(named) - made <= {"trace", "ping", "explain", "instance"}
