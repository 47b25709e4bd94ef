"""Stories of a project's network that is made of defaults, and of the default external network."""

import pytest

PATH = "auto-allocated-topology"


@pytest.fixture
def outer(api):
    outer = api.network(name="outer", **{"router:external": True})
    api.subnet(outer, "198.51.100.0/24")
    return outer


@pytest.fixture
def cloud(api, outer):
    api.put(f"networks/{outer['id']}", is_default=True)
    api.put(f"networks/{outer['id']}", description="said nothing of is_default")
    api.post("subnetpools", name="four", prefixes=["10.0.0.0/16"], default_prefixlen=26, is_default=True)
    api.post("subnetpools", name="six", prefixes=["fd00::/48"], default_prefixlen=64, is_default=True)
    return outer


def found(api):
    return tuple(
        len([one for one in api.get(collection) if one["name"].startswith("auto_allocated_")])
        for collection in ("networks", "subnets", "routers")
    )


def test_what_it_takes(api, outer):
    dry = f"{PATH}/None?fields=dry-run"
    assert api.refused("GET", dry) == (
        409,
        "AutoAllocationFailure",
        "Deployment error: No default router:external network.",
    )
    api.put(f"networks/{outer['id']}", is_default=True)
    assert api.refused("GET", f"{PATH}/acme")[2] == "Deployment error: No default subnetpools defined."
    api.post("subnetpools", name="four", prefixes=["10.0.0.0/16"], default_prefixlen=26, is_default=True)
    rows = api.rows()
    assert api.get(f"{PATH}/None", fields="dry-run") == {
        "id": "dry-run=pass",
        "project_id": "acme",
        "tenant_id": "acme",
    }
    assert api.rows() == rows
    assert api.refused("GET", f"{PATH}/acme?fields=id")[:2] == (400, "HTTPBadRequest")


def test_it_is_made_once_and_goes_whole(api, cloud):
    made = api.get(f"{PATH}/None")
    assert found(api) == (1, 2, 1)
    network = api.get(f"networks/{made['id']}")
    assert (network["name"], network["project_id"]) == ("auto_allocated_network", "acme")
    assert network["admin_state_up"] is True
    assert made == {"id": network["id"], "project_id": "acme", "tenant_id": "acme"}
    assert sorted(one["name"] for one in api.get("subnets", network_id=network["id"])) == [
        "auto_allocated_subnet_v4",
        "auto_allocated_subnet_v6",
    ]
    (router,) = api.get("routers")
    assert router["external_gateway_info"]["network_id"] == cloud["id"]
    assert len(api.get("ports", device_id=router["id"], network_id=network["id"])) == 2
    assert api.get(f"{PATH}/acme") == made
    assert found(api) == (1, 2, 1)
    other = api.get(f"{PATH}/other")
    assert (other["project_id"], other["id"] != made["id"], found(api)) == ("other", True, (2, 4, 2))
    api.delete(f"{PATH}/acme")
    api.delete(f"{PATH}/other")
    assert found(api) == (0, 0, 0)
    api.delete(f"{PATH}/acme")
    assert api.get("ports") == []


def test_what_was_deleted_by_hand_is_made_anew(api, cloud):
    made = api.get(f"{PATH}/acme")
    (router,) = api.get("routers")
    for port in api.get("ports", device_id=router["id"], network_id=made["id"]):
        api.send("PUT", f"routers/{router['id']}/remove_router_interface", json={"port_id": port["id"]})
    api.delete(f"routers/{router['id']}")
    api.delete(f"networks/{made['id']}")
    again = api.get(f"{PATH}/acme")
    assert (again["id"] != made["id"], found(api)) == (True, (1, 2, 1))


def test_quotas_hold(api, cloud):
    api.send("PUT", "quotas/acme", json={"quota": {"router": 0}})
    assert api.refused("GET", f"{PATH}/acme")[:2] == (409, "OverQuota")


def test_one_external_network_is_the_default(api, outer):
    api.put(f"networks/{outer['id']}", is_default=True)
    assert api.get("networks", is_default=True) == [api.get(f"networks/{outer['id']}")]
    second = {"network": {"router:external": True, "is_default": True}}
    assert api.refused("POST", "networks", second) == (
        409,
        "DefaultExternalNetworkExists",
        f"A default external network already exists: {outer['id']}.",
    )
    assert api.refused("POST", "networks", {"network": {"is_default": True}})[:2] == (400, "InvalidInput")
    changed = api.put(f"networks/{outer['id']}", **{"router:external": False})
    assert (changed["router:external"], changed["is_default"]) == (False, False)
    assert api.post("networks", **second["network"])["is_default"] is True


def test_subnets_tell_whether_their_network_is_external(api, outer):
    inner = api.subnet(api.network(), "10.0.0.0/24")
    (external,) = api.get("subnets", **{"router:external": True})
    assert (external["network_id"], external["router:external"]) == (outer["id"], True)
    assert api.get("subnets", **{"router:external": False}) == [inner]
    api.put(f"networks/{outer['id']}", **{"router:external": False})
    assert api.get(f"subnets/{external['id']}")["router:external"] is False
