"""Stories of the rules that new security groups get."""

import pytest

PATH = "default-security-group-rules"
SSH = {"direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22}


def shapes(group):
    rules = ((rule["direction"], rule["protocol"], rule["port_range_min"]) for rule in group["security_group_rules"])
    return sorted(rules, key=str)


def test_what_is_there_from_the_start(api):
    found = sorted(api.get(PATH), key=lambda rule: (rule["direction"], rule["ethertype"]))
    assert [(rule["direction"], rule["ethertype"], rule["remote_group_id"]) for rule in found] == [
        ("egress", "IPv4", None),
        ("egress", "IPv6", None),
        ("ingress", "IPv4", "PARENT"),
        ("ingress", "IPv6", "PARENT"),
    ]
    assert [rule["used_in_non_default_sg"] for rule in found] == [True, True, False, False]
    assert all(rule["used_in_default_sg"] for rule in found)
    assert api.get(PATH, used_in_non_default_sg=False) == [rule for rule in found if rule["direction"] == "ingress"]


def test_new_groups_get_what_is_asked_for_them(api):
    before = api.post("security-groups", name="before")
    made = api.post(PATH, **SSH, description="ssh")
    assert api.get(f"{PATH}/{made['id']}") == made
    after = api.post("security-groups", name="after")
    (ssh,) = (rule for rule in after["security_group_rules"] if rule["protocol"])
    assert (ssh["port_range_min"], ssh["description"], ssh["ethertype"]) == (22, "", "IPv4")
    assert api.get(f"security-groups/{before['id']}") == before
    api.network(project_id="other")
    (default,) = api.get("security-groups", project_id="other")
    assert len(default["security_group_rules"]) == 4  # this one is not for default groups
    api.delete(f"{PATH}/{made['id']}")
    for rule in api.get(PATH, direction="egress"):
        api.delete(f"{PATH}/{rule['id']}")
    assert api.post("security-groups", name="bare")["security_group_rules"] == []
    assert api.get(f"security-groups/{after['id']}") == after


def test_default_groups_get_theirs(api):
    api.post(PATH, **SSH, used_in_default_sg=True, used_in_non_default_sg=False)
    api.post(PATH, direction="ingress", protocol="udp", remote_group_id="PARENT")
    group = api.post("security-groups", name="web")
    (default,) = api.get("security-groups", name="default")
    assert ("ingress", "tcp", 22) in shapes(default)
    assert shapes(group) == [("egress", None, None), ("egress", None, None), ("ingress", "udp", None)]
    (udp,) = (rule for rule in group["security_group_rules"] if rule["protocol"])
    assert udp["remote_group_id"] == group["id"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"direction": "up"}, (400, "HTTPBadRequest")),
        ({"protocol": None}, (400, "SecurityGroupProtocolRequiredWithPorts")),
        ({"port_range_min": 23}, (400, "SecurityGroupInvalidPortRange")),
        ({"remote_ip_prefix": "2001:db8::/32"}, (400, "SecurityGroupRuleParameterConflict")),
        ({"remote_group_id": "11111111-2222-3333-4444-555555555555"}, (400, "HTTPBadRequest")),
        ({"remote_group_id": "PARENT", "remote_ip_prefix": "10.0.0.0/8"}, (400, "SecurityGroupMultipleRemoteEntites")),
        ({"remote_address_group_id": "11111111-2222-3333-4444-555555555555"}, (404, "AddressGroupNotFound")),
        ({}, (409, "DefaultSecurityGroupRuleExists")),
    ],
    ids=str,
)
def test_rules_that_cannot_be(api, change, kind):
    made = api.post(PATH, **SSH)
    api.post(PATH, **SSH, used_in_default_sg=True, used_in_non_default_sg=False)  # for other groups
    assert api.refused("POST", PATH, {"default_security_group_rule": SSH | change})[:2] == kind
    body = {"default_security_group_rule": {"description": "x"}}
    assert api.refused("PUT", f"{PATH}/{made['id']}", body)[:2] == (405, "HTTPMethodNotAllowed")


def test_an_address_group_that_new_groups_will_name_stays(api):
    lab = api.post("address-groups", addresses=["192.0.2.0/24"])
    made = api.post(PATH, direction="ingress", remote_address_group_id=lab["id"])
    assert api.refused("DELETE", f"address-groups/{lab['id']}")[:2] == (409, "AddressGroupInUse")
    group = api.post("security-groups", name="web")
    assert lab["id"] in {rule["remote_address_group_id"] for rule in group["security_group_rules"]}
    api.delete(f"{PATH}/{made['id']}")
    api.delete(f"security-groups/{group['id']}")
    api.delete(f"address-groups/{lab['id']}")
