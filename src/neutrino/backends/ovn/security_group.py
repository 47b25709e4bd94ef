"""Security groups and rules as OVN rows: a port group each, an ACL for each rule.

Source: upstream, common/ovn/acl.py; the grammar of the match is the same, word by word. Not here: which ports are in a
group (`port`), the group that drops what no rule allows (`foundation`).
"""

from collections.abc import Hashable

import msgspec

from neutrino.backends.ovn import log, nb, uuids
from neutrino.model.log import Log
from neutrino.model.security_group import ICMP_NUMBERS, SecurityGroup, SecurityGroupRule
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment, Key, Place
from neutrino.reconcile.noun import EVERY, See

ALLOW = 1002  # upstream, ACL_PRIORITY_ALLOW
_TRANSPORTS = {6: "tcp", 17: "udp", 132: "sctp"}


class SecurityGroupFacts(msgspec.Struct, frozen=True):
    """What rules render of their group."""

    is_stateful: bool


def facts(group: SecurityGroup) -> Hashable:
    """Return what others see of *group*."""
    return SecurityGroupFacts(group.stateful)


def port_group(group: SecurityGroup) -> nb.Port_Group:
    """Return the Port_Group of *group* (ovn-nb(5), Port_Group)."""
    return nb.Port_Group(name=uuids.port_group_name(group.id), external_ids={"neutron:security_group_id": group.id})


def fragment(group: SecurityGroup, see: See) -> Fragment:  # noqa: ARG001 - a group sees nobody
    """Return what *group* renders to."""
    return Fragment({uuids.port_group(uuids.port_group_name(group.id)): columns(port_group(group))})


def acl(rule: SecurityGroupRule, group: SecurityGroupFacts, key: Key, log_id: str | None) -> nb.ACL:
    """Return the ACL of *rule*, which is *key*, and writes for the log *log_id* (ovn-nb(5), ACL)."""
    meter = log.METER if group.is_stateful else log.METER_STATELESS
    return nb.ACL(
        log=log_id is not None,
        name=log.name(log_id) if log_id else None,
        severity=log.SEVERITY if log_id else None,
        meter=meter if log_id else None,
        label=log.label(key) if log_id else 0,
        options={"log-related": "true"} if log_id else {},
        priority=ALLOW,
        direction="to-lport" if rule.direction == "ingress" else "from-lport",
        match=match(rule),
        action="allow-related" if group.is_stateful else "allow-stateless",
        external_ids={"neutron:security_group_rule_id": rule.id},
    )


def match(rule: SecurityGroupRule) -> str:
    """Return the match of *rule*'s ACL (ovn-sb(5), Logical_Flow, match)."""
    ip, icmp = ("ip4", "icmp4") if rule.ethertype == "IPv4" else ("ip6", "icmp6")
    local, remote = ("outport", "src") if rule.direction == "ingress" else ("inport", "dst")
    parts = [f"{local} == @{uuids.port_group_name(rule.security_group_id)}", ip]
    if rule.normalized_cidr:
        parts.append(f"{ip}.{remote} == {rule.normalized_cidr}")
    if rule.remote_group_id:
        parts.append(f"{ip}.{remote} == ${uuids.port_group_name(rule.remote_group_id)}_{ip}")
    if rule.remote_address_group_id:
        name = uuids.address_set_name(rule.remote_address_group_id, 4 if ip == "ip4" else 6)
        parts.append(f"{ip}.{remote} == ${name}")
    return " && ".join(parts + _protocol(rule, icmp))


def _protocol(rule: SecurityGroupRule, icmp: str) -> list[str]:
    number, low, high = rule.protocol_number, rule.port_range_min, rule.port_range_max
    if number is None:
        return []
    if number in ICMP_NUMBERS:
        kind = [] if low is None else [f"{icmp}.type == {low}"]
        code = [] if high is None else [f"{icmp}.code == {high}"]
        return [icmp, *kind, *code]
    name = _TRANSPORTS.get(number)
    if name is None:
        return [f"ip.proto == {number}"]
    if low is not None and low == high:
        return [name, f"{name}.dst == {low}"]
    from_low = [] if low is None else [f"{name}.dst >= {low}"]
    to_high = [] if high is None else [f"{name}.dst <= {high}"]
    return [name, *from_low, *to_high]


def rule_fragment(rule: SecurityGroupRule, see: See) -> Fragment:
    """Return what *rule* renders to."""
    group: SecurityGroupFacts | None = see(SecurityGroup, rule.security_group_id)
    if group is None:
        return Fragment()
    key = uuids.named("ACL", rule.id)
    place = Place(*uuids.port_group(uuids.port_group_name(rule.security_group_id)), "acls")
    row = columns(acl(rule, group, key, log.of_rule(rule.security_group_id, see(Log, EVERY))))
    return Fragment({key: row}, {place: frozenset({key.uuid})})
