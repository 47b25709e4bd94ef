"""What a scenario is written with: a site, its networks and instances, and what they hear.

A scenario is API calls and expectations about packets. It names no backend.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neutrino.stack.api import ApiRefused
from neutrino.stack.lab import Lab

PROBES = Path(__file__).parent / "probes.py"
SETTLE_S = 10.0  # how long a change may take to reach the wire
QUIET_S = 1.0  # how long silence is waited for

Resource = dict[str, Any]


class Instance:
    """An instance on the wire: what it sends, and what answers."""

    def __init__(self, lab: Lab, name: str, port: Resource) -> None:
        self._lab = lab
        self.name = name
        self.port = port
        self._servers: list[subprocess.Popen[str]] = []

    @property
    def address(self) -> str:
        """Its first fixed IP."""
        return str(self.port["fixed_ips"][0]["ip_address"])

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command in the instance; return what it printed."""
        return self._lab.exec(self.name, *command, check=check).stdout

    def probe(self, *arguments: str) -> bool:
        """Run one probe of probes.py; return whether it was answered."""
        done = self._lab.exec(self.name, sys.executable, str(PROBES), *arguments, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 0

    def pings(self, address: str) -> bool:
        """Say whether an echo request is answered within a second."""
        busybox = self._lab.place.programs.path("busybox")
        return self._lab.exec(self.name, busybox, "ping", "-c", "1", "-W", "1", address, check=False).returncode == 0

    def connects(self, address: str, port: int) -> bool:
        """Say whether a TCP connection carries bytes there and back."""
        return self.probe("connect", address, str(port))

    def serve(self, port: int) -> None:
        """Answer TCP connections on *port* until the scenario ends."""
        server = self._lab.popen(
            self.name, sys.executable, str(PROBES), "serve", str(port), stdout=subprocess.PIPE, stdin=subprocess.PIPE
        )
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        self._servers.append(server)

    def stop(self) -> None:
        """End the servers."""
        for server in self._servers:
            for pipe in (server.stdin, server.stdout):
                if pipe is not None:
                    pipe.close()  # the server ends with its input
            server.wait(timeout=10)


class Site:
    """The API and the instances of one scenario."""

    def __init__(self, lab: Lab, prefix: str) -> None:
        self.lab = lab
        self.api = lab.api
        self._prefix = prefix
        self._instances: list[Instance] = []
        self._made: list[tuple[str, str]] = []

    def create(self, plural: str, singular: str, **values: object) -> Resource:
        """Create a resource that is deleted after the scenario."""
        made = self.api.create(plural, singular, **values)
        self._made.append((plural, made["id"]))
        return made

    def network(self, cidr: str = "10.1.0.0/24", **subnet: object) -> Resource:
        """Create a network with one subnet."""
        network = self.create("networks", "network", name=self._prefix)
        version = 6 if ":" in cidr else 4
        self.create("subnets", "subnet", network_id=network["id"], ip_version=version, cidr=cidr, **subnet)
        return network

    def group(self, *rules: Resource, name: str = "") -> Resource:
        """Create a security group with these rules besides those that let everything out."""
        group = self.create("security-groups", "security_group", name=f"{self._prefix}{name}")
        for rule in rules:
            self.rule(group, **rule)
        return group

    def rule(self, group: Resource, direction: str = "ingress", **rule: object) -> Resource:
        """Add a rule."""
        return self.api.create(
            "security-group-rules", "security_group_rule", security_group_id=group["id"], direction=direction, **rule
        )

    def instance(
        self, name: str, network: Resource, host: str, groups: Sequence[Resource] | None = None, **port: object
    ) -> Instance:
        """Start an instance and return it once the API says ACTIVE."""
        ids = None if groups is None else [group["id"] for group in groups]
        full = f"{self._prefix}{name}"
        made = Instance(self.lab, full, self.lab.instance(full, network["id"], host, ids, **port))
        self._instances.append(made)
        return made

    def close(self) -> None:
        """Take everything away, newest first."""
        for instance in self._instances:
            instance.stop()
            self.lab.delete_instance(instance.name)
        for plural, row_id in reversed(self._made):
            with contextlib.suppress(ApiRefused):
                self.api.delete(plural, row_id)


def eventually(claim: Any, within_s: float = SETTLE_S) -> bool:
    """Say whether *claim* holds at some time within *within_s*."""
    until = time.monotonic() + within_s
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
