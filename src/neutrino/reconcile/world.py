"""The desired world: the sum of all fragments.

Here: adding, replacing and taking away fragments, and which parts that touched. Not here: comparing with what is there.

Sums are counted, so several fragments may contribute the same element, or own the same row. Where two disagree about a
row or a map's value, the greater wins by its text: whatever the order in which they came, the world is the same.
"""

from collections.abc import Iterator, Mapping, Set
from typing import TypeAlias
from uuid import UUID

from neutrino.ovsdb.values import Atom, Value
from neutrino.reconcile.fragment import NOTHING, Cell, Columns, Fragment, Key, Place, Source

_Pairs: TypeAlias = dict[tuple[str, str], int]


class Touched:
    """Parts of the world to be compared with what is there."""

    __slots__ = ("cells", "rows")

    def __init__(self) -> None:
        self.rows: set[Key] = set()
        self.cells: set[Cell] = set()

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells)

    def add(self, fragment: Fragment) -> None:
        """Add all parts of *fragment*."""
        self.rows.update(fragment.rows)
        for place, elements in fragment.elements.items():
            self.cells.update([Cell(place, atom) for atom in elements])

    def update(self, other: "Touched") -> None:
        """Add all parts of *other*."""
        self.rows |= other.rows
        self.cells |= other.cells


class World:
    """The sum of fragments, each known by its source. Rows have the uuids that *adopted* says, or their own."""

    def __init__(self, adopted: Mapping[UUID, UUID] | None = None) -> None:
        self.adopted: Mapping[UUID, UUID] = adopted or {}
        self.fragments: dict[Source, Fragment] = {}
        self._rows: dict[Key, Columns] = {}
        self._claims: dict[Key, list[Columns]] = {}  # of the rows that more than one fragment owns
        self._members: dict[Place, dict[UUID, int]] = {}
        self._pairs: dict[Place, _Pairs] = {}

    def replace(self, source: Source, fragment: Fragment | None) -> Touched:
        """Make *fragment*, or nothing, the contribution of *source*; return what that touches."""
        touched = Touched()
        old = self.fragments.get(source, NOTHING)
        new = (fragment or NOTHING).renamed(self.adopted) if self.adopted else fragment or NOTHING
        if old == new:
            return touched
        self._add(new)
        self._take(old)
        if fragment is None:
            self.fragments.pop(source, None)
        else:
            self.fragments[source] = new
        touched.add(old)
        touched.add(new)
        return touched

    def start(self, source: Source, fragment: Fragment) -> None:
        """Add the *fragment* of a new *source* without saying what it touches, for a pass that looks at everything."""
        if fragment != NOTHING:
            self.fragments[source] = fragment.renamed(self.adopted) if self.adopted else fragment
            self._add(self.fragments[source])

    def renamed(self, adopted: Mapping[UUID, UUID]) -> "World":
        """Return the same world with the uuids of *adopted* rows."""
        world = World(adopted)
        for source, fragment in self.fragments.items():
            world.start(source, fragment)
        return world

    def row(self, key: Key) -> Columns | None:
        """Return the desired columns of the row *key*, its elements apart; None where the row should not be."""
        return self._rows.get(key)

    def agrees(self, key: Key, row: Columns | None) -> bool:
        """Say whether *row* is what the row *key* should be, its elements apart.

        Equal values are shared from then on, which halves the memory.
        """
        want = self._rows.get(key)
        if want is None or row is None:
            return want is row
        for column, value in want.items():
            have = row.get(column, _ABSENT)
            if have is value:
                continue
            if have != value:
                return False
            want[column] = have
        return True

    def rows(self) -> Iterator[tuple[Key, Columns]]:
        """Return all desired rows."""
        return iter(self._rows.items())

    def places(self) -> Iterator[Place]:
        """Return the places that have desired elements."""
        yield from self._members
        yield from self._pairs

    def members(self, place: Place) -> Mapping[UUID, int]:
        """Return the desired members of the set *place*."""
        return self._members.get(place, _NO_MEMBERS)

    def pairs(self, place: Place) -> dict[str, str]:
        """Return the desired pairs of the map *place*."""
        return dict(sorted(self._pairs.get(place, ())))

    def wants(self, cell: Cell) -> bool:
        """Say whether the set or map should have the element."""
        place, atom = cell
        return atom in self._members.get(place, _NO_MEMBERS) or any(atom == k for k, _ in self._pairs.get(place, ()))

    def cells(self, place: Place) -> Iterator[Cell]:
        """Return the desired elements of *place*."""
        atoms: list[Atom] = [*self._members.get(place, ()), *(key for key, _ in self._pairs.get(place, ()))]
        return (Cell(place, atom) for atom in atoms)

    def _add(self, fragment: Fragment) -> None:
        for key, row in fragment.rows.items():
            if key in self._rows:
                claims = self._claims.setdefault(key, [self._rows[key]])
                claims.append(row)
                self._rows[key] = _greatest(claims)
            else:
                self._rows[key] = row
        for place, elements in fragment.elements.items():
            if not elements:
                continue
            if isinstance(elements, frozenset):
                members = self._members.setdefault(place, {})
                for member in elements:
                    members[member] = members.get(member, 0) + 1
            else:
                pairs = self._pairs.setdefault(place, {})
                for pair in elements.items():
                    pairs[pair] = pairs.get(pair, 0) + 1

    def _take(self, fragment: Fragment) -> None:
        for key, row in fragment.rows.items():
            claims = self._claims.get(key)
            if claims is None:
                del self._rows[key]
                continue
            claims.remove(row)
            self._rows[key] = _greatest(claims)
            if len(claims) == 1:
                del self._claims[key]
        for place, elements in fragment.elements.items():
            if not elements:
                continue
            if isinstance(elements, frozenset):
                members = self._members[place]
                for member in elements:
                    _count_down(members, member)
                if not members:
                    del self._members[place]
            else:
                pairs = self._pairs[place]
                for pair in elements.items():
                    _count_down(pairs, pair)
                if not pairs:
                    del self._pairs[place]


def _count_down(counts: dict[UUID, int] | _Pairs, item: UUID | tuple[str, str]) -> None:
    left: int = counts[item] - 1  # type: ignore[index]
    if left:
        counts[item] = left  # type: ignore[index]
    else:
        del counts[item]  # type: ignore[arg-type]


def _greatest(claims: list[Columns]) -> Columns:
    return max(claims, key=lambda row: repr(sorted((name, _sortable(value)) for name, value in row.items())))


def _sortable(value: object) -> str:
    if isinstance(value, Set):
        return repr(sorted(map(repr, value)))
    if isinstance(value, Mapping):
        return repr(sorted(value.items()))
    return repr(value)


_NO_MEMBERS: Mapping[UUID, int] = {}
_ABSENT: Value = frozenset(("a column that is not watched",))  # equal to no value of the database
