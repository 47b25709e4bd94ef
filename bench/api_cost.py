"""What requests cost the API process: CPU, requests per second, time; and what its memory is with 1,000 ports."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

from bench import process
from bench.load import Connection, timed

ROUNDS = 5
Call = Callable[[Connection], Awaitable[object]]


def _measured(where: tuple[int, str], pids: dict[str, int], clients: int, rounds: list[list[Call]]) -> dict[str, float]:
    """Return medians over *rounds* of CPU per request (ms) by process, requests per second, and p50/p99 (ms)."""
    samples: dict[str, list[float]] = {}
    took_all: list[float] = []
    for calls in rounds:
        before = {name: process.cpu_s(pid) for name, pid in pids.items()}
        begin = time.perf_counter()
        took = asyncio.run(timed(calls, where[0], clients, where[1]))
        wall = time.perf_counter() - begin
        for name, pid in pids.items():
            samples.setdefault(f"{name} CPU ms", []).append((process.cpu_s(pid) - before[name]) / len(calls) * 1000)
        samples.setdefault("per s", []).append(len(calls) / wall)
        took_all += took
    took_all.sort()
    return {name: median(values) for name, values in samples.items()} | {
        "p50 ms": took_all[len(took_all) // 2] * 1000,
        "p99 ms": took_all[int(len(took_all) * 0.99)] * 1000,
    }


def _post(network_id: str) -> Call:
    return lambda c: c("POST", "/ports", {"port": {"network_id": network_id, "name": "bench"}})


def measure(where: tuple[int, str], pids: dict[str, int], ports: int) -> dict[str, Any]:
    """Measure on the API at *where*, its port and a token; leaves *ports* ports there.

    *pids* are its processes, ``api`` and ``controller``.
    """
    out: dict[str, Any] = {}

    async def prepare() -> str:
        async with Connection(*where) as connection:
            network = await connection("POST", "/networks", {"network": {"name": "bench"}})
            await connection("PUT", f"/quotas/{network['network']['project_id']}", {"quota": {"port": -1}})
            network_id = str(network["network"]["id"])
            subnet = {"network_id": network_id, "ip_version": 4, "cidr": "10.64.0.0/16"}
            await connection("POST", "/subnets", {"subnet": subnet})
            return network_id

    network_id = asyncio.run(prepare())
    out["memory MiB, no ports"] = {name: process.memory_mib(pid) for name, pid in pids.items()}
    post = _post(network_id)
    _measured(where, pids, 1, [[post] * 20])
    out["POST port, 1 client"] = _measured(where, pids, 1, [[post] * 40 for _ in range(ROUNDS)])
    out["POST port, 8 clients"] = _measured(where, pids, 8, [[post] * 100 for _ in range(ROUNDS)])

    async def ids_of_all() -> list[str]:
        async with Connection(*where) as connection:
            found = await connection("GET", f"/ports?fields=id&network_id={network_id}")
            missing = ports - len(found["ports"])
            if missing > 0:
                await connection("POST", "/ports", {"ports": [{"network_id": network_id, "name": "bench"}] * missing})
            found = await connection("GET", f"/ports?fields=id&network_id={network_id}")
            return [row["id"] for row in found["ports"]]

    ids = asyncio.run(ids_of_all())
    time.sleep(3)  # until the controller and northd have caught up: the rest is measured without them
    out[f"GET port, 1 client, {ports:,} exist"] = _measured(
        where, pids, 1, [[_get(f"/ports/{row_id}") for row_id in ids[:100]] for _ in range(ROUNDS)]
    )
    out[f"GET port, 8 clients, {ports:,} exist"] = _measured(
        where, pids, 8, [[_get(f"/ports/{row_id}") for row_id in ids[:200]] for _ in range(ROUNDS)]
    )
    out[f"GET list of {ports:,} ports"] = _measured(
        where, pids, 1, [[_get(f"/ports?network_id={network_id}")] * 3 for _ in range(ROUNDS)]
    )
    out[f"PUT port name, {ports:,} exist"] = _measured(
        where, pids, 1, [[_rename(row_id, r) for row_id in ids[:40]] for r in range(ROUNDS)]
    )
    attached = [asyncio.run(_interfaces(where, 10)) for _ in range(ROUNDS)]
    out["router: add interface"] = _measured(where, pids, 1, attached)
    out[f"POST port, 1 client, {ports:,} exist"] = _measured(where, pids, 1, [[post] * 40 for _ in range(ROUNDS)])
    out[f"memory MiB, {ports:,} ports"] = {name: process.memory_mib(pid) for name, pid in pids.items()}
    return out


async def _interfaces(where: tuple[int, str], count: int) -> list[Call]:
    """Make routers and networks, and return the requests that bring each pair together."""

    async def one(connection: Connection) -> Call:
        network = await connection("POST", "/networks", {"network": {}})
        subnet = {"network_id": network["network"]["id"], "ip_version": 4, "cidr": "10.65.0.0/24"}
        made = await connection("POST", "/subnets", {"subnet": subnet})
        router = await connection("POST", "/routers", {"router": {}})
        path, body = f"/routers/{router['router']['id']}/add_router_interface", {"subnet_id": made["subnet"]["id"]}
        return lambda c: c("PUT", path, body)

    async with Connection(*where) as connection:
        quota = {"quota": {"network": -1, "subnet": -1, "router": -1, "port": -1}}
        project = (await connection("GET", "/networks?name=bench"))["networks"][0]["project_id"]
        await connection("PUT", f"/quotas/{project}", quota)
        return [await one(connection) for _ in range(count)]


def _get(path: str) -> Call:
    return lambda c: c("GET", path)


def _rename(row_id: str, number: int) -> Call:
    return lambda c: c("PUT", f"/ports/{row_id}", {"port": {"name": f"bench-{number}"}})
