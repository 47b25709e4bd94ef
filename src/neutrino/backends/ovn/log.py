"""A log as OVN rows: what ACLs of rules write down, and ACLs that write down what is dropped.

Source: upstream, services/logapi/drivers/ovn/driver.py. A rule's ACL has one name, so where several logs ask for it,
the one whose id sorts first has it. Not here: the meters, which all logs share (foundation.py).
"""

import zlib
from collections.abc import Hashable, Sequence

import msgspec

from neutrino.backends.ovn import nb, uuids
from neutrino.model.log import ACCEPT, ALL, DROP, Log
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

DROP_LOGGED = 1001  # upstream, ACL_PRIORITY_LOG_DROP: before the group that drops in silence
METER = "acl_log_meter"
METER_STATELESS = f"{METER}_stateless"
SEVERITY = "info"
_LEAST_LABEL, _MOST_LABEL = 1, 2**32 - 1


class LogFacts(msgspec.Struct, frozen=True):
    """What rules render of a log that writes down what they accept."""

    id: str
    group_ids: tuple[str, ...] | None  # None: those of all groups


def facts(log: Log) -> Hashable:
    """Return what rules see of *log*: nothing, where it is off or is of what is dropped only."""
    if not log.enabled or log.event not in (ALL, ACCEPT):
        return None
    return LogFacts(log.id, None if log.is_of_all else log.group_ids)


def of_rule(group_id: str, logs: Sequence[LogFacts]) -> str | None:
    """Return the id of the log that writes down what rules of a group accept."""
    return next((log.id for log in logs if log.group_ids is None or group_id in log.group_ids), None)


def name(log_id: str) -> str:
    """Return what hosts write before each line of a log (upstream, ovn_name)."""
    return f"neutron-{log_id}"


def label(key: Key) -> int:
    """Return the label of an ACL by which replies are known to be its: of its uuid, so that it never changes."""
    return max(_LEAST_LABEL, min(_MOST_LABEL, zlib.crc32(key.uuid.bytes)))


def drop(log: Log, group: str, key: Key, direction: str) -> nb.ACL:
    """Return an ACL that writes down what it drops: all that no rule of any group of the port allows."""
    side = "inport" if direction == "from-lport" else "outport"
    return nb.ACL(
        priority=DROP_LOGGED,
        direction=direction,
        match=f"{side} == @{group} && ip",
        action="drop",
        log=True,
        name=name(log.id),
        severity=SEVERITY,
        meter=METER,
        label=label(key),
        options={"log-related": "true"},
        external_ids={"neutron:log_id": log.id},
    )


def fragment(log: Log, see: See) -> Fragment:  # noqa: ARG001 - a log sees nobody
    """Return what *log* renders to: in its groups, or in the group of all filtered ports, ACLs that drop."""
    if not log.enabled or log.event not in (ALL, DROP):
        return Fragment()
    groups = [uuids.DROP_GROUP] if log.is_of_all else [uuids.port_group_name(one) for one in log.group_ids]
    rows: dict[Key, Columns] = {}
    elements: dict[Place, Elements] = {}
    for group in groups:
        keys = {way: uuids.named("ACL", f"{log.id} {group} {way}") for way in ("from-lport", "to-lport")}
        rows |= {key: columns(drop(log, group, key, way)) for way, key in keys.items()}
        elements[Place(*uuids.port_group(group), "acls")] = frozenset(key.uuid for key in keys.values())
    return Fragment(rows, elements)
