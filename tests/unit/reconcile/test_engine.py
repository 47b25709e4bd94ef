"""Who is rendered again: those who see facts that changed, and nobody else."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from tests.topology import agent, network, port, router, router_port, subnet

from neutrino.backends.ovn import uuids
from neutrino.backends.ovn.northbound import NOUNS
from neutrino.model.resource import Resource
from neutrino.reconcile.engine import Engine
from neutrino.reconcile.fragment import Fragment
from neutrino.reconcile.noun import Noun

replace = msgspec.structs.replace
BLUE = network("blue")
V4 = subnet("v4", BLUE, "10.0.0.0/24")
PORTS = [port(f"p{n}", BLUE, {V4: f"10.0.0.{n + 10}"}) for n in range(5)]


class Fixed:
    """An intent that is what it was given."""

    def __init__(self, *resources: Resource) -> None:
        self.resources = {(one.collection, one.id): one for one in resources}
        self.questions: list[tuple[str, str]] = []

    def put(self, resource: Resource) -> tuple[str, str]:
        source = (resource.collection, resource.id)
        self.resources[source] = resource
        return source

    async def get(self, cls: type[Resource], ids: Collection[str]) -> dict[str, Resource]:
        return {i: self.resources[cls.collection, i] for i in ids if (cls.collection, i) in self.resources}

    async def all(self, cls: type[Resource]) -> Sequence[Resource]:
        return [one for one in self.resources.values() if isinstance(one, cls)]

    async def ids_where(self, cls: type[Resource], field: str, value: str) -> Sequence[str]:
        self.questions.append((cls.collection, field))
        if field in ("network_id", "device_id", "router_id"):
            return [one.id for one in await self.all(cls) if getattr(one, field) == value]
        assert field == "fixed_ips.subnet_id"
        return [one.id for one in await self.all(cls) if any(ip.subnet_id == value for ip in one.fixed_ips)]


def absorbed(intent: Fixed, *changed: Resource) -> set[str]:
    """Return the tables of the rows that *changed* touch, and check that no question was asked in vain."""

    async def story() -> set[str]:
        engine = Engine(NOUNS, intent)
        await engine.rebuild()
        touched = await engine.absorb([intent.put(one) for one in changed])
        return {f"{key.table}:{len([k for k in touched.rows if k.table == key.table])}" for key in touched.rows}

    return asyncio.run(story())


def test_a_network_that_is_renamed_is_rendered_alone() -> None:
    intent = Fixed(BLUE, V4, *PORTS)
    assert absorbed(intent, replace(BLUE, name="red")) == {"Logical_Switch:1"}
    assert intent.questions == []


def test_an_mtu_reaches_dhcp_and_no_port() -> None:
    intent = Fixed(BLUE, V4, *PORTS)
    assert absorbed(intent, replace(BLUE, mtu=1300)) == {"Logical_Switch:1", "DHCP_Options:1"}
    assert intent.questions == [("subnets", "network_id"), ("ports", "network_id")]


def test_dhcp_that_is_disabled_reaches_each_port() -> None:
    assert absorbed(Fixed(BLUE, V4, *PORTS), replace(V4, enable_dhcp=False)) == {
        "DHCP_Options:1",
        "Logical_Switch_Port:5",
    }


OUTER = network("outer", provider_network_type="flat", provider_physical_network="physnet1", router_external=True)
OUTER_V4 = subnet("outer-v4", OUTER, "203.0.113.0/24")
GATEWAY = router_port("gateway", "edge", OUTER, {OUTER_V4: "203.0.113.9"}, is_gateway=True)
INSIDE = router_port("inside", "edge", BLUE, {V4: "10.0.0.1"})
EDGE = router("edge", GATEWAY)


def test_an_mtu_reaches_routers_ports() -> None:
    v6 = subnet("v6", BLUE, "fd00::/64", ipv6_ra_mode="slaac", ipv6_address_mode="slaac")
    inside = router_port("inside", "edge", BLUE, {v6: "fd00::1"})
    intent = Fixed(BLUE, V4, v6, *PORTS, EDGE, inside)
    assert "Logical_Router_Port:1" in absorbed(intent, replace(BLUE, mtu=1300))
    assert intent.questions == [("subnets", "network_id"), ("ports", "network_id")]


def test_a_chassis_that_comes_or_changes_reaches_gateways_and_nobody_else() -> None:
    intent = Fixed(BLUE, V4, *PORTS, OUTER, OUTER_V4, EDGE, INSIDE, GATEWAY, agent("h1"))
    every = {
        "HA_Chassis:2", "HA_Chassis_Group:1", "Logical_Router_Port:1", "Logical_Router_Static_Route:1",
        "Logical_Switch_Port:1",
    }  # fmt: skip
    assert absorbed(intent, agent("h2")) == every | {"Chassis_Template_Var:1"}
    assert absorbed(intent, agent("h2", "")) == every
    assert absorbed(intent, replace(agent("h1"), heartbeat_timestamp="2026-01-02 03:05:05")) == set()
    assert intent.questions == []


def test_a_router_that_changes_its_gateway_reaches_its_own_ports() -> None:
    intent = Fixed(BLUE, V4, *PORTS, OUTER, OUTER_V4, EDGE, INSIDE, GATEWAY)
    assert "NAT:1" in absorbed(intent, router("edge", GATEWAY, enable_snat=False))
    assert intent.questions == [("ports", "device_id"), ("floatingips", "router_id"), ("ndp_proxies", "router_id")]


def test_who_came_too_early_is_rendered_again_without_a_question() -> None:
    intent = Fixed(BLUE, *PORTS)  # the subnet is read later than its ports
    assert absorbed(intent, V4) == {"DHCP_Options:1", "Logical_Switch_Port:5"}
    assert intent.questions == []


def test_what_cannot_be_rendered_stays_as_it_is_and_holds_up_nothing() -> None:
    def render(resource: Any, _see: Any) -> Fragment:
        if resource.name == "bad":
            raise ValueError("bad")
        return Fragment({uuids.switch(resource.id): {"name": resource.name}})

    async def story() -> None:
        intent = Fixed(BLUE)
        engine = Engine([Noun(type(BLUE), render)], intent)
        await engine.rebuild()
        bad, good = replace(BLUE, name="bad"), network("good")
        await engine.absorb([intent.put(bad), intent.put(good)])
        assert set(engine.failed) == {("networks", BLUE.id)}
        assert set(engine.world.fragments) == {("networks", BLUE.id), ("networks", good.id)}
        await engine.absorb([intent.put(BLUE)])
        assert not engine.failed

    asyncio.run(story())


def test_what_comes_and_goes_is_forgotten_and_what_stays_is_not() -> None:
    """The subnet is read later than the ports, which wait for it."""

    async def story() -> None:
        intent = Fixed(BLUE, *PORTS)
        engine = Engine(NOUNS, intent)
        await engine.rebuild()
        kept = {key: set(sources) for key, sources in engine._waiting.items()}
        came = [port(f"q{n}", BLUE, {V4: "10.0.0.9"}) for n in range(1000)]
        await engine.absorb([intent.put(one) for one in came])
        assert sum(map(len, engine._waiting.values())) >= 1000
        for one in came:
            del intent.resources[one.collection, one.id]
        await engine.absorb([(one.collection, one.id) for one in came])
        assert engine._waiting == kept
        assert {key.table for key in (await engine.absorb([intent.put(V4)])).rows} == {
            "DHCP_Options", "Logical_Switch_Port",
        }  # fmt: skip

    asyncio.run(story())
