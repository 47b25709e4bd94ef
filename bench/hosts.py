"""Hosts and instances: how long one more host takes, many hosts, their memory, and many instances at once."""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.process import proportional_mib
from neutrino.stack import placement
from neutrino.stack.lab import Lab

ROUNDS = 3
HOSTS = 20
INSTANCES = 20


def measure(rounds: int = ROUNDS, hosts: int = HOSTS) -> dict[str, Any]:
    """Start *hosts* hosts and *INSTANCES* instances in new labs, *rounds* times; return medians.

    Times are those of the call that returns when every daemon answers, or every instance has its address by DHCP and
    its port is ACTIVE. Memory is proportional (what processes share is counted once), of all daemons of a host.
    """
    samples: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="nb") as folder:
            lab = Lab(Path(folder) / "lab", hosts=hosts)
            for name, value in _once(lab, hosts).items():
                samples.setdefault(name, []).append(value)
    return {name: median(values) for name, values in samples.items()}


def _once(lab: Lab, hosts: int) -> dict[str, float]:
    try:
        began = time.perf_counter()
        lab.up()
        up_s = time.perf_counter() - began
        memory = [proportional_mib(one.pid) for one in lab.status().services if one.name.startswith("h")]
        network = lab.api.create("networks", "network", name="n")
        lab.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
        began = time.perf_counter()
        placement.create(lab, [f"i{number}" for number in range(INSTANCES)], network["id"])
        instances_s = time.perf_counter() - began
        began = time.perf_counter()
        lab.add_host(f"h{hosts + 1}")
        return {
            f"a new lab with {hosts} hosts: up s": up_s,
            f"{INSTANCES} instances on {hosts} hosts, to ACTIVE with DHCP s": instances_s,
            f"one more host, beside {hosts} s": time.perf_counter() - began,
            f"memory of a host MiB, {hosts} hosts": sum(memory) / hosts,
        }
    finally:
        lab.down()
