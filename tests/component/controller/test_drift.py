"""What others do to rows of ours is put right; what they do to theirs is left alone."""

from uuid import UUID

from tests.component.controller.cloud import Cloud, until
from tests.topology import reference

from neutrino.backends.ovn import uuids
from neutrino.ovsdb.operations import Delete, Insert, Mutate, Update

MOST_S = 10.0
THEIRS = {table: UUID(f"99999999-9999-4999-8999-99999999999{n}") for n, table in enumerate(
    ("Logical_Switch", "Logical_Switch_Port", "Port_Group", "ACL", "DHCP_Options"))}  # fmt: skip
TABLES = ("Logical_Switch", "Logical_Switch_Port", "Port_Group", "ACL", "DHCP_Options", "NB_Global")


async def everything(seen) -> dict:
    return {table: await seen.rows(table) for table in TABLES}


async def make_foreign(seen, ours: UUID) -> None:
    """Insert a row of others in each table, others' keys in our rows, and others' rows in our sets."""
    acl = {"priority": 1, "direction": "to-lport", "match": "ip", "action": "drop"}
    await seen.transact(
        Insert("Logical_Switch_Port", THEIRS["Logical_Switch_Port"], {"name": "theirs"}),
        Insert("Logical_Switch", THEIRS["Logical_Switch"], {
            "name": "theirs", "ports": frozenset({THEIRS["Logical_Switch_Port"]})}),
        Insert("ACL", THEIRS["ACL"], acl),
        Insert("Port_Group", THEIRS["Port_Group"], {
            "name": "theirs", "ports": frozenset({THEIRS["Logical_Switch_Port"], ours}),
            "acls": frozenset({THEIRS["ACL"]})}),
        Insert("DHCP_Options", THEIRS["DHCP_Options"], {"cidr": "192.0.2.0/24"}),
    )  # fmt: skip
    another = UUID("99999999-9999-4999-8999-999999999999")
    await seen.transact(
        Mutate("Logical_Switch_Port", ours, (("options", "insert", {"qos_max_rate": "1"}),
                                             ("external_ids", "insert", {"theirs": "1"}))),
        Insert("ACL", another, acl),
        Mutate("Port_Group", uuids.port_group("neutron_pg_drop").uuid,
               (("ports", "insert", frozenset({THEIRS["Logical_Switch_Port"]})),
                ("acls", "insert", frozenset({another})))),
    )  # fmt: skip


async def test_each_kind_of_drift_is_repaired_and_others_are_untouched(cloud: Cloud) -> None:
    resources = reference()
    await cloud.put(*resources)
    plain = next(one for one in resources if one.collection == "ports" and one.name == "plain")
    web = next(one for one in resources if one.collection == "security_groups" and one.name == "web")
    lsp, switch = uuids.port(plain.id).uuid, uuids.switch(plain.network_id).uuid
    group = uuids.port_group(uuids.port_group_name(web.id)).uuid
    async with cloud.controller() as controller, cloud.northbound() as seen:
        await make_foreign(seen, lsp)
        before = await everything(seen)
        (nb_global,) = before["NB_Global"]
        dhcp = before["Logical_Switch_Port"][lsp]["dhcpv4_options"]
        acls = sorted(before["Port_Group"][group]["acls"])
        edited = {"enabled": False, "addresses": frozenset({"router"})}
        elsewhere = (("options", "insert", {"requested-chassis": "elsewhere"}),)
        orphan = {"name": "neutron-x", "external_ids": {"neutron:mtu": "1"}}
        groups = before["Port_Group"].keys() - {THEIRS["Port_Group"], uuids.port_group("neutron_pg_drop").uuid}
        drifts = {
            "a port is deleted": [Mutate("Logical_Switch", switch, (("ports", "delete", frozenset({lsp})),))],
            "a port is edited": [Update("Logical_Switch_Port", lsp, edited)],
            "marks are wiped": [Update("Logical_Switch_Port", lsp, {"external_ids": {}})],
            "an option of ours appears": [Mutate("Logical_Switch_Port", lsp, elsewhere)],
            "a group loses a port": [Mutate("Port_Group", group, (("ports", "delete", frozenset({lsp})),))],
            "a group loses a rule": [Mutate("Port_Group", group, (("acls", "delete", frozenset(acls[:1])),))],
            "a group is deleted": [Delete("Port_Group", group)],
            "a switch is emptied": [Update("Logical_Switch", switch, {"ports": frozenset()})],
            "a switch is deleted": [Delete("Logical_Switch", switch)],
            "dhcp is deleted": [Delete("DHCP_Options", dhcp)],
            "an option of all": [Update("NB_Global", nb_global, {"options": {"ignore_lsp_down": "true"}})],
            "all groups are deleted": [Delete("Port_Group", uuid) for uuid in groups],
            "an orphan appears": [Insert("Logical_Switch", UUID(int=5), orphan)],
        }
        for name, operations in drifts.items():
            await seen.transact(*operations)
            expected = _without_collateral(before, name, lsp)

            async def is_right(expected: dict = expected) -> bool:
                return await everything(seen) == expected

            try:
                await until(is_right, MOST_S)
            except AssertionError:
                now = await everything(seen)
                for table in TABLES:
                    assert now[table] == expected[table], name
                raise
            before = expected
        assert not len(controller._failed)
        settled = controller.written
    async with cloud.controller() as again:
        assert again.written == 0, settled


def _without_collateral(before: dict, name: str, lsp: UUID) -> dict:
    """Return what is to be there: as *before*, without what of others went with our row, by the server's own doing."""
    after = {table: {uuid: dict(row) for uuid, row in rows.items()} for table, rows in before.items()}
    if name in ("a port is deleted", "marks are wiped", "a switch is emptied", "a switch is deleted"):
        row = after["Logical_Switch_Port"][lsp]
        row["external_ids"] = {key: value for key, value in row["external_ids"].items() if key != "theirs"}
    if name in ("a port is deleted", "a switch is emptied", "a switch is deleted"):
        row["options"] = {key: value for key, value in row["options"].items() if key != "qos_max_rate"}
        theirs = after["Port_Group"][THEIRS["Port_Group"]]
        theirs["ports"] = theirs["ports"] - {lsp}
    return after
