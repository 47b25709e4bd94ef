"""What the databases' planners are told of conditions.

Here: how many rows a condition may leave, and what is to be read once, as each database says it. Not here: the
conditions (listing.py, derived.py, api/policy/clauses.py).

SQLite keeps no statistics. It supposes that ten rows have the value that an index is asked for: a project's id as well
as an address. PostgreSQL has statistics.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

NOTHING = "NULL"
_ALL = 2**20  # rows that SQLite supposes a table to have
# How many rows have one value of a column: what is not here has SQLite's ten.
_MANY = {
    "floating_network_id": 10_000,
    NOTHING: 10_000,
    "project_id": 1000,
    "action": 1000,
    "network_id": 200,
    "binding_host_id": 200,
    "name": 100,
}


class _Leaves(GenericFunction[int]):
    type = Integer()  # of a truth value, SQLite would be asked whether it is 1, and would use no index
    inherit_cache = True
    name = "leaves"


class _InSet(GenericFunction[int]):
    type = Integer()
    inherit_cache = True
    name = "in_set"


def supposed(condition: ColumnElement[bool], column: str) -> ColumnElement[Any]:
    """Return *condition*, that *column* has a value (or `NOTHING`): what few rows have is then looked for first."""
    rows = _MANY.get(column)
    return _Leaves(condition, literal_column(f"{rows / _ALL:.6f}")) if rows else condition


def in_set(column: ColumnElement[Any], values: Select[Any]) -> ColumnElement[Any]:
    """Return the condition that *column* is one of *values*, which are read once: rows may be found by them."""
    return _InSet(column, values.correlate(None).scalar_subquery())


@compiles(_Leaves, "sqlite")
def _sqlite_leaves(element: _Leaves, compiler: SQLCompiler, **kw: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **kw)})"


@compiles(_Leaves, "postgresql")
def _postgresql_leaves(element: _Leaves, compiler: SQLCompiler, **kw: Any) -> str:
    condition, _ = element.clauses
    return compiler.process(condition, **kw)


@compiles(_InSet, "sqlite")
def _sqlite_in_set(element: _InSet, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN {values}"


@compiles(_InSet, "postgresql")
def _postgresql_in_set(element: _InSet, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY (ARRAY{values})"  # which an index may be asked for, also beside another condition
