"""More ports and networks for upstream than its API makes in the time of a measurement: rows like those that it wrote.

Here: the rows of a port, or of a network with its ports and their group, copied under other ids, MACs and addresses, in
SQL and in the Northbound. Copied is, table by table, what names them; nothing of upstream's schema is written down but
what no id or number tells. Run as a program (by the peer's interpreter, which has the driver) it does the SQL.
"""

import asyncio
import ipaddress
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

AT_ONCE = 500
"""Ports in one transaction of the Northbound."""
NETWORKS_AT_ONCE = 50
FIRST_MAC = 0xFA163F000000
"""Upstream gives fa:16:3e:..., so these are free."""

SWITCH, GROUP, PORT = "Logical_Switch", "Port_Group", "Logical_Switch_Port"
TABLES = (SWITCH, GROUP, "ACL", "DHCP_Options", PORT)
"""Where a network, its ports and their group have rows in the Northbound."""
PORT_NAME = "neutron:port_name"
ID = r"[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}"
WORD = re.compile(rf"{ID}|(?:[0-9a-f]{{2}}:){{5}}[0-9a-f]{{2}}|\d+(?:\.\d+){{3}}")
"""What may differ from copy to copy: an id (with underscores in a port group's name), a MAC, an address."""
Texts = dict[str, str]
"""What a copy has instead of the ids, MACs and addresses of what is copied."""
Row = dict[str, Any]


def copy(
    python: Path, mysql: Path, northbound: Path, ids: Sequence[str], count: int, rest: Callable[[], None]
) -> list[str]:
    """Copy what has the *ids*, with all that names it, *count* times; return the ids of the new ports.

    *rest* returns when all have read what was written so far, and written what they write after it.
    """
    if count < 1:
        return []
    rest()
    asked = json.dumps({"socket": str(mysql), "ids": ids, "count": count})
    done = subprocess.run([str(python), __file__], input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"rows cannot be copied: {done.stderr.strip().splitlines()[-1]}")
    ports, copied = json.loads(done.stdout)
    asyncio.run(_copy_rows(northbound, copied, rest))
    return [texts[port] for texts in copied for port in ports]


def alike(value: Any, texts: Texts, rows: Mapping[uuid.UUID, uuid.UUID]) -> Any:
    """Return *value* as a copy has it: with its own *texts* and *rows* in every string, reference, set and map."""
    if isinstance(value, str):
        return WORD.sub(lambda word: texts.get(word[0], word[0]), value)
    if isinstance(value, uuid.UUID):
        return rows.get(value, value)
    if isinstance(value, frozenset):
        return frozenset(alike(item, texts, rows) for item in value)
    if isinstance(value, dict):
        return {key: alike(item, texts, rows) for key, item in value.items()}
    return value


async def _copy_rows(northbound: Path, copied: list[Texts], rest: Callable[[], None]) -> None:
    """Copy all rows of the Northbound that name an id which is copied; ports are where those that they are like are."""
    from neutrino.ovsdb import Client, Insert, Mutate, Select  # the peer's interpreter, which runs this file, has none

    ids = {one for old in copied[0] if "-" in old for one in (old, _underscored(old))}
    copied = [texts | {_underscored(old): _underscored(new) for old, new in texts.items()} for texts in copied]
    like: dict[uuid.UUID, tuple[str, Row]] = {}
    holders: list[tuple[str, uuid.UUID, frozenset[uuid.UUID]]] = []
    async with Client(f"unix:{northbound}", "OVN_Northbound", probe_s=0) as client:  # it may be busy for long
        await client.wait_connected(timeout_s=10)
        for table in TABLES:
            (rows,) = await client.transact([Select(table)])
            assert isinstance(rows, list)
            for row in rows:
                own = row.pop("_uuid")
                del row["_version"]
                if table in (SWITCH, GROUP):
                    holders.append((table, own, row["ports"]))
                    row["ports"] = frozenset()
                if not ids.isdisjoint(WORD.findall(str(row))):
                    like[own] = (table, row)
        ports = {own: row for own, (table, row) in like.items() if table == PORT}
        holders = [one for one in holders if not one[2].isdisjoint(ports)]
        # A network's row has the network's id.
        new = [{own: uuid.UUID(texts.get(str(own), str(uuid.uuid4()))) for own in like} for texts in copied]

        # Networks before ports: for a new one northd computes everything anew.
        others = {own: one for own, one in like.items() if own not in ports}
        for part in _parts(list(zip(copied, new, strict=True)), NETWORKS_AT_ONCE) if others else ():
            await client.transact(
                [
                    Insert(table, own[one], alike(row, texts, own))
                    for texts, own in part
                    for one, (table, row) in others.items()
                ],
                timeout_s=120,
            )

        # Upstream looks at each new row with a port's name, and at each that goes down, and writes that to SQL, a tenth
        # of a second each, for hours. It is spared that: the name comes after the row, which is down from the start.
        # What is there in the end is the same.
        names = {own: {PORT_NAME: row["external_ids"].pop(PORT_NAME)} for own, row in ports.items()}
        all_ports = [(texts, own, port) for texts, own in zip(copied, new, strict=True) for port in ports]
        for part in _parts(all_ports, AT_ONCE):
            inserts = [Insert(PORT, own[port], alike(ports[port], texts, own)) for texts, own, port in part]
            held: dict[tuple[str, uuid.UUID], set[uuid.UUID]] = {}
            for _, own, port in part:
                for table, holder, those in holders:
                    if port in those:
                        held.setdefault((table, own.get(holder, holder)), set()).add(own[port])
            joins = [Mutate(*holder, (("ports", "insert", frozenset(those)),)) for holder, those in held.items()]
            await client.transact([*inserts, *joins], timeout_s=120)
        # Whoever reads slowly is told of several changes as of one.
        await asyncio.to_thread(rest)
        for part in _parts(all_ports, AT_ONCE):
            await client.transact(
                [
                    Mutate(PORT, own[port], (("external_ids", "insert", alike(names[port], texts, own)),))
                    for texts, own, port in part
                ],
                timeout_s=120,
            )


def _underscored(text: str) -> str:
    """Return an id as it is in a port group's name."""
    return text.replace("-", "_")


def _parts(made: list[Any], at_once: int) -> Iterator[list[Any]]:
    return (made[first : first + at_once] for first in range(0, len(made), at_once))


def free_addresses(cidr: str, used: set[str]) -> Iterator[str]:
    """Yield the addresses of *cidr* that nobody has."""
    return (str(one) for one in ipaddress.ip_network(cidr).hosts() if str(one) not in used)


def free_macs(used: set[str]) -> Iterator[str]:
    """Yield MACs that nobody has."""
    all_macs = (":".join(f"{number:012x}"[i : i + 2] for i in range(0, 12, 2)) for number in range(FIRST_MAC, 1 << 48))
    return (mac for mac in all_macs if mac not in used)


def _main() -> None:
    import pymysql  # type: ignore[import-not-found]  # the peer's environment has it, ours has not

    asked = json.loads(sys.stdin.read())
    with pymysql.connect(
        unix_socket=asked["socket"], database="neutron", cursorclass=pymysql.cursors.DictCursor
    ) as database:
        made = _copy_sql(database.cursor(), set(asked["ids"]), asked["count"])
        database.commit()
    sys.stdout.write(json.dumps(made))


def _copy_sql(cursor: Any, ids: set[str], count: int) -> tuple[list[str], list[Texts]]:
    """Copy all rows that name one of *ids*; return the ports among them, and the texts of each copy."""

    def rows(text: str, *values: object) -> list[Row]:
        cursor.execute(text, values)
        return list(cursor.fetchall())

    def insert(table: str, new: Iterable[Row]) -> None:
        new = list(new)
        names = list(new[0])
        places = ", ".join(["%s"] * len(names))
        text = f"INSERT INTO {table} ({', '.join(f'`{name}`' for name in names)}) VALUES ({places})"  # noqa: S608
        cursor.executemany(text, [tuple(one[name] for name in names) for one in new])

    cursor.execute("SET foreign_key_checks = 0")  # until all rows are there
    found = _naming(rows, ids)
    macs = free_macs({one["mac_address"] for one in rows("SELECT mac_address FROM ports")})
    new_words = {old: (str(uuid.uuid4()) for _ in range(count)) for old in ids}
    new_words |= {one["mac_address"]: macs for one in found["ports"]}
    for one in found["ipallocations"]:
        if one["subnet_id"] in ids:
            continue  # whose copies have the same addresses
        (subnet,) = rows("SELECT cidr FROM subnets WHERE id = %s", one["subnet_id"])
        used = {other["ip_address"] for other in rows("SELECT ip_address FROM ipallocations")}
        # Those that are not given by the API: the subnet's own gateway, which a router may take.
        used |= {str(ipaddress.ip_network(subnet["cidr"])[1])}
        new_words[one["ip_address"]] = free_addresses(subnet["cidr"], used)
        found["ipamallocations"] += rows(
            "SELECT ipamallocations.* FROM ipamallocations JOIN ipamsubnets ON ipamsubnets.id = ipam_subnet_id "
            "WHERE ip_address = %s AND neutron_subnet_id = %s",
            one["ip_address"],
            one["subnet_id"],
        )
    copied = [{old: next(words) for old, words in new_words.items()} for _ in range(count)]

    standard = found.pop("standardattributes")
    first = rows("SELECT MAX(id) + 1 AS next FROM standardattributes")[0]["next"]
    numbers = [
        {one["id"]: first + number * len(standard) + place for place, one in enumerate(standard)}
        for number in range(count)
    ]
    insert("standardattributes", ({**one, "id": own[one["id"]]} for own in numbers for one in standard))

    def copies(row: Row) -> Iterator[Row]:
        for texts, own in zip(copied, numbers, strict=True):
            new = {name: alike(value, texts, {}) for name, value in row.items()}
            yield new | ({"standard_attr_id": own[row["standard_attr_id"]]} if "standard_attr_id" in row else {})

    for segment in found.pop("networksegments"):
        free = rows("SELECT geneve_vni FROM ml2_geneve_allocations WHERE NOT allocated LIMIT %s", count)
        vnis = [one["geneve_vni"] for one in free]
        new = zip(copies(segment), vnis, strict=True)
        insert("networksegments", ({**one, "segmentation_id": vni} for one, vni in new))
        rows("UPDATE ml2_geneve_allocations SET allocated = 1 WHERE geneve_vni IN %s", vnis)
    for table, those in found.items():
        if those:
            insert(table, (new for one in those for new in copies(one)))
    return [one["id"] for one in found["ports"]], copied


def _naming(rows: Callable[..., list[Row]], ids: set[str]) -> dict[str, list[Row]]:
    """Return by table the rows that name one of *ids*, or its number of standard attributes; add theirs to *ids*."""
    columns = rows(
        "SELECT TABLE_NAME AS name, COLUMN_NAME AS `column` FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
        "'neutron' AND (CHARACTER_MAXIMUM_LENGTH BETWEEN 36 AND 255 OR COLUMN_NAME = 'standard_attr_id')"
    )
    tables: dict[str, list[str]] = {}
    for one in columns:
        tables.setdefault(one["name"], []).append(one["column"])
    numbers = {0}
    while True:
        known = (len(ids), len(numbers))
        found = {}
        for table, names in tables.items():
            where = " OR ".join(f"`{name}` IN %s" for name in names)
            values = [numbers if name == "standard_attr_id" else ids for name in names]
            found[table] = rows(f"SELECT * FROM {table} WHERE {where}", *values)  # noqa: S608
            ids |= {row["id"] for row in found[table] if "id" in row}
            numbers |= {row["standard_attr_id"] for row in found[table] if "standard_attr_id" in row}
        if known == (len(ids), len(numbers)):
            return found | {"standardattributes": rows("SELECT * FROM standardattributes WHERE id IN %s", numbers)}


if __name__ == "__main__":
    _main()
