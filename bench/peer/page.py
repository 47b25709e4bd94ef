"""The page for people, from the raw results: pure text, nothing that was not measured.

Here: tables and sentences. Not here: the arithmetic (ratios.py), the chart (chart.py), the sentences about what the
peer does more (more.md, written by people).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bench import plot
from bench.peer import more, ratios
from bench.peer.chart import Bar, shown, svg
from bench.peer.ratios import Line
from bench.peer.work import LARGE
from bench.spread import EACH, TOGETHER

Results = dict[str, Any]

OURS, PEER = "Neutrino", "Neutron"
TO_ROW = "POST port to Northbound row"
CPU, RATE = "CPU", "per s"
TARGETS = {
    "POST port": (CPU, 190),
    "GET port": (CPU, 55),
    "GET list of 1,000 ports": (CPU, 80),
    "POST rule, group with 500 ports": (CPU, 60),
    "router: add interface": (CPU, 350),
    "floating IP: associate": (CPU, 150),
    "POST port, 8 clients": (RATE, 110),
    "memory": ("memory", 20),
    "start": ("time", 10),
}
QUIET_LOAD = 0.5
SHARED = """
**The machine was shared with other work**: times and rates suffer from that, on both sides; CPU per request and its
ratios are sturdy."""
WHAT = """\
{when}: {cores} cores, Linux {kernel}, Python {python}. Neutrino at {ours}; upstream Neutron {peer} with ML2/OVN,
MariaDB {MariaDB}, uWSGI {uWSGI}; OVN {OVN} beneath both. {load}

One program makes the same requests over HTTP to both, in turn: a round here, a round there, again. A ratio is the
median of the ratios of the rounds; more than 1 means that the peer needs more. CPU is that of the server: its API,
its other daemons and its database. OVN's own daemons are not in it, they are the same programs on both sides; they
are shown below."""
COUNTED = """\
Per item, medians of rounds, all processes of a server together. Statements are what MariaDB counts, with BEGIN and
COMMIT and with what background daemons ask meanwhile. Neutrino's are not counted here: its database is a library."""
GROWTH_SAYS = """\
Up to {together:,} ports are on one network and in one security group, the worst case; those beyond are on networks of
{each}, each with a group of its own. Ports that are read, changed and made are on the first network. CPU ms of a server
per request, by number of ports: Neutrino / Neutron (ratio). The slope is the power of the number of ports by which a
value grows from the first size to the last: 0 is constant, 1 proportional. The row in the Northbound is the median of
its time in ms.

![Growth]({name})"""
WIRE = """\
Medians in ms, {samples} ports a row. From sending POST port until a monitor of the Northbound shows its row; from
plugging a port that exists and is bound until GET port says ACTIVE (asked every 20 ms on both sides, so finer than
that is not seen). For the latter each side has a host, of the same programs; else none is connected.

"""
HOW = """\
- {rounds} rounds (3 for what upstream takes long for), {sizes}; everything at {ports} ports, and the rest as the tables
  say. All samples are in [peer.json](peer.json). Neutron makes 1 to 320 requests in a round, Neutrino ten times as
  many of the same kind: as few as Neutron's would be over in milliseconds, and what a server does at rest would be
  taken for theirs. So Neutrino's side has more of what the rows make as the run goes on. The mixed load
  lasted {mixed} s on each side.
- {workers} API processes on each side. (`./stack up` starts one.)
- The same authentication: both ask one and the same Keystone, and both remember its answer for 300 s in the API's
  process; every request carries the administrator's token. The same policy: upstream's rules, asked by both. The same
  validation: what one refuses of upstream's own API suites, the other does too
  ([docs/conformance.md](../docs/conformance.md)).
- What Neutrino remembers between requests is tokens, what a set of roles may do, and prepared statements; none of it
  is a resource. That it is forgotten when it must be is tested: `tests/component/api/test_remembered.py`,
  `tests/stack/test_keystone.py`.
- Both without quota limits; neither runs a metadata agent.
- Both durable. {databases}.
- Neutron's API would take hours to make the ports of the large cases. Beyond those that the rows above made, its ports
  are rows that its API wrote, copied in MariaDB and in the Northbound under other ids and addresses
  (`bench/peer/copies.py`). Of the networks of the ports beyond {together:,} its API made the first, with its subnet, a
  group and {each} ports; the others are copies of all rows that name these. Neutrino's are made by its API.
- Neutron as DevStack sets it up for OVN, but leaner: the router plugin and port security only, no message broker
  (casts go nowhere), no Nova, no metadata, tokens remembered in the process and not in memcached. All this spares it
  work. Its OVSDB library comes from PyPI and parses JSON {parser}.
- CPU is read from each process's own clock (nanoseconds, all threads) before and after a round; what a server does
  after its answers (controller, northd) is waited for and counted in. Idle background work is not subtracted, on
  either side.
- Start to first answer: from starting the API's processes, with databases running and tables made, until GET
  networks is answered with 200; three times on each side, in turn.
- Neutron's uWSGI closes each connection after its answer, as DevStack sets it up; Neutrino keeps them. The client
  opens a new one when it must, within the time of the request.
- Everything listens on unix sockets or 127.0.0.1. The client's time to parse answers is not measured."""


def lines(results: Results) -> list[Line]:
    """Return a line for each row."""
    return [ratios.line(name, sides[OURS], sides[PEER]) for name, sides in results["rows"].items()]


def headline(results: Results) -> list[tuple[str, str, str, str, float, float | None]]:
    """Return what the first table and the chart show: what, unit, ours, peer's, ratio, target."""
    rows: list[tuple[str, str, str, str, float, float | None]] = []
    for one in lines(results):
        kind, target = TARGETS.get(one.name, (CPU, None))
        rows.append(
            (
                one.name,
                "CPU ms",
                number(one.ours_cpu_ms),
                number(one.peer_cpu_ms),
                one.cpu_ratio,
                _if(kind, CPU, target),
            )
        )
        if "clients" in one.name:
            rate = (number(one.ours_per_s), number(one.peer_per_s), one.rate_ratio, _if(kind, RATE, target))
            rows.append((one.name, "per s", *rate))
    start = results["start"]
    if start:
        ours, peer = (ratios.median(start[name]) for name in (OURS, PEER))
        ratio = ratios.median_ratio(start[PEER], start[OURS])
        rows.append(
            ("start of the API to its first answer", "s", number(ours), number(peer), ratio, TARGETS["start"][1])
        )
    for when, sides in results["memory"].items():
        for what, names in (("all processes", ()), ("without OVN's daemons", ratios.OWN)):
            ours, peer = (ratios.memory_sum(sides[name], names) for name in (OURS, PEER))
            target = TARGETS["memory"][1] if (when, names) == ("1,000 ports", ()) else None
            rows.append((f"memory, {when}, {what}", "MiB", number(ours), number(peer), peer / ours, target))
    return rows


def growth(results: Results) -> dict[str, dict[int, Line]]:
    """Return by row, for each number of ports, the line of both sides."""
    found: dict[str, dict[int, Line]] = {}
    for size, rows in results["growth"].items():
        for name, sides in rows.items():
            found.setdefault(name, {})[_count(size)] = ratios.line(name, sides[OURS], sides[PEER])
    return found


def _to_rows(results: Results) -> dict[int, tuple[float, float]]:
    """Return by number of ports the median time to the Northbound's row, of both sides."""
    return {
        _count(name.rpartition(", ")[2].removesuffix(" ports")): _medians(sides)
        for name, sides in results["wire"].items()
        if name.startswith(TO_ROW)
    }


def _count(text: str) -> int:
    return int(text.replace(",", ""))


def _medians(sides: dict[str, list[list[float]]]) -> tuple[float, float]:
    ours, peer = (ratios.median([ratios.median(one) for one in sides[name]]) for name in (OURS, PEER))
    return ours, peer


def growth_chart(results: Results) -> str:
    """Return the SVG plot of what a request costs with so many ports, on both sides."""
    found = {name: sizes for name, sizes in growth(results).items() if min(map(_least, sizes.values())) > 0}
    ours = {name: {size: line.ours_cpu_ms for size, line in sizes.items()} for name, sizes in found.items()}
    peer = {
        f"{PEER}: {name}": {size: line.peer_cpu_ms for size, line in sizes.items()} for name, sizes in found.items()
    }
    return plot.svg(f"What a request costs with so many ports; dashed: {PEER}", "ms of CPU", ours, peer)


def _least(line: Line) -> float:
    return min(line.ours_cpu_ms, line.peer_cpu_ms)


def _if(kind: str, wanted: str, target: float | None) -> float | None:
    return target if kind == wanted else None


def chart(results: Results) -> str:
    """Return the SVG chart of all ratios."""
    bars = [
        Bar(f"{name} ({unit})" if unit == "per s" else name, ratio, target)
        for name, unit, _, _, ratio, target in headline(results)
    ]
    return svg(f"How many times more {PEER} needs than {OURS} (per s: how many times fewer it does)", bars)


def page(results: Results, chart_name: str, growth_name: str) -> str:
    """Return the whole page as Markdown."""
    return (
        "\n\n".join(
            [
                "<!-- Written by ./stack bench --peer neutron -->",
                f"# {OURS} beside upstream {PEER}",
                _what(results),
                f"![Ratios]({chart_name})",
                "## Ratios and targets",
                _targets(results),
                "## How cost grows",
                _growth(results, growth_name),
                "## The way to the wire",
                _wire(results),
                "## Time of a request",
                _times(results),
                "## Where the CPU goes",
                _groups(results),
                "## Memory",
                _memory(results),
                "## Counted",
                _counted(results),
                "## How it was measured",
                _how(results),
                "## What the other does more",
                _more(results),
            ]
        )
        + "\n"
    )


def _what(results: Results) -> str:
    machine, versions = results["machine"], results["versions"]
    before, after = machine["load_before"][0], machine["load_after"][0]
    return WHAT.format(
        when=results["when"],
        ours=versions[OURS],
        peer=versions[PEER],
        load=f"Load average {before:.1f} before and {after:.1f} after." + (SHARED if before > QUIET_LOAD else ""),
        **machine,
        **{name: versions[name] for name in ("MariaDB", "uWSGI", "OVN")},
    )


def _targets(results: Results) -> str:
    rows = []
    for name, unit, ours, peer, ratio, target in headline(results):
        met = "" if target is None else f"{target:,.0f}×, {'met' if ratio >= target else 'not met'}"
        rows.append((name, unit, ours, peer, f"**{shown(ratio)}**", met))
    table = _table(("what", "in", OURS, PEER, "ratio", "target"), rows)
    judged = [ratio >= target for *_, ratio, target in headline(results) if target is not None]
    table += f"\n\nTargets met: {sum(judged)} of the {len(judged)} that this run can judge."
    if results["routers"]:
        return table
    return table + (
        f"\n\nRouters and floating IPs are left out: not both servers list `router` in `/v2.0/extensions` "
        f"(not on {_without(results)})."
    )


def _without(results: Results) -> str:
    return " and ".join(name for name, found in results["extensions"].items() if "router" not in found)


def _growth(results: Results, chart_name: str) -> str:
    rows = []
    for name, found in growth(results).items():
        pairs = {size: (line.ours_cpu_ms, line.peer_cpu_ms, line.cpu_ratio) for size, line in found.items()}
        rows.append(_grown(name, pairs))
    times = {size: (ours, peer, peer / ours) for size, (ours, peer) in _to_rows(results).items()}
    rows.append(_grown(f"{TO_ROW}, p50 ms", times))
    sizes = [f"{size} ports" for size in results["growth"]]
    slopes = (f"slope: {OURS}", f"slope: {PEER}")
    table = _table(("what", *sizes, *slopes), rows)
    return "\n\n".join([GROWTH_SAYS.format(name=chart_name, together=TOGETHER, each=EACH), table, *_held(results)])


def _held(results: Results) -> Iterator[str]:
    """Yield for which requests the ratio is at least as large with more ports as with `LARGE`."""
    sizes = {_count(size) for size in results["growth"]}
    for many in sorted(size for size in sizes if size > LARGE and LARGE in sizes):
        held: dict[bool, list[str]] = {True: [], False: []}
        for name, found in growth(results).items():
            held[found[many].cpu_ratio >= found[LARGE].cpu_ratio].append(name)
        said = f"With {many:,} ports the ratio is at least as large as with {LARGE:,} for {len(held[True])} of the "
        said += f"{sum(map(len, held.values()))} requests"
        yield f"{said}; not for {', '.join(held[False])}." if held[False] else f"{said}."


def _grown(name: str, pairs: dict[int, tuple[float, float, float]]) -> tuple[str, ...]:
    """Return a row of the table of growth."""
    cells = [f"{number(ours)} / {number(peer)} (**{shown(ratio)}**)" for ours, peer, ratio in pairs.values()]
    slopes = [ratios.slope(list(pairs), [one[side] for one in pairs.values()]) for side in (0, 1)]
    return (name, *cells, *(f"{one:.2f}" for one in slopes))


def _wire(results: Results) -> str:
    rows = []
    for name, sides in results["wire"].items():
        ours, peer = _medians(sides)
        rows.append((name, number(ours), number(peer), shown(peer / ours)))
    samples = [sum(map(len, sides[OURS])) for sides in results["wire"].values()]
    return WIRE.format(samples=max(samples, default=0)) + _table(("what", OURS, PEER, "ratio"), rows)


def _times(results: Results) -> str:
    rows = [
        (
            one.name,
            number(one.ours_p50_ms),
            number(one.peer_p50_ms),
            shown(one.time_ratio),
            number(one.ours_per_s),
            number(one.peer_per_s),
            f"{shown(one.cpu_lowest)} to {shown(one.cpu_highest)}",
        )
        for one in lines(results)
    ]
    names = ("what", f"{OURS}, p50 ms", f"{PEER}, p50 ms", "ratio", f"{OURS}, per s", f"{PEER}, per s")
    return _table((*names, "CPU ratio, rounds"), rows)


def _groups(results: Results) -> str:
    rows = []
    for name, sides in results["rows"].items():
        ours, peer = (ratios.group_medians(sides[side]) for side in (OURS, PEER))
        cells = [number(ours[group]) for group in ("api", "other daemons", "nb", "sb", "northd")]
        cells += [number(peer[group]) for group in ("api", "other daemons", "database", "nb", "sb", "northd")]
        rows.append((name, *cells))
    names = ("ms per item", f"{OURS}: API", "controller", "NB", "SB", "northd")
    return _table((*names, f"{PEER}: API", "others", "MariaDB", "NB", "SB", "northd"), rows)


def _memory(results: Results) -> str:
    rows = []
    for when, sides in results["memory"].items():
        for side in (OURS, PEER):
            for group, one in sides[side].items():
                cells = (f"{one['processes']:.0f}", number(one["rss"]), number(one["pss"]))
                rows.append((when, side, group, *cells))
    text = (
        "Resident, and proportional: a page that n processes share counts 1/n in the second. Ratios are of the second."
    )
    return (
        text + "\n\n" + _table(("when", "server", "processes of", "number", "resident MiB", "proportional MiB"), rows)
    )


def _counted(results: Results) -> str:
    rows = []
    for name, sides in results["rows"].items():
        ours, peer = (ratios.group_medians(sides[side], "counted") for side in (OURS, PEER))
        key = "Northbound transactions"
        rows.append((name, number(peer["SQL statements"]), number(ours[key]), number(peer[key])))
    names = ("what", f"{PEER}: SQL statements", f"{OURS}: Northbound transactions", f"{PEER}: Northbound transactions")
    return COUNTED + "\n\n" + _table(names, rows)


def _how(results: Results) -> str:
    settings = results["settings"]
    return HOW.format(
        rounds=settings["rounds"],
        sizes="full sizes" if settings["scale"] == 1 else f"sizes reduced to {settings['scale']:g} by `--scale`",
        ports=f"{settings['large']:,}",
        mixed=f"{settings['mixed_s']:g}",
        workers=settings["workers"],
        together=TOGETHER,
        each=EACH,
        parser={"C": "in C", "PYTHON": "in Python (a distribution's build may do it in C)"}[
            results["versions"]["JSON"]
        ],
        databases="; ".join(f"{name}: {text}" for name, text in settings["databases"].items()),
    )


def _more(results: Results) -> str:
    ours, peer = (results["extensions"][name] for name in (OURS, PEER))
    only = more.missing(ours, peer)
    rest = (
        f"Extensions of the API that {PEER}, as it was started here, lists and {OURS} does not, {len(only)}: "
        + ", ".join(f"`{alias}`" for alias in only)
        + "."
    )
    names = (f"what {PEER} does", "what it buys", f"{OURS} today")
    return "\n\n".join([more.INTRO, _table(names, more.table(ours), right=False), rest])


def number(value: float) -> str:
    """Return *value* with three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]], right: bool = True) -> str:
    head = "| " + " | ".join(names) + " |\n|---|" + ("--:|" if right else "---|") * (len(names) - 1)
    return head + "".join("\n| " + " | ".join(row) + " |" for row in rows)
