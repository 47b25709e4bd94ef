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

from bench.peer import install, neutron, page, ratios
from bench.peer.daemons import Daemons
from bench.peer.neutron import Neutron
from bench.peer.ours import ROOT, Neutrino
from bench.peer.rounds import State, settle
from bench.peer.side import Side
from bench.peer.work import Samples, Size, Work, aliases
from neutrino.stack import programs
from neutrino.stack.fault import StackFault

HERE = Path(__file__).parents[1]
STARTS = 3
SERVER = ("src", ":!src/neutrino/cli", ":!src/neutrino/stack")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: argparse.Namespace) -> None:
    """Measure; *arguments*: ports, rounds, scale, workers, out."""
    console = Console()
    if arguments.page_only:
        _write(json.loads((arguments.out / "peer.json").read_text()), arguments.out, console)
        return
    for number in ENDING:
        signal.signal(number, _interrupt)
    size = Size(arguments.rounds, arguments.scale, arguments.ports)
    made = (install.mariadb(_said), install.environment(_said))
    results: dict[str, Any] = {"when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}
    load_before = os.getloadavg()
    with _both(arguments.workers, made) as sides:
        results["versions"] = _versions(made)
        results["settings"] = {
            "rounds": size.rounds,
            "scale": size.scale,
            "ports": size.ports,
            "workers": arguments.workers,
            "databases": {side.name: side.database for side in sides},
        }
        results |= _measured(sides, size, console)
    results["machine"] = {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": load_before,
        "load_after": os.getloadavg(),
    }
    _write(results, arguments.out, console)


def _measured(sides: list[Side], size: Size, console: Console) -> dict[str, Any]:
    out: dict[str, Any] = {"rows": {}, "start": {side.name: [] for side in sides}, "memory": {}}
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

    def tell(name: str, samples: Samples) -> None:
        out["rows"][name] = samples
        one = ratios.line(name, samples[page.OURS], samples[page.PEER])
        console.print(
            f"{one.name:42} CPU {one.ours_cpu_ms:8.2f} {one.peer_cpu_ms:9.1f} ms {one.cpu_ratio:7.1f}×   "
            f"p50 {one.ours_p50_ms:8.2f} {one.peer_p50_ms:9.1f} ms {one.time_ratio:7.1f}×",
            highlight=False,
            soft_wrap=True,
        )

    work = Work(states, size, tell)
    out["routers"] = work.with_routers
    out["extensions"] = {state.side.name: sorted(aliases(state)) for state in states}
    work.warm_up()
    for side in sides:
        settle(side)
    out["memory"]["no ports"] = {side.name: side.memory_mib() for side in sides}
    work.few()
    work.many()
    out["memory"][f"{size.ports:,} ports"] = {side.name: side.memory_mib() for side in sides}
    work.reads()
    work.writes()
    out["memory"]["after all reads and writes"] = {side.name: side.memory_mib() for side in sides}
    if work.with_routers:
        work.routers()
    return out


@contextlib.contextmanager
def _both(workers: int, made: tuple[install.MariaDB, Path]) -> Iterator[list[Side]]:
    """Yield both sides in a folder of their own; end all that was started, and remove the folder, whatever happens."""
    found = programs.obtain()
    with contextlib.ExitStack() as after:
        root = Path(after.enter_context(tempfile.TemporaryDirectory(prefix="nbp", ignore_cleanup_errors=True)))
        folders = [root / "ours", root / "peer"]
        daemons = []
        for folder in folders:
            (folder / "log").mkdir(parents=True)
            daemons.append(Daemons(folder / "log"))
            after.callback(daemons[-1].end_all)
        peer = Neutron(daemons[1], found, folders[1], workers, made)
        after.callback(peer.close)
        yield [Neutrino(daemons[0], found, folders[0], workers, neutron.NO_LIMIT), peer]


def _versions(made: tuple[install.MariaDB, Path]) -> dict[str, str]:
    pinned = dict(
        line.split(" ")[0].split("==") for line in install.LOCK.read_text().splitlines() if not line.startswith(" ")
    )
    northd = subprocess.run(
        [programs.obtain().path("ovn-northd"), "--version"], capture_output=True, text=True, check=False
    )
    return {
        page.OURS: _product(),
        page.PEER: pinned["neutron"],
        "uWSGI": pinned["uwsgi"],
        "JSON": _json_parser(made[1]),
        "MariaDB": made[0].version,
        "OVN": northd.stdout.split("\n")[0].split()[-1],
    }


def _product() -> str:
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
    out.mkdir(parents=True, exist_ok=True)
    raw = json.loads(json.dumps(results), parse_float=lambda text: round(float(text), 3))
    (out / "peer.json").write_text(
        json.dumps(raw, separators=(",", ":")).replace('{"requests"', '\n{"requests"') + "\n"
    )
    (out / "peer.svg").write_text(page.chart(results))
    (out / "PEER.md").write_text(page.page(results, "peer.svg"))
    console.print(
        f"Written: {out / 'PEER.md'}, {out / 'peer.svg'}, {out / 'peer.json'}", highlight=False, soft_wrap=True
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only this measurement has."""
    parser.add_argument("--scale", type=float, default=1.0, help="with --peer: multiply the requests of each round")
    parser.add_argument("--rounds", type=int, default=5, help="with --peer: rounds on each side")
    parser.add_argument("--workers", type=int, default=2, help="with --peer: API processes on each side")
    parser.add_argument("--page-only", action="store_true", help="with --peer: write the page from peer.json again")
    parser.add_argument("--out", type=Path, default=HERE, help="with --peer: the folder for the page")


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
