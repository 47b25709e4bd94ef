"""Stories of lists: filters, sorting, pages, chosen fields."""

import itertools
import time

import pytest


def names(items):
    return sorted(item["name"] for item in items)


@pytest.fixture
def zoo(api):
    """Networks with ties, nulls and empty strings in what they are sorted by."""
    kinds = ({"provider:network_type": "local"}, {"provider:network_type": "geneve"})
    return [
        api.network(name=name, mtu=mtu, admin_state_up=up, **kind)
        for name, (mtu, up), kind in itertools.product(("", "b", "a"), ((1400, True), (1300, False)), kinds)
    ]


SORTS = [
    (),
    (("name", "asc"),),
    (("name", "desc"),),
    (("provider:segmentation_id", "asc"),),
    (("provider:segmentation_id", "desc"), ("name", "asc")),
    (("admin_state_up", "desc"), ("mtu", "asc"), ("name", "desc")),
    (("id", "desc"),),
]


@pytest.mark.parametrize("limit", [1, 5, 12, 13])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_give_each_row_once_forwards_and_backwards(api, zoo, sort, limit):
    pairs = [pair for key, way in sort for pair in (("sort_key", key), ("sort_dir", way))]
    whole = api.send("GET", "networks", params=[*pairs, ("limit", 1000)]).json()["networks"]
    assert sorted(n["id"] for n in whole) == sorted(n["id"] for n in zoo)

    def walk(url, rel):
        answer = api.send("GET", url).json()
        yield answer["networks"]
        links = {link["rel"]: link["href"] for link in answer.get("networks_links", ())}
        if rel in links:
            yield from walk(links[rel], rel)

    query = "&".join(f"{key}={value}" for key, value in [*pairs, ("limit", limit)])
    pages = list(walk(f"networks?{query}", "next"))
    assert list(itertools.chain(*pages)) == whole
    assert all(len(page) <= limit for page in pages)

    last = whole[-1]["id"]
    backwards = list(walk(f"networks?{query}&marker={last}&page_reverse=True", "previous"))
    assert list(itertools.chain(*reversed(backwards))) == whole[:-1]


def test_nulls_come_first(api, zoo):
    ids = [n["provider:segmentation_id"] for n in api.get("networks", sort_key="provider:segmentation_id")]
    assert ids == [None] * 6 + [1, 2, 3, 4, 5, 6]


def test_pages_with_chosen_fields_have_links_too(api, zoo):
    answer = api.send("GET", "networks", params={"limit": 2, "fields": "name", "sort_key": "name"}).json()
    assert answer["networks"] == [{"name": ""}, {"name": ""}]
    link, before = answer["networks_links"]
    assert (link["rel"], before["rel"]) == ("next", "previous")
    follow = api.send("GET", link["href"]).json()["networks"]
    assert follow == [{"name": ""}, {"name": ""}]


def test_the_server_bounds_pages(serve):
    api = serve("pagination_max_limit = 2")
    for _ in range(3):
        api.network()
    assert len(api.get("networks")) == len(api.get("networks", limit=10)) == len(api.get("networks", limit=0)) == 2
    assert len(api.get("networks", limit=1)) == 1


@pytest.mark.parametrize(
    ("pairs", "status", "fault"),
    [
        ([("limit", "-1")], 400, "HTTPBadRequest"),
        ([("limit", "ten")], 400, "HTTPBadRequest"),
        ([("limit", "")], 400, "HTTPBadRequest"),
        ([("limit", "1" * 30)], 400, "HTTPBadRequest"),
        ([("marker", "gone"), ("limit", "1")], 404, "NetworkNotFound"),
        ([("page_reverse", "maybe")], 400, "HTTPBadRequest"),
        ([("sort_key", "color")], 400, "HTTPBadRequest"),
        ([("sort_key", "subnets")], 400, "HTTPBadRequest"),
        ([("sort_key", "tags")], 400, "HTTPBadRequest"),
        ([("sort_key", "name"), ("sort_dir", "up")], 400, "HTTPBadRequest"),
        ([("sort_key", "name"), ("sort_dir", "asc"), ("sort_dir", "asc")], 400, "HTTPBadRequest"),
        ([("color", "red")], 400, "HTTPBadRequest"),
        ([("subnets", "x")], 400, "HTTPBadRequest"),
        ([("mtu", "large")], 400, "HTTPBadRequest"),
        ([("mtu", "9" * 30)], 400, "HTTPBadRequest"),
        ([("revision_number", "9" * 30)], 400, "HTTPBadRequest"),
        ([("shared", "maybe")], 400, "HTTPBadRequest"),
        ([("changed_since", "yesterday")], 400, "HTTPBadRequest"),
        ([("tags", ",".join(map(str, range(1500))))], 400, "HTTPBadRequest"),
        ([("name", str(i)) for i in range(1001)], 400, "HTTPBadRequest"),
    ],
)
def test_questions_that_make_no_sense(api, pairs, status, fault):
    assert api.refused("GET", "networks", params=pairs)[:2] == (status, fault)


def test_filters_of_networks(api):
    a = api.network(name="a", shared=True, description="x")
    b = api.network(name="b", admin_state_up=False, **{"provider:network_type": "local"})
    c = api.network(name="", mtu=1300)
    for pairs, found in (
        ([("name", "a")], [a]),
        ([("name", "a"), ("name", "b")], [a, b]),
        ([("name", "")], [c]),
        ([("name", "a"), ("shared", "False")], []),
        ([("shared", "True")], [a]),
        ([("shared", "1")], [a]),
        ([("admin_state_up", "false")], [b]),
        ([("provider:segmentation_id", "")], [b]),
        ([("provider:physical_network", "")], [a, b, c]),
        ([("mtu", "1300")], [c]),
        ([("mtu", "1300"), ("mtu", "1442")], [a, c]),
        ([("id", b["id"]), ("id", "nothing")], [b]),
        ([("tenant_id", "acme")], [a, b, c]),
        ([("project_id", "other")], []),
        ([("description", "x")], [a]),
        ([("revision_number", "1"), ("name", "a")], [a]),
        ([("changed_since", "2000-01-01T00:00:00")], [a, b, c]),
        ([("changed_since", "2000-01-01T00:00:00"), ("changed_since", "2100-01-01T00:00:00Z")], []),
        ([("name", "a%")], []),
        ([("name", "'; DROP TABLE networks; --")], []),
    ):
        assert names(api.get("networks", *pairs)) == names(found), pairs


def test_changed_since_is_the_time_of_the_change(api):
    a, b = api.network(name="a"), api.network(name="b")
    time.sleep(1.01)  # times are whole seconds
    changed = api.put(f"networks/{b['id']}", description="now")
    assert changed["updated_at"] > changed["created_at"]
    assert names(api.get("networks", changed_since=changed["updated_at"])) == ["b"]
    assert names(api.get("networks", changed_since=a["updated_at"])) == ["a", "b"]


def test_filters_of_ports(api):
    blue, green = api.network(), api.network()
    one, two = api.subnet(blue, "10.0.0.0/24"), api.subnet(green, "10.0.1.0/24")
    web = api.post("security-groups", name="web")["id"]
    default = api.get("security-groups", name="default")[0]["id"]
    a = api.port(
        blue, name="a", fixed_ips=[{"ip_address": "10.0.0.10"}], device_id="vm", security_groups=[web, default]
    )
    b = api.port(blue, name="b", fixed_ips=[{"ip_address": "10.0.0.20"}, {"ip_address": "10.0.0.21"}])
    c = api.port(green, name="c", fixed_ips=[{"ip_address": "10.0.1.10"}], security_groups=[web])
    for pairs, found in (
        ([("fixed_ips", "ip_address=10.0.0.10")], [a]),
        ([("fixed_ips", "ip_address=10.0.0.10"), ("fixed_ips", "ip_address=10.0.0.21")], [a, b]),
        ([("fixed_ips", "ip_address=10.0.0.10"), ("fixed_ips", f"subnet_id={two['id']}")], []),
        ([("fixed_ips", "ip_address=10.0.0.10"), ("fixed_ips", f"subnet_id={one['id']}")], [a]),
        ([("fixed_ips", f"subnet_id={one['id']}")], [a, b]),
        ([("fixed_ips", "ip_address_substr=10.0.0.2")], [b]),
        ([("fixed_ips", "ip_address_substr=.10"), ("network_id", green["id"])], [c]),
        ([("fixed_ips", "ip_address_substr=%")], []),
        ([("fixed_ips", "ip_address=ten")], []),
        ([("security_groups", web)], [a, c]),
        ([("security_groups", web), ("security_groups", default)], [a, b, c]),
        ([("security_groups", web), ("device_id", "vm")], [a]),
        ([("device_id", "")], [b, c]),
        ([("mac_address", b["mac_address"])], [b]),
        ([("binding:host_id", "")], [a, b, c]),
        ([("network_id", blue["id"]), ("name", "c")], []),
    ):
        assert names(api.get("ports", *pairs)) == names(found), pairs
    for value in ("10.0.0.10", "color=red", "=", ""):
        assert api.refused("GET", "ports", params={"fixed_ips": value})[:2] == (400, "HTTPBadRequest")
    many = [("fixed_ips", f"ip_address_substr={i}.") for i in range(500)]
    assert api.refused("GET", "ports", params=many)[:2] == (400, "HTTPBadRequest")


def test_filters_of_rules(api):
    web = api.post("security-groups", name="web")
    given = {"security_group_id": web["id"], "direction": "ingress"}
    tcp = api.post("security-group-rules", **given, protocol="tcp", port_range_min=80, port_range_max=80)
    net = api.post("security-group-rules", **given, remote_ip_prefix="10.0.0.0/8")
    mine = {"security_group_id": web["id"]}
    assert api.get("security-group-rules", **mine, protocol="tcp") == [tcp]
    assert api.get("security-group-rules", **mine, port_range_min="80") == [tcp]
    assert api.get("security-group-rules", **mine, remote_ip_prefix="10.0.0.0/8") == [net]
    found = api.get("security-group-rules", **mine, protocol="", direction="ingress")
    assert [rule["id"] for rule in found] == [net["id"]]


def test_filters_by_tags(api):
    for name, tags in (("none", []), ("red", ["red"]), ("both", ["red", "blue"]), ("blue", ["blue"])):
        network = api.network(name=name)
        assert api.send("PUT", f"networks/{network['id']}/tags", json={"tags": tags}).json() == {"tags": tags}
    for filters, found in (
        ({"tags": "red"}, ["both", "red"]),
        ({"tags": "red,blue"}, ["both"]),
        ({"tags-any": "red,blue"}, ["blue", "both", "red"]),
        ({"not-tags": "red,blue"}, ["blue", "none", "red"]),
        ({"not-tags-any": "red,blue"}, ["none"]),
        ({"tags": "red", "not-tags": "blue"}, ["red"]),
        ({"tags": "green"}, []),
        ({"tags": "red", "name": "both"}, ["both"]),
    ):
        assert names(api.get("networks", **filters)) == found, filters


def test_fields(api):
    made = api.network(name="a", description="d")
    path = f"networks/{made['id']}"
    assert api.get("networks", ("fields", "name"), ("fields", "id")) == [{"name": "a", "id": made["id"]}]
    assert api.get("networks", fields="subnets") == [{"subnets": []}]
    assert api.get("networks", fields="unknown") == [{"id": made["id"]}]
    assert api.get(path, fields="description") == {"description": "d"}
    assert api.get(path, fields="provider:network_type") == {"provider:network_type": "geneve"}
    assert api.get(path, fields="tenant_id") == {"tenant_id": "acme"}
    assert api.get(path, fields="project_id") == {"project_id": "acme"}


def test_sorting_is_by_value(api):
    blue = api.network()
    for mtu, name in ((1400, "c"), (900, "B"), (1000, "a")):
        api.network(name=name, mtu=mtu)
    assert [n["mtu"] for n in api.get("networks", sort_key="mtu", sort_dir="asc")] == [900, 1000, 1400, blue["mtu"]]
    pairs = [("sort_key", "name"), ("sort_dir", "desc"), ("sort_key", "id"), ("sort_dir", "asc")]
    assert [n["name"] for n in api.get("networks", *pairs)] == ["c", "a", "B", ""]


def test_text_is_ordered_and_compared_byte_by_byte(api):
    """The same on each store, whatever order the server's databases are made with."""
    given = ["ä", "a", "B", "Z", "_", "é", "e", "1", "10", "9", "ß", "日本", "😀", "A", "b c", "b-c", "bb"]
    for name in given:
        api.network(name=name)
    assert [n["name"] for n in api.get("networks", sort_key="name")] == sorted(given, key=str.encode)
    assert names(api.get("networks", name="a")) == ["a"]
    assert api.get("networks", name="É") == []
    tags = ['"quoted"', "back\\slash", "é", "😀", "%s"]
    made = api.network(name="tagged")
    api.send("PUT", f"networks/{made['id']}/tags", json={"tags": tags})
    answer = api.send("GET", f"networks/{made['id']}?fields=tags").content.decode()
    assert answer == '{"network":{"tags":["\\"quoted\\"","back\\\\slash","é","😀","%s"]}}'


def test_lists_kept_as_rows_are_the_same_bytes(api):
    network = api.network()
    subnet = api.subnet(network, "10.0.0.0/24")
    group = api.post("security-groups", name="g")
    ips = [{"ip_address": f"10.0.0.{i}"} for i in (9, 10, 8)]
    made = api.port(network, fixed_ips=ips, security_groups=[group["id"]])
    answer = api.send("GET", f"ports/{made['id']}?fields=fixed_ips&fields=security_groups").content.decode()
    wanted = ",".join(f'{{"subnet_id":"{subnet["id"]}","ip_address":"10.0.0.{i}"}}' for i in (9, 10, 8))
    assert answer == f'{{"port":{{"fixed_ips":[{wanted}],"security_groups":["{group["id"]}"]}}}}'
    rules = api.send("GET", f"security-groups/{group['id']}?fields=security_group_rules").content.decode()
    assert '"protocol":null,"port_range_min":null' in rules
    assert f'"tenant_id":"{group["project_id"]}"' in rules


def test_a_list_is_of_its_own_values_whatever_was_listed_before(api):
    made = [api.network(name=name, mtu=mtu) for name, mtu in (("a", 1300), ("b", 1400), ("a_", 1300), ("c%", 1350))]
    known = [(one["name"], one["mtu"]) for one in made]
    for wanted in ({"a"}, {"b"}, {"none"}, {"a", "b"}, {"c%", "a_"}, {"a", "b", "c%"}, {"b"}):
        for mtu in (1300, 1400):
            pairs = [("name", name) for name in wanted]
            found = [one for one in known if one[0] in wanted]
            assert names(api.get("networks", *pairs)) == sorted(name for name, _ in found)
            both = sorted(name for name, size in found if size == mtu)
            assert names(api.get("networks", *pairs, ("mtu", mtu))) == both
    for limit in (1, 3, 2):
        found = api.get("networks", ("sort_key", "name"), limit=limit)
        assert [one["name"] for one in found] == ["a", "a_", "b"][:limit]
        for after, rest in (("a", ["a_", "b", "c%"]), ("b", ["c%"])):
            marker = next(one["id"] for one in made if one["name"] == after)
            found = api.get("networks", ("sort_key", "name"), limit=limit, marker=marker)
            assert [one["name"] for one in found] == rest[:limit]


def test_parts_of_text_are_found_as_they_are_written(api):
    network = api.network()
    api.subnet(network, "10.0.0.0/24")
    api.subnet(network, "2001:db8::/64")
    for number in (10, 11):
        ips = [{"ip_address": f"10.0.0.{number}"}, {"ip_address": f"2001:db8::A{number}"}]
        api.port(network, name=str(number), fixed_ips=ips)
    both = ["10", "11"]
    for part, found in (("0.10", ["10"]), ("1", both), ("_", []), ("/", []), ("a11", ["11"]), ("DB8::A1", both)):
        assert names(api.get("ports", fixed_ips=f"ip_address_substr={part}")) == found, part


def test_pages_by_what_may_be_unknown(api):
    """Null, false and true are three places in the order."""
    network = api.network()
    for name, trusted in (("c", True), ("a", None), ("b", False)):
        api.port(network, name=name, **({} if trusted is None else {"trusted": trusted}))
    sort = [("sort_key", "trusted"), ("sort_key", "name"), ("sort_dir", "asc"), ("sort_dir", "asc")]
    found = [api.get("ports", *sort, limit=1)[0]]
    while more := api.get("ports", *sort, limit=1, marker=found[-1]["id"]):
        found += more
    assert [(port["name"], port["trusted"]) for port in found] == [("a", None), ("b", False), ("c", True)]


def test_items_say_what_show_and_creation_said(api):
    """Whatever text there is in them, and whatever is left out of some."""
    name = """\"'\\ {},[] %s é 😀"""
    network = api.network(name=name, description=name)
    subnet = api.subnet(network, "10.0.0.0/24", dns_nameservers=["10.0.0.9"])
    given = {
        "binding:profile": {"a": [1, name], "b": {}},
        "allowed_address_pairs": [{"ip_address": "10.0.0.77"}],
        "extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": '"50%,\\\\"'}],
    }
    plain, rich = api.port(network, name=name), api.port(network, device_id=name, **given)
    api.send("PUT", f"ports/{rich['id']}/tags", json={"tags": [name.replace(",", ";")]})
    api.post("trunks", port_id=plain["id"])
    for collection, ids in (("networks", [network]), ("subnets", [subnet]), ("ports", [plain, rich])):
        listed = {one["id"]: one for one in api.get(collection)}
        for made in ids:
            shown = api.get(f"{collection}/{made['id']}")
            assert shown == listed[made["id"]]
            assert shown["name"] == made["name"]
            for key, value in shown.items():
                assert api.get(f"{collection}/{made['id']}", fields=key) == {key: value}
    assert api.get(f"ports/{plain['id']}")["trunk_details"]["sub_ports"] == []
    shown = api.get(f"ports/{rich['id']}")
    assert shown["binding:profile"] == given["binding:profile"]
    assert "trunk_details" not in shown


def test_numbers_beyond_what_is_stored_match_nothing(api):
    blue = api.network()
    assert api.get("networks", revision_number="3446811768") == []
    pairs = [("revision_number", "3446811768"), ("revision_number", str(blue["revision_number"]))]
    assert [one["id"] for one in api.get("networks", *pairs)] == [blue["id"]]
