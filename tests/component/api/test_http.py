"""Stories of what all nouns share: versions, extensions, revisions, tags, time, projects, what is refused."""

import pytest

from neutrino.api.extensions import EXTENSIONS
from neutrino.api.routes import NOUNS
from neutrino.model.resource import attributes

MISSING = "11111111-2222-3333-4444-555555555555"


def test_versions(api):
    answer = api.send("GET", "/")
    assert answer.json() == {
        "versions": [
            {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": "http://net/v2.0/"}]},
        ]
    }
    for path in ("/v2.0", "/v2.0/"):
        found = {item["collection"]: item for item in api.send("GET", path).json()["resources"]}
        assert sorted(found) == sorted(noun.cls.collection for noun in NOUNS)
        assert found["security_groups"] == {
            "name": "security_group",
            "collection": "security_groups",
            "links": [{"rel": "self", "href": "http://net/v2.0/security-groups"}],
        }


def test_each_answer_has_an_id_and_is_json(api):
    answers = [api.send("GET", path) for path in ("networks", "networks/x", "/nowhere")]
    ids = [answer.headers["x-openstack-request-id"] for answer in answers]
    assert all(one.startswith("req-") for one in ids)
    assert len(set(ids)) == 3
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}


def test_extensions(api):
    found = api.get("extensions")
    assert [sorted(one) for one in found] == [["alias", "description", "links", "name", "updated"]] * len(EXTENSIONS)
    assert api.get(f"extensions/{found[0]['alias']}") == found[0]
    assert api.refused("GET", "extensions/nothing")[:2] == (404, "HTTPNotFound")


def test_each_extension_that_an_attribute_belongs_to_is_listed(api):
    brought = {a.attr.extension for noun in NOUNS for a in attributes(noun.cls).values()}
    assert brought - {""} <= {extension.alias for extension in EXTENSIONS}


@pytest.mark.parametrize(
    ("method", "path", "status", "fault"),
    [
        ("GET", "/v2.0/nothings", 404, "HTTPNotFound"),
        ("GET", "/v3", 404, "HTTPNotFound"),
        ("GET", "/v2.0/networks/x/y", 404, "HTTPNotFound"),
        ("DELETE", "networks", 405, "HTTPMethodNotAllowed"),
        ("PATCH", f"networks/{MISSING}", 405, "HTTPMethodNotAllowed"),
        ("POST", "agents", 405, "HTTPMethodNotAllowed"),
        ("POST", "agents", 405, "HTTPMethodNotAllowed"),
        ("DELETE", f"agents/{MISSING}", 404, "AgentNotFound"),
        ("GET", f"agents/{MISSING}", 404, "AgentNotFound"),
        ("GET", "networks/%00", 404, "NetworkNotFound"),
        ("GET", "networks/%FF%FE", 404, "NetworkNotFound"),
        ("GET", f"security-group-rules/{MISSING}/tags", 404, "HTTPNotFound"),
        ("GET", "networks?name=%FF", 400, "HTTPBadRequest"),
        ("GET", "networks?name=%ED%A0%80", 400, "HTTPBadRequest"),
    ],
)
def test_what_is_not_there(api, method, path, status, fault):
    assert api.refused(method, path)[:2] == (status, fault)


def test_conditional_changes(api):
    made = api.network()
    path = f"networks/{made['id']}"
    changed = api.put(path, name="a", headers={"If-Match": "revision_number=1"})
    assert changed["revision_number"] == 2
    for method, body in (("PUT", {"network": {"name": "b"}}), ("DELETE", None)):
        got = api.refused(method, path, body, headers={"If-Match": "revision_number=1"})
        assert got == (412, "RevisionNumberConstraintFailed", "Constrained to 1, but current revision is 2")
    quoted = api.put(path, name="b", headers={"If-Match": '"revision_number=2"'})
    assert quoted["revision_number"] == 3
    for odd in (
        "revision_number=",
        "revision_number=x",
        "revision_number=\xb2",
        "3",
        "*",
        "revision_number=" + "9" * 99,
    ):
        headers = {"If-Match": odd.encode("latin-1")}
        assert api.refused("DELETE", path, headers=headers)[:2] == (400, "HTTPBadRequest"), odd
    api.delete(path, headers={"If-Match": "revision_number=3"})


def test_of_many_conditional_changes_one_wins(api):
    path = f"networks/{api.network()['id']}"

    changes = [("PUT", path, {"network": {"name": str(i)}}) for i in range(20)]
    answers = api.together(changes, headers={"If-Match": "revision_number=1"})
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    assert api.get(path)["revision_number"] == 2


@pytest.mark.parametrize("collection", ["networks", "subnets", "ports", "security-groups"])
def test_tags(api, collection):
    blue = api.network()
    made = {
        "networks": lambda: blue,
        "subnets": lambda: api.subnet(blue, "10.0.0.0/24"),
        "ports": lambda: api.port(blue),
        "security-groups": lambda: api.post("security-groups", name="web"),
    }[collection]()
    path = f"{collection}/{made['id']}"
    assert api.send("PUT", f"{path}/tags", json={"tags": ["b", "a"]}).json() == {"tags": ["b", "a"]}
    assert api.get(path)["tags"] == ["b", "a"]
    assert api.get(path)["revision_number"] == 2
    assert api.send("PUT", f"{path}/tags/c").status_code == 201
    assert api.send("PUT", f"{path}/tags/c").status_code == 201
    assert api.send("GET", f"{path}/tags").json() == {"tags": ["b", "a", "c"]}
    assert api.send("GET", f"{path}/tags/c").status_code == 204
    assert api.send("DELETE", f"{path}/tags/b").status_code == 204
    for method in ("GET", "DELETE"):
        got = api.refused(method, f"{path}/tags/b")
        assert got == (404, "TagNotFound", "Tag b could not be found.")
    assert api.send("DELETE", f"{path}/tags").status_code == 204
    assert api.get(path)["tags"] == []
    for bad in (["x" * 256], ["a", "a"], ["a/b"], ["a,b"], [""], [1], "ab", {}, [str(i) for i in range(51)]):
        assert api.refused("PUT", f"{path}/tags", {"tags": bad})[:2] == (400, "HTTPBadRequest"), bad
    assert api.refused("PUT", f"{path}/tags", {})[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", f"{collection}/{MISSING}/tags", {"tags": []})[0] == 404
    assert api.refused("PUT", path, {path.partition("/")[0].replace("-", "_")[:-1]: {"tags": []}})[0] == 400


def test_projects(api):
    assert api.network(project_id="a")["tenant_id"] == "a"
    assert api.network(tenant_id="b")["project_id"] == "b"
    assert api.network(tenant_id="c", project_id="c")["project_id"] == "c"
    body = {"network": {"tenant_id": "a", "project_id": "b"}}
    assert api.refused("POST", "networks", body)[:2] == (400, "HTTPBadRequest")
    assert api.post("networks", headers={"X-Project-Id": "d"})["project_id"] == "d"
    long = {"X-Project-Id": "x" * 300}
    assert api.refused("POST", "networks", {"network": {}}, headers=long)[:2] == (400, "HTTPBadRequest")


def test_agents_are_what_was_observed(api):
    api.host("node1", **{"bridge-mappings": "physnet1:br-ex"})
    (agent,) = api.get("agents", host="node1")
    assert agent == {
        "id": agent["id"],
        "agent_type": "OVN Controller agent",
        "binary": "ovn-controller",
        "host": "node1",
        "topic": "",
        "availability_zone": "",
        "alive": True,
        "admin_state_up": True,
        "description": "",
        "configurations": {"bridge-mappings": "physnet1:br-ex"},
        "created_at": "2030-01-01 00:00:00",
        "started_at": "2030-01-01 00:00:00",
        "heartbeat_timestamp": "2030-01-01 00:00:00",
    }
    assert api.get(f"agents/{agent['id']}") == agent
    assert api.get("agents", alive="false") == []


def test_times(api):
    made = api.network()
    assert made["created_at"] == made["updated_at"]
    assert (made["created_at"][10], made["created_at"][-1]) == ("T", "Z")


def test_a_revision_counts_changes_of_what_belongs_to_the_resource(api):
    """And only changes: what was so already is not written, and wakes nobody."""
    blue = api.network()
    network = f"networks/{blue['id']}"
    subnet = api.subnet(blue, "10.0.0.0/24")
    api.put(f"subnets/{subnet['id']}", name="x")
    api.delete(f"subnets/{subnet['id']}")
    assert api.get(network)["revision_number"] == 4
    web = api.post("security-groups", name="web")
    rule = api.post("security-group-rules", security_group_id=web["id"], direction="ingress")
    api.put(f"security-group-rules/{rule['id']}", description="x")
    api.delete(f"security-group-rules/{rule['id']}")
    assert api.get(f"security-groups/{web['id']}")["revision_number"] == 4

    before = api.rows()
    assert api.put(network, name="", mtu=blue["mtu"])["revision_number"] == 4
    assert api.put(network)["revision_number"] == 4
    api.send("PUT", f"{network}/tags", json={"tags": []})
    assert api.rows() == before
