"""Metering labels as OVN rows: policies of routers that allow what is allowed anyway, so that hosts count it.

northd makes one logical flow of a policy, and each host one OpenFlow flow of that, whose counters its agent reads
(agent/metering.py). Policies are looked at after the destination of what comes in was translated, and before the source
of what leaves is: they see addresses inside, as upstream's rules do.

Of a router's policies a packet meets the first only. So each policy is for other packets: the policies of one gateway
and direction are the prefixes of all rules and what these have in common, the narrower before the wider; each says for
which labels it counts. Not here: reading the counters.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from neutrino.backends.ovn import nb, uuids
from neutrino.model.metering import DIRECTIONS, EGRESS, MeteringLabel
from neutrino.model.tally import Tally
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Fragment, Key, Place
from neutrino.reconcile.noun import See


class Prefix(NamedTuple):
    """A prefix as numbers, so that thousands are compared quickly."""

    bits: int  # of an address: 32 or 128
    address: int
    length: int

    def holds(self, other: "Prefix") -> bool:
        """Return whether each address of *other* is one of this."""
        return self.length <= other.length and other.cut(self.length) == self

    def cut(self, length: int) -> "Prefix":
        """Return the prefix of this smaller *length* that holds it."""
        host = self.bits - length
        return Prefix(self.bits, self.address >> host << host, length)

    def __str__(self) -> str:
        kind = ipaddress.IPv4Address if self.bits == 32 else ipaddress.IPv6Address
        return f"{kind(self.address)}/{self.length}"


class Box(NamedTuple):
    """Traffic by source and destination, of one IP version."""

    source: Prefix
    destination: Prefix

    @property
    def priority(self) -> int:
        """A policy's priority: one that is for a part of what another is for comes before it, and all come last."""
        return 1 + self.source.length + self.destination.length


class Lengths(NamedTuple):
    """The lengths that sources and destinations of some boxes have."""

    sources: frozenset[int]
    destinations: frozenset[int]


class Claim(msgspec.Struct, frozen=True):
    """What a rule says: of this traffic, counted or not."""

    direction: str
    box: Box
    is_excluded: bool


class LabelFacts(msgspec.Struct, frozen=True):
    """What routers render of a label."""

    id: str
    project_id: str
    is_shared: bool
    claims: tuple[Claim, ...]


def facts(label: MeteringLabel) -> Hashable:
    """Return what routers see of *label*; nothing of one that counts nothing."""
    claims = [Claim(rule.direction, _box(rule.ends), rule.excluded) for rule in label.rules]
    if all(claim.is_excluded for claim in claims):
        return None
    return LabelFacts(label.id, label.project_id, label.shared, tuple(sorted(claims, key=repr)))


def fragment(label: MeteringLabel, see: See) -> Fragment | None:  # noqa: ARG001 - routers render it
    """Return what a label itself renders to."""
    return None


def policies(router_id: str, project_id: str, gateways: Iterable[str], labels: Sequence[LabelFacts]) -> Fragment:
    """Return the policies of a router with these *gateways* (ids of ports), for those of *labels* that count it."""
    own = [label for label in labels if label.is_shared or label.project_id == project_id]
    rows: dict[Key, Columns] = {}
    for gateway in gateways if own else ():
        for direction in DIRECTIONS:
            for box, counting in _parts(direction, own):
                key = uuids.named("Logical_Router_Policy", f"{gateway} {direction} {box.source} {box.destination}")
                rows[key] = columns(policy(gateway, box, Tally(direction, router_id, counting)))
    if not rows:
        return Fragment()
    return Fragment(rows, {Place(*uuids.router(router_id), "policies"): frozenset(key.uuid for key in rows)})


def policy(gateway: str, box: Box, tally: Tally) -> nb.Logical_Router_Policy:
    """Return the policy for traffic of *box* that passes a gateway (ovn-nb(5), Logical_Router_Policy).

    The comment is what reaches hosts: of a policy nothing else does but its match (ovn-northd, lr_in_policy).
    """
    side = "outport" if tally.direction == EGRESS else "inport"
    ip = "ip4" if box.source.bits == 32 else "ip6"
    given = (("src", box.source), ("dst", box.destination))
    ends = [f"{ip}.{end} == {prefix}" for end, prefix in given if prefix.length]
    match = " && ".join((f'{side} == "{uuids.router_port_name(gateway)}"', *(ends or [ip])))
    return nb.Logical_Router_Policy(
        priority=box.priority,
        match=f"{match} /* {tally} */",
        action="allow",
        external_ids={"neutron:metering": tally.direction},
    )


def _box(ends: tuple[str | None, str | None]) -> Box:
    anywhere = "::/0" if any(":" in end for end in ends if end) else "0.0.0.0/0"
    return Box(*(_prefix(end or anywhere) for end in ends))


def _prefix(text: str) -> Prefix:
    network = ipaddress.ip_network(text)
    return Prefix(network.max_prefixlen, int(network.network_address), network.prefixlen)


def _parts(direction: str, labels: Sequence[LabelFacts]) -> Iterator[tuple[Box, dict[str, str]]]:
    """Yield the traffic of one direction in parts, each with the labels that count it and their projects.

    Of the parts that a packet is of, the narrowest is meant.
    """
    claims: defaultdict[Box, list[tuple[Claim, LabelFacts]]] = defaultdict(list)
    for label in labels:
        for claim in label.claims:
            if claim.direction == direction:
                claims[claim.box].append((claim, label))
    lengths = Lengths(frozenset(box.source.length for box in claims), frozenset(b.destination.length for b in claims))
    for box in sorted(claims.keys() | _common(claims, lengths)):
        counting: dict[str, str] = {}
        excluding: set[str] = set()
        for wider in _holders(box, lengths):
            for claim, label in claims.get(wider, ()):
                if claim.is_excluded:
                    excluding.add(label.id)
                else:
                    counting[label.id] = label.project_id
        if counting:
            yield box, {label: project for label, project in counting.items() if label not in excluding}


def _common(boxes: Iterable[Box], lengths: Lengths) -> set[Box]:
    """Return what two *boxes* have in common where that is neither: so that of those of a packet one is the narrowest.

    Of two prefixes one holds the other, or they have nothing in common. So it is one's source and the other's
    destination; and what two of these have in common is one of these.
    """
    by_source: defaultdict[Prefix, list[Box]] = defaultdict(list)
    for box in boxes:
        by_source[box.source].append(box)
    return {
        Box(one.source, other.destination)
        for one in boxes
        for length in lengths.sources
        if length < one.source.length
        for other in by_source.get(one.source.cut(length), ())
        if one.destination.holds(other.destination)
    }


def _holders(box: Box, lengths: Lengths) -> Iterator[Box]:
    """Yield the boxes of these *lengths* that hold *box*."""
    destinations = [box.destination.cut(length) for length in lengths.destinations if length <= box.destination.length]
    for length in lengths.sources:
        if length <= box.source.length:
            source = box.source.cut(length)
            for destination in destinations:
                yield Box(source, destination)
