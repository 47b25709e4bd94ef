"""Whether new groups are stateful where nothing is said: what creating, changing and deleting a setting does."""

import uuid

from sqlalchemy import bindparam, or_, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.faults.security_group import SecurityGroupDefaultStatefulnessAlreadyExists
from neutrino.model.statefulness import DefaultStatefulness
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_settings = TABLES[DefaultStatefulness]
_SAME = select(_settings.c.id).where(_settings.c.project_id.is_not_distinct_from(bindparam("project_id")))
_FOR = select(_settings.c.project_id, _settings.c.stateful).where(
    or_(_settings.c.project_id == bindparam("project_id"), _settings.c.project_id.is_(None))
)


def of_project(tx: Transaction, project_id: str) -> bool:
    """Return whether a project's new groups are stateful: by its own setting, by that of all, or anyway."""
    found = {row.project_id: row.stateful for row in tx.connection.execute(_FOR, {"project_id": project_id})}
    return bool(found.get(project_id, found.get(None, True)))


def create(tx: Transaction, _request: Request, given: Given) -> DefaultStatefulness:
    """Create a setting: one for a project, or one for all that have none."""
    setting = DefaultStatefulness(**(given | {"id": str(uuid.uuid4())}))  # type: ignore[arg-type]
    if tx.connection.execute(_SAME, {"project_id": setting.project_id}).first() is not None:
        raise SecurityGroupDefaultStatefulnessAlreadyExists(setting.project_id or "system-wide")
    tx.insert(setting)
    return setting


def update(tx: Transaction, _request: Request, old: DefaultStatefulness, changes: Given) -> DefaultStatefulness:
    """Change a setting; groups that there are stay as they are."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, setting: DefaultStatefulness) -> None:
    """Delete a setting."""
    tx.delete(setting)
