"""More ports for upstream than its API makes in the time of a measurement: rows like those that its API wrote.

Here: the rows of a port, copied under other ids and addresses, in SQL and in the Northbound. What has a port's id is
copied, table by table, as the database's own foreign keys tell; nothing of upstream's schema is written down but
three tables that refer otherwise. Run as a program (by the peer's interpreter, which has the driver) it does the SQL.
"""

import asyncio
import ipaddress
import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

AT_ONCE = 500
FIRST_MAC = 0xFA163F000000
"""Upstream gives fa:16:3e:..., so these are free."""

PORT_NAME = "neutron:port_name"
Port = dict[str, str]
"""What differs from port to port: ``id``, ``mac``, ``ip``."""


def copy(
    python: Path, mysql: Path, northbound: Path, template: dict[str, Any], count: int, rest: Callable[[], None]
) -> list[str]:
    """Make *count* ports like *template*, an answer of the API; return their ids.

    *rest* returns when all have read what was written so far.
    """
    (fixed,) = template["fixed_ips"]
    like = {"id": template["id"], "mac": template["mac_address"], "ip": fixed["ip_address"]}
    asked = {"socket": str(mysql), "like": like, "subnet": fixed["subnet_id"], "count": count}
    done = subprocess.run([str(python), __file__], input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ports cannot be copied: {done.stderr.strip().splitlines()[-1]}")
    made: list[Port] = json.loads(done.stdout)
    asyncio.run(_copy_rows(northbound, like, made, rest))
    return [one["id"] for one in made]


def alike(value: Any, like: Port, one: Port) -> Any:
    """Return *value* of the port *like* as it is for the port *one*: in every string, set and map."""
    if isinstance(value, str):
        for name, old in like.items():
            value = value.replace(old, one[name])
        return value
    if isinstance(value, frozenset):
        return frozenset(alike(item, like, one) for item in value)
    if isinstance(value, dict):
        return {key: alike(item, like, one) for key, item in value.items()}
    return value


async def _copy_rows(northbound: Path, like: Port, made: list[Port], rest: Callable[[], None]) -> None:
    from neutrino.ovsdb import Client, Insert, Mutate, Select  # the peer's interpreter, which runs this file, has none

    table = "Logical_Switch_Port"
    async with Client(f"unix:{northbound}", "OVN_Northbound") as client:
        await client.wait_connected(timeout_s=10)
        (rows,) = await client.transact([Select(table, (("name", "==", like["id"]),))])
        assert isinstance(rows, list)
        (row,) = rows
        own = row.pop("_uuid")
        holders = []
        for holder in ("Logical_Switch", "Port_Group"):
            (found,) = await client.transact([Select(holder, (("ports", "includes", frozenset({own})),), ("_uuid",))])
            assert isinstance(found, list)
            holders += [(holder, one["_uuid"]) for one in found]
        row = {name: value for name, value in row.items() if name != "_version"}
        # Upstream looks at each new row with a port's name, and at each that goes down, and writes that to SQL, a tenth
        # of a second each, for hours. It is spared that: the name comes after the row, which is down from the start.
        # What is there in the end is the same.
        name = {key: value for key, value in row["external_ids"].items() if key == PORT_NAME}
        row["external_ids"] = {key: value for key, value in row["external_ids"].items() if key != PORT_NAME}
        ids = {one["id"]: uuid.uuid4() for one in made}
        for part in _parts(made):
            inserts = [Insert(table, ids[one["id"]], alike(row, like, one)) for one in part]
            new = frozenset(ids[one["id"]] for one in part)
            joins = [Mutate(holder, holder_id, (("ports", "insert", new),)) for holder, holder_id in holders]
            await client.transact([*inserts, *joins], timeout_s=120)
        # Whoever reads slowly is told of several changes as of one.
        await asyncio.to_thread(rest)
        for part in _parts(made):
            names = [("external_ids", "insert", alike(name, like, one)) for one in part]
            await client.transact(
                [Mutate(table, ids[one["id"]], (change,)) for one, change in zip(part, names, strict=True)],
                timeout_s=120,
            )


def _parts(made: list[Port]) -> Iterator[list[Port]]:
    return (made[first : first + AT_ONCE] for first in range(0, len(made), AT_ONCE))


def free(cidr: str, used: set[str], macs: set[str], count: int) -> Iterator[Port]:
    """Yield *count* ports with addresses of *cidr*, and MACs, that nobody has."""
    addresses = (str(one) for one in ipaddress.ip_network(cidr).hosts() if str(one) not in used)
    numbers = (f"{FIRST_MAC + number:012x}" for number in range(1 << 24))
    written = (":".join(one[at : at + 2] for at in range(0, 12, 2)) for one in numbers)
    fresh = (one for one in written if one not in macs)
    for _, ip, mac in zip(range(count), addresses, fresh, strict=False):
        yield {"id": str(uuid.uuid4()), "mac": mac, "ip": ip}


def _main() -> None:
    import pymysql  # type: ignore[import-not-found]  # the peer's environment has it, ours has not

    asked = json.loads(sys.stdin.read())
    like: Port = asked["like"]
    with pymysql.connect(
        unix_socket=asked["socket"], database="neutron", cursorclass=pymysql.cursors.DictCursor
    ) as database:
        cursor = database.cursor()

        def rows(text: str, *values: object) -> list[dict[str, Any]]:
            cursor.execute(text, values)
            return list(cursor.fetchall())

        def insert(table: str, new: Iterable[dict[str, Any]]) -> None:
            new = list(new)
            names = list(new[0])
            places = ", ".join(["%s"] * len(names))
            text = f"INSERT INTO {table} ({', '.join(f'`{name}`' for name in names)}) VALUES ({places})"  # noqa: S608
            cursor.executemany(text, [tuple(one[name] for name in names) for one in new])

        (subnet,) = rows("SELECT cidr FROM subnets WHERE id = %s", asked["subnet"])
        (ipam,) = rows("SELECT id FROM ipamsubnets WHERE neutron_subnet_id = %s", asked["subnet"])
        used = {one["ip_address"] for one in rows("SELECT ip_address FROM ipallocations")}
        # Those that are not given by the API: the subnet's own gateway, which a router may take.
        used |= {str(ipaddress.ip_network(subnet["cidr"])[1])}
        macs = {one["mac_address"] for one in rows("SELECT mac_address FROM ports")}
        made = list(free(subnet["cidr"], used, macs, asked["count"]))

        (port,) = rows("SELECT * FROM ports WHERE id = %s", like["id"])
        (standard,) = rows("SELECT * FROM standardattributes WHERE id = %s", port["standard_attr_id"])
        first = rows("SELECT MAX(id) + 1 AS next FROM standardattributes")[0]["next"]
        numbers = {one["id"]: first + number for number, one in enumerate(made)}
        insert("standardattributes", ({**standard, "id": numbers[one["id"]]} for one in made))

        def copies(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
            for one in made:
                new = {name: alike(value, like, one) for name, value in row.items()}
                if "standard_attr_id" in new:
                    new["standard_attr_id"] = numbers[one["id"]]
                yield new

        insert("ports", copies(port))
        referring = rows(
            "SELECT TABLE_NAME AS name, COLUMN_NAME AS `column` FROM information_schema.KEY_COLUMN_USAGE WHERE "
            "TABLE_SCHEMA = 'neutron' AND REFERENCED_TABLE_NAME = 'ports' AND REFERENCED_COLUMN_NAME = 'id'"
        )
        for table in [*referring, {"name": "ovn_revision_numbers", "column": "resource_uuid"}]:
            for row in rows(f"SELECT * FROM {table['name']} WHERE `{table['column']}` = %s", like["id"]):  # noqa: S608
                insert(table["name"], copies(row))
        status = "ALLOCATED"
        insert(
            "ipamallocations",
            ({"ip_address": one["ip"], "status": status, "ipam_subnet_id": ipam["id"]} for one in made),
        )
        database.commit()
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    _main()
