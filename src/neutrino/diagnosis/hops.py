"""The way of one packet as a list of hops: from resource to resource of the API, with the flows met in each.

Here: grouping what ovn-trace and the switch said by network and router, and the words for each hop. Not here: the
verdict (verdict.py), drawing (the page, neutrino.cli).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from neutrino.diagnosis import verdict
from neutrino.diagnosis.intent import name
from neutrino.diagnosis.logical import Pipeline, Step
from neutrino.diagnosis.openflow import Rule
from neutrino.diagnosis.verdict import Facts, Verdict

DROP = "drop"
DEFAULT = ("1", "next")
"""Match and action of a stage's flow for all that it does not concern."""
_OUTPUT = re.compile(r'output to "([^"]*)"')
_TRANSLATED = re.compile(r"ct_([sd])nat(?:_in_czone)?\(([0-9a-f.:]+)\)")
_ROUTER_PORT = re.compile(r"(?:cr-)?lrp-([0-9a-f-]{36})")
_PROVIDER_PORT = "provnet-"
_ENDED = (verdict.DROPPED, verdict.LOST)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A logical flow met.

    *kind* is its pipeline's; *flow* how its uuid in the Southbound begins; *then* its last action in words, names for
    ids; *rule* what it was made from: a security group rule's id, or `verdict.DROP_GROUP`; *is_decisive* whether it
    let the packet through or said where to; *is_end* whether the packet ended here; *openflow* what of the switch of
    the packet's host was made from it.
    """

    kind: str
    table: int
    stage: str
    priority: int
    flow: str
    match: str
    then: str
    rule: str = ""
    is_decisive: bool = False
    is_end: bool = False
    openflow: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hop:
    """A place on the way.

    *kind* is ``port``, ``network``, ``router``, ``switch`` (of a host), ``outside``, or ``packet`` for what was seen of
    a real packet that was not to come far.

    *id* is the API's, of a switch the host's name; *name* what people call it; *says* what happens there. *is_end*
    tells that the packet came no further, though it should have; *meant_for* is the port on the way to which it ended,
    *tunnel_to* the host to which a switch sends it.
    """

    kind: str
    id: str
    name: str
    says: str
    flows: tuple[Flow, ...] = ()
    is_end: bool = False
    meant_for: str = ""
    tunnel_to: str = ""


def way(facts: Facts, judged: Verdict) -> tuple[Hop, ...]:
    """Return the hops of a packet of which *judged* is the verdict."""
    return tuple(_hops(facts, judged))


def _hops(facts: Facts, judged: Verdict) -> Iterator[Hop]:
    sent, sender = facts.packet, facts.sender
    binding = facts.bindings.get(sender["id"])
    yield Hop(
        kind="port",
        id=sender["id"],
        name=facts.intent.label(sender),
        says=f"sends {sent.kind} from {sent.source} to {sent.target}, to the MAC address {sent.target_mac}",
        is_end=judged.where == "guest",
    )
    ends = facts.walk.end is not None and judged.outcome in _ENDED
    groups = [(place, tuple(one)) for place, one in groupby(facts.walk.pipelines, lambda one: one.datapath)]
    for number, (datapath, pipelines) in enumerate(groups, 1):
        yield _inside(facts, datapath, pipelines, is_end=ends and number == len(groups))
    if facts.passage is not None:
        host = binding.host if binding and binding.host else ""
        yield Hop(
            kind="switch",
            id=host,
            name=host or "its host",
            says=_left(facts),
            is_end=judged.where == "openflow",
            tunnel_to=facts.tunnels.get(facts.passage.tunnel, ""),
        )
    yield from _last(facts, judged)


def _inside(facts: Facts, datapath: str, pipelines: tuple[Pipeline, ...], *, is_end: bool) -> Hop:
    identity = verdict.identity(datapath)
    of_local_ip = identity.startswith(verdict.LOCAL_IP)
    is_router = identity in facts.intent.routers or of_local_ip
    known = facts.intent.routers.get(identity) or facts.intent.networks.get(identity)
    steps = tuple(flow(facts, pipeline, step) for pipeline in pipelines for step in pipeline.steps)
    return Hop(
        kind="router" if is_router else "network",
        id=identity.removeprefix(verdict.LOCAL_IP),
        name=name(known) if known else "of the local IP" if of_local_ip else identity,
        says=_through(facts, pipelines, is_end=is_end),
        flows=steps,
        is_end=is_end,
        meant_for=_meant_for(facts, pipelines[-1]) if is_end else "",
    )


def _through(facts: Facts, pipelines: tuple[Pipeline, ...], *, is_end: bool) -> str:
    """Return where the packet comes in, what becomes of its addresses, and where it goes out."""
    first, last = pipelines[0], pipelines[-1]
    said = [f"in from {_door(facts, first.inport)}"]
    actions = (action for pipeline in pipelines for step in pipeline.steps for action in step.actions)
    said += [
        f"its {'source' if found[1] == 's' else 'destination'} becomes {found[2]}"
        for found in map(_TRANSLATED.match, actions)
        if found
    ]
    if is_end:
        port = facts.intent.ports.get(_meant_for(facts, last))
        said.append(f"dropped on its way out to {facts.intent.label(port)}" if port else "and no further")
    elif last.outport:
        said.append(f"out to {_door(facts, last.outport)}")
    return ", ".join(said)


def _meant_for(facts: Facts, last: Pipeline) -> str:
    """Return the port of the API to which *last* was to deliver, or nothing."""
    is_known = last.kind == "egress" and last.outport in facts.intent.ports
    is_routers = is_known and facts.intent.ports[last.outport]["device_id"] in facts.intent.routers
    return last.outport if is_known and not is_routers else ""


def _door(facts: Facts, logical_port: str) -> str:
    """Return how people call the other side of *logical_port*."""
    if found := _ROUTER_PORT.fullmatch(logical_port):
        port = facts.intent.ports.get(found[1])
        network = facts.intent.networks.get(port["network_id"]) if port else None
        return f"network {name(network)}" if network else logical_port
    if logical_port.startswith(_PROVIDER_PORT):
        return "the physical network"
    return _named(facts, logical_port)


def _router_port(facts: Facts, port_id: str) -> str:
    port = facts.intent.ports.get(port_id)
    network = facts.intent.networks.get(port["network_id"]) if port else None
    return f"{facts.intent.label(port)} on {name(network)}" if port and network else ""


def _left(facts: Facts) -> str:
    passage = facts.passage
    if passage is None:
        return ""
    rules = f"{len(passage.rules)} OpenFlow rules"
    if passage.is_dropped:
        return f"{rules}: its switch keeps it"
    if not passage.tunnel:
        return f"{rules}: to {', '.join(passage.devices)}"
    host = facts.tunnels.get(passage.tunnel, "")
    return f"{rules}: by tunnel to {f'{host} ({passage.tunnel})' if host else passage.tunnel}"


def _last(facts: Facts, judged: Verdict) -> Iterator[Hop]:
    """Yield the place that the packet is meant for, where it got so far, with what was seen of the real packet."""
    wire, target = facts.wire, facts.target
    seen = _seen(facts)
    if facts.walk.end is not None and not (wire and wire.arrived):
        if wire is not None:
            yield Hop(kind="packet", id="", name="", says=seen)
        return
    is_end = judged.outcome in _ENDED
    if target is None:
        yield Hop(kind="outside", id="", name=facts.names[1], says=seen, is_end=is_end)
        return
    binding = facts.bindings.get(target["id"])
    where = f"on {binding.host}: " if binding and binding.host else ""
    label = facts.intent.label(target)
    yield Hop(kind="port", id=target["id"], name=label, says=f"{where}{seen}", is_end=is_end)


def _seen(facts: Facts) -> str:
    wire = facts.wire
    if wire is None:
        return "no real packet was sent"
    answer = f"; answer: {wire.answer or wire.trouble or 'none'}"
    if not wire.sent:
        return f"the real packet could not be sent{answer}"
    if wire.arrived is None:
        return f"nobody can watch for the real packet{answer}"
    if wire.seen_from:
        return f"the real packet is seen, from {wire.seen_from}{answer}"
    return f"the real packet {'is answered' if wire.arrived else 'is not seen'}{answer}"


def flow(facts: Facts, pipeline: Pipeline, step: Step) -> Flow:
    """Return *step* of *pipeline*, with what it was made from and what was made from it."""
    acl = facts.acls.get(facts.hints.get(step.flow, ""))
    end = facts.walk.end
    is_end = end is not None and step is end[1]
    output = _OUTPUT.search(step.actions[-1]) if step.actions else None
    then = step.actions[-1].rstrip(";") if step.actions else ""
    then = DROP if is_end else f"to {output[1]}" if output else then
    made = facts.passage.rules if facts.passage else ()
    return Flow(
        kind=pipeline.kind,
        table=step.table,
        stage=step.stage,
        priority=step.priority,
        flow=step.flow,
        match=_named(facts, step.match),
        then=_named(facts, then),
        rule=(acl.rule_id or verdict.DROP_GROUP) if acl else "",
        is_decisive=verdict.decides(facts, step) and (step.match, then) != DEFAULT,
        is_end=is_end,
        openflow=tuple(dict.fromkeys(one for one in made if one.flow and one.flow == step.flow)),
    )


def _named(facts: Facts, text: str) -> str:
    """Return *text* with names where it has ids of ports."""
    text = _ROUTER_PORT.sub(lambda found: _router_port(facts, found[1]) or found[0], text)
    for port in facts.intent.ports.values():
        if port["id"] in text:
            text = text.replace(port["id"], facts.intent.label(port))
    return text
