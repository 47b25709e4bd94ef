"""Reading for a caller: the rows that they see, and of each the attributes that they see.

One statement, whatever there is: which rows, and which attributes of which row, is decided in SQL. Only a check that
nothing but oslo.policy understands is asked for each row.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from neutrino.api.caller import Caller
from neutrino.api.policy.authority import Authority, View
from neutrino.model.network import Network
from neutrino.model.resource import Resource, attributes
from neutrino.store.columns import CALLER, column_of, resource_to_wire, to_resource, to_wire
from neutrino.store.listing import Filter, Query, rows
from neutrino.store.statements import Connection
from neutrino.store.tables import TABLES

ID = ("id",)


def read(
    connection: Connection, caller: Caller, authority: Authority, cls: type[Resource], query: Query
) -> list[dict[str, object]]:
    """Return the wire items that *query* selects and *caller* sees.

    A filter by an attribute that the caller does not see selects nothing: else it would tell what it is.
    """
    view = authority.view(caller, cls)
    if view.rows is False or any(_tells(cls, condition.name, view) for condition in query.filters):
        return []
    names = _names(view, query.fields)
    query = replace(
        query, visible=view.clause, caller=caller.project_id, sort=[s for s in query.sort if s[0] not in view.hidden]
    )
    if view.is_plain:
        return to_wire(cls, names, rows(connection, cls, names, query))
    found = [to_resource(cls, row) for row in rows(connection, cls, tuple(attributes(cls)), query)]
    out = []
    for resource in found:
        if not view.is_opaque or authority.sees(connection, caller, resource):
            seen = authority.shown_names(connection, caller, resource)
            out.append(resource_to_wire(resource, [name for name in names if name in seen]))
    return out


def read_one(
    connection: Connection,
    caller: Caller,
    authority: Authority,
    cls: type[Resource],
    fields: Sequence[str],
    **ids: str,
) -> dict[str, object] | None:
    """Return the wire item whose attributes *ids* are so, if *caller* sees it; the hot path of `read`."""
    view = authority.view(caller, cls)
    if not view.is_plain:
        filters = [Filter(name, [value]) for name, value in ids.items()]
        return next(iter(read(connection, caller, authority, cls, Query(filters, fields))), None)
    if view.rows is False:
        return None
    names = _names(view, fields)
    parameters = ids | {CALLER.key: caller.project_id}
    row = connection.execute(_select_one(cls, names, view, tuple(ids)), parameters).first()
    return to_wire(cls, names, [row])[0] if row is not None else None


@lru_cache(maxsize=1000)
def _select_one(cls: type[Resource], names: tuple[str, ...], view: View, ids: tuple[str, ...]) -> Select[Any]:
    table = TABLES[cls]
    statement = select(*(column_of(cls, name) for name in names)).where(*(table.c[n] == bindparam(n) for n in ids))
    return statement if view.clause is None else statement.where(view.clause)


def _tells(cls: type[Resource], name: str, view: View) -> bool:
    """Return whether a filter by *name* would tell what *view* hides; what carries networks, all may filter by."""
    return name in view.hidden and not (cls is Network and name.startswith("provider_"))


def _names(view: View, fields: Sequence[str]) -> tuple[str, ...]:
    if not fields:
        return view.names
    return tuple(name for name in fields if name not in view.hidden) or ID
