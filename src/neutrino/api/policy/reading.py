"""Reading for a caller: the rows that they see, and of each the attributes that they see.

One statement, whatever there is: which rows, and which attributes of which row, is decided in SQL. Only a check that
nothing but oslo.policy understands is asked for each row.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from neutrino.api.caller import Caller
from neutrino.api.policy.authority import Authority, View
from neutrino.model.resource import Resource, attributes
from neutrino.store.columns import resource_to_wire, to_resource, to_wire
from neutrino.store.listing import Query, rows

ID = ("id",)


def read(
    connection: Connection, caller: Caller, authority: Authority, cls: type[Resource], query: Query
) -> list[dict[str, object]]:
    """Return the wire items that *query* selects and *caller* sees.

    A filter by an attribute that the caller does not see selects nothing: else it would tell what it is.
    """
    view = authority.view(caller, cls)
    if view.rows is False or any(condition.name in view.hidden for condition in query.filters):
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


def _names(view: View, fields: Sequence[str]) -> tuple[str, ...]:
    if not fields:
        return view.names
    return tuple(name for name in fields if name not in view.hidden) or ID
