"""Routers with several gateways through the API, and what else a router may be asked to be."""

import pytest

from neutrino.model.agent import GATEWAY_AGENT, Agent


@pytest.fixture
def outer(api):
    """An external network with an IPv4 subnet."""
    network = api.network(name="outer", **{"router:external": True})
    api.subnet(network, "203.0.113.0/24")
    return api.get(f"networks/{network['id']}")


@pytest.fixture
def further(api):
    """Another one."""
    network = api.network(name="further", **{"router:external": True})
    api.subnet(network, "198.51.100.0/24")
    return api.get(f"networks/{network['id']}")


def act(api, router, verb, *gateways):
    body = {"router": {"external_gateways": list(gateways)}}
    answer = api.send("PUT", f"routers/{router['id']}/{verb}_external_gateways", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["router"] == api.get(f"routers/{router['id']}")
    return answer.json()["router"]


def refused(api, router, verb, *gateways):
    body = {"router": {"external_gateways": list(gateways)}}
    return api.refused("PUT", f"routers/{router['id']}/{verb}_external_gateways", body)[:2]


def gateway_ports(api, router):
    return api.get("ports", device_id=router["id"], device_owner="network:router_gateway")


def test_gateways_come_and_go(api, outer):
    router = api.post("routers")
    one = {"network_id": outer["id"], "enable_snat": False}
    three = act(api, router, "add", one, one, one)
    gateways = three["external_gateways"]
    assert len({gateway["external_fixed_ips"][0]["ip_address"] for gateway in gateways}) == 3
    assert three["external_gateway_info"] == gateways[0]
    assert three["enable_snat"] is False
    assert len(gateway_ports(api, router)) == 3

    two = act(api, router, "remove", gateways[2])
    assert two["external_gateways"] == gateways[:2]
    moved = act(api, router, "update", gateways[0], gateways[2])
    assert moved["external_gateways"] == [gateways[0], gateways[2]]
    turned = act(api, router, "update", gateways[2], gateways[0])
    assert turned["external_gateways"] == [gateways[2], gateways[0]]
    assert turned["external_gateway_info"] == gateways[2]
    assert len(gateway_ports(api, router)) == 2
    first_gone = act(api, router, "remove", gateways[2])
    assert first_gone["external_gateway_info"] == gateways[0]
    assert act(api, router, "update")["external_gateways"] == []
    assert gateway_ports(api, router) == []
    assert act(api, router, "add")["external_gateways"] == []


def test_beside_the_older_way(api, outer, further):
    router = api.post("routers", external_gateway_info={"network_id": outer["id"]})
    assert router["external_gateways"] == [router["external_gateway_info"]]
    both = act(api, router, "add", {"network_id": further["id"]})
    path = f"routers/{router['id']}"
    quiet = api.put(path, external_gateway_info={"network_id": outer["id"], "enable_snat": False})
    assert quiet == api.get(path)
    assert [one["enable_snat"] for one in quiet["external_gateways"]] == [False, False]
    cleared = api.put(path, external_gateway_info={})
    assert cleared == api.get(path)
    assert cleared["external_gateway_info"]["network_id"] == further["id"]
    assert len(both["external_gateways"]) == 2
    assert act(api, router, "remove", {"network_id": further["id"]})["external_gateways"] == []
    act(api, router, "add", {"network_id": outer["id"]}, {"network_id": further["id"]})
    api.delete(path)
    assert api.get("ports") == []


def test_what_is_refused(api, outer, further):
    router = api.post("routers")
    there, blue = {"network_id": outer["id"]}, api.network()
    inner = api.subnet(blue, "203.0.113.0/25")
    assert refused(api, router, "remove", there) == (400, "UnableToRemoveGateways")
    assert refused(api, router, "add", {"network_id": blue["id"]}) == (400, "BadRequest")
    assert refused(api, router, "add", {"network_id": "x"}) == (400, "HTTPBadRequest")
    assert refused(api, router, "add", *[there] * 11) == (400, "HTTPBadRequest")
    act(api, router, "add", there, there)
    assert refused(api, router, "remove", there) == (400, "UnableToMatchGateways")
    assert refused(api, router, "remove", {"network_id": further["id"]}) == (400, "UnableToMatchGateways")
    assert refused(api, router, "add", *[there] * 9) == (400, "HTTPBadRequest")
    taken = gateway_ports(api, router)[0]["fixed_ips"]
    assert refused(api, router, "add", there | {"external_fixed_ips": taken}) == (409, "IpAddressAlreadyAllocated")
    body = {"subnet_id": inner["id"]}
    assert api.refused("PUT", f"routers/{router['id']}/add_router_interface", body)[:2] == (400, "BadRequest")
    same = api.network(**{"router:external": True})
    api.subnet(same, "203.0.113.128/25")
    assert refused(api, router, "add", {"network_id": same["id"]}) == (400, "BadRequest")
    body = {"router": {"external_gateways": []}}
    assert api.refused("POST", "routers", body)[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", f"routers/{router['id']}", body)[:2] == (400, "HTTPBadRequest")


def test_the_first_gateway_has_the_policy(api, outer, further):
    gold, silver = (api.send("POST", "qos/policies", json={"policy": {}}).json()["policy"]["id"] for _ in range(2))
    router = api.post("routers")
    one, other = {"network_id": outer["id"]}, {"network_id": further["id"]}

    def policies(answer):
        assert answer == api.get(f"routers/{router['id']}")
        shown = [gateway["qos_policy_id"] for gateway in answer["external_gateways"]]
        assert answer["external_gateway_info"] == (answer["external_gateways"] or [None])[0]
        return shown

    assert policies(act(api, router, "add", one | {"qos_policy_id": gold}, other)) == [gold, None]
    assert refused(api, router, "add", other | {"qos_policy_id": gold}) == (400, "BadRequest")
    assert refused(api, router, "update", other, one | {"qos_policy_id": gold}) == (400, "BadRequest")
    assert refused(api, router, "update", one | {"qos_policy_id": router["id"]}) == (404, "QosPolicyNotFound")
    assert policies(act(api, router, "update", one, other)) == [gold, None]
    assert policies(act(api, router, "update", one | {"qos_policy_id": silver}, other)) == [silver, None]
    info = api.put(f"routers/{router['id']}", external_gateway_info=one | {"qos_policy_id": gold})
    assert policies(info) == [gold, None]
    assert policies(act(api, router, "remove", other)) == [gold]
    act(api, router, "add", other)
    assert policies(act(api, router, "remove", one)) == [None]
    assert policies(act(api, router, "update", other | {"qos_policy_id": gold}, one)) == [gold, None]
    assert policies(api.put(f"routers/{router['id']}", external_gateway_info={})) == [None]
    assert policies(act(api, router, "update")) == []


def test_a_floating_ip_needs_one_gateway_of_its_network(api, outer, further):
    blue = api.network()
    subnet = api.subnet(blue, "10.0.0.0/24")
    router = api.post("routers", external_gateway_info={"network_id": further["id"]})
    api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    act(api, router, "add", {"network_id": outer["id"]}, {"network_id": outer["id"]})
    floating = api.post("floatingips", floating_network_id=outer["id"], port_id=api.port(blue)["id"])
    assert floating["router_id"] == router["id"]
    gateways = api.get(f"routers/{router['id']}")["external_gateways"]
    act(api, router, "remove", gateways[1])
    in_use = (409, "RouterExternalGatewayInUseByFloatingIp")
    assert refused(api, router, "remove", gateways[2]) == in_use
    assert refused(api, router, "update", gateways[0]) == in_use
    act(api, router, "remove", gateways[0])
    assert api.refused("PUT", f"routers/{router['id']}", {"router": {"external_gateway_info": None}})[:2] == in_use


def test_flags(serve):
    api = serve("enable_default_route_ecmp = true", "[ovn]", "enable_distributed_floating_ip = true")
    usual = api.post("routers")
    flags = ("enable_default_route_ecmp", "enable_default_route_bfd", "distributed", "ha")
    assert [usual[flag] for flag in flags] == [True, False, True, True]
    given = dict.fromkeys(flags, None)
    told = api.post("routers", **given)
    assert [told[flag] for flag in flags] == [True, False, True, True]
    asked = api.post("routers", enable_default_route_ecmp=False, enable_default_route_bfd=True, distributed=False)
    assert [asked[flag] for flag in flags] == [False, True, False, True]
    path = f"routers/{asked['id']}"
    changed = api.put(path, enable_default_route_bfd=False, distributed=True, ha=True)
    assert [changed[flag] for flag in flags] == [False, False, True, True]
    assert api.put(path, **given) == changed
    assert api.put(path, ha=False)["ha"] is False
    assert api.refused("POST", "routers", {"router": {"distributed": "far"}})[:2] == (400, "HTTPBadRequest")
    assert [one["id"] for one in api.get("routers", distributed="False")] == []
    assert len(api.get("routers", enable_snat="True")) == 3


def test_zones(api):
    assert api.refused("POST", "routers", {"router": {"availability_zone_hints": ["az1"]}})[:2] == (
        404,
        "AvailabilityZoneNotFound",
    )
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
    agent = Agent(
        id="a", agent_type=GATEWAY_AGENT, binary="ovn-controller", host="h1", availability_zone="az1, az2", alive=True,
        **times,
    )  # fmt: skip
    api.run(api.intent.put_agents([agent]))
    router = api.post("routers", availability_zone_hints=["az1"])
    assert (router["availability_zone_hints"], router["availability_zones"]) == (["az1"], ["az1"])
    assert api.get(f"routers/{router['id']}") == router
    change = {"router": {"availability_zone_hints": []}}
    assert api.refused("PUT", f"routers/{router['id']}", change)[:2] == (400, "HTTPBadRequest")
