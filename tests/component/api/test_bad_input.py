"""Whatever is sent: a refusal in the API's own form that leaves no trace, or an answer; never a defect."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neutrino.api.routes import NOUNS
from neutrino.model import faults
from neutrino.model.resource import by_wire

FAULTS = {kind.__name__: kind for kind in faults.kinds()}
ODD = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ID = "11111111-2222-3333-4444-555555555555"


def check(api, before, answer):
    """The answer is good, or a refusal of a known kind that changed nothing. Return what the database holds now."""
    after = api.rows()
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        (fault,) = answer.json().values()
        assert list(answer.json()) == ["NeutronError"]
        assert fault["type"] in FAULTS
        assert FAULTS[fault["type"]].status == answer.status_code
        assert 0 < len(fault["message"]) < 2000
        assert after == before
    return after


DEEP = 5000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"3",
        b'"network"',
        b"{",
        b"{}",
        b'{"network"}',
        b'{"network": null}',
        b'{"network": []}',
        b'{"network": "x"}',
        b'{"networks": null}',
        b'{"networks": [null]}',
        b'{"networks": [{}, 3]}',
        b'{"port": {}}',
        b'{"network": {"name": "\xff"}}',
        b'{"network": {"name": "\xed\xa0\x80"}}',
        b'{"network": {"name": "\\ud800"}}',
        b'{"network": {"\\ud800": 1}}',
        b'{"network": {"name": "a\\u0000b"}}',
        b'{"network": {"name": "a\x00b"}}',
        b'{"network": {"name": NaN}}',
        b'{"network": {"mtu": Infinity}}',
        b'{"network": {"mtu": 1e999}}',
        b'{"network": {"mtu": 1500.5}}',
        b'{"network": {"mtu": 18446744073709551617}}',
        b'{"network": {"mtu": -9223372036854775809}}',
        b'{"network": {"mtu": ' + b"9" * 10_000 + b"}}",
        b'{"network": {"mtu": "' + b"9" * 10_000 + b'"}}',
        b'{"network": {"name": "' + b"x" * 256 + b'"}}',
        b'{"network": {"name": "' + b"x" * 1_000_000 + b'"}}',
        b'{"network": {"name": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
        b'{"network": ' * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"[" * 900 + b"]" * 900,
        b'{"network": {"name": ' + b"[" * 900 + b"]" * 900 + b"}}",
        b'\xef\xbb\xbf{"network": {}}',
        '{"network": {}}'.encode("utf-16"),
        b'{"network": {}} {"network": {}}',
        b"name=x",
        b'{"network": {"id": "' + ID.encode() + b'"}}',
        b'{"network": {"revision_number": 5}}',
        b'{"network": {"created_at": "now"}}',
        b'{"network": {"status": "ACTIVE"}}',
        b'{"network": {"subnets": []}}',
        b'{"network": {"unheard_of": true}}',
        b'{"network": {"": 1}}',
        b'{"network": {"admin_state_up": 2}}',
        b'{"network": {"admin_state_up": null}}',
        b'{"network": {"admin_state_up": "maybe"}}',
        b'{"network": {"project_id": ' + b'"x"' + b', "tenant_id": "y"}}',
    ],
    ids=range(52),
)
def test_malformed_bodies(api, body):
    status, kind, _ = api.refused("POST", "networks", body)
    assert (status, kind) == (400, "HTTPBadRequest")


def test_of_a_key_twice_the_last_counts(api):
    answer = api.send("POST", "networks", content=b'{"network": {"name": "a", "name": "b"}}')
    assert (answer.status_code, answer.json()["network"]["name"]) == (201, "b")


def test_a_body_beyond_the_limit(serve):
    api = serve("[oslo_middleware]", "max_request_body_size = 2048")
    body = json.dumps({"network": {"name": "x", "description": ""}}).encode()
    assert api.refused("POST", "networks", body.ljust(2049)) == (
        413,
        "RequestEntityTooLarge",
        "The request body is longer than 2048 bytes",
    )
    assert api.send("POST", "networks", content=body.ljust(2048)).status_code == 201


@pytest.mark.parametrize(
    "profile",
    [
        {"a": 2**64},
        {"a": -(2**63) - 1},
        {"a": [10**40]},
        {"a": "x" * 5000},
        {"a": None, "b": [[[[[]]]]], "c": {"d": 1.5}},
    ],
    ids=range(5),
)
def test_dictionaries(api, profile):
    network = api.network()
    before = api.rows()
    answer = api.send("POST", "ports", json={"port": {"network_id": network["id"], "binding:profile": profile}})
    check(api, before, answer)
    if answer.status_code == 201:
        assert answer.json()["port"]["binding:profile"] == profile


def test_messages_name_the_value(api):
    for body, name in (
        ({"network": {"color": "red"}}, "color"),
        ({"network": {"mtu": "large"}}, "large"),
        ({"network": {"admin_state_up": "perhaps"}}, "perhaps"),
        ({"network": {"name": 77}}, "77"),
        ({"port": {"network_id": ID}}, "network"),
    ):
        assert name in api.refused("POST", "networks", body)[2]
    message = api.refused("POST", "networks", {"network": {"name": "z" * 100_000}})[2]
    assert len(message) < 300


ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, -1, 0, 65536]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "\x00",
            "a\x00b",
            "\x7f",
            "\n",
            "x" * 256,
            "x" * 70_000,
            "10.0.0.0/24\n",
            "10.0.0.1 ",
            "::ffff:10.0.0.1",
            "fe80::1%eth0",
            "0x0a000001",
            "010.0.0.1",
            "fa:16:3e:00:00:01",
            "٣",
            "9" * 5000,
            ID,
            ID.upper(),
            f"{{{ID}}}",
        ]
    ),
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
        max_leaves=8,
    ),
    st.just([[]] * 2000),
    st.just({str(i): i for i in range(2000)}),
)
PARTS = (
    "segmentation_id",
    "segmentation_type",
    "provider:network_type",
    "network_id",
    "enable_snat",
    "external_fixed_ips",
    "port_id",
    "ip_address",
    "subnet_id",
    "mac_address",
    "start",
    "end",
    "destination",
    "nexthop",
    "internal_port",
    "external_port_range",
)
LISTS = st.lists(
    st.dictionaries(st.sampled_from(PARTS), st.one_of(st.sampled_from(["10.0.0.5", "10.1.0.0/16", ID]), ODD_VALUES)),
    max_size=3,
)


@st.composite
def mutated(draw):
    """A noun, and changes to a valid body of it."""
    noun = draw(st.sampled_from([noun for noun in NOUNS if noun.create]))
    wires = sorted(by_wire(noun.cls))
    names = st.one_of(st.sampled_from(wires), st.text(max_size=8))
    return noun, draw(st.dictionaries(names, st.one_of(ODD_VALUES, LISTS), min_size=1, max_size=3))


def valid(noun, seed):
    """A body that is accepted."""
    return {
        "network": {"name": "n"},
        "subnet": {"network_id": seed["network"], "ip_version": 4, "cidr": "10.7.0.0/24"},
        "port": {"network_id": seed["network"], "device_id": "vm"},
        "security_group": {"name": "g"},
        "subnetpool": {"name": "p", "prefixes": ["10.64.0.0/16"]},
        "address_group": {"name": "a", "addresses": ["192.0.2.0/24"]},
        "default_security_group_rule": {"direction": "ingress", "protocol": "udp"},
        "segment": {"network_id": seed["network"], "network_type": "geneve"},
        "network_segment_range": {"network_type": "vxlan", "minimum": 7, "maximum": 9},
        "trunk": {"port_id": seed["port"], "sub_ports": []},
        "address_scope": {"name": "s", "ip_version": 4},
        "router": {"external_gateway_info": {"network_id": seed["outer"]}},
        "floatingip": {"floating_network_id": seed["outer"], "port_id": seed["port"]},
        "rbac_policy": {
            "object_type": "network",
            "object_id": seed["network"],
            "action": "access_as_shared",
            "target_tenant": ID,
        },
        "service_profile": {"metainfo": "m"},
        "flavor": {"service_type": "L3_ROUTER_NAT"},
        "log": {"resource_type": "security_group", "target_id": seed["port"]},
        "security_groups_default_statefulness": {"project_id": "other"},
        "security_group_rule": {"security_group_id": seed["group"], "direction": "ingress", "protocol": "tcp"},
        "local_ip": {"network_id": seed["network"]},
        "port_association": {"fixed_port_id": seed["port"]},
        "ndp_proxy": {"router_id": seed["router"], "port_id": seed["spare"]},
        "port_forwarding": {
            "internal_port_id": seed["port"],
            "internal_port": 7,
            "external_port": 7,
            "protocol": "udp",
        },
        "metering_label": {"name": "m"},
        "metering_label_rule": {
            "metering_label_id": seed["metering_label"],
            "direction": "egress",
            "source_ip_prefix": "10.0.0.0/8",
        },
        "policy": {"name": "q"},
        "bandwidth_limit_rule": {"max_kbps": 200, "direction": "ingress"},
        "dscp_marking_rule": {"dscp_mark": 8},
        "minimum_bandwidth_rule": {"min_kbps": 100, "direction": "ingress"},
        "packet_rate_limit_rule": {"max_kpps": 200, "direction": "ingress"},
        "minimum_packet_rate_rule": {"min_kpps": 100, "direction": "ingress"},
    }[noun.cls.singular]


def place(noun, seed):
    """The noun's path."""
    return noun.route.format(parent_id=seed[noun.parent.cls.singular]) if noun.parent else noun.route


@pytest.fixture
def seed(api):
    network = api.network()
    api.subnet(network, "10.0.0.0/24")
    api.subnet(network, "2001:db8::/64", ipv6_address_mode="slaac")
    api.host("node1")
    found = {"network": network["id"], "port": api.port(network)["id"], "api": api}
    found["subnet"] = api.get("subnets", ip_version=4)[0]["id"]
    found["subnetpool"] = api.post("subnetpools", name="p", prefixes=["10.80.0.0/16"])["id"]
    found["address_scope"] = api.post("address-scopes", ip_version=4)["id"]
    found["address_group"] = api.post("address-groups", addresses=["192.0.2.0/24"])["id"]
    found["service_profile"] = api.post("service_profiles", metainfo="m")["id"]
    found["flavor"] = api.post("flavors", service_type="FLAVORS")["id"]
    for path, noun, body in (
        ("log/logs", "log", {"resource_type": "security_group"}),
        ("security-groups-default-statefulness", "security_groups_default_statefulness", {}),
        ("metering/metering-labels", "metering_label", {}),
    ):
        found[noun] = api.send("POST", path, json={noun: body}).json()[noun]["id"]
    given = {"metering_label_id": found["metering_label"], "direction": "egress", "remote_ip_prefix": "10.0.0.0/8"}
    answer = api.send("POST", "metering/metering-label-rules", json={"metering_label_rule": given})
    found["metering_label_rule"] = answer.json()["metering_label_rule"]["id"]
    found["default_security_group_rule"] = api.get("default-security-group-rules")[0]["id"]
    found["segment"] = api.get("segments")[0]["id"]
    given = {"network_type": "vxlan", "minimum": 20, "maximum": 30}
    found["network_segment_range"] = api.post("network_segment_ranges", **given)["id"]
    found["trunk"] = api.post("trunks", port_id=api.port(network)["id"])["id"]
    group = api.post("security-groups", name="web")
    outer = api.network(**{"router:external": True})
    api.subnet(outer, "203.0.113.0/24")
    # NDP proxies want one address scope outside and inside.
    scope = api.post("address-scopes", ip_version=6)["id"]
    wide = {"prefixes": ["2001:db8::/32"], "default_prefixlen": 64, "address_scope_id": scope}
    pool = api.post("subnetpools", name="wide", **wide)["id"]
    api.subnet(outer, "2001:db8:0:1::/64", subnetpool_id=pool)
    router = api.post("routers", external_gateway_info={"network_id": outer["id"]}, enable_ndp_proxy=True)
    reachable = api.network()
    inner = api.subnet(reachable, "2001:db8:0:2::/64", subnetpool_id=pool)["id"]
    for subnet in (found["subnet"], inner):
        answer = api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"subnet_id": subnet})
        assert answer.status_code == 200
    found["spare"] = api.port(reachable)["id"]
    found["ndp_proxy"] = api.post("ndp_proxies", router_id=router["id"], port_id=api.port(reachable)["id"])["id"]
    found["local_ip"] = api.post("local_ips", network_id=network["id"])["id"]
    found["port_association"] = api.port(network)["id"]
    body = {"port_association": {"fixed_port_id": found["port_association"]}}
    assert api.send("POST", f"local_ips/{found['local_ip']}/port_associations", json=body).status_code == 201
    floating = api.post("floatingips", floating_network_id=outer["id"])
    outward = {"object_type": "network", "object_id": outer["id"], "action": "access_as_shared"}
    entry = api.send("POST", "rbac-policies", json={"rbac_policy": {**outward, "target_tenant": ID}}).json()
    found |= {
        "rbac_policy": entry["rbac_policy"]["id"],
        "outer": outer["id"],
        "router": router["id"],
        "floatingip": floating["id"],
    }
    body = {"internal_port_id": found["port"], "internal_port": 1, "external_port_range": "1:3", "protocol": "tcp"}
    answer = api.send("POST", f"floatingips/{floating['id']}/port_forwardings", json={"port_forwarding": body})
    found["port_forwarding"] = answer.json()["port_forwarding"]["id"]
    policy = api.send("POST", "qos/policies", json={"policy": {}}).json()["policy"]["id"]
    found["policy"] = policy
    for name, rule in (
        ("bandwidth_limit_rule", {"max_kbps": 200}),
        ("dscp_marking_rule", {"dscp_mark": 8}),
        ("minimum_bandwidth_rule", {"min_kbps": 100}),
        ("packet_rate_limit_rule", {"max_kpps": 200}),
        ("minimum_packet_rate_rule", {"min_kpps": 100}),
    ):
        answer = api.send("POST", f"qos/policies/{policy}/{name}s", json={name: rule})
        found[name] = answer.json()[name]["id"]
    return found | {"group": group["id"], "rule": group["security_group_rules"][0]["id"]}


@ODD
@given(mutated())
def test_creations_of_anything(api, seed, mutation):
    noun, changes = mutation
    body = {noun.cls.singular: valid(noun, seed) | changes}
    check(api, api.rows(), api.send("POST", place(noun, seed), content=json.dumps(body)))
    bulk = {noun.cls.collection: [valid(noun, seed), body[noun.cls.singular]]}
    check(api, api.rows(), api.send("POST", place(noun, seed), content=json.dumps(bulk)))


@ODD
@given(mutated(), st.one_of(st.none(), st.sampled_from(["revision_number=1", "*", "\xb2", "a" * 300, "=", ",", '"'])))
def test_changes_to_anything(api, seed, mutation, match):
    noun, changes = mutation
    key = {"security_group": "group", "security_group_rule": "rule"}.get(noun.cls.singular, noun.cls.singular)
    body = {noun.cls.singular: changes}
    headers = {} if match is None else {"If-Match": match.encode("latin-1")}
    path = f"{place(noun, seed)}/{seed[key]}"
    check(api, api.rows(), api.send("PUT", path, content=json.dumps(body), headers=headers))
    assert api.send("GET", path).status_code == 200


@ODD
@given(
    st.sampled_from(
        [
            *("add_router_interface", "remove_router_interface", "add_extraroutes", "remove_extraroutes"),
            *("add_external_gateways", "update_external_gateways", "remove_external_gateways"),
        ]
    ),
    st.one_of(
        ODD_VALUES,
        st.dictionaries(st.sampled_from(PARTS), st.one_of(st.just(ID), ODD_VALUES), max_size=3),
        st.fixed_dictionaries({"router": st.one_of(ODD_VALUES, st.fixed_dictionaries({"routes": ODD_VALUES | LISTS}))}),
        st.fixed_dictionaries({"router": st.fixed_dictionaries({"external_gateways": ODD_VALUES | LISTS})}),
    ),
)
def test_actions_on_routers(api, seed, action, body):
    path = f"routers/{seed['router']}/{action}"
    check(api, api.rows(), api.send("PUT", path, content=json.dumps(body)))
    assert api.send("GET", f"routers/{seed['router']}").status_code == 200


@ODD
@given(
    st.sampled_from(["add_subports", "remove_subports"]),
    st.one_of(ODD_VALUES, st.fixed_dictionaries({"sub_ports": ODD_VALUES | LISTS})),
)
def test_actions_on_trunks(api, seed, action, body):
    path = f"trunks/{seed['trunk']}"
    check(api, api.rows(), api.send("PUT", f"{path}/{action}", content=json.dumps(body)))
    assert api.send("GET", path).status_code == 200


@st.composite
def questions(draw):
    """A noun and a query string."""
    noun = draw(st.sampled_from(NOUNS))
    names = [*by_wire(noun.cls), "limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields", "changed_since"]
    names += ["tags", "tags-any", "not-tags", "not-tags-any", "name", "fixed_ips"]
    values = st.one_of(
        st.text(max_size=12),
        st.sampled_from([*by_wire(noun.cls), "asc", "desc", "-1", "0", "1", "9" * 40, "%", "_", "\x00", "True", "٣"]),
        st.sampled_from(["ip_address=10.0.0.1", "ip_address=\x00", "ip_address_substr=%", "subnet_id=", "=", "a,b,,"]),
        st.sampled_from(["2020-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "T", "x" * 5000]),
    )
    return noun, draw(st.lists(st.tuples(st.sampled_from(names), values), min_size=1, max_size=6))


@ODD
@given(questions())
def test_questions_about_anything(api, seed, question):
    noun, pairs = question
    api.send("GET", "security-groups")
    check(api, api.rows(), api.send("GET", place(noun, seed), params=pairs))
    check(api, api.rows(), api.send("GET", f"{place(noun, seed)}/{seed['network']}", params=pairs))


@ODD
@given(st.binary(max_size=200), st.sampled_from([noun.route for noun in NOUNS]))
def test_bodies_of_bytes(api, seed, body, route):
    for method, path in (("POST", route), ("PUT", f"{route}/{ID}"), ("PUT", f"networks/{seed['network']}/tags")):
        check(api, api.rows(), api.send(method, path, content=body))
