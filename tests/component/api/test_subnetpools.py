"""Stories of subnet pools, address scopes, and subnets that are cut from them."""

import pytest

FOUR = {"name": "four", "prefixes": ["10.0.0.0/16"], "min_prefixlen": 20, "default_prefixlen": "24"}


@pytest.fixture
def pool(api):
    return api.post("subnetpools", **FOUR)


@pytest.fixture
def network(api):
    return api.network()


def cut(api, network, **given):
    return api.post("subnets", network_id=network["id"], **({"ip_version": 4} | given))


def not_cut(api, network, **given):
    body = {"subnet": {"ip_version": 4, "network_id": network["id"], **given}}
    return api.refused("POST", "subnets", body)


def test_a_pool_lives(api, pool):
    made = {key: pool[key] for key in pool if key not in ("id", "created_at", "updated_at")}
    assert made == {
        "name": "four",
        "prefixes": ["10.0.0.0/16"],
        "ip_version": 4,
        "default_prefixlen": "24",
        "min_prefixlen": "20",
        "max_prefixlen": "32",
        "default_quota": None,
        "is_default": False,
        "shared": False,
        "address_scope_id": None,
        "project_id": "acme",
        "tenant_id": "acme",
        "description": "",
        "tags": [],
        "revision_number": 1,
    }
    path = f"subnetpools/{pool['id']}"
    assert api.get(path) == pool
    changed = api.put(path, name="vier", default_quota=5, max_prefixlen=30, is_default=True)
    assert api.get("subnetpools", is_default=True, name="vier") == [changed]
    assert (changed["default_quota"], changed["max_prefixlen"], changed["default_prefixlen"]) == (5, "30", "24")
    assert api.refused("PUT", path, {"subnetpool": {"shared": True}})[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", path, {"subnetpool": {"ip_version": 6}})[:2] == (400, "HTTPBadRequest")
    assert api.send("PUT", f"{path}/tags", json={"tags": ["a"]}).status_code == 200
    assert [found["name"] for found in api.get("subnetpools", tags="a")] == ["vier"]
    api.delete(path)
    assert api.refused("GET", path) == (404, "SubnetPoolNotFound", f"Subnet pool {pool['id']} could not be found.")


def test_lengths_follow_from_the_ip_version(api):
    four, six = (api.post("subnetpools", name="x", prefixes=[prefix]) for prefix in ("10.0.0.0/8", "2001:db8::/32"))
    lengths = ("ip_version", "min_prefixlen", "default_prefixlen", "max_prefixlen")
    assert [four[name] for name in lengths] == [4, "8", "8", "32"]
    assert [six[name] for name in lengths] == [6, "64", "64", "128"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"prefixes": []}, "EmptySubnetPoolPrefixList"),
        ({"prefixes": None}, "HTTPBadRequest"),
        ({"prefixes": ["10.0.0.0/8", "2001:db8::/32"]}, "PrefixVersionMismatch"),
        ({"prefixes": ["10.0.0.0"]}, "HTTPBadRequest"),
        ({"name": " "}, "HTTPBadRequest"),
        ({"min_prefixlen": 33}, "IllegalSubnetPoolPrefixBounds"),
        ({"min_prefixlen": 25}, "IllegalSubnetPoolPrefixBounds"),
        ({"max_prefixlen": 33}, "IllegalSubnetPoolPrefixBounds"),
        ({"max_prefixlen": 22}, "IllegalSubnetPoolPrefixBounds"),
        ({"default_prefixlen": -1}, "HTTPBadRequest"),
        ({"default_quota": -1}, "HTTPBadRequest"),
        ({"address_scope_id": "x"}, "HTTPBadRequest"),
    ],
    ids=str,
)
def test_pools_that_cannot_be(api, given, kind):
    assert api.refused("POST", "subnetpools", {"subnetpool": FOUR | given})[:2] == (400, kind)


def test_one_default_for_each_ip_version(api, pool):
    api.put(f"subnetpools/{pool['id']}", is_default=True)
    api.put(f"subnetpools/{pool['id']}", is_default=True, name="still")
    api.post("subnetpools", name="six", prefixes=["2001:db8::/32"], is_default=True)
    again = {"subnetpool": {"name": "x", "prefixes": ["10.9.0.0/16"], "is_default": True}}
    assert api.refused("POST", "subnetpools", again)[:2] == (400, "InvalidInput")


def test_prefixes_are_made_compact_and_grow(api, pool):
    path = f"subnetpools/{pool['id']}"
    assert api.put(path, prefixes=["10.0.0.0/16", "10.1.0.0/16"])["prefixes"] == ["10.0.0.0/15"]
    assert api.refused("PUT", path, {"subnetpool": {"prefixes": ["10.0.0.0/16"]}}) == (
        400,
        "IllegalSubnetPoolPrefixUpdate",
        "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.",
    )
    assert api.refused("PUT", path, {"subnetpool": {"prefixes": []}})[1] == "EmptySubnetPoolPrefixList"
    six = {"subnetpool": {"prefixes": ["10.0.0.0/15", "2001:db8::/32"]}}
    assert api.refused("PUT", path, six)[1] == "PrefixVersionMismatch"


def test_prefixes_are_added_and_taken(api, pool, network):
    path = f"subnetpools/{pool['id']}"

    def change(how, *prefixes):
        answer = api.send("PUT", f"{path}/{how}_prefixes", json={"prefixes": list(prefixes)})
        assert answer.status_code == 200, answer.text
        assert answer.json()["prefixes"] == api.get(path)["prefixes"]
        return answer.json()

    assert change("add", "10.1.0.0/16", "192.168.0.0/24") == {"prefixes": ["10.0.0.0/15", "192.168.0.0/24"]}
    subnet = cut(api, network, subnetpool_id=pool["id"], cidr="10.1.2.0/24")
    in_use = {"prefixes": ["10.1.0.0/16"]}
    assert api.refused("PUT", f"{path}/remove_prefixes", in_use)[:2] == (400, "IllegalSubnetPoolPrefixUpdate")
    assert change("remove", "10.1.128.0/17", "172.16.0.0/12")["prefixes"] == [
        "10.0.0.0/16",
        "10.1.0.0/17",
        "192.168.0.0/24",
    ]
    api.delete(f"subnets/{subnet['id']}")
    change("remove", "10.1.0.0/16", "10.0.0.0/16", "192.168.0.0/24")
    assert api.get(path)["prefixes"] == []
    change("add", "10.0.0.0/16")
    for body in ({}, {"prefixes": None}, {"prefixes": ["x"]}, {"prefixes": [], "more": 1}, {"subnetpool": {}}):
        assert api.refused("PUT", f"{path}/add_prefixes", body)[0] == 400
    assert api.refused("PUT", f"subnetpools/{network['id']}/add_prefixes", in_use)[:2] == (404, "SubnetPoolNotFound")


def test_subnets_are_cut_where_there_is_room(api, pool, network):
    of = {"subnetpool_id": pool["id"]}
    first = cut(api, network, **of)
    assert (first["cidr"], first["gateway_ip"], first["subnetpool_id"]) == ("10.0.0.0/24", "10.0.0.1", pool["id"])
    assert "prefixlen" not in first
    assert "use_default_subnetpool" not in first
    assert api.get(f"subnets/{first['id']}") == first
    assert api.get("subnets", subnetpool_id=pool["id"]) == [first]
    assert cut(api, network, prefixlen=26, **of)["cidr"] == "10.0.1.0/26"
    assert cut(api, network, prefixlen=26, **of)["cidr"] == "10.0.1.64/26"
    assert cut(api, network, cidr="10.0.3.0/24", **of)["cidr"] == "10.0.3.0/24"
    assert cut(api, network, **of)["cidr"] == "10.0.2.0/24"
    api.delete(f"subnets/{first['id']}")
    assert cut(api, network, **of)["cidr"] == "10.0.0.0/24"
    assert api.refused("DELETE", f"subnetpools/{pool['id']}") == (
        400,
        "SubnetPoolDeleteError",
        "Unable to delete subnet pool: Subnet pool has existing allocations.",
    )


def test_subnets_that_cannot_be_cut(api, pool, network):
    of = {"subnetpool_id": pool["id"]}
    cut(api, network, **of)
    for given, kind in (
        ({"cidr": "10.0.0.0/25"}, (409, "SubnetAllocationError")),
        ({"cidr": "10.9.0.0/24"}, (409, "SubnetAllocationError")),
        ({"cidr": "10.0.0.0/20"}, (409, "SubnetAllocationError")),
        ({"cidr": "10.0.0.0/16"}, (400, "MinPrefixSubnetAllocationError")),
        ({"prefixlen": 19}, (400, "MinPrefixSubnetAllocationError")),
        ({"prefixlen": 33}, (400, "MaxPrefixSubnetAllocationError")),
        ({"prefixlen": 129}, (400, "HTTPBadRequest")),
        ({"prefixlen": 24, "cidr": "10.0.9.0/24"}, (400, "HTTPBadRequest")),
        ({"use_default_subnetpool": True}, (400, "HTTPBadRequest")),
        ({"ip_version": 6}, (400, "InvalidInput")),
        ({"allocation_pools": []}, (400, "HTTPBadRequest")),
    ):
        assert not_cut(api, network, **of, **given)[:2] == kind, given
    for given in ({}, {"prefixlen": 24}, {"cidr": "10.9.0.0/24", "prefixlen": 24}, {"use_default_subnetpool": True}):
        assert not_cut(api, network, **given)[:2] == (400, "HTTPBadRequest"), given
    nowhere = {"subnetpool_id": network["id"]}
    assert not_cut(api, network, **nowhere)[:2] == (404, "SubnetPoolNotFound")


def test_a_pool_that_is_full(api, network):
    pool = api.post("subnetpools", name="x", prefixes=["10.0.0.0/23"], default_prefixlen=24)
    of = {"subnetpool_id": pool["id"]}
    assert sorted(cut(api, network, **of)["cidr"] for _ in range(2)) == ["10.0.0.0/24", "10.0.1.0/24"]
    assert not_cut(api, network, **of) == (
        409,
        "SubnetAllocationError",
        "Failed to allocate subnet: Insufficient prefix space to allocate subnet size /24.",
    )


@pytest.mark.parametrize(
    ("prefix", "quota", "length"), [("10.0.0.0/16", 512, 24), ("2001:db8::/48", 2, 64)], ids=("v4", "v6")
)
def test_what_a_project_may_have_of_a_pool(api, network, prefix, quota, length):
    pool = api.post("subnetpools", name="x", prefixes=[prefix], default_quota=quota, default_prefixlen=length)
    of = {"subnetpool_id": pool["id"], "ip_version": pool["ip_version"]}
    for _ in range(2):
        cut(api, network, **of)
    assert not_cut(api, network, **of) == (
        409,
        "SubnetPoolQuotaExceeded",
        "Per-project subnet pool prefix quota exceeded.",
    )
    cut(api, network, project_id="other", **of)


def test_the_default_pool(api, pool, network):
    api.put(f"subnetpools/{pool['id']}", is_default=True)
    assert cut(api, network, use_default_subnetpool=True)["subnetpool_id"] == pool["id"]
    assert cut(api, network, use_default_subnetpool=True, cidr="10.0.200.0/24")["cidr"] == "10.0.200.0/24"
    assert not_cut(api, network, use_default_subnetpool=True, ip_version=6)[2] == (
        "Bad subnets request: No default subnetpool found for IPv6."
    )


def test_a_network_has_one_pool_for_each_ip_version(api, pool, network):
    other = api.post("subnetpools", name="other", prefixes=["10.9.0.0/16"], default_prefixlen=24)
    cut(api, network, subnetpool_id=pool["id"])
    for given in ({"subnetpool_id": other["id"]}, {"cidr": "10.77.0.0/24"}):
        assert not_cut(api, network, **given)[:2] == (400, "NetworkSubnetPoolAffinityError")
    api.subnet(network, "2001:db8::/64")
    plain = api.network()
    api.subnet(plain, "10.77.0.0/24")
    assert not_cut(api, plain, subnetpool_id=pool["id"])[:2] == (400, "NetworkSubnetPoolAffinityError")


def test_an_address_scope_lives(api):
    scope = api.post("address-scopes", name="s", ip_version=4)
    assert scope == {
        "id": scope["id"],
        "name": "s",
        "ip_version": 4,
        "shared": False,
        "project_id": "acme",
        "tenant_id": "acme",
    }
    path = f"address-scopes/{scope['id']}"
    assert api.put(path, name="t", shared=True) == scope | {"name": "t", "shared": True}
    assert api.refused("PUT", path, {"address_scope": {"shared": False}}) == (
        400,
        "AddressScopeUpdateError",
        f"Unable to update address scope {scope['id']} : Shared address scope can't be unshared.",
    )
    assert api.get("address-scopes", shared=True) == [api.get(path)]
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "AddressScopeNotFound")
    for version in (5, None, "x"):
        body = {"address_scope": {"name": "s", "ip_version": version}}
        assert api.refused("POST", "address-scopes", body)[:2] == (400, "HTTPBadRequest")


def test_pools_of_a_scope_share_no_address(api, pool):
    scope, six = (api.post("address-scopes", ip_version=version) for version in (4, 6))
    path = f"subnetpools/{pool['id']}"
    api.put(path, address_scope_id=scope["id"])
    assert api.refused("DELETE", f"address-scopes/{scope['id']}")[:2] == (409, "AddressScopeInUse")
    inside = {"name": "x", "prefixes": ["10.0.77.0/24"], "address_scope_id": scope["id"]}
    assert api.refused("POST", "subnetpools", {"subnetpool": inside})[:2] == (409, "AddressScopePrefixConflict")
    beside = api.post("subnetpools", **inside | {"prefixes": ["10.1.0.0/16"]})
    grown = {"subnetpool": {"prefixes": ["10.0.0.0/15"]}}
    assert api.refused("PUT", f"subnetpools/{beside['id']}", grown)[:2] == (409, "AddressScopePrefixConflict")
    for wrong, kind in (
        (six["id"], (400, "IllegalSubnetPoolIpVersionAssociationToAddressScope")),
        (pool["id"], (404, "AddressScopeNotFound")),
    ):
        assert api.refused("PUT", path, {"subnetpool": {"address_scope_id": wrong}})[:2] == kind
    assert api.put(path, address_scope_id=None)["address_scope_id"] is None


def test_a_network_has_one_scope_for_each_ip_version(api, pool, network):
    scope = api.post("address-scopes", ip_version=4)
    assert (network["ipv4_address_scope"], network["ipv6_address_scope"]) == (None, None)
    path = f"subnetpools/{pool['id']}"
    api.put(path, address_scope_id=scope["id"])
    cut(api, network, subnetpool_id=pool["id"])
    (listed,) = api.get("networks")
    assert (listed["ipv4_address_scope"], listed["ipv6_address_scope"]) == (scope["id"], None)
    second = api.post("subnetpools", name="2", prefixes=["10.1.0.0/16"], address_scope_id=scope["id"])
    third = api.post("subnetpools", name="3", prefixes=["10.2.0.0/16"])
    cut(api, network, subnetpool_id=second["id"], prefixlen=24)
    for given in ({"subnetpool_id": third["id"], "prefixlen": 24}, {"cidr": "10.77.0.0/24"}):
        assert not_cut(api, network, **given)[:2] == (400, "NetworkAddressScopeAffinityError")
    other = api.post("address-scopes", ip_version=4)
    change = {"subnetpool": {"address_scope_id": other["id"]}}
    assert api.refused("PUT", path, change)[:2] == (400, "NetworkAddressScopeAffinityError")
