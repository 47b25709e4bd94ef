"""Stories of logs, and of the groups and ports that they are about."""

import uuid

import pytest

MISSING = str(uuid.uuid4())


def log(api, **given):
    answer = api.send("POST", "log/logs", json={"log": {"resource_type": "security_group", **given}})
    assert answer.status_code == 201, answer.text
    return answer.json()["log"]


def refused(api, **given):
    return api.refused("POST", "log/logs", {"log": {"resource_type": "security_group", **given}})


@pytest.fixture
def group(api):
    return api.post("security-groups", name="web")


@pytest.fixture
def port(api, group):
    network = api.network()
    api.subnet(network, "10.0.0.0/24")
    return api.port(network, security_groups=[group["id"]])


def test_a_log_lives(api, group):
    made = log(api, name="l", description="d", resource_id=group["id"], enabled=True)
    assert {key: made[key] for key in made if key not in ("id", "created_at", "updated_at")} == {
        "name": "l",
        "description": "d",
        "project_id": "acme",
        "tenant_id": "acme",
        "revision_number": 1,
        "resource_type": "security_group",
        "resource_id": group["id"],
        "target_id": None,
        "event": "ALL",
        "enabled": True,
    }
    path = f"log/logs/{made['id']}"
    assert api.get(path) == made
    assert api.get("log/logs") == api.get("log/logs", event="ALL", resource_id=group["id"]) == [made]
    assert api.get("log/logs", enabled=False) == []
    answer = api.send("PUT", path, json={"log": {"description": "e", "enabled": False, "name": "m"}})
    assert answer.status_code == 200
    assert answer.json()["log"] == api.get(path)
    changed = {"description": "e", "enabled": False, "name": "m", "revision_number": 2}
    assert api.get(path) == made | changed | {"updated_at": api.get(path)["updated_at"]}
    for fixed in ({"event": "DROP"}, {"resource_id": None}, {"target_id": None}, {"resource_type": "x"}):
        assert api.refused("PUT", path, {"log": fixed})[:2] == (400, "HTTPBadRequest")
    api.delete(path)
    assert api.refused("GET", path) == (404, "LogResourceNotFound", f"Log resource {made['id']} could not be found.")


def test_what_can_be_logged(api):
    assert api.get("log/loggable-resources") == [{"type": "security_group"}]
    assert api.get("log/loggable-resources", type="x") == []
    assert api.refused("GET", "log/loggable-resources?color=red")[:2] == (400, "HTTPBadRequest")


def test_what_cannot_be_logged(api, group, port):
    assert refused(api, resource_type="fake")[:2] == (400, "InvalidLogResourceType")
    assert refused(api, resource_id=MISSING) == (404, "ResourceNotFound", f"Resource {MISSING} could not be found.")
    assert refused(api, target_id=MISSING)[:2] == (404, "TargetResourceNotFound")
    assert refused(api, event="x")[:2] == refused(api, resource_id="x")[:2] == (400, "HTTPBadRequest")
    other = api.post("security-groups", name="db")
    assert refused(api, resource_id=other["id"], target_id=port["id"])[:2] == (400, "InvalidResourceConstraint")
    open_port = api.port({"id": port["network_id"]}, port_security_enabled=False)
    assert refused(api, target_id=open_port["id"])[:2] == (409, "LoggingTypeNotSupported")
    assert api.refused("POST", "log/logs", {"log": {"name": "x"}})[:2] == (400, "HTTPBadRequest")
    assert api.get("log/logs") == []


def test_a_log_goes_with_its_group_and_with_its_port(api, group, port):
    of_port = log(api, target_id=port["id"])
    both = log(api, target_id=port["id"], resource_id=group["id"], event="DROP")
    of_group = log(api, resource_id=group["id"], event="ACCEPT")
    of_all = log(api)
    found = {one["id"] for one in api.get("log/logs")}
    assert found == {one["id"] for one in (of_port, both, of_group, of_all)}
    api.delete(f"ports/{port['id']}")
    assert {one["id"] for one in api.get("log/logs")} == {of_group["id"], of_all["id"]}
    api.delete(f"security-groups/{group['id']}")
    assert api.get("log/logs") == [of_all]
    gone = [entry for entry in api.journal() if entry[0] == "logs" and entry[1] == of_group["id"]]
    assert len(gone) == 2


def test_a_log_of_a_port_follows_its_groups(api, port):
    made = log(api, target_id=port["id"])
    other = api.post("security-groups", name="db")
    before = len(api.journal())
    api.put(f"ports/{port['id']}", security_groups=[other["id"]])
    assert ("logs", made["id"], "intent") in [tuple(line) for line in api.journal()[before:]]
    api.put(f"ports/{port['id']}", name="x")
    assert tuple(api.journal()[-1])[:2] == ("ports", port["id"])


def test_a_port_that_becomes_a_routers_is_not_logged(api, port):
    log(api, target_id=port["id"])
    router = api.post("routers")
    answer = api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"port_id": port["id"]})
    assert answer.status_code == 200, answer.text
    assert api.get("log/logs") == []
