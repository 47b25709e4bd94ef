"""Where a packet ends, and by which rule: one sentence.

Here: weighing the API's resources, the logical flows met, the bindings and the real packet. Not here: gathering them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neutrino.diagnosis.intent import Intent, Resource, name, words
from neutrino.diagnosis.logical import Pipeline, Step, Walk
from neutrino.diagnosis.openflow import Passage
from neutrino.diagnosis.packet import Packet

ARRIVES = "arrives"
DROPPED = "dropped"
LEAVES = "leaves"
"""It leaves for an address that cannot be watched, and nothing comes back."""
LOST = "lost"
"""By all rows and flows it should have arrived, and did not."""
DROP_GROUP = "neutron_pg_drop"
PRIVATE = "@pvlan_"  # groups of ports by their standing on a private network
EVALUATE_ACLS = ("_acl_eval", "_in_acl", "_out_acl")
"""How the names of the stages end that evaluate ACLs; before OVN 23.06 the same stage also acted on them."""
_DECIDING = {
    *("ls_in_l2_lkup", "ls_out_apply_port_sec", "lr_in_dnat", "lr_in_ip_routing", "lr_in_policy", "lr_in_arp_resolve"),
    *("lr_in_gw_redirect", "lr_out_snat"),
}
_PREFIX = "neutron-"
LOCAL_IP = "local-ip-"  # and the local IP's id: the router that hands its packets on


@dataclass(frozen=True)
class Acl:
    """A row of the Northbound's ACL; *rule_id* is the security group rule that it came from, '' for what drops."""

    match: str
    rule_id: str


@dataclass(frozen=True)
class Binding:
    """Where a logical port is: the host's name, '' for nowhere; *is_alive* tells whether that host answers."""

    host: str
    is_up: bool
    is_alive: bool


@dataclass(frozen=True)
class Wire:
    """What a real packet met: whether it was *sent* and *arrived*, and the *answer* (``connected``, ``refused``, ...).

    *arrived* is None where nobody could watch. *seen_from* is the source address with which it arrived, *trouble* why
    it was not sent.
    """

    sent: bool
    arrived: bool | None
    answer: str = ""
    seen_from: str = ""
    trouble: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether anything came back from the target itself."""
        return self.answer in ("connected", "refused", "reply")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known about one packet.

    *sender* and *target* are ports of the API (*target* None for an address outside), *names* how the caller calls
    them. *hints*: by logical flow (8 digits), the Northbound row that it came from (8 digits). *acls* by that.
    *bindings* by logical port. *tunnels*: by the address of a tunnel's end, the host.
    """

    packet: Packet
    sender: Resource
    target: Resource | None
    names: tuple[str, str]
    intent: Intent
    walk: Walk
    hints: Mapping[str, str] = field(default_factory=dict)
    acls: Mapping[str, Acl] = field(default_factory=dict)
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    tunnels: Mapping[str, str] = field(default_factory=dict)
    passage: Passage | None = None
    wire: Wire | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer.

    *outcome* is ``arrives``, ``leaves``, ``dropped`` or ``lost``; *where* the level that tells (``guest``, ``api``,
    ``northbound``, ``logical``, ``southbound``, ``openflow``, ``wire``); *rule* the kind and id of what decided
    (``security_group_rule 4f...``), or nothing.
    """

    outcome: str
    where: str
    sentence: str
    rule: str = ""


def judge(facts: Facts) -> Verdict:
    """Return the verdict."""
    end = facts.walk.end
    what = f"{facts.packet.kind} from {facts.names[0]} to {facts.names[1]}"
    if end is None and not facts.walk.outputs:
        verdict = _not_there(facts, what)
    elif end is not None:
        verdict = _dropped(facts, *end, what=what)
    else:
        verdict = _delivered(facts, what)
    wire = facts.wire
    if wire is not None and wire.arrived and verdict.outcome != ARRIVES:
        return Verdict(
            outcome=ARRIVES,
            where="wire",
            sentence=f"{what} arrives, though the logical flows say otherwise ({verdict.sentence})",
            rule=verdict.rule,
        )
    if wire is not None and verdict.outcome == ARRIVES and wire.arrived is False:
        return _lost(facts, what)
    return verdict


def decides(facts: Facts, step: Step) -> bool:
    """Tell whether *step* is one of those that a person wants to see: where it went, or what let it through."""
    return (step.flow in facts.hints and facts.hints[step.flow] in facts.acls) or step.stage in _DECIDING


def _not_there(facts: Facts, what: str) -> Verdict:
    return Verdict(
        outcome=DROPPED,
        where="northbound",
        sentence=f"{what} meets no logical flow: the port {facts.sender['id']} is not in the Southbound (has the"
        " controller written it, does ovn-northd run?)",
    )


def _dropped(facts: Facts, pipeline: Pipeline, step: Step, *, what: str) -> Verdict:
    for stages, explain in _STAGES.items():
        if step.stage.endswith(stages):
            found = explain(facts, pipeline, what)
            if found is not None:
                return found
    return Verdict(
        outcome=DROPPED,
        where="logical",
        sentence=f"{what} is dropped in {place(facts, pipeline)} by the logical flow {step.flow} of {step.stage}"
        f" ({step.match})",
        rule=f"logical_flow {step.flow}",
    )


def _by_acl(facts: Facts, pipeline: Pipeline, what: str) -> Verdict | None:
    acl = _acl(facts, pipeline)
    direction = "ingress" if pipeline.kind == "egress" else "egress"
    port = facts.intent.ports.get(pipeline.outport if direction == "ingress" else pipeline.inport)
    if acl is None or port is None:
        return None
    if acl.rule_id:
        return Verdict(
            outcome=DROPPED,
            where="logical",
            sentence=f"{what} is dropped at {facts.intent.label(port)} by security group rule {acl.rule_id}",
            rule=f"security_group_rule {acl.rule_id}",
        )
    label = facts.intent.label(port)
    if PRIVATE in acl.match:
        return _by_standing(port, label, what)
    other = (pipeline.source or facts.packet.source) if direction == "ingress" else _target(facts, pipeline)
    unwritten = facts.intent.admitting(port, direction, facts.packet.kind, other)
    if unwritten is not None:
        return Verdict(
            outcome=DROPPED,
            where="northbound",
            sentence=f"{what} is dropped at {label}: security group rule {unwritten['id']} ({words(unwritten)}) would"
            " let it through, but the Northbound does not have it",
            rule=f"security_group_rule {unwritten['id']}",
        )
    groups = ", ".join(name(one) for one in facts.intent.groups_of(port)) or "none"
    way = f"in from {other}" if direction == "ingress" else f"out to {other}"
    return Verdict(
        outcome=DROPPED,
        where="logical",
        sentence=f"{what} is dropped at {label}: no {direction} rule of its security groups ({groups}) lets"
        f" {facts.packet.kind} {way}",
        rule=f"port_group {DROP_GROUP}",
    )


def _by_standing(port: Resource, label: str, what: str) -> Verdict:
    """Explain what a private network keeps from *port*, whatever its security groups say."""
    community = port["pvlan_community"]
    standing = f"of community {community}" if community else port["pvlan_type"]
    others = " and those of its community" if community else ""
    return Verdict(
        outcome=DROPPED,
        where="logical",
        sentence=f"{what} is dropped at {label}, which is {standing} on a private network: only promiscuous"
        f" ports{others} reach it",
        rule=f"pvlan_type {port['pvlan_type']}",
    )


def _by_port_security(facts: Facts, pipeline: Pipeline, what: str) -> Verdict | None:
    port = facts.intent.ports.get(pipeline.inport if pipeline.kind == "ingress" else pipeline.outport)
    if port is None:
        return None
    label = facts.intent.label(port)
    if not port["admin_state_up"]:
        return _disabled(label, port, what)
    pairs = [*port["fixed_ips"], *(port.get("allowed_address_pairs") or ())]
    allowed = ", ".join(one["ip_address"] for one in pairs) or "no address"
    acted = "sends as" if pipeline.kind == "ingress" else "is sent"
    address = facts.packet.source if pipeline.kind == "ingress" else facts.packet.target
    mac = facts.packet.source_mac
    with_mac = f"{mac} {address}" if pipeline.kind == "ingress" else address
    return Verdict(
        outcome=DROPPED,
        where="logical",
        sentence=f"{what} is dropped by port security at {label}, which {acted} {with_mac} and may use"
        f" {port['mac_address']} with {allowed}",
        rule=f"port_security {port['id']}",
    )


def _disabled(label: str, port: Resource, what: str) -> Verdict:
    return Verdict(
        outcome=DROPPED,
        where="api",
        sentence=f"{what} is dropped at {label}: its port is administratively DOWN (admin_state_up is false)",
        rule=f"port {port['id']}",
    )


def _by_lookup(facts: Facts, pipeline: Pipeline, what: str) -> Verdict | None:
    """Explain a frame whose destination no port of the switch has."""
    network = facts.intent.networks.get(identity(pipeline.datapath))
    if network is None:
        return None
    came_from = facts.intent.ports.get(pipeline.inport)
    is_first = pipeline.inport == facts.sender["id"]
    wanted = facts.packet.target_mac if is_first else ""
    target = next((one for one in facts.intent.ports.values() if wanted and one["mac_address"] == wanted), None)
    if not is_first:
        target = facts.intent.at(network["id"], _target(facts, pipeline))
    router = facts.intent.routers.get(target["device_id"]) if target else None
    if target is not None and router is not None and not router["admin_state_up"]:
        return Verdict(
            outcome=DROPPED,
            where="api",
            sentence=f"{what} is dropped in network {name(network)}: router {name(router)} is administratively DOWN",
            rule=f"router {router['id']}",
        )
    if target is not None and not target["admin_state_up"]:
        return _disabled(facts.intent.label(target), target, what)
    if target is None and came_from is not None and not is_first:
        asker = facts.intent.label(came_from)
        return Verdict(
            outcome=DROPPED,
            where="logical",
            sentence=f"{what} ends in network {name(network)}: {asker} asks who has {_target(facts, pipeline)}, and"
            " no port has it",
            rule=f"network {network['id']}",
        )
    if target is not None:
        return Verdict(
            outcome=DROPPED,
            where="northbound",
            sentence=f"{what} ends in network {name(network)}: its switch knows no port with the MAC address of"
            f" {facts.intent.label(target)} ({target['mac_address']})",
            rule=f"port {target['id']}",
        )
    return None


def _by_routing(facts: Facts, pipeline: Pipeline, what: str) -> Verdict | None:
    router = facts.intent.routers.get(identity(pipeline.datapath))
    if router is None:
        return None
    return Verdict(
        outcome=DROPPED,
        where="logical",
        sentence=f"{what} is dropped by router {name(router)}: it has no route to {_target(facts, pipeline)}",
        rule=f"router {router['id']}",
    )


_STAGES = {
    "_acl_action": _by_acl,
    "_acl_sample": _by_acl,
    **dict.fromkeys(EVALUATE_ACLS, _by_acl),
    "_apply_port_sec": _by_port_security,
    "_l2_lkup": _by_lookup,
    "_l2_unknown": _by_lookup,
    "lr_in_ip_routing": _by_routing,
}
"""By the end of the stage's name, who explains a drop there."""


def _delivered(facts: Facts, what: str) -> Verdict:
    target = facts.target
    if target is not None and target["id"] in {one.port for one in facts.walk.outputs}:
        label = facts.intent.label(target)
        binding = facts.bindings.get(target["id"])
        if binding is None or not binding.host:
            return Verdict(
                outcome=DROPPED,
                where="southbound",
                sentence=f"{what} is meant for {label}, which is on no host: `./stack explain {label}` tells why",
                rule=f"port {target['id']}",
            )
        if not binding.is_alive and not (facts.wire and facts.wire.arrived):
            return Verdict(
                outcome=DROPPED,
                where="southbound",
                sentence=f"{what} is meant for {label} on host {binding.host}, which does not answer",
                rule=f"host {binding.host}",
            )
        let_in = _let_in(facts, target)
        return Verdict(
            outcome=ARRIVES,
            where="wire" if facts.wire else "logical",
            sentence=f"{what} arrives at {label} on {binding.host}{let_in[0]}{_answered(facts)}",
            rule=let_in[1],
        )
    left = next((one for one in facts.walk.outputs if one.type == "localnet"), None)
    if left is not None:
        gateway = _gateway(facts)
        if gateway is not None:
            router, binding = gateway
            if not binding.host or not binding.is_alive:
                where = f"on host {binding.host}, which does not answer" if binding.host else "on no host"
                return Verdict(
                    outcome=DROPPED,
                    where="southbound",
                    sentence=f"{what} would leave by the gateway of router {router}, which is {where}",
                    rule=f"router {router}",
                )
        via = f" by the gateway of router {gateway[0]} on {gateway[1].host}" if gateway else ""
        is_unseen = facts.wire is not None and facts.wire.arrived is None
        return Verdict(
            outcome=LEAVES if is_unseen else ARRIVES,
            where="wire" if facts.wire else "logical",
            sentence=f"{what} leaves the cloud{via} to {facts.packet.target}{_answered(facts)}",
        )
    ports = [facts.intent.ports.get(one.port) for one in facts.walk.outputs]
    labels = ", ".join(facts.intent.label(one) for one in ports if one) or facts.walk.outputs[0].port
    return Verdict(outcome=LOST, where="logical", sentence=f"{what} goes to {labels}, not to {facts.names[1]}")


def _let_in(facts: Facts, target: Resource) -> tuple[str, str]:
    """Return the words about, and the name of, the rule that let the packet in."""
    for pipeline in reversed(facts.walk.pipelines):
        if pipeline.kind == "egress" and pipeline.outport == target["id"]:
            acl = _acl(facts, pipeline)
            found = facts.intent.rule(acl.rule_id) if acl else None
            if found is not None:
                rule, group = found
                said = f", let in by security group rule {rule['id']} of {name(group)} ({words(rule)})"
                return said, f"security_group_rule {rule['id']}"
    return "", ""


def _answered(facts: Facts) -> str:
    wire = facts.wire
    if wire is None:
        return ""
    said = {
        "connected": ", and the connection is made",
        "refused": f", where nothing listens on {facts.packet.kind}",
        "reply": ", and is answered",
    }
    return said.get(wire.answer, "; no answer comes back")


def _lost(facts: Facts, what: str) -> Verdict:
    wire, passage = facts.wire, facts.passage
    binding = facts.bindings.get(facts.sender["id"])
    host = binding.host if binding and binding.host else "its host"
    if wire is not None and not wire.sent:
        return Verdict(outcome=DROPPED, where="guest", sentence=f"{what} is not even sent: {wire.trouble}")
    if passage is not None and passage.is_dropped and passage.rules:
        last = passage.rules[-1]
        return Verdict(
            outcome=DROPPED,
            where="openflow",
            sentence=f"{what} should arrive by the logical flows, but the switch of {host} drops it in table"
            f" {last.table} ({last.match}): do its flows follow the Southbound? `./stack top` shows the lag of {host}",
            rule=f"logical_flow {last.flow}",
        )
    return Verdict(
        outcome=LOST,
        where="wire",
        sentence=f"{what} should arrive by rows and flows, but did not: look at `./stack status` and at the switches"
        f" (`./stack exec {host} -- ovs-appctl dpctl/dump-flows`)",
    )


def _gateway(facts: Facts) -> tuple[str, Binding] | None:
    """Return the router through whose gateway the packet leaves, and where that gateway is."""
    for pipeline in reversed(facts.walk.pipelines):
        router = facts.intent.routers.get(identity(pipeline.datapath))
        if router is not None and pipeline.kind == "egress":
            binding = facts.bindings.get(f"cr-{pipeline.outport}")
            return (name(router), binding) if binding else None
    return None


def _acl(facts: Facts, pipeline: Pipeline) -> Acl | None:
    """Return the ACL that decided in *pipeline*."""
    for step in reversed(pipeline.steps):
        if step.stage.endswith(EVALUATE_ACLS) and facts.hints.get(step.flow) in facts.acls:
            return facts.acls[facts.hints[step.flow]]
    return None


def place(facts: Facts, pipeline: Pipeline) -> str:
    """Return how people call the network or router of *pipeline*."""
    known = identity(pipeline.datapath)
    if known in facts.intent.routers:
        return f"router {name(facts.intent.routers[known])}"
    if known in facts.intent.networks:
        return f"network {name(facts.intent.networks[known])}"
    return "the local IP's router" if known.startswith(LOCAL_IP) else f"datapath {pipeline.datapath}"


def _target(facts: Facts, pipeline: Pipeline) -> str:
    return pipeline.target or facts.packet.target


def identity(datapath: str) -> str:
    """Return the id of the network or router that *datapath* stands for."""
    return datapath.removeprefix(_PREFIX)
