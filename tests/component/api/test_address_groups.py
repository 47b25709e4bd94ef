"""Stories of address groups, and of rules that name them."""

import pytest


@pytest.fixture
def lab(api):
    return api.post("address-groups", name="lab", addresses=["192.0.2.7/24", "2001:db8::/32"])


def test_an_address_group_lives(api, lab):
    assert {key: lab[key] for key in lab if key not in ("id", "created_at", "updated_at")} == {
        "name": "lab",
        "addresses": ["192.0.2.0/24", "2001:db8::/32"],
        "description": "",
        "project_id": "acme",
        "tenant_id": "acme",
        "shared": False,
        "revision_number": 1,
    }
    path = f"address-groups/{lab['id']}"
    assert api.get(path) == lab
    assert api.put(path, name="l", description="d")["name"] == "l"
    assert api.get("address-groups", name="l") == [api.get(path)]
    assert api.refused("PUT", path, {"address_group": {"addresses": []}})[:2] == (400, "HTTPBadRequest")
    api.delete(path)
    assert api.refused("GET", path) == (
        404,
        "AddressGroupNotFound",
        f"Address group {lab['id']} could not be found.",
    )
    assert api.post("address-groups")["addresses"] == api.post("address-groups", addresses=None)["addresses"] == []


@pytest.mark.parametrize(
    "addresses", [["x"], ["192.0.2.0"], [None], "192.0.2.0/24", ["10.0.0.0/8", "10.0.0.0/8"], [{}]], ids=str
)
def test_what_is_no_address(api, lab, addresses):
    body = {"address_group": {"addresses": addresses}}
    assert api.refused("POST", "address-groups", body)[:2] == (400, "HTTPBadRequest")
    for action in ("add_addresses", "remove_addresses"):
        path = f"address-groups/{lab['id']}/{action}"
        assert api.refused("PUT", path, {"addresses": addresses})[:2] == (400, "HTTPBadRequest")


def test_addresses_come_and_go(api, lab):
    path = f"address-groups/{lab['id']}"

    def change(how, *addresses):
        answer = api.send("PUT", f"{path}/{how}_addresses", json={"addresses": list(addresses)})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"address_group": api.get(path)}
        return answer.json()["address_group"]

    changed = change("add", "198.51.100.0/24")
    assert changed["addresses"] == ["192.0.2.0/24", "2001:db8::/32", "198.51.100.0/24"]
    assert changed["revision_number"] == 2
    assert change("remove", "192.0.2.0/24", "2001:db8::/32")["addresses"] == ["198.51.100.0/24"]
    there, missing = {"addresses": ["198.51.100.9/24", "10.0.0.0/8"]}, {"addresses": ["10.0.0.0/8"]}
    assert api.refused("PUT", f"{path}/add_addresses", there) == (
        400,
        "AddressesAlreadyExist",
        f"Addresses ['198.51.100.0/24'] already exist in the address group {lab['id']}.",
    )
    assert api.refused("PUT", f"{path}/remove_addresses", missing) == (
        404,
        "AddressesNotFound",
        f"Addresses ['10.0.0.0/8'] not found in the address group {lab['id']}.",
    )


def test_a_rule_names_an_address_group(api, lab):
    group = api.post("security-groups", name="web")
    given = {"security_group_id": group["id"], "direction": "ingress", "remote_address_group_id": lab["id"]}
    rule = api.post("security-group-rules", **given)
    assert rule["remote_address_group_id"] == lab["id"]
    assert api.get("security-group-rules", remote_address_group_id=lab["id"]) == [rule]
    assert rule in api.get(f"security-groups/{group['id']}")["security_group_rules"]
    for change, kind in (
        ({}, (409, "SecurityGroupRuleExists")),
        ({"remote_ip_prefix": "10.0.0.0/8"}, (400, "SecurityGroupMultipleRemoteEntites")),
        ({"remote_group_id": group["id"]}, (400, "SecurityGroupMultipleRemoteEntites")),
        ({"remote_address_group_id": group["id"]}, (404, "AddressGroupNotFound")),
        ({"remote_address_group_id": "x"}, (400, "HTTPBadRequest")),
    ):
        assert api.refused("POST", "security-group-rules", {"security_group_rule": given | change})[:2] == kind
    assert api.refused("DELETE", f"address-groups/{lab['id']}") == (
        409,
        "AddressGroupInUse",
        f"Address group {lab['id']} is in use on one or more security group rules.",
    )
    api.delete(f"security-group-rules/{rule['id']}")
    api.delete(f"address-groups/{lab['id']}")
