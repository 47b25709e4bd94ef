"""Bindings of a port at further hosts (extension binding-extended)."""

import pytest

ACTIVE = {"host": "src", "vif_type": "ovs", "vnic_type": "normal", "status": "ACTIVE", "profile": {}}


@pytest.fixture
def port(api):
    for host in ("src", "dst", "far"):
        api.host(host)
    return api.port(api.network(), device_owner="compute:nova", device_id="vm", **{"binding:host_id": "src"})


def path(port, *more):
    return "/".join(["ports", port["id"], "bindings", *more])


def bind(api, port, host, **given):
    answer = api.send("POST", path(port), json={"binding": {"host": host, **given}})
    assert answer.status_code == 201, answer.text
    return answer.json()["binding"]


def without_details(binding):
    return {name: value for name, value in binding.items() if name != "vif_details"}


def test_a_port_moves(api, port):
    (active,) = api.get(path(port))
    assert without_details(active) == ACTIVE
    assert active["vif_details"] == port["binding:vif_details"]
    made = bind(api, port, "dst", profile={"a": 1})
    assert without_details(made) == ACTIVE | {"host": "dst", "status": "INACTIVE", "profile": {"a": 1}}
    assert api.get(path(port, "dst")) == made
    assert api.get(path(port)) == [active, made]
    assert api.get(path(port), host="dst") == [made]
    assert api.get(path(port), ("fields", "host"), status="INACTIVE") == [{"host": "dst"}]
    answer = api.send("PUT", path(port, "dst", "activate"))
    assert (answer.status_code, answer.json()) == (200, made | {"status": "ACTIVE"})
    moved = api.get(f"ports/{port['id']}")
    assert (moved["binding:host_id"], moved["binding:profile"]) == ("dst", {"a": 1})
    gone = {"host": "src", "vif_type": "unbound", "vif_details": {}, "status": "INACTIVE"}
    assert api.get(path(port)) == [made | {"status": "ACTIVE"}, active | gone]
    api.delete(path(port, "src"))
    assert [one["host"] for one in api.get(path(port))] == ["dst"]
    api.delete(path(port, "dst"))
    unbound = api.get(f"ports/{port['id']}")
    assert (unbound["binding:host_id"], unbound["binding:vif_type"]) == ("", "unbound")


def test_a_binding_is_changed(api, port):
    bind(api, port, "dst")
    answer = api.send("PUT", path(port, "dst"), json={"binding": {"profile": {"b": 2}}})
    assert (answer.status_code, answer.json()["binding"]["profile"]) == (200, {"b": 2})
    answer = api.send("PUT", path(port, "dst"), json={"binding": {"host": "far"}})
    assert answer.json()["binding"]["host"] == "far"
    answer = api.send("PUT", path(port, "src"), json={"binding": {"profile": {"c": 3}}})
    assert answer.json()["binding"]["status"] == "ACTIVE"
    assert api.get(f"ports/{port['id']}")["binding:profile"] == {"c": 3}


def test_the_port_itself_moves_to_a_host_where_a_binding_waits(api, port):
    bind(api, port, "dst")
    api.put(f"ports/{port['id']}", **{"binding:host_id": "dst"})
    assert [(one["host"], one["status"]) for one in api.get(path(port))] == [("dst", "ACTIVE")]


def test_refusals(api, port):
    bind(api, port, "dst")
    post = lambda host: api.refused("POST", path(port), {"binding": {"host": host}})[:2]  # noqa: E731
    assert post("dst") == (409, "PortBindingAlreadyExists")
    assert post("src") == (409, "PortBindingAlreadyExists")
    assert post("nowhere") == (500, "PortBindingError")
    assert post("") == (400, "HTTPBadRequest")
    for body in (
        {},
        {"binding": {}},
        {"binding": 1},
        {"binding": {"host": "far", "vnic_type": "x"}},
        {"binding": {"x": 1}},
    ):
        assert api.refused("POST", path(port), body)[:2] == (400, "HTTPBadRequest")
    change = {"binding": {"vnic_type": "baremetal"}}
    assert api.refused("PUT", path(port, "dst"), change)[:2] == (500, "PortBindingError")
    assert api.refused("PUT", path(port, "dst"), {"binding": {"host": "src"}})[:2] == (409, "PortBindingAlreadyExists")
    assert api.refused("PUT", path(port, "far"), {"binding": {}})[:2] == (404, "PortBindingNotFound")
    assert api.refused("PUT", path(port, "src", "activate"))[:2] == (409, "PortBindingAlreadyActive")
    assert api.refused("PUT", path(port, "far", "activate"))[:2] == (404, "PortBindingNotFound")
    assert api.refused("DELETE", path(port, "far"))[:2] == (404, "PortBindingNotFound")
    assert api.refused("GET", path(port, "far"))[:2] == (404, "PortBindingNotFound")
    assert api.refused("GET", path(port) + "?profile=x")[:2] == (400, "HTTPBadRequest")
    plain = api.port(api.network())
    assert api.refused("GET", path(plain))[:2] == (400, "BadRequest")
    assert api.refused("GET", path({"id": "no"}))[:2] == (404, "PortNotFound")


SWITCH = {"vtep-physical-switch": "rack-1", "vtep-logical-switch": "ls-1"}


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({"vtep-physical-switch": "rack-1"},
         "'vtep-logical-switch' is missing: vtep-physical-switch and vtep-logical-switch go together"),
        (SWITCH | {"vtep-physical-switch": 7}, "vtep-physical-switch 7 is not a name"),
        (SWITCH | {"vtep-logical-switch": ""}, "vtep-logical-switch '' is not a name"),
        ({"tag": 7}, "'parent_name' is missing: parent_name and tag go together"),
        ({"parent_name": "x", "tag": "7"}, "tag '7' is not an integer"),
        ({"parent_name": "x", "tag": True}, "tag True is not an integer"),
        ({"parent_name": "x", "tag": 4096}, "tag 4096 is not between 0 and 4095"),
    ],
)  # fmt: skip
def test_profiles_that_make_no_sense(api, port, profile, why):
    refusal = (400, "InvalidInput", f"Invalid input for operation: Invalid binding:profile. {why}.")
    body = {"port": {"network_id": port["network_id"], "binding:profile": profile}}
    assert api.refused("POST", "ports", body) == refusal
    assert api.refused("PUT", f"ports/{port['id']}", {"port": {"binding:profile": profile}}) == refusal
    assert api.refused("POST", path(port), {"binding": {"host": "dst", "profile": profile}}) == refusal


def test_profiles_that_make_sense(api, port):
    changed = api.put(f"ports/{port['id']}", **{"binding:profile": SWITCH | {"more": 1}})
    assert changed["binding:profile"] == SWITCH | {"more": 1}
    nested = api.port({"id": port["network_id"]}, **{"binding:profile": {"parent_name": port["id"], "tag": 0}})
    assert nested["binding:profile"] == {"parent_name": port["id"], "tag": 0}
    nowhere = {"port": {"binding:profile": {"parent_name": "nowhere", "tag": 1}}}
    assert api.refused("PUT", f"ports/{port['id']}", nowhere)[:2] == (404, "PortNotFound")


CARD = {"pci_vendor_info": "15b3:1017", "pci_slot": "0000:03:00.2", "physical_network": None,
        "card_serial_number": "AB123", "pf_mac_address": "08:c0:eb:00:00:01", "vf_num": 3}  # fmt: skip


def test_a_port_of_a_card_is_bound_to_the_card(api):
    api.host("compute")
    given = {"binding:vnic_type": "remote-managed", "binding:host_id": "compute", "binding:profile": CARD}
    blue = api.network()
    assert api.port(blue, **given)["binding:vif_type"] == "binding_failed"
    api.host("dpu", **{"ovn-cms-options": "card-serial-number=AB123", "datapath-type": "netdev"})
    bound = api.port(blue, **given)
    assert (bound["binding:vif_type"], bound["binding:vif_details"]["datapath_type"]) == ("ovs", "netdev")
    later = api.port(blue, **{"binding:vnic_type": "remote-managed"})
    path = f"ports/{later['id']}"
    assert api.put(path, **given)["binding:vif_type"] == "ovs"
    for profile, why in (
        ({"vf_num": 3}, f"'pci_vendor_info' is missing: {', '.join([*CARD][:-1])} and vf_num go together"),
        (CARD | {"vf_num": "3"}, "vf_num '3' is not an integer"),
        (CARD | {"physical_network": 1}, "physical_network 1 is not a name or null"),
    ):  # fmt: skip
        refusal = (400, "InvalidInput", f"Invalid input for operation: Invalid binding:profile. {why}.")
        assert api.refused("PUT", path, {"port": {"binding:profile": profile}}) == refusal


def test_a_port_that_is_not_ordinary_is_bound_anew_with_its_profile(api):
    api.host("src")
    port = api.port(api.network(), **{"binding:vnic_type": "direct", "binding:host_id": "src"})
    assert port["binding:vif_type"] == "binding_failed"
    for capabilities, kind in ((["switchdev"], "ovs"), ([], "binding_failed")):
        changed = api.put(f"ports/{port['id']}", **{"binding:profile": {"capabilities": capabilities}})
        assert changed["binding:vif_type"] == kind
