"""What becomes of a packet in the lab: all that is known of it is gathered here, and judged by neutrino.diagnosis.

Here: asking the instance, the API, both databases, ovn-trace, the switch and the wire. Not here: weighing the answers,
printing them.
"""

import contextlib
import json
import os
import random
import select
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from neutrino.diagnosis import hops, logical, openflow, packet, verdict
from neutrino.diagnosis.intent import Intent, Resource, name
from neutrino.stack import local_ips, outside, rows, state
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab
from neutrino.stack.state import Instance

PROBE = (sys.executable, "-m", "neutrino.stack.probe")
EPHEMERAL = (32768, 60999)
"""Ports from which Linux sends (ip(7): ip_local_port_range)."""
SEEN_WITHIN_S = 0.5
"""How long after the sender has given up, or was answered, the packet may still take."""
READY_WITHIN_S = 10.0
CONNTRACK_STEPS = 24
"""So many times conntrack is asked at most on the way of a first packet; each time it is new."""


@dataclass(frozen=True)
class End:
    """One end: how the caller calls it, its address and, where it is one, its instance and its port of the API."""

    called: str
    address: str
    instance: Instance | None = None
    port: Resource | None = None


@dataclass(frozen=True)
class Trace:
    """A verdict, and all that it follows from."""

    facts: verdict.Facts | None
    verdict: verdict.Verdict

    @property
    def hops(self) -> tuple[hops.Hop, ...]:
        """The way of the packet; nothing where it was not sent."""
        return hops.way(self.facts, self.verdict) if self.facts else ()

    def document(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        facts = self.facts
        return {
            "verdict": msgspec.to_builtins(self.verdict),
            "packet": msgspec.to_builtins(facts.packet) if facts else None,
            "hops": msgspec.to_builtins(self.hops),
            "openflow": msgspec.to_builtins(facts.passage) if facts else None,
            "wire": msgspec.to_builtins(facts.wire) if facts else None,
        }


def end(lab: Lab, intent: Intent, word: str) -> End:
    """Return what *word* means: an instance, ``outside``, an address, or the id of a port; raises StackFault."""
    desired = state.load(lab.run)
    one = desired.instance(word)
    if one is not None:
        address = lab.address(word) or _fixed(intent, one.port_id)
        if not address:
            raise StackFault(f"{word} has no address")
        return End(word, address, one, intent.ports.get(one.port_id))
    if word in intent.ports:
        meant = intent.ports[word]
        if not meant["fixed_ips"]:
            raise StackFault(f"{intent.label(meant)} has no address")
        plugged = _owner(lab, meant)
        address = lab.address(plugged.name) if plugged else ""
        return End(intent.label(meant), address or _fixed(intent, word), plugged, meant)
    if word == outside.OUTSIDE and desired.outside:
        return End(word, desired.outside[0].partition("/")[0])
    try:
        address = str(ip_address(word))
    except ValueError:
        known = "`./stack instance list` lists them"
        raise StackFault(f"{word} is no instance ({known}), not `outside`, no address, and no port's id") from None
    port = next((port for port in intent.ports.values() if address in _addresses(port)), None)
    owner = next((one for one in desired.instances if port and one.port_id == port["id"]), None)
    return End(word, address, owner, port)


def intent(lab: Lab) -> Intent:
    """Return what the API says."""

    def by_id(plural: str) -> dict[str, Resource]:
        return {one["id"]: one for one in lab.api.list(plural)}

    return Intent(*map(by_id, ("ports", "networks", "routers", "security-groups", "address-groups")))


def trace(lab: Lab, source: str, target: str, kind: packet.Kind, *, send: bool = True) -> Trace:
    """Follow *kind* from the instance *source* to *target* through every level; with *send*, by a real packet too."""
    known = intent(lab)
    sender, receiver = end(lab, known, source), end(lab, known, target)
    source, target = sender.called, receiver.called
    if sender.instance is None:
        raise StackFault(f"a trace begins at an instance: {source} is none of `./stack instance list`")
    what = f"{kind} from {source} to {target}"
    if receiver.port is not None and receiver.port == sender.port:
        raise StackFault(f"{target} is {source} itself: such a packet never leaves it")
    if sender.port is None:
        return _ended("api", f"{what} is not sent: the API has no port {sender.instance.port_id} for {source} any more")
    floating = _behind(lab, known, receiver.address)
    if floating is not None:
        receiver = End(target, receiver.address, _owner(lab, floating), floating)
    is_machine = sender.instance.image == state.MACHINE
    guest = _Machine(lab, sender.instance) if is_machine else _Guest(lab, sender.instance)
    send = send and not is_machine
    route = guest.route(receiver.address)
    if isinstance(route, str):
        return _ended("guest", f"{what} is not sent: {source} has no route to {receiver.address} ({route})")
    hop = route.get("gateway", receiver.address)
    local = local_ips.meaning(lab, known, sender.port, sender.instance.host, hop)
    if local is not None:
        target = f"local IP {receiver.address}"
        plugged = _owner(lab, local.port) if local.port else None
        receiver = End(target, receiver.address, plugged, local.port)
    hop_mac = local.mac if local else _hop_mac(known, sender.port, hop)
    if not hop_mac:
        network = known.networks[sender.port["network_id"]]
        said = f"{what} is not sent: no port of network {name(network)} has {hop}, which {source} asks for"
        return _ended("guest", said, f"network {network['id']}")
    sent = packet.Packet(
        kind=kind,
        source_mac=guest.mac,
        target_mac=hop_mac,
        source=route.get("prefsrc", sender.address),
        target=receiver.address,
        source_port=0 if kind.protocol == "icmp" else random.randint(*EPHEMERAL),  # noqa: S311 - no secret
    )
    with ThreadPoolExecutor(max_workers=1) as beside:  # a packet that is dropped is waited for
        going = beside.submit(real_packet, lab, sender.instance, receiver, sent) if send else None
        # ovn-trace knows of no chassis, and so not what a template means there: it is asked of the packet beyond that.
        walk = _walk(lab, sender.port, replace(sent, target=local.address) if local else sent)
        wire = going.result() if going else None
    hints = _hints(lab, walk)
    facts = verdict.Facts(
        packet=sent,
        sender=sender.port,
        target=receiver.port,
        names=(source, target),
        intent=known,
        walk=walk,
        hints=hints,
        acls=_acls(lab, set(hints.values())),
        bindings=bindings(lab),
        tunnels=_tunnels(lab),
        passage=_passage(lab, sender.instance, sent),
        wire=wire,
    )
    return Trace(facts, verdict.judge(facts))


def real_packet(lab: Lab, sender: Instance, receiver: End, sent: packet.Packet) -> verdict.Wire:
    """Send the packet and, where that is in the lab, watch for it at its end."""
    token = os.urandom(16).hex()
    ports = (str(sent.kind.port), str(sent.source_port))
    send = (*PROBE, "send", sent.kind.protocol, sent.target, *ports, token)
    place = _watched(lab, receiver)
    if place is None:
        said, seen = json.loads(lab.exec(sender.name, *send).stdout), None
    else:
        with _watcher(lab, *place, sent.kind.protocol, *ports, token) as watcher:
            said = json.loads(lab.exec(sender.name, *send).stdout)
            seen = _line(watcher, SEEN_WITHIN_S)
    arrived = True if said["answer"] in ("connected", "refused", "reply") else None if seen is None else bool(seen)
    return verdict.Wire(said["sent"], arrived, said["answer"], seen or "", said.get("trouble", ""))


def ping(lab: Lab, source: str, address: str, count: int) -> dict[str, Any]:
    """Ping *address* from the instance *source*; return ``times_ms`` (None: lost) and ``trouble``."""
    done = lab.exec(source, *PROBE, "ping", address, str(count), timeout_s=count * 1.5 + 20)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def bindings(lab: Lab) -> dict[str, verdict.Binding]:
    """Return where each logical port is, as the Southbound says, and whether that host's daemons run."""
    southbound = lab.place.southbound
    chassis = {
        one["_uuid"]: one["name"] for one in rows.select(southbound, "OVN_Southbound", "Chassis", ("_uuid", "name"))
    }
    ready = {one.name for one in lab.status().services if one.state == "ready"}
    found = {}
    for one in rows.select(southbound, "OVN_Southbound", "Port_Binding", ("logical_port", "chassis", "up")):
        host = chassis.get(one["chassis"], "") if isinstance(one["chassis"], str) else ""
        alive = {f"{host}.ovs-vswitchd", f"{host}.ovn-controller"} <= ready
        found[one["logical_port"]] = verdict.Binding(host, one["up"] is True, alive)
    return found


def _tunnels(lab: Lab) -> dict[str, str]:
    """Return the hosts by the addresses of their tunnels' ends."""
    rows_found = rows.select(lab.place.southbound, "OVN_Southbound", "Encap", ("ip", "chassis_name"))
    return {one["ip"]: one["chassis_name"] for one in rows_found}


def _ended(where: str, sentence: str, rule: str = "") -> Trace:
    return Trace(None, verdict.Verdict(outcome=verdict.DROPPED, where=where, sentence=sentence, rule=rule))


class _Guest:
    """What an instance knows of its own network."""

    def __init__(self, lab: Lab, instance: Instance) -> None:
        self._lab = lab
        self._instance = instance
        self.mac: str = self._ask("-json", "link", "show", "dev", "eth0")[0]["address"]

    def route(self, address: str) -> dict[str, str] | str:
        """Return how the instance would send to *address* (``gateway``, ``prefsrc``), or why it cannot."""
        done = self._lab.exec(self._instance.name, self._ip, "-json", "route", "get", address, check=False)
        if done.returncode:
            return done.stderr.strip().removeprefix("RTNETLINK answers: ")
        found: dict[str, str] = json.loads(done.stdout)[0]
        return found

    @property
    def _ip(self) -> str:
        return self._lab.place.programs.path("ip")

    def _ask(self, *words: str) -> Any:
        return json.loads(self._lab.exec(self._instance.name, self._ip, *words).stdout)


class _Machine:
    """What a virtual machine was told of its network by DHCP: nobody can look into it."""

    def __init__(self, lab: Lab, instance: Instance) -> None:
        self.mac = instance.mac
        self._subnets = lab.api.list("subnets", network_id=instance.network_id)

    def route(self, address: str) -> dict[str, str] | str:
        """Return how the machine would send to *address* (``gateway``; none for a neighbour), or why it cannot."""
        if any(ip_address(address) in ip_network(one["cidr"]) for one in self._subnets):
            return {}
        version = ip_address(address).version
        gateways = [one["gateway_ip"] for one in self._subnets if one["ip_version"] == version and one["gateway_ip"]]
        return {"gateway": gateways[0]} if gateways else "its subnets have no gateway"


def _addresses(port: Resource) -> list[str]:
    return [one["ip_address"] for one in port["fixed_ips"]]


def _fixed(intent: Intent, port_id: str) -> str:
    port = intent.ports.get(port_id)
    return _addresses(port)[0] if port and port["fixed_ips"] else ""


def _owner(lab: Lab, port: Resource) -> Instance | None:
    return next((one for one in state.load(lab.run).instances if one.port_id == port["id"]), None)


def _behind(lab: Lab, intent: Intent, address: str) -> Resource | None:
    """Return the port behind the floating IP *address*, if it is one."""
    for one in lab.api.list("floatingips", floating_ip_address=address):
        return intent.ports.get(one["port_id"] or "")
    return None


def _hop_mac(intent: Intent, sender: Resource, hop: str) -> str:
    """Return the MAC address that answers for *hop* on the sender's network, or nothing."""
    port = intent.at(sender["network_id"], hop)
    if port is not None:
        return str(port["mac_address"])
    if intent.networks[sender["network_id"]].get("provider:physical_network"):
        return outside.MAC
    return ""


def _walk(lab: Lab, sender: Resource, sent: packet.Packet) -> logical.Walk:
    words = (
        "ovn-trace",
        "--detailed",
        "--no-friendly-names",
        f"--db=unix:{lab.place.southbound}",
        *("--ct=new",) * CONNTRACK_STEPS,
        f"neutron-{sender['network_id']}",
        sent.microflow(sender["id"]),
    )
    return logical.parse(lab.exec("central", *words, check=False).stdout)


def _hints(lab: Lab, walk: logical.Walk) -> dict[str, str]:
    """Return the Northbound rows (8 digits) from which ovn-northd made the flows that evaluate ACLs."""
    stages = {step.stage for _, step in walk.steps if step.stage.endswith(verdict.EVALUATE_ACLS)}
    flows = {step.flow for _, step in walk.steps}
    found = {}
    for stage in stages:
        where = [["external_ids", "includes", ["map", [["stage-name", stage]]]]]
        for row in rows.select(
            lab.place.southbound, "OVN_Southbound", "Logical_Flow", ("_uuid", "external_ids"), where
        ):
            if row["_uuid"][:8] in flows and "stage-hint" in row["external_ids"]:
                found[row["_uuid"][:8]] = row["external_ids"]["stage-hint"]
    return found


def _acls(lab: Lab, wanted: set[str]) -> dict[str, verdict.Acl]:
    if not wanted:
        return {}
    return {
        one["_uuid"][:8]: verdict.Acl(one["match"], one["external_ids"].get("neutron:security_group_rule_id", ""))
        for one in rows.select(lab.place.northbound, "OVN_Northbound", "ACL", ("_uuid", "match", "external_ids"))
        if one["_uuid"][:8] in wanted
    }


def _passage(lab: Lab, instance: Instance, sent: packet.Packet) -> openflow.Passage | None:
    """Return the way through the switch of the instance's host, None when that switch does not answer."""
    done = lab.exec(instance.host, "ovs-vsctl", "--timeout=5", "get", "Interface", instance.tap, "ofport", check=False)
    if done.returncode:
        return None
    new = ("--ct-next", "trk,new") * CONNTRACK_STEPS
    words = ("ovs-appctl", "--timeout=10", "ofproto/trace", "br-int", sent.flow(done.stdout.strip()), "--names", *new)
    said = lab.exec(instance.host, *words, check=False)
    return openflow.parse(said.stdout) if said.returncode == 0 else None


def _watched(lab: Lab, receiver: End) -> tuple[str, str] | None:
    """Return the namespace and the device on which a packet for *receiver* is seen."""
    if receiver.instance is not None:
        return receiver.instance.host, receiver.instance.tap
    is_outside = any(one.partition("/")[0] == receiver.address for one in state.load(lab.run).outside)
    return (outside.OUTSIDE, "eth0") if is_outside else None


@contextlib.contextmanager
def _watcher(lab: Lab, where: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    child = lab.popen(where, *PROBE, "watch", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said = _line(child, READY_WITHIN_S)
        if said != "ready":
            raise StackFault(f"the packet cannot be watched on {where}: {said or 'no answer'}")
        yield child
    finally:
        lab.end(child)
        if child.stdout:
            child.stdout.close()


def _line(child: subprocess.Popen[str], within_s: float) -> str:
    """Return the next line that *child* prints, or nothing where none comes in time."""
    if child.stdout is None or not select.select([child.stdout], [], [], within_s)[0]:
        return ""
    return child.stdout.readline().strip()
