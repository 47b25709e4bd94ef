"""Status of ports and agents as the Southbound tells them; northd and ovn-controller are played by the test."""

import time
from uuid import UUID

import msgspec
from tests.component.controller.cloud import Cloud, Observer, until
from tests.topology import network, port

from neutrino.backends.ovn.binding import OvnBinder
from neutrino.model.agent import Agent
from neutrino.model.binding import FAILED
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Delete, Insert, Update

CHASSIS, PRIVATE, ENCAP, DATAPATH, BINDING = (UUID(int=n) for n in range(1, 6))


async def test_status_is_observed(cloud: Cloud) -> None:
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
            [Insert("Datapath_Binding", DATAPATH, {"tunnel_key": 1}), Insert("Port_Binding", BINDING, binding)]
        )
        await until(is_active)
        await sb.transact([Update("Port_Binding", BINDING, {"up": False})])
        await until(is_down)
        await sb.transact([Update("Port_Binding", BINDING, {"up": True})])
        await until(is_active)
        await cloud.put(msgspec.structs.replace(one, admin_state_up=False, status="ACTIVE"))
        await until(is_down)
        await cloud.put(msgspec.structs.replace(one, admin_state_up=True, status="DOWN"))
        await until(is_active)
        # What happens while no controller runs is seen by the next one.
        process.kill()
        process.wait()
        await sb.transact([Delete("Port_Binding", BINDING)])
        cloud.start()
        await until(is_down)


async def test_a_chassis_is_an_agent_while_it_answers(cloud: Cloud) -> None:
    process = cloud.start()

    async def agents() -> list[Agent]:
        return list(await cloud.intent.all(Agent))

    async with Client(cloud.sb.remote, "OVN_Southbound") as sb, cloud.northbound() as seen:
        await sb.wait_connected(5)
        name = "7b0f1a52-6b0e-4a3e-9f30-0d2b6b1a9a55"
        await sb.transact([
            Insert("Encap", ENCAP, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": name}),
            Insert("Chassis", CHASSIS, {
                "name": name, "hostname": "host-1", "encaps": frozenset({ENCAP}), "other_config": {
                "ovn-bridge-mappings": "physnet1:br-ex", "datapath-type": "system",
                "ovn-cms-options": "enable-chassis-as-gw,availability-zones=az1:az2"}}),
            Insert("Chassis_Private", PRIVATE, {"name": name, "chassis": CHASSIS}),
        ])  # fmt: skip

        async def is_alive() -> bool:
            return [agent.alive for agent in await agents()] == [True]

        await until(is_alive)
        (agent,) = await agents()
        assert (agent.id, agent.host, agent.agent_type) == (name, "host-1", "OVN Controller Gateway agent")
        assert agent.availability_zone == "az1, az2"

        flat = network("flat", provider_network_type="flat", provider_physical_network="physnet1")
        other = network("other", provider_network_type="flat", provider_physical_network="physnet9")
        bound = OvnBinder().bind(vnic_type="normal", network=flat, agents=[agent])
        assert (bound.vif_type, bound.vif_details["bridge_name"]) == ("ovs", "br-int")
        assert OvnBinder().bind(vnic_type="normal", network=other, agents=[agent]) is FAILED
        assert OvnBinder().bind(vnic_type="direct", network=flat, agents=[agent]) is FAILED

        # The probe is sent each second; who does not answer for four is down.
        async def was_probed() -> bool:
            return next(iter((await seen.rows("NB_Global")).values()))["nb_cfg"] >= 2

        await until(was_probed)

        async def is_down() -> bool:
            return [agent.alive for agent in await agents()] == [False]

        assert await until(is_down) > 1
        await sb.transact([Update("Chassis_Private", PRIVATE, {"nb_cfg_timestamp": int(time.time() * 1000)})])
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
        await sb.transact([
            Insert("Encap", ENCAP, {"type": "geneve", "ip": "192.0.2.1", "chassis_name": name}),
            Insert("Chassis", CHASSIS, {"name": name, "hostname": "host-1", "encaps": frozenset({ENCAP})}),
            Insert("Chassis_Private", PRIVATE, {"name": name, "chassis": CHASSIS}),
        ])  # fmt: skip
        await until(agents)
        await sb.transact([Delete("Chassis_Private", PRIVATE), Delete("Chassis", CHASSIS)])

        async def is_gone() -> bool:
            return not await agents()

        await until(is_gone)
