"""Status of ports and agents as the Southbound tells them; northd and ovn-controller are played by the test."""

import asyncio
import time
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.component.controller.cloud import Cloud, Observer, until
from tests.topology import agent as agent_on
from tests.topology import network, port, router, router_port, segment, subnet

from neutrino.backends.ovn.agents import Agents
from neutrino.backends.ovn.binding import OvnBinder
from neutrino.model.agent import Agent
from neutrino.model.binding import FAILED
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Delete, Insert, Select, Update

CHASSIS, PRIVATE, ENCAP, DATAPATH = (UUID(int=n) for n in range(1, 5))


async def test_status_is_observed(cloud: Cloud) -> None:
    bound = uuid4()
    blue = network("blue")
    one = port("one", blue)
    await cloud.put(blue, one)
    process = cloud.start()

    async def is_active() -> bool:
        return await cloud.port_status(one) == "ACTIVE"

    async def is_down() -> bool:
        return await cloud.port_status(one) == "DOWN"

    async with Client(cloud.sb.remote, "OVN_Southbound") as sb:
        await sb.wait_connected(5)
        binding = {"logical_port": one.id, "datapath": DATAPATH, "tunnel_key": 1, "up": True}
        await sb.transact(
            [Insert("Datapath_Binding", DATAPATH, {"tunnel_key": 1}), Insert("Port_Binding", bound, binding)]
        )
        await until(is_active)
        await sb.transact([Update("Port_Binding", bound, {"up": False})])
        await until(is_down)
        await sb.transact([Update("Port_Binding", bound, {"up": True})])
        await until(is_active)
        # Another row takes its place, as that of a port that becomes a subport, in whatever order the server tells.
        for _ in range(8):
            await sb.transact([Update("Port_Binding", bound, {"up": False})])
            await until(is_down)
            gone, bound = bound, uuid4()
            await sb.transact([Delete("Port_Binding", gone), Insert("Port_Binding", bound, binding)])
            await until(is_active)
        await cloud.put(msgspec.structs.replace(one, admin_state_up=False, status="ACTIVE"))
        await until(is_down)
        await cloud.put(msgspec.structs.replace(one, admin_state_up=True, status="DOWN"))
        await until(is_active)
        # What happens while no controller runs is seen by the next one.
        process.kill()
        process.wait()
        await sb.transact([Delete("Port_Binding", bound)])
        cloud.start()
        await until(is_down)


async def test_a_chassis_is_an_agent_while_it_answers(cloud: Cloud) -> None:
    process = cloud.start()

    async def agents() -> list[Agent]:
        return list(await cloud.intent.all(Agent))

    async with Client(cloud.sb.remote, "OVN_Southbound") as sb, cloud.northbound() as seen:
        await sb.wait_connected(5)
        name = "7b0f1a52-6b0e-4a3e-9f30-0d2b6b1a9a55"
        begin_s = time.time()
        await sb.transact([
            Insert("Encap", ENCAP, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": name}),
            Insert("Chassis", CHASSIS, {
                "name": name, "hostname": "host-1", "encaps": frozenset({ENCAP}), "other_config": {
                "ovn-bridge-mappings": "physnet1:br-ex", "datapath-type": "system",
                "ovn-chassis-mac-mappings": "physnet1:0a:00:00:00:00:01",
                "ovn-cms-options": "enable-chassis-as-gw,availability-zones=az1:az2"}}),
            Insert("Chassis_Private", PRIVATE, {"name": name, "chassis": CHASSIS}),
        ])  # fmt: skip

        async def is_alive() -> bool:
            return [agent.alive for agent in await agents()] == [True]

        await until(is_alive)
        (agent,) = await agents()
        assert (agent.id, agent.host, agent.agent_type) == (name, "host-1", "OVN Controller Gateway agent")
        assert agent.availability_zone == "az1, az2"
        assert agent.configurations["ovn-chassis-mac-mappings"] == "physnet1:0a:00:00:00:00:01"

        flat = network("flat", provider_network_type="flat", provider_physical_network="physnet1")
        other = network("other", provider_network_type="flat", provider_physical_network="physnet9")
        bound = OvnBinder("/run/sockets").bind(port_id="p", vnic_type="normal", network=flat, agents=[agent])
        assert (bound.vif_type, bound.vif_details["bridge_name"]) == ("ovs", "br-int")
        assert OvnBinder("/run/sockets").bind(port_id="p", vnic_type="normal", network=other, agents=[agent]) is FAILED
        assert OvnBinder("/run/sockets").bind(port_id="p", vnic_type="direct", network=flat, agents=[agent]) is FAILED

        # The probe is sent each second; who does not answer for four is down.
        async def was_probed() -> bool:
            return next(iter((await seen.rows("NB_Global")).values()))["nb_cfg"] >= 2

        await until(was_probed)

        async def is_down() -> bool:
            return [agent.alive for agent in await agents()] == [False]

        await until(is_down)
        assert time.time() - begin_s > 4
        # A clock that is ahead counts as now: it answers for as long as the next daemon takes to start.
        ahead_ms = int((time.time() + 60) * 1000)
        await sb.transact([Update("Chassis_Private", PRIVATE, {"nb_cfg_timestamp": ahead_ms})])
        await until(is_alive)
        process.kill()
        process.wait()

        async def probes() -> int:
            return int(next(iter((await seen.rows("NB_Global")).values()))["nb_cfg"])

        before = await probes()
        cloud.start()
        assert await is_alive()

        async def probes_again() -> bool:
            return await probes() > before  # the new controller is at work

        await until(probes_again)
        await cloud.delete(agent)  # through the API: the chassis goes too, and does not bring the agent back

        async def has_no_chassis() -> bool:
            return not await Observer(sb).rows("Chassis") and not await Observer(sb).rows("Chassis_Private")

        await until(has_no_chassis)
        assert not await agents()
        encap, chassis, private = (UUID(int=n) for n in range(11, 14))  # other rows, as ovn-controller makes them
        await sb.transact([
            Insert("Encap", encap, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": name}),
            Insert("Chassis", chassis, {"name": name, "hostname": "host-1", "encaps": frozenset({encap})}),
            Insert("Chassis_Private", private, {"name": name, "chassis": chassis}),
        ])  # fmt: skip
        await until(agents)
        await sb.transact([Delete("Chassis_Private", private), Delete("Chassis", chassis)])

        async def is_gone() -> bool:
            return not await agents()

        await until(is_gone)


async def test_neither_an_outage_nor_a_clock_that_is_set_takes_an_agent_for_dead(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = agent_on("one")
    stamp = {"nb_cfg_timestamp": int(time.time() - 600) * 1000}  # before what was an outage of ours
    real = time.time
    async with Client(cloud.sb.remote, "OVN_Southbound") as sb, Client(cloud.nb.remote, "OVN_Northbound") as nb:
        await sb.wait_connected(5)
        await sb.transact([
            Insert("Encap", ENCAP, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": one.id}),
            Insert("Chassis", CHASSIS, {"name": one.id, "hostname": "host-1", "encaps": frozenset({ENCAP})}),
            Insert("Chassis_Private", PRIVATE, {"name": one.id, "chassis": CHASSIS, **stamp}),
        ])  # fmt: skip
        await cloud.put(one)
        agents = Agents(sb, nb, cloud.intent, globals_=dict, leads=lambda: True, lock="none", down_time_s=3,
                        probe_interval_s=0.2)  # fmt: skip

        async def is_alive() -> bool:
            return [agent.alive for agent in await cloud.intent.all(Agent)] == [True]

        async def is_dead() -> bool:
            return not await is_alive()

        async def answers(is_ahead_s: float) -> None:
            monkeypatch.setattr(time, "time", lambda: real() + is_ahead_s)
            for _ in range(8):
                stamp["nb_cfg_timestamp"] += 1000
                await sb.transact([Update("Chassis_Private", PRIVATE, stamp)])
                await asyncio.sleep(0.1)
                assert await is_alive()

        running = asyncio.create_task(agents.run())
        try:
            await asyncio.sleep(1)
            assert await is_alive()
            await answers(0)
            monkeypatch.setattr(time, "time", lambda: real() + 3600)
            await asyncio.sleep(1)
            assert await is_alive()
            await answers(3600)
            await answers(-3600)
            await until(is_dead, 8)
        finally:
            running.cancel()
            await asyncio.wait((running,))


async def test_gateways_leave_a_chassis_that_goes(cloud: Cloud) -> None:
    outer = network("outer", provider_network_type="flat", provider_physical_network="physnet1", router_external=True)
    outer_v4 = subnet("outer-v4", outer, "198.51.100.0/24", enable_dhcp=False)
    gateway = router_port("gw", "r", outer, {outer_v4: "198.51.100.5"}, is_gateway=True)
    await cloud.put(outer, segment(outer), outer_v4, gateway, router("r", gateway))
    cloud.start()
    config = {"ovn-bridge-mappings": "physnet1:br-ex", "ovn-cms-options": "enable-chassis-as-gw"}
    async with Client(cloud.sb.remote, "OVN_Southbound") as sb, cloud.northbound() as seen:
        await sb.wait_connected(5)
        for number, name in enumerate(("one", "two", "three")):
            encap, chassis, private = (UUID(int=1000 + 10 * number + n) for n in range(3))
            await sb.transact([
                Insert("Encap", encap, {"type": "geneve", "ip": f"192.0.2.{number}", "chassis_name": name}),
                Insert("Chassis", chassis, {
                    "name": name, "hostname": name, "encaps": frozenset({encap}), "other_config": config}),
                Insert("Chassis_Private", private, {"name": name, "chassis": chassis}),
            ])  # fmt: skip

        async def candidates() -> list[str]:
            """Return the chassis of the router's gateway, the preferred one first."""
            rows = await seen.rows("HA_Chassis")
            return [row["chassis_name"] for row in sorted(rows.values(), key=lambda row: -row["priority"])]

        async def is_on_all() -> bool:
            return sorted(await candidates()) == ["one", "three", "two"]

        await until(is_on_all)
        first, *others = await candidates()
        # As ovn-controller does when it stops for good, and an operator with `ovn-sbctl chassis-del`.
        gone = 1000 + 10 * ("one", "two", "three").index(first)
        await sb.transact([Delete("Chassis", UUID(int=gone + 1)), Delete("Chassis_Private", UUID(int=gone + 2))])

        async def has_left() -> bool:
            return await candidates() == others

        await until(has_left)


async def test_gateways_stay_when_the_southbound_is_made_anew(cloud: Cloud) -> None:
    """It is empty until each ovn-controller has come back, which must not move what all of them carry."""
    outer = network("outer", provider_network_type="flat", provider_physical_network="physnet1", router_external=True)
    outer_v4 = subnet("outer-v4", outer, "198.51.100.0/24", enable_dhcp=False)
    gateway = router_port("gw", "r", outer, {outer_v4: "198.51.100.5"}, is_gateway=True)
    await cloud.put(outer, segment(outer), outer_v4, gateway, router("r", gateway))
    edge = agent_on("edge", "physnet1:br-ex")
    await cloud.intent.put_agents([edge])
    cloud.start()

    async def is_silent() -> bool:
        return [one.alive for one in await cloud.intent.all(Agent)] == [False]

    async with cloud.northbound() as seen:
        await until(is_silent)
        assert [row["chassis_name"] for row in (await seen.rows("HA_Chassis")).values()] == ["edge"]
        await cloud.delete(edge)  # an operator says that it does not come back

        async def has_left() -> bool:
            return not await seen.rows("HA_Chassis")

        await until(has_left)


async def test_a_metadata_agent_is_one_of_its_own_while_it_beats(cloud: Cloud) -> None:
    ident = "5f0c2a3e-8a51-5d3b-9a43-0f5ad0c7b1aa"
    cloud.start()
    async with Client(cloud.sb.remote, "OVN_Southbound") as sb:
        await sb.wait_connected(5)
        await sb.transact([
            Insert("Encap", ENCAP, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": "one"}),
            Insert("Chassis", CHASSIS, {"name": "one", "hostname": "host-1", "encaps": frozenset({ENCAP})}),
            Insert("Chassis_Private", PRIVATE, {"name": "one", "chassis": CHASSIS}),
        ])  # fmt: skip

        async def beat(number: int) -> None:
            ids = {"neutron:ovn-metadata-id": ident, "neutron:ovn-metadata-sb-cfg": str(number)}
            await sb.transact([Update("Chassis_Private", PRIVATE, {"external_ids": ids})])

        async def found() -> Agent | None:
            return next((one for one in await cloud.intent.all(Agent) if one.id == ident), None)

        async def is_alive() -> bool:
            one = await found()
            return one is not None and one.alive

        async def is_silent() -> bool:
            one = await found()
            return one is not None and not one.alive

        await beat(1)
        await until(is_alive)
        one = await found()
        assert one is not None
        assert (one.agent_type, one.binary, one.host) == ("OVN Metadata agent", "neutron-ovn-metadata-agent", "host-1")
        await until(is_silent)  # after agent_down_time, which is 4 s here
        await beat(2)
        await until(is_alive)
        await cloud.delete(one)

        async def has_signed_off() -> bool:
            (rows,) = await sb.transact([Select("Chassis_Private", PRIVATE, ("external_ids",))])
            return rows == [{"external_ids": {}}]

        await until(has_signed_off)
        assert await found() is None
        await beat(3)
        await until(is_alive)
