"""QoS policies as OVN rows: limits and marks of ports, floating IPs and gateways.

Source: upstream, ovsdb/extensions/qos.py; ovn-nb(5), QoS. Two rules of one direction share a row. What OVN has nothing
for renders to nothing: a guarantee of what comes in, to a port of a tunnelled network, or of packets; the API refuses
limits of packets. Not here: which policy applies where (`applied` is told).
"""

from collections.abc import Hashable, Mapping, Sequence

import msgspec

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.model.network import Network
from neutrino.model.qos import (
    DIRECTIONS,
    EGRESS,
    BandwidthLimitRule,
    DscpMarkingRule,
    MinimumBandwidthRule,
    QosPolicy,
    Rule,
)
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

PRIORITY, FLOATING_IP_PRIORITY = 2002, 2003  # upstream's
_BITS = 1000  # in a kilobit


class PolicyFacts(msgspec.Struct, frozen=True):
    """What those under a policy render of it."""

    rules: tuple[Rule, ...]


class Subject(msgspec.Struct, frozen=True):
    """Traffic that rows are about: what passes a port of a switch, with *also* only that from or to one address.

    *mark* is the key and value in external_ids by which upstream finds the rows.
    """

    network_id: str
    port_id: str
    mark: tuple[str, str]
    address: str = ""
    also: str = ""
    priority: int = PRIORITY


def facts(policy: QosPolicy) -> Hashable:
    """Return what others see of *policy*; nothing of an empty one."""
    return PolicyFacts(policy.rules) if policy.rules else None


def fragment(policy: QosPolicy, see: See) -> Fragment | None:  # noqa: ARG001 - it is rendered by those under it
    """Return what a policy itself renders to."""
    return None


def rules_of(see: See, own: str | None, network_id: str) -> tuple[Rule, ...]:
    """Return the rules of one's own policy, or of the network's."""
    network: NetworkFacts | None = see(Network, network_id)
    policy_id = own or (network.qos_policy_id if network else None)
    found: PolicyFacts | None = see(QosPolicy, policy_id) if policy_id else None
    return found.rules if found else ()


def guarantee(rules: Sequence[Rule]) -> Mapping[str, str]:
    """Return the options of a port of a physical network that is guaranteed a rate (ovn-nb(5), qos_min_rate); or {}."""
    least = next((r for r in rules if isinstance(r, MinimumBandwidthRule) and r.direction == EGRESS), None)
    if least is None:
        return {}
    limit = _limit(rules, EGRESS)
    options = {"qos_min_rate": str(least.min_kbps * _BITS)}
    if limit is not None:
        options["qos_max_rate"] = str(limit.max_kbps * _BITS)
        if limit.max_burst_kbps:
            options["qos_burst"] = str(limit.max_burst_kbps * _BITS)
    return options


def applied(subject: Subject, rules: Sequence[Rule], *, is_guaranteed: bool = False) -> Fragment:
    """Return the rows of *rules* for *subject*; the options of a guaranteed port say what it may send at most."""
    rows: dict[Key, Columns] = {}
    for direction in DIRECTIONS:
        limit = None if is_guaranteed and direction == EGRESS else _limit(rules, direction)
        bandwidth = _bandwidth(limit)
        marks = [rule.dscp_mark for rule in rules if isinstance(rule, DscpMarkingRule)] if direction == EGRESS else []
        if not bandwidth and not marks:
            continue
        row = nb.QoS(
            direction="from-lport" if direction == EGRESS else "to-lport",
            priority=subject.priority,
            match=_match(subject, direction),
            bandwidth=bandwidth,
            action={"dscp": marks[0]} if marks else {},
            external_ids=dict([subject.mark]),
        )
        rows[uuids.named("QoS", f"{' '.join(subject.mark)} {direction}")] = columns(row)
    if not rows:
        return Fragment()
    elements: dict[Place, Elements] = {
        Place(*uuids.switch(subject.network_id), "qos_rules"): frozenset(key.uuid for key in rows)
    }
    return Fragment(rows, elements)


def _match(subject: Subject, direction: str) -> str:
    side, end = ("inport", "src") if direction == EGRESS else ("outport", "dst")
    match = f'{side} == "{subject.port_id}"'
    if subject.address:
        match += f' && ip4.{end} == {subject.address} && is_chassis_resident("{subject.also}")'
    return match


def _limit(rules: Sequence[Rule], direction: str) -> BandwidthLimitRule | None:
    """Return the limit of one direction; 0 is none, and OVN has no rate of 0."""
    found = (rule for rule in rules if isinstance(rule, BandwidthLimitRule) and rule.direction == direction)
    return next((rule for rule in found if rule.max_kbps), None)


def _bandwidth(limit: BandwidthLimitRule | None) -> dict[str, int]:
    if limit is None:
        return {}
    return {"rate": limit.max_kbps} | ({"burst": limit.max_burst_kbps} if limit.max_burst_kbps else {})
