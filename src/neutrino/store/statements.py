"""Running statements: SQLAlchemy writes each, and finds out once how the driver wants it.

Here: `Connection`, by which everybody reads and writes, and the rows it gives. Not here: any statement, transactions
(writer.py), connecting (sqlite.py, postgresql.py).

To find out anew how a statement is sent takes SQLAlchemy several times as long as SQLite needs to answer it. So it is
remembered from the first use for as long as the statement is there, which is for ever: statements are constants, or
results of cached functions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar, TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy
from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

Parameters: TypeAlias = Mapping[str, Any]
_Process: TypeAlias = Callable[[Any], Any]
_NOTHING: Parameters = {}
_MUST_BE_GIVEN = object()  # no driver takes it
_MOST_LENGTHS = 100  # of lists of values, that are remembered of one statement


class Row(tuple[Any, ...]):
    """Values in the order of the columns; each is an attribute too, by the name of its column."""

    __slots__ = ()
    names: ClassVar[tuple[str, ...]] = ()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the statement gives no column {name}")


@lru_cache(maxsize=1000)
def _row_type(names: tuple[str, ...]) -> type[Row]:
    places = {name: property(itemgetter(place)) for place, name in enumerate(names) if name not in Row.__dict__}
    return type("Row", (Row,), {"__slots__": (), "names": names, **places})


class Result:
    """What a statement gave: rows, or how many rows it wrote."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> Sequence[Row]:
        """Return all rows."""
        return self._rows

    def first(self) -> Row | None:
        """Return the first row, None where there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """Return the only row."""
        (row,) = self._rows
        return row

    def scalar(self) -> Any:
        """Return the first value of the first row, None where there is none."""
        return self._rows[0][0] if self._rows else None

    def scalars(self) -> Sequence[Any]:
        """Return the first value of each row."""
        return [row[0] for row in self._rows]


class _Text:
    """A statement as the driver gets it: the text, and how its values are made of a caller's."""

    __slots__ = ("_is_positional", "_lists", "_names", "_places", "_processes", "_take", "text")

    def __init__(self, compiled: SQLCompiler, parameters: Parameters) -> None:
        state = compiled.construct_expanded_state(parameters)
        self.text = state.statement
        self._is_positional = state.positiontup is not None
        self._names = tuple(state.parameters if state.positiontup is None else state.positiontup)
        self._lists = tuple((name, names) for name, names in state.parameter_expansion.items() if name in parameters)
        must = {name for _, names in self._lists for name in names}
        must.update(name for name, bind in compiled.binds.items() if bind.required)
        defaults = {**state.parameters, **compiled.params}
        self._places = [(name, _MUST_BE_GIVEN if name in must else defaults[name]) for name in self._names]
        found = [(place, state.processors.get(name)) for place, name in enumerate(self._names)]
        self._processes = [(place, process) for place, process in found if process is not None]
        is_row = compiled.isinsert and len(self._names) > 1 and parameters.keys() >= {*self._names}
        self._take = itemgetter(*self._names) if is_row else None  # all at once

    def values(self, parameters: Parameters) -> Sequence[Any] | Mapping[str, Any]:
        """Return the values for the driver."""
        if self._take is not None:
            values = list(self._take(parameters))
        else:
            values = self._arranged(parameters)
        for place, process in self._processes:
            values[place] = process(values[place])
        return values if self._is_positional else dict(zip(self._names, values, strict=True))

    def _arranged(self, parameters: Parameters) -> list[Any]:
        if self._lists:
            items = (zip(names, parameters[name], strict=True) for name, names in self._lists)
            parameters = {**parameters, **{name: item for pairs in items for name, item in pairs}}
        return [parameters.get(name, default) for name, default in self._places]


class _Prepared:
    """What is remembered of a statement."""

    __slots__ = ("_compiled", "_lists", "_processes", "_row", "_texts")

    def __init__(
        self, statement: Executable, dialect: sqlalchemy.Dialect, parameters: Parameters, *, is_many: bool
    ) -> None:
        assert isinstance(statement, (SelectBase, UpdateBase))  # noqa: S101 - see `execute`
        compiled = statement.compile(dialect=dialect, column_keys=list(parameters), for_executemany=is_many)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - of any but DDL
        columns = tuple(statement.exported_columns)
        self._row = _row_type(tuple(column.key or "" for column in columns))
        found = [(i, c.type.dialect_impl(dialect).result_processor(dialect, None)) for i, c in enumerate(columns)]
        self._processes = [(place, process) for place, process in found if process is not None]
        expanded = compiled.construct_expanded_state(parameters).parameter_expansion
        self._lists = tuple(name for name in expanded if name in parameters)
        # What was compiled knows its statement, which would be there for ever.
        self._compiled = compiled if self._lists else None
        self._texts = {self._lengths(parameters): _Text(compiled, parameters)}

    def text(self, parameters: Parameters) -> _Text:
        """Return the text for *parameters*, whose lists have lengths that are part of it."""
        lengths = self._lengths(parameters) if self._lists else ()
        found = self._texts.get(lengths)
        if found is None:
            assert self._compiled is not None  # noqa: S101 - without lists there is one text
            if len(self._texts) >= _MOST_LENGTHS:
                self._texts.clear()
            found = self._texts[lengths] = _Text(self._compiled, parameters)
        return found

    def rows(self, found: Iterable[Sequence[Any]]) -> Sequence[Row]:
        """Return what the driver gave as rows."""
        row = self._row
        if not self._processes:
            return list(map(row, found))
        out = []
        for one in found:
            values = list(one)
            for place, process in self._processes:
                values[place] = process(values[place])
            out.append(row(values))
        return out

    def _lengths(self, parameters: Parameters) -> tuple[int, ...]:
        return tuple(len(parameters[name]) for name in self._lists)


_kept: dict[str, WeakKeyDictionary[Executable, dict[object, _Prepared]]] = {}  # by dialect, for all its connections


class Connection:
    """A connection to the database, for one thread at a time."""

    observe: ClassVar[Callable[[str, object], None] | None] = None
    """Told of each statement, and of its values: for those who count them."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._raw: Any = connection.connection.driver_connection
        self._kept = _kept.setdefault(self._dialect.name, WeakKeyDictionary())

    def execute(self, statement: Executable, parameters: Parameters | Sequence[Parameters] = _NOTHING) -> Result:
        """Run *statement*, or with a list of parameters run it for each of them, and return what it gave.

        Raises:
            sqlalchemy.exc.DBAPIError: The database refuses it, or is gone.
        """
        # Not by `Mapping`: each time an abstract class would be asked.
        many: Sequence[Parameters] = parameters if isinstance(parameters, (list, tuple)) else (parameters,)
        one = many[0]
        kept = self._kept.get(statement)
        if kept is None:
            if not isinstance(statement, (SelectBase, UpdateBase)):  # SQL by hand, which is of no use twice
                return self._by_sqlalchemy(statement, parameters)
            kept = self._kept[statement] = {}
        is_many = len(many) > 1
        # The columns that are written are those that are given.
        shape = None if isinstance(statement, SelectBase) else (is_many, *one)
        prepared = kept.get(shape)
        if prepared is None:
            prepared = kept[shape] = _Prepared(statement, self._dialect, one, is_many=is_many)
        text = prepared.text(one)
        values = text.values(one)
        if Connection.observe is not None:
            Connection.observe(text.text, values)
        try:
            if is_many:
                cursor = self._raw.cursor()
                cursor.executemany(text.text, [values, *(text.values(each) for each in many[1:])])
            else:
                cursor = self._raw.execute(text.text, values)
            rows = prepared.rows(cursor.fetchall()) if cursor.description else ()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._fault(error, text.text) from error
        return Result(rows, cursor.rowcount)

    @property
    def is_lost(self) -> bool:
        """Whether the server is gone, and another connection has to be made."""
        return self._connection.invalidated

    def close(self, *, is_broken: bool = False) -> None:
        """Close it; where it *is_broken*, without asking the server for anything."""
        if is_broken:
            self._connection.invalidate()
        self._connection.close()

    def _by_sqlalchemy(self, statement: Executable, parameters: Parameters | Sequence[Parameters]) -> Result:
        found = self._connection.execute(statement, parameters)
        if not found.returns_rows:
            return Result((), found.rowcount)
        return Result(list(map(_row_type(tuple(found.keys())), found.all())), found.rowcount)

    def _fault(self, error: Any, text: str) -> DBAPIError:
        """Return *error*, which the driver raised, as SQLAlchemy has it."""
        is_lost = self._dialect.is_disconnect(error, self._raw, None)
        if is_lost:
            self._connection.invalidate(error)
        fault: DBAPIError = DBAPIError.instance(
            text, None, error, self._dialect.loaded_dbapi.Error, hide_parameters=True,
            connection_invalidated=is_lost, dialect=self._dialect,
        )  # fmt: skip
        return fault
