"""What is remembered between requests: never a resource, and nothing that outlives what it follows from.

Prepared statements, and what a set of roles may do. Tokens, which Keystone may revoke: tests/stack/test_keystone.py.
"""

import pytest
from tests.component.api.people import FORBIDDEN, OTHER, Person
from tests.component.api.statements import Statements

AGAIN = 3
"""A statement is remembered from its first use on."""


@pytest.fixture
def port(api):
    network = api.network(name="lan")
    api.subnet(network, "10.0.0.0/24")
    return api.port(network, name="first")


def test_a_remembered_statement_reads_what_another_process_wrote(api, beside, port):
    paths = (f"ports/{port['id']}", f"networks/{port['network_id']}", "ports?limit=10", f"ports?id={port['id']}")
    for _ in range(AGAIN):
        for path in paths:
            assert api.send("GET", path).json() == beside.send("GET", path).json()
    with Statements() as statements:
        statements.count(lambda: beside.get(f"ports/{port['id']}"))
        remembered = list(statements.seen)
        api.put(f"ports/{port['id']}", name="second", admin_state_up=False)
        changed, _ = statements.count(lambda: beside.get(f"ports/{port['id']}"))
        assert (changed, statements.seen) == (len(remembered), remembered)
    for path in paths:
        assert api.send("GET", path).json() == beside.send("GET", path).json()
    seen = beside.get(f"ports/{port['id']}")
    assert (seen["name"], seen["admin_state_up"]) == ("second", False)
    assert seen["revision_number"] > port["revision_number"]
    api.delete(f"ports/{port['id']}")
    assert beside.refused("GET", f"ports/{port['id']}")[:2] == (404, "PortNotFound")
    assert beside.get("ports") == []


def test_lists_that_differ_by_their_values_are_one_statement(api, port):
    kinds = (
        lambda value, number: [("name", value)],
        lambda value, number: [("name", value), ("name", "third"), ("limit", number)],
        lambda value, number: [("fixed_ips", f"ip_address_substr=10.0.0.{number}"), ("sort_key", "name")],
        lambda value, number: [("tags", f"{value},b"), ("network_id", port["network_id"]), ("fields", "id")],
        lambda value, number: [("marker", port["id"]), ("limit", number), ("changed_since", f"200{number}-01-01")],
    )
    with Statements() as statements:
        for kind in kinds:
            texts = []
            for value, number in (("first", 1), ("second", 2)):
                pairs = kind(value, number)
                statements.count(lambda pairs=pairs: api.get("ports", *pairs))
                texts.append([text for text, _ in statements.seen])
            # The very same text: nothing was made anew.
            assert all(one is other for one, other in zip(*texts, strict=True)), texts


def test_what_a_caller_sees_of_groups_is_asked_by_one_statement(api):
    member = Person(api, "member")
    network, group = member.post("networks"), member.post("security-groups")
    with Statements() as statements:
        texts = []
        for _ in range(2):
            given = {"network_id": network["id"], "security_groups": [group["id"]]}
            statements.count(lambda given=given: member.post("ports", **given))
            texts.append([text for text, _ in statements.seen if text.startswith("SELECT")])
        assert all(one is other for one, other in zip(*texts, strict=True)), texts


def test_a_remembered_standing_is_of_the_roles_and_not_of_the_caller(api):
    member, stranger = Person(api, "member"), Person(api, "member", OTHER)
    network = member.post("networks")
    path = f"networks/{network['id']}"
    for _ in range(AGAIN):
        assert member.ids("networks") == {network["id"]}
        assert stranger.ids("networks") == set()
        assert stranger.refused("GET", path)[0] == 404
    # The same person with another role, as a token that was made after the change says: judged anew.
    assert Person(api, "reader").refused("PUT", path, {"network": {"name": "x"}}) == FORBIDDEN
    assert member.put(path, name="x")["name"] == "x"
    assert Person(api, "nobody").ids("networks") == set()


def test_what_is_shared_counts_from_the_next_request_on_in_every_process(api, beside):
    member, stranger = Person(api, "member"), Person(beside, "member", OTHER)
    network = member.post("networks")
    for _ in range(AGAIN):
        assert stranger.ids("networks") == set()
    entry = member.post(
        "rbac-policies",
        object_type="network",
        object_id=network["id"],
        action="access_as_shared",
        target_tenant=OTHER,
    )
    for _ in range(AGAIN):
        assert stranger.ids("networks") == {network["id"]}
    member.delete(f"rbac-policies/{entry['id']}")
    assert stranger.ids("networks") == set()
    assert stranger.refused("GET", f"networks/{network['id']}")[0] == 404
