"""Stories of metering labels and their rules."""

import uuid

import pytest
from tests.component.api.people import ACME, OTHER, Person

MISSING = str(uuid.uuid4())
LABELS, RULES = "metering/metering-labels", "metering/metering-label-rules"
PREFIXES = ("remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix")


def made(api, path, noun, body, **kwargs):
    answer = api.send("POST", path, json={noun: body}, **kwargs)
    assert answer.status_code == 201, answer.text
    return answer.json()[noun]


def label(api, **given):
    return made(api, LABELS, "metering_label", given)


def rule(api, of, **given):
    return made(api, RULES, "metering_label_rule", {"metering_label_id": of["id"], "direction": "ingress", **given})


def refused(api, of, **given):
    body = {"metering_label_id": of["id"], "direction": "ingress", **given}
    return api.refused("POST", RULES, {"metering_label_rule": body})


def test_a_label_lives(api):
    one = label(api, name="m", description="d", shared=True)
    assert one == {
        "id": one["id"],
        "project_id": "acme",
        "tenant_id": "acme",
        "name": "m",
        "description": "d",
        "shared": True,
    }
    other = label(api)
    assert (other["name"], other["description"], other["shared"]) == ("", "", False)
    assert api.get(f"{LABELS}/{one['id']}") == one
    assert api.get(LABELS, shared="true") == api.get(LABELS, name="m") == [one]
    assert api.get(LABELS, id="33") == []
    assert [found["name"] for found in api.get(LABELS, sort_key="name", sort_dir="desc")] == ["m", ""]
    change = {"metering_label": {"name": "n"}}
    assert api.refused("PUT", f"{LABELS}/{one['id']}", change)[0] == 405
    api.delete(f"{LABELS}/{one['id']}")
    assert api.get(LABELS) == [other]
    for method in ("GET", "DELETE"):
        assert api.refused(method, f"{LABELS}/{one['id']}")[:2] == (404, "MeteringLabelNotFound")


def test_a_rule_lives(api):
    of = label(api)
    one = rule(api, of, remote_ip_prefix="10.0.0.0/24", excluded=True)
    assert one == {
        "id": one["id"],
        "project_id": "acme",
        "tenant_id": "acme",
        "metering_label_id": of["id"],
        "direction": "ingress",
        "excluded": True,
        "remote_ip_prefix": "10.0.0.0/24",
        "source_ip_prefix": None,
        "destination_ip_prefix": None,
    }
    other = rule(api, of, source_ip_prefix="10.0.0.7/24", destination_ip_prefix="192.0.2.1", direction="egress")
    assert [other[name] for name in ("excluded", *PREFIXES)] == [False, None, "10.0.0.0/24", "192.0.2.1/32"]
    assert api.get(RULES, metering_label_id=of["id"], excluded="true") == [one]
    assert api.get(RULES, direction="egress") == [other]
    assert api.get(f"{RULES}/{one['id']}") == one
    noted = ("metering_labels", of["id"], "intent")
    assert api.journal().count(noted) == 3
    api.delete(f"{RULES}/{one['id']}")
    assert api.journal().count(noted) == 4
    assert api.refused("GET", f"{RULES}/{one['id']}")[:2] == (404, "MeteringLabelRuleNotFound")
    api.delete(f"{LABELS}/{of['id']}")
    assert api.get(RULES) == []


def test_many_labels_at_once(api):
    answer = api.send("POST", LABELS, json={"metering_labels": [{"name": "a"}, {"name": "b"}]})
    assert [one["name"] for one in answer.json()["metering_labels"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "one of remote_ip_prefix, source_ip_prefix and destination_ip_prefix must be given"),
        (dict.fromkeys(PREFIXES), "one of remote_ip_prefix, source_ip_prefix and destination_ip_prefix must be given"),
        (
            {"remote_ip_prefix": "10.0.0.0/8", "source_ip_prefix": "10.0.0.0/8"},
            "remote_ip_prefix cannot be used together with source_ip_prefix or destination_ip_prefix",
        ),
        (
            {"source_ip_prefix": "10.0.0.0/8", "destination_ip_prefix": "2001:db8::/32"},
            "source and destination must be of one IP version: 10.0.0.0/8 and 2001:db8::/32",
        ),
    ],
)
def test_prefixes_that_do_not_go_together(api, given, says):
    expected = (400, "InvalidInput", f"Invalid input for operation: {says}.")
    assert refused(api, label(api), **given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"remote_ip_prefix": "10.0.0.0/33"},
        {"source_ip_prefix": "everywhere"},
        {"destination_ip_prefix": 10},
        {"source_ip_prefix": "10.0.0.0/8", "direction": "both"},
        {"source_ip_prefix": "10.0.0.0/8", "direction": None},
        {"source_ip_prefix": "10.0.0.0/8", "excluded": "perhaps"},
        {"source_ip_prefix": "10.0.0.0/8", "name": "x"},
        {"source_ip_prefix": "10.0.0.0/8", "metering_label_id": "x"},
    ],
)
def test_what_is_no_rule(api, given):
    assert refused(api, label(api), **given)[:2] == (400, "HTTPBadRequest")


def test_rules_of_one_label_do_not_overlap(api):
    of = label(api)
    rule(api, of, remote_ip_prefix="10.0.0.0/16")
    for prefix in ("10.0.0.0/16", "10.0.5.0/24", "10.0.0.0/8"):
        assert refused(api, of, remote_ip_prefix=prefix) == (
            409,
            "MeteringLabelRuleOverlaps",
            f"Metering label rule with remote_ip_prefix {prefix} overlaps another.",
        )
    rule(api, of, remote_ip_prefix="10.1.0.0/16")
    rule(api, of, remote_ip_prefix="10.0.5.0/24", excluded=True)
    rule(api, of, remote_ip_prefix="10.0.0.0/16", direction="egress")
    rule(api, of, source_ip_prefix="10.0.0.0/16")
    rule(api, label(api), remote_ip_prefix="10.0.0.0/16")


def test_a_rule_needs_a_label_that_is_seen(api):
    prefix = {"remote_ip_prefix": "10.0.0.0/8"}
    assert refused(api, {"id": MISSING}, **prefix)[:2] == (404, "MeteringLabelNotFound")
    manager = Person(api, "manager", OTHER)
    theirs = label(api)
    body = {"metering_label_rule": {"metering_label_id": theirs["id"], "direction": "egress", **prefix}}
    assert manager.refused("POST", RULES, body) == (404, "MeteringLabelNotFound")


def test_who_may(api):
    manager, member, reader = (Person(api, role) for role in ("manager", "member", "reader"))
    stranger = Person(api, "manager", OTHER)
    body = {"metering_label": {"name": "m"}}
    assert member.refused("POST", LABELS, body) == (403, "PolicyNotAuthorized")
    of = made(api, LABELS, "metering_label", {"shared": True}, headers=manager.headers)
    given = {"metering_label_id": of["id"], "direction": "egress", "source_ip_prefix": "10.0.0.0/8"}
    assert member.refused("POST", RULES, {"metering_label_rule": given})[0] == 403
    one = made(api, RULES, "metering_label_rule", given, headers=manager.headers)
    # An administrator's rule of a label is the label's project's too.
    given = {**given, "source_ip_prefix": "172.16.0.0/12"}
    other = made(api, RULES, "metering_label_rule", given)
    assert {one["project_id"], other["project_id"]} == {ACME}
    assert reader.ids(LABELS) == {of["id"]}
    assert reader.ids(RULES) == {one["id"], other["id"]}
    for path, found in ((LABELS, of), (RULES, one)):
        assert stranger.ids(path) == set()
        assert stranger.refused("DELETE", f"{path}/{found['id']}")[0] == 404
        assert member.refused("DELETE", f"{path}/{found['id']}")[0] == 403
    manager.delete(f"{LABELS}/{of['id']}")
