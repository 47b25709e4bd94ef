"""How many resources each project has, counted as they come and go, and how many it may have.

Here: the counters and the limits that were set. Not here: the configured limits, what is too
many (api/nouns/quotas.py).
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert  # what it means for PostgreSQL, postgresql.py says

from neutrino.store.statements import Connection
from neutrino.store.tables import quota_usages, quotas

_mine = (quotas.c.project_id == bindparam("project_id"), quotas.c.resource == bindparam("resource"))
_insert = upsert(quota_usages).values(
    project_id=bindparam("project_id"), resource=bindparam("resource"), used=bindparam("delta")
)
_SETTLE = _insert.on_conflict_do_update(
    index_elements=["project_id", "resource"], set_={"used": quota_usages.c.used + bindparam("delta")}
).returning(quota_usages.c.used, select(quotas.c.limit).where(*_mine).scalar_subquery().label("limit"))
_LIMITS = select(quotas.c.resource, quotas.c.limit).where(quotas.c.project_id == bindparam("project_id"))
_USED = select(quota_usages.c.resource, quota_usages.c.used).where(quota_usages.c.project_id == bindparam("project_id"))
_ALL = select(quotas.c.project_id, quotas.c.resource, quotas.c.limit).order_by(quotas.c.project_id)
_set = upsert(quotas).values(
    project_id=bindparam("project_id"), resource=bindparam("resource"), limit=bindparam("most")
)
_SET = _set.on_conflict_do_update(index_elements=["project_id", "resource"], set_={"limit": _set.excluded.limit})
_RESET = delete(quotas).where(quotas.c.project_id == bindparam("project"))


class Use(NamedTuple):
    """How many of *resource* a project has now; ``limit`` is its own, None where it has none; *delta*: came or went."""

    resource: str
    delta: int
    used: int
    limit: int | None


def settle(connection: Connection, counts: Mapping[tuple[str, str], int]) -> list[Use]:
    """Add *counts* (by project and resource) to the counters, and return what is in use thereby."""
    out = []
    for (project_id, resource), delta in counts.items():
        if delta:
            row = connection.execute(_SETTLE, {"project_id": project_id, "resource": resource, "delta": delta}).one()
            out.append(Use(resource, delta, row.used, row.limit))
    return out


def limits(connection: Connection, project_id: str) -> dict[str, int]:
    """Return the project's own limits, by resource."""
    return {row.resource: row.limit for row in connection.execute(_LIMITS, {"project_id": project_id})}


def used(connection: Connection, project_id: str) -> dict[str, int]:
    """Return how many the project has, by resource; what it never had is left out."""
    return {row.resource: row.used for row in connection.execute(_USED, {"project_id": project_id})}


def all_limits(connection: Connection) -> dict[str, dict[str, int]]:
    """Return the limits of every project that has its own."""
    out: dict[str, dict[str, int]] = {}
    for project_id, resource, limit in connection.execute(_ALL):
        out.setdefault(project_id, {})[resource] = limit
    return out


def set_limits(connection: Connection, project_id: str, wanted: Mapping[str, int]) -> None:
    """Give the project its own limits."""
    rows = [{"project_id": project_id, "resource": name, "most": most} for name, most in wanted.items()]
    if rows:
        connection.execute(_SET, rows)


def reset(connection: Connection, project_id: str) -> bool:
    """Take the project's own limits away; return whether it had any."""
    return connection.execute(_RESET, {"project": project_id}).rowcount > 0
