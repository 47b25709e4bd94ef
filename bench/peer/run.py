"""``./stack bench --peer neutron``: install and start the peer, measure both in turn, write PEER.md, stop everything.

Here: the order of things. Not here: each of them.
"""

import argparse
import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peer import identity, install, neutron, page, ratios, wire
from bench.peer.daemons import Daemons
from bench.peer.neutron import Neutron
from bench.peer.ours import ROOT, Neutrino
from bench.peer.page import Results
from bench.peer.rounds import State, settle
from bench.peer.side import Given, Side
from bench.peer.work import LARGE, Samples, Size, Work, aliases
from neutrino.stack import programs
from neutrino.stack.fault import StackFault

HERE = Path(__file__).parents[1]
STARTS = 3
LISTED = 10_000
"""The longest list that is asked for: upstream takes ten seconds of CPU for it."""
SERVER = ("src", ":!src/neutrino/cli", ":!src/neutrino/stack")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: argparse.Namespace) -> None:
    """Measure; *arguments*: sizes, rounds, scale, mixed_s, workers, out."""
    console = Console()
    if arguments.page_only:
        _write(json.loads((arguments.out / "peer.json").read_text()), arguments.out, console)
        return
    for number in ENDING:
        signal.signal(number, _interrupt)
    size = Size(arguments.rounds, arguments.scale, arguments.sizes, min(LARGE, arguments.sizes[-1]), arguments.mixed_s)
    made = (install.mariadb(_said), install.environment(_said))
    results: dict[str, Any] = {"when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}
    load_before = os.getloadavg()
    with _both(arguments.workers, made) as (sides, folder):
        results["versions"] = _versions(made)
        results["settings"] = {
            "rounds": size.rounds,
            "scale": size.scale,
            "ports": list(size.ports),
            "large": size.large,
            "mixed_s": size.mixed_s,
            "workers": arguments.workers,
            "databases": {side.name: side.database for side in sides},
        }
        results["machine"] = {
            "cores": os.cpu_count(),
            "kernel": platform.release(),
            "python": platform.python_version(),
            "load_before": load_before,
            "load_after": load_before,
        }
        for _ in _measured(sides, size, folder, results, console):
            results["machine"]["load_after"] = os.getloadavg()
            _keep(results, arguments.out)
    _write(results, arguments.out, console)


def _measured(sides: list[Side], size: Size, folder: Path, out: Results, console: Console) -> Iterator[None]:
    """Measure everything into *out*; yield after each part, when what there is can be kept."""
    out |= {"rows": {}, "growth": {}, "wire": {}, "start": {side.name: [] for side in sides}, "memory": {}}
    for side in sides:
        _said(f"{side.name}: databases")
        side.prepare()
    for number in range(STARTS):
        for side in sides:
            if number:
                side.stop_api()
            out["start"][side.name].append(side.start_api())
    _said(f"start to first answer, s: {out['start']}")
    for side in sides:
        side.start_others()
    time.sleep(5)
    states = [State(side) for side in sides]
    rows = out["rows"]

    def tell(name: str, samples: Samples) -> None:
        rows[name] = samples
        one = ratios.line(name, samples[page.OURS], samples[page.PEER])
        console.print(
            f"{one.name:42} CPU {one.ours_cpu_ms:8.2f} {one.peer_cpu_ms:9.1f} ms {one.cpu_ratio:7.1f}×   "
            f"p50 {one.ours_p50_ms:8.2f} {one.peer_p50_ms:9.1f} ms {one.time_ratio:7.1f}×",
            highlight=False,
            soft_wrap=True,
        )

    def weighed(when: str) -> None:
        out["memory"][when] = {side.name: side.memory_mib() for side in sides}

    work = Work(states, size, tell)
    out["routers"] = work.with_routers
    out["extensions"] = {state.side.name: sorted(aliases(state)) for state in states}
    work.warm_up()
    for side in sides:
        settle(side)
    weighed("no ports")
    work.few()
    work.begin_to_fill()
    for ports in size.ports:
        _said(f"{ports:,} ports")
        work.fill(ports)
        weighed(f"{ports:,} ports")
        rows = out["growth"][f"{ports:,}"] = {}
        work.grown()
        out["wire"][f"{page.TO_ROW}, {ports:,} ports"] = wire.to_row(states)
        rows = out["rows"]
        if ports >= size.large and ports <= LISTED:
            work.lists(ports)
        yield
        if ports == size.large:
            work.large()
            if work.with_routers:
                work.routers()
            out["wire"][f"{wire.TO_ACTIVE}, {ports:,} ports"] = wire.to_active(states, folder / "hosts")
            yield
            work.mixed()
            work.many_clients()
            weighed("after all reads and writes")
            yield


@contextlib.contextmanager
def _both(workers: int, made: tuple[install.MariaDB, Path]) -> Iterator[tuple[list[Side], Path]]:
    """Yield both sides, and a folder of theirs; end all that was started, and remove the folder, whatever happens."""
    found = programs.obtain()
    with contextlib.ExitStack() as after:
        root = Path(after.enter_context(tempfile.TemporaryDirectory(prefix="nbp", ignore_cleanup_errors=True)))
        folders = [root / "ours", root / "peer", root / "keystone"]
        daemons = []
        for folder in folders:
            (folder / "log").mkdir(parents=True)
            daemons.append(Daemons(folder / "log"))
            after.callback(daemons[-1].end_all)
        asked = identity.start(daemons[2], found, folders[2])
        ours, theirs = (Given(daemons[one], found, folders[one], workers, asked) for one in (0, 1))
        peer = Neutron(theirs, made)
        after.callback(peer.close)
        yield [Neutrino(ours, neutron.NO_LIMIT), peer], root


def _versions(made: tuple[install.MariaDB, Path]) -> dict[str, str]:
    pinned = dict(
        line.split(" ")[0].split("==") for line in install.LOCK.read_text().splitlines() if not line.startswith(" ")
    )
    northd = subprocess.run(
        [programs.obtain().path("ovn-northd"), "--version"], capture_output=True, text=True, check=False
    )
    return {
        page.OURS: product(),
        page.PEER: pinned["neutron"],
        "uWSGI": pinned["uwsgi"],
        "JSON": _json_parser(made[1]),
        "MariaDB": made[0].version,
        "OVN": northd.stdout.split("\n")[0].split()[-1],
    }


def product() -> str:
    """Return the last commit that changed the server, and whether it was changed since."""
    git = ("git", "-C", str(ROOT))
    found = subprocess.run(
        [*git, "log", "-1", "--format=%h", "--", *SERVER], capture_output=True, text=True, check=False
    )
    changed = subprocess.run([*git, "status", "--short", "--", *SERVER], capture_output=True, text=True, check=False)
    return (found.stdout.strip() or "an unknown commit") + (", with changes" if changed.stdout.strip() else "")


def _json_parser(environment: Path) -> str:
    """Return how the peer's OVSDB library parses JSON: ``C`` or ``PYTHON`` (it depends on how it was built)."""
    words = [str(environment / "venv" / "bin" / "python"), "-c", "import ovs.json; print(ovs.json.PARSER)"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def _write(results: dict[str, Any], out: Path, console: Console) -> None:
    """Print the table; write the raw results, the page and the chart beside each other."""
    table = Table("what", "in", page.OURS, page.PEER, "ratio", "target")
    for name, unit, ours, peer, ratio, target in page.headline(results):
        table.add_row(name, unit, ours, peer, f"{ratio:,.1f}", "" if target is None else f"{target:,.0f}")
    console.print(table)
    _keep(results, out)
    (out / "peer.svg").write_text(page.chart(results))
    (out / "peer-growth.svg").write_text(page.growth_chart(results))
    (out / "PEER.md").write_text(page.page(results, "peer.svg", "peer-growth.svg"))
    console.print(
        f"Written: {out / 'PEER.md'}, {out / 'peer.svg'}, {out / 'peer.json'}", highlight=False, soft_wrap=True
    )


def _keep(results: Results, out: Path) -> None:
    """Write the raw results as they are so far: should the rest fail, `--page-only` makes the page of them."""
    out.mkdir(parents=True, exist_ok=True)
    raw = json.loads(json.dumps(results), parse_float=lambda text: round(float(text), 3))
    text = json.dumps(raw, separators=(",", ":")).replace('{"requests"', '\n{"requests"')
    (out / "peer.json").write_text(f"{text}\n")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only this measurement has."""
    parser.add_argument("--scale", type=float, default=1.0, help="with --peer: multiply the requests of each round")
    parser.add_argument("--rounds", type=int, default=5, help="with --peer: rounds on each side")
    parser.add_argument("--workers", type=int, default=2, help="with --peer: API processes on each side")
    parser.add_argument("--mixed-s", type=float, default=300.0, help="with --peer: seconds of mixed load on each side")


def entry(arguments: argparse.Namespace) -> None:
    """Run `main`; what is missing is said in one sentence."""
    try:
        main(arguments)
    except StackFault as fault:
        sys.exit(f"bench: {fault}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; everything that was started has ended")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)  # a second one does not end the ending
    raise KeyboardInterrupt


def _said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
