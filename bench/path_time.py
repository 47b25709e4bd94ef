"""How long the way takes: from POST port to its Northbound row, and from plugging a port to ACTIVE in the API."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.load import Connection
from neutrino.ovsdb import Changes, Client
from neutrino.stack.lab import Lab

SAMPLES = 30
POLL_S = 0.002


def address(lab: Lab) -> tuple[int, str]:
    """Return the port of the API of *lab*, and a token for it where it has Keystone."""
    login = lab.login("admin", "admin")
    return int(lab.endpoint.rpartition(":")[2]), login.token() if login else ""


def summary(took_s: list[float]) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds."""
    took = sorted(took_s)
    return {"p50 ms": took[len(took) // 2] * 1000, "p99 ms": took[int(len(took) * 0.99)] * 1000}


async def post_to_row(where: tuple[int, str], northbound: Path, network_id: str) -> dict[str, float]:
    """Measure from sending POST port until a monitor of the Northbound shows the row."""
    took = []
    async with Client(f"unix:{northbound}", "OVN_Northbound") as client, Connection(*where) as connection:
        await client.wait_connected(timeout_s=10)
        watch = client.watch({"Logical_Switch_Port": ["name"]})
        seen: dict[str, float] = {}

        async def follow() -> None:
            async for event in watch:
                if isinstance(event, Changes):
                    now = time.monotonic()
                    seen.update({str(change.new["name"]): now for change in event.changes if change.new})

        follower = asyncio.create_task(follow())
        await asyncio.sleep(0.5)
        for _ in range(SAMPLES):
            begin = time.monotonic()
            made = await connection("POST", "/ports", {"port": {"network_id": network_id}})
            while made["port"]["id"] not in seen:
                await asyncio.sleep(POLL_S / 2)
            took.append(seen[made["port"]["id"]] - begin)
            await asyncio.sleep(0.05)
        follower.cancel()
    return summary(took)


async def plug_to_active(lab: Lab, where: tuple[int, str], network_id: str) -> dict[str, float]:
    """Measure from the plugging of a port that exists and is bound, until GET port says ACTIVE."""
    plug = str(Path(__file__).parent / "plugger.py")
    words, environment = lab.command("h1", sys.executable, plug, str(lab.place.private("h1") / "db.sock"))
    plugger = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert plugger.stdin is not None
    assert plugger.stdout is not None
    plugger.stdout.readline()
    took = []
    async with Connection(*where) as connection:
        wanted = {"network_id": network_id, "binding:host_id": "h1", "device_owner": "compute:bench"}
        ids = [(await connection("POST", "/ports", {"port": wanted}))["port"]["id"] for _ in range(SAMPLES)]
        await asyncio.sleep(3)
        for row_id in ids:
            plugger.stdin.write(f"{row_id}\n")
            plugger.stdin.flush()
            begin = float(await asyncio.to_thread(plugger.stdout.readline))
            while (await connection("GET", f"/ports/{row_id}?fields=status"))["port"]["status"] != "ACTIVE":
                await asyncio.sleep(POLL_S)
                if time.monotonic() - begin > 60:
                    raise RuntimeError(f"port {row_id} is not ACTIVE after 60 s")
            took.append(time.monotonic() - begin)
            await asyncio.sleep(0.05)
    plugger.stdin.close()
    plugger.wait(timeout=10)
    return summary(took)


def measure(lab: Lab, ports: int) -> dict[str, Any]:
    """Measure both on *lab*, after filling it up to *ports* ports."""
    where = address(lab)

    async def fill() -> str:
        async with Connection(*where) as connection:
            made = await connection("POST", "/networks", {"network": {"name": f"path-{ports}"}})
            network_id = str(made["network"]["id"])
            subnet = {"network_id": network_id, "ip_version": 4, "cidr": "10.128.0.0/16"}
            await connection("POST", "/subnets", {"subnet": subnet})
            there = len((await connection("GET", "/ports?fields=id"))["ports"])
            if there < ports:
                body = {"ports": [{"network_id": network_id, "name": "filler"}] * (ports - there)}
                await connection("POST", "/ports", body)
        await asyncio.sleep(1 + ports / 300)
        return network_id

    network_id = asyncio.run(fill())
    return {
        f"POST port to Northbound row, {ports:,} ports": asyncio.run(
            post_to_row(where, lab.place.northbound, network_id)
        ),
        f"plug to ACTIVE, {ports:,} ports": asyncio.run(plug_to_active(lab, where, network_id)),
    }
