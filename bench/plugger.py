"""Plugs ports on a host, from inside the lab: reads ``PORT_ID`` lines, writes the time at which each was plugged.

Started as ``plugger.py SOCKET`` with the socket of the host's Open_vSwitch database. The time is CLOCK_MONOTONIC, taken
before the transaction is sent; every process of the machine has the same.
"""

import asyncio
import sys
import time
import uuid

from neutrino.ovsdb import Client, Insert, Mutate


async def main(path: str) -> None:
    """Serve until the end of the input."""
    async with Client(f"unix:{path}", "Open_vSwitch") as client:
        await client.wait_connected(timeout_s=10)
        watch = client.watch({"Bridge": ["name"]})
        async for _ in watch:
            break
        (bridge,) = (row_id for row_id, row in watch.rows["Bridge"].items() if row["name"] == "br-int")
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            port_id = line.strip()
            name = f"tap{port_id[:11]}"
            interface, port = uuid.uuid4(), uuid.uuid4()
            begin = time.monotonic()
            await client.transact(
                [
                    Insert(
                        "Interface",
                        interface,
                        {"name": name, "type": "internal", "external_ids": {"iface-id": port_id}},
                    ),
                    Insert("Port", port, {"name": name, "interfaces": frozenset({interface})}),
                    Mutate("Bridge", bridge, (("ports", "insert", frozenset({port})),)),
                ]
            )
            print(begin, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
