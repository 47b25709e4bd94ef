"""Policies of routers for metering labels: each packet meets the one that says for which labels it counts."""

import ipaddress
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.topology import an_id, label

from neutrino.backends.ovn.metering import Box, facts, policies, policy
from neutrino.backends.ovn.metering import _box as box
from neutrino.model.tally import Tally, found

ROUTER, GATEWAY, PROJECT = an_id("r"), an_id("g"), "acme"


def rendered(*labels: Any) -> list[tuple[int, str, list[str]]]:
    """Return the policies as (priority, match without comment, names of labels)."""
    names = {one.id: one.name for one in labels}
    seen = [one for one in map(facts, labels) if one is not None]
    rows = policies(ROUTER, PROJECT, [GATEWAY], seen).rows.values()
    out = []
    for row in rows:
        match, _, comment = str(row["match"]).partition(" /* ")
        tally = found(comment)
        assert tally is not None
        assert tally.router_id == ROUTER
        match = match.replace(f'port == "lrp-{GATEWAY}"', "").replace(" && ", " ").strip()
        out.append((row["priority"], match, sorted(names[one] for one in tally.labels)))
    return sorted(out)


def test_nothing_to_count() -> None:
    assert rendered() == []
    assert rendered(label("empty", project_id=PROJECT)) == []
    assert rendered(label("of another", {"direction": "egress", "source_ip_prefix": "10.0.0.0/8"})) == []
    excluding = {"direction": "egress", "source_ip_prefix": "10.0.0.0/8", "excluded": True}
    assert rendered(label("excluding", excluding, project_id=PROJECT)) == []


def test_remote_is_the_end_inside() -> None:
    rules = [{"direction": way, "remote_ip_prefix": "10.0.0.0/8"} for way in ("egress", "ingress")]
    assert rendered(label("m", *rules, project_id=PROJECT)) == [
        (9, "in ip4.dst == 10.0.0.0/8", ["m"]),
        (9, "out ip4.src == 10.0.0.0/8", ["m"]),
    ]


def test_labels_share_what_they_have_in_common() -> None:
    assert rendered(
        label("all", {"direction": "egress", "source_ip_prefix": "0.0.0.0/0"}, shared=True),
        label("from", {"direction": "egress", "source_ip_prefix": "10.0.0.0/24"}, project_id=PROJECT),
        label(
            "to",
            {"direction": "egress", "destination_ip_prefix": "192.0.2.0/24"},
            {"direction": "egress", "source_ip_prefix": "10.0.0.7/32", "excluded": True},
            {"direction": "egress", "source_ip_prefix": "::/0"},
            project_id=PROJECT,
        ),
    ) == [
        (1, "out ip4", ["all"]),
        (1, "out ip6", ["to"]),
        (25, "out ip4.dst == 192.0.2.0/24", ["all", "to"]),
        (25, "out ip4.src == 10.0.0.0/24", ["all", "from"]),
        (33, "out ip4.src == 10.0.0.7/32", ["all", "from"]),
        (49, "out ip4.src == 10.0.0.0/24 ip4.dst == 192.0.2.0/24", ["all", "from", "to"]),
        (57, "out ip4.src == 10.0.0.7/32 ip4.dst == 192.0.2.0/24", ["all", "from"]),
    ]


def test_each_gateway_has_policies_of_its_own() -> None:
    one = facts(label("m", {"direction": "egress", "source_ip_prefix": "10.0.0.0/8"}, project_id=PROJECT))
    made = policies(ROUTER, PROJECT, [GATEWAY, an_id("other")], [one])  # type: ignore[list-item]
    assert len(made.rows) == 2
    ((place, rows),) = made.elements.items()
    assert place.column == "policies"
    assert rows == {key.uuid for key in made.rows}


def test_no_policy_changes_what_becomes_of_a_packet() -> None:
    row = policy(GATEWAY, box(("10.0.0.0/8", None)), Tally("egress", ROUTER, {}))
    assert (row.action, row.priority) == ("allow", 9)
    assert {"nexthop", "nexthops", "options"}.isdisjoint(name for name in row.__struct_fields__ if getattr(row, name))


_SOURCES = st.sampled_from([None, "10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/32", "10.0.0.0/8"])
_RULES = st.lists(st.tuples(_SOURCES, _SOURCES, st.booleans()).filter(lambda one: any(one[:2])), max_size=5)


@given(_RULES, _RULES)
def test_a_packet_is_counted_as_rules_one_by_one_say(first: list[Any], second: list[Any]) -> None:
    labels = [
        label(
            name,
            *(
                {"direction": "egress", "source_ip_prefix": a, "destination_ip_prefix": b, "excluded": out}
                for a, b, out in rules
            ),
            project_id=PROJECT,
        )
        for name, rules in (("first", first), ("second", second))
    ]
    rows = rendered(*labels)
    addresses = [ipaddress.ip_address(text) for text in ("10.0.0.0", "10.0.0.2", "10.0.0.3", "10.9.9.9", "192.0.2.1")]
    for source in addresses:
        for destination in addresses:
            met = [row for row in rows if _meets(row[1], source, destination)]
            first_met = [row for row in met if row[0] == max(met)[0]]
            assert len(first_met) <= 1  # else it would be chance which of them a packet meets
            assert (first_met[0][2] if met else []) == [
                name for name, rules in (("first", first), ("second", second)) if _says(rules, source, destination)
            ]


def _meets(match: str, source: Any, destination: Any) -> bool:
    ends = {end: ipaddress.ip_network(prefix) for end, prefix in re.findall(r"(ip4\.\w+) == (\S+)", match)}
    return source in ends.get("ip4.src", [source]) and destination in ends.get("ip4.dst", [destination])


def _says(rules: list[Any], source: Any, destination: Any) -> bool:
    hit = [
        out
        for a, b, out in rules
        if source in ipaddress.ip_network(a or "0.0.0.0/0") and destination in ipaddress.ip_network(b or "0.0.0.0/0")
    ]
    return bool(hit) and not any(hit)


@pytest.mark.parametrize("ends", [("10.0.0.0/8", None), ("2001:db8::/32", "::/0")])
def test_a_box_is_as_it_was_written(ends: tuple[str, str | None]) -> None:
    made: Box = box(ends)
    assert str(made.source) == ends[0]
    assert made.destination.length == 0
