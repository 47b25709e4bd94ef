"""Stories of trunks."""

import pytest

MISSING = "00000000-0000-4000-8000-000000000000"


def sub_port(port, vlan):
    return {"port_id": port["id"], "segmentation_type": "vlan", "segmentation_id": vlan}


class Yard:
    """A network with a parent port, and others with a port each."""

    def __init__(self, api):
        self.api = api
        self.parent = api.port(api.network())

    def port(self, **given):
        return self.api.port(self.api.network(**given))

    def trunk(self, **given):
        return self.api.post("trunks", port_id=self.parent["id"], **given)

    def act(self, trunk, action, *sub_ports):
        answer = self.api.send("PUT", f"trunks/{trunk['id']}/{action}", json={"sub_ports": list(sub_ports)})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, trunk, action, body):
        return self.api.refused("PUT", f"trunks/{trunk['id']}/{action}", {"sub_ports": body})[:2]


@pytest.fixture
def yard(api):
    return Yard(api)


def test_a_trunk_lives(api, yard):
    made = yard.trunk()
    times = {name: made[name] for name in ("id", "created_at", "updated_at")}
    assert made == times | {
        "name": "",
        "description": "",
        "project_id": "acme",
        "tenant_id": "acme",
        "admin_state_up": True,
        "port_id": yard.parent["id"],
        "status": "ACTIVE",
        "sub_ports": [],
        "tags": [],
        "revision_number": 1,
    }
    assert api.get(f"trunks/{made['id']}") == made
    assert api.get("trunks", port_id=yard.parent["id"]) == [made]
    changed = api.put(f"trunks/{made['id']}", name="foo", description="d", admin_state_up=False)
    assert (changed["name"], changed["description"], changed["admin_state_up"]) == ("foo", "d", False)
    assert changed["revision_number"] == 2
    path = f"trunks/{made['id']}"
    assert api.refused("DELETE", path)[:2] == (409, "TrunkDisabled")
    assert yard.refused(made, "add_subports", [sub_port(yard.port(), 2)]) == (409, "TrunkDisabled")
    assert yard.refused(made, "remove_subports", [sub_port(yard.parent, 2)]) == (409, "TrunkDisabled")
    api.put(path, admin_state_up=True)
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "TrunkNotFound")


def test_subports_come_and_go(api, yard):
    two, four = yard.port(), yard.port()
    trunk = yard.trunk(sub_ports=[sub_port(two, 2)])
    assert trunk["sub_ports"] == [sub_port(two, 2)]
    carried = api.get(f"ports/{two['id']}")
    assert (carried["device_owner"], carried["binding:profile"], carried["binding:vif_type"]) == (
        "trunk:subport",
        {"parent_name": yard.parent["id"], "tag": 2},
        "ovs",
    )
    answer = yard.act(trunk, "add_subports", sub_port(four, 4))
    assert answer == api.get(f"trunks/{trunk['id']}")
    assert answer["sub_ports"] == [sub_port(two, 2), sub_port(four, 4)]
    assert answer["revision_number"] == 2
    assert api.get(f"trunks/{trunk['id']}/get_subports") == answer["sub_ports"]
    assert api.send("PUT", f"trunks/{trunk['id']}/get_subports", json={}).status_code == 405
    assert yard.act(trunk, "remove_subports", {"port_id": two["id"]})["sub_ports"] == [sub_port(four, 4)]
    freed = api.get(f"ports/{two['id']}")
    assert (freed["device_owner"], freed["binding:profile"], freed["binding:vif_type"]) == ("", {}, "unbound")
    api.delete(f"trunks/{trunk['id']}")  # what it carries is free
    assert api.get(f"ports/{four['id']}")["device_owner"] == ""
    for port in (two, four, yard.parent):
        api.delete(f"ports/{port['id']}")


def test_a_port_tells_of_its_trunk(api, yard):
    assert "trunk_details" not in api.get(f"ports/{yard.parent['id']}")
    two = yard.port()
    trunk = yard.trunk()
    path = f"ports/{yard.parent['id']}"
    assert api.get(path)["trunk_details"] == {"trunk_id": trunk["id"], "sub_ports": []}
    yard.act(trunk, "add_subports", sub_port(two, 2))
    details = {"trunk_id": trunk["id"], "sub_ports": [sub_port(two, 2) | {"mac_address": two["mac_address"]}]}
    assert api.get(path)["trunk_details"] == details
    assert [port.get("trunk_details") for port in api.get("ports", id=yard.parent["id"])] == [details]
    assert "trunk_details" not in api.get(f"ports/{two['id']}")
    assert api.put(path, name="x")["trunk_details"] == details


def test_ports_of_trunks_stay(api, yard):
    two = yard.port()
    yard.trunk(sub_ports=[sub_port(two, 2)])
    assert api.refused("DELETE", f"ports/{yard.parent['id']}")[:2] == (409, "PortInUseAsTrunkParent")
    assert api.refused("DELETE", f"ports/{two['id']}")[:2] == (409, "PortInUseAsSubPort")


def test_subports_that_inherit_their_vlan(api, yard):
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "physnet1"}
    parent, one, two = (api.port(api.network(**vlan)) for _ in range(3))
    wanted = [{"port_id": port["id"], "segmentation_type": "inherit"} for port in (one, two)]
    made = api.post("trunks", port_id=parent["id"], sub_ports=wanted)
    assert made["sub_ports"] == [sub_port(one, 2), sub_port(two, 3)]
    trunk = yard.trunk()
    wanted = [{"port_id": yard.port()["id"], "segmentation_type": "inherit", "segmentation_id": -1}]
    assert yard.refused(trunk, "add_subports", wanted) == (400, "InvalidInput")


def test_what_no_port_can_be(api, yard):
    two = yard.port()
    trunk = yard.trunk(sub_ports=[sub_port(two, 2)])
    other = yard.port()
    body = {"trunk": {"port_id": yard.parent["id"]}}
    assert api.refused("POST", "trunks", body)[:2] == (409, "ParentPortInUse")
    assert api.refused("POST", "trunks", {"trunk": {"port_id": two["id"]}})[:2] == (409, "TrunkPortInUse")
    assert api.refused("POST", "trunks", {"trunk": {"port_id": MISSING}})[:2] == (404, "PortNotFound")
    missing = {"trunk": {"port_id": other["id"], "sub_ports": [sub_port({"id": MISSING}, 2)]}}
    assert api.refused("POST", "trunks", missing)[:2] == (404, "PortNotFound")
    used = yard.port()
    api.put(f"ports/{used['id']}", device_id="instance")
    for port, vlan, fault in (
        (yard.parent, 3, (409, "ParentPortInUse")),
        (two, 3, (409, "TrunkPortInUse")),
        (other, 2, (409, "DuplicateSubPort")),
        ({"id": MISSING}, 3, (404, "PortNotFound")),
        (used, 3, (409, "PortInUse")),
        (yard.port(**{"provider:network_type": "local"}), 3, (409, "SubPortMtuGreaterThanTrunkPortMtu")),
    ):
        assert yard.refused(trunk, "add_subports", [sub_port(port, vlan)]) == fault
    assert yard.refused({"id": MISSING}, "add_subports", [sub_port(other, 3)]) == (404, "TrunkNotFound")
    assert yard.refused(trunk, "remove_subports", [sub_port(other, 2)]) == (404, "SubPortNotFound")


@pytest.mark.parametrize(
    "wanted",
    [
        {"port_id": MISSING, "segmentation_type": "vlan", "segmentation_id": 2},
        [{"port_id": MISSING, "segmentation_type": "vlan"}],
        [{"port_id": MISSING, "segmentation_id": 3}],
        [{"segmentation_type": "vlan", "segmentation_id": 3}],
        [{"port_id": "x", "segmentation_type": "vlan", "segmentation_id": 3}],
        [{"port_id": MISSING, "segmentation_type": "vxlan", "segmentation_id": 3}],
        [{"port_id": MISSING, "segmentation_type": "vlan", "segmentation_id": 4095}],
        [{"port_id": MISSING, "segmentation_type": "vlan", "segmentation_id": 3, "colour": 1}],
        [sub_port({"id": MISSING}, 2), sub_port({"id": MISSING}, 3)],
        [sub_port({"id": MISSING}, 2), sub_port({"id": MISSING.replace("8", "9")}, 2)],
        "x",
        3,
    ],
)
def test_subports_that_are_none(api, yard, wanted):
    body = {"trunk": {"port_id": MISSING, "sub_ports": wanted}}
    assert api.refused("POST", "trunks", body)[:2] == (400, "HTTPBadRequest")
    assert yard.refused(yard.trunk(), "add_subports", wanted) == (400, "HTTPBadRequest")


def test_what_is_removed_is_named_in_a_list(yard):
    trunk = yard.trunk()
    for wanted in ({"port_id": MISSING}, "x", None, [3], [{}]):
        assert yard.refused(trunk, "remove_subports", wanted) == (400, "HTTPBadRequest")


def test_the_mtu_of_a_trunk_is_enough(api):
    small = api.network(**{"provider:network_type": "vxlan"})
    large = api.network(**{"provider:network_type": "vlan", "provider:physical_network": "physnet1"})
    assert (small["mtu"], large["mtu"]) == (1442, 1500)
    below, above = api.port(small), api.port(large)
    body = {"trunk": {"port_id": below["id"], "sub_ports": [sub_port(above, 2)]}}
    assert api.refused("POST", "trunks", body)[:2] == (409, "SubPortMtuGreaterThanTrunkPortMtu")
    api.post("trunks", port_id=above["id"], sub_ports=[sub_port(below, 2), sub_port(api.port(small), 3)])
    api.post("trunks", port_id=api.port(small)["id"], sub_ports=[sub_port(api.port(small), 2)])


def test_a_trunk_is_up_with_its_port(api, yard):
    api.host("node1")
    trunk = yard.trunk()

    def status():
        return api.get(f"trunks/{trunk['id']}")["status"]

    path = f"ports/{yard.parent['id']}"
    api.put(path, **{"binding:host_id": "node1"})
    assert status() == "ACTIVE"
    api.put(path, **{"binding:host_id": ""})
    assert status() == "DOWN"
    api.put(path, **{"binding:host_id": "node1"})
    assert status() == "DOWN"
    api.run(api.intent.set_port_status({yard.parent["id"]: "ACTIVE"}))
    assert status() == "ACTIVE"


def test_a_trunk_is_down_with_the_binding_of_its_port(api, yard):
    api.host("node1")
    trunk = yard.trunk()
    path = f"ports/{yard.parent['id']}"
    api.put(path, **{"device_owner": "compute:nova", "binding:host_id": "node1"})
    assert api.get(f"trunks/{trunk['id']}")["status"] == "ACTIVE"
    api.delete(f"{path}/bindings/node1")
    assert api.get(f"trunks/{trunk['id']}")["status"] == "DOWN"


def test_tags_and_quota_of_trunks(api, yard):
    trunk = yard.trunk()
    path = f"trunks/{trunk['id']}"
    api.send("PUT", f"{path}/tags", json={"tags": ["red", "blue"]})
    assert [one["id"] for one in api.get("trunks", tags="red")] == [trunk["id"]]
    assert api.get("trunks", tags="green") == []
    api.send("PUT", "quotas/acme", json={"quota": {"trunk": 1}})
    body = {"trunk": {"port_id": yard.port()["id"]}}
    assert api.refused("POST", "trunks", body)[:2] == (409, "OverQuota")
