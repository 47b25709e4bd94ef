"""Stories of flavors, service profiles and providers, and of routers with a flavor."""

import uuid

import pytest

from neutrino.model.flavor import OVN_DRIVER

MISSING = str(uuid.uuid4())


@pytest.fixture
def profile(api):
    return api.post("service_profiles", driver=OVN_DRIVER)


@pytest.fixture
def flavor(api, profile):
    return api.post("flavors", name="fast", service_type="L3_ROUTER_NAT", service_profiles=[profile["id"]])


def test_a_flavor_lives(api):
    made = api.post("flavors", name="best", description="d", service_type="FLAVORS")
    expected = {"id": made["id"], "name": "best", "description": "d", "service_type": "FLAVORS"}
    assert made == expected | {"service_profiles": [], "enabled": True}
    path = f"flavors/{made['id']}"
    assert api.get(path) == made
    assert api.put(path, enabled=False, name="b") == made | {"enabled": False, "name": "b"}
    assert [one["id"] for one in api.get("flavors", id=made["id"])] == [made["id"]]
    assert api.get("flavors", id=33) == api.get("flavors", enabled=True) == []
    assert api.refused("PUT", path, {"flavor": {"service_type": "L3_ROUTER_NAT"}})[:2] == (400, "HTTPBadRequest")
    api.delete(path)
    assert api.refused("GET", path) == (404, "FlavorNotFound", f"Flavor {made['id']} could not be found.")


def test_a_service_profile_lives(api):
    made = api.post("service_profiles", description="d", driver="", metainfo='{"data": "value"}')
    expected = {"id": made["id"], "description": "d", "driver": "", "metainfo": '{"data": "value"}'}
    assert made == expected | {"enabled": True}
    path = f"service_profiles/{made['id']}"
    assert api.put(path, enabled=False)["enabled"] is False
    assert api.get("service_profiles", id=made["id"]) == [made | {"enabled": False}]
    assert api.get("service_profiles", id=33) == []
    unknown = {"service_profile": {"driver": "neutron.services.l3_router.service_providers.dvr.DvrDriver"}}
    for method, where in (("POST", "service_profiles"), ("PUT", path)):
        assert api.refused(method, where, unknown)[:2] == (404, "ServiceProfileDriverNotFound")
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "ServiceProfileNotFound")
    empty = api.refused("POST", "service_profiles", {"service_profile": {"description": "d"}})
    assert empty == (400, "ServiceProfileEmpty", "Service Profile needs either a driver or metainfo.")


@pytest.mark.parametrize(
    "given",
    [{}, {"service_type": "x"}, {"service_type": None}, {"service_type": "FLAVORS", "name": "x" * 256},
     {"service_type": "FLAVORS", "description": "x" * 1025}, {"service_type": "FLAVORS", "enabled": "maybe"},
     {"service_type": "FLAVORS", "service_profiles": ["x"]}],
    ids=str,
)  # fmt: skip
def test_what_is_no_flavor(api, given):
    assert api.refused("POST", "flavors", {"flavor": given})[:2] == (400, "HTTPBadRequest")


def test_service_profiles_of_a_flavor(api, flavor, profile):
    other = api.post("service_profiles", metainfo="m")
    path = f"flavors/{flavor['id']}/service_profiles"
    answer = api.send("POST", path, json={"service_profile": {"id": other["id"]}})
    assert (answer.status_code, answer.json()) == (201, {"service_profile": {"id": other["id"]}})
    assert api.get(path) == [{"id": profile["id"]}, {"id": other["id"]}]
    assert api.get(f"{path}/{other['id']}") == {"id": other["id"]}
    assert api.get(f"flavors/{flavor['id']}")["service_profiles"] == [profile["id"], other["id"]]
    again = {"service_profile": {"id": other["id"]}}
    assert api.refused("POST", path, again)[:2] == (409, "FlavorServiceProfileBindingExists")
    unknown = {"service_profile": {"id": MISSING}}
    assert api.refused("POST", path, unknown)[:2] == (404, "ServiceProfileNotFound")
    assert api.refused("POST", f"flavors/{MISSING}/service_profiles", again)[:2] == (404, "FlavorNotFound")
    for body in ({}, {"service_profile": {}}, {"service_profile": {"id": "x"}}, {"service_profile": [1]}):
        assert api.refused("POST", path, body)[:2] == (400, "HTTPBadRequest")
    in_use = f"service_profiles/{other['id']}"
    assert api.refused("DELETE", in_use)[:2] == (409, "ServiceProfileInUse")
    assert api.refused("PUT", in_use, {"service_profile": {"metainfo": "n"}})[:2] == (409, "ServiceProfileInUse")
    api.delete(f"{path}/{other['id']}")
    for method in ("GET", "DELETE"):
        assert api.refused(method, f"{path}/{other['id']}")[:2] == (404, "FlavorServiceProfileBindingNotFound")
    api.delete(in_use)
    given = {"flavor": {"service_profiles": [MISSING]}}
    assert api.refused("PUT", f"flavors/{flavor['id']}", given)[:2] == (404, "ServiceProfileNotFound")


def test_who_realises_a_flavor(api, flavor, profile):
    path = f"flavors/{flavor['id']}/next_providers"
    assert api.get(path) == [{"provider": "ovn", "driver": OVN_DRIVER}]
    bare = api.post("flavors", service_type="FLAVORS")
    none = api.refused("GET", f"flavors/{bare['id']}/next_providers")
    assert none[:2] == (404, "FlavorServiceProfileBindingNotFound")
    assert api.refused("GET", f"flavors/{MISSING}/next_providers")[:2] == (404, "FlavorNotFound")
    provider = {"service_type": "L3_ROUTER_NAT", "name": "ovn", "default": True}
    assert api.get("service-providers") == api.get("service-providers", default="True") == [provider]
    assert api.get("service-providers", name="ovn", fields="name") == [{"name": "ovn"}]
    assert api.get("service-providers", name="x") == []
    assert api.refused("GET", "service-providers?color=red")[:2] == (400, "HTTPBadRequest")


def test_routers_have_a_flavor(api, flavor, profile):
    router = api.post("routers", name="r", flavor_id=flavor["id"])
    assert router["flavor_id"] == flavor["id"]
    assert api.get("routers", flavor_id=flavor["id"]) == [router]
    path = f"flavors/{flavor['id']}"
    assert api.refused("DELETE", path) == (
        409,
        "FlavorInUse",
        f"Flavor {flavor['id']} is used by some service instance.",
    )
    change = {"router": {"flavor_id": None}}
    assert api.refused("PUT", f"routers/{router['id']}", change)[:2] == (400, "HTTPBadRequest")

    def refused(flavor_id):
        return api.refused("POST", "routers", {"router": {"flavor_id": flavor_id}})[:2]

    assert refused(MISSING) == refused(api.post("flavors", service_type="FLAVORS")["id"]) == (404, "FlavorNotFound")
    bare = api.post("flavors", service_type="L3_ROUTER_NAT")
    assert refused(bare["id"]) == (404, "FlavorServiceProfileBindingNotFound")
    nobody = api.post("service_profiles", metainfo="m")
    api.put(f"flavors/{bare['id']}", service_profiles=[nobody["id"]])
    assert refused(bare["id"]) == (404, "ServiceProfileDriverNotFound")
    off = api.post("service_profiles", driver=OVN_DRIVER, enabled=False)
    api.put(f"flavors/{bare['id']}", service_profiles=[off["id"]])
    assert refused(bare["id"]) == (503, "ServiceProfileDisabled")
    api.put(path, enabled=False)
    assert refused(flavor["id"]) == (503, "FlavorDisabled")
    api.delete(f"routers/{router['id']}")
    api.delete(path)
