"""Reading for a caller: the rows that they see, and of each the attributes that they see.

One statement, whatever there is: which rows, and which attributes of which row, is decided in SQL. Only a check that
nothing but oslo.policy understands is asked for each row.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, bindparam

from neutrino.api.identity.caller import Caller
from neutrino.api.policy.authority import Authority, View
from neutrino.model.network import Network
from neutrino.model.resource import PROJECT, TENANT, Resource
from neutrino.store.columns import resource_to_wire, select_all, to_resource
from neutrino.store.derived import CALLER
from neutrino.store.items import ShownIf, item, may_be_left_out
from neutrino.store.listing import Filter, Query, is_narrow, rows
from neutrino.store.statements import Connection
from neutrino.store.tables import TABLES

ID = ("id",)
Wire: TypeAlias = msgspec.Raw | dict[str, object]  # JSON, or what becomes that


def read(
    connection: Connection, caller: Caller, authority: Authority, cls: type[Resource], query: Query
) -> Sequence[tuple[str, Wire]]:
    """Return what *query* selects and *caller* sees: the id and the wire form of each.

    A filter by an attribute that the caller does not see selects nothing: else it would tell what it is.
    """
    view = authority.view(caller, cls)
    if view.rows is False or any(_tells(cls, condition.name, view) for condition in query.filters):
        return []
    names = _names(view, query.fields)
    query = replace(query, caller=caller.project_id, sort=[s for s in query.sort if s[0] not in view.hidden])
    seen = view.check if is_narrow(cls, query.filters) else view.clause
    shown_if = _shown_if(cls, view, names)
    if shown_if is not None:
        statement = _items(cls, names, shown_if, seen)
        return item(cls, names, shown_if).each(rows(connection, cls, statement, query))
    out: list[tuple[str, Wire]] = []
    for row in rows(connection, cls, _resources(cls, seen), query):
        resource = to_resource(cls, row)
        if not view.is_opaque or authority.sees(connection, caller, resource):
            out.append((resource.id, _seen(connection, caller, authority, resource, names)))
    return out


def read_one(
    connection: Connection,
    caller: Caller,
    authority: Authority,
    cls: type[Resource],
    fields: Sequence[str],
    **ids: str,
) -> Wire | None:
    """Return the wire form of the resource whose attributes *ids* are so, if *caller* sees it: `read`, but faster."""
    view = authority.view(caller, cls)
    names = _names(view, fields)
    shown_if = _shown_if(cls, view, names)
    if shown_if is None:
        filters = [Filter(name, [value]) for name, value in ids.items()]
        found = read(connection, caller, authority, cls, Query(filters, fields))
        return found[0][1] if found else None
    if view.rows is False:
        return None
    parameters = ids | {CALLER.key: caller.project_id}
    row = connection.execute(_select_one(cls, names, shown_if, view, tuple(ids)), parameters).first()
    return item(cls, names, shown_if).each((row,))[0][1] if row is not None else None


def _shown_if(cls: type[Resource], view: View, names: Collection[str]) -> ShownIf | None:
    """Return what of *names* depends on the row, and on what; None where SQL does not say it."""
    found = tuple(one for one in view.shown_if if one[0] in names)
    is_said = not view.is_opaque and all(may_be_left_out(cls, name) for name, _ in found)
    return found if is_said else None


@lru_cache(maxsize=1000)
def _select_one(
    cls: type[Resource], names: tuple[str, ...], shown_if: ShownIf, view: View, ids: tuple[str, ...]
) -> Select[Any]:
    statement = _items(cls, names, shown_if, view.check)
    return statement.where(*(TABLES[cls].c[name] == bindparam(name) for name in ids))


@lru_cache(maxsize=1000)
def _items(
    cls: type[Resource], names: tuple[str, ...], shown_if: ShownIf, seen: ColumnElement[bool] | None
) -> Select[Any]:
    """Return the statement of all items that are *seen*."""
    statement = item(cls, names, shown_if).statement
    return statement if seen is None else statement.where(seen)


@lru_cache(maxsize=1000)
def _resources(cls: type[Resource], seen: ColumnElement[bool] | None) -> Select[Any]:
    """Return the statement of all resources that are *seen*."""
    return select_all(cls) if seen is None else select_all(cls).where(seen)


def _seen(
    connection: Connection, caller: Caller, authority: Authority, resource: Resource, names: Collection[str]
) -> Wire:
    """Return of *resource* what is among *names* and *caller* sees."""
    seen = authority.shown_names(connection, caller, resource)
    wanted = set(map(_attribute, names))
    wire = resource_to_wire(resource, [name for name in seen if name in wanted])
    for name in {PROJECT, TENANT} - set(names):
        wire.pop(name, None)
    return wire


def _tells(cls: type[Resource], name: str, view: View) -> bool:
    """Return whether a filter by *name* would tell what *view* hides; what carries networks, all may filter by."""
    return name in view.hidden and not (cls is Network and name.startswith("provider_"))


def _names(view: View, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the *fields*, or of all attributes, that the view has; a project has two."""
    if not fields:
        return (*view.names, TENANT) if PROJECT in view.names else view.names
    return tuple(name for name in fields if _attribute(name) not in view.hidden) or ID


def _attribute(name: str) -> str:
    return PROJECT if name == TENANT else name
