"""A Northbound that upstream's driver wrote is taken over: rows stay, under their own uuids, and say the same."""

import json
from uuid import UUID

from tests import upstream
from tests.component.controller.cloud import Cloud, until
from tests.component.controller.test_check import neutrino

from neutrino.backends.ovn.agents import agent_id
from neutrino.model.port import Port
from neutrino.model.router import Router

TABLES = tuple(upstream.NORTHBOUND)
# Of networks whose router has a gateway upstream makes such a group for ports of type external; there is none.
UNUSED = {
    uuid for uuid, row in upstream.NORTHBOUND["HA_Chassis_Group"].items()
    if any(pair[0] == "neutron:network_id" for pair in row["external_ids"][1])
}  # fmt: skip
# Upstream translates all that a router sends, we what its two subnets send and what is behind its one route inwards.
TRANSLATES_ALL = {uuid for uuid, row in upstream.NORTHBOUND["NAT"].items() if row["logical_ip"] == "0.0.0.0/0"}
METADATA = "ovn_metadata_enabled = true\n"  # as upstream was configured
NEW = {"NAT": 3, "ACL": 2}  # and guests may ask for an address whatever their groups say


def scheduled() -> set[str]:
    """Return the HA_Chassis rows that go with groups that are not used."""
    groups = upstream.NORTHBOUND["HA_Chassis_Group"]
    return {member[1] for uuid in UNUSED for member in groups[uuid]["ha_chassis"][1]}


async def test_rows_stay_under_their_uuids_and_say_the_same(cloud: Cloud) -> None:
    cloud.nb.transact(json.dumps(upstream.transaction())[1:-1])
    cloud.configure(METADATA)
    async with cloud.northbound() as seen:
        before = {table: await seen.rows(table) for table in TABLES}
        status, out, err = await neutrino(cloud, "import", str(upstream.FILE))
        assert (status, err) == (0, ""), out
        told = {line.split()[1]: int(line.split()[0]) for line in out.splitlines()}
        within = {"segments": 3, "bandwidth_limit_rules": 1, "port_forwardings": 1}
        assert told == {name: len(items) for name, items in upstream.API.items()} | within
        daemon = cloud.start(settings=METADATA)
        after = {table: await seen.rows(table) for table in TABLES}
        gone = {UUID(uuid) for uuid in UNUSED | scheduled() | TRANSLATES_ALL}
        for table in TABLES:
            assert before[table].keys() - gone <= after[table].keys(), table
            new = after[table].keys() - before[table].keys()
            assert len(new) == NEW.get(table, 0), (table, [after[table][uuid] for uuid in new])
        assert changes(before, after) == EXPECTED
        # It is so after a restart, and in the eyes of who checks it.
        daemon.kill()
        daemon.wait()
        cloud.start("two", METADATA)
        told_by_two = (cloud.folder / "two.log").read_text()
        assert "full pass: 0 rows written" in told_by_two, told_by_two
        assert (await neutrino(cloud, "ovn", "check"))[0] == 0
        # What is changed and deleted now concerns the same rows.
        (port,) = [one for one in (await cloud.intent.all(Port)) if one.name == "open"]
        (row,) = [uuid for uuid, row in before["Logical_Switch_Port"].items() if row["name"] == port.id]
        await cloud.delete(port)

        async def is_gone() -> bool:
            return row not in await seen.rows("Logical_Switch_Port")

        await until(is_gone)
        (router,) = await cloud.intent.all(Router)
        assert router.placement == {agent_id("h1"): 2, agent_id("h2"): 1}


async def test_private_networks_stay_private(cloud: Cloud) -> None:
    """Each group of upstream's has two ACLs for others, which are here those of the others' groups: these are new."""
    rows = upstream.NORTHBOUND | upstream.PRIVATE
    cloud.nb.transact(json.dumps(upstream.transaction(rows))[1:-1])
    cloud.configure(METADATA)
    answers = cloud.folder / "private.json"
    answers.write_text(json.dumps(upstream.private_api()))
    async with cloud.northbound() as seen:
        before = {table: await seen.rows(table) for table in TABLES}
        status, out, err = await neutrino(cloud, "import", str(answers))
        assert (status, err) == (0, ""), out
        cloud.start(settings=METADATA)
        after = {table: await seen.rows(table) for table in TABLES}
        groups = {row["name"]: row for row in after["Port_Group"].values()}
        for uuid, row in before["Port_Group"].items():
            assert after["Port_Group"][uuid]["ports"] == row["ports"]
        (network,) = [one["id"] for one in upstream.private_api()["networks"] if one.get("pvlan")]
        suffix = network.replace("-", "_")
        new = {groups[name]["name"] for name in groups.keys() - {row["name"] for row in before["Port_Group"].values()}}
        assert new == {f"pvlan_restricted_{suffix}"}
        moved = {f"inport == @pvlan_isolated_{suffix}", f"inport == @pvlan_community_web_{suffix}"}
        gone = before["ACL"].keys() - after["ACL"].keys()
        assert {before["ACL"][uuid]["match"] for uuid in gone} == moved
        here = {name: acls(after, row) for name, row in groups.items() if name.startswith("pvlan_")}
        assert here[f"pvlan_isolated_{suffix}"] >= {(1011, f"inport == @pvlan_isolated_{suffix}")}
        assert here[f"pvlan_community_web_{suffix}"] >= {(1011, f"inport == @pvlan_community_web_{suffix}")}
        assert {priority for priority, match in here["pvlan_pg_drop"]} == {1009, 1010}
        assert (await neutrino(cloud, "ovn", "check"))[0] == 0


def acls(rows: dict, group: dict) -> set[tuple[int, str]]:
    """Return the priorities and matches of a port group's ACLs."""
    return {(rows["ACL"][uuid]["priority"], rows["ACL"][uuid]["match"]) for uuid in group["acls"]}


def changes(before: dict, after: dict) -> set[tuple[str, str, str]]:
    """Return which columns, and which keys of maps, of which tables changed."""
    out = set()
    for table, rows in before.items():
        for uuid, row in rows.items():
            now = after[table].get(uuid, row)
            for column, value in row.items():
                if isinstance(value, dict):
                    keys = {key for key in value.keys() | now[column].keys() if value.get(key) != now[column].get(key)}
                    out |= {(table, column, key) for key in keys}
                elif value != now[column]:
                    out.add((table, column, ""))
    return out


MARKED = ("DHCP_Options", "Load_Balancer", "Logical_Router", "Logical_Router_Port", "Logical_Switch",
          "Logical_Switch_Port", "NAT")  # fmt: skip
EXPECTED = {(table, "external_ids", "neutron:revision_number") for table in MARKED} | {
    ("HA_Chassis", "external_ids", "neutron:router_id"),
    ("Logical_Router", "nat", ""),
    ("NAT", "gateway_port", ""),  # of floating IPs: who announces them by BGP asks for it
    ("Port_Group", "acls", ""),
    # Who answers DHCP has a MAC that follows from the subnet's id; upstream's is random.
    ("DHCP_Options", "options", "server_mac"),
    # Upstream tells of its own machine's resolver where neither subnet nor [ovn] dns_servers name one.
    ("DHCP_Options", "options", "dns_server"),
    ("Logical_Router_Port", "enabled", ""),
    ("Logical_Router_Port", "ipv6_ra_configs", "rdnss"),  # which upstream tells nobody of
    # Routers tell senders of the smaller MTU behind them.
    ("Logical_Router_Port", "options", "gateway_mtu"),
    ("Logical_Router_Port", "options", "reside-on-redirect-chassis"),
    ("Logical_Switch_Port", "external_ids", "neutron:host_id"),  # here from the binding on, there once it is up
}
