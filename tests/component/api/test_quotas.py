"""Stories of quotas: limits, what is used of them, and refusals."""

import pytest

from neutrino.store.tables import RESOURCES

DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "security_group": 10,
    "security_group_rule": 100,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "trunk": -1,
}


def limit(api, project="acme", **limits):
    answer = api.send("PUT", f"quotas/{project}", json={"quota": limits})
    assert answer.status_code == 200, answer.text
    return answer.json()["quota"]


def used(api, project="acme"):
    return {name: detail["used"] for name, detail in api.get(f"quotas/{project}/details").items() if detail["used"]}


def over(*names):
    return (409, "OverQuota", f"Quota exceeded for resources: {list(names)}.")


def test_limits_come_from_the_configuration_until_they_are_set(serve):
    api = serve("[quotas]", "quota_port = 7", "quota_network = -1", "default_quota = 3")
    mine = {**DEFAULTS, "port": 7, "network": -1}
    known = {name: mine.get(name, 3) for name in api.get("quotas/acme")}
    assert known.items() >= mine.items()
    assert api.get("quotas/acme") == api.get("quotas/acme/default") == known
    assert api.get("quotas") == []
    assert limit(api, network=5, security_group=0) == known | {"network": 5, "security_group": 0}
    assert limit(api, network=6) == known | {"network": 6, "security_group": 0}
    assert api.get("quotas/acme/default") == known
    (listed,) = api.get("quotas")
    assert listed == known | {"network": 6, "security_group": 0, "project_id": "acme", "tenant_id": "acme"}
    api.delete("quotas/acme")
    assert (api.get("quotas"), api.get("quotas/acme")) == ([], known)
    assert api.refused("DELETE", "quotas/acme") == (
        404,
        "TenantQuotaNotFound",
        "Quota for project acme could not be found.",
    )


def test_whose_quotas(api):
    assert api.get("quotas/project") == {"project_id": "acme"}
    assert api.get("quotas/tenant") == {"tenant_id": "acme"}


def test_each_kind_is_limited(api):
    network = api.network()
    api.subnet(network, "10.0.0.0/24")
    port, group = api.port(network), api.post("security-groups", name="web")
    assert used(api) == {"network": 1, "subnet": 1, "port": 1, "security_group": 2, "security_group_rule": 6}
    limit(api, **used(api))
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    for noun, body in (
        ("network", {}),
        ("subnet", {"network_id": network["id"], "ip_version": 4, "cidr": "10.1.0.0/24"}),
        ("port", {"network_id": network["id"]}),
        ("security_group_rule", rule),
    ):
        path = f"{noun}s".replace("_", "-")
        assert api.refused("POST", path, {noun: body}) == over(noun)
        elsewhere = api.send("POST", path, json={noun: body | {"project_id": "other"}})
        assert elsewhere.status_code == (409 if noun == "security_group_rule" else 201), elsewhere.text
    assert api.refused("POST", "security-groups", {"security_group": {"name": "x"}}) == over(
        "security_group", "security_group_rule"
    )
    limit(api, port=2, security_group=3)
    api.port(network)
    assert api.refused("POST", "security-groups", {"security_group": {"name": "x"}}) == over("security_group_rule")
    api.delete(f"ports/{port['id']}")
    api.port(network)
    assert api.refused("POST", "ports", {"port": {"network_id": network["id"]}}) == over("port")


def test_a_bulk_request_is_within_the_limit_or_nothing(api):
    limit(api, network=3)
    assert api.refused("POST", "networks", {"networks": [{}] * 4}) == over("network")
    assert api.send("POST", "networks", json={"networks": [{}] * 3}).status_code == 201
    mixed = [{"project_id": "other"}, {}]
    assert api.refused("POST", "networks", {"networks": mixed}) == over("network")
    limit(api, network=-1)
    assert api.send("POST", "networks", json={"networks": mixed}).status_code == 201
    assert used(api)["network"] == 4


def test_requests_at_once_do_not_pass_the_limit_together(api):
    limit(api, network=5)
    answers = api.together([("POST", "networks", {"network": {}})] * 20)
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 15
    assert used(api)["network"] == 5


def test_what_the_service_makes_for_itself_is_counted_and_never_refused(api):
    limit(api, security_group=0, security_group_rule=0)
    api.network()
    assert used(api) == {"network": 1, "security_group": 1, "security_group_rule": 4}
    assert api.refused("POST", "security-groups", {"security_group": {"name": "x"}})[:2] == (409, "OverQuota")


def test_a_limit_below_what_is_used_must_be_forced(api):
    api.network()
    api.network()
    assert api.refused("PUT", "quotas/acme", {"quota": {"network": 1, "check_limit": True}}) == (
        400,
        "HTTPBadRequest",
        "Quota limit 1 for network must be greater than or equal to already used 2",
    )
    assert api.refused("PUT", "quotas/acme", {"quota": {"network": 0, "force": False}})[0] == 400
    assert limit(api, network=1, force=True)["network"] == 1
    assert api.get("quotas/acme/details")["network"] == {"limit": 1, "used": 2, "reserved": 0}
    assert api.refused("POST", "networks", {"network": {}}) == over("network")
    assert limit(api, network=-1)["network"] == -1


@pytest.mark.parametrize(
    "quota",
    [
        {"network": -2},
        {"network": 2147483648},
        {"network": "value"},
        {"network": None},
        {"color": 3},
        {"force": "so"},
        [],
    ],
    ids=str,
)
def test_limits_that_are_none(api, quota):
    assert api.refused("PUT", "quotas/acme", {"quota": quota})[:2] == (400, "HTTPBadRequest")


def test_odd_paths(api):
    assert api.refused("PUT", "quotas/acme", {})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", "quotas", {"quota": {}})[:2] == (405, "HTTPMethodNotAllowed")
    assert api.refused("PUT", "quotas/acme/details", {"quota": {}})[:2] == (405, "HTTPMethodNotAllowed")
    assert api.refused("GET", f"quotas/{'x' * 256}")[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", "quotas/%00", {"quota": {}})[:2] == (400, "HTTPBadRequest")


def test_the_counters_are_right_after_a_story(api):
    network = api.network()
    for cidr in ("10.0.0.0/24", "10.1.0.0/24"):
        api.subnet(network, cidr)
    group = api.post("security-groups", name="web")
    api.delete(f"security-group-rules/{group['security_group_rules'][0]['id']}")
    api.port(network, project_id="other")
    api.delete(f"security-groups/{group['id']}")
    for port in api.get("ports"):
        api.delete(f"ports/{port['id']}")
    api.delete(f"networks/{network['id']}")
    assert counted(api) == actual(api)
    assert used(api) == {"security_group": 1, "security_group_rule": 4}


def counted(api):
    return {row for row in api.rows()["quota_usages"] if row[2]}


def actual(api):
    """What the tables hold, by project and resource."""
    return {
        (project, cls.singular, count)
        for cls in RESOURCES
        if cls.limited
        for project, count in api.store.query(
            f"SELECT project_id, count(*) FROM {cls.collection} GROUP BY project_id"  # noqa: S608
        )
    }
