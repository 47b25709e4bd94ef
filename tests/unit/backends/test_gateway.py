"""Which chassis a gateway is on: it follows from state, spreads, and moves only what must move."""

from collections import Counter

from tests.topology import agent, an_id

from neutrino.backends.ovn.gateway import MOST_CHASSIS, AgentFacts, facts, priorities, scheduled

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
