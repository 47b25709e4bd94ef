"""The results page and its plot, from what was measured: pure text.

Here: targets, tables, sentences. Not here: measuring (run.py), the page beside upstream (peer/page.py).
"""

from dataclasses import dataclass
from typing import Any

from bench import plot

Rows = dict[str, Any]
START, REQUESTS, WIRE, SOUTHBOUND, PASS, HOSTS, PICTURE, GROWTH, WORKERS, LIMITS, PROFILE = (
    "Start and end",
    "Requests",
    "The way to the wire",
    "The way to the Southbound",
    "The controller",
    "Hosts and instances",
    "The page",
    "How cost grows",
    "One API process and two",
    "What the machine can do at all",
    "Where the rest goes",
)


@dataclass(frozen=True)
class Target:
    """The value *key* of a row (its only one without) is at most *limit*, or at least if *least*."""

    limit: float
    key: str = ""
    least: bool = False

    def judged(self, value: Any) -> str:
        """Return the target, and whether *value*, a row's, meets it."""
        found = value[self.key] if self.key else value
        met = found >= self.limit if self.least else found <= self.limit
        words = f"{self.key} at {'least' if self.least else 'most'} {self.limit:g}".strip()
        return f"{words}: {'met' if met else '**not met**'}"


TARGETS = {
    "up: whole process s": (Target(8),),
    "up: first answered ping s": (Target(5),),
    "POST port, 1 client": (Target(2.5, "api CPU ms"),),
    "POST port, 8 clients": (Target(500, "per s", least=True),),
    "GET port, 1 client, 1,000 exist": (Target(0.5, "api CPU ms"),),
    "GET list of 1,000 ports": (Target(15, "api CPU ms"),),
    "router: add interface": (Target(5, "api CPU ms"),),
    "memory MiB, 1,000 ports": (Target(80, "api"),),
    "plug to ACTIVE, 10 ports": (Target(150, "p50 ms"),),
    "plug to ACTIVE, 1,000 ports": (Target(150, "p50 ms"),),
    "plug to ACTIVE, 10,000 ports": (Target(500, "p50 ms"),),
    "plug to ACTIVE, 10,000 ports in 100 networks": (Target(500, "p50 ms"),),
    "full pass, 10,000 ports, nothing differs": (Target(3, "s"), Target(0, "rows written")),
}
HOW = (
    "Medians of several rounds; p50 and p99 over all requests. CPU is user and system time of the process named. Where "
    "the machine was busy before the run, read CPU and ratios rather than times. All figures are in "
    "[results.json](results.json)."
)
DEVSTACK = """\
Beside it, what DevStack's own documentation says, for networking and all else that it starts: "15-30 minutes, largely
depending on" the network for `stack.sh` (`doc/source/index.rst`); "best with 4GB+ RAM" of a machine of its own
(`doc/source/guides/single-vm.rst`); a job that only runs it is given 7,200 s (`.zuul.yaml`). It was not run here: the
figures are theirs, and say what it is used for, not what networking alone costs."""
SAYS = {
    START: (
        "`./stack up` and `./stack down` in a new folder, with Keystone, DevStack's initial networks and two "
        f"instances; everything that is fetched is there already.\n\n{DEVSTACK}"
    ),
    REQUESTS: "Under tokens of Keystone, by the administrator, with policy on. The first list is of everything.",
    WIRE: (
        "A lab with two hosts. From sending POST port until a monitor of the Northbound shows its row; from plugging a "
        "port that exists and is bound, while all else is idle, until GET port says ACTIVE. All ports are on one "
        "network and in one group, the worst case, unless a row says otherwise. `first ms` is the first port of its "
        "network on the host, with which all of the network's flows come; p99 counts it."
    ),
    SOUTHBOUND: (
        "A server without hosts. Ports: until all requests are answered, and until the Southbound has a Port_Binding "
        "for each. The rule: CPU of each process, northd's too, and the time from sending the request."
    ),
    PASS: (
        "Everything is rendered and compared with everything in the Northbound, connecting and reading included; "
        "this is what a controller does first when it starts. All ports are on one network and in one security group."
    ),
    HOSTS: (
        "Labs without Keystone. Until every daemon answers; until every instance has its address by DHCP and its port "
        "is ACTIVE. Memory is of all daemons of a host; what processes share is counted once."
    ),
    PICTURE: "Chromium without a screen; each time with an empty cache, from the beginning of the navigation.",
    GROWTH: (
        "Up to 10,000 ports are on one network and in one group, the worst case; the others on networks of 100, each "
        "with a group of its own. Values by number of ports; CPU is of API and controller together. The slope is the "
        "power of the number of ports by which a value grows from the first to the last: 0 is constant, 1 "
        "proportional.\n\n![Growth](growth.svg)"
    ),
    WORKERS: (
        "8 clients at 1,000 ports; mixed is 70 % reads (ports by id, by filter, in pages; networks), else ports made, "
        "renamed and deleted. The program that makes the load runs on the same cores (its CPU is shown), and so do "
        "controller, OVN and its northd: two processes gain what these leave."
    ),
    LIMITS: (
        "The least that each part can cost here, measured in the same run, and ours as a multiple of it. CPU is of "
        "the process that serves. A request that writes needs one answer, one commit and one transaction of OVN's."
    ),
    PROFILE: (
        "Samples of py-spy under load, of threads that run or wait for the disk, in percent. By module: of the "
        "function that ran (what a library in C does is its caller's). By room: of this project's modules the one "
        "nearest to it, for which it ran."
    ),
}


def judged(name: str, value: Any) -> str:
    """Return the targets of the row *name*, and whether *value* meets them."""
    return "; ".join(target.judged(value) for target in TARGETS.get(name, ()))


def cells(value: object) -> str:
    """Return a row's value as text."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_number(number)}" for name, number in value.items())
    return _number(float(str(value)))


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"


def page(results: dict[str, Rows], machine: str) -> str:
    """Return the whole page as Markdown."""
    parts = ["<!-- Written by ./stack bench -->", "# Results", f"{machine}.\n\n{HOW}"]
    for title, rows in results.items():
        parts.append(f"## {title}\n\n{says}" if (says := SAYS.get(title)) else f"## {title}")
        parts.append(_profile(rows) if title == PROFILE else _growth(rows) if title == GROWTH else _table(rows))
    return "\n\n".join(parts) + "\n"


def _table(rows: Rows) -> str:
    lines = [f"| {name} | {cells(value)} | {judged(name, value)} |" for name, value in rows.items()]
    return "\n".join(["| what | median | target |", "|---|---|---|", *lines])


def _growth(rows: Rows) -> str:
    names = list(next(iter(rows.values())))
    lines = [f"| {name} | " + " | ".join(f"{row[key]:.2f}" for key in names) + " |" for name, row in rows.items()]
    head = "| what | " + " | ".join(name if name == "slope" else f"{name} ports" for name in names) + " |"
    return "\n".join([head, "|---|" + "--:|" * len(names), *lines])


def _profile(rows: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = [f"| {name} | {_shares(found['module'])} | {_shares(found['room'])} |" for name, found in rows.items()]
    return "\n".join(["| load | by module, % | by room, % |", "|---|---|---|", *lines])


def _shares(found: dict[str, float]) -> str:
    return "<br>".join(f"{share:.0f} {name}" for name, share in found.items() if share >= 1)


def growth_plot(rows: Rows) -> str:
    """Return the plot of what has a slope and is a cost."""
    lines = {
        name.removesuffix(unit): {int(size.replace(",", "")): value for size, value in row.items() if size != "slope"}
        for name, row in rows.items()
        for unit in (", CPU ms", ", p50 ms")
        if name.endswith(unit)
    }
    return plot.svg("What a request costs with so many ports", "ms of CPU; to the Northbound: ms", lines)


def times_the_least(limits: Rows, requests: Rows) -> Rows:
    """Return what *requests* cost as multiples of the *limits*."""
    answer, commit, transaction = (row["CPU ms"] for row in limits.values() if isinstance(row, dict))
    out: Rows = {}
    for name, row in requests.items():
        if name.startswith(("GET port", "POST port", "PUT port")):
            least = answer if name.startswith("GET") else answer + commit + transaction
            out[f"{name}: times the least"] = (row["api CPU ms"] + row["controller CPU ms"]) / least
    return out
