"""Which chassis a gateway is on: it follows from state, spreads, and moves only what must move."""

from collections import Counter

import msgspec
from tests.topology import agent, an_id, network, port

from neutrino.backends.ovn import external
from neutrino.backends.ovn.network import facts as network_facts
from neutrino.backends.ovn.scheduling import MOST_CHASSIS, AgentFacts, facts, priorities, scheduled
from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.router import Router

ROUTERS = [an_id(f"router {n}") for n in range(600)]
AGENTS = [AgentFacts(f"chassis-{n}", frozenset({"physnet1"})) for n in range(6)]


def test_the_order_in_which_chassis_are_seen_does_not_matter() -> None:
    for router in ROUTERS[:20]:
        assert scheduled(router, AGENTS, "physnet1") == scheduled(router, AGENTS[::-1], "physnet1")


def test_at_most_five_and_only_those_that_reach_the_network() -> None:
    some = [*AGENTS, AgentFacts("elsewhere", frozenset({"physnet2"}))]
    assert {len(scheduled(router, some, "physnet1")) for router in ROUTERS} == {MOST_CHASSIS}
    assert "elsewhere" not in {name for router in ROUTERS for name in scheduled(router, some, "physnet1")}
    assert {scheduled(router, some, "physnet2") == ["elsewhere"] for router in ROUTERS} == {True}
    assert scheduled(ROUTERS[0], some, "physnet3") == []
    assert "elsewhere" in {name for router in ROUTERS for name in scheduled(router, some, None)}


def test_routers_spread() -> None:
    preferred = Counter(scheduled(router, AGENTS, "physnet1")[0] for router in ROUTERS)
    assert len(preferred) == len(AGENTS)
    assert all(60 <= count <= 140 for count in preferred.values()), preferred  # 100 each, but for chance


def test_a_chassis_that_goes_moves_only_its_own_routers() -> None:
    for gone in AGENTS:
        rest = [one for one in AGENTS if one is not gone]
        for router in ROUTERS:
            before, after = scheduled(router, AGENTS, "physnet1"), scheduled(router, rest, "physnet1")
            if before[0] != gone.chassis:
                assert after[0] == before[0]
            assert [name for name in before if name != gone.chassis] == after[: len(before) - (gone.chassis in before)]


def test_only_chassis_of_the_zones_that_are_wanted() -> None:
    reach = frozenset({"physnet1"})
    some = [*AGENTS, *(AgentFacts(f"zoned-{n}", reach, frozenset({f"az{n}", "all"})) for n in range(3))]
    for router in ROUTERS[:50]:
        assert sorted(scheduled(router, some, "physnet1", ["az0", "az2"])) == ["zoned-0", "zoned-2"]
        assert len(scheduled(router, some, "physnet1", ["all"])) == 3
        assert scheduled(router, some, "physnet1", ["nowhere"]) == []


def test_placed_by_hand_is_the_first_gateway_within_its_zones() -> None:
    reach = frozenset({"physnet1"})
    some = [AgentFacts(f"c{n}", reach, frozenset({f"az{n}"}), f"a{n}") for n in range(3)]

    def chosen(placement: dict[str, int] | None, zones: tuple[str, ...] = (), number: int = 0) -> dict[str, int]:
        return {a.agent_id: p for a, p in priorities(ROUTERS[0], some, "physnet1", placement, zones, number)}

    by_hand = {"a0": 7, "a2": 9, "gone": 3}
    assert list(chosen(by_hand).items()) == [("a2", 9), ("a0", 7)]
    assert chosen(by_hand, ("az0", "az1")) == {"a0": 7}
    assert chosen(None, ("az0", "az1")).keys() == {"a0", "a1"}
    assert sorted(chosen(by_hand, number=1).values()) == [3, 4, 5]
    assert chosen({}) == {}


def test_gateways_of_one_router_begin_on_different_chassis() -> None:
    for router in ROUTERS[:50]:
        firsts = [scheduled(router, AGENTS, "physnet1", (), number)[0] for number in range(len(AGENTS))]
        assert sorted(firsts) == sorted(one.chassis for one in AGENTS)
        assert scheduled(router, AGENTS[:1], "physnet1", (), 3) == [AGENTS[0].chassis]


def test_what_others_see_of_an_agent() -> None:
    two = agent("h", "physnet1:br-ex, physnet2:br-2")
    assert facts(two) == AgentFacts("h", frozenset({"physnet1", "physnet2"}), frozenset(), two.id, "h")
    zones = frozenset({"az1", "az2"})
    assert facts(agent("h", zone="az1, az2")) == AgentFacts("h", frozenset({"physnet1"}), zones, two.id, "h")
    assert facts(agent("h", "")) == AgentFacts("h", frozenset(), frozenset(), two.id, "h")
    other = facts(agent("h", is_gateway=False))
    assert other == AgentFacts("h", frozenset({"physnet1"}), frozenset(), two.id, "h", is_gateway=False)
    assert scheduled(ROUTERS[0], [other], "physnet1") == []


def with_options(host: str, options: str, mappings: str = "physnet1:br-ex") -> Agent:
    one = agent(host, mappings)
    return msgspec.structs.replace(one, configurations={**one.configurations, "ovn-cms-options": options})


def test_what_a_chassis_is_for() -> None:
    seen = facts(with_options("h", "enable-chassis-as-gw, card-serial-number=AB1,enable-chassis-as-extport-host"))
    assert seen is not None
    assert (seen.answers_external, seen.cards) == (True, {"AB1"})
    plain = facts(agent("h"))
    assert plain is not None
    assert (plain.answers_external, plain.cards) == (False, set())


def answering(port: Port, *agents: Agent) -> tuple[str, dict[str, int]]:
    """Return the name of the group that answers *port*, and the chassis in it with their priorities."""
    known = {Agent: [facts(one) for one in agents], Router: []}
    net = network("net", provider_network_type="flat", provider_physical_network="physnet1")

    def see(cls: type, row_id: str) -> object:
        return network_facts(net) if cls is Network and row_id == net.id else known[cls]

    key, made = external.chassis_group(port, see)
    members = [row for made_key, row in made.rows.items() if made_key.table == "HA_Chassis"]
    return str(made.rows[key]["name"]), {str(row["chassis_name"]): row["priority"] for row in members}  # type: ignore


def test_chassis_for_external_ports_answer_them() -> None:
    net = network("net")
    metal = port("metal", net, binding_vnic_type="direct", binding_host_id="h3")
    gateways = [agent(f"g{n}") for n in range(2)]
    name, members = answering(metal, *gateways)
    assert (name, sorted(members)) == (f"neutron-{net.id}", ["g0", "g1"])
    named = [with_options(f"h{n}", "enable-chassis-as-extport-host") for n in range(7)]
    beside = with_options("far", "enable-chassis-as-extport-host", "physnet2:br-2")
    name, members = answering(metal, *gateways, *named, beside)
    assert name == f"neutron-extport-{metal.id}"
    assert sorted(members.values()) == [1, 2, 3, 4, 5]
    assert not {"h3", "far", "g0", "g1"} & members.keys()
    ports = [port(f"metal {n}", net, binding_vnic_type="direct") for n in range(100)]
    first = Counter(max(found, key=lambda chassis: found[chassis])
                    for one in ports for found in [answering(one, *named)[1]])  # fmt: skip
    assert len(first) == len(named)
