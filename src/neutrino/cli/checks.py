"""``./stack test`` and ``./stack bench``: every check, and every measurement, by one command each.

Here: which checks there are and in which order. Not here: the checks (tests/,
pyproject.toml), what is measured (bench/).
"""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from neutrino.cli import page, terminal
from neutrino.cli.place import CHECKOUT
from neutrino.stack import browser, environments, packages, programs
from neutrino.stack.conformance import suites
from neutrino.stack.fault import StackFault
from neutrino.stack.identity import service as keystone

Release = Annotated[
    str,
    typer.Option(
        help="With OVN and Open vSwitch of this release of the host's distribution: `bookworm` has OVN 23.03.",
        show_default="the host's own, else the newest",
    ),
]
BUSY, WAITING = ("unit", "component"), ("contract", "stack", "packets", "page")
"""Kinds that keep the processors busy, and kinds that mostly wait for daemons; those with the longest tests first."""
KINDS = (*BUSY, *WAITING)
"""Folders of tests/, by what is real in them (docs/style.md, rule 12)."""
TESTS_BESIDE = ("--numprocesses=3", "--dist=worksteal")
"""Tests run beside each other: each process of tests has its own databases."""
FILES_BESIDE = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")
"""Files run beside each other: each process of tests has its own daemons and labs, which the tests of a file share."""
ALONE = "alone"
"""The mark of tests that claim times on the wire: they run one by one, when nothing else does."""
THOROUGH = "thorough"
"""The mark of tests that only `./stack test KIND` runs: `./stack test` goes without."""
ROUNDS = (
    (BUSY, f"not {ALONE}", TESTS_BESIDE),
    (WAITING, f"not {ALONE}", FILES_BESIDE),
    (WAITING, ALONE, ()),
)
"""What runs in one go: kinds, which of their tests by mark, and how."""
NO_TESTS = 5
"""With which status pytest ends when there was nothing to run."""
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
FETCHED: tuple[Callable[[], object], ...] = (
    programs.obtain,
    lambda: programs.obtain(_older_release()),
    browser.obtain,
    lambda: environments.obtain(keystone.NAME),
    lambda: environments.obtain(suites.ENVIRONMENT),
)
"""What all tests together need besides this environment; it is fetched while the linters run."""


def test(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"lint, {', '.join(KINDS)}, or several of these, or all.")] = "all",
    release: Release = "",
    parity: Annotated[
        bool, typer.Option("--parity", help="Packets only: keep the results, and write docs/parity.md from them.")
    ] = False,
) -> None:
    """Run the linters and the tests (or some kinds); words after `--` go to pytest."""
    if kind not in (*KINDS, "lint", "all"):
        raise StackFault(f"{kind} is no kind of test: choose lint, {', '.join(KINDS)} or all")
    is_all = kind == "all"
    besides = [] if is_all else list(itertools.takewhile((*KINDS, "lint").__contains__, context.args))
    chosen = {*KINDS, "lint"} if is_all else {kind, *besides}
    options = [word for word in context.args[len(besides) :] if word != "--"]
    if parity and (chosen != {"packets"} or options):
        raise StackFault("--parity is of all packet scenarios: `./stack test packets --parity`")
    fetched = FETCHED if is_all else ()
    with ThreadPoolExecutor(len(FETCHED)) as pool:
        fetching = [pool.submit(one) for one in fetched]
        failed = _lint() if "lint" in chosen else []
        for one in fetching:
            one.result()
    folders = [name for name in KINDS if name in chosen and any((CHECKOUT / "tests" / name).rglob("test_*.py"))]
    if folders:
        os.environ["NEUTRINO_PROGRAMS"] = str(programs.obtain(release).bin)
        if "page" in folders:
            os.environ["NEUTRINO_BROWSER"] = str(browser.obtain())
        with tempfile.TemporaryDirectory(prefix="neutrino-") as place:
            reports = Path(place) if parity else None
            failed += _rounds(folders, f" and not {THOROUGH}" if is_all else "", options, reports)
            if reports and _run(sys.executable, "-m", "tests.parity.page", *map(str, sorted(reports.iterdir()))) != 0:
                failed.append("docs/parity.md")
        failed += _older(options) if is_all and not release else []
    elif chosen != {"lint"}:
        raise StackFault(f"there are no tests in {', '.join(f'tests/{one}' for one in sorted(chosen - {'lint'}))}")
    if failed:
        raise StackFault(f"failed: {'; '.join(failed)}")


def _lint() -> list[str]:
    """Run the linters beside each other; return what failed."""
    commands = {" ".join(words): (_tool(words[0]), *words[1:]) for words in LINTS} | {"tsc": page.command()}
    with ThreadPoolExecutor(len(commands)) as pool:
        statuses = pool.map(lambda words: _run(*words), commands.values())
        return [name for name, status in zip(commands, statuses, strict=True) if status != 0]


def _rounds(folders: Sequence[str], besides: str, options: Sequence[str], reports: Path | None) -> list[str]:
    """Run the tests in *folders*, of which *besides* says more marks, round by round; return what failed.

    With *reports*, what became of each test is written there, a file for each round.
    """
    failed, statuses = [], set()
    for number, (kinds, marks, how) in enumerate(ROUNDS):
        words = [f"tests/{name}" for name in kinds if name in folders]
        if words:
            report = (f"--junitxml={reports}/{number}.xml",) if reports else ()
            statuses.add(status := _pytest(*words, "-m", marks + besides, *how, *report, *options))
            failed += [f"pytest {' '.join(words)}"] if status not in (0, NO_TESTS) else []
    return failed if statuses != {NO_TESTS} else ["there was no such test"]


def _older(options: Sequence[str]) -> list[str]:
    """Run a part of the packet scenarios on the oldest OVN; return what failed."""
    release = _older_release()
    if not release:
        return []
    os.environ["NEUTRINO_PROGRAMS"] = str(programs.obtain(release).bin)
    passed = _pytest(*ON_OLDER, *FILES_BESIDE, *options) in (0, NO_TESTS)
    return [] if passed else [f"{' '.join(ON_OLDER)} on {release}"]


def _older_release() -> str:
    """Return the oldest release whose OVN has to pass; "" where no older one has."""
    return OLDER.get(packages.chosen_release().distribution, "")


def _pytest(*words: str) -> int:
    return _run(sys.executable, "-m", "pytest", *words)


def bench(context: typer.Context) -> None:
    """Measure the stack and write bench/RESULTS.md (`--cold`: also from empty caches; `--sizes N,N`: numbers of ports;
    `--only PART ...`: print some parts; `--quick`: small, to see that it works; `--out DIR`).

    With `--peer neutron` measure beside upstream Neutron instead, and write bench/PEER.md (`--rounds N`; `--workers N`;
    `--scale F`: requests of a round; `--mixed-s S`: seconds of mixed load).
    """
    if _run(sys.executable, "-m", "bench.run", *(word for word in context.args if word != "--")) != 0:
        raise StackFault("the measurement did not finish: see above")


def _tool(name: str) -> str:
    """Return the program *name* of this environment."""
    return os.path.join(os.path.dirname(sys.executable), name)  # noqa: PTH118, PTH120 - not resolved: it is a link


def _run(*words: str) -> int:
    terminal.print_error(f"$ {' '.join(words).replace(f'{CHECKOUT}/', '')}")
    return subprocess.run(words, cwd=CHECKOUT, check=False).returncode
