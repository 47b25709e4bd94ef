"""Rows of the Northbound that are copied, on a real ovsdb-server: like the first in all but what is their own."""

import uuid

import pytest
from bench.peer import copies
from tests.component.ovsdb.conftest import Server

from neutrino.ovsdb import Client, Insert, Select

LIKE = {"id": "11111111-2222-3333-4444-555555555555", "mac": "fa:16:3e:00:00:01", "ip": "10.0.0.7"}
OTHERS = [
    {"id": str(uuid.UUID(int=number)), "mac": f"fa:16:3f:00:00:{number:02x}", "ip": f"10.0.1.{number}"}
    for number in (1, 2)
]
NETWORK = {name: str(uuid.UUID(int=number, version=4)) for number, name in enumerate(("network", "group", "rule"), 16)}
PORTS = [{**LIKE, "id": str(uuid.UUID(int=number)), "mac": f"fa:16:3e:00:00:{number:02x}"} for number in (32, 33)]


def row(one):
    return {
        "name": one["id"],
        "addresses": frozenset({f"{one['mac']} {one['ip']}"}),
        "port_security": frozenset({f"{one['mac']} {one['ip']}"}),
        "external_ids": {
            copies.PORT_NAME: "web",
            "neutron:cidrs": f"{one['ip']}/24",
            "neutron:device_owner": "compute:nova",
        },
        "enabled": True,
        "type": "",
    }


def group_name(network):
    return f"pg_{network['group'].replace('-', '_')}"


def network_rows(network, ports):
    """Return by name the rows of a network with a group of its own; rows are referred to by their names."""
    pg = group_name(network)
    return {
        f"neutron-{network['network']}": {"ports": frozenset(one["id"] for one in ports)},
        pg: {"ports": frozenset(one["id"] for one in ports), "acls": frozenset({network["rule"]})},
        network["rule"]: {"match": f"inport == @{pg} && ip4 && ip4.src == ${pg}_ip4"},
        f"options of {network['network']}": {"cidr": "10.0.0.0/24"},
        **{one["id"]: row(one) | {"dhcpv4_options": frozenset({f"options of {network['network']}"})} for one in ports},
    }


@pytest.fixture
def northbound(tmp_path):
    server = Server(tmp_path)
    server.create()
    server.start()
    yield server
    server.kill()


async def test_copies_are_like_the_first_and_where_it_is(northbound):
    port, switch, group, stranger = (uuid.uuid4() for _ in range(4))
    async with Client(northbound.remote, "OVN_Northbound") as client:
        await client.wait_connected(timeout_s=10)
        await client.transact(
            [
                Insert("Logical_Switch_Port", port, row(LIKE)),
                Insert("Logical_Switch", switch, {"name": "lan", "ports": frozenset({port})}),
                Insert("Port_Group", group, {"name": "pg", "ports": frozenset({port})}),
                Insert("Port_Group", stranger, {"name": "other"}),
            ]
        )
        texts = [{old: one[name] for name, old in LIKE.items()} for one in OTHERS]
        await copies._copy_rows(northbound.socket, texts, lambda: None)
        columns = ("_uuid", *row(LIKE))
        (ports,) = await client.transact([Select("Logical_Switch_Port", (), columns)])
        (switches,) = await client.transact([Select("Logical_Switch", switch, ("ports",))])
        (groups,) = await client.transact([Select("Port_Group", (), ("name", "ports"))])
    everyone = frozenset(one.pop("_uuid") for one in ports)
    assert sorted(ports, key=lambda one: one["name"]) == sorted(map(row, [LIKE, *OTHERS]), key=lambda one: one["name"])
    assert switches == [{"ports": everyone}]
    assert {one["name"]: one["ports"] for one in groups} == {"pg": everyone, "other": frozenset()}


async def test_a_network_is_copied_with_its_ports_and_its_group(northbound):
    drop, pg, acl, options, *ports = (uuid.uuid4() for _ in range(6))
    network, network_id = NETWORK, uuid.UUID(NETWORK["network"])
    rule = {"neutron:security_group_rule_id": network["rule"]}
    match = f"inport == @{group_name(network)} && ip4 && ip4.src == ${group_name(network)}_ip4"
    texts = {one: str(uuid.uuid4()) for one in network.values()}
    texts |= {one["id"]: str(uuid.uuid4()) for one in PORTS}
    texts |= {one["mac"]: f"fa:16:3f:00:00:0{number}" for number, one in enumerate(PORTS)}
    async with Client(northbound.remote, "OVN_Northbound") as client:
        await client.wait_connected(timeout_s=10)
        at = {"direction": "to-lport", "priority": 1002, "action": "allow-related"}
        name, everyone = f"neutron-{network['network']}", frozenset(ports)
        await client.transact(
            [
                *(
                    Insert("Logical_Switch_Port", own, row(one) | {"dhcpv4_options": options})
                    for own, one in zip(ports, PORTS, strict=True)
                ),
                Insert("Logical_Switch", network_id, {"name": name, "ports": everyone}),
                Insert("Port_Group", drop, {"name": "neutron_pg_drop", "ports": everyone}),
                Insert("Port_Group", pg, {"name": group_name(network), "ports": everyone, "acls": frozenset({acl})}),
                Insert("ACL", acl, {**at, "match": match, "external_ids": rule}),
                Insert(
                    "DHCP_Options",
                    options,
                    {"cidr": "10.0.0.0/24", "external_ids": {"neutron:network_id": network["network"]}},
                ),
            ]
        )
        await copies._copy_rows(northbound.socket, [texts], lambda: None)
        found = {table: (await client.transact([Select(table)]))[0] for table in copies.TABLES}
    names = _names(found)
    copied_network = {name: texts[one] for name, one in network.items()}
    copied_ports = [{**one, "id": texts[one["id"]], "mac": texts[one["mac"]]} for one in PORTS]
    wanted = network_rows(network, PORTS) | network_rows(copied_network, copied_ports)
    all_ports = frozenset(one["id"] for one in [*PORTS, *copied_ports])
    wanted |= {"neutron_pg_drop": {"ports": all_ports}}
    assert {
        names[one["_uuid"]]: {column: _named(one[column], names) for column in wanted[names[one["_uuid"]]]}
        for rows in found.values()
        for one in rows
    } == wanted
    switches = {one["name"]: str(one["_uuid"]) for one in found["Logical_Switch"]}
    assert switches == {f"neutron-{one['network']}": one["network"] for one in (network, copied_network)}


def _names(found):
    """Return by uuid what a row is called in `network_rows`."""
    named = {one["_uuid"]: one["name"] for table in (copies.SWITCH, copies.GROUP, copies.PORT) for one in found[table]}
    rules = {one["_uuid"]: one["external_ids"]["neutron:security_group_rule_id"] for one in found["ACL"]}
    return (
        named
        | rules
        | {one["_uuid"]: f"options of {one['external_ids']['neutron:network_id']}" for one in found["DHCP_Options"]}
    )


def _named(value, names):
    """Return *value* with names instead of references."""
    if isinstance(value, uuid.UUID):
        return frozenset({names[value]})
    return frozenset(names.get(one, one) for one in value) if isinstance(value, frozenset) else value
