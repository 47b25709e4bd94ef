"""Which chassis a gateway is on: it follows from state, spreads, and moves only what must move."""

from collections import Counter

from tests.topology import agent, an_id

from neutrino.backends.ovn.gateway import MOST_CHASSIS, AgentFacts, facts, scheduled

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


def test_what_a_gateway_sees_of_an_agent() -> None:
    two = agent("h", "physnet1:br-ex, physnet2:br-2")
    assert facts(two) == AgentFacts("h", frozenset({"physnet1", "physnet2"}), two.id)
    assert facts(agent("h", "")) == AgentFacts("h", frozenset(), two.id)
    assert facts(agent("h", is_gateway=False)) is None
