"""Who may do what: roles, projects, attributes, and an operator's own rules."""

import pytest
from tests.component.api.people import ACME, CLOUD, FORBIDDEN, OTHER, Person
from tests.component.api.statements import Statements

from neutrino.api.policy.loading import load
from neutrino.runtime.config import ConfigError

HIDDEN_OF_NETWORK = {"provider:network_type", "provider:physical_network", "provider:segmentation_id"}
HIDDEN_OF_PORT = {"binding:vif_type", "binding:vif_details", "binding:host_id", "binding:profile"}


@pytest.fixture
def admin(api):
    return Person(api, "admin", CLOUD)


@pytest.fixture
def member(api):
    return Person(api, "member")


@pytest.fixture
def reader(api):
    return Person(api, "reader")


@pytest.fixture
def stranger(api):
    return Person(api, "member", OTHER)


def test_what_members_make_is_theirs_and_strangers_see_none_of_it(member, reader, stranger, admin):
    network = member.post("networks", name="mine")
    subnet = member.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    port = member.post("ports", network_id=network["id"])
    group = member.post("security-groups", name="web")
    rule = group["security_group_rules"][0]
    router = member.post("routers")
    found = {
        "networks": network,
        "subnets": subnet,
        "ports": port,
        "security-groups": group,
        "security-group-rules": rule,
        "routers": router,
    }
    for path, item in found.items():
        noun = path.replace("-", "_").removesuffix("s")
        assert item["project_id"] == ACME
        for person in (member, reader, admin):
            assert person.get(f"{path}/{item['id']}")["id"] == item["id"]
            assert item["id"] in person.ids(path)
        assert item["id"] not in stranger.ids(path)
        one = f"{path}/{item['id']}"
        assert stranger.refused("GET", one)[0] == stranger.refused("DELETE", one)[0] == 404
        assert reader.refused("DELETE", one) == FORBIDDEN
        assert reader.said("DELETE", one) == f"rule:delete_{noun} is disallowed by policy"
        if noun != "security_group_rule":
            assert stranger.refused("PUT", one, {noun: {"description": "x"}})[0] == 404
            assert reader.refused("PUT", one, {noun: {"description": "x"}}) == FORBIDDEN
            assert member.put(one, description="x")["description"] == "x"
    assert reader.refused("POST", "networks", {"network": {}}) == FORBIDDEN
    assert Person(member.api, "nobody").get("networks") == []
    assert Person(member.api, "nobody").refused("GET", f"networks/{network['id']}") == (404, "NetworkNotFound")


def test_what_nobody_but_administrators_may_set_or_see(member, admin):
    for attributes in ({"shared": True}, {"router:external": True}, {"provider:network_type": "geneve"}):
        assert member.refused("POST", "networks", {"network": attributes}) == FORBIDDEN
        (name,) = attributes
        assert member.said("POST", "networks", {"network": attributes}) == (
            f"rule:create_network:{name} is disallowed by policy"
        )
    network = member.post("networks", shared=False)  # the default may be said
    assert HIDDEN_OF_NETWORK.isdisjoint(network)
    assert HIDDEN_OF_NETWORK.isdisjoint(member.get(f"networks/{network['id']}"))
    assert HIDDEN_OF_NETWORK.isdisjoint(member.get("networks")[0])
    assert admin.get(f"networks/{network['id']}").keys() >= HIDDEN_OF_NETWORK
    assert member.refused("PUT", f"networks/{network['id']}", {"network": {"shared": False}}) == FORBIDDEN
    assert member.ids("networks?provider:network_type=geneve") == {network["id"]}  # all may filter by it, as upstream
    assert admin.ids("networks?provider:network_type=geneve") == {network["id"]}
    assert member.get(f"networks/{network['id']}?fields=name&fields=provider:network_type") == {"name": ""}
    port = member.post("ports", network_id=network["id"], device_id="vm")
    assert HIDDEN_OF_PORT.isdisjoint(port)
    assert admin.get(f"ports/{port['id']}").keys() >= HIDDEN_OF_PORT
    assert member.get("ports?binding:host_id=") == []
    assert member.ids("ports?device_id=vm") == {port["id"]}
    body = {"port": {"binding:host_id": "node1"}}
    assert member.said("PUT", f"ports/{port['id']}", body) == "rule:update_port:binding:host_id is disallowed by policy"
    assert admin.refused("PUT", f"ports/{port['id']}", {"port": {"binding:profile": {"a": 1}}}) == FORBIDDEN
    assert Person(member.api, "service").put(f"ports/{port['id']}", **{"binding:profile": {"a": 1}})["id"] == port["id"]
    assert member.refused("GET", "agents/x") == (404, "AgentNotFound")
    assert member.get("agents") == member.get("network-ip-availabilities") == []


def test_whose_project(member, admin):
    assert member.refused("POST", "networks", {"network": {"project_id": OTHER}}) == (400, "HTTPBadRequest")
    assert member.post("networks", tenant_id=ACME)["project_id"] == ACME
    assert admin.post("networks", project_id=OTHER)["project_id"] == OTHER
    assert Person(member.api, "service").post("ports", network_id=admin.post("networks")["id"], project_id=OTHER)


def test_parts_of_attributes(member, admin, stranger):
    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    gateway = {"network_id": outer["id"]}
    assert member.post("routers", external_gateway_info=gateway)["external_gateway_info"]["enable_snat"] is True
    for part, value in (("enable_snat", True), ("external_fixed_ips", [{"ip_address": "203.0.113.9"}])):
        body = {"router": {"external_gateway_info": gateway | {part: value}}}
        assert member.said("POST", "routers", body) == (
            f"rule:create_router:external_gateway_info:{part} is disallowed by policy"
        )
        assert admin.send("POST", "routers", body).status_code == 201
    router = member.post("routers")["id"]
    for verb in ("add", "update"):
        path = f"routers/{router}/{verb}_external_gateways"
        for part, value in (("enable_snat", False), ("external_fixed_ips", [{"ip_address": "203.0.113.8"}])):
            body = {"router": {"external_gateways": [gateway | {part: value}]}}
            assert member.said("PUT", path, body) == (
                f"rule:{verb}_external_gateways:external_gateways:{part} is disallowed by policy"
            )
        assert member.send("PUT", path, {"router": {"external_gateways": [gateway]}}).status_code == 200
    assert admin.send("PUT", f"routers/{router}/update_external_gateways", body).status_code == 200
    lan = admin.post("networks", shared=True)
    subnet = admin.post("subnets", network_id=lan["id"], cidr="10.0.0.0/24", ip_version=4)
    assert member.post("ports", network_id=lan["id"], fixed_ips=[{"subnet_id": subnet["id"]}])["fixed_ips"]
    refused = {
        "fixed_ips:ip_address": {"fixed_ips": [{"ip_address": "10.0.0.9"}]},
        "mac_address": {"mac_address": "fa:16:3e:00:00:09"},
        "allowed_address_pairs": {"allowed_address_pairs": [{"ip_address": "1.1.1.1"}]},
        "port_security_enabled": {"port_security_enabled": False},
        "device_owner": {"device_owner": "network:dhcp"},
    }
    for name, attributes in refused.items():
        body = {"port": {"network_id": lan["id"], **attributes}}
        assert member.said("POST", "ports", body) == f"rule:create_port:{name} is disallowed by policy"
    mine = member.post("networks")
    member.post("ports", network_id=mine["id"], **refused["allowed_address_pairs"])
    body = {"port": {"network_id": mine["id"]}}
    assert stranger.refused("POST", "ports", body) == (404, "NetworkNotFound")
    assert stranger.refused("POST", "ports", {"port": {"network_id": outer["id"]}}) == FORBIDDEN


def test_ports_that_services_plugged_are_deleted_by_services(member, api):
    network = member.post("networks")
    ports = [member.post("ports", network_id=network["id"], device_owner=f"{who}:x") for who in ("compute", "manila")]
    service = Person(api, "member", X_Service_Roles="service")
    for port in ports:
        assert member.refused("DELETE", f"ports/{port['id']}") == FORBIDDEN
        service.delete(f"ports/{port['id']}")


def test_the_owner_of_a_network_sees_the_ports_on_it(member, admin, stranger):
    network = member.post("networks")
    entry = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
    member.post("rbac-policies", **entry, target_tenant=OTHER)
    port = stranger.post("ports", network_id=network["id"])
    assert port["project_id"] == OTHER
    assert member.ids("ports") == {port["id"]}
    assert member.refused("PUT", f"ports/{port['id']}", {"port": {"name": "x"}})[0] == 404
    member.delete(f"ports/{port['id']}")


def test_actions_and_tags(member, reader, stranger):
    router, network = member.post("routers"), member.post("networks")
    subnet = member.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    body = {"subnet_id": subnet["id"]}
    path = f"routers/{router['id']}/add_router_interface"
    assert reader.said("PUT", path, body) == "rule:add_router_interface is disallowed by policy"
    assert stranger.refused("PUT", path, body) == (404, "RouterNotFound")
    assert stranger.refused("PUT", f"routers/{stranger.post('routers')['id']}/add_router_interface", body) == (
        404,
        "SubnetNotFound",
    )
    assert member.send("PUT", path, body).status_code == 200
    path = f"networks/{network['id']}/tags"
    assert member.send("PUT", f"{path}/red").status_code == 201
    assert reader.get(path) == ["red"]
    assert reader.said("DELETE", path) == "rule:delete_network:tags is disallowed by policy"
    assert reader.refused("PUT", f"{path}/blue") == FORBIDDEN
    for method in ("GET", "DELETE"):
        assert stranger.refused(method, path) == (404, "NetworkNotFound")


def test_quotas(member, admin):
    assert member.get(f"quotas/{ACME}")["network"] == 100
    assert member.refused("GET", f"quotas/{OTHER}") == FORBIDDEN
    assert member.refused("GET", "quotas") == FORBIDDEN
    assert member.refused("PUT", f"quotas/{ACME}", {"quota": {"network": 5}}) == FORBIDDEN
    assert admin.send("PUT", f"quotas/{ACME}", {"quota": {"network": 5}}).status_code == 200
    assert member.refused("DELETE", f"quotas/{ACME}") == FORBIDDEN


def test_a_project_s_manager_sees_the_quotas_of_that_project_alone(api, admin):
    manager = Person(api, "manager")
    for project in (ACME, OTHER):
        admin.send("PUT", f"quotas/{project}", {"quota": {"network": 5}})
    for path in (f"quotas/{OTHER}", f"quotas/{OTHER}/details", f"quotas/{OTHER}/default"):
        assert manager.refused("GET", path) == FORBIDDEN
    assert manager.get(f"quotas/{ACME}")["network"] == 5
    assert [one["project_id"] for one in manager.get("quotas")] == [ACME]
    assert [one["project_id"] for one in admin.get("quotas")] == [ACME, OTHER]


def test_a_network_that_is_shared_is_onboarded_by_its_owner_only(admin, member, stranger):
    network = member.post("networks")
    subnet = member.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    shared = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
    member.post("rbac-policies", target_tenant=OTHER, **shared)
    pool = stranger.post("subnetpools", name="p", prefixes=["10.9.0.0/24"])
    path, body = f"subnetpools/{pool['id']}/onboard_network_subnets", {"network_id": network["id"]}
    assert stranger.refused("PUT", path, body) == FORBIDDEN
    assert admin.send("PUT", path, body).json() == [{"id": subnet["id"], "cidr": "10.0.0.0/24"}]


def test_nobody_becomes_the_gateway_of_a_network_that_all_share(admin, member):
    """Its instances, and what is behind its gateway, would send to that project's router."""
    lan = admin.post("networks", shared=True)
    subnet = admin.post("subnets", network_id=lan["id"], cidr="10.0.0.0/24", ip_version=4)
    outer = admin.post("networks", **{"router:external": True})
    beyond = admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    path = f"routers/{member.post('routers')['id']}/add_router_interface"
    for one in (subnet, beyond):
        assert member.said("PUT", path, {"subnet_id": one["id"]}) == (
            "Bad router request: Cannot add interface to router because subnet "
            f"{one['id']} is not owned by project making the request."
        )
    given = {"network_id": lan["id"], "project_id": ACME, "fixed_ips": [{"ip_address": "10.0.0.1"}]}
    gateway = admin.post("ports", **given)
    assert f"port {gateway['id']} has an IP address out of the allocation pool of subnet {subnet['id']}" in (
        member.said("PUT", path, {"port_id": gateway["id"]})
    )
    local = {"local_ip": {"network_id": lan["id"], "local_ip_address": "10.0.0.9"}}
    assert member.refused("POST", "local-ips", local) == FORBIDDEN
    assert admin.send("POST", "local-ips", local).status_code == 201
    port = member.post("ports", network_id=lan["id"])
    assert member.send("PUT", path, {"port_id": port["id"]}).status_code == 200
    member.send("PUT", path.replace("add", "remove"), {"port_id": port["id"]})
    admin.delete(f"ports/{gateway['id']}")
    entry = {"object_type": "network", "object_id": lan["id"], "action": "access_as_shared"}
    admin.post("rbac-policies", target_tenant=ACME, **entry)  # who shares it with one project means that one
    assert member.send("PUT", path, {"subnet_id": subnet["id"]}).status_code == 200


def test_a_floating_ip_is_not_the_gateway(admin, api):
    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    wanted = {"floating_network_id": outer["id"], "floating_ip_address": "203.0.113.1"}
    assert Person(api, "manager").refused("POST", "floatingips", {"floatingip": wanted}) == (400, "BadRequest")


def test_a_default_pool_is_for_who_sees_it(admin, member):
    pool = admin.post("subnetpools", name="p", prefixes=["10.8.0.0/16"], default_prefixlen=26, is_default=True)
    subnet = {"network_id": member.post("networks")["id"], "ip_version": 4, "use_default_subnetpool": True}
    assert member.refused("POST", "subnets", {"subnet": subnet}) == (400, "HTTPBadRequest")
    everybody = {"object_type": "subnetpool", "object_id": pool["id"], "action": "access_as_shared"}
    admin.post("rbac-policies", target_tenant="*", **everybody)
    assert member.post("subnets", **subnet)["subnetpool_id"] == pool["id"]


def test_a_router_takes_ports_of_its_own_project_only(admin, member, stranger):
    """Who owns the network sees them, and would take them from who made them."""
    network = member.post("networks")
    member.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    shared = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
    member.post("rbac-policies", target_tenant=OTHER, **shared)
    path = f"routers/{member.post('routers')['id']}/add_router_interface"
    body = {"port_id": stranger.post("ports", network_id=network["id"])["id"]}
    assert member.refused("PUT", path, body) == (409, "DeviceIDNotOwnedByTenant")
    assert admin.send("PUT", path, body).status_code == 200


def test_a_port_that_carries_another_project_s_floating_ip_stays(admin, member, stranger):
    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    network = member.post("networks")
    subnet = member.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    shared = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
    member.post("rbac-policies", target_tenant=OTHER, **shared)
    router = member.post("routers", external_gateway_info={"network_id": outer["id"]})
    member.send("PUT", f"routers/{router['id']}/add_router_interface", {"subnet_id": subnet["id"]})
    port = stranger.post("ports", network_id=network["id"])
    floating = stranger.post("floatingips", floating_network_id=outer["id"], port_id=port["id"])
    assert member.refused("DELETE", f"ports/{port['id']}") == (409, "FipAssociated")
    stranger.delete(f"ports/{port['id']}")
    assert stranger.get(f"floatingips/{floating['id']}")["port_id"] is None


def test_a_pool_stays_as_it_is_in_a_scope_that_is_another_project_s(admin, member):
    scope = admin.post("address-scopes", name="s", ip_version=4, shared=True)
    pool = member.post("subnetpools", name="p", prefixes=["10.8.0.0/16"])
    path = f"subnetpools/{pool['id']}"
    assert member.put(path, address_scope_id=scope["id"])["address_scope_id"] == scope["id"]
    for change in ({"address_scope_id": None}, {"prefixes": ["10.8.0.0/15"]}, {"name": "x"}):
        assert member.refused("PUT", path, {"subnetpool": change}) == (400, "IllegalSubnetPoolUpdate")
    assert admin.put(path, address_scope_id=None)["address_scope_id"] is None


def test_a_gateway_stays_under_a_policy_that_its_project_does_not_see(admin, member):
    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    gateway = {"network_id": outer["id"]}
    path = f"routers/{member.post('routers', external_gateway_info=gateway)['id']}"
    policy = admin.send("POST", "qos/policies", {"policy": {"name": "slow"}}).json()["policy"]
    admin.put(path, external_gateway_info=gateway | {"qos_policy_id": policy["id"]})
    for change in (gateway | {"qos_policy_id": None}, None, {}):
        assert member.refused("PUT", path, {"router": {"external_gateway_info": change}}) == (404, "QosPolicyNotFound")
    for verb in ("update", "remove"):
        wanted = [{**gateway, "qos_policy_id": None}] if verb == "update" else [gateway]
        body = {"router": {"external_gateways": wanted}}
        assert member.refused("PUT", f"{path}/{verb}_external_gateways", body) == (404, "QosPolicyNotFound")
    assert member.put(path, external_gateway_info=gateway)["external_gateway_info"]["qos_policy_id"] == policy["id"]
    assert admin.put(path, external_gateway_info=None)["external_gateway_info"] is None


def test_a_page_begins_after_what_is_seen(member, stranger):
    """Else who knows an id could find out, by resources of their own, what another's is called."""
    network = member.post("networks", name="secret")
    member.post("networks", name="zone")
    stranger.post("networks", name="top")
    path = f"networks?sort_key=name&marker={network['id']}"
    assert stranger.get(path) == []
    assert [one["name"] for one in member.get(path)] == ["zone"]
    assert stranger.refused("GET", "networks?marker=none") == (404, "NetworkNotFound")


def test_the_scope_of_the_system_is_refused(api, member):
    system = Person(api, "admin", "", OpenStack_System_Scope="all")
    network = member.post("networks")
    assert system.refused("POST", "networks", {"network": {"project_id": ACME}}) == (403, "InvalidScope")
    assert system.get("networks") == []
    assert system.refused("GET", f"networks/{network['id']}") == (404, "NetworkNotFound")


def test_who_has_no_project_does_not_see_what_is_no_project_s(serve):
    api = serve("[oslo_policy]", "enforce_scope = False")
    admin = Person(api, "admin", CLOUD)
    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    admin.post("routers", external_gateway_info={"network_id": outer["id"]})
    assert [port["project_id"] for port in admin.get("ports")] == [""]
    assert Person(api, "reader", "", OpenStack_System_Scope="all").get("ports") == []


def test_references_to_what_is_not_seen(member, stranger):
    network, group = member.post("networks"), member.post("security-groups", name="g")
    pool = member.post("subnetpools", name="p", prefixes=["10.8.0.0/16"])
    mine = stranger.post("networks")
    assert stranger.refused(
        "POST", "ports", {"port": {"network_id": mine["id"], "security_groups": [group["id"]]}}
    ) == (
        404,
        "SecurityGroupNotFound",
    )
    subnet = {"network_id": mine["id"], "ip_version": 4, "subnetpool_id": pool["id"]}
    assert stranger.refused("POST", "subnets", {"subnet": subnet}) == (404, "SubnetPoolNotFound")
    subnet = {"network_id": network["id"], "ip_version": 4, "cidr": "10.0.0.0/24"}
    assert stranger.refused("POST", "subnets", {"subnet": subnet}) == (404, "NetworkNotFound")
    rule = {"security_group_id": group["id"], "direction": "ingress"}
    assert stranger.refused("POST", "security-group-rules", {"security_group_rule": rule}) == (
        404,
        "SecurityGroupNotFound",
    )
    router = {"external_gateway_info": {"network_id": network["id"]}}
    assert stranger.refused("POST", "routers", {"router": router}) == (404, "NetworkNotFound")


def operated(serve, tmp_path, text):
    """Serve with an operator's policy.yaml."""
    file = tmp_path / "own.yaml"
    file.write_text(text)
    return serve("[oslo_policy]", f"policy_file = {file}")


def test_an_operators_rules(serve, tmp_path):
    api = operated(
        serve,
        tmp_path,
        """
"create_network:shared": "rule:admin_only or role:sharer"
"get_network:mtu": "rule:admin_only"
"get_router": "role:auditor or rule:admin_or_owner"
"get_subnet": "rule:admin_or_owner and not 'secret':%(name)s"
"get_network_ip_availability": "rule:admin_or_owner"
"delete_network": "!"
""",
    )
    member, sharer = Person(api, "member"), Person(api, "member,reader,sharer")
    assert member.refused("POST", "networks", {"network": {"shared": True}}) == FORBIDDEN
    network = sharer.post("networks", shared=True)
    assert "mtu" not in network
    assert "mtu" in Person(api, "admin").get(f"networks/{network['id']}")
    assert sharer.refused("DELETE", f"networks/{network['id']}") == FORBIDDEN
    router = member.post("routers")
    assert Person(api, "auditor").ids("routers") == {router["id"]}
    assert Person(api, "auditor", OTHER).ids("routers") == set()  # upstream's queries do not go that far either
    for name, cidr in (("open", "10.0.0.0/24"), ("secret", "10.0.1.0/24")):
        Person(api, "admin").post("subnets", network_id=network["id"], name=name, cidr=cidr, ip_version=4)
    assert [subnet["name"] for subnet in Person(api, "admin").get("subnets")] == ["open"]
    path = f"network-ip-availabilities/{network['id']}"
    for person, seen in ((member, [network["id"]]), (Person(api, "member", OTHER), [])):
        assert [one["network_id"] for one in person.get("network-ip-availabilities")] == seen
        assert person.send("GET", path).status_code == (200 if seen else 404)


def test_who_may_bring_a_subnet_to_a_segment(serve, tmp_path):
    api = operated(serve, tmp_path, '"get_segment": "role:reader"\n"update_subnet:segment_id": "role:mover"')
    member, mover = Person(api, "member"), Person(api, "member,reader,mover")
    subnet = {"network_id": member.post("networks")["id"], "cidr": "10.0.0.0/24", "ip_version": 4}
    segment = {"segment_id": member.get("segments")[0]["id"]}
    said = "rule:create_subnet:segment_id is disallowed by policy"
    assert member.said("POST", "subnets", {"subnet": subnet | segment}) == said
    path = f"subnets/{member.post('subnets', **subnet)['id']}"
    assert member.refused("PUT", path, {"subnet": segment}) == FORBIDDEN
    mover.put(path, **segment)
    assert Person(api, "admin").get(path)["segment_id"] == segment["segment_id"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"get_port": "role:"x', "policy file"),
        ('"get_port": "(role:admin"', "policy rule 'get_port': '(role:admin' cannot be understood"),
        ('"get_port": 3', "rule 'get_port': 3 is not a text"),
        ("- get_port", "is not a mapping"),
        ('"a": "rule:b"\n"b": "not rule:a"', "refers to itself"),
    ],
)
def test_a_policy_file_without_a_meaning_stops_the_daemon(tmp_path, text, says):
    file = tmp_path / "policy.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=None) as caught:
        load([file])
    assert says in str(caught.value)


def test_a_policy_file_that_is_not_there(serve):
    with pytest.raises(ConfigError, match=r"policy_file: there is no absent\.yaml"):
        serve("[oslo_policy]", "policy_file = absent.yaml")


@pytest.mark.parametrize("count", [3, 40])
def test_statements_of_members_do_not_grow(api, admin, member, stranger, count):
    lan = admin.post("networks", shared=True)
    for number in range(count):
        network = (member if number % 2 else stranger).post("networks")
        member.post("ports", network_id=lan["id"]) if number % 2 else stranger.post("ports", network_id=network["id"])
    one = member.get("ports?limit=1")[0]["id"]
    paths = ("networks", "subnets", "ports", "routers", "rbac-policies", f"ports/{one}", f"networks/{lan['id']}")
    with Statements() as statements:
        counts = {path: statements.count(lambda path=path: member.get(path))[0] for path in paths}
    assert set(counts.values()) == {1}


def test_what_depends_on_the_row_is_shown_of_those_rows_of_which_it_holds(api):
    admin, owner, guest = Person(api, "admin", project=CLOUD), Person(api, "member"), Person(api, "member", OTHER)
    network = admin.post("networks", project_id=ACME, shared=True)
    own, others = owner.post("ports", network_id=network["id"]), guest.post("ports", network_id=network["id"])
    private = {"pvlan_type", "pvlan_community"}
    seen = {port["id"]: port for port in owner.get("ports")}
    assert seen == {own["id"]: own, others["id"]: {key: others[key] for key in others.keys() - private}}
    assert {port_id: owner.get(f"ports/{port_id}") for port_id in seen} == seen
    fields = "fields=name&fields=pvlan_type"
    assert sorted(map(len, owner.get(f"ports?{fields}"))) == [1, 2]
    assert owner.get(f"ports/{others['id']}?{fields}") == {"name": ""}
    (theirs,), (shared,) = owner.get("networks"), guest.get("networks")
    assert theirs == shared | {"pvlan": False}
    assert "pvlan" not in shared
