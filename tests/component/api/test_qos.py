"""QoS policies and their rules through the API, and what is under them."""

import pytest

NOBODY = "00000000-0000-4000-8000-000000000000"
POLICIES = "qos/policies"
BANDWIDTH = {"max_kbps": 200, "max_burst_kbps": 1337}
# One rule of each type: collection, what is given, what else it has.
RULES = {
    "bandwidth_limit": (BANDWIDTH, {"direction": "egress"}, {"max_kbps": 5000, "direction": "ingress"}),
    "dscp_marking": ({"dscp_mark": 56}, {}, {"dscp_mark": 48}),
    "minimum_bandwidth": ({"min_kbps": 1138}, {"direction": "egress"}, {"min_kbps": 350, "direction": "ingress"}),
    "minimum_packet_rate": ({"min_kpps": 200}, {"direction": "egress"}, {"min_kpps": 201, "direction": "any"}),
    "packet_rate_limit": ({"max_kpps": 7}, {"direction": "egress", "max_burst_kpps": 0}, {"max_burst_kpps": 3}),
}


class Qos:
    """Policies, in few words."""

    def __init__(self, api):
        self.api = api

    def one(self, method, path, noun, /, **given):
        answer = self.api.send(method, path, json={noun: given})
        assert answer.status_code == (201 if method == "POST" else 200), answer.text
        return answer.json()[noun]

    def policy(self, *rules, **given):
        made = self.one("POST", POLICIES, "policy", **given)
        for kind, rule in rules:
            self.rule(made, kind, **rule)
        return made

    def change(self, policy, **given):
        return self.one("PUT", f"{POLICIES}/{policy['id']}", "policy", **given)

    def show(self, policy):
        return self.api.get(f"{POLICIES}/{policy['id']}")

    def path(self, policy, kind, rule=None):
        return f"{POLICIES}/{policy['id']}/{kind}_rules" + (f"/{rule['id']}" if rule else "")

    def rule(self, policy, kind, **given):
        return self.one("POST", self.path(policy, kind), f"{kind}_rule", **given)

    def change_rule(self, policy, kind, rule, **given):
        return self.one("PUT", self.path(policy, kind, rule), f"{kind}_rule", **given)

    def refused(self, policy, kind, **given):
        return self.api.refused("POST", self.path(policy, kind), {f"{kind}_rule": given})[:2]


@pytest.fixture
def qos(api):
    return Qos(api)


def test_a_policy_lives(api, qos):
    made = qos.policy(name="gold", description="d")
    assert made == {
        "id": made["id"],
        "name": "gold",
        "description": "d",
        "project_id": "acme",
        "tenant_id": "acme",
        "shared": False,
        "is_default": False,
        "rules": [],
        "tags": [],
        "revision_number": 1,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert qos.show(made) == made
    other = qos.policy(name="silver", project_id="other")
    assert api.get(POLICIES, name="gold") == [made]
    assert api.get(POLICIES, project_id="other") == [other]
    assert api.get(POLICIES, is_default=True) == []
    assert [one["name"] for one in api.get(POLICIES, sort_key="name", sort_dir="desc")] == ["silver", "gold"]
    page = api.send("GET", POLICIES, params={"limit": 1, "sort_key": "name"}).json()
    assert [one["name"] for one in page["policies"]] == ["gold"]
    assert page["policies_links"][0]["rel"] == "next"
    changed = qos.change(made, description="e", shared=True)
    assert (changed["description"], changed["shared"], changed["rules"], changed["revision_number"]) == (
        "e",
        True,
        [],
        2,
    )
    assert api.get(f"{POLICIES}/{made['id']}", ("fields", "name"), ("fields", "rules")) == {"name": "gold", "rules": []}
    api.delete(f"{POLICIES}/{made['id']}")
    assert api.refused("GET", f"{POLICIES}/{made['id']}")[:2] == (404, "QosPolicyNotFound")
    assert api.refused("PUT", f"{POLICIES}/{made['id']}", {"policy": {}})[:2] == (404, "QosPolicyNotFound")
    assert api.refused("DELETE", f"{POLICIES}/qos_policy-1")[:2] == (404, "QosPolicyNotFound")


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x" * 256},
        {"description": "x" * 256},
        {"project_id": "x" * 256},
        {"shared": "perhaps"},
        {"is_default": None},
        {"rules": []},
        {"color": "red"},
    ],
    ids=str,
)
def test_policies_that_cannot_be(api, qos, given):
    assert api.refused("POST", POLICIES, {"policy": given})[:2] == (400, "HTTPBadRequest")
    made = qos.policy()
    assert api.refused("PUT", f"{POLICIES}/{made['id']}", {"policy": given})[:2] == (400, "HTTPBadRequest")


def test_tags_of_a_policy_under_either_path(api, qos):
    made = qos.policy()
    for path, tag in ((f"policies/{made['id']}", "red"), (f"{POLICIES}/{made['id']}", "blue")):
        assert api.send("PUT", f"{path}/tags/{tag}").status_code == 201
    assert sorted(api.get(f"policies/{made['id']}/tags")) == ["blue", "red"]
    assert [one["id"] for one in api.get(POLICIES, tags="red,blue")] == [made["id"]]
    assert api.get(POLICIES, **{"not-tags": "red"}) == []
    qos.change(made, name="n")
    assert sorted(qos.show(made)["tags"]) == ["blue", "red"]


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_lives(api, qos, kind):
    given, more, changes = RULES[kind]
    policy, other = qos.policy(), qos.policy()
    rule = qos.rule(policy, kind, **given)
    assert rule == {"id": rule["id"], **more, **given}
    elsewhere = qos.rule(other, kind, **given)
    path, name = qos.path(policy, kind), f"{kind}_rule"
    assert api.get(path) == [rule]
    assert api.get(qos.path(other, kind)) == [elsewhere]
    assert api.get(f"{path}/{rule['id']}") == rule
    (attribute, value), *_ = given.items()
    assert api.get(path, **{attribute: value}) == [rule]
    assert api.get(path, **{attribute: 0}) == []
    shown = qos.show(policy)
    assert shown["rules"] == [{**rule, "qos_policy_id": policy["id"], "type": kind}]
    assert shown["revision_number"] == 2

    changed = qos.change_rule(policy, kind, rule, **changes)
    assert changed == rule | changes
    assert api.get(f"{path}/{rule['id']}") == changed
    assert qos.change_rule(policy, kind, rule, **changes) == changed
    assert qos.show(policy)["revision_number"] == 3

    for alias in (f"qos/alias_{kind}_rules", f"qos/alias-{kind.replace('_', '-')}-rules"):
        assert api.send("GET", f"{alias}/{rule['id']}").json() == {f"alias_{name}": changed}
        assert qos.one("PUT", f"{alias}/{rule['id']}", f"alias_{name}", **given) == changed | given
        assert qos.one("PUT", f"{alias}/{rule['id']}", f"alias_{name}", **changes) == changed
        assert api.refused("PUT", f"{alias}/{rule['id']}", {name: given})[:2] == (400, "HTTPBadRequest")
        assert api.refused("GET", f"{alias}/{NOBODY}")[:2] == (404, "QosRuleNotFound")
    api.delete(f"qos/alias_{kind}_rules/{elsewhere['id']}")
    assert api.get(qos.path(other, kind)) == []

    body = {name: given}
    for wrong in (f"{POLICIES}/{NOBODY}/{kind}_rules", f"{POLICIES}/policy/{kind}_rules"):
        assert api.refused("POST", wrong, body)[:2] == (404, "QosPolicyNotFound")
        assert api.refused("GET", wrong)[:2] == (404, "QosPolicyNotFound")
    assert api.refused("PUT", f"{POLICIES}/qos_policy-1/{kind}_rules/{rule['id']}", body)[0] == 404
    for policy_id, rule_id in ((policy["id"], "qos_rule-1"), (other["id"], rule["id"])):
        at = f"{POLICIES}/{policy_id}/{kind}_rules/{rule_id}"
        for method in ("GET", "PUT", "DELETE"):
            sent = body if method == "PUT" else None
            assert api.refused(method, at, sent)[:2] == (404, "QosRuleNotFound")
    api.delete(f"{path}/{rule['id']}")
    assert api.refused("GET", f"{path}/{rule['id']}")[:2] == (404, "QosRuleNotFound")
    assert qos.show(policy)["rules"] == []


def test_a_policy_goes_with_its_rules(api, qos):
    policy = qos.policy(*((kind, given) for kind, (given, _, _) in RULES.items() if kind != "minimum_bandwidth"))
    qos.rule(policy, "minimum_bandwidth", min_kbps=9)
    assert [rule["type"] for rule in qos.show(policy)["rules"]] == list(RULES)
    assert api.get(POLICIES)[0]["rules"] == qos.change(policy, name="x")["rules"]
    api.delete(f"{POLICIES}/{policy['id']}")
    assert [api.rows()[f"{kind}_rules"] for kind in RULES] == [[]] * len(RULES)


def test_rules_in_bulk(api, qos):
    policy = qos.policy()
    body = {"bandwidth_limit_rules": [{"max_kbps": 1, "direction": way} for way in ("egress", "ingress")]}
    assert api.send("POST", qos.path(policy, "bandwidth_limit"), json=body).status_code == 201
    assert [rule["direction"] for rule in qos.show(policy)["rules"]] == ["egress", "ingress"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("bandwidth_limit", {}),
        ("bandwidth_limit", {"max_burst_kbps": 1}),
        ("bandwidth_limit", {"max_kbps": -1}),
        ("bandwidth_limit", {"max_kbps": 2**31}),
        ("bandwidth_limit", {"max_kbps": "fast"}),
        ("bandwidth_limit", {"max_kbps": 1, "direction": "any"}),
        ("bandwidth_limit", {"max_kbps": 1, "direction": None}),
        ("bandwidth_limit", {"max_kbps": 1, "qos_policy_id": NOBODY}),
        ("minimum_bandwidth", {"direction": "egress"}),
        ("minimum_bandwidth", {"min_kbps": 1, "direction": "any"}),
        ("minimum_packet_rate", {"direction": "egress"}),
        ("minimum_packet_rate", {"min_kpps": 1, "direction": "up"}),
        ("packet_rate_limit", {"max_burst_kpps": 1}),
        *(("dscp_marking", {"dscp_mark": mark}) for mark in (1, 2, 6, 42, 50, 54, 58, 64, -8, "x", None)),
    ],
    ids=str,
)
def test_values_that_rules_cannot_have(api, qos, kind, given):
    assert qos.refused(qos.policy(), kind, **given) == (400, "HTTPBadRequest")


def test_marks_are_those_that_the_details_name(api, qos):
    (driver,) = api.get("qos/rule-types/dscp_marking")["drivers"]
    (parameter,) = driver["supported_parameters"]
    assert parameter["parameter_name"] == "dscp_mark"
    policy = qos.policy(shared=True)
    rule = qos.rule(policy, "dscp_marking", dscp_mark=parameter["parameter_values"][0])
    for mark in range(57):
        if mark in parameter["parameter_values"]:
            assert qos.change_rule(policy, "dscp_marking", rule, dscp_mark=mark)["dscp_mark"] == mark
        else:
            assert qos.refused(policy, "dscp_marking", dscp_mark=mark)[0] == 400


def test_rules_that_contradict_each_other(api, qos):
    policy = qos.policy(("bandwidth_limit", BANDWIDTH), ("dscp_marking", {"dscp_mark": 8}))
    conflict = (409, "QoSRulesConflict")
    assert qos.refused(policy, "bandwidth_limit", max_kbps=201) == conflict
    assert qos.refused(policy, "dscp_marking", dscp_mark=10) == conflict
    incoming = qos.rule(policy, "bandwidth_limit", max_kbps=100, direction="ingress")
    assert qos.refused(policy, "bandwidth_limit", max_kbps=100, direction="ingress") == conflict
    path = qos.path(policy, "bandwidth_limit", incoming)
    assert api.refused("PUT", path, {"bandwidth_limit_rule": {"direction": "egress"}})[:2] == conflict

    unequal = (409, "QoSRuleParameterConflict")
    assert qos.refused(policy, "minimum_bandwidth", min_kbps=201) == unequal
    least = qos.rule(policy, "minimum_bandwidth", min_kbps=200)
    assert qos.refused(policy, "minimum_bandwidth", min_kbps=1) == conflict
    path = qos.path(policy, "minimum_bandwidth", least)
    for change in ({"min_kbps": 201}, {"direction": "ingress"}):
        assert api.refused("PUT", path, {"minimum_bandwidth_rule": change})[:2] == unequal
    (rule,) = (one for one in qos.show(policy)["rules"] if one.get("max_kbps") == 200)
    body = {"bandwidth_limit_rule": {"max_kbps": 199}}
    assert api.refused("PUT", qos.path(policy, "bandwidth_limit", rule), body)[:2] == unequal
    assert qos.change_rule(policy, "bandwidth_limit", rule, max_kbps=300)["max_kbps"] == 300


def test_packet_rates_are_of_one_direction_or_of_any(api, qos):
    one, other = qos.policy(), qos.policy()
    outgoing = qos.rule(one, "minimum_packet_rate", min_kpps=300)
    qos.rule(one, "minimum_packet_rate", min_kpps=300, direction="ingress")
    qos.rule(other, "minimum_packet_rate", min_kpps=300, direction="any")
    unequal = (409, "QoSRuleParameterConflict")
    assert qos.refused(one, "minimum_packet_rate", min_kpps=1, direction="any") == unequal
    assert qos.refused(other, "minimum_packet_rate", min_kpps=1, direction="egress") == unequal
    assert qos.refused(other, "minimum_packet_rate", min_kpps=1, direction="any") == (409, "QoSRulesConflict")
    body = {"minimum_packet_rate_rule": {"direction": "any"}}
    assert api.refused("PUT", qos.path(one, "minimum_packet_rate", outgoing), body)[:2] == unequal


def test_types_of_rules(api):
    working = [
        {"type": name} for name in ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate")
    ]
    every = sorted(RULES)
    assert api.get("qos/rule-types") == working
    assert api.get("qos/rule-types", all_supported=True) == working
    assert sorted(one["type"] for one in api.get("qos/rule-types", all_rules=True)) == every
    assert api.get("qos/rule-types", all_rules=False) == working
    assert api.refused("GET", "qos/rule-types?all_rules=perhaps")[:2] == (400, "HTTPBadRequest")
    assert api.refused("GET", "qos/rule-types?color=red")[:2] == (400, "HTTPBadRequest")
    number = {"parameter_type": "range", "parameter_values": {"start": 0, "end": 2147483647}}
    ways = {"parameter_type": "choices", "parameter_values": ["ingress", "egress"]}
    assert api.get("qos/rule-types/bandwidth_limit") == {
        "type": "bandwidth_limit",
        "drivers": [
            {
                "name": "OVNQosDriver",
                "supported_parameters": [
                    {"parameter_name": "max_kbps", **number},
                    {"parameter_name": "max_burst_kbps", **number},
                    {"parameter_name": "direction", **ways},
                ],
            }
        ],
    }
    assert api.get("qos/rule-types/packet_rate_limit") == {"type": "packet_rate_limit", "drivers": []}
    assert api.refused("GET", "qos/rule-types/color")[:2] == (400, "HTTPBadRequest")


def test_a_project_has_one_default_for_its_new_networks(api, qos):
    before = api.network()
    assert before["qos_policy_id"] is None
    default = qos.policy(is_default=True)
    other = qos.policy()
    taken = (409, "QoSPolicyDefaultAlreadyExists")
    assert api.refused("POST", POLICIES, {"policy": {"is_default": True}})[:2] == taken
    assert api.refused("PUT", f"{POLICIES}/{other['id']}", {"policy": {"is_default": True}})[:2] == taken
    assert qos.change(default, is_default=True) == default
    assert api.network()["qos_policy_id"] == default["id"]
    assert api.network(qos_policy_id=other["id"])["qos_policy_id"] == other["id"]
    assert api.network(project_id="another")["qos_policy_id"] is None
    elsewhere = qos.policy(is_default=True, project_id="another")
    assert api.network(project_id="another")["qos_policy_id"] == elsewhere["id"]
    assert api.get(f"networks/{before['id']}") == before
    qos.change(default, is_default=False)
    qos.change(other, is_default=True)
    assert api.network()["qos_policy_id"] == other["id"]
    assert {one["id"] for one in api.get(POLICIES, is_default=True)} == {other["id"], elsewhere["id"]}


def test_networks_and_ports_under_policies(api, qos):
    gold, silver = qos.policy(("bandwidth_limit", BANDWIDTH)), qos.policy()
    network = api.network()
    port = api.port(network)
    assert (port["qos_policy_id"], port["qos_network_policy_id"], port["resource_request"]) == (None, None, None)
    changed = api.put(f"networks/{network['id']}", qos_policy_id=gold["id"])
    assert changed == api.get(f"networks/{network['id']}")
    assert (changed["qos_policy_id"], changed["revision_number"]) == (gold["id"], network["revision_number"] + 1)
    assert api.get("networks", qos_policy_id=gold["id"]) == [changed]
    shown = api.get(f"ports/{port['id']}")
    assert (shown["qos_policy_id"], shown["qos_network_policy_id"]) == (None, gold["id"])
    own = api.put(f"ports/{port['id']}", qos_policy_id=silver["id"])
    assert own == api.get(f"ports/{port['id']}")
    assert (own["qos_policy_id"], own["qos_network_policy_id"]) == (silver["id"], gold["id"])
    assert own["revision_number"] == port["revision_number"] + 1
    made = api.port(network, qos_policy_id=silver["id"])
    assert made == api.get(f"ports/{made['id']}")
    assert len(api.get("ports", qos_policy_id=silver["id"])) == 2
    assert api.put(f"ports/{made['id']}", name="x")["qos_network_policy_id"] == gold["id"]

    for policy in (gold, silver):
        assert api.refused("DELETE", f"{POLICIES}/{policy['id']}")[:2] == (409, "QosPolicyInUse")
    api.put(f"ports/{port['id']}", qos_policy_id=None)
    api.delete(f"ports/{made['id']}")
    api.delete(f"{POLICIES}/{silver['id']}")
    assert api.put(f"networks/{network['id']}", qos_policy_id=None)["qos_policy_id"] is None
    api.delete(f"{POLICIES}/{gold['id']}")


def test_policies_that_are_not_there(api, qos):
    missing, odd = {"qos_policy_id": NOBODY}, {"qos_policy_id": "gold"}
    outer = api.network(**{"router:external": True})
    api.subnet(outer, "203.0.113.0/24")
    port, router = api.port(outer), api.post("routers")
    floating = api.post("floatingips", floating_network_id=outer["id"])
    gateway = {"network_id": outer["id"]}
    sent = [
        ("POST", "networks", "network", {}),
        ("PUT", f"networks/{outer['id']}", "network", {}),
        ("POST", "ports", "port", {"network_id": outer["id"]}),
        ("PUT", f"ports/{port['id']}", "port", {}),
        ("POST", "floatingips", "floatingip", {"floating_network_id": outer["id"]}),
        ("PUT", f"floatingips/{floating['id']}", "floatingip", {}),
    ]
    for method, path, name, given in sent:
        assert api.refused(method, path, {name: given | missing})[:2] == (404, "QosPolicyNotFound")
        assert api.refused(method, path, {name: given | odd})[:2] == (400, "HTTPBadRequest")
    for method, path in (("POST", "routers"), ("PUT", f"routers/{router['id']}")):
        for wrong, kind in ((missing, (404, "QosPolicyNotFound")), (odd, (400, "HTTPBadRequest"))):
            body = {"router": {"external_gateway_info": gateway | wrong}}
            assert api.refused(method, path, body)[:2] == kind


def test_floating_ips_and_gateways_under_policies(api, qos):
    gold = qos.policy(("bandwidth_limit", BANDWIDTH))
    outer = api.network(**{"router:external": True})
    api.subnet(outer, "203.0.113.0/24")
    floating = api.post("floatingips", floating_network_id=outer["id"], qos_policy_id=gold["id"])
    path = f"floatingips/{floating['id']}"
    assert floating == api.get(path)
    assert (floating["qos_policy_id"], floating["qos_network_policy_id"]) == (gold["id"], None)
    api.put(f"networks/{outer['id']}", qos_policy_id=gold["id"])
    assert api.get(path)["qos_network_policy_id"] == gold["id"]
    api.put(f"networks/{outer['id']}", qos_policy_id=None)
    assert api.get("floatingips", qos_policy_id=gold["id"]) == [floating]
    assert api.put(path, description="d")["qos_policy_id"] == gold["id"]
    assert api.refused("DELETE", f"{POLICIES}/{gold['id']}")[2].split(" is used by ")[1].startswith("fip ")
    assert api.put(path, qos_policy_id=None)["qos_policy_id"] is None

    info = {"network_id": outer["id"], "qos_policy_id": gold["id"]}
    router = api.post("routers", external_gateway_info=info)
    path = f"routers/{router['id']}"
    assert router == api.get(path)
    assert router["external_gateway_info"]["qos_policy_id"] == gold["id"]
    assert api.refused("DELETE", f"{POLICIES}/{gold['id']}")[2].split(" is used by ")[1].startswith("router ")
    without = {"network_id": outer["id"], "enable_snat": False}
    changed = api.put(path, external_gateway_info=without)
    assert (changed["external_gateway_info"]["qos_policy_id"], changed) == (gold["id"], api.get(path))
    changed = api.put(path, external_gateway_info=without | {"qos_policy_id": None})
    assert (changed["external_gateway_info"]["qos_policy_id"], changed) == (None, api.get(path))
    api.put(path, external_gateway_info=info)
    api.put(path, external_gateway_info=None)
    assert api.put(path, external_gateway_info=without)["external_gateway_info"]["qos_policy_id"] is None
    api.put(path, external_gateway_info=info)
    api.delete(path)
    api.delete(f"{POLICIES}/{gold['id']}")


def test_what_ovn_does_not_do_is_refused_where_it_would_matter(api, qos):
    kind, given = "packet_rate_limit", RULES["packet_rate_limit"][0]
    rates, empty = qos.policy((kind, given)), qos.policy()
    wanted = {"qos_policy_id": rates["id"]}
    outer = api.network(**{"router:external": True})
    api.subnet(outer, "203.0.113.0/24")
    network, on_port = (409, "QosRuleNotSupportedByNetwork"), (409, "QosRuleNotSupported")
    assert api.refused("POST", "networks", {"network": wanted})[:2] == network
    assert api.refused("PUT", f"networks/{outer['id']}", {"network": wanted})[:2] == network
    assert api.refused("POST", "ports", {"port": {"network_id": outer["id"], **wanted}})[:2] == on_port
    floating = {"floating_network_id": outer["id"], **wanted}
    assert api.refused("POST", "floatingips", {"floatingip": floating})[:2] == on_port
    gateway = {"external_gateway_info": {"network_id": outer["id"], **wanted}}
    assert api.refused("POST", "routers", {"router": gateway})[:2] == on_port
    api.put(f"networks/{outer['id']}", qos_policy_id=empty["id"])
    assert qos.refused(empty, kind, **given) == network
    api.port(outer, qos_policy_id=empty["id"])
    assert qos.refused(empty, kind, **given) == on_port


def test_a_rate_of_packets_is_guaranteed_to_ports_alone(api, qos):
    kind, given = "minimum_packet_rate", {"min_kpps": 5}
    rates, empty = qos.policy((kind, given)), qos.policy()
    outer = api.network(**{"router:external": True})
    api.subnet(outer, "203.0.113.0/24")
    refused = (409, "QosRuleNotSupported")
    floating = {"floating_network_id": outer["id"], "qos_policy_id": rates["id"]}
    assert api.refused("POST", "floatingips", {"floatingip": floating})[:2] == refused
    gateway = {"external_gateway_info": {"network_id": outer["id"], "qos_policy_id": rates["id"]}}
    assert api.refused("POST", "routers", {"router": gateway})[:2] == refused
    port = api.port(outer, qos_policy_id=empty["id"])
    made = api.post("floatingips", **(floating | {"qos_policy_id": empty["id"]}))
    said = f"Rule minimum_packet_rate is not supported by fip {made['id']}"
    body = {f"{kind}_rule": given}
    assert api.refused("POST", qos.path(empty, kind), body) == (*refused, said)
    api.delete(f"floatingips/{made['id']}")
    qos.rule(empty, kind, **given)
    assert api.get(f"ports/{port['id']}")["resource_request"]["request_groups"][0]["resources"] == {
        "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC": 5
    }


def test_ports_whose_packets_ovn_does_not_see(api, qos):
    gold, empty = qos.policy(("bandwidth_limit", BANDWIDTH)), qos.policy()
    network = api.network()
    direct = {"network_id": network["id"], "binding:vnic_type": "direct"}
    refused = (409, "QosRuleNotSupported")
    assert api.refused("POST", "ports", {"port": direct | {"qos_policy_id": gold["id"]}})[:2] == refused
    port = api.port(network, **{"binding:vnic_type": "direct"}, qos_policy_id=empty["id"])
    assert qos.refused(empty, "bandwidth_limit", max_kbps=1) == refused
    api.put(f"ports/{port['id']}", qos_policy_id=None)
    assert api.refused("PUT", f"networks/{network['id']}", {"network": {"qos_policy_id": gold["id"]}})[:2] == refused
    api.put(f"ports/{port['id']}", **{"binding:vnic_type": "normal"})
    api.put(f"networks/{network['id']}", qos_policy_id=gold["id"])
    body = {"port": {"binding:vnic_type": "direct"}}
    assert api.refused("PUT", f"ports/{port['id']}", body)[:2] == refused


def physical(api, **given):
    wanted = {"provider:network_type": "flat", "provider:physical_network": "physnet-1"}
    return api.network(**wanted, **given)


def requested(port, out, into, place="CUSTOM_PHYSNET_PHYSNET_1"):
    (group,) = port["resource_request"]["request_groups"]
    assert port["resource_request"]["same_subtree"] == [group["id"]]
    assert group["required"] == [place, "CUSTOM_VNIC_TYPE_NORMAL"]
    return group["resources"] == {"NET_BW_EGR_KILOBIT_PER_SEC": out, "NET_BW_IGR_KILOBIT_PER_SEC": into}


def test_what_ports_ask_of_placement(serve):
    api = serve("[ml2_type_flat]", "flat_networks = physnet-1")
    qos = Qos(api)
    least = [
        ("minimum_bandwidth", {"min_kbps": n, "direction": way}) for n, way in ((1000, "egress"), (2000, "ingress"))
    ]
    gold = qos.policy(*least, shared=True)
    network = physical(api)
    port = api.port(network, qos_policy_id=gold["id"])
    assert requested(port, 1000, 2000)
    path = f"ports/{port['id']}"
    assert api.get(path) == port
    assert api.get("ports") == [port]
    assert api.put(path, qos_policy_id=None)["resource_request"] is None
    assert api.get(path)["resource_request"] is None
    api.put(f"networks/{network['id']}", qos_policy_id=gold["id"])
    assert requested(api.get(path), 1000, 2000)
    assert requested(api.port(network), 1000, 2000)
    assert requested(api.port(api.network(), qos_policy_id=gold["id"]), 1000, 2000, "CUSTOM_NETWORK_TUNNEL_PROVIDER")
    (rule,) = api.get(qos.path(gold, "minimum_bandwidth"), direction="egress")
    qos.change_rule(gold, "minimum_bandwidth", rule, min_kbps=1500)
    assert requested(api.get(path), 1500, 2000)
    limited = qos.policy(("bandwidth_limit", BANDWIDTH))
    assert api.put(path, qos_policy_id=limited["id"])["resource_request"] is None
    assert api.get(path)["resource_request"] is None


def test_packets_are_asked_of_placement_as_a_group_of_their_own(api, qos):
    bandwidth, both = ("minimum_bandwidth", {"min_kbps": 1000}), ("minimum_packet_rate", {"min_kpps": 7})
    ways = [("minimum_packet_rate", {"min_kpps": n, "direction": way}) for n, way in ((1, "egress"), (2, "ingress"))]
    any_, apart = qos.policy(bandwidth, (both[0], {"direction": "any", **both[1]})), qos.policy(*ways)
    network = api.network()
    request = api.port(network, qos_policy_id=any_["id"])["resource_request"]
    asked = {tuple(group["required"]): group["resources"] for group in request["request_groups"]}
    assert asked == {
        ("CUSTOM_NETWORK_TUNNEL_PROVIDER", "CUSTOM_VNIC_TYPE_NORMAL"): {"NET_BW_EGR_KILOBIT_PER_SEC": 1000},
        ("CUSTOM_VNIC_TYPE_NORMAL",): {"NET_PACKET_RATE_KILOPACKET_PER_SEC": 7},
    }
    assert request["same_subtree"] == [group["id"] for group in request["request_groups"]]
    assert len(set(request["same_subtree"])) == 2

    api.put(f"networks/{network['id']}", qos_policy_id=apart["id"])
    owner = {"device_owner": "compute:nova", "device_id": "i-1"}
    port = api.port(network, **owner)
    (group,) = port["resource_request"]["request_groups"]
    assert group["resources"] == {
        "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC": 1,
        "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC": 2,
    }
    assert port == api.get(f"ports/{port['id']}")
    (rule,) = api.get(qos.path(apart, "minimum_packet_rate"), direction="egress")
    body = {"minimum_packet_rate_rule": {"min_kpps": 9}}
    used = (409, "QosPolicyInUse")
    assert api.refused("PUT", qos.path(apart, "minimum_packet_rate", rule), body)[:2] == used
    api.put(f"ports/{port['id']}", **{"binding:profile": {"allocation": {group["id"]: NOBODY}}})
    held = (409, "QosPlacementAllocationUpdateConflict")
    assert api.refused("PUT", f"ports/{port['id']}", {"port": {"qos_policy_id": any_["id"]}})[:2] == held


def test_what_placement_has_counted_stays(serve):
    api = serve("[ml2_type_flat]", "flat_networks = physnet-1")
    qos = Qos(api)
    gold, same, less = (qos.policy(("minimum_bandwidth", {"min_kbps": n})) for n in (1000, 1000, 10))
    network = physical(api)
    owner = {"device_owner": "compute:nova", "device_id": "i-1"}
    port = api.port(network, qos_policy_id=gold["id"], **owner)
    used = (409, "QosPolicyInUse")
    (rule,) = api.get(qos.path(gold, "minimum_bandwidth"))
    path = qos.path(gold, "minimum_bandwidth", rule)
    assert api.refused("PUT", path, {"minimum_bandwidth_rule": {"min_kbps": 1}})[:2] == used
    assert api.refused("DELETE", path)[:2] == used
    assert qos.refused(gold, "minimum_bandwidth", min_kbps=1, direction="ingress") == used
    qos.rule(gold, "dscp_marking", dscp_mark=8)

    (group,) = port["resource_request"]["request_groups"]
    api.put(f"ports/{port['id']}", **{"binding:profile": {"allocation": {group["id"]: NOBODY}}})
    held = (409, "QosPlacementAllocationUpdateConflict")
    for wanted in (less["id"], None):
        assert api.refused("PUT", f"ports/{port['id']}", {"port": {"qos_policy_id": wanted}})[:2] == held
    assert api.put(f"ports/{port['id']}", qos_policy_id=same["id"])["qos_policy_id"] == same["id"]
    api.put(f"networks/{network['id']}", qos_policy_id=gold["id"])
    api.put(f"ports/{port['id']}", qos_policy_id=None)
    for wanted in (less["id"], None):
        assert api.refused("PUT", f"networks/{network['id']}", {"network": {"qos_policy_id": wanted}})[:2] == held
    api.put(f"networks/{network['id']}", qos_policy_id=same["id"])
    api.put(f"ports/{port['id']}", device_owner="", device_id="", **{"binding:profile": {}})
    api.put(f"networks/{network['id']}", qos_policy_id=less["id"])
