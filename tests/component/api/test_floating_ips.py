"""Floating IPs through the API: taken, given to ports, taken away."""

import pytest


class Town:
    """A network behind a router with a gateway, and a port on it."""

    def __init__(self, api):
        self.api = api
        self.outer = api.network(name="outer", **{"router:external": True})
        self.outer_subnet = api.subnet(self.outer, "203.0.113.0/24")
        self.blue = api.network(name="blue")
        self.subnet = api.subnet(self.blue, "10.0.0.0/24")
        self.router = self.add_router(self.subnet)
        self.port = api.port(self.blue, name="p")

    def add_router(self, subnet):
        router = self.api.post("routers", external_gateway_info={"network_id": self.outer["id"]})
        body = {"subnet_id": subnet["id"]}
        answer = self.api.send("PUT", f"routers/{router['id']}/add_router_interface", json=body)
        assert answer.status_code == 200, answer.text
        return router

    def take(self, **given):
        return self.api.post("floatingips", floating_network_id=self.outer["id"], **given)

    def refused(self, **given):
        body = {"floatingip": {"floating_network_id": self.outer["id"], **given}}
        return self.api.refused("POST", "floatingips", body)[:2]

    def refused_change(self, floating, **given):
        return self.api.refused("PUT", f"floatingips/{floating['id']}", {"floatingip": given})[:2]


@pytest.fixture
def town(api):
    return Town(api)


def test_a_floating_ip_lives(api, town):
    made = town.take(description="d")
    assert made == {
        "id": made["id"],
        "description": "d",
        "project_id": "acme",
        "tenant_id": "acme",
        "floating_network_id": town.outer["id"],
        "floating_ip_address": "203.0.113.3",
        "port_id": None,
        "fixed_ip_address": None,
        "router_id": None,
        "status": "DOWN",
        "port_details": None,
        "dns_name": "",
        "dns_domain": "",
        "port_forwardings": [],
        "qos_policy_id": None,
        "qos_network_policy_id": None,
        "tags": [],
        "revision_number": 1,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    (holder,) = api.get("ports", device_id=made["id"])
    assert (holder["device_owner"], holder["project_id"], holder["status"]) == ("network:floatingip", "", "N/A")
    assert api.refused("DELETE", f"ports/{holder['id']}")[:2] == (409, "ServicePortInUse")

    path = f"floatingips/{made['id']}"
    given = api.put(path, port_id=town.port["id"])
    assert given == api.get(path)
    assert (given["status"], given["router_id"], given["fixed_ip_address"]) == (
        "ACTIVE",
        town.router["id"],
        "10.0.0.2",
    )
    keys = ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")
    assert given["port_details"] == {key: town.port[key] for key in keys}
    assert api.get("floatingips", port_id=town.port["id"]) == [given]
    assert api.get("floatingips", floating_ip_address="203.0.113.3", router_id=town.router["id"]) == [given]
    assert api.put(path, description="e")["port_id"] == town.port["id"]
    assert api.put(path, port_id=None) == api.get(path)
    assert {key: api.get(path)[key] for key in ("status", "router_id", "port_id", "fixed_ip_address")} == {
        "status": "DOWN",
        "router_id": None,
        "port_id": None,
        "fixed_ip_address": None,
    }
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "FloatingIPNotFound")
    assert api.get("ports", device_owner="network:floatingip") == []


def test_where_the_address_comes_from(api, town):
    assert town.take(floating_ip_address="203.0.113.50")["floating_ip_address"] == "203.0.113.50"
    more = api.subnet(town.outer, "198.51.100.0/30")
    assert town.take(subnet_id=more["id"])["floating_ip_address"] == "198.51.100.2"
    assert town.refused(subnet_id=more["id"]) == (409, "IpAddressGenerationFailure")
    assert town.refused(subnet_id=town.subnet["id"]) == (400, "BadRequest")
    assert town.refused(floating_ip_address="203.0.113.50") == (409, "IpAddressAlreadyAllocated")
    assert town.refused(floating_ip_address="192.0.2.1") == (400, "InvalidIpForNetwork")
    assert town.refused(floating_ip_address="2001:db8::1") == (400, "BadRequest")
    assert town.refused(floating_ip_address="x") == (400, "HTTPBadRequest")
    body = {"floatingip": {"floating_network_id": town.blue["id"]}}
    assert api.refused("POST", "floatingips", body)[:2] == (400, "BadRequest")
    six = api.network(**{"router:external": True})
    api.subnet(six, "2001:db8::/64")
    body = {"floatingip": {"floating_network_id": six["id"]}}
    assert api.refused("POST", "floatingips", body)[:2] == (400, "BadRequest")
    assert api.refused("POST", "floatingips", {"floatingip": {}})[:2] == (400, "HTTPBadRequest")


def test_ports_that_cannot_have_one(api, town):
    lonely = api.network()
    api.subnet(lonely, "10.9.0.0/24")
    island = api.port(lonely)
    bare = api.port(town.blue, fixed_ips=[])
    several = api.port(town.blue, fixed_ips=[{"ip_address": "10.0.0.60"}, {"ip_address": "10.0.0.61"}])
    assert town.refused(port_id="00000000-0000-4000-8000-000000000000") == (404, "PortNotFound")
    assert town.refused(port_id=island["id"]) == (404, "ExternalGatewayForFloatingIPNotFound")
    assert town.refused(port_id=bare["id"]) == (400, "BadRequest")
    assert town.refused(port_id=several["id"]) == (400, "BadRequest")
    assert town.refused(port_id=several["id"], fixed_ip_address="10.0.0.99") == (400, "BadRequest")
    assert town.refused(port_id=several["id"], fixed_ip_address="2001:db8::1") == (400, "BadRequest")
    assert town.refused(fixed_ip_address="10.0.0.60") == (400, "BadRequest")
    made = town.take(port_id=several["id"], fixed_ip_address="10.0.0.61")
    assert made["fixed_ip_address"] == "10.0.0.61"
    assert town.refused(port_id=several["id"], fixed_ip_address="10.0.0.61") == (
        409,
        "FloatingIPPortAlreadyAssociated",
    )
    assert town.take(port_id=several["id"], fixed_ip_address="10.0.0.60")["status"] == "ACTIVE"
    assert town.refused_change(made, port_id=island["id"]) == (404, "ExternalGatewayForFloatingIPNotFound")
    assert town.refused_change(made, floating_network_id=town.outer["id"]) == (400, "HTTPBadRequest")
    assert api.put(f"floatingips/{made['id']}", port_id=town.port["id"])["fixed_ip_address"] == "10.0.0.2"


def test_what_a_floating_ip_needs_stays(api, town):
    floating = town.take(port_id=town.port["id"])
    path = f"routers/{town.router['id']}"
    assert api.refused("PUT", path, {"router": {"external_gateway_info": {}}})[:2] == (
        409,
        "RouterExternalGatewayInUseByFloatingIp",
    )
    body = {"subnet_id": town.subnet["id"]}
    assert api.refused("PUT", f"{path}/remove_router_interface", body)[:2] == (409, "RouterInterfaceInUseByFloatingIP")
    api.delete(f"ports/{town.port['id']}")
    assert api.get(f"floatingips/{floating['id']}")["status"] == "DOWN"
    assert api.send("PUT", f"{path}/remove_router_interface", json=body).status_code == 200
    api.delete(path)


def test_an_address_that_a_port_gives_up_loses_its_floating_ip(api, town):
    floating = town.take(port_id=town.port["id"])
    api.put(f"ports/{town.port['id']}", fixed_ips=[{"ip_address": "10.0.0.2"}, {"ip_address": "10.0.0.70"}])
    assert api.get(f"floatingips/{floating['id']}")["port_id"] == town.port["id"]
    api.put(f"ports/{town.port['id']}", fixed_ips=[{"ip_address": "10.0.0.70"}])
    assert api.get(f"floatingips/{floating['id']}")["port_id"] is None


def test_of_several_routers_the_subnets_gateway_carries_it(api, town):
    other = api.post("routers", external_gateway_info={"network_id": town.outer["id"]})
    leg = api.port(town.blue, fixed_ips=[{"ip_address": "10.0.0.200"}])
    body = {"port_id": leg["id"]}
    assert api.send("PUT", f"routers/{other['id']}/add_router_interface", json=body).status_code == 200
    assert town.take(port_id=town.port["id"])["router_id"] == town.router["id"]


@pytest.fixture
def behind(api, town):
    """A port on a network whose router has no gateway, and reaches the town's router by a network between them."""
    network = api.network(name="far")
    subnet = api.subnet(network, "10.1.0.0/24")
    inner = api.post("routers", name="inner")
    leg = api.port(town.blue, fixed_ips=[{"ip_address": "10.0.0.254"}])
    for body in ({"subnet_id": subnet["id"]}, {"port_id": leg["id"]}):
        assert api.send("PUT", f"routers/{inner['id']}/add_router_interface", json=body).status_code == 200
    return api.port(network)


def test_a_router_that_is_chosen_carries_it_to_ports_behind_others(api, town, behind):
    assert town.refused(port_id=behind["id"]) == (404, "ExternalGatewayForFloatingIPNotFound")
    router = town.router["id"]
    made = town.take(port_id=behind["id"], router_id=router)
    assert (made["router_id"], made["status"]) == (router, "ACTIVE")
    path = f"floatingips/{made['id']}"
    assert api.put(path, description="d")["router_id"] == router
    assert api.put(path, port_id=None)["router_id"] is None
    assert town.refused_change(made, port_id=behind["id"]) == (404, "ExternalGatewayForFloatingIPNotFound")
    assert api.put(path, port_id=behind["id"], router_id=router)["router_id"] == router
    assert town.refused_change(made, router_id=None) == (404, "ExternalGatewayForFloatingIPNotFound")
    assert api.put(path, port_id=town.port["id"])["router_id"] == router


def test_a_router_that_is_chosen_is_changed_with_its_floating_ip(api, town, behind):
    other = api.post("routers", external_gateway_info={"network_id": town.outer["id"]})
    made = town.take(port_id=town.port["id"])
    path = f"floatingips/{made['id']}"
    assert api.put(path, router_id=other["id"])["router_id"] == other["id"]
    assert api.put(path, router_id=None)["router_id"] == town.router["id"]
    api.put(path, router_id=other["id"])
    gone = {"router": {"external_gateway_info": {}}}
    assert api.refused("PUT", f"routers/{other['id']}", gone)[:2] == (409, "RouterExternalGatewayInUseByFloatingIp")


def test_which_routers_may_be_chosen(api, town, behind):
    port = behind["id"]
    (inner,) = api.get("routers", name="inner")
    assert town.refused(port_id=port, router_id=inner["id"]) == (409, "RouterHasNoGateway")
    assert town.refused(port_id=port, router_id=port) == (404, "RouterNotFound")
    assert town.refused(router_id=town.router["id"]) == (400, "BadRequest")
    made = town.take()
    assert town.refused_change(made, router_id=town.router["id"]) == (400, "BadRequest")


def test_a_change_of_nothing_takes_it_from_its_port(api, town):
    floating = town.take(port_id=town.port["id"])
    assert api.put(f"floatingips/{floating['id']}")["port_id"] is None


def test_pools_are_the_subnets_that_addresses_can_be_taken_from(api, town):
    api.subnet(town.outer, "2001:db8::/64")
    more = api.subnet(town.outer, "198.51.100.0/24", name="more")
    pools = {pool["subnet_id"]: pool for pool in api.get("floatingip_pools")}
    assert pools.keys() == {town.outer_subnet["id"], more["id"]}
    assert pools[more["id"]] == {
        "network_id": town.outer["id"],
        "subnet_id": more["id"],
        "subnet_name": "more",
        "cidr": "198.51.100.0/24",
        "project_id": "acme",
        "tenant_id": "acme",
    }
    assert api.get("floatingip_pools", subnet_name="more", fields="cidr") == [{"cidr": "198.51.100.0/24"}]
    assert api.refused("GET", "floatingip_pools?colour=red")[:2] == (400, "HTTPBadRequest")
    assert town.take(subnet_id=more["id"])["floating_ip_address"].startswith("198.51.100.")
