"""Ports of the Northbound that are copied, on a real ovsdb-server: like the first in all but what is their own."""

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
        await copies._copy_rows(northbound.socket, LIKE, OTHERS, lambda: None)
        columns = ("_uuid", *row(LIKE))
        (ports,) = await client.transact([Select("Logical_Switch_Port", (), columns)])
        (switches,) = await client.transact([Select("Logical_Switch", switch, ("ports",))])
        (groups,) = await client.transact([Select("Port_Group", (), ("name", "ports"))])
    everyone = frozenset(one.pop("_uuid") for one in ports)
    assert sorted(ports, key=lambda one: one["name"]) == sorted(map(row, [LIKE, *OTHERS]), key=lambda one: one["name"])
    assert switches == [{"ports": everyone}]
    assert {one["name"]: one["ports"] for one in groups} == {"pg": everyone, "other": frozenset()}
