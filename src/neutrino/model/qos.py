"""QoS policies and their rules (Networking API v2.0, extension qos), and which rules go together.

Here: the declarations, the checks of a policy's rules, what a port asks of Placement. Not here: rows. What nobody does
with OVN (`SUPPORTED` says what somebody does), the API refuses.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, ClassVar, TypeAlias

from neutrino.model.faults.qos import QoSRuleParameterConflict, QoSRulesConflict
from neutrino.model.kinds import Boolean, Kind, Name, Uuid, integer, number, one_of, shown
from neutrino.model.resource import Attr, Resource, Tagged, Unique

MOST = 2**31 - 1  # upstream: DB_INTEGER_MAX_VALUE
# RFC 2474 and RFC 2597 as upstream offers them (neutron-lib, VALID_DSCP_MARKS).
DSCP_MARKS = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56)
EGRESS, INGRESS, ANY = "egress", "ingress", "any"
DIRECTIONS = (INGRESS, EGRESS)

_RATE = number(0, MOST)
_DIRECTION = one_of(*DIRECTIONS)


def _mark(value: object) -> object:
    mark = integer(0, max(DSCP_MARKS))(value)
    if mark not in DSCP_MARKS:
        raise ValueError(f"{shown(value)} is not in {list(DSCP_MARKS)}")
    return mark


_MARK = Kind("DSCP mark", _mark, "integer", {"type": "integer", "enum": list(DSCP_MARKS)})


class Rule(Resource, frozen=True, kw_only=True, tag_field="type"):
    """What all rules have. In a policy's list each also has its ``type``."""

    qos_policy_id: Annotated[Uuid, Attr(post=False, put=False, shown=False, refers="policies")]

    @property
    def kind(self) -> str:
        """The rule's type, as the API names it."""
        return type(self).singular.removesuffix("_rule")

    @property
    def way(self) -> str:
        """The direction that the rule is about; "" for all traffic of the port."""
        return str(getattr(self, "direction", ""))


class BandwidthLimitRule(Rule, frozen=True, kw_only=True, tag="bandwidth_limit"):
    """At most so many kbit/s, with bursts of so many kbit; 0 is no limit."""

    collection: ClassVar[str] = "bandwidth_limit_rules"
    singular: ClassVar[str] = "bandwidth_limit_rule"
    human: ClassVar[str] = "QoS bandwidth limit rule"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("qos_policy_id", "direction")),)

    max_kbps: Annotated[int, _RATE, Attr(required=True)]
    max_burst_kbps: Annotated[int, _RATE] = 0
    direction: Annotated[str, _DIRECTION, Attr(extension="qos-bw-limit-direction")] = EGRESS


class DscpMarkingRule(Rule, frozen=True, kw_only=True, tag="dscp_marking"):
    """What the port sends is marked."""

    collection: ClassVar[str] = "dscp_marking_rules"
    singular: ClassVar[str] = "dscp_marking_rule"
    human: ClassVar[str] = "QoS DSCP marking rule"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("qos_policy_id",)),)

    dscp_mark: Annotated[int, _MARK, Attr(required=True)]


class MinimumBandwidthRule(Rule, frozen=True, kw_only=True, tag="minimum_bandwidth"):
    """At least so many kbit/s: a demand on Placement, and what OVN guarantees to a port of a physical network."""

    collection: ClassVar[str] = "minimum_bandwidth_rules"
    singular: ClassVar[str] = "minimum_bandwidth_rule"
    human: ClassVar[str] = "QoS minimum bandwidth rule"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("qos_policy_id", "direction")),)

    min_kbps: Annotated[int, _RATE, Attr(required=True)]
    direction: Annotated[str, _DIRECTION] = EGRESS


class PacketRateLimitRule(Rule, frozen=True, kw_only=True, tag="packet_rate_limit"):
    """At most so many thousand packets a second; no port may have it with OVN."""

    collection: ClassVar[str] = "packet_rate_limit_rules"
    singular: ClassVar[str] = "packet_rate_limit_rule"
    human: ClassVar[str] = "QoS packet rate limit rule"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("qos_policy_id", "direction")),)

    max_kpps: Annotated[int, _RATE, Attr(required=True)]
    max_burst_kpps: Annotated[int, _RATE] = 0
    direction: Annotated[str, _DIRECTION] = EGRESS


class MinimumPacketRateRule(Rule, frozen=True, kw_only=True, tag="minimum_packet_rate"):
    """At least so many thousand packets a second: a demand on Placement, for one direction or for both together."""

    collection: ClassVar[str] = "minimum_packet_rate_rules"
    singular: ClassVar[str] = "minimum_packet_rate_rule"
    human: ClassVar[str] = "QoS minimum packet rate rule"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("qos_policy_id", "direction")),)

    min_kpps: Annotated[int, _RATE, Attr(required=True)]
    direction: Annotated[str, one_of(ANY, *DIRECTIONS)] = EGRESS


AnyRule = BandwidthLimitRule | DscpMarkingRule | MinimumBandwidthRule | PacketRateLimitRule | MinimumPacketRateRule
RULES: tuple[type[Rule], ...] = (
    BandwidthLimitRule,
    DscpMarkingRule,
    MinimumBandwidthRule,
    MinimumPacketRateRule,
    PacketRateLimitRule,
)
MINIMUM = (MinimumBandwidthRule, MinimumPacketRateRule)
MinimumRule: TypeAlias = MinimumBandwidthRule | MinimumPacketRateRule
TYPES = tuple(cls.singular.removesuffix("_rule") for cls in RULES)
# What floating IPs and gateways may have, and what ports and networks: there a rate of packets is asked of Placement.
OF_ADDRESSES = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth")
SUPPORTED = (*OF_ADDRESSES, "minimum_packet_rate")


class QosPolicy(Tagged, frozen=True, kw_only=True):
    """A set of rules for networks, ports, floating IPs and gateways."""

    collection: ClassVar[str] = "policies"
    singular: ClassVar[str] = "policy"
    human: ClassVar[str] = "QoS policy"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("project_id",), where="is_default"),)

    name: Name = ""
    shared: Annotated[Boolean, Attr(stored=False, filtered=True)] = False  # with the caller
    is_default: Annotated[Boolean, Attr(extension="qos-default")] = False
    rules: Annotated[
        tuple[AnyRule, ...],
        Kind("list of rules", tuple, "json", {"type": "array"}),
        Attr(post=False, put=False, stored=False),
    ] = ()


def check_rule(policy: QosPolicy, rule: Rule) -> None:
    """Refuse a new or changed *rule* that another of *policy* contradicts."""
    for one in policy.rules:
        if one.id == rule.id:
            continue
        if type(one) is type(rule) and one.way == rule.way:
            raise QoSRulesConflict(rule.kind, one.id, policy.id)
        if isinstance(rule, MinimumPacketRateRule) and isinstance(one, MinimumPacketRateRule):
            if ANY in (one.direction, rule.direction):
                raise QoSRuleParameterConflict(rule.direction, policy.id, one.kind, one.direction)
        elif one.way == rule.way:
            _check_limits(policy, rule, one)


def _check_limits(policy: QosPolicy, rule: Rule, one: Rule) -> None:
    """Refuse a *rule* that limits to less than *one* of the same direction guarantees, or the other way round."""
    match rule, one:
        case BandwidthLimitRule(max_kbps=limit), MinimumBandwidthRule(min_kbps=least) if least > limit:
            raise QoSRuleParameterConflict(limit, policy.id, one.kind, least)
        case MinimumBandwidthRule(min_kbps=least), BandwidthLimitRule(max_kbps=limit) if least > limit:
            raise QoSRuleParameterConflict(least, policy.id, one.kind, limit)


def unsupported(rules: Iterable[Rule], supported: Sequence[str] = SUPPORTED) -> str:
    """Return the type of a rule among *rules* that is not *supported*; "" where there is none."""
    return next((rule.kind for rule in rules if rule.kind not in supported), "")


def minimums(rules: Iterable[Rule]) -> set[tuple[str, int]]:
    """Return what *rules* ask of Placement: how much of which resource."""
    return {_demand(rule) for rule in rules if isinstance(rule, MINIMUM)}


_BANDWIDTH = {EGRESS: "NET_BW_EGR_KILOBIT_PER_SEC", INGRESS: "NET_BW_IGR_KILOBIT_PER_SEC"}  # os-resource-classes
_PACKETS = {
    EGRESS: "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
    INGRESS: "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    ANY: "NET_PACKET_RATE_KILOPACKET_PER_SEC",
}
_TUNNELLED = "CUSTOM_NETWORK_TUNNEL_PROVIDER"  # neutron-lib, placement/constants.py


def _demand(rule: MinimumRule) -> tuple[str, int]:
    if isinstance(rule, MinimumBandwidthRule):
        return _BANDWIDTH[rule.direction], rule.min_kbps
    return _PACKETS[rule.direction], rule.min_kpps


def resource_request(
    port_id: str,
    vnic_type: str,
    physical_network: str | None,
    bandwidth: Sequence[MinimumBandwidthRule],
    packets: Sequence[MinimumPacketRateRule],
) -> Mapping[str, object] | None:
    """Return what a port asks of Placement (extension port-resource-request-groups); None for nothing.

    A rate of packets is a host's, whichever network they are of. Names are those of neutron-lib
    (neutron_lib/placement/utils.py).
    """
    vnic = _trait(f"VNIC_TYPE_{vnic_type}")
    place = _trait(f"PHYSNET_{physical_network}") if physical_network else _TUNNELLED
    asked: tuple[tuple[Sequence[MinimumRule], list[str]], ...] = ((bandwidth, [place, vnic]), (packets, [vnic]))
    groups = [
        {
            "id": str(uuid.uuid5(uuid.UUID(port_id), ":".join(rule.id for rule in rules))),
            "required": required,
            "resources": dict(map(_demand, rules)),
        }
        for rules, required in asked
        if rules
    ]
    return {"request_groups": groups, "same_subtree": [group["id"] for group in groups]} if groups else None


def _trait(name: str) -> str:
    """Return a trait's name (os-traits, normalize_name): upper case, underscores for what is no letter or digit."""
    return "CUSTOM_" + re.sub("[^A-Z0-9_]+", "_", name.upper())
