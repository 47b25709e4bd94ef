"""Differences between the desired world and what is there, each said once and with the resource that it concerns.

Here: from the one diff's plan to differences. Not here: when to look (`check`), mending (the controller).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.operations import Delete, Mutate, Update
from neutrino.ovsdb.values import Value
from neutrino.reconcile.diff import Observed, everything, plan
from neutrino.reconcile.fragment import Cell, Key, Place, Source
from neutrino.reconcile.territory import References, Territory
from neutrino.reconcile.world import World

Json: TypeAlias = Any
ROW = ""
"""The column of a difference that concerns the whole row."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a row, or with the column `ROW` the whole row, that is not as it should be.

    *kind* (a collection), *id* and *name* are those of the API resource that it follows from; they are empty where it
    follows from none, as what no resource asks for. *expected* and *found* are plain values: of a set or map only the
    elements that differ; of a whole row its name where it should be or is, and None where not.
    """

    kind: str
    id: str
    name: str = ""
    table: str
    row: str
    row_name: str
    column: str
    expected: Json
    found: Json


def differences(world: World, observed: Observed, territory: Territory) -> list[Difference]:
    """Return how what is *observed* differs from *world*, in an order that stays."""
    parts = _Parts(world, observed, territory)
    planned = plan(world, observed, territory, everything(world, observed, territory))
    for step in planned.steps:
        for operation in step.operations:
            match operation:
                case Delete(table=table, uuid=uuid):
                    parts.rows.add(Key(table, uuid))
                case Update(table=table, uuid=uuid, row=row):
                    parts.whole |= {Place(table, uuid, column) for column in row}
                case Mutate(table=table, uuid=uuid, mutations=mutations):
                    for column, _, value in mutations:
                        parts.note(Place(table, uuid, column), value if isinstance(value, Collection) else ())
    # Rows that have to wait for others are in no plan.
    parts.rows |= {key for key, _ in world.rows() if key.table in territory and not parts.is_there(key)}
    return sorted(parts.differences(), key=lambda one: (one.kind, one.id, one.table, one.row, one.column))


class _Parts:
    """The parts that differ, gathered from the operations that would mend them."""

    def __init__(self, world: World, observed: Observed, territory: Territory) -> None:
        self.rows: set[Key] = set()
        self.whole: set[Place] = set()
        self._cells: set[Cell] = set()
        self._world = world
        self._observed = observed
        self._territory = territory

    def is_there(self, key: Key) -> bool:
        return key.uuid in self._observed.get(key.table, {})

    def note(self, place: Place, atoms: Iterable[Value]) -> None:
        """Note elements of a set or map. One whose row is missing, or too many, is told of by that row."""
        key = Key(place.table, place.uuid)
        if not self.is_there(key):
            return
        kind = self._territory[place.table].columns[place.column]
        for atom in atoms:
            child = Key(kind.table, atom) if isinstance(kind, References) and isinstance(atom, UUID) else None
            if child is not None and child.table in self._territory:
                is_wanted, is_there = self._world.row(child) is not None, self.is_there(child)
                if is_wanted != is_there:
                    self.rows.add(child)
                    continue
            if isinstance(atom, str | UUID):
                self._cells.add(Cell(place, atom))
            else:
                self.whole.add(place)

    def differences(self) -> Iterator[Difference]:
        places = {cell.place for cell in self._cells} | self.whole
        owners, givers = self._sources({Key(place.table, place.uuid) for place in places} | self.rows)
        for key in self.rows:
            name = self._name(key)
            is_wanted = self._world.row(key) is not None
            source = owners.get(key, ("", ""))
            yield self._difference(source, key, ROW, name if is_wanted else None, None if is_wanted else name)
        for place in self.whole:
            key = Key(place.table, place.uuid)
            want, have = (self._world.row(key) or {}).get(place.column), self._observed[key.table][key.uuid]
            source = owners.get(key, ("", ""))
            yield self._difference(source, key, place.column, plain(want), plain(have[place.column]))
        by_owner: dict[tuple[Source, Place], list[Cell]] = {}
        for cell in self._cells:
            if cell.place not in self.whole:
                owner = owners.get(Key(cell.place.table, cell.place.uuid), ("", ""))
                by_owner.setdefault((givers.get(cell, owner), cell.place), []).append(cell)
        for (source, place), cells in by_owner.items():
            expected, found = self._elements(place, cells)
            yield self._difference(source, Key(place.table, place.uuid), place.column, expected, found)

    def _difference(self, source: Source, key: Key, column: str, expected: Json, found: Json) -> Difference:
        return Difference(
            kind=source[0],
            id=source[1],
            table=key.table,
            row=str(key.uuid),
            row_name=self._name(key),
            column=column,
            expected=expected,
            found=found,
        )

    def _name(self, key: Key) -> str:
        row = self._world.row(key) or self._observed.get(key.table, {}).get(key.uuid) or {}
        name = row.get("name")
        return name if isinstance(name, str) and name else str(key.uuid)

    def _sources(self, keys: Collection[Key]) -> tuple[dict[Key, Source], dict[Cell, Source]]:
        """Return who has each of the rows, and who contributes each of the elements."""
        owners: dict[Key, Source] = {}
        givers: dict[Cell, Source] = {}
        places = {cell.place for cell in self._cells}
        for source, fragment in self._world.fragments.items():
            owners.update((key, source) for key in fragment.rows if key in keys)
            for place in fragment.elements.keys() & places:
                cells = (Cell(place, atom) for atom in fragment.elements[place])
                givers.update((cell, source) for cell in cells if cell in self._cells)
        return owners, givers

    def _elements(self, place: Place, cells: Iterable[Cell]) -> tuple[Json, Json]:
        key = Key(place.table, place.uuid)
        atoms = {cell.atom for cell in cells}
        want, have = (self._world.row(key) or {}).get(place.column), self._observed[key.table][key.uuid][place.column]
        if isinstance(have, Mapping):
            wanted = {**(want if isinstance(want, Mapping) else {}), **self._world.pairs(place)}
            return plain({k: v for k, v in wanted.items() if k in atoms}), plain(
                {k: v for k, v in have.items() if k in atoms}
            )
        members = frozenset(self._world.members(place)) | (want if isinstance(want, Set) else frozenset())
        return plain(members & atoms), plain((have if isinstance(have, Set) else frozenset()) & atoms)


def plain(value: Value | None) -> Json:
    """Return *value* as JSON has it: sets as sorted lists, uuids as text, an empty set or map as None."""
    if isinstance(value, Set):
        return sorted(map(plain, value), key=str) or None
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in sorted(value.items(), key=str)} or None
    return str(value) if isinstance(value, UUID) else value
