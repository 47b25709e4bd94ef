"""``./stack bench``: measure, print tables, and write RESULTS.md and results.json beside this file.

Usage: python -m bench.run [--cold] [--ports N], or with --peer neutron the measurement beside upstream (bench/peer/).
"""

import argparse
import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import api_cost, path_time, start_time
from bench.peer import run as peer
from neutrino.stack.lab import Lab

HERE = Path(__file__).parent
HOW = (
    "Medians of five rounds; p50 and p99 over all requests. CPU is user and system time of the process named. The "
    "machine is shared: read CPU and ratios rather than times."
)
TARGETS = {
    "up: first answered ping s": "under 5",
    "POST port, 1 client": "at most 2 ms of CPU",
    "POST port, 8 clients": "500 per s",
    "memory MiB, 1,000 ports": "under 80",
}


def _pids(lab: Lab) -> dict[str, int]:
    found = {service.name: service.pid for service in lab.status().services}
    return {"api": found["neutrino-api"], "controller": found["neutrino-controller"]}


def _cells(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {number:.2f}" if number < 100 else f"{name} {number:,.0f}" for name, number in value.items()
        )
    return f"{value:.2f}"


def _show(console: Console, title: str, rows: dict[str, Any]) -> None:
    table = Table("what", "median", "target", title=title, title_justify="left")
    for name, value in rows.items():
        table.add_row(name, _cells(value), TARGETS.get(name, ""))
    console.print(table)


def _page(results: dict[str, dict[str, Any]], machine: str) -> str:
    parts = [
        "<!-- Written by ./stack bench -->",
        "# Results",
        f"{machine}.\n\n{HOW}",
    ]
    for title, rows in results.items():
        parts.append(f"## {title}\n\n| what | median | target |\n|---|---|---|")
        parts[-1] += "".join(
            f"\n| {name} | {_cells(value)} | {TARGETS.get(name, '')} |" for name, value in rows.items()
        )
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description="Measure the stack.")
    parser.add_argument("--cold", action="store_true", help="also from empty caches (needs the network)")
    parser.add_argument("--ports", type=int, default=1000, help="how many ports exist in the larger case")
    parser.add_argument("--peer", choices=("neutron",), help="measure beside upstream Neutron, and write PEER.md")
    peer.add_options(parser)
    arguments = parser.parse_args()
    if arguments.peer:
        peer.entry(arguments)
        return
    console = Console()
    results: dict[str, dict[str, Any]] = {"Start": start_time.warm()}
    if arguments.cold:
        results["Start"] |= start_time.cold()
    _show(console, "Start", results["Start"])
    with tempfile.TemporaryDirectory(prefix="nb") as folder, Lab(Path(folder) / "lab") as lab:
        results["The way to the wire"] = path_time.measure(lab, 10)
        port = int(lab.endpoint.rpartition(":")[2])
        results["Requests"] = api_cost.measure(port, _pids(lab), arguments.ports)
        _show(console, "Requests", results["Requests"])
        results["The way to the wire"] |= path_time.measure(lab, arguments.ports)
        _show(console, "The way to the wire", results["The way to the wire"])
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{stamp}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    (HERE / "results.json").write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(_page(results, machine))
    console.print(f"Written: {HERE / 'RESULTS.md'}, {HERE / 'results.json'}")


if __name__ == "__main__":
    main()
