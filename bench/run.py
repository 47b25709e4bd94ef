"""``./stack bench``: measure, print tables, and write RESULTS.md and results.json beside this file.

Usage: python -m bench.run [--cold] [--quick] [--sizes N,N,...] [--only PART ...], or with --peer neutron the
measurement beside upstream (bench/peer/).
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import (
    api_cost,
    full_pass,
    growth,
    hosts,
    hotspots,
    limits,
    path_time,
    picture,
    report,
    southbound,
    start_time,
    workers,
)
from bench.peer import run as peer
from bench.spread import SIZES
from neutrino.stack.lab import Lab

HERE = Path(__file__).parent
QUICK_SIZES = (100, 300)
LARGE = 1_000
Parts = dict[str, Callable[[], dict[str, dict[str, Any]]]]


def _pids(lab: Lab) -> dict[str, int]:
    found = {service.name: service.pid for service in lab.status().services}
    return {"api": found["neutrino-api"], "controller": found["neutrino-controller"]}


def _in_a_lab(sizes: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """Measure in one lab with Keystone: requests with the second size of ports, the way to the wire with each."""
    with tempfile.TemporaryDirectory(prefix="nb") as folder, Lab(Path(folder) / "lab", auth="keystone") as lab:
        wire = path_time.measure(lab, sizes[:1])
        requests = api_cost.measure(path_time.address(lab), _pids(lab), sizes[1])
        return {report.REQUESTS: requests, report.WIRE: wire | path_time.measure(lab, sizes[1:])}


def _parts(arguments: argparse.Namespace) -> Parts:
    is_quick = arguments.quick
    lab = (10, 100) if is_quick else (10, LARGE, 10_000)
    return {
        "start": lambda: {report.START: start_time.warm() | (start_time.cold() if arguments.cold else {})},
        "lab": lambda: _in_a_lab(lab),
        "southbound": lambda: {report.SOUTHBOUND: southbound.measure(100 if is_quick else southbound.PORTS)},
        "pass": lambda: {report.PASS: full_pass.measure(300 if is_quick else full_pass.PORTS)},
        "hosts": lambda: {report.HOSTS: hosts.measure(1, 3) if is_quick else hosts.measure()},
        "page": lambda: {report.PICTURE: picture.measure(100 if is_quick else picture.PORTS)},
        "workers": lambda: {report.WORKERS: workers.measure(2.0 if is_quick else workers.SECONDS)},
        "limits": lambda: {report.LIMITS: limits.measure()},
        "profile": lambda: {report.PROFILE: hotspots.measure()},
        "growth": lambda: {report.GROWTH: growth.measure(arguments.sizes)},
    }


def _show(console: Console, title: str, rows: dict[str, Any]) -> None:
    table = Table("what", "median", "target", title=title, title_justify="left")
    for name, value in rows.items():
        if title == report.PROFILE:
            table.add_row(name, report.cells(value["module"]), "")
        else:
            table.add_row(name, report.cells(value), report.judged(name, value))
    console.print(table)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the stack.")
    parser.add_argument("--cold", action="store_true", help="also from empty caches (needs the network)")
    parser.add_argument("--sizes", type=_sizes, help="numbers of ports at which growth is measured")
    parser.add_argument("--only", nargs="+", metavar="PART", help="these parts, and write nothing")
    parser.add_argument("--quick", action="store_true", help="few rounds and small sizes: to see that all works")
    parser.add_argument("--peer", choices=("neutron",), help="measure beside upstream Neutron, and write PEER.md")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for the page")
    parser.add_argument("--page-only", action="store_true", help="write the page from the raw results again")
    peer.add_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sizes, arguments.rounds, arguments.scale, arguments.mixed_s = QUICK_SIZES, 2, 0.25, 10.0
    arguments.sizes = arguments.sizes or SIZES
    known = list(_parts(arguments))
    if unknown := set(arguments.only or ()) - set(known):
        parser.error(f"--only {', '.join(sorted(unknown))}: there is {', '.join(known)}")
    return arguments


def main() -> None:
    """Measure everything."""
    arguments = _arguments()
    if arguments.peer:
        peer.entry(arguments)
        return
    console = Console()
    if arguments.page_only:
        _write(json.loads((arguments.out / "results.json").read_text()), arguments.out, console)
        return
    found: dict[str, Any] = {"machine": _machine(), "results": {}}
    results = found["results"]
    for name, part in _parts(arguments).items():
        if arguments.only is None or name in arguments.only:
            began = time.monotonic()
            for title, rows in part().items():
                results[title] = rows
                _show(console, title, rows)
            console.print(f"{name}: {time.monotonic() - began:.0f} s", highlight=False)
            if arguments.only is None:
                _keep(found, arguments.out)
    if arguments.only is None:
        _write(found, arguments.out, console)


def _machine() -> str:
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load, kernel, python = os.getloadavg()[0], platform.release(), platform.python_version()
    return (
        f"{stamp}: Neutrino at {peer.product()}, {os.cpu_count()} cores, Linux {kernel}, Python {python}, load average "
        f"{load:.1f} before the run"
    )


def _keep(found: dict[str, Any], out: Path) -> None:
    """Write the results as they are so far: should the rest fail, `--page-only` makes the page of them."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(found, indent=1) + "\n")


def _write(found: dict[str, Any], out: Path, console: Console) -> None:
    """Write results, page and plot, of what was measured."""
    results = found["results"]
    if report.LIMITS in results and report.REQUESTS in results:
        results[report.LIMITS] |= report.times_the_least(results[report.LIMITS], results[report.REQUESTS])
    _keep(found, out)
    (out / "RESULTS.md").write_text(report.page(results, found["machine"]))
    if rows := results.get(report.GROWTH):
        (out / "growth.svg").write_text(report.growth_plot(rows))
    console.print(f"Written: {out / 'RESULTS.md'}, {out / 'results.json'}")


if __name__ == "__main__":
    main()
