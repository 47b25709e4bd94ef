"""The consumers: which there are, what they are told, and running their checks.

Here: the stack's settings, the file that says how to reach it, the processes. Not here: what is checked (checks/),
what the results mean (verdict.py).
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from neutrino.linux import process
from neutrino.stack import demo, environments
from neutrino.stack.consumers.verdict import Result, Verdict, judge
from neutrino.stack.fault import StackFault
from neutrino.stack.identity.service import write_private
from neutrino.stack.lab import Lab

CONSUMERS = {"nova": "nova", "manila": "manila", "octavia": "octavia", "ovn-octavia-provider": "octavia"}
"""By consumer, the environment in which its code is."""
SETTINGS = """
[nova]
auth_type = none
endpoint_override = http://127.0.0.1:{compute_port}/v2.1
"""
CHECKS = Path(__file__).with_name("checks")


class Told(msgspec.Struct, frozen=True):
    """What a worker says first: the versions of the consumer's packages, and each check's name and sentence."""

    versions: dict[str, str]
    checks: dict[str, str]


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, for Nova to be told of its instances' ports."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def prepare(lab: Lab, place: Path, compute_port: int) -> Path:
    """Make DevStack's networks, and return a file in *place* that says all that a consumer has to know."""
    demo.make(lab, lambda _: None, with_instances=False)
    public = lab.api.by_name_or_id("networks", lab.networking.public_network_name)
    identity = lab.identity
    assert identity is not None  # noqa: S101 - the runner's own lab
    access = {
        "auth_url": identity.url,
        "endpoint": lab.endpoint,
        "passwords": identity.passwords(),
        "public": public["name"],
        "physical_network": public["provider:physical_network"],
        "hosts": lab.hosts,
        "compute_port": compute_port,
        "northbound": f"unix:{lab.place.northbound}",
        "southbound": f"unix:{lab.place.southbound}",
        "stack": [sys.executable, "-m", "neutrino.cli", "--dir", str(lab.run)],
        "folder": str(place),
    }
    path = place / "access.json"
    write_private(path, json.dumps(access, indent=2))
    return path


def checks(consumer: str) -> Path:
    """Return the file of the consumer's checks."""
    return CHECKS / f"{consumer.replace('-', '_')}.py"


def run(consumer: str, access: Path, tell: Callable[[Result], None]) -> Verdict:
    """Run the checks of *consumer*, tell each result, and return what they mean; its log is beside *access*."""
    python = environments.obtain(CONSUMERS[consumer]) / "bin" / "python"
    # -P: the folder of worker.py is no place to import from.
    words = [str(python), "-P", str(Path(__file__).with_name("worker.py")), str(checks(consumer)), str(access)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    log = access.with_name(f"{consumer}.log")
    began = time.monotonic()
    with log.open("w") as said:
        child = subprocess.Popen(
            words,
            env=kept | {"PYTHONWARNINGS": "ignore"},
            cwd=access.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        try:
            first = child.stdout.readline()
            if not first:
                child.wait()
                last = (log.read_text().strip().splitlines() or ["no message"])[-1]
                raise StackFault(f"the checks of {consumer} cannot be set up ({last})")
            told = msgspec.json.decode(first, type=Told)
            results = []
            for line in child.stdout:
                results.append(msgspec.json.decode(line, type=Result))
                tell(results[-1])
        finally:
            if child.poll() is None:
                process.kill_below(child.pid)
            child.wait()
    return judge(consumer, told.versions, told.checks, results, time.monotonic() - began)
