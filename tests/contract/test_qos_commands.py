"""``openstack network qos ...``, and policies of networks, ports, floating IPs and gateways, against the daemon."""

import pytest


@pytest.fixture
def run(openstack_):
    """The command, and nothing left over when the story ends."""
    yield openstack_
    for row in openstack_.json("floating ip list"):
        openstack_(f"floating ip delete {row['ID']}")
    for noun in ("router", "port", "network", "network qos policy"):
        for row in openstack_.json(f"{noun} list"):
            openstack_(f"{noun} delete {row['ID']}")


def test_policies_and_rules(run):
    run("network qos policy create gold --description d")
    run("network qos policy set --description e --default gold")
    shown = run.json("network qos policy show gold")
    assert (shown["description"], shown["is_default"], shown["rules"]) == ("e", True, [])
    for rule in (
        "--type bandwidth-limit --max-kbps 3000 --max-burst-kbits 2400 --egress",
        "--type dscp-marking --dscp-mark 46",
        "--type minimum-bandwidth --min-kbps 1000 --egress",
        "--type minimum-packet-rate --min-kpps 10 --any",
    ):
        run(f"network qos rule create gold {rule}")
    rows = run.json("network qos rule list gold")
    assert sorted(row["Type"] for row in rows) == [
        "bandwidth_limit",
        "dscp_marking",
        "minimum_bandwidth",
        "minimum_packet_rate",
    ]
    limit = next(row["ID"] for row in rows if row["Type"] == "bandwidth_limit")
    run(f"network qos rule set gold {limit} --max-kbps 5000")
    assert run.json(f"network qos rule show gold {limit}")["max_kbps"] == 5000
    for row in rows:
        run(f"network qos rule delete gold {row['ID']}")
    assert run.json("network qos rule list gold") == []
    assert sorted(run.column("Type", "network qos rule type list")) == [
        "bandwidth_limit",
        "dscp_marking",
        "minimum_bandwidth",
        "minimum_packet_rate",
    ]
    assert len(run.json("network qos rule type list --all-rules")) == 5
    assert run.json("network qos rule type show dscp_marking")["rule_type_name"] == "dscp_marking"


def test_what_is_under_policies(run):
    run("network qos policy create gold")
    gold = run.json("network qos policy show gold")["id"]
    run("network create outer --external --qos-policy gold")
    run("subnet create outer-v4 --network outer --subnet-range 203.0.113.0/24 --no-dhcp")
    assert run.json("network show outer")["qos_policy_id"] == gold
    run("network set --no-qos-policy outer")
    assert run.json("network show outer")["qos_policy_id"] is None
    run("port create p --network outer --qos-policy gold")
    assert run.json("port show p")["qos_policy_id"] == gold
    run("port unset --qos-policy p")
    assert run.json("port show p")["qos_policy_id"] is None
    floating = run.json("floating ip create outer --qos-policy gold")["id"]
    assert run.json(f"floating ip show {floating}")["qos_policy_id"] == gold
    run(f"floating ip set --no-qos-policy {floating}")
    run("router create edge")
    run("router set --external-gateway outer --qos-policy gold edge")
    assert run.json("router show edge")["external_gateway_info"]["qos_policy_id"] == gold
    run("router unset --qos-policy edge")
    assert run.json("router show edge")["external_gateway_info"]["qos_policy_id"] is None
