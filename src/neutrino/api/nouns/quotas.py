"""Quotas: what projects may have, and refusing what is more."""

from collections.abc import Iterable, Mapping

import msgspec

from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.quota import OverQuota, TenantQuotaNotFound
from neutrino.model.kinds import Boolean, Name, integer, kind_of, shown
from neutrino.model.resource import Resource
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.runtime.config import Config
from neutrino.store import usage
from neutrino.store.records import Transaction
from neutrino.store.statements import Connection
from neutrino.store.tables import RESOURCES

UNLIMITED, _MOST = -1, 2**31 - 1
LIMITED = tuple(cls.singular for cls in RESOURCES if cls.limited)
# What comes with a resource, and is refused with it. What the service makes of itself (a default group) never is.
_WITH: Mapping[type[Resource], frozenset[str]] = {
    SecurityGroup: frozenset({SecurityGroup.singular, SecurityGroupRule.singular})
}
_limit = integer(UNLIMITED, _MOST)
_flag = kind_of(Boolean).parse


class Detail(msgspec.Struct, frozen=True):
    """A limit, and what is used of it; nothing is ever only reserved."""

    limit: int
    used: int
    reserved: int = 0


def default_limit(config: Config, resource: str) -> int:
    """Return how many of *resource* a project may have that has no limit of its own."""
    return config.quotas.get(resource, config.default_quota)


def check(config: Config, cls: type[Resource], uses: Iterable[usage.Use]) -> None:
    """Refuse if creating resources of *cls* led to more than a project may have."""
    asked = _WITH.get(cls) or (cls.singular,)
    overs = []
    for use in uses:
        limit = default_limit(config, use.resource) if use.limit is None else use.limit
        if use.resource in asked and use.delta > 0 and 0 <= limit < use.used:
            overs.append(use.resource)
    if overs:
        raise OverQuota(sorted(set(overs)))


def project(text: str) -> str:
    """Return the project id that a path names."""
    try:
        return str(kind_of(Name).parse(text))
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for project_id. Reason: {error}.") from error


def defaults(config: Config) -> dict[str, int]:
    """Return the limits of projects that have none of their own."""
    return {name: default_limit(config, name) for name in LIMITED}


def show(connection: Connection, config: Config, project_id: str) -> dict[str, int]:
    """Return the limits of a project."""
    return defaults(config) | usage.limits(connection, project_id)


def details(connection: Connection, config: Config, project_id: str) -> dict[str, Detail]:
    """Return the limits of a project, and what it uses of them."""
    used = usage.used(connection, project_id)
    return {name: Detail(limit, used.get(name, 0)) for name, limit in show(connection, config, project_id).items()}


def list_all(connection: Connection, config: Config) -> list[dict[str, object]]:
    """Return the limits of every project that has its own."""
    return [
        {"project_id": project_id, "tenant_id": project_id, **defaults(config), **own}
        for project_id, own in usage.all_limits(connection).items()
    ]


def parse(body: Mapping[str, object]) -> tuple[dict[str, int], bool]:
    """Return the limits that the body of a PUT asks for, and whether they are forced: below what is in use."""
    item = body.get("quota")
    if not isinstance(item, dict):
        raise HTTPBadRequest("Unable to find 'quota' in request body")
    limits, flags = {}, {"force": False, "check_limit": True}  # the second is what happens anyway
    for name, value in item.items():
        try:
            if name in flags:
                flags[name] = bool(_flag(value))
            elif name in LIMITED:
                limits[name] = int(str(_limit(value)))
            elif name not in ("project_id", "tenant_id"):  # who it is for is in the path
                raise HTTPBadRequest(f"Unrecognized attribute(s) {shown(name)}")
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for {name}. Reason: {error}.") from error
    return limits, flags["force"]


def update(tx: Transaction, config: Config, project_id: str, limits: Mapping[str, int], *, forced: bool) -> object:
    """Give a project limits of its own; unless *forced*, refuse one that is below what is in use."""
    if not forced:
        used = usage.used(tx.connection, project_id)
        for name, limit in limits.items():
            if 0 <= limit < used.get(name, 0):
                raise HTTPBadRequest(
                    f"Quota limit {limit} for {name} must be greater than or equal to already used {used[name]}"
                )
    usage.set_limits(tx.connection, project_id, limits)
    return show(tx.connection, config, project_id)


def reset(tx: Transaction, project_id: str) -> None:
    """Give a project the configured limits again; refuse if it has them anyway."""
    if not usage.reset(tx.connection, project_id):
        raise TenantQuotaNotFound(project_id)
