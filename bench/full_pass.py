"""How long a full pass takes when nothing differs, what it writes, and what the controller weighs with so many ports.

The ports are made by the API of a server of our own; then its controller ends, and one in this process, on the same
store and Northbound, makes its first pass again and again.
"""

import asyncio
import time
from statistics import median
from typing import Any

from bench.alone import filled, server
from bench.peer.ours import Neutrino
from bench.peer.rounds import settle
from neutrino.backends.ovn.northbound import BACKEND
from neutrino.ovsdb.client import Client
from neutrino.reconcile.controller import Controller
from neutrino.store.database import open_database
from neutrino.store.intent import Intent

PORTS = 10_000
ROUNDS = 3
WITHIN_S = 120.0


def measure(ports: int = PORTS) -> dict[str, Any]:
    """Return medians of passes over *ports* ports, and the memory of the daemon that made the rows."""
    with server(1) as side:
        filled(side, ports)
        side.stop_others()
        side.start_others()  # anew: it weighs what it needs, not what it needed while all this was made
        settle(side)
        weight = side.memory_mib()["other daemons"]["rss"]
        side.stop_others()
        rounds = [asyncio.run(_passed(side)) for _ in range(ROUNDS)]
    have = f"{ports:,} ports"
    return {
        f"full pass, {have}, nothing differs": {
            "s": median(took for took, _, _ in rounds),
            "CPU s": median(cpu for _, cpu, _ in rounds),
            "rows written": max(written for _, _, written in rounds),
        },
        f"controller's memory, {have}": {"MiB": weight},
    }


async def _passed(side: Neutrino) -> tuple[float, float, int]:
    """Return time and CPU in seconds of one first pass, connecting and loading included, and the rows it wrote."""
    database = open_database(f"sqlite:///{side.folder}/neutrino.sqlite")
    async with Client(f"unix:{side.northbound}", "OVN_Northbound") as client:
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        controller = Controller(BACKEND, client, Intent(database), side.folder / "controller.wake")
        task = asyncio.create_task(controller.run(), name="full pass")
        try:
            async with asyncio.timeout(WITHIN_S):
                while not controller.passes:
                    await asyncio.sleep(0.005)
                    if task.done():
                        task.result()
            return time.monotonic() - began_s, time.process_time() - began_cpu_s, controller.written
        finally:
            task.cancel()
            await asyncio.wait((task,))
            database.close()
