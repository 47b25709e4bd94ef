"""Values of columns, between Python and OVSDB's JSON (RFC 7047, section 5.1).

    column                          Python                                      JSON
    scalar   (min 1, max 1)         an atom                                     atom
    optional (min 0, max 1)         an atom or None                             atom, ["set", []], ["set", [atom]]
    set      (max > 1)              frozenset of atoms, or `Patched` (large)    atom, ["set", [atom, ...]]
    map                             dict of atom to atom, never changed         ["map", [[key, value], ...]]

An atom is ``str``, ``int``, ``float``, ``bool`` or `uuid.UUID`. Named uuids do not occur: rows get chosen ones.
"""

import math
from collections.abc import Mapping, Set
from typing import Any, TypeAlias
from uuid import UUID

from neutrino.ovsdb.column import AtomType, ColumnType, Json
from neutrino.ovsdb.errors import BadValue
from neutrino.ovsdb.large import changed

Atom: TypeAlias = str | int | float | bool | UUID
Value: TypeAlias = Atom | Set[Any] | Mapping[Any, Atom] | None

_ZERO: dict[AtomType, Atom] = {"integer": 0, "real": 0.0, "boolean": False, "string": "", "uuid": UUID(int=0)}
_INTEGERS = range(-(1 << 63), 1 << 63)
_NOTHING: frozenset[Any] = frozenset()


def encode(column: ColumnType, value: Value) -> Json:
    """Return the JSON of *value* for a column of type *column*; raises `BadValue`.

    Only the shape and the atom types are looked at; enums, ranges and lengths are the server's to judge.
    """
    key = column.key.type
    match column.kind:
        case "scalar":
            return _encode_atom(key, value)
        case "optional":
            return ["set", []] if value is None else _encode_atom(key, value)
        case "set":
            if not isinstance(value, Set):
                raise BadValue(f"expected a frozenset of {key}, got {value!r}")
            return ["set", [_encode_atom(key, atom) for atom in value]]
        case "map":
            if not isinstance(value, Mapping) or column.value is None:
                raise BadValue(f"expected a dict with keys of type {key}, got {value!r}")
            inner = column.value.type
            return ["map", [[_encode_atom(key, name), _encode_atom(inner, atom)] for name, atom in value.items()]]


def encode_mutation(column: ColumnType, mutator: str, value: Value) -> Json:
    """Return the JSON of the argument of *mutator* "insert" or "delete" (RFC 7047, section 5.1: <mutation>).

    For a map, "delete" takes a frozenset of keys, or a dict: then only pairs with that very value go.
    """
    if mutator == "delete" and column.kind == "map" and isinstance(value, Set):
        return ["set", [_encode_atom(column.key.type, atom) for atom in value]]
    if column.kind == "optional":
        return encode(column, value)
    if column.kind == "scalar":
        raise BadValue("a scalar column can only be updated, not mutated by insert or delete")
    return encode(column, value)


def decode(column: ColumnType, source: Json) -> Value:
    """Return the value that *source* stands for in a column of type *column*; raises `BadValue`."""
    key = column.key.type
    try:
        match column.kind:
            case "scalar":
                return _decode_atom(key, source)
            case "optional":
                if isinstance(source, list) and source[0] == "set":
                    return _decode_atom(key, source[1][0]) if source[1] else None
                return _decode_atom(key, source)
            case "set":
                return members(column, source)
            case "map":
                if column.value is None or source[0] != "map":
                    raise BadValue(f"expected a map, got {source!r}")
                inner = column.value.type
                if key == inner == "string":
                    return dict(source[1])
                return {_decode_atom(key, name): _decode_atom(inner, atom) for name, atom in source[1]}
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(f"expected a {column.kind} of {key}, got {source!r}") from error


def default(column: ColumnType) -> Value:
    """Return what a row has in this column when its insert names no value (RFC 7047, section 5.2.1)."""
    match column.kind:
        case "scalar":
            return _ZERO[column.key.type]
        case "optional":
            return None
        case "set":
            return frozenset((_ZERO[column.key.type],)) if column.min else frozenset()
        case "map":
            return {_ZERO[column.key.type]: _ZERO[column.value.type]} if column.min and column.value else {}


def apply_difference(column: ColumnType, old: Value, source: Json) -> Value:
    """Return the new value of a column from its *old* one and the difference in a "modify" of an update2 or update3.

    ovsdb-server(7), section 4.1.14: of a set the elements that only one side has; of a map likewise the pairs, a
    changed one with its new value; of a column of at most one element the new value.
    """
    if column.max == 1:
        return decode(column, source)
    if column.kind == "map":
        if not isinstance(old, dict):
            raise BadValue(f"expected a dict to change, got {old!r}")
        changes = decode(column, source)
        new = dict(old)
        for key, value in changes.items() if isinstance(changes, dict) else ():
            if key in old and old[key] == value:
                del new[key]
            else:
                new[key] = value
        return new
    if not isinstance(old, Set):
        raise BadValue(f"expected a set to change, got {old!r}")
    return changed(old, members(column, source))


def mutated(column: ColumnType, old: Value, mutator: str, value: Value) -> Value:
    """Return *old* after one mutation "insert" or "delete", as the server does it (RFC 7047, section 5.1).

    A map keeps the pair of a key that is already there: "insert" does not overwrite.
    """
    if isinstance(old, Mapping):
        if mutator == "insert" and isinstance(value, Mapping):
            return {**value, **old}
        if isinstance(value, Mapping):
            return {key: atom for key, atom in old.items() if key not in value or value[key] != atom}
        gone = value if isinstance(value, Set) else _NOTHING
        return {key: atom for key, atom in old.items() if key not in gone}
    if column.kind == "optional":
        if mutator == "insert":
            return value if old is None else old
        return None if old == value else old
    before = old if isinstance(old, Set) else _NOTHING
    change = value if isinstance(value, Set) else _NOTHING
    return before | change if mutator == "insert" else before - change


def _encode_atom(kind: AtomType, value: object) -> Json:
    match kind:
        case "string":
            if isinstance(value, str) and "\0" not in value and (value.isascii() or _is_unicode(value)):
                return value
        case "uuid":
            if isinstance(value, UUID):
                return ["uuid", str(value)]
        case "integer":
            if isinstance(value, int) and not isinstance(value, bool) and value in _INTEGERS:
                return value
        case "boolean":
            if isinstance(value, bool):
                return value
        case "real":
            if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
                return float(value)
    raise BadValue(f"expected {'a string without NUL or surrogates' if kind == 'string' else kind}, got {value!r}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode_atom(kind: AtomType, source: Json) -> Atom:
    match kind:
        case "string":
            if isinstance(source, str):
                return source
        case "uuid":
            if source[0] == "uuid":
                return UUID(source[1])
        case "integer":
            if isinstance(source, int) and not isinstance(source, bool):
                return source
        case "boolean":
            if isinstance(source, bool):
                return source
        case "real":
            if isinstance(source, (int, float)) and not isinstance(source, bool):
                return float(source)
    raise BadValue(f"expected {kind}, got {source!r}")


def members(column: ColumnType, source: Json) -> frozenset[Atom]:
    """Return the set that *source* stands for; raises `BadValue`, or what taking malformed JSON apart raises."""
    kind = column.key.type
    if isinstance(source, list) and source[0] == "set":
        if kind == "uuid":
            return frozenset([UUID(atom[1]) for atom in source[1]])
        return frozenset([_decode_atom(kind, atom) for atom in source[1]])
    return frozenset((_decode_atom(kind, source),))
