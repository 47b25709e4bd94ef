"""Stories of security groups and their rules."""

import pytest

MADE = ("id", "created_at", "updated_at", "security_group_id")
RULE = {
    "direction": "ingress",
    "ethertype": "IPv4",
    "protocol": None,
    "port_range_min": None,
    "port_range_max": None,
    "remote_ip_prefix": None,
    "normalized_cidr": None,
    "belongs_to_default_sg": False,
    "remote_group_id": None,
    "remote_address_group_id": None,
    "project_id": "acme",
    "tenant_id": "acme",
    "description": "",
    "revision_number": 1,
}
OF_DEFAULT = RULE | {"belongs_to_default_sg": True}


def unnamed(rules):
    return sorted(({k: v for k, v in rule.items() if k not in MADE} for rule in rules), key=str)


@pytest.fixture
def web(api):
    return api.post("security-groups", name="web")


def test_the_default_group_has_four_rules(api):
    (group,) = api.get("security-groups")
    assert (group["name"], group["description"], group["stateful"]) == ("default", "Default security group", True)
    assert unnamed(group["security_group_rules"]) == unnamed(
        [
            OF_DEFAULT | {"direction": "egress", "ethertype": "IPv4"},
            OF_DEFAULT | {"direction": "egress", "ethertype": "IPv6"},
            OF_DEFAULT | {"ethertype": "IPv4", "remote_group_id": group["id"]},
            OF_DEFAULT | {"ethertype": "IPv6", "remote_group_id": group["id"]},
        ]
    )
    assert {rule["security_group_id"] for rule in group["security_group_rules"]} == {group["id"]}
    assert api.get("security-groups") == [group]


def test_each_project_has_one(api):
    headers = {"X-Project-Id": "other"}
    answers = [api.send("GET", "security-groups", params={"project_id": "other"}, headers=headers) for _ in range(2)]
    (mine,) = answers[0].json()["security_groups"]
    assert answers[1].json() == answers[0].json()
    assert mine["project_id"] == "other"
    api.port(api.network(project_id="third"), project_id="fourth")
    assert {group["project_id"] for group in api.get("security-groups", name="default")} == {
        "acme",
        "other",
        "third",
        "fourth",
    }


def test_the_default_group_stays(api):
    (group,) = api.get("security-groups")
    path = f"security-groups/{group['id']}"
    answer = api.send("DELETE", path, headers={"X-Roles": "member"})
    assert (answer.status_code, answer.json()["NeutronError"]["type"]) == (409, "SecurityGroupCannotRemoveDefault")
    change = {"security_group": {"name": "other"}}
    assert api.refused("PUT", path, change)[:2] == (409, "SecurityGroupCannotUpdateDefault")
    assert api.put(path, description="ours")["description"] == "ours"
    for name in ("default", "Default"):
        body = {"security_group": {"name": name}}
        assert api.refused("POST", "security-groups", body)[:2] == (409, "SecurityGroupDefaultAlreadyExists")
    api.delete(path)
    assert api.get("security-groups")[0]["id"] != group["id"]


def test_a_group_lives(api, web):
    assert unnamed(web["security_group_rules"]) == unnamed(
        [RULE | {"direction": "egress"}, RULE | {"direction": "egress", "ethertype": "IPv6"}]
    )
    path = f"security-groups/{web['id']}"
    assert api.get(path) == web
    changed = api.put(path, name="www", stateful=False)
    assert (changed["name"], changed["stateful"], changed["revision_number"]) == ("www", False, 2)
    assert changed["security_group_rules"] == web["security_group_rules"]
    assert api.get("security-groups", name="www") == [changed]
    change = {"security_group": {"name": "DEFAULT"}}
    assert api.refused("PUT", path, change)[:2] == (409, "SecurityGroupDefaultAlreadyExists")
    api.delete(path)
    assert api.get("security-group-rules", security_group_id=web["id"]) == []
    assert api.refused("GET", path)[:2] == (404, "SecurityGroupNotFound")
    rules = sorted(("security_group_rules", rule["id"], "intent") for rule in web["security_group_rules"])
    assert sorted(api.journal()[-3:]) == [*rules, ("security_groups", web["id"], "intent")]


def test_a_group_in_use_stays(api, web):
    port = api.port(api.network(), security_groups=[web["id"]])
    path = f"security-groups/{web['id']}"
    assert api.refused("DELETE", path) == (409, "SecurityGroupInUse", f"Security Group {web['id']} in use.")
    assert api.refused("PUT", path, {"security_group": {"stateful": False}})[:2] == (409, "SecurityGroupInUse")
    api.delete(f"ports/{port['id']}")
    other = api.post("security-groups", name="other")
    rule = api.post(
        "security-group-rules", security_group_id=other["id"], direction="ingress", remote_group_id=web["id"]
    )
    assert api.refused("DELETE", path)[:2] == (409, "SecurityGroupInUse")
    api.delete(f"security-group-rules/{rule['id']}")
    api.post("security-group-rules", security_group_id=web["id"], direction="ingress", remote_group_id=web["id"])
    api.delete(path)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"protocol": "tcp", "port_range_min": 80, "port_range_max": "90"}, {"port_range_max": 90}),
        ({"protocol": "TCP"}, {"protocol": "tcp"}),
        ({"protocol": 6}, {"protocol": "6"}),
        ({"protocol": "any"}, {"protocol": None}),
        ({"protocol": 0}, {"protocol": "0"}),
        (
            {"protocol": "udp", "port_range_min": 1, "port_range_max": 65535},
            {"port_range_min": None, "port_range_max": None},
        ),
        ({"protocol": "icmp", "port_range_min": 8, "port_range_max": 0}, {}),
        ({"protocol": "icmp", "port_range_min": 8}, {}),
        ({"protocol": "icmp", "ethertype": "ipv6"}, {"ethertype": "IPv6", "protocol": "ipv6-icmp"}),
        ({"protocol": "icmpv6", "ethertype": "IPv6"}, {"protocol": "ipv6-icmp"}),
        ({"protocol": "sctp", "port_range_min": 5, "port_range_max": 5}, {}),
        ({"protocol": "112"}, {}),
        (
            {"remote_ip_prefix": "10.0.0.7/24"},
            {"remote_ip_prefix": "10.0.0.7/24", "normalized_cidr": "10.0.0.0/24"},
        ),
        ({"remote_ip_prefix": "10.0.0.7"}, {"remote_ip_prefix": "10.0.0.7/32", "normalized_cidr": "10.0.0.7/32"}),
        (
            {"remote_ip_prefix": "2001:db8::/32", "ethertype": "IPv6"},
            {"remote_ip_prefix": "2001:db8::/32", "normalized_cidr": "2001:db8::/32"},
        ),
        ({"remote_ip_prefix": ""}, {"remote_ip_prefix": None}),
    ],
)
def test_rules(api, web, given, kept):
    made = api.post("security-group-rules", security_group_id=web["id"], direction="ingress", **given)
    (rule,) = unnamed([made])
    assert rule == RULE | given | kept
    assert api.get(f"security-group-rules/{made['id']}") == made
    assert made in api.get(f"security-groups/{web['id']}")["security_group_rules"]
    change = api.put(f"security-group-rules/{made['id']}", description="why")
    assert (change["description"], change["revision_number"]) == ("why", 2)


@pytest.mark.parametrize(
    ("given", "fault", "names"),
    [
        ({"protocol": "carp"}, "SecurityGroupRuleInvalidProtocol", "carp"),
        ({"protocol": 256}, "SecurityGroupRuleInvalidProtocol", "256"),
        ({"protocol": -1}, "SecurityGroupRuleInvalidProtocol", "-1"),
        ({"protocol": ["tcp"]}, "SecurityGroupRuleInvalidProtocol", "tcp"),
        ({"ethertype": "IPX"}, "SecurityGroupRuleInvalidEtherType", "IPX"),
        ({"direction": "sideways"}, "HTTPBadRequest", "sideways"),
        ({"port_range_min": 80, "port_range_max": 80}, "SecurityGroupProtocolRequiredWithPorts", "protocol"),
        ({"protocol": "tcp", "port_range_min": 90, "port_range_max": 80}, "SecurityGroupInvalidPortRange", "<="),
        ({"protocol": "tcp", "port_range_min": 90}, "SecurityGroupInvalidPortRange", "<="),
        ({"protocol": "tcp", "port_range_min": 0, "port_range_max": 1}, "SecurityGroupInvalidPortValue", "0"),
        ({"protocol": "tcp", "port_range_min": 65536}, "SecurityGroupInvalidPortValue", "65536"),
        ({"protocol": "tcp", "port_range_min": "http"}, "SecurityGroupInvalidPortValue", "http"),
        ({"protocol": "icmp", "port_range_min": 256}, "SecurityGroupInvalidIcmpValue", "256"),
        ({"protocol": "icmp", "port_range_max": 5}, "SecurityGroupMissingIcmpType", "5"),
        (
            {"protocol": "gre", "port_range_min": 5, "port_range_max": 5},
            "SecurityGroupInvalidProtocolForPort",
            "gre",
        ),
        ({"remote_ip_prefix": "ten"}, "InvalidCIDR", "ten"),
        ({"remote_ip_prefix": "10.0.0.0/0.0.0.255"}, "InvalidCIDR", "0.0.0.255"),
        ({"remote_ip_prefix": 10}, "InvalidCIDR", "10"),
        ({"remote_ip_prefix": "2001:db8::/32"}, "SecurityGroupRuleParameterConflict", "2001:db8::/32"),
        ({"protocol": "ipv6-icmp"}, "SecurityGroupEthertypeConflictWithProtocol", "ipv6-icmp"),
        ({"protocol": "58"}, "SecurityGroupEthertypeConflictWithProtocol", "58"),
        (
            {"remote_ip_prefix": "10.0.0.0/8", "remote_group_id": "11111111-2222-3333-4444-555555555555"},
            "SecurityGroupMultipleRemoteEntites",
            "remote_group_id",
        ),
    ],
)
def test_rules_that_make_no_sense(api, web, given, fault, names):
    body = {"security_group_id": web["id"], "direction": "ingress"} | given
    if "remote_group_id" in given:
        body["remote_group_id"] = web["id"]
    got = api.refused("POST", "security-group-rules", {"security_group_rule": body})
    assert got[:2] == (400, fault)
    assert names in got[2]


def test_rules_of_what_is_not_there(api, web):
    missing = "11111111-2222-3333-4444-555555555555"
    for given in ({"security_group_id": missing}, {"security_group_id": web["id"], "remote_group_id": missing}):
        body = {"security_group_rule": given | {"direction": "ingress"}}
        got = api.refused("POST", "security-group-rules", body)
        assert got == (404, "SecurityGroupNotFound", f"Security group {missing} does not exist")
    assert api.refused("GET", f"security-group-rules/{missing}")[:2] == (404, "SecurityGroupRuleNotFound")


def test_the_same_rule_twice(api, web):
    given = {"security_group_id": web["id"], "direction": "ingress", "remote_ip_prefix": "10.0.0.1/8"}
    made = api.post("security-group-rules", **given)
    for prefix in ("10.0.0.1/8", "10.9.9.9/8"):
        body = {"security_group_rule": given | {"remote_ip_prefix": prefix}}
        assert api.refused("POST", "security-group-rules", body) == (
            409,
            "SecurityGroupRuleExists",
            f"Security group rule already exists. Rule id is {made['id']}.",
        )
    bulk = {"security_group_rules": [given | {"protocol": "tcp"}, given | {"protocol": "tcp"}]}
    assert api.refused("POST", "security-group-rules", bulk)[:2] == (409, "SecurityGroupRuleExists")
    api.delete(f"security-group-rules/{made['id']}")
    api.post("security-group-rules", **given)


def test_only_the_description_of_a_rule_changes(api, web):
    rule = web["security_group_rules"][0]
    for name, value in (("direction", "ingress"), ("protocol", "tcp"), ("security_group_id", web["id"])):
        got = api.refused("PUT", f"security-group-rules/{rule['id']}", {"security_group_rule": {name: value}})
        assert got == (400, "HTTPBadRequest", f"Cannot update read-only attribute {name}")


def test_groups_are_filtered_by_being_shared(api, web):
    assert {group["name"] for group in api.get("security-groups", shared=False)} == {"default", "web"}
    assert api.get("security-groups", shared=True) == []
    assert api.refused("GET", "security-groups?sort_key=shared")[:2] == (400, "HTTPBadRequest")
