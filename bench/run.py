"""``./stack bench``: measure, print tables, and write RESULTS.md and results.json beside this file.

Usage: python -m bench.run [--cold] [--ports N] [--sizes N,N,...] [--only PART], or with --peer neutron the measurement
beside upstream (bench/peer/).
"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import api_cost, growth, hosts, limits, path_time, plot, start_time
from bench.peer import run as peer
from neutrino.stack.lab import Lab

HERE = Path(__file__).parent
HOW = (
    "Medians of five rounds; p50 and p99 over all requests. CPU is user and system time of the process named. The "
    "machine is shared: read CPU and ratios rather than times."
)
TARGETS = {
    "up: first answered ping s": "under 5",
    "POST port, 1 client": "at most 2.5 ms of the API's CPU",
    "POST port, 8 clients": "500 per s",
    "GET port, 1 client, 1,000 exist": "at most 0.5 ms of CPU",
    "GET list of 1,000 ports": "at most 15 ms of CPU",
    "router: add interface": "at most 5 ms of the API's CPU",
    "memory MiB, 1,000 ports": "under 80",
}
START, REQUESTS, WIRE, HOSTS, GROWTH, LIMITS = (
    "Start",
    "Requests",
    "The way to the wire",
    "Hosts and instances",
    "How cost grows",
    "What the machine can do at all",
)
SAYS = {
    REQUESTS: "Under tokens of Keystone, by the administrator, with policy on. The first list is of everything.",
    HOSTS: (
        "Labs without Keystone. Until every daemon answers; until every instance has its address by DHCP and its port "
        "is ACTIVE. Memory is of all daemons of a host; what processes share is counted once."
    ),
    GROWTH: (
        "All ports are on one network and in one security group. Values by number of ports; CPU is of API and "
        "controller together. The slope is the power of the number of ports by which a value grows from the first to "
        "the last: 0 is constant, 1 proportional. Mixed load is 70 % reads (ports by id, by filter, in pages; "
        "networks), 30 % creation and renaming of ports, at 1,000 ports.\n\n![Growth](growth.svg)"
    ),
    LIMITS: (
        "The least that each part can cost here, measured in the same run, and ours as a multiple of it. CPU is of "
        "the process that serves. A request that writes needs one answer, one commit and one transaction of OVN's."
    ),
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
        parts.append(f"## {title}\n\n{says}" if (says := SAYS.get(title)) else f"## {title}")
        parts.append("| what | median | target |\n|---|---|---|")
        parts[-1] += "".join(
            f"\n| {name} | {_cells(value)} | {TARGETS.get(name, '')} |" for name, value in rows.items()
        )
    return "\n\n".join(parts) + "\n"


def _start(is_cold: bool) -> dict[str, dict[str, Any]]:
    return {START: start_time.warm() | (start_time.cold() if is_cold else {})}


def _in_a_lab(ports: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="nb") as folder, Lab(Path(folder) / "lab", auth="keystone") as lab:
        wire = path_time.measure(lab, 10)
        requests = api_cost.measure(path_time.address(lab), _pids(lab), ports)
        return {REQUESTS: requests, WIRE: wire | path_time.measure(lab, ports)}


def _growth(sizes: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    rows = growth.measure(sizes)
    return {GROWTH: rows | {f"mixed load, {n} API process{'es' * (n > 1)}": growth.mixed(n) for n in (1, 2)}}


def _limits(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the limits, and what requests cost as multiples of them."""
    found = limits.measure()
    answer, commit, transaction = (row["CPU ms"] for row in found.values())
    requests = {name: row for name, row in results[REQUESTS].items() if name.startswith(("GET port", "POST port"))}
    out: dict[str, Any] = dict(found)
    for name, row in requests.items():
        ours = row["api CPU ms"] + row["controller CPU ms"]
        least = answer if name.startswith("GET") else answer + commit + transaction
        out[f"{name}: times the least"] = ours / least
    return out


def _plot(rows: dict[str, Any]) -> str:
    """Return the plot of what has a slope and is a cost."""
    lines = {
        name.removesuffix(unit): {int(size.replace(",", "")): value for size, value in row.items() if size != "slope"}
        for name, row in rows.items()
        for unit in (", CPU ms", ", p50 ms")
        if name.endswith(unit)
    }
    return plot.svg("What a request costs with so many ports", "ms of CPU; to the Northbound: ms", lines)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description="Measure the stack.")
    parser.add_argument("--cold", action="store_true", help="also from empty caches (needs the network)")
    parser.add_argument("--ports", type=int, default=1000, help="how many ports exist in the larger case")
    parser.add_argument(
        "--sizes", type=_sizes, default=growth.SIZES, help="numbers of ports at which growth is measured"
    )
    parser.add_argument(
        "--only", choices=("start", "lab", "hosts", "growth"), default="", help="one part, and write nothing"
    )
    parser.add_argument("--peer", choices=("neutron",), help="measure beside upstream Neutron, and write PEER.md")
    peer.add_options(parser)
    arguments = parser.parse_args()
    if arguments.peer:
        peer.entry(arguments)
        return
    console = Console()
    parts: dict[str, Callable[[], dict[str, dict[str, Any]]]] = {
        "start": lambda: _start(arguments.cold),
        "lab": lambda: _in_a_lab(arguments.ports),
        "hosts": lambda: {HOSTS: hosts.measure()},
        "growth": lambda: _growth(arguments.sizes),
    }
    results: dict[str, dict[str, Any]] = {}
    for name, part in parts.items():
        if arguments.only in ("", name):
            for title, rows in part().items():
                results[title] = rows
                _show(console, title, rows)
    if arguments.only:
        return
    results[LIMITS] = _limits(results)
    _show(console, LIMITS, results[LIMITS])
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{stamp}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    (HERE / "results.json").write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(_page(results, machine))
    (HERE / "growth.svg").write_text(_plot(results[GROWTH]))
    console.print(f"Written: {HERE / 'RESULTS.md'}, {HERE / 'results.json'}")


if __name__ == "__main__":
    main()
