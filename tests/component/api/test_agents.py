"""Stories of agents, and of the gateways that may be on their hosts."""

import uuid

import pytest

from neutrino.model.agent import GATEWAY_AGENT, Agent

MISSING = str(uuid.uuid4())


def gateway(api, host, *, is_alive=True, mappings="physnet1:br-ex", zone="az1"):
    """Have the backend observe a chassis that may be a gateway."""
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
    agent = Agent(
        id=str(uuid.uuid5(uuid.NAMESPACE_DNS, host)),
        agent_type=GATEWAY_AGENT,
        binary="ovn-controller",
        host=host,
        availability_zone=zone,
        alive=is_alive,
        configurations={"chassis_name": host, "bridge-mappings": mappings},
        **times,
    )
    api.run(api.intent.put_agents([agent]))
    return agent.id


@pytest.fixture
def hosts(api):
    return [gateway(api, f"gw{n}") for n in range(3)]


@pytest.fixture
def router(api):
    outer = api.network(
        **{"router:external": True, "provider:network_type": "flat", "provider:physical_network": "physnet1"}
    )
    api.subnet(outer, "198.51.100.0/24")
    return api.post("routers", external_gateway_info={"network_id": outer["id"]})


def put(api, path, **body):
    answer = api.send("PUT", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def placed(api, router):
    return {one["id"]: one["ha_chassis_priority"] for one in api.get(f"routers/{router['id']}/l3-agents")}


def test_an_agent_is_described_and_deleted(api, hosts):
    path = f"agents/{hosts[0]}"
    agent = api.get(path)
    assert (agent["description"], agent["admin_state_up"], agent["availability_zone"]) == ("", True, "az1")
    assert put(api, path, agent={"admin_state_up": True})["agent"] == agent
    described = put(api, path, agent={"description": "rack 3"})["agent"]
    assert described == agent | {"description": "rack 3"} == api.get(path)
    gateway(api, "gw0", is_alive=False)  # what is observed does not touch it
    assert (api.get(path)["description"], api.get(path)["alive"]) == ("rack 3", False)
    assert put(api, path, agent={"description": None})["agent"]["description"] == ""
    off = {"agent": {"admin_state_up": False}}
    assert api.refused("PUT", path, off) == (
        400,
        "BadRequest",
        "Bad agent request: OVN agent status cannot be updated.",
    )
    assert api.refused("PUT", path, {"agent": {"host": "x"}})[:2] == (400, "HTTPBadRequest")
    assert api.refused("PUT", f"agents/{MISSING}", off)[:2] == (404, "AgentNotFound")
    api.delete(path)
    for method in ("GET", "DELETE"):
        assert api.refused(method, path)[:2] == (404, "AgentNotFound")


def test_agents_are_sorted_and_paged(api, hosts):
    names = ["gw0", "gw1", "gw2"]
    for direction, wanted in (("asc", names), ("desc", names[::-1])):
        given = {"sort_key": "host", "sort_dir": direction}
        assert [one["host"] for one in api.get("agents", **given)] == wanted
        first = api.get("agents", **given, limit="2")
        assert [one["host"] for one in first] == wanted[:2]
        rest = api.get("agents", **given, limit="2", marker=first[-1]["id"])
        assert [one["host"] for one in rest] == wanted[2:]


def test_networks_have_no_dhcp_agents(api, hosts):
    network = api.network()
    assert api.get(f"networks/{network['id']}/dhcp-agents") == []
    path = f"agents/{hosts[0]}/dhcp-networks"
    assert api.get(path) == []
    assert api.refused("POST", path, {"network_id": network["id"]})[:2] == (404, "InvalidDHCPAgent")
    assert api.refused("DELETE", f"{path}/{network['id']}")[:2] == (409, "NetworkNotHostedByDhcpAgent")
    assert api.refused("POST", path, {})[:2] == (400, "HTTPBadRequest")
    assert api.refused("GET", f"networks/{MISSING}/dhcp-agents")[:2] == (404, "NetworkNotFound")
    assert api.refused("GET", f"agents/{MISSING}/dhcp-networks")[:2] == (404, "AgentNotFound")
    assert api.refused("DELETE", f"{path}/{MISSING}")[:2] == (404, "NetworkNotFound")


def test_where_a_routers_gateway_may_be(api, hosts, router):
    gateway(api, "elsewhere", mappings="physnet2:br-ex")
    api.host("node1")
    found = api.get(f"routers/{router['id']}/l3-agents")
    assert [one["ha_chassis_priority"] for one in found] == [5, 4, 3]
    assert {one["id"] for one in found} == set(hosts)
    shown = [{name: one[name] for name in one if name != "ha_chassis_priority"} for one in found]
    assert shown == [api.get(f"agents/{one['id']}") for one in found]
    for host in hosts:
        assert api.get(f"agents/{host}/l3-routers") == [api.get(f"routers/{router['id']}")]
    assert api.get(f"agents/{uuid.uuid5(uuid.NAMESPACE_OID, 'node1')}/l3-routers") == []
    inner = api.post("routers")
    assert api.get(f"routers/{inner['id']}/l3-agents") == []
    assert api.refused("GET", f"routers/{MISSING}/l3-agents")[:2] == (404, "RouterNotFound")
    assert api.refused("GET", f"agents/{MISSING}/l3-routers")[:2] == (404, "InvalidL3Agent")


def test_gateways_are_placed_by_hand(api, hosts, router):
    first, second, third = sorted(placed(api, router), key=placed(api, router).get, reverse=True)
    path = f"agents/{first}/l3-routers"
    one = {"router_id": router["id"]}
    assert api.refused("POST", path, one)[:2] == (409, "RouterHostedByL3Agent")
    for host in hosts:
        api.delete(f"agents/{host}/l3-routers/{router['id']}")
    assert placed(api, router) == {}
    assert api.refused("DELETE", f"{path}/{router['id']}")[:2] == (409, "RouterNotHostedByL3Agent")
    answer = api.send("POST", path, json=one)
    assert answer.status_code == 201
    assert placed(api, router) == {first: 1}
    assert api.send("POST", f"agents/{second}/l3-routers", json=one | {"ha_chassis_priority": 7}).status_code == 201
    assert placed(api, router) == {second: 7, first: 1}
    assert api.send("POST", f"agents/{third}/l3-routers", json=one).status_code == 201
    assert placed(api, router) == {second: 7, first: 1, third: 0}
    assert put(api, f"{path}/{router['id']}", ha_chassis_priority=9) is None
    assert put(api, f"{path}/{router['id']}") is None
    assert list(placed(api, router).items()) == [(first, 9), (second, 7), (third, 0)]
    taken = api.refused("PUT", f"{path}/{router['id']}", {"ha_chassis_priority": 7})
    assert taken[:2] == (409, "HAChassisPriorityAlreadyAssigned")
    for wrong, kind in ((-1, "InvalidHAChassisPriority"), (32768, "InvalidHAChassisPriority"), ("x", "HTTPBadRequest")):
        assert api.refused("PUT", f"{path}/{router['id']}", {"ha_chassis_priority": wrong})[:2] == (400, kind)
    outer = router["external_gateway_info"]["network_id"]
    api.put(f"routers/{router['id']}", external_gateway_info=None)
    api.put(f"routers/{router['id']}", external_gateway_info={"network_id": outer})
    assert sorted(placed(api, router).values()) == [3, 4, 5]  # a new gateway is placed by itself


def test_zones_and_further_gateways(api, hosts, router):
    """Zones limit who may be chosen by hand too; what was chosen is about the first gateway that there was."""
    far = gateway(api, "far", zone="az2")
    info = {"network_id": router["external_gateway_info"]["network_id"]}
    there = api.post("routers", availability_zone_hints=["az2"], external_gateway_info=info)
    assert placed(api, there) == {far: 5}
    path = f"agents/{hosts[0]}/l3-routers"
    assert api.refused("POST", path, {"router_id": there["id"]})[:2] == (404, "InvalidL3Agent")

    def act(verb, *gateways):
        return put(api, f"routers/{router['id']}/{verb}_external_gateways", router={"external_gateways": gateways})

    usual = placed(api, router)
    assert put(api, f"{path}/{router['id']}", ha_chassis_priority=99) is None
    chosen = placed(api, router)
    assert chosen == usual | {hosts[0]: 99}
    first, second = act("add", info)["router"]["external_gateways"]
    assert placed(api, router) == chosen
    act("update", first, second)
    assert placed(api, router) == chosen
    act("update", second, first)
    assert placed(api, router) == usual


def test_who_cannot_have_a_gateway(api, hosts, router):
    elsewhere = gateway(api, "elsewhere", mappings="physnet2:br-ex")
    api.host("node1")
    one = {"router_id": router["id"]}
    for agent in (elsewhere, "agent-of-node1", MISSING):
        assert api.refused("POST", f"agents/{agent}/l3-routers", one)[:2] == (404, "InvalidL3Agent")
    inner = {"router_id": api.post("routers")["id"]}
    assert api.refused("POST", f"agents/{elsewhere}/l3-routers", inner)[:2] == (409, "RouterSchedulingFailed")
    for body in ({}, {"router_id": "x"}, {"router_id": None}):
        assert api.refused("POST", f"agents/{elsewhere}/l3-routers", body)[:2] == (400, "HTTPBadRequest")
    path = f"agents/{elsewhere}/l3-routers"
    assert api.refused("POST", path, {"router_id": MISSING})[:2] == (404, "RouterNotFound")
    assert api.refused("PUT", f"{path}/{router['id']}", {"ha_chassis_priority": 9})[:2] == (
        409,
        "RouterNotHostedByL3Agent",
    )
