"""What one API resource contributes to the desired world.

Here: the fragment and the keys of its parts. Not here: how fragments add up (`world`), who renders them (the backends).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Fragment:
    """Rows that the resource owns, and elements in columns of rows that others own.

    A row holds no column of references to rows of other fragments' making: those are elements.
    """

    rows: Mapping[Key, Columns] = field(default_factory=dict)
    elements: Mapping[Place, Elements] = field(default_factory=dict)


NOTHING = Fragment()
