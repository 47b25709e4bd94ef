"""Logs: what creating, changing and deleting one does, and what happens to them when groups and ports go or change."""

import uuid

from sqlalchemy import bindparam, select
from sqlalchemy import delete as delete_rows

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.log import (
    InvalidLogResourceType,
    InvalidResourceConstraint,
    LoggingTypeNotSupported,
    ResourceNotFound,
    TargetResourceNotFound,
)
from neutrino.model.log import LOGGABLE, Log
from neutrino.model.port import Port
from neutrino.model.security_group import SecurityGroup
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_logs = TABLES[Log]
_FORGET_GROUP = delete_rows(_logs).where(_logs.c.resource_id == bindparam("gone")).returning(_logs.c.id)
_FORGET_PORT = delete_rows(_logs).where(_logs.c.target_id == bindparam("gone")).returning(_logs.c.id)
_OF_PORT = select(_logs.c.id).where(_logs.c.target_id == bindparam("port_id"))


def create(tx: Transaction, request: Request, given: Given) -> Log:
    """Create a log, of what exists and can be logged."""
    if given["resource_type"] not in LOGGABLE:
        raise InvalidLogResourceType(str(given["resource_type"]))
    group_id, port_id = given.get("resource_id"), given.get("target_id")
    if group_id is not None and visible(tx, request, SecurityGroup, str(group_id)) is None:
        raise ResourceNotFound(str(group_id))
    port = visible(tx, request, Port, str(port_id)) if port_id is not None else None
    if port_id is not None and port is None:
        raise TargetResourceNotFound(str(port_id))
    if port is not None and not port.is_filtered:
        raise LoggingTypeNotSupported(str(given["resource_type"]), port.id)
    if port is not None and group_id is not None and group_id not in port.security_groups:
        raise InvalidResourceConstraint(str(group_id), port.id)
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": str(given.get("project_id") or request.project_id),
        "groups": port.security_groups if port else (),
    }
    log = Log(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(log)
    return log


def update(tx: Transaction, _request: Request, old: Log, changes: Given) -> Log:
    """Change a log."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, log: Log) -> None:
    """Delete a log."""
    tx.delete(log)


def group_goes(tx: Transaction, group_id: str) -> None:
    """Delete the logs of a group that is about to go."""
    for log_id in tx.connection.execute(_FORGET_GROUP, {"gone": group_id}).scalars():
        tx.note(Log, log_id)


def port_goes(tx: Transaction, port_id: str) -> None:
    """Delete the logs of a port that goes, or that is no longer filtered."""
    for log_id in tx.connection.execute(_FORGET_PORT, {"gone": port_id}).scalars():
        tx.note(Log, log_id)


def port_changes_groups(tx: Transaction, port_id: str) -> None:
    """Note that the logs of a port are about other groups now."""
    for log_id in tx.connection.execute(_OF_PORT, {"port_id": port_id}).scalars():
        tx.note(Log, log_id)
