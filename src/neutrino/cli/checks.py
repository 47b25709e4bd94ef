"""``./stack test`` and ``./stack bench``: every check, and every measurement, by one command each.

Here: which checks there are and in which order. Not here: the checks (tests/,
pyproject.toml), what is measured (bench/).
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from neutrino.cli import page, terminal
from neutrino.cli.place import CHECKOUT
from neutrino.stack import browser, packages, programs
from neutrino.stack.fault import StackFault

Release = Annotated[
    str,
    typer.Option(
        help="With OVN and Open vSwitch of this release of the host's distribution: `bookworm` has OVN 23.03.",
        show_default="the host's own, else the newest",
    ),
]
KINDS = ("unit", "component", "contract", "packets", "stack", "page")
"""Folders of tests/, by what is real in them (docs/style.md, rule 12)."""
TOGETHER = ("unit", "component")
"""Those whose files run beside each other: each has its own databases. The others have the machine to themselves."""
BESIDE_EACH_OTHER = ("--numprocesses=3", "--dist=loadfile")
OLDER = {"debian": "bookworm"}
"""By distribution, the oldest release whose OVN has to pass: of Debian 12, 23.03."""
ON_OLDER = ("tests/packets/test_layer2.py", "tests/packets/test_dhcp.py")
"""What of the packet scenarios runs on that OVN among all tests; `test packets --release NAME` runs every one."""

LINTS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy",),
    ("lint-imports",),
)


def test(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"lint, {', '.join(KINDS)}, or all.")] = "all",
    release: Release = "",
) -> None:
    """Run the linters and the tests (or one kind); words after `--` go to pytest."""
    if kind not in (*KINDS, "lint", "all"):
        raise StackFault(f"{kind} is no kind of test: choose lint, {', '.join(KINDS)} or all")
    options = [word for word in context.args if word != "--"]
    failed = []
    if kind in ("lint", "all"):
        failed += [" ".join(words) for words in LINTS if _run(_tool(words[0]), *words[1:]) != 0]
        failed += ["tsc"] if _run(*page.command()) != 0 else []
    folders = [name for name in KINDS if kind in (name, "all") and any((CHECKOUT / "tests" / name).rglob("test_*.py"))]
    if folders:
        os.environ["NEUTRINO_PROGRAMS"] = str(programs.obtain(release).bin)
        if "page" in folders:
            os.environ["NEUTRINO_BROWSER"] = str(browser.obtain())
        for names, how in ((TOGETHER, BESIDE_EACH_OTHER), (KINDS[len(TOGETHER) :], ())):
            words = [f"tests/{name}" for name in folders if name in names]
            if words and _run(sys.executable, "-m", "pytest", *words, *how, *options) != 0:
                failed.append(f"pytest {' '.join(words)}")
        failed += _older(options) if kind == "all" and not release else []
    elif kind != "lint":
        raise StackFault(f"there are no tests in tests/{kind}")
    if failed:
        raise StackFault(f"failed: {'; '.join(failed)}")


def _older(options: Sequence[str]) -> list[str]:
    """Run a part of the packet scenarios on the oldest OVN; return what failed."""
    release = OLDER.get(packages.chosen_release().distribution)
    if release is None:
        return []
    os.environ["NEUTRINO_PROGRAMS"] = str(programs.obtain(release).bin)
    passed = _run(sys.executable, "-m", "pytest", *ON_OLDER, *options) == 0
    return [] if passed else [f"{' '.join(ON_OLDER)} on {release}"]


def bench(context: typer.Context) -> None:
    """Measure the stack and write bench/RESULTS.md (`--cold`: also from empty caches; `--ports N`; `--sizes N,N`;
    `--only start|lab|hosts|growth`: print one part).

    With `--peer neutron` measure beside upstream Neutron instead, and write bench/PEER.md.
    """
    if _run(sys.executable, "-m", "bench.run", *(word for word in context.args if word != "--")) != 0:
        raise StackFault("the measurement did not finish: see above")


def _tool(name: str) -> str:
    """Return the program *name* of this environment."""
    return os.path.join(os.path.dirname(sys.executable), name)  # noqa: PTH118, PTH120 - not resolved: it is a link


def _run(*words: str) -> int:
    terminal.print_error(f"$ {' '.join(words).replace(f'{CHECKOUT}/', '')}")
    return subprocess.run(words, cwd=CHECKOUT, check=False).returncode
