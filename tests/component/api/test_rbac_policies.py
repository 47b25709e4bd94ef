"""Stories of sharing: what one project lets others see and use."""

import uuid

import pytest
from tests.component.api.people import ACME, CLOUD, FORBIDDEN, OTHER, Person

SHARED, EXTERNAL = "access_as_shared", "access_as_external"


@pytest.fixture
def admin(api):
    return Person(api, "admin", CLOUD)


@pytest.fixture
def ann(api):
    return Person(api, "member")


@pytest.fixture
def bob(api):
    return Person(api, "member", OTHER)


def share(person, network, target, action=SHARED, kind="network"):
    return person.post("rbac-policies", object_type=kind, object_id=network["id"], action=action, target_tenant=target)


def body(network, target, action=SHARED, kind="network"):
    return {"rbac_policy": {"object_type": kind, "object_id": network["id"], "action": action, "target_tenant": target}}


def test_an_entry_lives(ann, bob, admin):
    network = ann.post("networks")
    entry = share(ann, network, OTHER)
    assert entry == {
        "id": entry["id"],
        "project_id": ACME,
        "tenant_id": ACME,
        "object_type": "network",
        "object_id": network["id"],
        "action": SHARED,
        "target_tenant": OTHER,
    }
    path = f"rbac-policies/{entry['id']}"
    assert ann.get(path) == admin.get(path) == entry
    assert ann.get("rbac-policies") == ann.get(f"rbac-policies?id={entry['id']}") == [entry]
    assert ann.get(f"rbac-policies?object_id={network['id']}&action={SHARED}&target_tenant={OTHER}") == [entry]
    assert bob.get("rbac-policies") == []
    assert bob.refused("GET", path) == bob.refused("DELETE", path) == (404, "RbacPolicyNotFound")
    assert ann.get("rbac-policies?fields=id&fields=action") == [{"id": entry["id"], "action": SHARED}]
    assert ann.put(path, target_tenant=CLOUD) == entry | {"target_tenant": CLOUD}
    ann.delete(path)
    assert ann.refused("GET", path) == (404, "RbacPolicyNotFound")


def test_who_sees_a_network_and_its_subnets(ann, bob, admin):
    network = ann.post("networks")
    subnet = ann.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
    for path in (f"networks/{network['id']}", f"subnets/{subnet['id']}"):
        assert bob.refused("GET", path)[0] == 404
    entry = share(ann, network, OTHER)
    assert bob.get(f"networks/{network['id']}")["shared"] is True
    assert ann.get(f"networks/{network['id']}")["shared"] is False
    assert bob.get(f"subnets/{subnet['id']}")["id"] == subnet["id"]
    assert bob.ids("networks?shared=true") == {network["id"]}
    assert bob.ids("networks?shared=false") == set()
    assert bob.ids("subnets?shared=true") == {subnet["id"]}
    assert ann.ids("subnets?shared=false") == {subnet["id"]}
    assert ann.ids("subnets?shared=true") == set()
    assert bob.refused("PUT", f"networks/{network['id']}", {"network": {"name": "x"}})[0] == 404
    assert bob.refused("DELETE", f"networks/{network['id']}")[0] == 404
    ann.delete(f"rbac-policies/{entry['id']}")
    assert bob.refused("GET", f"networks/{network['id']}")[0] == 404


def test_shared_is_an_entry_for_everybody(ann, bob, admin):
    network = admin.post("networks", shared=True)
    (entry,) = admin.get(f"rbac-policies?object_id={network['id']}")
    assert (entry["action"], entry["target_tenant"]) == (SHARED, "*")
    path = f"networks/{network['id']}"
    assert [person.get(path)["shared"] for person in (ann, bob, admin)] == [True, True, True]
    port = ann.post("ports", network_id=network["id"])
    assert admin.refused("PUT", path, {"network": {"shared": False}}) == (409, "InvalidSharedSetting")
    assert admin.refused("DELETE", f"rbac-policies/{entry['id']}") == (409, "RbacPolicyInUse")
    share(admin, network, ACME)
    assert admin.put(path, shared=False)["shared"] is False
    assert [person.send("GET", path).status_code for person in (ann, bob)] == [200, 404]
    ann.delete(f"ports/{port['id']}")
    assert admin.put(path, shared=True, name="x")["shared"] is True
    admin.delete(path)
    assert admin.get("rbac-policies") == []


def test_a_revision_for_each_change_of_sharing(ann):
    network = ann.post("networks")
    path = f"networks/{network['id']}"
    entry = share(ann, network, OTHER)
    assert ann.get(path)["revision_number"] == 2
    ann.delete(f"rbac-policies/{entry['id']}")
    assert ann.get(path)["revision_number"] == 3


def test_what_is_no_entry(ann, bob, admin):
    network, others = ann.post("networks"), admin.post("networks")
    group = ann.post("security-groups", name="g")
    share(admin, others, ACME)
    for target in (None, "1234" * 100, "x", ""):
        assert ann.refused("POST", "rbac-policies", body(network, target))[0] == 400
    assert ann.refused("POST", "rbac-policies", body(network, "*")) == FORBIDDEN
    assert ann.refused("POST", "rbac-policies", body(network, "*", EXTERNAL)) == FORBIDDEN
    assert ann.refused("POST", "rbac-policies", body(others, OTHER)) == (400, "InvalidInput")
    assert ann.refused("POST", "rbac-policies", body({"id": str(uuid.uuid4())}, OTHER)) == (400, "InvalidInput")
    assert ann.refused("POST", "rbac-policies", body(network, OTHER, "fly")) == (400, "InvalidActionForType")
    assert ann.refused("POST", "rbac-policies", body(group, OTHER, EXTERNAL, "security_group")) == (
        400,
        "InvalidActionForType",
    )
    assert ann.refused("POST", "rbac-policies", body(network, OTHER, kind="router")) == (400, "InvalidInput")
    entry, twin = share(ann, network, OTHER), share(ann, network, CLOUD)
    path = f"rbac-policies/{entry['id']}"
    assert ann.refused("POST", "rbac-policies", body(network, OTHER)) == (409, "DuplicateRbacPolicy")
    assert ann.refused("PUT", path, {"rbac_policy": {"target_tenant": CLOUD}}) == (409, "DuplicateRbacPolicy")
    assert ann.refused("PUT", path, {"rbac_policy": {"target_tenant": "*"}}) == FORBIDDEN
    assert ann.refused("PUT", path, {"rbac_policy": {"action": EXTERNAL}}) == (400, "HTTPBadRequest")
    ann.delete(f"rbac-policies/{twin['id']}")


def test_a_quota_of_entries(ann, api):
    admin = Person(api, "admin")
    network = ann.post("networks")
    for _ in range(10):
        share(admin, network, uuid.uuid4().hex)
    assert admin.refused("POST", "rbac-policies", body(network, OTHER)) == (409, "OverQuota")


def test_ports_keep_an_entry(ann, bob, admin):
    network = admin.post("networks")
    entry = share(admin, network, OTHER)
    port = bob.post("ports", network_id=network["id"])
    path = f"rbac-policies/{entry['id']}"
    assert admin.refused("DELETE", path) == (409, "RbacPolicyInUse")
    assert admin.refused("PUT", path, {"rbac_policy": {"target_tenant": ACME}}) == (409, "RbacPolicyInUse")
    assert admin.put(path, target_tenant="*")["target_tenant"] == "*"
    bob.delete(f"ports/{port['id']}")
    admin.delete(path)


def test_sharing_with_oneself(ann):
    network = ann.post("networks")
    entry = share(ann, network, ACME)
    assert ann.get(f"networks/{network['id']}")["shared"] is True
    ann.post("ports", network_id=network["id"])
    ann.put(f"rbac-policies/{entry['id']}", target_tenant=OTHER)
    ann.delete(f"rbac-policies/{share(ann, network, ACME)['id']}")


def test_networks_that_are_external_for_some(ann, bob, admin):
    network = ann.post("networks")
    path = f"networks/{network['id']}"
    ann.post("subnets", network_id=network["id"], cidr="203.0.113.0/24", ip_version=4)
    fip = {"floatingip": {"floating_network_id": network["id"]}}
    assert bob.refused("POST", "floatingips", fip) == (404, "NetworkNotFound")
    entry = share(ann, network, OTHER, EXTERNAL)
    assert ann.get(path)["router:external"] is True
    assert bob.ids("networks") == {network["id"]}
    assert [s["router:external"] for s in bob.get("subnets")] == [True]
    floating = bob.post("floatingips", floating_network_id=network["id"])
    router = bob.post("routers", external_gateway_info={"network_id": network["id"]})
    assert ann.refused("DELETE", f"rbac-policies/{entry['id']}") == (409, "RbacPolicyInUse")
    everybody = share(admin, network, "*", EXTERNAL)
    ann.delete(f"rbac-policies/{entry['id']}")
    assert admin.refused("DELETE", f"rbac-policies/{everybody['id']}") == (409, "RbacPolicyInUse")
    admin.put(f"rbac-policies/{everybody['id']}", target_tenant=OTHER)
    bob.delete(f"floatingips/{floating['id']}")
    bob.delete(f"routers/{router['id']}")
    admin.delete(f"rbac-policies/{everybody['id']}")
    assert ann.get(path)["router:external"] is False
    gateway = {"router": {"external_gateway_info": {"network_id": network["id"]}}}
    assert bob.refused("POST", "routers", gateway) == (404, "NetworkNotFound")


def test_external_is_an_entry_for_everybody(admin):
    def entries(network):
        return admin.get(f"rbac-policies?object_id={network['id']}&action={EXTERNAL}&target_tenant=*")

    network = admin.post("networks", **{"router:external": True})
    path = f"networks/{network['id']}"
    assert len(entries(network)) == 1
    shared = share(admin, network, "*")
    admin.delete(f"rbac-policies/{shared['id']}")
    assert admin.get(path)["router:external"] is True
    assert admin.put(path, **{"router:external": False})["router:external"] is False
    assert entries(network) == []
    assert admin.put(path, **{"router:external": True})["router:external"] is True
    assert len(entries(network)) == 1
    assert admin.ids("networks?router:external=true") == {network["id"]}
    other = admin.post("networks")
    mine, his = share(admin, other, CLOUD, EXTERNAL), share(admin, other, OTHER, EXTERNAL)
    admin.delete(f"rbac-policies/{his['id']}")
    assert admin.get(f"networks/{other['id']}")["router:external"] is True
    admin.delete(f"rbac-policies/{mine['id']}")
    assert admin.get(f"networks/{other['id']}")["router:external"] is False


def use_group(person, group):
    network = person.post("networks")
    return f"ports/{person.post('ports', network_id=network['id'], security_groups=[group['id']])['id']}"


def use_addresses(person, addresses):
    group = person.post("security-groups", name="x")
    rule = {"security_group_id": group["id"], "direction": "ingress", "remote_address_group_id": addresses["id"]}
    return f"security-group-rules/{person.post('security-group-rules', **rule)['id']}"


def use_scope(person, scope):
    pool = person.post("subnetpools", name="p", prefixes=["10.9.0.0/16"], address_scope_id=scope["id"])
    return f"subnetpools/{pool['id']}"


def use_pool(person, pool):
    network = person.post("networks")
    subnet = person.post("subnets", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"], prefixlen=24)
    return f"subnets/{subnet['id']}"


OTHERS = {
    "security_group": ("security-groups", {"name": "g"}, use_group),
    "address_group": ("address-groups", {"addresses": ["192.0.2.0/24"]}, use_addresses),
    "address_scope": ("address-scopes", {"ip_version": 4}, use_scope),
    "subnetpool": ("subnetpools", {"name": "p", "prefixes": ["10.8.0.0/16"]}, use_pool),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_whatever_is_shared(ann, bob, admin, kind):
    path, attributes, use = OTHERS[kind]
    thing = ann.post(path, **attributes)
    one = f"{path}/{thing['id']}"
    assert thing["shared"] is False
    assert bob.refused("GET", one)[0] == 404
    assert ann.refused("POST", "rbac-policies", body(thing, "*", kind=kind)) == FORBIDDEN
    entry = share(ann, thing, OTHER, kind=kind)
    assert bob.get(one)["shared"] is True
    assert bob.ids(f"{path}?shared=true") == {thing["id"]}
    assert ann.ids(f"{path}?shared=true") == set()
    assert bob.refused("DELETE", one)[0] == 404
    assert bob.refused("POST", "rbac-policies", body(thing, ACME, kind=kind)) == (400, "InvalidInput")
    used = use(bob, thing)
    assert ann.refused("DELETE", f"rbac-policies/{entry['id']}") == (409, "RbacPolicyInUse")
    everybody = share(admin, thing, "*", kind=kind)
    ann.delete(f"rbac-policies/{entry['id']}")
    assert admin.refused("DELETE", f"rbac-policies/{everybody['id']}") == (409, "RbacPolicyInUse")
    bob.delete(used)
    admin.delete(f"rbac-policies/{everybody['id']}")
    assert bob.refused("GET", one)[0] == 404
    share(ann, thing, OTHER, kind=kind)
    ann.delete(one)
    assert admin.get("rbac-policies") == []


def test_scopes_and_pools_that_are_shared_from_the_start(ann, admin):
    scope = admin.post("address-scopes", ip_version=4, shared=True)
    pool = admin.post("subnetpools", name="p", prefixes=["10.8.0.0/16"], shared=True)
    assert ann.get(f"address-scopes/{scope['id']}")["shared"] is ann.get(f"subnetpools/{pool['id']}")["shared"] is True
    assert admin.refused("PUT", f"address-scopes/{scope['id']}", {"address_scope": {"shared": False}}) == (
        400,
        "AddressScopeUpdateError",
    )
    for path, noun in (
        ("address-scopes", {"ip_version": 4}),
        ("subnetpools", {"name": "p", "prefixes": ["10.0.0.0/8"]}),
    ):
        attributes = {path.replace("-", "_").removesuffix("s"): {**noun, "shared": True}}
        assert ann.refused("POST", path, attributes) == FORBIDDEN


def test_a_pool_is_not_shared_with_who_may_not_use_its_scope(ann, admin):
    scope = admin.post("address-scopes", ip_version=4)
    share(admin, scope, ACME, kind="address_scope")
    pool = ann.post("subnetpools", name="p", prefixes=["10.8.0.0/16"], address_scope_id=scope["id"])
    assert ann.refused("POST", "rbac-policies", body(pool, OTHER, kind="subnetpool")) == (400, "InvalidInput")
