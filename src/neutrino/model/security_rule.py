"""Which security group rules make sense (upstream: neutron/db/securitygroups_db.py). Pure functions."""

import ipaddress

import msgspec

from neutrino.model.faults.security_group import (
    SecurityGroupEthertypeConflictWithProtocol,
    SecurityGroupInvalidIcmpValue,
    SecurityGroupInvalidPortRange,
    SecurityGroupInvalidPortValue,
    SecurityGroupInvalidProtocolForPort,
    SecurityGroupMissingIcmpType,
    SecurityGroupMultipleRemoteEntites,
    SecurityGroupProtocolRequiredWithPorts,
    SecurityGroupRuleParameterConflict,
)
from neutrino.model.security_group import ICMP_NUMBERS, PORTED_NUMBERS, V6_ONLY_NUMBERS, SecurityGroupRule

_ICMP_MOST = 255
_ICMP_V6 = {"icmp": "ipv6-icmp", "icmpv6": "ipv6-icmp", "1": "58"}


def canonical(rule: SecurityGroupRule) -> SecurityGroupRule:
    """Return *rule* as it is kept: one way to write ICMPv6, and no range where it is all ports."""
    if rule.ethertype == "IPv6":
        rule = msgspec.structs.replace(rule, protocol=_ICMP_V6.get(str(rule.protocol), rule.protocol))
    if (rule.port_range_min, rule.port_range_max) == (1, 65535):
        rule = msgspec.structs.replace(rule, port_range_min=None, port_range_max=None)
    return rule


def check_rule(rule: SecurityGroupRule) -> None:
    """Refuse a rule whose values contradict each other."""
    remotes = (rule.remote_ip_prefix, rule.remote_group_id, rule.remote_address_group_id)
    if sum(remote is not None for remote in remotes) > 1:
        raise SecurityGroupMultipleRemoteEntites
    version = 4 if rule.ethertype == "IPv4" else 6
    prefix = rule.remote_ip_prefix
    if prefix is not None and ipaddress.ip_network(prefix, strict=False).version != version:
        raise SecurityGroupRuleParameterConflict(rule.ethertype, prefix)
    number = rule.protocol_number
    if version == 4 and number in V6_ONLY_NUMBERS:
        raise SecurityGroupEthertypeConflictWithProtocol(rule.ethertype, str(rule.protocol))
    _check_ports(rule, number)


def _check_ports(rule: SecurityGroupRule, number: int | None) -> None:
    low, high = rule.port_range_min, rule.port_range_max
    if low is None and high is None:
        return
    if number is None:
        raise SecurityGroupProtocolRequiredWithPorts
    if number in ICMP_NUMBERS:
        for attr, field, value in (("port_range_min", "type", low), ("port_range_max", "code", high)):
            if value is not None and value > _ICMP_MOST:
                raise SecurityGroupInvalidIcmpValue(field, attr, value)
        if low is None and high is not None:
            raise SecurityGroupMissingIcmpType(high)
        return
    if number not in PORTED_NUMBERS:
        raise SecurityGroupInvalidProtocolForPort(str(rule.protocol))
    if 0 in (low, high):
        raise SecurityGroupInvalidPortValue("0")
    if low is None or high is None or low > high:
        raise SecurityGroupInvalidPortRange
