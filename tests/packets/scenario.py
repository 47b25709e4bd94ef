"""What a scenario is written with: a site, its networks and instances, and what they hear.

A scenario is API calls and expectations about packets. It names no backend.
"""

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from neutrino.stack.api import ApiRefused
from neutrino.stack.lab import Lab

PROBES = Path(__file__).parent / "probes.py"
SETTLE_S = 20.0  # how long a change may take to reach the wire, on a machine that is busy
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
        """Run one probe of probes.py or raw_probes.py; return whether it was answered."""
        done = self._lab.exec(self.name, sys.executable, str(PROBES), *arguments, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 0

    def pings(self, address: str) -> bool:
        """Say whether an echo request is answered within a second."""
        busybox = self._lab.place.programs.path("busybox")
        return self._lab.exec(self.name, busybox, "ping", "-c", "1", "-W", "1", address, check=False).returncode == 0

    def exchanges(self, address: str, number: int, size: int) -> bool:
        """Say whether *number* echo requests of *size* bytes, as IPv4 counts them, are all answered."""
        busybox = self._lab.place.programs.path("busybox")
        told = self.run(busybox, "ping", "-A", "-c", str(number), "-s", str(size - 28), address, check=False)
        return f"{number} packets received" in told

    def connects(self, address: str, port: int) -> bool:
        """Say whether a TCP connection carries bytes there and back."""
        return self.probe("connect", address, str(port))

    def carries(self, address: str, port: int) -> bool:
        """Say whether a TCP connection carries many full segments there and back."""
        return self.probe("carry", address, str(port))

    def path_mtu(self, address: str) -> int:
        """Return the MTU of the path to *address*, once a datagram as large as our link takes was sent there."""
        return int(self.run(sys.executable, str(PROBES), "path_mtu", address, check=False) or 0)

    def serve(self, port: int) -> None:
        """Answer TCP connections on *port* until the scenario ends."""
        self._serve("serve", port)

    def reflect(self, port: int) -> None:
        """Tell those who send datagrams to *port* which address they came from, until the scenario ends."""
        self._serve("reflect", port)

    def count(self, port: int) -> None:
        """Count the datagrams that come to *port*, and how they are marked, until the scenario ends."""
        self._serve("count", port)

    def passes(self, address: str, port: int, least_kbps: int, most_kbps: int) -> bool:
        """Say whether of 8 Mbit/s that we send to a counter, so much arrives."""
        return self.probe("flood", address, str(port), str(least_kbps), str(most_kbps))

    def is_marked(self, address: str, port: int, dscp: int) -> bool:
        """Say whether what we send reaches a counter with this mark."""
        return self.probe("is_marked", address, str(port), str(dscp))

    def is_seen(self, by: str, port: int, as_: str) -> bool:
        """Say whether the reflector at *by* sees our datagrams come from *as_*."""
        return self.probe("seen_as", by, str(port), as_)

    @contextlib.contextmanager
    def asking(self, address: str, port: int) -> Iterator[list[int]]:
        """Send a datagram every 10 ms to a server while the block runs, which begins with the first answer.

        After the block, the list holds for how many ms at most none was answered.
        """
        silence: list[int] = []
        words = (sys.executable, str(PROBES), "ask", address, str(port))
        with self._lab.popen(self.name, *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asker:
            assert asker.stdin is not None
            assert asker.stdout is not None
            try:
                assert asker.stdout.readline() == "ready\n"
                yield silence
                asker.stdin.close()
                silence.append(int(asker.stdout.readline()))
            finally:
                self._lab.end(asker)

    def tick(self, port: int) -> None:
        """Send datagrams to whoever sends one to *port*, until the scenario ends."""
        self._serve("tick", port)

    def hearing(self, address: str, port: int) -> Callable[[], bool]:
        """Send one datagram to what ticks at *address*; return what says whether datagrams come from there now."""
        words = (sys.executable, str(PROBES), "hear", address, str(port))
        hearer = self._lab.popen(self.name, *words, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        self._servers.append(hearer)

        def is_heard() -> bool:
            assert hearer.stdin is not None
            assert hearer.stdout is not None
            print("now", file=hearer.stdin, flush=True)
            return hearer.stdout.readline() == "yes\n"

        return is_heard

    def fetch(self, address: str, path: str, **headers: str) -> str:
        """Return what the web server at *address* answers to a GET: the body, or the status where it is not 200."""
        told = [f"{name}={value}" for name, value in headers.items()]
        return self.run(sys.executable, str(PROBES), "fetch", address, path, *told, check=False).strip()

    def echo_tagged(self) -> None:
        """Answer echo requests in VLANs until the scenario ends."""
        self._serve("echo_tagged", "eth0")

    def mirror(self, protocol: int) -> None:
        """Send packets of an IP protocol back until the scenario ends."""
        self._serve("mirror", protocol)

    def watch(self, address: str) -> Callable[[], None]:
        """Answer BFD sessions with *address*; return what ends that, which the end of the scenario does too."""
        watcher = self._serve("watch", address)
        return lambda: self._end(watcher)

    def listen(self, group: str, port: int) -> None:
        """Answer what is sent to a multicast group until the scenario ends."""
        self._serve("listen", group, port)

    def dhcp6(self, kind: str) -> list[str]:
        """Return what DHCPv6 tells: the address, if *kind* is ``address``, resolvers, and a file to boot."""
        return self.run(sys.executable, str(PROBES), "dhcp6", "eth0", kind, check=False).split()

    def advertised(self) -> list[str]:
        """Return what the router advertises besides prefixes, such as ``mtu 1442``, sorted."""
        return sorted(self.run(sys.executable, str(PROBES), "advertisement", "eth0", check=False).splitlines())

    def resolves(self, *questions: str, at: str = "") -> list[tuple[str, list[str]]]:
        """Return what is answered to *questions*, ``NAME TYPE HOW PAYLOAD`` each: code and flags, and what was found.

        Asked is the resolver that DHCP told of, or the one *at* an address. Of no answer both are empty.
        """
        resolver = at or self.run("sed", "-n", "s/^nameserver //p;", "/etc/resolv.conf").split()[0]
        said = self.run(sys.executable, str(PROBES), "resolve", resolver, *questions).splitlines()
        return [(code, found.split("|") if found else []) for code, _, found in (line.partition("|") for line in said)]

    def finds(self, *questions: str, at: str = "") -> list[list[str]]:
        """Return what is found by each of *questions*, as `resolves` has them."""
        return [found for _, found in self.resolves(*questions, at=at)]

    def will_say_where(self) -> Callable[[], None]:
        """Return what says to all, at once, where the instance's MAC address is."""
        sayer = self._serve("say_where", "eth0", self.port["mac_address"])
        return lambda: self._end(sayer)

    def _serve(self, probe: str, *arguments: str | int) -> subprocess.Popen[str]:
        words = (sys.executable, str(PROBES), probe, *map(str, arguments))
        server = self._lab.popen(self.name, *words, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        self._servers.append(server)
        return server

    def stop(self) -> None:
        """End the servers."""
        for server in list(self._servers):
            self._end(server)

    def _end(self, server: subprocess.Popen[str]) -> None:
        for pipe in (server.stdin, server.stdout):
            if pipe is not None:
                pipe.close()  # the server ends with its input
        server.wait(timeout=10)
        self._servers.remove(server)


class Machine(Instance):
    """An instance that is a virtual machine: its commands go by way of its console."""

    def __init__(self, lab: Lab, name: str, port: Resource) -> None:
        super().__init__(lab, name, port)
        words, environment = lab.console(name)
        self._console = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace"
        )

    def has_said(self, words: str) -> bool:
        """Say whether a line on the console was just that, since the machine was started."""
        return words in self._lab.place.log(f"{self.name}.console").read_text(errors="replace").splitlines()

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command in the machine's shell; return what it printed."""
        assert self._console.stdin is not None
        assert self._console.stdout is not None
        print(f"echo begin-$((1)); {' '.join(command)}; echo; echo end-$?", file=self._console.stdin, flush=True)
        lines: list[str] = []
        for line in map(str.strip, self._console.stdout):
            if line == "begin-1":
                lines.clear()
            elif match := re.fullmatch(r"end-(\d+)", line):
                assert not check or match[1] == "0", lines
                break
            else:
                lines.append(line)
        return "\n".join(lines).strip()

    def pings(self, address: str) -> bool:
        """Say whether an echo request is answered within a second."""
        return "1 packets received" in self.run("ping", "-c", "1", "-W", "1", address, check=False)

    def stop(self) -> None:
        """Let go of the console."""
        super().stop()
        self._lab.end(self._console)
        for pipe in (self._console.stdin, self._console.stdout):
            if pipe is not None:
                pipe.close()


class Site:
    """The API and the instances of one scenario."""

    def __init__(self, lab: Lab, prefix: str) -> None:
        self.lab = lab
        self.api = lab.api
        self._prefix = prefix
        self._instances: list[Instance] = []
        self._made: list[tuple[str, str]] = []
        self._outside: Instance | None = None

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

    def router(self, *networks: Resource, public: Resource | None = None, enable_snat: bool = True) -> Resource:
        """Create a router on the subnets of *networks*, with a gateway on *public*."""
        gateway = public and {"network_id": public["id"], "enable_snat": enable_snat}
        router = self.create("routers", "router", name=self._prefix, external_gateway_info=gateway)
        for network in networks:
            for subnet in self.api.list("subnets", network_id=network["id"]):
                self.api.act("routers", router["id"], "add_router_interface", subnet_id=subnet["id"])
        return router

    def change(self, router: Resource, **values: object) -> Resource:
        """Change a router."""
        return self.api.update("routers", "router", router["id"], **values)

    def floating_ip(self, public: Resource, instance: Instance | None = None) -> Resource:
        """Create a floating IP, for an instance."""
        port_id = instance.port["id"] if instance else None
        return self.create("floatingips", "floatingip", floating_network_id=public["id"], port_id=port_id)

    def meter(self, name: str, *rules: Resource, **label: object) -> Resource:
        """Create a metering label with these rules."""
        made = self.create("metering/metering-labels", "metering_label", name=f"{self._prefix}{name}", **label)
        for rule in rules:
            self.api.create(
                "metering/metering-label-rules", "metering_label_rule", metering_label_id=made["id"], **rule
            )
        return made

    def counted(self, label: Resource, direction: str) -> tuple[int, int]:
        """Return the packets and bytes that all hosts have counted for a label so far."""
        told = [self._told(host, label, direction) for host in self.lab.hosts]
        return sum(one.get("packets", 0) for one in told), sum(one.get("bytes", 0) for one in told)

    def is_counted(self, label: Resource, direction: str) -> bool:
        """Say whether every host counts for a label."""
        return all(self._told(host, label, direction) for host in self.lab.hosts)

    def _told(self, host: str, label: Resource, direction: str) -> dict[str, int]:
        """Return what a host tells Prometheus of a label."""
        text = self.lab.exec(host, "sh", "-c", 'cat "$OVS_RUNDIR/agent/metering.prom"', check=False).stdout
        return {
            family.name.removeprefix("neutrino_metering_"): int(sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if (sample.labels["label_id"], sample.labels["direction"]) == (label["id"], direction)
        }

    @property
    def outside(self) -> Instance:
        """The world outside; its address is the public gateway's."""
        if self._outside is None:
            public = {"fixed_ips": [{"ip_address": "203.0.113.1"}]}
            self._outside = Instance(self.lab, "outside", public)
            self._outside.run("ip", "neigh", "flush", "dev", "eth0")  # addresses of scenarios before are others' now
        return self._outside

    def policy(self, **rules: Resource) -> Resource:
        """Create a QoS policy with one rule of each type named (``bandwidth_limit={...}``)."""
        policy = self.create("qos/policies", "policy", name=self._prefix)
        for kind, rule in rules.items():
            self.api.create(f"qos/policies/{policy['id']}/{kind}_rules", f"{kind}_rule", **rule)
        return policy

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

    def machine(self, name: str, network: Resource, host: str) -> Machine:
        """Start a virtual machine and return it once it has booted, has its address, and the API says ACTIVE."""
        full = f"{self._prefix}{name}"
        made = Machine(self.lab, full, self.lab.instance(full, network["id"], host, image="vm"))
        self._instances.append(made)
        return made

    def twin(self, one: Instance, host: str) -> Instance:
        """Return what *one* is to become when it goes on at another host: it has its port and addresses already."""
        name = f"{one.name}{host}"
        self.lab.plug(name, one.port | {"binding:host_id": host})
        made = Instance(self.lab, name, one.port)
        self._instances.append(made)
        return made

    def remove(self, instance: Instance, port: bool = True) -> None:
        """Stop an instance and, with *port*, delete its port."""
        instance.stop()
        self._instances.remove(instance)
        self.lab.delete_instance(instance.name, port=port)

    def close(self) -> None:
        """Take everything away, newest first."""
        while self._instances:
            self.remove(self._instances[0])
        if self._outside is not None:
            self._outside.stop()
        while self._made:
            plural, row_id = self._made.pop()
            if plural == "routers":
                self._empty(row_id)
            with contextlib.suppress(ApiRefused):
                self.api.delete(plural, row_id)

    def _empty(self, router_id: str) -> None:
        with contextlib.suppress(ApiRefused):
            self.api.update("routers", "router", router_id, routes=[])
        for port in self.api.list("ports", device_id=router_id, device_owner="network:router_interface"):
            self.api.act("routers", router_id, "remove_router_interface", port_id=port["id"])


def suspend_controller(lab: Lab) -> None:
    """Suspend the controller while it holds no lock of the database: with one, nobody could write until it goes on."""
    while True:
        lab.kill("neutrino-controller", signal.SIGSTOP)
        with (
            contextlib.suppress(sqlite3.OperationalError),
            sqlite3.connect(lab.run / "neutrino.sqlite", timeout=0) as it,
        ):
            it.execute("BEGIN IMMEDIATE")
            it.rollback()
            return
        lab.kill("neutrino-controller", signal.SIGCONT)


def eventually(claim: Any, within_s: float = SETTLE_S) -> bool:
    """Say whether *claim* holds at some time within *within_s*, or when it is looked at once more after that.

    A look may take longer than that itself, and the first one comes too early.
    """
    until = time.monotonic() + within_s
    while True:
        is_last = time.monotonic() > until
        if claim():
            return True
        if is_last:
            return False
        time.sleep(0.05)


def preferred(lab: Lab, router: Resource) -> str:
    """Return the host that is to have a router's gateway; nothing until one is chosen.

    Another may have it until the hosts hear of each other.
    """
    rows = ("--format=json", "--columns=priority,chassis_name", "find", "HA_Chassis")
    words = (*rows, f"external_ids:neutron\\:router_id={router['id']}")
    candidates = json.loads(lab.exec("central", "ovn-nbctl", *words).stdout)["data"]
    return str(max(candidates)[1]) if candidates else ""
