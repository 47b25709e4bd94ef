"""Operations of a transaction (RFC 7047, section 5.2), as values, and their JSON.

Here: what can be asked in a transaction, encoded against the server's schema. Not here: sending.

Three traps of the server, measured on 3.1:

* An update, mutate or delete of a row that is not there is no error, its ``count`` is 0; and a row that such a mutate
  was to hold up is then removed silently with the end of the transaction. Put a `Wait` before it: `guarded`.
* "insert" into a map does not overwrite a key: delete the key before, in the same `Mutate`.
* A `Wait` that does not hold fails with the error ``timed out``, at once when *timeout_ms* is 0.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.column import Json
from neutrino.ovsdb.errors import BadValue
from neutrino.ovsdb.schema import Schema, TableSchema
from neutrino.ovsdb.values import Value, decode, encode, encode_mutation

Mutator = Literal["insert", "delete"]
Mutation: TypeAlias = tuple[str, Mutator, Value]
Function = Literal["==", "!=", "<", "<=", ">", ">=", "includes", "excludes"]
Condition: TypeAlias = tuple[str, Function, Value]
Columns: TypeAlias = dict[str, Value]


class Insert(msgspec.Struct, frozen=True):
    """Insert *row* under the chosen *uuid* (ovsdb-server(7), section 5.2.1). Result: the uuid.

    Fails with ``duplicate uuid`` where the table has such a row.
    """

    table: str
    uuid: UUID
    row: Mapping[str, Value]


class Update(msgspec.Struct, frozen=True):
    """Set the columns of *row* (RFC 7047, section 5.2.3). Result: how many rows there were, 0 or 1."""

    table: str
    uuid: UUID
    row: Mapping[str, Value]


class Mutate(msgspec.Struct, frozen=True):
    """Insert into or delete from sets and maps, in order (RFC 7047, section 5.2.4). Result: 0 or 1."""

    table: str
    uuid: UUID
    mutations: tuple[Mutation, ...]


class Delete(msgspec.Struct, frozen=True):
    """Delete a row (RFC 7047, section 5.2.5). Result: how many rows there were, 0 or 1."""

    table: str
    uuid: UUID


class Wait(msgspec.Struct, frozen=True):
    """Guard: fail unless the row is there and its columns equal *row*, if given (RFC 7047, section 5.2.6)."""

    table: str
    uuid: UUID
    row: Mapping[str, Value] | None = None
    timeout_ms: int = 0


class Select(msgspec.Struct, frozen=True):
    """Read *columns* (all if empty) of one row or of those that meet all conditions (RFC 7047, section 5.2.2).

    Result: a list of dicts of values, with ``_uuid`` where that was asked for or no columns were named.
    """

    table: str
    where: UUID | tuple[Condition, ...] = ()
    columns: tuple[str, ...] = ()


class AssertLock(msgspec.Struct, frozen=True):
    """Fail with `NotOwner` unless this connection holds the lock *name* (RFC 7047, section 5.2.10)."""

    name: str


class Comment(msgspec.Struct, frozen=True):
    """Write *text* into the server's log of the transaction (RFC 7047, section 5.2.9)."""

    text: str


Operation: TypeAlias = Insert | Update | Mutate | Delete | Wait | Select | AssertLock | Comment
Result: TypeAlias = UUID | int | list[Columns] | None
"""Of an insert the uuid, of an update, mutate and delete the count, of a select the rows, of all others None."""


def guarded(operation: Update | Mutate | Delete) -> tuple[Wait, Update | Mutate | Delete]:
    """Return *operation* with a guard before it: without its row the transaction fails with ``timed out``."""
    return Wait(operation.table, operation.uuid), operation


def encode_operation(operation: Operation, schema: Schema) -> Json:
    """Return the JSON of *operation*; raises `UnknownColumn` for names that *schema* lacks, and `BadValue`."""
    match operation:
        case AssertLock(name=name):
            return {"op": "assert", "lock": name}
        case Comment(text=text):
            return {"op": "comment", "comment": text}
    table = schema.table(operation.table)
    match operation:
        case Insert(uuid=uuid, row=row):
            return {"op": "insert", "table": table.name, "uuid": str(uuid), "row": _encode_row(table, row)}
        case Update(uuid=uuid, row=row):
            return {"op": "update", "table": table.name, "where": _this(uuid), "row": _encode_row(table, row)}
        case Mutate(uuid=uuid, mutations=mutations):
            encoded = [_encode_mutation(table, mutation) for mutation in mutations]
            return {"op": "mutate", "table": table.name, "where": _this(uuid), "mutations": encoded}
        case Delete(uuid=uuid):
            return {"op": "delete", "table": table.name, "where": _this(uuid)}
        case Wait(uuid=uuid, row=guard, timeout_ms=timeout_ms):
            expected = {"_uuid": ["uuid", str(uuid)]} if guard is None else _encode_row(table, guard)
            return {
                "op": "wait",
                "table": table.name,
                "timeout": timeout_ms,
                "where": _this(uuid),
                "columns": list(expected),
                "until": "==",
                "rows": [expected],
            }
        case Select(where=where, columns=columns):
            for column in columns:
                table.column(column)
            conditions = _this(where) if isinstance(where, UUID) else [encode_condition(table, one) for one in where]
            request = {"op": "select", "table": table.name, "where": conditions}
            return {**request, "columns": list(columns)} if columns else request


def decode_result(operation: Operation, source: Json, schema: Schema) -> Result:
    """Return the result of *operation* that the JSON *source* of a successful transaction stands for.

    Raises `BadValue` where the answer does not fit the operation.
    """
    try:
        match operation:
            case Insert():
                return UUID(source["uuid"][1])
            case Update() | Mutate() | Delete():
                return int(source["count"])
            case Select(table=name):
                table = schema.table(name)
                return [decode_row(table, row) for row in source["rows"]]
            case _:
                return None
    except (TypeError, KeyError, IndexError, ValueError) as error:
        raise BadValue(f"not a result of {type(operation).__name__}: {source!r}") from error


def decode_row(table: TableSchema, source: Json) -> Columns:
    """Return the columns in a <row> (RFC 7047, section 5.1); raises `BadValue`, `UnknownColumn`."""
    return {name: decode(table.column(name), value) for name, value in source.items()}


def _this(uuid: UUID) -> Json:
    return [["_uuid", "==", ["uuid", str(uuid)]]]


def _encode_row(table: TableSchema, row: Mapping[str, Value]) -> Json:
    encoded = {}
    for name, value in row.items():
        try:
            encoded[name] = encode(table.column(name), value)
        except BadValue as error:
            raise BadValue(f"{table.name}.{name}: {error}") from error
    return encoded


def _encode_mutation(table: TableSchema, mutation: Mutation) -> Json:
    name, mutator, value = mutation
    try:
        return [name, mutator, encode_mutation(table.column(name), mutator, value)]
    except BadValue as error:
        raise BadValue(f"{table.name}.{name}: {error}") from error


def encode_condition(table: TableSchema, condition: Condition) -> Json:
    """Return the JSON of *condition* on rows of *table*; raises `UnknownColumn` and `BadValue`."""
    name, function, value = condition
    try:
        return [name, function, encode(table.column(name), value)]
    except BadValue as error:
        raise BadValue(f"{table.name}.{name}: {error}") from error
