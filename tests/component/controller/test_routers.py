"""Rows of routers: drift is repaired, what others add stays, moves are made in place, and ports of routers are up."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping
from uuid import UUID

import msgspec
from tests.component.controller.cloud import Cloud, until
from tests.topology import (
    an_id,
    floating_ip,
    forwarding,
    network,
    port,
    reference,
    router,
    router_port,
    segment,
    subnet,
)

from neutrino.backends.ovn import gateway, uuids
from neutrino.backends.ovn.balanced import BALANCED
from neutrino.backends.ovn.northbound import BACKEND
from neutrino.model.port import FLOATING_IP
from neutrino.ovsdb.operations import Delete, Insert, Mutate, Update
from neutrino.reconcile.fragment import Columns

replace = msgspec.structs.replace
MOST_S = 10.0
TABLES = (
    "Logical_Router", "Logical_Router_Port", "Logical_Router_Static_Route", "NAT", "HA_Chassis_Group", "HA_Chassis",
    "Logical_Switch_Port", "Load_Balancer", "BFD", "Logical_Switch",
)  # fmt: skip
THEIRS = UUID("99999999-9999-4999-8999-999999999999")


async def everything(seen) -> dict:
    return {table: await seen.rows(table) for table in TABLES}


async def test_each_kind_of_drift_is_repaired(cloud: Cloud) -> None:
    resources = {(one.collection, getattr(one, "name", "")): one for one in reference()}
    await cloud.put(*reference())
    edge = uuids.router(resources["routers", "edge"].id).uuid
    group = gateway.group_key(resources["routers", "edge"].id).uuid
    leg = uuids.router_port(resources["ports", "edge-v4"].id).uuid
    plain = uuids.port(resources["ports", "plain"].id).uuid
    async with cloud.controller() as controller, cloud.northbound() as seen:
        # What ovn-octavia-provider and operators add.
        await seen.transact(
            Insert("Load_Balancer", THEIRS, {"name": "theirs"}),
            Mutate("Logical_Router", edge, (("load_balancer", "insert", frozenset({THEIRS})),
                                            ("options", "insert", {"lb_force_snat_ip": "router_ip"}))),
            Mutate("Logical_Router_Port", leg, (("options", "insert", {"mcast_relay": "true"}),)),
        )  # fmt: skip
        before = await everything(seen)
        row = before["Logical_Router"][edge]
        floating = uuids.nat(an_id("floating")).uuid
        shared = uuids.named("Load_Balancer", f"{an_id('shared')} udp").uuid
        session = next(iter(before["BFD"]))
        snat = {"type": "snat", "logical_ip": "10.8.0.0/24", "external_ip": "198.51.100.5"}
        orphan = {**snat, "external_ids": {"neutron:router_name": "neutron-x"}}
        member = next(iter(before["HA_Chassis_Group"][group]["ha_chassis"]))
        nowhere = {"networks": frozenset({"10.0.0.77/24"})}
        drifts = {
            "translations go": [Update("Logical_Router", edge, {"nat": frozenset()})],
            "a floating IP leads elsewhere": [Update("NAT", floating, {"logical_ip": "10.0.0.99"})],
            "ports are forwarded elsewhere": [Update("Load_Balancer", shared, {"vips": {"192.0.2.1:1": "10.0.0.9:1"}})],
            "ports are forwarded no more": [Delete("Load_Balancer", shared)],
            "a session goes": [Delete("BFD", session)],
            "routes go": [Mutate("Logical_Router", edge, (("static_routes", "delete", row["static_routes"]),))],
            "an orphan translates": [
                Insert("NAT", UUID(int=7), orphan),
                Mutate("Logical_Router", edge, (("nat", "insert", frozenset({UUID(int=7)})),)),
            ],
            "an interface has another address": [Update("Logical_Router_Port", leg, nowhere)],
            "a gateway loses a chassis": [
                Mutate("HA_Chassis_Group", group, (("ha_chassis", "delete", frozenset({member})),))
            ],
            "a floating IP's mark is wiped": [
                Mutate("Logical_Switch_Port", plain, (("external_ids", "delete", frozenset({"neutron:port_fip"})),))
            ],
            "a port is marked": [Mutate("Logical_Switch_Port", uuids.port(resources["ports", "pairs"].id).uuid,
                                        (("external_ids", "insert", {"neutron:port_fip": "192.0.2.1"}),))],
            "an orphan appears": [
                Insert("Logical_Router", UUID(int=8), {"name": "x", "external_ids": {"neutron:router_name": "x"}})
            ],
        }  # fmt: skip
        for name, operations in drifts.items():
            await seen.transact(*operations)

            async def is_right() -> bool:
                return await everything(seen) == before

            try:
                await until(is_right, MOST_S)
            except AssertionError:
                now = await everything(seen)
                for table in TABLES:
                    assert now[table] == before[table], name
                raise
        await seen.transact(Delete("Logical_Router", edge))

        async def is_back() -> bool:
            return {t: set(r) for t, r in (await everything(seen)).items()} == {t: set(r) for t, r in before.items()}

        await until(is_back, MOST_S)
        assert not len(controller._failed)
    async with cloud.controller() as again:
        assert again.written == 0


async def test_a_floating_ip_moves_in_place(cloud: Cloud) -> None:
    outer, blue = network("outer", router_external=True), network("blue")
    outside, inside = subnet("outside", outer, "203.0.113.0/24"), subnet("inside", blue, "10.0.0.0/24")
    routers = [router("one"), router("two")]
    ports = [port(f"p{n}", blue, {inside: f"10.0.0.{n + 10}"}) for n in range(2)]
    holder = port("holder", outer, {outside: "203.0.113.7"}, device_owner=FLOATING_IP)
    first = floating_ip("floating", holder, ports[0], routers[0])
    second = floating_ip("floating", holder, ports[1], routers[1])
    await cloud.put(outer, blue, outside, inside, holder, *routers, *ports, first)
    key = uuids.nat(first.id).uuid
    async with cloud.controller() as controller, cloud.northbound() as seen:
        before = controller.written
        await cloud.put(replace(second, floating_ip_address=first.floating_ip_address))

        async def has_moved() -> bool:
            rows, nats = await seen.rows("Logical_Router"), await seen.rows("NAT")
            there = [rows[uuids.router(one.id).uuid]["nat"] for one in routers]
            return there == [frozenset(), frozenset({key})] and nats[key]["logical_ip"] == "10.0.0.11"

        async def marks() -> list[object]:
            rows = await seen.rows("Logical_Switch_Port")
            return [rows[uuids.port(one.id).uuid]["external_ids"].get("neutron:port_fip") for one in ports]

        await until(has_moved)
        assert await marks() == [None, "203.0.113.7"]
        await until(lambda: controller.written > before)
        assert controller.written == before + 3  # the translation, and a mark at each port
        await cloud.delete(second)

        async def is_gone() -> bool:
            return await seen.rows("NAT") == {} and await marks() == [None, None]

        await until(is_gone)
        await asyncio.sleep(0)
        assert not len(controller._failed)


async def test_a_floating_ip_follows_its_port_and_its_router(cloud: Cloud) -> None:
    """On a distributed router it is translated where the port is bound, else at the gateway.

    It is at the gateway, too, where other ports are forwarded to its port.
    """
    outer, blue = network("outer", router_external=True), network("blue")
    outside, inside = subnet("outside", outer, "203.0.113.0/24"), subnet("inside", blue, "10.0.0.0/24")
    exit_ = router_port("exit", "edge", outer, {outside: "203.0.113.5"}, is_gateway=True)
    central = router("edge", exit_)
    unbound = port("p", blue, {inside: "10.0.0.10"})
    bound = replace(unbound, binding_host_id="host-1")
    holder = port("holder", outer, {outside: "203.0.113.7"}, device_owner=FLOATING_IP)
    floating = floating_ip("floating", holder, unbound, central)
    await cloud.put(outer, blue, outside, inside, exit_, holder, central, unbound, floating)
    key = uuids.nat(floating.id).uuid
    async with cloud.controller(), cloud.northbound() as seen:

        async def mac() -> object:
            return (await seen.rows("NAT"))[key]["external_mac"]

        async def is_local() -> bool:
            return await mac() == holder.mac_address

        async def is_central() -> bool:
            return await mac() is None

        assert await is_central()
        await cloud.put(bound)
        await cloud.put(replace(central, distributed=True))
        await until(is_local)
        await cloud.put(unbound)
        await until(is_central)
        await cloud.put(bound)
        await until(is_local)
        other = port("other", outer, {outside: "203.0.113.8"}, device_owner=FLOATING_IP)
        shared = replace(floating_ip("shared", other), router_id=central.id)
        way = forwarding("way", shared, bound, "80:80", "80:80")
        await cloud.put(other, shared, way, floating)
        await until(is_central)
        await cloud.delete(way)
        await cloud.put(floating)
        await until(is_local)
        await cloud.put(central)
        await until(is_central)


async def test_a_member_of_anothers_load_balancer_is_translated_at_the_gateway(cloud: Cloud) -> None:
    """As long as it is one, and the load balancer has a floating IP: also of rows that are there before us."""
    outer, blue = network("outer", router_external=True), network("blue")
    outside, inside = subnet("outside", outer, "203.0.113.0/24"), subnet("inside", blue, "10.0.0.0/24")
    exit_ = router_port("exit", "edge", outer, {outside: "203.0.113.5"}, is_gateway=True)
    edge = router("edge", exit_, distributed=True)
    ports = [port(f"p{n}", blue, {inside: f"10.0.0.{n}"}, binding_host_id="host-1") for n in (11, 12)]
    holders = [port(f"h{n}", outer, {outside: f"203.0.113.{n}"}, device_owner=FLOATING_IP) for n in (11, 12)]
    floating = [floating_ip(f"f{n}", holders[n], ports[n], edge) for n in range(2)]
    await cloud.put(outer, blue, outside, inside, exit_, edge, *ports, *holders, *floating)
    ids = {"lr_ref": f"neutron-{edge.id}", "neutron:vip_fip": "203.0.113.9", "pool_1": "member_1_10.0.0.11:80_s"}
    theirs = {"name": "theirs", "vips": {"203.0.113.9:80": "10.0.0.11:80,10.0.0.99:80"}, "external_ids": ids}
    both = {"203.0.113.9:80": "10.0.0.11:80,10.0.0.12:8080"}
    async with cloud.northbound() as seen:

        async def are_local() -> list[bool]:
            rows = await seen.rows("NAT")
            return [rows[uuids.nat(one.id).uuid]["external_mac"] is not None for one in floating]

        async def settle(*expected: bool) -> None:
            async def is_so() -> bool:
                return await are_local() == [*expected]

            await until(is_so)

        async with cloud.controller():
            await settle(True, True)
            await seen.transact(Insert("Load_Balancer", THEIRS, theirs))
            await settle(False, True)
            await seen.transact(Update("Load_Balancer", THEIRS, {"vips": both}))
            await settle(False, False)
            await seen.transact(Mutate("Load_Balancer", THEIRS, (("external_ids", "delete", frozenset({"lr_ref"})),)))
            await settle(True, True)
            await seen.transact(Update("Load_Balancer", THEIRS, {"external_ids": ids}))
            await settle(False, False)
        async with cloud.controller() as again:
            assert again.written == 0
            await seen.transact(Update("Load_Balancer", THEIRS, {"vips": theirs["vips"]}))
            await settle(False, True)
            await seen.transact(Delete("Load_Balancer", THEIRS))
            await settle(True, True)


async def test_only_others_load_balancers_are_looked_for_members(cloud: Cloud) -> None:
    looks: list[int] = []

    def counted(rows: Iterable[Columns]) -> Mapping[str, Hashable]:
        looks.append(1)
        return BALANCED.facts(rows)

    backend = msgspec.structs.replace(BACKEND, others=(msgspec.structs.replace(BALANCED, facts=counted),))
    resources = reference()
    (floating,) = [one for one in resources if one.id == an_id("shared")]
    await cloud.put(*resources)
    async with cloud.controller(backend) as controller, cloud.northbound() as seen:
        balancers = await seen.rows("Load_Balancer")
        assert balancers
        assert len(looks) == 1
        before = controller.written
        await cloud.put(replace(floating, floating_ip_address="203.0.113.99"))
        await until(lambda: controller.written > before)
        await until(lambda: controller.is_settled)
        assert await seen.rows("Load_Balancer") != balancers
        assert len(looks) == 1
        await seen.transact(Insert("Load_Balancer", THEIRS, {"name": "theirs"}))
        await until(lambda: len(looks) == 2)


async def test_a_router_of_provider_networks_that_forwards_ports_speaks_at_its_gateway(cloud: Cloud) -> None:
    physical = {"provider_network_type": "vlan", "provider_physical_network": "physnet1"}
    outer = network("outer", router_external=True, **physical, provider_segmentation_id=7)
    blue = network("blue", **physical, provider_segmentation_id=8)
    outside, inside = subnet("outside", outer, "203.0.113.0/24"), subnet("inside", blue, "10.0.0.0/24")
    exit_ = router_port("exit", "edge", outer, {outside: "203.0.113.5"}, is_gateway=True)
    leg = router_port("leg", "edge", blue, {inside: "10.0.0.1"})
    edge = router("edge", exit_, others=[leg], distributed=True)
    one = port("one", blue, {inside: "10.0.0.10"}, binding_host_id="host-1")
    two = port("two", blue, {inside: "10.0.0.11"}, binding_host_id="host-2")
    holders = [port(f"h{n}", outer, {outside: f"203.0.113.{n}"}, device_owner=FLOATING_IP) for n in (7, 8)]
    own = floating_ip("own", holders[0], one, edge)
    shared = replace(floating_ip("shared", holders[1]), router_id=edge.id)
    way = forwarding("way", shared, two, "80:80", "80:80")
    await cloud.put(
        segment(outer), segment(blue), outer, blue, outside, inside, exit_, leg, edge, one, two, *holders, own
    )
    async with cloud.controller(), cloud.northbound() as seen:

        async def places() -> tuple[object, ...]:
            ports = await seen.rows("Logical_Router_Port")
            sides = [ports[uuids.router_port(one.id).uuid]["options"] for one in (exit_, leg)]
            mac = (await seen.rows("NAT"))[uuids.nat(own.id).uuid]["external_mac"]
            return sides[0].get("redirect-type"), sides[1]["reside-on-redirect-chassis"], mac

        async def are_everywhere() -> bool:
            return await places() == ("bridged", "false", holders[0].mac_address)

        async def are_at_the_gateway() -> bool:
            return await places() == (None, "true", None)

        await until(are_everywhere)
        await cloud.put(shared, way, edge)
        await until(are_at_the_gateway)
        await cloud.delete(way)
        await cloud.put(edge)
        await until(are_everywhere)


async def test_a_routers_port_is_up_when_the_northbound_has_it(cloud: Cloud) -> None:
    blue = network("blue")
    v4 = subnet("v4", blue, "10.0.0.0/24")
    leg = router_port("leg", "edge", blue, {v4: "10.0.0.1"})
    await cloud.put(blue, v4, router("edge"), leg)
    assert await cloud.port_status(leg) == "DOWN"
    cloud.start()

    async def is_active() -> bool:
        return await cloud.port_status(leg) == "ACTIVE"

    async def is_down() -> bool:
        return await cloud.port_status(leg) == "DOWN"

    await until(is_active)
    await cloud.put(replace(leg, admin_state_up=False, status="ACTIVE"))
    await until(is_down)
