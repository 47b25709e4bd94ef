"""How long the way takes: from POST port to its Northbound row, and from plugging a port to ACTIVE in the API.

Each port is plugged while all else is idle: the lab's daemons have come to rest after what was made, and after the
port before. Once all ports are on one network and in one group, the worst case; once as clouds have them, spread
over networks of many projects, each with a default group of its own.
"""

import asyncio
import contextlib
import functools
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.load import Body, Connection
from bench.process import cpu_s
from neutrino.ovsdb import Changes, Client
from neutrino.stack.lab import Lab

SAMPLES = 30
POLL_S = 0.002
BULK = 500
NETWORKS = 100
"""Over so many networks, each of a project of its own, ports are spread."""
IDLE_S, IDLE_SHARE = 0.25, 0.03
"""A daemon is idle that used no more than this share of a core for so long; twice in a row is rest."""
REST_WITHIN_S = 120.0
HOST = "h1"
PLUGGER = str(Path(__file__).with_name("plugger.py"))
Plug = Callable[[str], Awaitable[float]]
"""Plugs the port of an id; returns when it did (CLOCK_MONOTONIC, in seconds)."""
Rest = Callable[[], Awaitable[None]]
"""Waits before a port is plugged."""


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

        await anext(watch)  # what is there already, which takes a while to come when it is much
        follower = asyncio.create_task(follow())
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


async def a_moment() -> None:
    """Wait for no more than what the port before has left in the queues."""
    await asyncio.sleep(0.05)


async def all_idle(lab: Lab) -> None:
    """Wait until each daemon of *lab* is idle: OVN's, the switches and their databases, ours; raises RuntimeError."""
    pids = {service.name: service.pid for service in lab.status().services}
    deadline, calm = time.monotonic() + REST_WITHIN_S, 0
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    while calm < 2:
        await asyncio.sleep(IDLE_S)
        now = {name: cpu_s(pid) for name, pid in pids.items()}
        busy = [name for name, used_s in now.items() if used_s - before[name] > IDLE_SHARE * IDLE_S]
        calm, before = 0 if busy else calm + 1, now
        if time.monotonic() > deadline:
            raise RuntimeError(f"not idle after {REST_WITHIN_S:.0f} s: {', '.join(busy)}")


async def plug_to_active(
    plug: Plug,
    host: str,
    where: tuple[int, str],
    network_id: str,
    samples: int = SAMPLES,
    poll_s: float = POLL_S,
    rest: Rest = a_moment,
    more: Body | None = None,
) -> list[float]:
    """Measure from the plugging of a port that exists and is bound, until GET port says ACTIVE; in seconds.

    *rest* is waited for before each; *more* are further values of the ports. The first is the network's first there.
    """
    took = []
    wanted = {"network_id": network_id, "binding:host_id": host, "device_owner": "compute:bench"} | (more or {})
    async with Connection(*where) as connection:
        ids = [(await connection("POST", "/ports", {"port": wanted}))["port"]["id"] for _ in range(samples)]
    await asyncio.sleep(3)
    for row_id in ids:
        await rest()
        # A connection of its own: the server closes one on which nothing was asked during a long rest.
        async with Connection(*where) as connection:
            await connection("GET", f"/ports/{row_id}?fields=status")
            begin = await plug(row_id)
            while (await connection("GET", f"/ports/{row_id}?fields=status"))["port"]["status"] != "ACTIVE":
                await asyncio.sleep(poll_s)
                if time.monotonic() - begin > 60:
                    raise RuntimeError(f"port {row_id} is not ACTIVE after 60 s")
            took.append(time.monotonic() - begin)
    return took


def measure(lab: Lab, sizes: Sequence[int]) -> dict[str, Any]:
    """Measure both on *lab*, filled up to each of *sizes* ports; the last also spread, in a lab of its own."""
    where = address(lab)
    rows: dict[str, Any] = {}
    with plugger(lab, HOST) as plug:
        for size in sizes:
            network_id = asyncio.run(_fill(where, size))
            to_row = asyncio.run(post_to_row(where, lab.place.northbound, network_id))
            rows[f"POST port to Northbound row, {size:,} ports"] = summary(to_row)
            rows[f"plug to ACTIVE, {size:,} ports"] = _plugged(lab, plug, network_id)
    if sizes[-1] >= NETWORKS:
        rows[f"plug to ACTIVE, {sizes[-1]:,} ports in {NETWORKS} networks"] = spread(sizes[-1])
    return rows


def spread(size: int) -> dict[str, float]:
    """Measure plug to ACTIVE with *size* ports spread over networks, in a lab of its own."""
    with tempfile.TemporaryDirectory(prefix="nb") as folder, Lab(Path(folder) / "lab", auth="keystone") as lab:
        network_id, project_id = asyncio.run(_fill_spread(address(lab), size))
        with plugger(lab, HOST) as plug:
            return _plugged(lab, plug, network_id, {"project_id": project_id})


def _plugged(lab: Lab, plug: Plug, network_id: str, more: Body | None = None) -> dict[str, float]:
    """Return the times of ports plugged one by one, and that of the first, with which the network comes to the host."""
    rest = functools.partial(all_idle, lab)
    took_s = asyncio.run(plug_to_active(plug, HOST, address(lab), network_id, rest=rest, more=more))
    return summary(took_s) | {"first ms": took_s[0] * 1000}


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


async def _fill_spread(where: tuple[int, str], size: int) -> tuple[str, str]:
    """Make *size* ports on networks of as many projects, each with a default group; return a network and its project.

    A project's first port makes its default group.
    """
    async with Connection(*where) as connection:
        for _ in range(NETWORKS):
            mine = {"project_id": uuid.uuid4().hex}
            made = await connection("POST", "/networks", {"network": {"name": "spread", **mine}})
            network_id = str(made["network"]["id"])
            subnet = {"network_id": network_id, "ip_version": 4, "cidr": "10.128.0.0/16", **mine}
            await connection("POST", "/subnets", {"subnet": subnet})
            filler = {"network_id": network_id, "name": "filler", **mine}
            await connection("POST", "/ports", {"ports": [filler] * (size // NETWORKS)})
    return network_id, mine["project_id"]
