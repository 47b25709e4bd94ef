"""Stories of whether new groups are stateful."""

PATH = "security-groups-default-statefulness"
NOUN = "security_groups_default_statefulness"


def make(api, **given):
    answer = api.send("POST", PATH, json={NOUN: given})
    assert answer.status_code == 201, answer.text
    return answer.json()[NOUN]


def of_new_group(api, project, **given):
    return api.post("security-groups", name="g", project_id=project, **given)["stateful"]


def test_new_groups_follow_the_setting_of_their_project_or_of_all(api):
    assert of_new_group(api, "acme") is True
    everybody = make(api, stateful=False)
    assert {key: everybody[key] for key in ("project_id", "stateful")} == {"project_id": None, "stateful": False}
    assert of_new_group(api, "acme") is False
    own = make(api, project_id="acme")
    assert (own["project_id"], own["tenant_id"], own["stateful"]) == ("acme", "acme", True)
    assert (of_new_group(api, "acme"), of_new_group(api, "other")) == (True, False)
    assert of_new_group(api, "other", stateful=True) is True
    assert [g["stateful"] for g in api.get("security-groups", project_id="other", name="default")] == [False]
    changed = api.send("PUT", f"{PATH}/{own['id']}", json={NOUN: {"stateful": False}}).json()[NOUN]
    assert changed == own | {"stateful": False} == api.get(f"{PATH}/{own['id']}")
    assert of_new_group(api, "acme") is False
    assert api.get(PATH, project_id="acme") == [changed]
    assert len(api.get(PATH)) == 2
    for one in (own, everybody):
        api.delete(f"{PATH}/{one['id']}")
    assert of_new_group(api, "acme") is True
    missing = api.refused("GET", f"{PATH}/{own['id']}")
    assert missing[:2] == (404, "SecurityGroupDefaultStatefulnessNotFound")


def test_an_administrator_who_lists_a_projects_groups_finds_its_default(api):
    (group,) = api.get("security-groups", project_id="new", name="default")
    assert (group["project_id"], group["name"]) == ("new", "default")


def test_each_has_one_setting(api):
    for given in ({}, {"project_id": "acme"}):
        make(api, **given)
        again = api.refused("POST", PATH, {NOUN: given})
        assert again[:2] == (409, "SecurityGroupDefaultStatefulnessAlreadyExists")
    assert api.refused("POST", PATH, {NOUN: {"stateful": "x"}})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", PATH, {})[:2] == (400, "HTTPBadRequest")


def test_rules_tell_whether_they_are_a_default_groups(api):
    own = api.post("security-groups", name="g")
    (default,) = api.get("security-groups", name="default")
    rules = {rule["id"]: rule for rule in default["security_group_rules"]}
    assert {rule["id"] for rule in api.get("security-group-rules", belongs_to_default_sg=True)} == rules.keys()
    others = api.get("security-group-rules", belongs_to_default_sg=False)
    assert {rule["security_group_id"] for rule in others} == {own["id"]}
    one = next(iter(rules))
    assert api.get(f"security-group-rules/{one}")["belongs_to_default_sg"] is True
    given = {"security_group_id": default["id"], "direction": "ingress", "protocol": "tcp"}
    assert api.post("security-group-rules", **given)["belongs_to_default_sg"] is True
