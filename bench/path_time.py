"""How long the way takes: from POST port to its Northbound row, and from plugging a port to ACTIVE in the API."""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.load import Connection
from neutrino.ovsdb import Changes, Client
from neutrino.stack.lab import Lab

SAMPLES = 30
POLL_S = 0.002
BULK = 500
HOST = "h1"
PLUGGER = str(Path(__file__).with_name("plugger.py"))
Plug = Callable[[str], Awaitable[float]]
"""Plugs the port of an id; returns when it did (CLOCK_MONOTONIC, in seconds)."""


def address(lab: Lab) -> tuple[int, str]:
    """Return the port of the API of *lab*, and a token for it where it has Keystone."""
    login = lab.login("admin", "admin")
    return int(lab.endpoint.rpartition(":")[2]), login.token() if login else ""


def summary(took_s: list[float]) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds."""
    took = sorted(took_s)
    return {"p50 ms": took[len(took) // 2] * 1000, "p99 ms": took[int(len(took) * 0.99)] * 1000}


async def post_to_row(where: tuple[int, str], northbound: Path, network_id: str, samples: int = SAMPLES) -> list[float]:
    """Measure from sending POST port until a monitor of the Northbound shows the row; in seconds."""
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
        for _ in range(samples):
            begin = time.monotonic()
            made = await connection("POST", "/ports", {"port": {"network_id": network_id}})
            while made["port"]["id"] not in seen:
                await asyncio.sleep(POLL_S / 2)
            took.append(seen[made["port"]["id"]] - begin)
            await asyncio.sleep(0.05)
        follower.cancel()
    return took


@contextlib.contextmanager
def plugger(lab: Lab, host: str) -> Iterator[Plug]:
    """Yield what plugs ports on *host* of *lab*."""
    words, environment = lab.command(host, sys.executable, PLUGGER, str(lab.place.private(host) / "db.sock"))
    child = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    said, asked = child.stdout, child.stdin
    said.readline()

    async def plug(port_id: str) -> float:
        asked.write(f"{port_id}\n")
        asked.flush()
        return float(await asyncio.to_thread(said.readline))

    try:
        yield plug
    finally:
        asked.close()
        child.wait(timeout=10)


async def plug_to_active(
    plug: Plug, host: str, where: tuple[int, str], network_id: str, samples: int = SAMPLES, poll_s: float = POLL_S
) -> list[float]:
    """Measure from the plugging of a port that exists and is bound, until GET port says ACTIVE; in seconds."""
    took = []
    async with Connection(*where) as connection:
        wanted = {"network_id": network_id, "binding:host_id": host, "device_owner": "compute:bench"}
        ids = [(await connection("POST", "/ports", {"port": wanted}))["port"]["id"] for _ in range(samples)]
        await asyncio.sleep(3)
        for row_id in ids:
            begin = await plug(row_id)
            while (await connection("GET", f"/ports/{row_id}?fields=status"))["port"]["status"] != "ACTIVE":
                await asyncio.sleep(poll_s)
                if time.monotonic() - begin > 60:
                    raise RuntimeError(f"port {row_id} is not ACTIVE after 60 s")
            took.append(time.monotonic() - begin)
            await asyncio.sleep(0.05)
    return took


def measure(lab: Lab, sizes: Sequence[int]) -> dict[str, Any]:
    """Measure both on *lab*, filled up to each of *sizes* ports."""
    where = address(lab)
    rows: dict[str, Any] = {}
    with plugger(lab, HOST) as plug:
        for size in sizes:
            network_id = asyncio.run(_fill(where, size))
            to_row = asyncio.run(post_to_row(where, lab.place.northbound, network_id))
            active = asyncio.run(plug_to_active(plug, HOST, where, network_id))
            rows[f"POST port to Northbound row, {size:,} ports"] = summary(to_row)
            rows[f"plug to ACTIVE, {size:,} ports"] = summary(active)
    return rows


async def _fill(where: tuple[int, str], size: int) -> str:
    """Make ports, on a network of their own, until there are *size*; return a network."""
    async with Connection(*where) as connection:
        made = await connection("POST", "/networks", {"network": {"name": f"path-{size}"}})
        network_id = str(made["network"]["id"])
        await connection("PUT", f"/quotas/{made['network']['project_id']}", {"quota": {"port": -1}})
        subnet = {"network_id": network_id, "ip_version": 4, "cidr": "10.128.0.0/16"}
        await connection("POST", "/subnets", {"subnet": subnet})
        missing = size - len((await connection("GET", "/ports?fields=id"))["ports"])
        for first in range(0, missing, BULK):
            filler = {"network_id": network_id, "name": "filler"}
            await connection("POST", "/ports", {"ports": [filler] * min(BULK, missing - first)})
    await asyncio.sleep(1 + size / 300)
    return network_id
