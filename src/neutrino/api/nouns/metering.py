"""Metering labels and their rules: what creating and deleting one does. Neither is ever changed."""

import uuid

from sqlalchemy import bindparam
from sqlalchemy import delete as delete_from

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.metering import MeteringLabelNotFound
from neutrino.model.metering import MeteringLabel, MeteringLabelRule, check_rule
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_rules = TABLES[MeteringLabelRule]
_DELETE_RULES = delete_from(_rules).where(_rules.c.metering_label_id == bindparam("label_id"))


def create(tx: Transaction, request: Request, given: Given) -> MeteringLabel:
    """Create a label without rules."""
    project_id = str(given.get("project_id") or request.project_id)
    label = MeteringLabel(**(given | {"id": str(uuid.uuid4()), "project_id": project_id}))  # type: ignore[arg-type]
    tx.insert(label)
    return label


def delete(tx: Transaction, _request: Request, label: MeteringLabel) -> None:
    """Delete a label and its rules."""
    tx.connection.execute(_DELETE_RULES, {"label_id": label.id})
    tx.delete(label)


def create_rule(tx: Transaction, request: Request, given: Given) -> MeteringLabelRule:
    """Create a rule of a label that the caller sees; it is its label's project's."""
    label_id = str(given["metering_label_id"])
    label = visible(tx, request, MeteringLabel, label_id)
    if label is None:
        raise MeteringLabelNotFound(label_id)
    values = given | {"id": str(uuid.uuid4()), "project_id": label.project_id}
    rule = MeteringLabelRule(**values)  # type: ignore[arg-type]
    check_rule(rule, label.rules)
    tx.insert(rule)
    tx.note(MeteringLabel, label.id)
    return rule


def delete_rule(tx: Transaction, _request: Request, rule: MeteringLabelRule) -> None:
    """Delete a rule."""
    tx.delete(rule)
    tx.note(MeteringLabel, rule.metering_label_id)
