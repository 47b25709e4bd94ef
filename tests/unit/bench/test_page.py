"""The page and the chart of the measurement beside the peer, from small results."""

import xml.etree.ElementTree as ElementTree

import pytest
from bench.peer import more, page
from bench.peer.chart import Bar, shown, svg

OVN = {"nb": 0.5, "sb": 0.25, "northd": 1.0}


def samples(cpu_ms, took_ms, per_s, database=False):
    cpu = {"api": cpu_ms, "other daemons": 0.0, **OVN} | ({"database": 0.0} if database else {})
    counted = {"Northbound transactions": 1.0} | ({"SQL statements": 200.0} if database else {})
    return [{"cpu_ms": cpu, "took_ms": [took_ms], "per_s": per_s, "counted": counted}] * 3


def memory(own, database=None):
    group = {"rss": own, "pss": own, "processes": 1.0}
    return {"api": group, "northd": group} | ({"database": group} if database else {})


@pytest.fixture
def results():
    names = ("POST port", "POST port, 8 clients")
    return {
        "when": "2026-01-01 00:00 UTC",
        "rows": {
            name: {"Neutrino": samples(2.0, 4.0, 500.0), "Neutron": samples(400.0, 300.0, 4.0, True)} for name in names
        },
        "start": {"Neutrino": [0.5, 0.5], "Neutron": [4.0, 6.0]},
        "memory": {"1,000 ports": {"Neutrino": memory(20.0), "Neutron": memory(400.0, True)}},
        "growth": {
            size: {
                "GET port": {"Neutrino": samples(0.5, 1.0, 900.0), "Neutron": samples(cost, 30.0, 40.0, True)},
            }
            for size, cost in (("100", 20.0), ("10,000", 200.0))
        },
        "wire": {
            "POST port to Northbound row, 100 ports": {"Neutrino": [[5.0], [6.0]], "Neutron": [[110.0], [110.0]]},
            "plug to ACTIVE, 100 ports": {"Neutrino": [[20.0]], "Neutron": [[400.0]]},
        },
        "extensions": {"Neutrino": ["port-security"], "Neutron": ["port-security", "quotas", "router"]},
        "routers": False,
        "versions": {
            "Neutrino": "abc",
            "Neutron": "29.0.0",
            "MariaDB": "11",
            "uWSGI": "2",
            "OVN": "25.03.0",
            "JSON": "PYTHON",
        },
        "settings": {
            "rounds": 3,
            "scale": 0.5,
            "ports": [100, 10_000],
            "large": 1000,
            "mixed_s": 60.0,
            "workers": 2,
            "databases": {"Neutrino": "synced", "Neutron": "synced too"},
        },
        "machine": {
            "cores": 2,
            "kernel": "6.1",
            "python": "3.11",
            "load_before": [1.5, 1, 1],
            "load_after": [2.5, 1, 1],
        },
    }


def test_the_headline_puts_ratios_beside_targets(results):
    assert page.headline(results) == [
        ("POST port", "CPU ms", "2.00", "400", 200.0, 190),
        ("POST port, 8 clients", "CPU ms", "2.00", "400", 200.0, None),
        ("POST port, 8 clients", "per s", "500", "4.00", 125.0, 110),
        ("start of the API to its first answer", "s", "0.50", "5.00", 10.0, 10),
        ("memory, 1,000 ports, all processes", "MiB", "40.0", "1,200", 30.0, 20),
        ("memory, 1,000 ports, without OVN's daemons", "MiB", "20.0", "800", 40.0, None),
    ]


def test_the_page_says_what_a_reader_must_know(results):
    text = page.page(results, "peer.svg", "growth.svg")
    for sentence in (
        "| POST port | CPU ms | 2.00 | 400 | **200×** | 190×, met |",
        "Targets met: 4 of the 4 that this run can judge.",
        "Load average 1.5 before and 2.5 after.",
        "The machine was shared",
        "sizes reduced to 0.5 by `--scale`",
        "2 API processes on each side",
        "Both durable. Neutrino: synced; Neutron: synced too.",
        "Routers and floating IPs are left out: not both servers list `router` in `/v2.0/extensions` (not on Neutrino)",
        "Neutrino does not, 2: `quotas`, `router`.",
        "## What the other does more",
        "everything at 1,000 ports",
        "lasted 60 s on each side",
        "![Growth](growth.svg)",
        "| what | 100 ports | 10,000 ports | slope: Neutrino | slope: Neutron |",
        "| GET port | 0.50 / 20.0 (**40×**) | 0.50 / 200 (**400×**) | 0.00 | 0.50 |",
        "| POST port to Northbound row, p50 ms | 5.50 / 110 (**20×**) | 0.00 | 0.00 |",
        "| plug to ACTIVE, 100 ports | 20.0 | 400 | 20× |",
    ):
        assert sentence in text
    assert "{" not in text


def test_a_quiet_machine_and_full_sizes_are_not_excused(results):
    results["machine"]["load_before"] = [0.1, 0, 0]
    results["settings"]["scale"] = 1.0
    results["extensions"]["Neutrino"].append("router")
    results["routers"] = True
    text = page.page(results, "peer.svg", "growth.svg")
    assert "shared with other work" not in text
    assert "full sizes" in text
    assert "left out" not in text


def test_a_target_that_is_missed_is_said_so(results):
    for one in results["rows"]["POST port"]["Neutron"]:
        one["cpu_ms"] = {**one["cpu_ms"], "api": 20.0}
    assert "| **10×** | 190×, not met |" in page.page(results, "peer.svg", "growth.svg")


def test_ratios_that_shrink_with_many_ports_are_named(results):
    growth = results["growth"]
    both = {"Neutrino": samples(0.5, 1.0, 900.0), "Neutron": samples(60.0, 30.0, 40.0, True)}
    growth["1,000"] = {"GET port": both, "POST port": both}
    growth["10,000"]["POST port"] = {**both, "Neutrino": samples(2.0, 1.0, 900.0)}
    growth["100"]["POST port"] = both
    growth["50,000"] = growth["10,000"] | {"POST port": both}
    text = page.page(results, "peer.svg", "growth.svg")
    for said in (
        "With 10,000 ports the ratio is at least as large as with 1,000 for 1 of the 2 requests; not for POST port.",
        "With 50,000 ports the ratio is at least as large as with 1,000 for 2 of the 2 requests.",
    ):
        assert said in text


def test_what_ours_lacks_follows_from_its_extensions():
    said = {work.partition(":")[0]: here for work, _, here in more.table(["quotas"])}
    assert (said["Quota"], said["RBAC"]) == ("yes", "no")
    assert more.missing(["a", "b"], ["c", "b"]) == ["c"]


def test_the_chart_is_logarithmic_and_well_formed(results):
    root = ElementTree.fromstring(page.chart(results))  # noqa: S314 - written a moment ago
    rectangles = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(rectangles) == 1 + len(page.headline(results))
    grown = ElementTree.fromstring(page.growth_chart(results))  # noqa: S314
    assert len(grown.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    bars = ElementTree.fromstring(svg("a & b", [Bar("x", 10), Bar("y", 100, 1000)]))  # noqa: S314
    _, ten, hundred = (float(one.get("width")) for one in bars.findall("{http://www.w3.org/2000/svg}rect"))
    assert hundred == pytest.approx(2 * ten)


def test_ratios_are_written_with_the_digits_that_matter():
    assert [shown(one) for one in (0.5, 9.96, 12.3, 1234.5)] == ["0.5×", "10.0×", "12×", "1,234×"]
