"""What Nova is told, by the daemon, over HTTP; northd and ovn-controller are played by the test."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.component.controller.cloud import Cloud, until
from tests.nova import Nova
from tests.topology import an_id, floating_ip, network, port, router, subnet

from neutrino.model.port import Port
from neutrino.model.resource import Resource
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Insert, Update

DATAPATH = UUID(int=4)
SERVER = an_id("server")


@pytest.fixture
def nova() -> Iterator[Nova]:
    with Nova() as made:
        yield made


def settings(nova: Nova, interval_s: int = 0, more: str = "") -> str:
    return (
        f"[nova]\nauth_type = none\nendpoint_override = {nova.url}\n"
        f"[DEFAULT]\nsend_events_interval = {interval_s}\n{more}"
    )


class Hosts:
    """Plugs ports in and out."""

    def __init__(self, sb: Client, cloud: Cloud) -> None:
        self._sb, self._cloud = sb, cloud
        self._rows: dict[str, UUID] = {}

    async def plug(self, *ports: Port, up: bool = True) -> None:
        operations: list[Any] = []
        for one in ports:
            if one.id not in self._rows:
                row = self._rows[one.id] = UUID(int=100 + len(self._rows))
                binding = {"logical_port": one.id, "datapath": DATAPATH, "tunnel_key": len(self._rows), "up": up}
                operations.append(Insert("Port_Binding", row, binding))
            else:
                operations.append(Update("Port_Binding", self._rows[one.id], {"up": up}))
        await self._sb.transact(operations)

    async def plugged(self, *ports: Port, up: bool = True) -> None:
        """Plug, and wait until the status says so."""
        await self.plug(*ports, up=up)

        async def is_so() -> bool:
            return {await self._cloud.port_status(one) for one in ports} == {"ACTIVE" if up else "DOWN"}

        await until(is_so)


@asynccontextmanager
async def hosts(cloud: Cloud) -> Any:
    async with Client(cloud.sb.remote, "OVN_Southbound") as sb:
        await sb.wait_connected(5)
        await sb.transact([Insert("Datapath_Binding", DATAPATH, {"tunnel_key": 1})])
        yield Hosts(sb, cloud)


def of_instance(name: str, *given: Any, server: str = SERVER, **more: Any) -> Port:
    return port(name, *given, device_owner="compute:nova", device_id=server, **more)


async def change(cloud: Cloud, one: Resource, **changes: Any) -> None:
    found = (await cloud.intent.get(type(one), [one.id]))[one.id]
    await cloud.put(msgspec.structs.replace(found, **changes))


async def test_nova_is_told_of_its_instances_ports(cloud: Cloud, nova: Nova) -> None:
    blue, public = network("blue"), network("public", router_external=True)
    inner, outer = subnet("inner", blue, "10.0.0.0/24"), subnet("outer", public, "192.0.2.0/24")
    one = of_instance("one", blue, {inner: "10.0.0.5"})
    other = port("other", blue, {inner: "10.0.0.6"}, device_owner="network:dhcp", device_id=SERVER)
    holder = port("holder", public, {outer: "192.0.2.9"}, device_owner="network:floatingip")
    gateway = router("router")
    free = floating_ip("fip", holder)
    cloud.start(settings=settings(nova))
    await cloud.put(blue, public, inner, outer, one, other, holder, gateway, free)
    async with hosts(cloud) as at:
        await at.plugged(one, other)
        plugged = ("network-vif-plugged", SERVER, "completed", one.id)
        await until(lambda: nova.events == [plugged])
        await at.plugged(one, up=False)
        unplugged = ("network-vif-unplugged", SERVER, "completed", one.id)
        await until(lambda: nova.events[1:] == [unplugged])
        await at.plugged(one)
        await until(lambda: nova.events[2:] == [plugged])
        changed = ("network-changed", SERVER, None, None)
        await change(cloud, one, name="renamed")
        await until(lambda: nova.events[3:] == [changed])
        await change(cloud, free, port_id=one.id, fixed_ip_address="10.0.0.5", router_id=gateway.id)
        await until(lambda: nova.events[4:] == [changed])
        await change(cloud, other, name="of no instance")
        await change(cloud, free, port_id=None, fixed_ip_address=None, router_id=None)
        await until(lambda: nova.events[5:] == [changed])
        await cloud.delete(one)
        await until(lambda: nova.events[6:] == [("network-vif-deleted", SERVER, None, one.id)])


async def test_nova_is_told_again_until_it_listens_whoever_dies(cloud: Cloud, nova: Nova) -> None:
    blue = network("blue")
    ports = [of_instance(f"p{number}", blue, server=an_id(f"server {number}")) for number in range(5)]
    nova.status = 503
    daemon = cloud.start(settings=settings(nova))
    await cloud.put(blue, *ports)
    async with hosts(cloud) as at:
        await at.plugged(*ports)
        await until(lambda: nova.refused > 1)
        daemon.kill()
        daemon.wait()
        await cloud.delete(ports[0])
        nova.status = 200
        daemon = cloud.start("two", settings(nova))
        plugged = {("network-vif-plugged", one.device_id, "completed", one.id) for one in ports[1:]}
        # Of the first it depends on whether Nova was to be told of it before it went.
        await until(lambda: plugged <= set(nova.events))
        nova.messages.clear()
        await at.plugged(ports[1], up=False)
        await until(lambda: nova.events == [("network-vif-unplugged", ports[1].device_id, "completed", ports[1].id)])
        daemon.kill()
        daemon.wait()
        nova.messages.clear()
        # Nobody runs while this happens.
        await cloud.delete(ports[1])
        await change(cloud, ports[2], name="renamed")
        cloud.start("three", settings(nova))
        gone = ("network-vif-deleted", ports[1].device_id, None, ports[1].id)
        await until(lambda: sorted(nova.events, key=str) == [("network-changed", ports[2].device_id, None, None), gone])


async def test_what_comes_together_is_told_together(cloud: Cloud, nova: Nova) -> None:
    blue = network("blue")
    ports = [of_instance(f"p{number}", blue) for number in range(20)]
    await cloud.put(blue, *ports)
    cloud.start(settings=settings(nova, 1))
    async with hosts(cloud) as at:
        await at.plugged(*ports)
        await until(lambda: len(nova.events) == 20)
        assert len(nova.messages) < 4
        assert {one[3] for one in nova.events} == {one.id for one in ports}


async def test_what_nova_is_told_of_can_be_chosen(cloud: Cloud, nova: Nova) -> None:
    blue = network("blue")
    one = of_instance("one", blue)
    await cloud.put(blue, one)
    cloud.start(settings=settings(nova, more="notify_nova_on_port_data_changes = false\n"))
    async with hosts(cloud) as at:
        await change(cloud, one, name="renamed")
        await at.plugged(one)
        await until(lambda: len(nova.events) > 0)
        assert nova.events == [("network-vif-plugged", SERVER, "completed", one.id)]
