"""One transaction: read, insert, update, delete of resources, each change noted in the journal.

Here: what all resources share. Not here: statements that know a particular noun (addresses.py), lists (listing.py).
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Select, bindparam, delete, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert  # what it means for PostgreSQL, postgresql.py says
from sqlalchemy.sql.dml import Delete, Insert, Update

from neutrino.model.resource import Resource, Standard, attributes
from neutrino.store.columns import select_all, to_resource
from neutrino.store.derived import CALLER
from neutrino.store.statements import Connection
from neutrino.store.tables import CHILDREN, TABLES, child_values, journal
from neutrino.store.usage import Use, settle

R = TypeVar("R", bound=Resource)
INTENT, STATUS = "intent", "status"
Line: TypeAlias = dict[str, str]  # of the journal, without its number


@cache
def select_by_id(cls: type[Resource], without: frozenset[str] = frozenset()) -> Select[Any]:
    """Return the statement that reads the resource whose id is the parameter ``id``; see `select_all`."""
    return select_all(cls, without).where(TABLES[cls].c.id == bindparam("id"))


@cache
def _select_by(cls: type[Resource], columns: tuple[str, ...]) -> Select[Any]:
    return select_all(cls).where(*(TABLES[cls].c[name] == bindparam(name) for name in columns))


@cache
def _insert(cls: type[Resource]) -> Insert:
    return insert(TABLES[cls])


@cache
def _insert_if_free(cls: type[Resource], columns: tuple[str, ...]) -> Insert:
    statement = upsert(TABLES[cls]).on_conflict_do_nothing(index_elements=columns)
    return statement.execution_options(preserve_rowcount=True)


@cache
def _insert_child(cls: type[Resource], name: str) -> Insert:
    return insert(CHILDREN[cls][name])


@cache
def _delete_child(cls: type[Resource], name: str) -> Delete:
    table = CHILDREN[cls][name]
    return delete(table).where(table.c[f"{cls.singular}_id"] == bindparam("parent"))


@lru_cache(maxsize=1000)
def _update(cls: type[Resource], columns: tuple[str, ...]) -> Update:
    table = TABLES[cls]
    statement = update(table).where(table.c.id == bindparam("row_id"))
    if issubclass(cls, Standard):
        statement = statement.where(table.c.revision_number == bindparam("row_revision"))
    return statement.values({name: bindparam(name) for name in columns})


@cache
def _delete(cls: type[Resource]) -> Delete:
    return delete(TABLES[cls]).where(TABLES[cls].c.id == bindparam("row_id"))


_INSERT_JOURNAL = insert(journal)


def write_journal(connection: Connection, lines: Sequence[Line]) -> None:
    """Write *lines*, which get their numbers here. The owner of the transaction calls it once, before the commit."""
    connection.execute(_INSERT_JOURNAL, lines)


class StaleRevision(Exception):
    """The row changed, or went, between read and write: compare-and-swap on ``revision_number`` failed."""


class Transaction:
    """A transaction in progress. ``now`` is its time, in the API's format.

    PostgreSQL takes no further statement after one that failed: who catches an IntegrityError refuses the request.
    Where a value may be taken and another tried, `insert_if_free` fails no statement.
    """

    def __init__(self, connection: Connection, now: str) -> None:
        self.connection = connection
        self.now = now
        self.caller_project = ""  # for whom something is shared or not
        self._lines: list[Line] = []  # of the journal
        self._counts: dict[tuple[str, str], int] = {}  # by project and resource: how many more there are

    def get(self, cls: type[R], row_id: str, without: frozenset[str] = frozenset()) -> R | None:
        """Return the resource, or None; the lists *without*, which the caller does not need, are empty."""
        parameters = {"id": row_id, CALLER.key: self.caller_project}
        row = self.connection.execute(select_by_id(cls, without), parameters).first()
        return to_resource(cls, row) if row else None

    def find(self, cls: type[R], values: Mapping[str, str]) -> R | None:
        """Return the resource whose columns have these *values*, which no two may share, or None."""
        parameters = {**values, CALLER.key: self.caller_project}
        row = self.connection.execute(_select_by(cls, tuple(values)), parameters).first()
        return to_resource(cls, row) if row else None

    def insert(self, resource: Resource) -> None:
        """Insert *resource* and its lists.

        Raises:
            sqlalchemy.exc.IntegrityError: A row that it needs is missing, or one like it exists.
        """
        self._insert(_insert(type(resource)), resource)
        self._insert_lists(resource)

    def insert_if_free(self, resource: Resource, columns: tuple[str, ...]) -> bool:
        """Insert *resource* and its lists; do nothing and return False if a row has the same unique *columns*."""
        if self._insert(_insert_if_free(type(resource), columns), resource) == 0:
            return False
        self._insert_lists(resource)
        return True

    def _insert(self, statement: Insert, resource: Resource) -> int:
        row = _row(resource, [a.name for a in attributes(type(resource)).values()])
        return self.connection.execute(statement, row).rowcount

    def _insert_lists(self, resource: Resource) -> None:
        for name in CHILDREN[type(resource)]:
            self._insert_children(resource, name)
        self._count(resource, 1)
        self.note(type(resource), resource.id)

    def update(self, resource: R, changes: Mapping[str, object]) -> R:
        """Write *changes* (by Python name) over *resource* if it is still the newest revision; return what it became.

        What changes nothing is not written: the revision stays, and no controller is woken.

        Raises:
            StaleRevision: It is not.
        """
        changes = {name: value for name, value in changes.items() if getattr(resource, name) != value}
        if changes:
            return self._write(resource, changes)
        return resource

    def touch(self, resource: R) -> R:
        """Give *resource* its next revision, because something that belongs to it changed."""
        return self._write(resource, {})

    def _write(self, resource: R, changes: Mapping[str, object]) -> R:
        cls = type(resource)
        bumped: dict[str, Any] = dict(changes)
        if isinstance(resource, Standard):
            bumped |= {"revision_number": resource.revision_number + 1, "updated_at": self.now}
        new = msgspec.structs.replace(resource, **bumped)
        values = _row(new, list(bumped))
        parameters = values | {"row_id": resource.id, "row_revision": getattr(resource, "revision_number", None)}
        if values and self.connection.execute(_update(cls, tuple(values)), parameters).rowcount != 1:
            raise StaleRevision(resource.id)
        for name in CHILDREN[cls].keys() & changes.keys():
            self.connection.execute(_delete_child(cls, name), {"parent": resource.id})
            self._insert_children(new, name)
        self.note(cls, resource.id)
        return new

    def delete(self, resource: Resource) -> None:
        """Delete *resource*; its lists go with it."""
        self.connection.execute(_delete(type(resource)), {"row_id": resource.id})
        self._count(resource, -1)
        self.note(type(resource), resource.id)

    def note(self, cls: type[Resource], row_id: str, aspect: str = INTENT) -> None:
        """Note in the journal that *row_id* changed."""
        self._lines.append({"collection": cls.collection, "resource_id": row_id, "aspect": aspect})

    def settle(self) -> list[Use]:
        """Write how many resources came and went so far, and return what is in use thereby."""
        counts, self._counts = self._counts, {}
        return settle(self.connection, counts)

    def finish(self) -> Sequence[Line]:
        """Write the counts, and return the lines of the journal. The owner of the transaction calls it once."""
        self.settle()
        return self._lines

    def _count(self, resource: Resource, delta: int) -> None:
        project_id = getattr(resource, "project_id", None) if resource.limited else None
        if project_id is not None:
            key = (str(project_id), resource.singular)
            self._counts[key] = self._counts.get(key, 0) + delta

    def _insert_children(self, resource: Resource, name: str) -> None:
        cls = type(resource)
        attribute = attributes(cls)[name]
        rows = [
            {f"{cls.singular}_id": resource.id, "position": position, **child_values(item, attribute)}
            for position, item in enumerate(getattr(resource, name))
        ]
        if rows:
            self.connection.execute(_insert_child(cls, name), rows)


def _row(resource: Resource, names: list[str]) -> dict[str, Any]:
    """Return the columns *names* of *resource*, lists and dictionaries as JSON text; what has no column is left out."""
    known = attributes(type(resource))
    out = {}
    for name in names:
        attribute = known[name]
        if not attribute.attr.stored or attribute.attr.child:
            continue
        value = getattr(resource, name)
        out[name] = msgspec.json.encode(value).decode() if attribute.kind.storage == "json" else value
    return out
