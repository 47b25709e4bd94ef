"""Local IPs through the API: their lives, the ports that they are of and stand for, what is refused."""

import pytest

MISSING = "00000000-0000-4000-8000-000000000000"


class Hall:
    """A network with two ports."""

    def __init__(self, api):
        self.api = api
        self.blue = api.network(name="blue")
        self.subnet = api.subnet(self.blue, "10.0.0.0/24")
        self.one, self.two = api.port(self.blue), api.port(self.blue)

    def local(self, **given):
        return self.api.post("local_ips", **(given or {"network_id": self.blue["id"]}))

    def refused(self, **given):
        return self.api.refused("POST", "local_ips", {"local_ip": given})

    def path(self, local, port=None):
        return f"local_ips/{local['id']}/port_associations" + (f"/{port['id']}" if port else "")

    def associate(self, local, port, **given):
        body = {"port_association": {"fixed_port_id": port["id"], **given}}
        answer = self.api.send("POST", self.path(local), json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["port_association"]

    def refused_association(self, local, port_id, **given):
        return self.api.refused("POST", self.path(local), {"port_association": {"fixed_port_id": port_id, **given}})[:2]


@pytest.fixture
def hall(api):
    return Hall(api)


def address(port):
    return port["fixed_ips"][0]["ip_address"]


def test_a_local_ip_of_a_network_has_a_port_of_its_own(api, hall):
    made = hall.local(network_id=hall.blue["id"], name="cache", description="d")
    port = api.get(f"ports/{made['local_port_id']}")
    assert made == {
        "id": made["id"],
        "name": "cache",
        "description": "d",
        "local_port_id": port["id"],
        "network_id": hall.blue["id"],
        "local_ip_address": address(port),
        "ip_mode": "translate",
        "project_id": "acme",
        "tenant_id": "acme",
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "revision_number": 1,
    }
    owner = (port["device_owner"], port["device_id"], port["project_id"])
    assert owner == ("network:local_ip", made["id"], "acme")
    assert api.get(f"local_ips/{made['id']}") == made
    assert api.get("local-ips", local_ip_address=address(port)) == [made]
    path = f"local_ips/{made['id']}"
    changed = api.send("PUT", path, json={"local_ip": {"name": "other"}}).json()["local_ip"]
    assert (changed["name"], changed["revision_number"]) == ("other", 2)
    assert api.refused("PUT", path, {"local_ip": {"ip_mode": "translate"}})[0] == 400
    assert api.refused("DELETE", f"ports/{port['id']}")[:2] == (409, "ServicePortInUse")
    moved = {"port": {"fixed_ips": [{"ip_address": "10.0.0.77"}]}}
    assert api.refused("PUT", f"ports/{port['id']}", moved)[:2] == (409, "ServicePortInUse")
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "LocalIPNotFound")
    assert api.refused("GET", f"ports/{port['id']}")[:2] == (404, "PortNotFound")


def test_the_address_may_be_chosen(hall):
    given = {"network_id": hall.blue["id"], "local_ip_address": "10.0.0.99"}
    assert hall.local(**given)["local_ip_address"] == "10.0.0.99"
    assert hall.refused(**given)[:2] == (409, "IpAddressAlreadyAllocated")
    assert hall.refused(**given | {"local_ip_address": "10.1.0.1"})[:2] == (400, "InvalidIpForNetwork")
    assert hall.refused(**given | {"local_ip_address": "2001:db8::1"})[:2] == (400, "BadRequest")


def test_a_local_ip_of_a_port_leaves_it_when_it_goes(api, hall):
    made = hall.local(local_port_id=hall.one["id"])
    assert (made["network_id"], made["local_ip_address"]) == (hall.blue["id"], address(hall.one))
    assert hall.refused(local_port_id=hall.one["id"])[:2] == (400, "BadRequest")
    assert api.refused("DELETE", f"ports/{hall.one['id']}")[:2] == (409, "ServicePortInUse")
    api.delete(f"local_ips/{made['id']}")
    api.delete(f"ports/{hall.one['id']}")


def test_of_several_addresses_one_is_named(api, hall):
    addresses = [{"ip_address": "10.0.0.50"}, {"ip_address": "10.0.0.51"}]
    port = api.port(hall.blue, fixed_ips=addresses)
    assert hall.refused(local_port_id=port["id"])[:2] == (400, "LocalIPNoRequestedIP")
    wrong = {"local_port_id": port["id"], "local_ip_address": "10.0.0.52"}
    assert hall.refused(**wrong)[:2] == (400, "LocalIPRequestedIPNotFound")
    made = hall.local(**wrong | {"local_ip_address": "10.0.0.51"})
    assert made["local_ip_address"] == "10.0.0.51"
    api.send("PUT", f"ports/{port['id']}", json={"port": {"fixed_ips": addresses[1:]}})
    assert api.get(f"ports/{port['id']}")["fixed_ips"][0]["ip_address"] == "10.0.0.51"


def test_what_is_refused(api, hall):
    api.host("node1")
    assert hall.refused()[:2] == (400, "LocalIPPortOrNetworkRequired")
    assert hall.refused(network_id=MISSING)[:2] == (404, "NetworkNotFound")
    assert hall.refused(local_port_id=MISSING)[:2] == (400, "BadRequest")
    status, kind, message = hall.refused(network_id=hall.blue["id"], ip_mode="passthrough")
    assert (status, kind) == (400, "BadRequest")
    assert "passthrough is not offered" in message
    assert hall.refused(network_id=api.network()["id"])[:2] == (400, "BadRequest")
    private = api.network(pvlan=True)
    api.subnet(private, "10.8.0.0/24")
    status, kind, message = hall.refused(network_id=private["id"])
    assert (status, kind) == (400, "BadRequest")
    assert "is private" in message
    bare = api.port(hall.blue, fixed_ips=[])
    assert hall.refused(local_port_id=bare["id"])[:2] == (400, "LocalIPNoIP")
    plugged = api.port(hall.blue, **{"binding:host_id": "node1"})
    status, kind, message = hall.refused(local_port_id=plugged["id"])
    assert (status, kind) == (400, "BadRequest")
    assert "at host node1 already" in message
    made = hall.local()
    assert hall.refused(local_port_id=made["local_port_id"])[:2] == (400, "BadRequest")
    by_hand = {"port": {"network_id": hall.blue["id"], "device_owner": "network:local_ip"}}
    assert api.refused("POST", "ports", by_hand)[:2] == (400, "InvalidInput")
    assert api.refused("PUT", f"networks/{hall.blue['id']}", {"network": {"pvlan": True}})[:2] == (400, "BadRequest")
    assert api.get("local_ips") == [made]


def test_an_association_lives(api, hall):
    api.host("node1")
    local = hall.local()
    made = hall.associate(local, hall.one)
    assert made == {
        "local_ip_id": local["id"],
        "local_ip_address": local["local_ip_address"],
        "fixed_port_id": hall.one["id"],
        "fixed_ip": address(hall.one),
        "host": "",
    }
    api.send("PUT", f"ports/{hall.one['id']}", json={"port": {"binding:host_id": "node1"}})
    placed = made | {"host": "node1"}
    path = hall.path(local, hall.one)
    assert api.get(path) == placed
    other = hall.associate(local, hall.two)
    assert api.get(hall.path(local), host="node1") == [placed]
    assert api.get(hall.path(local), local_ip_address=local["local_ip_address"], sort_key="host") == [other, placed]
    assert api.get(hall.path(local), fixed_port_id=hall.two["id"]) == [other]
    assert api.refused("PUT", path, {"port_association": {}})[0] == 405
    assert api.refused("DELETE", f"local_ips/{local['id']}")[:2] == (409, "LocalIPInUse")
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "LocalIPAssociationNotFound")
    assert api.refused("DELETE", path)[:2] == (404, "LocalIPAssociationNotFound")
    api.delete(f"ports/{hall.two['id']}")
    assert api.get(hall.path(local)) == []
    api.delete(f"local_ips/{local['id']}")


def test_an_association_goes_with_its_address(api, hall):
    local = hall.local()
    hall.associate(local, hall.one)
    api.send("PUT", f"ports/{hall.one['id']}", json={"port": {"fixed_ips": [{"ip_address": "10.0.0.200"}]}})
    assert api.get(hall.path(local)) == []


def test_which_associations_are_refused(api, hall):
    local, bad = hall.local(), (400, "BadRequest")
    assert hall.refused_association(local, MISSING) == bad
    assert hall.refused_association({"id": MISSING}, hall.one["id"]) == (404, "LocalIPNotFound")
    elsewhere = api.network()
    api.subnet(elsewhere, "10.9.0.0/24")
    assert hall.refused_association(local, api.port(elsewhere)["id"]) == bad
    wrong = hall.refused_association(local, hall.one["id"], fixed_ip="10.0.0.251")
    assert wrong == (400, "LocalIPRequestedIPNotFound")
    hall.associate(local, hall.one, fixed_ip=address(hall.one))
    assert hall.refused_association(local, hall.one["id"]) == bad
    assert len(api.get(hall.path(local))) == 1
