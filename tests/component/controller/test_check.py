"""`neutrino ovn check` and `repair`, as commands, beside a controller that runs, hangs, or is not there."""

import asyncio
import json
import signal
import sys
from typing import Any
from uuid import UUID

import msgspec
from tests.component.controller.cloud import Cloud, until
from tests.topology import agent, reference

from neutrino.backends.ovn import uuids
from neutrino.ovsdb.operations import Delete, Insert, Mutate, Update


async def neutrino(cloud: Cloud, *words: str) -> tuple[int, str, str]:
    """Run the operator's command on the cloud; return its status and what it wrote."""
    config = str(cloud.folder / "neutrino.conf")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "neutrino.admin", "--config-file", config, *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def differences(cloud: Cloud) -> list[tuple[Any, ...]]:
    status, out, err = await neutrino(cloud, "ovn", "check", "--json")
    found = json.loads(out)
    assert (status, err) == (1 if found["differences"] else 0, "")
    assert found["realised"]
    names = ("kind", "name", "table", "row_name", "column", "expected", "found")
    return [tuple(one[name] for name in names) for one in found["differences"]]


def set_of(told: list[tuple[Any, ...]]) -> set[str]:
    return {json.dumps(one) for one in told}


async def test_each_kind_of_difference_is_told_and_mended(cloud: Cloud) -> None:
    resources = reference()
    plain = next(one for one in resources if one.collection == "ports" and one.name == "plain")
    web = next(one for one in resources if one.collection == "security_groups" and one.name == "web")
    switch, lsp = uuids.switch(plain.network_id).uuid, uuids.port(plain.id).uuid
    group = uuids.port_group(uuids.port_group_name(web.id)).uuid
    dhcp = uuids.dhcp(plain.fixed_ips[0].subnet_id).uuid
    await cloud.put(*resources)
    daemon = cloud.start()
    assert await differences(cloud) == []

    async def is_noted() -> bool:
        return await cloud.intent.realised_seq("ovn") >= await cloud.intent.head()

    await until(is_noted)
    daemon.send_signal(signal.SIGSTOP)  # it hangs: nobody puts right what others do
    async with cloud.northbound() as seen:
        before = {table: await seen.rows(table) for table in ("Logical_Switch_Port", "Port_Group", "DHCP_Options")}
        acl = min(before["Port_Group"][group]["acls"])
        (rule,) = [one.id for one in resources if one.collection == "security_group_rules"
                   and uuids.named("ACL", one.id).uuid == acl]  # fmt: skip
        orphan = {"name": "neutron-x", "external_ids": {"neutron:mtu": "1"}}
        await seen.transact(
            Update("Logical_Switch_Port", lsp, {"enabled": False}),
            Mutate("Logical_Switch_Port", lsp, (("external_ids", "delete", frozenset({"neutron:port_name"})),)),
            Mutate("Port_Group", group, (("ports", "delete", frozenset({lsp})), ("acls", "delete", frozenset({acl})))),
            Delete("DHCP_Options", dhcp),
            Insert("Logical_Switch", UUID(int=5), orphan),
            Insert("Logical_Switch", UUID(int=6), {"name": "theirs"}),
        )
        name = uuids.port_group_name(web.id)
        subnet = await cloud.intent.get(type(next(one for one in resources if one.collection == "subnets")),
                                        [plain.fixed_ips[0].subnet_id])  # fmt: skip
        (subnet_name,) = [one.name for one in subnet.values()]
        told = await differences(cloud)
        of_dhcp = [one for one in told if one[4] == "dhcpv4_options"]
        assert of_dhcp  # the server took the reference away from each port that had it
        assert all(one[5:] == (str(dhcp), None) for one in of_dhcp)
        lsp_row = ("Logical_Switch_Port", plain.id)
        assert sorted(set_of(told) - set_of(of_dhcp)) == sorted(set_of([
            ("", "", "Logical_Switch", "neutron-x", "", None, "neutron-x"),
            ("ports", "plain", *lsp_row, "enabled", True, False),
            ("ports", "plain", *lsp_row, "external_ids", {"neutron:port_name": "plain"}, None),
            ("ports", "plain", "Port_Group", name, "ports", [str(lsp)], None),
            ("security_group_rules", "", "ACL", str(acl), "", str(acl), None),
            ("subnets", subnet_name, "DHCP_Options", str(dhcp), "", str(dhcp), None),
        ]))  # fmt: skip
        status, table, _ = await neutrino(cloud, "ovn", "check")
        assert status == 1
        assert rule in table
        status, out, err = await neutrino(cloud, "ovn", "repair")
        assert (status, err) == (0, "")
        assert out.endswith("The Northbound is what the intent asks for.\n")
        assert {table: await seen.rows(table) for table in before} == before
        switches = await seen.rows("Logical_Switch")
        assert UUID(int=5) not in switches
        assert UUID(int=6) in switches
        daemon.send_signal(signal.SIGCONT)
        assert await differences(cloud) == []
        await cloud.put(msgspec.structs.replace(plain, admin_state_up=False))

        async def is_realised() -> bool:
            return (await seen.rows("Logical_Switch_Port"))[lsp]["enabled"] is False

        await until(is_realised)  # it leads again
        assert lsp in (await seen.rows("Logical_Switch"))[switch]["ports"]


async def test_what_is_on_its_way_is_no_difference_and_repair_does_not_fight(cloud: Cloud) -> None:
    resources = reference()
    await cloud.put(*resources)
    cloud.start()
    port = next(one for one in resources if one.collection == "ports" and one.name == "plain")
    is_over = False

    async def write() -> int:
        count = 0
        while not is_over:
            count += 1
            await cloud.put(msgspec.structs.replace(port, name=f"n{count}"))
            await asyncio.sleep(0.05)
        return count

    writing = asyncio.create_task(write())
    try:
        assert await differences(cloud) == []
        status, out, err = await neutrino(cloud, "ovn", "repair", "--json")
        assert (status, err) == (0, "")
        mended = json.loads(out)
        assert (mended["differences"], mended["realised"]) == ([], True)  # the other leads again
    finally:
        is_over = True
    count = await writing

    async def is_realised() -> bool:
        async with cloud.northbound() as seen:
            row = (await seen.rows("Logical_Switch_Port"))[uuids.port(port.id).uuid]
        return row["external_ids"]["neutron:port_name"] == f"n{count}"

    await until(is_realised)
    assert "cannot" not in (cloud.folder / "one.log").read_text()


async def test_without_a_controller_all_is_told_and_mended(cloud: Cloud) -> None:
    cloud.start().kill()
    await cloud.put(*reference())
    status, out, _ = await neutrino(cloud, "ovn", "check", "--wait", "1")
    assert status == 1
    assert "Logical_Switch_Port" in out
    assert (await neutrino(cloud, "ovn", "repair", "--wait", "5"))[0] == 0
    assert await differences(cloud) == []


async def test_a_northbound_that_does_not_answer_is_said_in_one_sentence(cloud: Cloud) -> None:
    cloud.start()
    cloud.nb.kill()
    assert await neutrino(cloud, "ovn", "check", "--wait", "0.5") == (
        2, "", "neutrino: no connection to OVN_Northbound within 0.5 s\n")  # fmt: skip


async def test_hosts_that_lose_packets_are_warned_of(cloud: Cloud) -> None:
    await cloud.put(*reference(), agent("host-10", "physnet2:br-2"))
    cloud.start()
    status, out, err = await neutrino(cloud, "ovn", "check")
    assert (status, out) == (0, "The Northbound is what the intent asks for.\n")
    said = "part of what they send to each other, for hosts without ovn-chassis-mac-mappings for it: host-10"
    assert err == f"Warning: router edge joins physnet2 with tunnelled networks and loses {said}.\n"
    status, out, _ = await neutrino(cloud, "ovn", "check", "--json")
    edge = next(one.id for one in reference() if one.collection == "routers" and one.name == "edge")
    lack = {"router_id": edge, "router_name": "edge", "physical_network": "physnet2", "hosts": ["host-10"]}
    said = json.loads(out)
    assert (status, said["lacking"], said["overfull"]) == (0, [lack], [])
