"""Verdicts over real runs: what the API, both databases, ovn-trace and the switch said is in captured/.

Each case is a packet of one lab (OVN 25.03): a (10.1.0.3) and b (10.1.0.4, floating IP 203.0.113.3) on n1, c (10.2.0.3)
on n2 in the group web that has no rule, a router r with a gateway.
"""

from pathlib import Path

import msgspec
import pytest

from neutrino.diagnosis import logical, openflow, verdict
from neutrino.diagnosis.intent import Intent
from neutrino.diagnosis.packet import Packet

CAPTURED = Path(__file__).parent / "captured"
MEMBERS = "f254fc7f-805f-420e-ad9b-34f669409f9a"
DEFAULT = "ab5edf18-682a-4a3f-9b34-17cb9e55ab5a"

CASES = (
    (
        "arrives",
        "arrives",
        "wire",
        f"security_group_rule {MEMBERS}",
        (
            f"icmp from a to b arrives at b on h2, let in by security group rule {MEMBERS} of default (IPv4 anything"
            f" from members of group {DEFAULT}), and is answered"
        ),
    ),
    (
        "group",
        "dropped",
        "logical",
        "port_group neutron_pg_drop",
        "tcp/80 from a to c is dropped at c: no ingress rule of its security groups (web) lets tcp/80 in from 10.1.0.3",
    ),
    (
        "outside",
        "arrives",
        "wire",
        "",
        (
            "udp/53 from b to outside leaves the cloud by the gateway of router r on h1 to 203.0.113.1, where nothing"
            " listens on udp/53"
        ),
    ),
    (
        "hairpin",  # the router's SNAT hides that a is a member of b's group
        "dropped",
        "logical",
        "port_group neutron_pg_drop",
        (
            "icmp from a to 203.0.113.3 is dropped at b: no ingress rule of its security groups (default) lets icmp in"
            " from 203.0.113.2"
        ),
    ),
    (
        "nobody",
        "dropped",
        "logical",
        "network 6d3a1bae-95e8-4e3d-b3a6-76d074986368",
        "udp/53 from a to 10.2.0.77 ends in network n2: router r asks who has 10.2.0.77, and no port has it",
    ),
    (
        "target-disabled",
        "dropped",
        "api",
        "port 25e6ad71-69b2-409c-b288-21c4ae8f4545",
        "tcp/80 from a to c is dropped at c: its port is administratively DOWN (admin_state_up is false)",
    ),
    (
        "sender-disabled",
        "dropped",
        "api",
        "port fc9650a5-59ad-4b0e-b652-151c99cfc8d1",
        "tcp/80 from a to c is dropped at a: its port is administratively DOWN (admin_state_up is false)",
    ),
    (
        "router-disabled",
        "dropped",
        "api",
        "router e0bae60e-46c6-4d9e-a7fc-914a84745106",
        "tcp/80 from a to c is dropped in network n1: router r is administratively DOWN",
    ),
    (
        "port-security",
        "dropped",
        "logical",
        "port_security fc9650a5-59ad-4b0e-b652-151c99cfc8d1",
        (
            "icmp from a to b is dropped by port security at a, which sends as fa:16:3e:39:8a:8f 10.1.0.99 and may use"
            " fa:16:3e:39:8a:8f with 10.1.0.3"
        ),
    ),
)


class Captured(msgspec.Struct):
    packet: Packet
    sender: dict[str, object]
    target: dict[str, object] | None
    names: tuple[str, str]
    intent: Intent
    hints: dict[str, str]
    acls: dict[str, verdict.Acl]
    bindings: dict[str, verdict.Binding]
    wire: verdict.Wire


def facts(name: str) -> verdict.Facts:
    said = msgspec.json.decode((CAPTURED / f"{name}.json").read_bytes(), type=Captured)
    return verdict.Facts(
        **{field: getattr(said, field) for field in Captured.__struct_fields__},
        walk=logical.parse((CAPTURED / f"{name}.ovn-trace").read_text()),
        passage=openflow.parse((CAPTURED / f"{name}.ofproto-trace").read_text()),
    )


@pytest.mark.parametrize(("name", "outcome", "where", "rule", "sentence"), CASES, ids=[one[0] for one in CASES])
def test_the_verdict_of_a_real_run(name: str, outcome: str, where: str, rule: str, sentence: str) -> None:
    expected = verdict.Verdict(outcome=outcome, where=where, sentence=sentence, rule=rule)
    assert verdict.judge(facts(name)) == expected


@pytest.mark.parametrize("name", [one[0] for one in CASES])
def test_the_verdict_holds_without_a_real_packet(name: str) -> None:
    known = facts(name)
    silent = verdict.judge(verdict.Facts(**{**vars(known), "wire": None}))
    assert (silent.outcome, silent.rule) == (verdict.judge(known).outcome, verdict.judge(known).rule)


def test_flows_and_cookies_are_the_same_flows() -> None:
    """The switch's rules carry the beginning of the uuid of the logical flow that they were made from."""
    known = facts("group")
    assert known.passage is not None
    first = known.walk.pipelines[0]
    met = {step.flow for step in first.steps if verdict.decides(known, step)}
    assert {"b3076544", "5e3d15e3"} <= met <= {rule.flow for rule in known.passage.rules}


def test_where_a_packet_leaves_its_switch() -> None:
    found = {name: facts(name).passage for name in ("arrives", "sender-disabled", "port-security")}
    assert {name: one and (one.tunnel, one.is_dropped) for name, one in found.items()} == {
        "arrives": ("172.31.0.2", False),
        "sender-disabled": ("", True),
        "port-security": ("", True),
    }


def without(name: str, rule_id: str) -> verdict.Facts:
    """The same run, as if the API had a rule that the Northbound does not have."""
    known = facts(name)
    assert known.target is not None
    rule = {
        "id": rule_id,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "remote_group_id": None,
        "port_range_min": 80,
        "port_range_max": 80,
        "remote_ip_prefix": "10.1.0.0/24",
    }
    groups = {
        one["id"]: {**one, "security_group_rules": [*one["security_group_rules"], rule]}
        for one in known.intent.groups_of(known.target)
    }
    intent = Intent(**{**vars(known.intent), "security_groups": {**known.intent.security_groups, **groups}})
    return verdict.Facts(**{**vars(known), "intent": intent})


def test_a_rule_that_the_northbound_does_not_have_is_named() -> None:
    assert verdict.judge(without("group", "r1")) == verdict.Verdict(
        outcome="dropped",
        where="northbound",
        sentence="tcp/80 from a to c is dropped at c: security group rule r1 (IPv4 tcp 80 from 10.1.0.0/24) would let"
        " it through, but the Northbound does not have it",
        rule="security_group_rule r1",
    )


def test_who_is_on_no_host_or_a_dead_one_is_not_reached() -> None:
    known = facts("arrives")
    assert known.target is not None
    lost = verdict.Wire(sent=True, arrived=False)
    for binding, said in (
        (verdict.Binding("", is_up=False, is_alive=False), "which is on no host: `./stack explain b` tells why"),
        (verdict.Binding("h2", is_up=True, is_alive=False), "on host h2, which does not answer"),
    ):
        bindings = {**known.bindings, known.target["id"]: binding}
        found = verdict.judge(verdict.Facts(**{**vars(known), "bindings": bindings, "wire": lost}))
        assert found.outcome == "dropped"
        assert found.sentence.endswith(said)


def test_a_packet_that_is_lost_on_its_way_is_not_explained_away() -> None:
    known = verdict.Facts(**{**vars(facts("arrives")), "wire": verdict.Wire(sent=True, arrived=False)})
    assert verdict.judge(known).outcome == "lost"
