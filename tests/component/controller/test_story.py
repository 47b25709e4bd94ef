"""From the store to the Northbound: what is written, and that no more is written than what changed."""

from uuid import UUID

import msgspec
from sqlalchemy import text
from tests.component.controller.cloud import Cloud, until
from tests.topology import group, network, port, reference, rule, subnet

from neutrino.backends.ovn import uuids
from neutrino.ovsdb.operations import Delete, Insert

replace = msgspec.structs.replace


async def test_a_full_pass_over_a_live_northbound_writes_nothing(cloud: Cloud) -> None:
    await cloud.put(*reference())
    async with cloud.controller() as first:
        assert first.written > 20
    async with cloud.controller() as second:
        assert second.written == 0


async def test_a_name_is_written_once_and_dhcp_reaches_each_port(cloud: Cloud) -> None:
    blue = network("blue")
    v4 = subnet("v4", blue, "10.0.0.0/24")
    ports = [port(f"p{n}", blue, {v4: f"10.0.0.{n + 10}"}) for n in range(20)]
    await cloud.put(blue, v4, *ports)
    async with cloud.controller() as controller, cloud.northbound() as seen:
        before = controller.written
        await cloud.put(replace(blue, name="renamed"))
        key = uuids.switch(blue.id).uuid

        async def is_renamed() -> bool:
            return (await seen.rows("Logical_Switch"))[key]["external_ids"]["neutron:network_name"] == "renamed"

        await until(is_renamed)
        await until(lambda: controller.written > before)  # who looks may see it before the writer is answered
        assert controller.written == before + 1

        await cloud.put(replace(v4, enable_dhcp=False))

        async def has_no_dhcp() -> bool:
            rows = (await seen.rows("Logical_Switch_Port")).values()
            return not await seen.rows("DHCP_Options") and all(row["dhcpv4_options"] is None for row in rows)

        await until(has_no_dhcp)
        settled = before + 1 + 1 + len(ports)
        await until(lambda: controller.written >= settled)
        assert controller.written == settled
        await cloud.put(replace(v4, enable_dhcp=False, description="described"))
        await cloud.put(replace(ports[0], description="described"))
        assert not await _changes_within(controller, settled, 1.5)


async def _changes_within(controller, settled: int, most_s: float) -> bool:
    try:
        await until(lambda: controller.written > settled, most_s)
    except AssertionError:
        return False
    return True


async def test_a_group_that_goes_takes_its_rules_along(cloud: Cloud) -> None:
    web = group("web")
    rules = [rule("r1", web, "egress"), rule("r2", web, "ingress", remote_group_id=web.id)]
    await cloud.put(web, *rules)
    async with cloud.controller() as controller, cloud.northbound() as seen:
        assert len(await seen.rows("ACL")) == 6
        await cloud.put(replace(web, stateful=False))

        async def is_stateless() -> bool:
            return sum(row["action"] == "allow-stateless" for row in (await seen.rows("ACL")).values()) == 2

        await until(is_stateless)
        await cloud.delete(web, *rules)

        async def is_gone() -> bool:
            return len(await seen.rows("ACL")) == 4 and len(await seen.rows("Port_Group")) == 1

        await until(is_gone)
        assert not controller._engine.world.fragments.keys() - {("", "foundation")}


async def test_what_the_server_refuses_holds_up_nothing_else(cloud: Cloud) -> None:
    """Another row has the name that a port group needs: an index of the schema refuses ours, until it is gone."""
    web, blue = group("web"), network("blue")
    theirs = UUID("99999999-9999-4999-8999-999999999999")
    async with cloud.controller() as controller, cloud.northbound() as seen:
        await seen.transact(Insert("Port_Group", theirs, {"name": uuids.port_group_name(web.id)}))
        inside, beside = port("inside", blue, security_groups=(web.id,)), port("beside", blue)
        await cloud.put(web, blue, inside, beside, rule("r", web, "egress"))
        key = uuids.port(inside.id)

        async def is_there() -> bool:
            return uuids.port(beside.id).uuid in await seen.rows("Logical_Switch_Port")

        await until(is_there)
        assert key.uuid not in await seen.rows("Logical_Switch_Port")  # never without the group that protects it
        assert len(await seen.rows("Port_Group")) == 2
        await seen.transact(Delete("Port_Group", theirs))
        ours = uuids.port_group(uuids.port_group_name(web.id)).uuid

        async def is_whole() -> bool:
            row = (await seen.rows("Port_Group")).get(ours)
            return row is not None and row["ports"] == {key.uuid} and len(row["acls"]) == 1

        await until(is_whole)
        await until(lambda: not len(controller._failed))


async def test_realised_follows_the_journal(cloud: Cloud) -> None:
    async with cloud.controller():
        await cloud.put(network("blue"), network("red"))

        async def is_realised() -> bool:
            read = await cloud.database.read(lambda c: c.execute(text("select realised_seq from controllers")).scalar())
            return read == await cloud.intent.head()

        await until(is_realised)
