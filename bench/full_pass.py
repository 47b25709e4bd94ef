"""How long a full pass takes when nothing differs, and what the controller's process weighs.

    python bench/full_pass.py [PORTS ...]        (1,000 and 10,000 when not given)

Needs ovsdb-server, ovsdb-tool and OVN's schema: from the path, or from the folder that NEUTRINO_PROGRAMS names. Each
port has an IPv4 address and a security group; there are 100 on each network. The store is SQLite, as in production.
"""

import asyncio
import resource
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).parents[1] / "tests"),
    str(Path(__file__).parents[1] / "tests" / "component" / "controller"),
]

from cloud import Cloud  # noqa: E402

from neutrino.backends.ovn.northbound import BACKEND  # noqa: E402
from neutrino.ovsdb.client import Client  # noqa: E402
from neutrino.reconcile.controller import Controller  # noqa: E402
from neutrino.store.records import Transaction  # noqa: E402
from topology import group, network, port, rule, subnet  # noqa: E402

PER_NETWORK = 100


async def fill(cloud: Cloud, ports: int) -> None:
    web = group("web")
    everything = [web, rule("r", web, "egress"), rule("i", web, "ingress", remote_group_id=web.id)]
    for number in range(-(-ports // PER_NETWORK)):
        net = network(f"n{number}", provider_segmentation_id=number + 1)
        sub = subnet(f"s{number}", net, f"10.{number // 250}.{number % 250}.0/24")
        everything += [net, sub]
        for one in range(min(PER_NETWORK, ports - number * PER_NETWORK)):
            address = f"10.{number // 250}.{number % 250}.{one + 10}"
            everything.append(port(f"p{number}-{one}", net, {sub: address}, security_groups=(web.id,)))

    def work(transaction: Transaction) -> None:
        for one in everything:
            transaction.insert(one)

    await cloud.database.write(work)


async def passes(cloud: Cloud, label: str) -> None:
    async with Client(cloud.nb.remote, "OVN_Northbound") as client:
        controller = Controller(BACKEND, client, cloud.intent, cloud.wake_path)
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        task = asyncio.create_task(controller.run())
        while not controller.passes:
            await asyncio.sleep(0.005)
            if task.done():
                task.result()
        took_s, cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
        print(f"  {label}: {took_s:.2f} s ({cpu_s:.2f} s CPU), {controller.written} rows written")
        task.cancel()
        await asyncio.wait((task,))


async def measure(ports: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cloud = Cloud(Path(folder))
        try:
            await fill(cloud, ports)
            print(f"{ports} ports")
            await passes(cloud, "first pass, empty Northbound ")
            for _ in range(3):
                await passes(cloud, "full pass, nothing differs   ")
            began_s = time.monotonic()
            process = cloud.start(f"daemon-{uuid.uuid4().hex[:4]}")
            ready_s = time.monotonic() - began_s
            status = Path(f"/proc/{process.pid}/status").read_text()  # noqa: ASYNC240 - nobody else waits
            resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            print(f"  daemon, started until ready  : {ready_s:.2f} s, {int(resident.split()[1]) // 1024} MiB")
        finally:
            cloud.close()


if __name__ == "__main__":
    for count in map(int, sys.argv[1:] or ("1000", "10000")):
        asyncio.run(measure(count))
    print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
