"""What one API resource contributes to the desired world.

Here: the fragment and the keys of its parts. Not here: how fragments add up (`world`), who renders them (the backends).
"""

from collections.abc import Mapping, Set
from typing import NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.values import Atom, Value

Source: TypeAlias = tuple[str, str]
"""Where a fragment comes from: collection and id of an API resource."""

Columns: TypeAlias = dict[str, Value]


class Key(NamedTuple):
    """A row."""

    table: str
    uuid: UUID


class Place(NamedTuple):
    """A set or map column of a row, to which several fragments contribute elements."""

    table: str
    uuid: UUID
    column: str


class Cell(NamedTuple):
    """One element of a place: the row that a set refers to, or the key in a map."""

    place: Place
    atom: Atom


Elements: TypeAlias = frozenset[UUID] | Mapping[str, str]


class Fragment(msgspec.Struct, frozen=True):
    """Rows that the resource owns, and elements in columns of rows that others own.

    A row holds no column of references to rows of other fragments' making: those are elements.
    """

    rows: Mapping[Key, Columns] = {}
    elements: Mapping[Place, Elements] = {}

    def renamed(self, uuids: Mapping[UUID, UUID]) -> "Fragment":
        """Return the same with other *uuids*, by those that it has."""
        rows = {
            Key(table, uuids.get(uuid, uuid)): {name: _renamed(value, uuids) for name, value in row.items()}
            for (table, uuid), row in self.rows.items()
        }
        elements: dict[Place, Elements] = {}
        for (table, uuid, column), atoms in self.elements.items():
            place = Place(table, uuids.get(uuid, uuid), column)
            elements[place] = frozenset(uuids.get(a, a) for a in atoms) if isinstance(atoms, frozenset) else atoms
        return Fragment(rows, elements)


def _renamed(value: Value, uuids: Mapping[UUID, UUID]) -> Value:
    if isinstance(value, UUID):
        return uuids.get(value, value)
    if isinstance(value, Set) and any(atom in uuids for atom in value):
        return frozenset(uuids.get(atom, atom) for atom in value)
    return value


NOTHING = Fragment()
