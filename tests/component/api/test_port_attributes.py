"""Attributes of ports for compute services, tags at creation, addresses that ports share."""

from neutrino.model.port import Port


def test_a_trusted_virtual_function(api):
    blue = api.network()
    for trusted in (True, False):
        port = api.port(blue, trusted=trusted)
        assert (port["trusted"], port["binding:profile"]) == (trusted, {"trusted": trusted})
    port = api.port(blue)
    assert (port["trusted"], port["binding:profile"]) == (None, {})
    path = f"ports/{port['id']}"
    assert api.put(path, trusted=True)["binding:profile"] == {"trusted": True}
    assert api.put(path, **{"binding:profile": {"a": 1}})["binding:profile"] == {"a": 1, "trusted": True}
    changed = api.put(path, trusted=False)
    assert (changed["trusted"], changed["binding:profile"]) == (False, {"a": 1, "trusted": False})
    assert api.refused("PUT", path, {"port": {"trusted": "so"}})[:2] == (400, "HTTPBadRequest")


def test_a_virtual_function_that_its_card_forwards_for(api):
    api.host("node1")
    blue, here = api.network(), {"binding:host_id": "node1", "binding:vnic_type": "direct"}
    assert api.port(blue, **here)["binding:vif_type"] == "binding_failed"
    port = api.port(blue, hardware_offload_type="switchdev", **here)
    assert port["hardware_offload_type"] == "switchdev"
    assert (port["binding:vif_type"], port["binding:profile"]) == ("ovs", {"capabilities": ["switchdev"]})
    for method, path in (("POST", "ports"), ("PUT", f"ports/{port['id']}")):
        body = {"port": {"hardware_offload_type": "other"} | ({"network_id": blue["id"]} if method == "POST" else {})}
        assert api.refused(method, path, body)[0] == 400


def test_the_status_of_the_data_plane(api):
    blue = api.network()
    port = api.port(blue)
    assert port["data_plane_status"] is None
    path = f"ports/{port['id']}"
    for value in ("ACTIVE", "DOWN", None):
        assert api.put(path, data_plane_status=value)["data_plane_status"] == value
    assert api.refused("PUT", path, {"port": {"data_plane_status": "x"}})[:2] == (400, "HTTPBadRequest")
    body = {"port": {"network_id": blue["id"], "data_plane_status": "DOWN"}}
    assert api.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")


def test_tags_at_creation(api):
    blue = api.network()
    port = api.port(blue, tags=["red", "green"])
    assert port["tags"] == ["red", "green"]
    body = {"ports": [{"network_id": blue["id"], "tags": [tag]} for tag in ("a", "b")]}
    made = api.send("POST", "ports", json=body).json()["ports"]
    assert [one["tags"] for one in made] == [["a"], ["b"]]
    assert [one["id"] for one in api.get("ports", tags="red")] == [port["id"]]
    for wrong in ("red", [1], ["a/b"], ["a", "a"], ["x" * 256]):
        body = {"port": {"network_id": blue["id"], "tags": wrong}}
        assert api.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", f"ports/{port['id']}", {"port": {"tags": []}})[:2] == (400, "HTTPBadRequest")


def test_many_tags_are_added_at_once(api):
    blue = api.network()
    path = f"networks/{blue['id']}/tags"
    for tags, all_of_them in ((["a", "b"], ["a", "b"]), (["b", "c"], ["a", "b", "c"])):
        answer = api.send("POST", path, json={"tags": tags})
        assert (answer.status_code, answer.json()) == (201, {"tags": all_of_them})
    assert api.refused("POST", path, {"tags": "x"})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", path, {})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", f"{path}/a", {"tags": ["x"]})[0] == 405


def test_an_address_that_ports_share(api):
    blue = api.network()
    api.subnet(blue, "10.0.0.0/24")
    vip = api.port(blue, fixed_ips=[{"ip_address": "10.0.0.200"}])
    pair = [{"ip_address": "10.0.0.200"}]
    one, two = api.port(blue, allowed_address_pairs=pair), api.port(blue)
    assert one["allowed_address_pairs"] == [{"ip_address": "10.0.0.200", "mac_address": one["mac_address"]}]
    assert shared(api, vip) == ("10.0.0.200", (one["id"],))
    api.put(f"ports/{two['id']}", allowed_address_pairs=pair)
    assert shared(api, vip) == ("10.0.0.200", tuple(sorted((one["id"], two["id"]))))
    body = {"port": {"binding:host_id": "node1", "device_id": "vm", "device_owner": "compute:nova"}}
    assert api.refused("PUT", f"ports/{vip['id']}", body)[:2] == (400, "BadRequest")
    api.delete(f"ports/{one['id']}")
    assert shared(api, vip) == ("10.0.0.200", (two["id"],))
    later = api.port(blue, fixed_ips=[{"ip_address": "10.0.0.201"}])
    api.put(f"ports/{two['id']}", allowed_address_pairs=[{"ip_address": "10.0.0.201"}])
    assert (shared(api, vip), shared(api, later)) == (("", ()), ("10.0.0.201", (two["id"],)))
    api.put(f"ports/{later['id']}", fixed_ips=[{"ip_address": "10.0.0.50"}])
    assert shared(api, later) == ("", ())
    api.put(f"ports/{later['id']}", fixed_ips=[{"ip_address": "10.0.0.201"}])
    assert shared(api, later) == ("10.0.0.201", (two["id"],))
    # On another network it is another address.
    green = api.network()
    api.subnet(green, "10.0.0.0/24")
    assert shared(api, api.port(green, fixed_ips=[{"ip_address": "10.0.0.201"}])) == ("", ())


def shared(api, port):
    (found,) = api.run(api.intent.get(Port, [port["id"]])).values()
    return found.virtual_ip, found.virtual_parents


def test_no_port_sends_from_a_multicast_address(api):
    network = api.network()
    for address in ("224.0.0.18", "239.0.0.0/8", "ff02::12"):
        body = {"port": {"network_id": network["id"], "allowed_address_pairs": [{"ip_address": address}]}}
        status, kind, message = api.refused("POST", "ports", body)
        assert (status, kind) == (400, "HTTPBadRequest")
        assert address in message
