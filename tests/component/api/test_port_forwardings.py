"""Port forwardings through the API: their lives, what they keep, what is refused."""

import pytest

MISSING = "00000000-0000-4000-8000-000000000000"


class Town:
    """A network behind a router with a gateway, two ports on it, and a floating IP."""

    def __init__(self, api):
        self.api = api
        self.outer = api.network(name="outer", **{"router:external": True})
        api.subnet(self.outer, "203.0.113.0/24")
        self.blue = api.network(name="blue")
        self.subnet = api.subnet(self.blue, "10.0.0.0/24")
        self.router = self.join(self.subnet)
        self.one, self.two = api.port(self.blue), api.port(self.blue)
        self.floating = self.take()
        self.path = f"floatingips/{self.floating['id']}/port_forwardings"

    def join(self, subnet, **given):
        router = self.api.post("routers", external_gateway_info={"network_id": self.outer["id"]}, **given)
        body = {"subnet_id": subnet["id"]}
        answer = self.api.send("PUT", f"routers/{router['id']}/add_router_interface", json=body)
        assert answer.status_code == 200, answer.text
        return router

    def take(self, **given):
        return self.api.post("floatingips", floating_network_id=self.outer["id"], **given)

    def body(self, port=None, **given):
        port = port or self.one
        given = {
            "internal_port_id": port["id"],
            "internal_ip_address": port["fixed_ips"][0]["ip_address"],
            "protocol": "tcp",
            **given,
        }
        return {"port_forwarding": given}

    def forward(self, port=None, **given):
        answer = self.api.send("POST", self.path, json=self.body(port, **given))
        assert answer.status_code == 201, answer.text
        return answer.json()["port_forwarding"]

    def refused(self, port=None, **given):
        return self.api.refused("POST", self.path, self.body(port, **given))[:2]

    def change(self, made, **given):
        answer = self.api.send("PUT", f"{self.path}/{made['id']}", json={"port_forwarding": given})
        assert answer.status_code == 200, answer.text
        return answer.json()["port_forwarding"]

    def refused_change(self, made, **given):
        return self.api.refused("PUT", f"{self.path}/{made['id']}", {"port_forwarding": given})[:2]

    def shown(self):
        return self.api.get(f"floatingips/{self.floating['id']}")


@pytest.fixture
def town(api):
    return Town(api)


def test_a_port_forwarding_lives(api, town):
    made = town.forward(internal_port=1111, external_port=2222, description="d")
    address = town.one["fixed_ips"][0]["ip_address"]
    assert made == {
        "id": made["id"],
        "protocol": "tcp",
        "internal_port": 1111,
        "internal_port_range": "1111:1111",
        "external_port": 2222,
        "external_port_range": "2222:2222",
        "internal_port_id": town.one["id"],
        "internal_ip_address": address,
        "description": "d",
    }
    path = f"{town.path}/{made['id']}"
    assert api.get(path) == made
    assert api.get(town.path) == [made]
    assert api.get(town.path, external_port="2222", protocol="tcp") == [made]
    assert api.get(town.path, external_port="1") == []
    floating = town.shown()
    assert (floating["router_id"], floating["status"], floating["port_id"]) == (town.router["id"], "ACTIVE", None)
    keys = ("id", "internal_ip_address", "protocol", "internal_port", "external_port", "internal_port_id")
    assert floating["port_forwardings"] == [{key: made[key] for key in keys}]
    assert floating["revision_number"] == town.floating["revision_number"] + 1

    assert town.change(made, internal_port=3333) == made | {"internal_port": 3333, "internal_port_range": "3333:3333"}
    assert town.change(made, description="e")["internal_port"] == 3333
    assert api.refused("DELETE", f"floatingips/{town.floating['id']}")[:2] == (409, "FipInUseByPortForwarding")
    change = {"floatingip": {"port_id": town.two["id"]}}
    assert api.refused("PUT", f"floatingips/{town.floating['id']}", change)[:2] == (409, "FipInUseByPortForwarding")
    assert api.put(f"floatingips/{town.floating['id']}", port_id=None)["router_id"] == town.router["id"]
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "PortForwardingNotFound")
    left = town.shown()
    assert (left["router_id"], left["status"], left["port_forwardings"]) == (None, "DOWN", [])
    api.delete(f"floatingips/{town.floating['id']}")
    assert api.refused("GET", town.path)[:2] == (404, "FloatingIPNotFound")


def test_several_to_several(api, town):
    two = api.put(f"ports/{town.one['id']}", fixed_ips=[*town.one["fixed_ips"], {"subnet_id": town.subnet["id"]}])
    first, second = (ip["ip_address"] for ip in two["fixed_ips"])
    made = [
        town.forward(internal_port=123, external_port=4001, internal_ip_address=first),
        town.forward(internal_port=123, external_port=4002, internal_ip_address=second),
        town.forward(internal_port=123, external_port=4001, protocol="udp"),
        town.forward(town.two, internal_port_range="5000:5009", external_port_range="6000:6009"),
        town.forward(town.two, internal_port=22, external_port_range="7000:7002", protocol="6"),
    ]
    assert [made[3][name] for name in ("internal_port", "external_port")] == [None, None]
    assert (made[4]["protocol"], made[4]["internal_port"], made[4]["external_port"]) == ("tcp", 22, None)
    assert sorted(one["id"] for one in api.get(town.path)) == sorted(one["id"] for one in made)
    assert len(town.shown()["port_forwardings"]) == 5
    assert api.get("floatingips", id=town.floating["id"]) == [town.shown()]


def test_what_is_refused(api, town):
    made = town.forward(internal_port=1111, external_port=2222)
    bad, http = (400, "BadRequest"), (400, "HTTPBadRequest")
    assert town.refused(town.two, internal_port=3333, external_port=2222) == bad
    assert town.refused(internal_port=1111, external_port=5555) == bad
    assert town.refused(town.two, internal_port=3333, external_port_range="2000:3000") == bad
    assert town.refused(internal_port_range="1:3", external_port_range="1:2") == bad
    assert town.refused(internal_port=1, external_port=2, external_port_range="3:4") == bad
    assert town.refused(internal_port=1) == bad
    assert town.refused(internal_port=1, external_port=108343) == http
    assert town.refused(internal_port=0, external_port=1) == http
    assert town.refused(internal_port=1, external_port_range="9:1") == http
    assert town.refused(internal_port=1, external_port_range="1:2:3") == http
    assert town.refused(internal_port=1, external_port=2, protocol="icmp") == http
    assert town.refused(internal_port=1, external_port=2, internal_ip_address="10.0.0.99") == bad
    assert town.refused(internal_port=1, external_port=2, internal_port_id=MISSING) == (404, "PortNotFound")
    assert town.refused_change(made, external_port=108343) == http
    assert town.refused_change(made, internal_ip_address="10.0.0.99") == bad
    other = town.forward(town.two, internal_port=5, external_port=6)
    assert town.refused_change(other, external_port=2222) == bad
    assert api.refused("POST", f"floatingips/{MISSING}/port_forwardings", town.body(internal_port=1, external_port=2))[
        :2
    ] == (404, "FloatingIPNotFound")
    elsewhere = f"floatingips/{town.take()['id']}/port_forwardings/{made['id']}"
    assert api.refused("GET", elsewhere)[:2] == (404, "PortForwardingNotFound")
    assert api.refused("DELETE", elsewhere)[:2] == (404, "PortForwardingNotFound")


def test_floating_ips_and_ports_that_are_taken(api, town):
    used = town.take(port_id=town.two["id"])
    path = f"floatingips/{used['id']}/port_forwardings"
    body = town.body(internal_port=1, external_port=2)
    assert api.refused("POST", path, body)[:2] == (409, "FloatingIPPortAlreadyAssociated")
    assert town.refused(town.two, internal_port=1, external_port=2) == (409, "PortHasBindingFloatingIP")
    island = api.network()
    api.subnet(island, "10.9.0.0/24")
    assert town.refused(api.port(island), internal_port=1, external_port=2) == (400, "BadRequest")
    assert town.refused(api.port(town.blue, fixed_ips=[]) | {"fixed_ips": town.one["fixed_ips"]}, internal_port=1,
                        external_port=2) == (400, "BadRequest")  # fmt: skip
    far = api.network()
    subnet = api.subnet(far, "10.8.0.0/24")
    town.join(subnet)
    town.forward(internal_port=1, external_port=2)
    assert town.refused(api.port(far), internal_port=1, external_port=3) == (400, "BadRequest")


def test_what_it_needs_stays_and_what_goes_takes_it_along(api, town):
    town.forward(internal_port=1, external_port=2)
    town.forward(town.two, internal_port=1, external_port=3)
    path = f"routers/{town.router['id']}"
    body = {"subnet_id": town.subnet["id"]}
    assert api.refused("PUT", f"{path}/remove_router_interface", body)[:2] == (409, "RouterInterfaceInUseByFloatingIP")
    change = {"router": {"external_gateway_info": {}}}
    assert api.refused("PUT", path, change)[:2] == (409, "RouterExternalGatewayInUseByFloatingIp")
    api.put(f"ports/{town.one['id']}", fixed_ips=[{"ip_address": "10.0.0.70"}])
    assert [one["external_port"] for one in town.shown()["port_forwardings"]] == [3]
    api.delete(f"ports/{town.two['id']}")
    left = town.shown()
    assert (left["port_forwardings"], left["router_id"], left["status"]) == ([], None, "DOWN")
    assert api.send("PUT", f"{path}/remove_router_interface", json=body).status_code == 200


def test_a_port_has_forwardings_and_a_floating_ip(api, town):
    town.forward(internal_port=1, external_port=2)
    other = town.take(port_id=town.one["id"])
    assert api.put(f"routers/{town.router['id']}", distributed=True)["distributed"] is True
    api.put(f"floatingips/{other['id']}", port_id=None)
    assert api.put(f"floatingips/{other['id']}", port_id=town.one["id"])["status"] == "ACTIVE"


def test_what_the_controller_is_told(api, town):
    router = ("routers", town.router["id"], "intent")
    begin = len(api.journal())
    made = town.forward(internal_port=1, external_port=2)
    told = [("floatingips", town.floating["id"], "intent"), ("port_forwardings", made["id"], "intent")]
    assert api.journal()[begin:] == [told[0], router, told[1]]
    begin = len(api.journal())
    town.change(made, external_port=3)
    assert api.journal()[begin:] == told[::-1]
    second = town.take(port_id=town.one["id"])
    begin = len(api.journal())
    town.change(made, internal_port_id=town.two["id"], internal_ip_address=town.two["fixed_ips"][0]["ip_address"])
    assert api.journal()[begin:] == [*told[::-1], ("floatingips", second["id"], "intent")]
    begin = len(api.journal())
    api.delete(f"{town.path}/{made['id']}")
    assert api.journal()[begin:] == [told[1], router, told[0]]
