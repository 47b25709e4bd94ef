"""Routers through the API: gateway, interfaces, routes, and what is refused."""

import pytest

OUTSIDE = "203.0.113.0/24"


@pytest.fixture
def outer(api):
    """An external network with an IPv4 subnet."""
    network = api.network(name="outer", **{"router:external": True})
    api.subnet(network, OUTSIDE)
    return api.get(f"networks/{network['id']}")


@pytest.fixture
def blue(api):
    """A network with the subnet 10.0.0.0/24."""
    network = api.network(name="blue")
    api.subnet(network, "10.0.0.0/24")
    return api.get(f"networks/{network['id']}")


def act(api, router, action, /, **body):
    answer = api.send("PUT", f"routers/{router['id']}/{action}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(api, router, action, /, **body):
    return api.refused("PUT", f"routers/{router['id']}/{action}", body)[:2]


def gateway(network, **more):
    return {"network_id": network["id"], **more}


def ports_of(api, router):
    return {port["device_owner"]: port for port in api.get("ports", device_id=router["id"])}


def test_a_router_lives(api):
    made = api.post("routers", name="edge", description="d")
    assert made == {
        "id": made["id"],
        "name": "edge",
        "description": "d",
        "admin_state_up": True,
        "status": "ACTIVE",
        "external_gateway_info": None,
        "external_gateways": [],
        "enable_snat": True,
        "enable_default_route_ecmp": False,
        "enable_default_route_bfd": False,
        "enable_ndp_proxy": False,
        "ha": True,
        "distributed": False,
        "availability_zone_hints": [],
        "availability_zones": [],
        "routes": [],
        "flavor_id": None,
        "tags": [],
        "project_id": "acme",
        "tenant_id": "acme",
        "revision_number": 1,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert api.get(f"routers/{made['id']}") == made
    assert api.get("routers", name="edge") == [made]
    changed = api.put(f"routers/{made['id']}", name="rim", admin_state_up=False)
    assert (changed["name"], changed["admin_state_up"], changed["revision_number"]) == ("rim", False, 2)
    assert api.send("PUT", f"routers/{made['id']}/tags/t").status_code == 201
    assert api.get("routers", tags="t")[0]["id"] == made["id"]
    api.delete(f"routers/{made['id']}")
    assert api.refused("GET", f"routers/{made['id']}")[:2] == (404, "RouterNotFound")


def test_a_gateway_comes_changes_and_goes(api, outer):
    (subnet_id,) = outer["subnets"]
    router = api.post("routers", external_gateway_info=gateway(outer))
    info = {
        "network_id": outer["id"],
        "enable_snat": True,
        "external_fixed_ips": [{"subnet_id": subnet_id, "ip_address": "203.0.113.2"}],
        "qos_policy_id": None,
    }
    assert router["external_gateway_info"] == info
    assert api.get("routers", fields="external_gateway_info") == [{"external_gateway_info": info}]
    port = ports_of(api, router)["network:router_gateway"]
    assert (port["project_id"], port["security_groups"], port["port_security_enabled"]) == ("", [], False)

    path = f"routers/{router['id']}"
    quiet = api.put(path, external_gateway_info=gateway(outer, enable_snat=False))
    assert quiet["external_gateway_info"] == info | {"enable_snat": False}
    assert ports_of(api, router)["network:router_gateway"] == port
    assert quiet == api.get(path)
    wanted = [{"ip_address": "203.0.113.77"}]
    moved = api.put(path, external_gateway_info=gateway(outer, external_fixed_ips=wanted))
    fixed = [{"subnet_id": subnet_id, "ip_address": "203.0.113.77"}]
    assert moved["external_gateway_info"] == info | {"external_fixed_ips": fixed}
    assert ports_of(api, router)["network:router_gateway"]["id"] == port["id"]

    other = api.network(**{"router:external": True})
    api.subnet(other, "198.51.100.0/24")
    away = api.put(path, external_gateway_info=gateway(other))
    assert away["external_gateway_info"]["network_id"] == other["id"]
    assert api.refused("GET", f"ports/{port['id']}")[:2] == (404, "PortNotFound")
    for nothing in ({}, None):
        assert api.put(path, external_gateway_info=nothing)["external_gateway_info"] is None
    assert ports_of(api, router) == {}


def test_a_router_that_is_deleted_takes_its_gateway_along(api, outer):
    router = api.post("routers", external_gateway_info=gateway(outer))
    api.delete(f"routers/{router['id']}")
    assert api.get("ports") == []


def test_an_interface_on_a_subnet(api, blue):
    router = api.post("routers")
    (subnet_id,) = blue["subnets"]
    told = act(api, router, "add_router_interface", subnet_id=subnet_id)
    port = ports_of(api, router)["network:router_interface"]
    assert told == {
        "id": router["id"],
        "tenant_id": "acme",
        "project_id": "acme",
        "port_id": port["id"],
        "network_id": blue["id"],
        "subnet_id": subnet_id,
        "subnet_ids": [subnet_id],
    }
    assert port["fixed_ips"] == [{"subnet_id": subnet_id, "ip_address": "10.0.0.1"}]
    assert api.get(f"routers/{router['id']}")["revision_number"] == 2
    assert refused(api, router, "add_router_interface", subnet_id=subnet_id) == (400, "BadRequest")
    assert api.refused("DELETE", f"routers/{router['id']}")[:2] == (409, "RouterInUse")
    assert api.refused("DELETE", f"ports/{port['id']}")[:2] == (409, "ServicePortInUse")
    assert api.refused("DELETE", f"subnets/{subnet_id}")[:2] == (409, "SubnetInUse")
    change = {"subnet": {"gateway_ip": "10.0.0.9"}}
    assert api.refused("PUT", f"subnets/{subnet_id}", change)[:2] == (409, "GatewayIpInUse")
    assert act(api, router, "remove_router_interface", subnet_id=subnet_id) == told
    assert api.get("ports") == []
    assert refused(api, router, "remove_router_interface", subnet_id=subnet_id) == (
        404,
        "RouterInterfaceNotFoundForSubnet",
    )
    api.delete(f"routers/{router['id']}")


def test_a_port_becomes_an_interface(api, blue):
    router = api.post("routers")
    port = api.port(blue, fixed_ips=[{"ip_address": "10.0.0.200"}])
    told = act(api, router, "add_router_interface", port_id=port["id"])
    assert (told["port_id"], told["subnet_ids"]) == (port["id"], blue["subnets"])
    made = api.get(f"ports/{port['id']}")
    assert made["fixed_ips"] == port["fixed_ips"]
    assert (made["device_id"], made["device_owner"]) == (router["id"], "network:router_interface")
    assert (made["security_groups"], made["port_security_enabled"]) == ([], False)
    act(api, router, "remove_router_interface", port_id=port["id"], subnet_id=blue["subnets"][0])
    assert api.get("ports") == []


def test_interfaces_that_are_refused(api, blue, outer):
    router = api.post("routers", external_gateway_info=gateway(outer))
    unknown = "00000000-0000-4000-8000-000000000000"
    port, plugged, bare = api.port(blue), api.port(blue, device_id="vm"), api.port(blue, fixed_ips=[])
    island = api.subnet(api.network(), "10.5.0.0/24", gateway_ip=None)
    overlapping = api.subnet(api.network(), "203.0.0.0/16")
    foreign = api.subnet(api.network(), "2001:db8::/64", ipv6_address_mode="slaac", gateway_ip="2001:db8::1")
    two = api.network()
    subnets = [api.subnet(two, cidr) for cidr in ("10.6.0.0/24", "10.7.0.0/24")]
    double = api.port(two, fixed_ips=[{"subnet_id": one["id"]} for one in subnets])
    assert [
        refused(api, router, "add_router_interface", **body)
        for body in (
            {},
            {"subnet_id": blue["subnets"][0], "port_id": port["id"]},
            {"subnet_id": "x"},
            {"name": "x"},
            {"subnet_id": unknown},
            {"port_id": unknown},
            {"port_id": plugged["id"]},
            {"port_id": bare["id"]},
            {"port_id": double["id"]},
            {"subnet_id": island["id"]},
            {"subnet_id": overlapping["id"]},
            {"subnet_id": foreign["id"]},
        )
    ] == [
        (400, "BadRequest"),
        (400, "BadRequest"),
        (400, "HTTPBadRequest"),
        (400, "HTTPBadRequest"),
        (404, "SubnetNotFound"),
        (404, "PortNotFound"),
        (409, "PortInUse"),
        (400, "BadRequest"),
        (400, "BadRequest"),
        (400, "BadRequest"),
        (400, "BadRequest"),
        (400, "BadRequest"),
    ]
    assert refused(api, router, "remove_router_interface") == (400, "BadRequest")
    assert refused(api, router, "remove_router_interface", port_id=port["id"]) == (404, "RouterInterfaceNotFound")
    act(api, router, "add_router_interface", port_id=port["id"])
    mismatch = {"port_id": port["id"], "subnet_id": island["id"]}
    assert refused(api, router, "remove_router_interface", **mismatch) == (400, "SubnetMismatchForPort")
    assert api.refused("PUT", f"routers/{unknown}/add_router_interface", {})[:2] == (404, "RouterNotFound")
    assert api.refused("POST", f"routers/{router['id']}/add_router_interface", {})[:2] == (405, "HTTPMethodNotAllowed")


def test_gateways_that_are_refused(api, blue, outer):
    path = f"routers/{api.post('routers')['id']}"

    def asked(info):
        return api.refused("PUT", path, {"router": {"external_gateway_info": info}})[:2]

    assert asked({"network_id": "00000000-0000-4000-8000-000000000000"}) == (404, "NetworkNotFound")
    assert asked({"network_id": "x"}) == (400, "HTTPBadRequest")
    assert asked({"enable_snat": True}) == (400, "HTTPBadRequest")
    assert asked(gateway(outer, qos_policy_id="x")) == (400, "HTTPBadRequest")
    assert asked(gateway(blue)) == (400, "BadRequest")
    assert asked(gateway(outer, external_fixed_ips=[{"ip_address": "192.0.2.1"}])) == (400, "InvalidIpForNetwork")
    assert api.refused("POST", "routers", {"router": {"external_gateway_info": gateway(blue)}})[:2] == (
        400,
        "BadRequest",
    )


def test_two_gateway_addresses_of_a_subnet(api, outer):
    (subnet,) = [one["id"] for one in api.get("subnets", network_id=outer["id"]) if one["ip_version"] == 4]
    info = gateway(outer, external_fixed_ips=[{"subnet_id": subnet}] * 2)
    found = api.post("routers", external_gateway_info=info)["external_gateway_info"]["external_fixed_ips"]
    assert [one["subnet_id"] for one in found] == [subnet, subnet]
    assert len({one["ip_address"] for one in found}) == 2


def test_routes(api, blue):
    router = api.post("routers")
    path = f"routers/{router['id']}"
    one = {"destination": "192.0.2.0/24", "nexthop": "10.0.0.9"}
    two = {"destination": "198.51.100.0/24", "nexthop": "10.0.0.10"}

    def asked(*routes):
        return api.refused("PUT", path, {"router": {"routes": list(routes)}})[:2]

    assert asked(one) == (400, "InvalidRoutes")
    act(api, router, "add_router_interface", subnet_id=blue["subnets"][0])
    assert api.put(path, routes=[one])["routes"] == [one]
    assert asked(one | {"nexthop": "10.0.0.1"}) == (400, "InvalidRoutes")
    assert asked(one | {"nexthop": "fd00::1"}) == (400, "InvalidRoutes")
    assert asked(one, one) == (400, "HTTPBadRequest")
    assert asked({"destination": "192.0.2.0/24"}) == (400, "HTTPBadRequest")
    many = [{"destination": f"192.0.{n}.0/24", "nexthop": "10.0.0.9"} for n in range(31)]
    assert asked(*many) == (400, "RoutesExhausted")
    assert refused(api, router, "remove_router_interface", subnet_id=blue["subnets"][0]) == (
        409,
        "RouterInterfaceInUseByRoute",
    )
    assert act(api, router, "add_extraroutes", router={"routes": [one, two]})["router"]["routes"] == [one, two]
    assert act(api, router, "remove_extraroutes", router={"routes": [one]})["router"]["routes"] == [two]
    assert act(api, router, "remove_extraroutes", router={"routes": [one]})["router"]["routes"] == [two]
    assert refused(api, router, "add_extraroutes", router={"routes": many}) == (400, "RoutesExhausted")
    assert refused(api, router, "add_extraroutes", router={"name": "x"}) == (400, "HTTPBadRequest")
    assert api.get(path)["routes"] == [two]


def test_external_networks(api, outer, blue):
    assert [one["id"] for one in api.get("networks", **{"router:external": "True"})] == [outer["id"]]
    assert [one["id"] for one in api.get("networks", **{"router:external": "False"})] == [blue["id"]]
    router = api.post("routers", external_gateway_info=gateway(outer))
    change = {"network": {"router:external": False}}
    assert api.refused("PUT", f"networks/{outer['id']}", change)[:2] == (409, "ExternalNetworkInUse")
    assert api.refused("DELETE", f"networks/{outer['id']}")[:2] == (409, "NetworkInUse")
    api.delete(f"routers/{router['id']}")
    assert api.put(f"networks/{outer['id']}", **{"router:external": False})["router:external"] is False


def test_ports_are_made_routers_by_routers_only(api, blue):
    for owner in ("network:router_interface", "network:router_gateway", "network:floatingip"):
        body = {"port": {"network_id": blue["id"], "device_owner": owner}}
        assert api.refused("POST", "ports", body)[:2] == (400, "InvalidInput")
    port = api.port(blue)
    path = f"ports/{port['id']}"
    change = {"port": {"device_owner": "network:router_interface"}}
    assert api.refused("PUT", path, change)[:2] == (400, "InvalidInput")
    router = api.post("routers")
    act(api, router, "add_router_interface", port_id=port["id"])
    assert api.refused("PUT", path, {"port": {"device_owner": "compute:nova"}})[:2] == (400, "InvalidInput")
    assert api.refused("PUT", path, {"port": {"device_id": "vm"}})[:2] == (409, "ServicePortInUse")
    assert api.refused("PUT", path, {"port": {"fixed_ips": []}})[:2] == (409, "ServicePortInUse")
    before = api.get(f"routers/{router['id']}")["revision_number"]
    moved = api.put(path, name="leg", fixed_ips=[{"ip_address": "10.0.0.77"}])
    assert moved["fixed_ips"][0]["ip_address"] == "10.0.0.77"
    assert api.get(f"routers/{router['id']}")["revision_number"] == before + 1


def test_what_the_controller_is_told(api, blue, outer):
    router = api.post("routers", external_gateway_info=gateway(outer))
    begin = len(api.journal())
    told = act(api, router, "add_router_interface", subnet_id=blue["subnets"][0])
    port_id, router_id = told["port_id"], router["id"]
    assert api.journal()[begin:] == [("ports", port_id, "intent"), ("routers", router_id, "intent")]
    begin = len(api.journal())
    gateway_id = ports_of(api, router)["network:router_gateway"]["id"]
    api.put(f"ports/{gateway_id}", fixed_ips=[{"ip_address": "203.0.113.9"}])
    assert api.journal()[begin:] == [("ports", gateway_id, "intent"), ("routers", router_id, "intent")]
