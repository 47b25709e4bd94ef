"""The one diff: from what is there to what should be, in the parts that were touched.

Here: `plan`, for increments, drift and the full pass alike, and `everything`, which touches all. Not here: sending it.

Each row of ours is a group of operations of its own, with the elements that refer to it, so that a row that the server
refuses holds up no other. Only what differs is written: a set or map by the elements that differ. A mutate or update
of a row that is gone is no error for the server, and a row that nothing refers to vanishes silently with the end of the
transaction; therefore each is guarded by a wait, and a row whose place is not there is held back.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from typing import TypeAlias
from uuid import UUID

import msgspec

from neutrino.ovsdb.operations import Delete, Insert, Mutate, Mutation, Operation, Update, guarded
from neutrino.ovsdb.values import Value
from neutrino.reconcile.fragment import Cell, Columns, Key, Place
from neutrino.reconcile.territory import Keys, References, Table, Territory, Whole
from neutrino.reconcile.world import Touched, World

Observed: TypeAlias = Mapping[str, Mapping[UUID, Columns]]


class Step(msgspec.Struct):
    """What makes one row right: its operations, and the elements that they write."""

    key: Key
    operations: list[Operation] = []
    cells: list[Cell] = []


class Plan(msgspec.Struct, frozen=True):
    """Steps in the order in which they have to be made, and the rows whose absence holds others back."""

    steps: list[Step]
    missing: frozenset[Key]


def plan(world: World, observed: Observed, territory: Territory, touched: Touched) -> Plan:
    """Return what makes the *touched* parts of what is *observed* equal to *world*."""
    return _Planner(world, observed, territory, touched).plan()


def everything(world: World, observed: Observed, territory: Territory) -> Touched:
    """Return all rows of ours, desired or observed, and all elements that differ."""
    touched = Touched()
    touched.rows.update(key for key, _ in world.rows() if key.table in territory)
    for place in world.places():
        row = observed.get(place.table, _NO_ROWS).get(place.uuid)
        have = row.get(place.column) if row is not None else None
        if isinstance(have, Set):
            touched.cells.update([Cell(place, atom) for atom in world.members(place).keys() - have])
        else:
            touched.cells.update(world.cells(place))
    for table in territory.values():
        references = table.references
        for uuid, row in observed.get(table.name, _NO_ROWS).items():
            key = Key(table.name, uuid)
            if world.row(key) is None and table.is_ours(row):
                touched.rows.add(key)
            for column, _ in references:
                have = row[column]
                if have and isinstance(have, Set):
                    place = Place(table.name, uuid, column)
                    touched.cells.update([Cell(place, atom) for atom in have - world.members(place).keys()])
    return touched


class _Planner:
    def __init__(self, world: World, observed: Observed, territory: Territory, touched: Touched) -> None:
        self._world = world
        self._observed = observed
        self._territory = territory
        self._rows = {key for key in touched.rows if key.table in territory}
        self._cells = touched.cells
        self._inserts: dict[Key, Columns] = {}
        self._steps: dict[Key, Step] = {}
        self._added: dict[Key, list[Cell]] = {}
        self._missing: set[Key] = set()

    def plan(self) -> Plan:
        cells = set(self._cells)
        for key in self._rows:
            row = self._world.row(key)
            if row is not None and self._row(key) is None:
                self._inserts[key] = row
                for column, kind in self._territory[key.table].columns.items():
                    if not isinstance(kind, Whole):
                        cells.update(self._world.cells(Place(key.table, key.uuid, column)))
        for cell in cells:
            self._compare_cell(cell)
        self._hold_back()
        for key in self._rows:
            self._compare_row(key)
        for key, added in self._added.items():
            for cell in added:
                step = self._step(key)
                mutation: Mutation = (cell.place.column, "insert", frozenset((key.uuid,)))
                step.operations += guarded(Mutate(cell.place.table, cell.place.uuid, (mutation,)))
                step.cells.append(cell)
        rank = {name: number for number, name in enumerate(self._territory)}
        steps = sorted(self._steps.values(), key=lambda step: rank[step.key.table])
        return Plan(steps, frozenset(self._missing))

    def _row(self, key: Key) -> Columns | None:
        return self._observed.get(key.table, _NO_ROWS).get(key.uuid)

    def _step(self, key: Key) -> Step:
        step = self._steps.get(key)
        if step is None:
            step = self._steps[key] = Step(key)
        return step

    def _is_ours(self, key: Key) -> bool:
        if self._world.row(key) is not None:
            return True
        row = self._row(key)
        return row is not None and key.table in self._territory and self._territory[key.table].is_ours(row)

    # Elements.

    def _compare_cell(self, cell: Cell) -> None:
        place, atom = cell
        table = self._territory.get(place.table)
        kind = table.columns.get(place.column) if table is not None else None
        if isinstance(kind, References) and isinstance(atom, UUID):
            self._compare_member(cell, kind, Key(kind.table, atom))
        elif isinstance(kind, Keys) and isinstance(atom, str):
            self._compare_pair(cell, atom)

    def _compare_member(self, cell: Cell, kind: References, child: Key) -> None:
        place, atom = cell
        container = _container(cell)
        row = self._row(container)
        have = row[place.column] if row is not None else frozenset()
        has = isinstance(have, Set) and atom in have
        if self._world.wants(cell):
            if not has:
                self._added.setdefault(child, []).append(cell)
        elif has and row is not None and (self._is_ours(child) or self._row(child) is None):
            # The server drops weak references when their row goes, but not all (3.1): what it leaves is no one's.
            is_wanted = self._world.row(container) is not None
            is_ours = is_wanted or self._territory[container.table].is_ours(row)
            if not is_wanted and is_ours and self._territory[container.table].is_root:
                return  # the whole row goes
            if kind.strong or is_ours:
                step = self._step(child)
                mutation: Mutation = (place.column, "delete", frozenset((atom,)))
                step.operations += guarded(Mutate(place.table, place.uuid, (mutation,)))
                step.cells.append(cell)

    def _compare_pair(self, cell: Cell, name: str) -> None:
        place = cell.place
        container = _container(cell)
        row = self._row(container)
        if row is None and container not in self._inserts:
            if self._world.wants(cell):
                self._missing.add(container)
            return
        have = row[place.column] if row is not None else None
        old = have.get(name) if isinstance(have, Mapping) else None
        new = self._world.pairs(place).get(name)
        if old == new:
            return
        mutations: list[Mutation] = []
        if old is not None:
            mutations.append((place.column, "delete", frozenset((name,))))
        if new is not None:
            mutations.append((place.column, "insert", {name: new}))
        step = self._step(container)
        if row is None:
            self._insert(step)
        step.operations += guarded(Mutate(place.table, place.uuid, tuple(mutations)))
        step.cells.append(cell)

    def _hold_back(self) -> None:
        """Hold back new rows that lack a place, and elements without their rows."""
        while True:
            unkept = [
                key
                for key in self._inserts
                if not self._territory[key.table].is_root and not self._is_kept(self._added.get(key, ()))
            ]
            if not unkept:
                break
            for key in unkept:
                del self._inserts[key]
        for key, added in self._added.items():
            missing = {_container(cell) for cell in added if not self._is_there(_container(cell))}
            if not self._is_there(key):
                missing.add(key)
                added.clear()
            elif missing:
                added[:] = [cell for cell in added if _container(cell) not in missing]
            self._missing |= missing

    def _is_there(self, key: Key) -> bool:
        return key in self._inserts or self._row(key) is not None

    def _is_kept(self, added: Collection[Cell]) -> bool:
        """Say whether a new row has all its places: without one of its groups, a port would be open."""
        return all(self._is_there(_container(cell)) for cell in added) and any(map(self._is_strong, added))

    def _is_strong(self, cell: Cell) -> bool:
        kind = self._territory[cell.place.table].columns[cell.place.column]
        return isinstance(kind, References) and kind.strong

    # Rows.

    def _compare_row(self, key: Key) -> None:
        row, want = self._row(key), self._world.row(key)
        if want is None:
            table = self._territory[key.table]
            if row is not None and table.is_root and table.is_ours(row):
                self._step(key).operations.append(Delete(*key))
        elif row is not None:
            operations = list(_changes(self._territory[key.table], key, want, row, self._world))
            if operations:
                self._step(key).operations += [*self._brought(key, want), *operations]
        elif key in self._inserts:
            self._insert(self._step(key))
            self._step(key).operations[:0] = self._brought(key, want)

    def _brought(self, key: Key, want: Columns) -> list[Operation]:
        """Return what inserts the rows that the row *key* cannot be without."""
        out: list[Operation] = []
        for column, name in self._territory[key.table].brings.items():
            parts = want.get(column)
            for uuid in parts if isinstance(parts, Set) else ():
                part = Key(name, uuid) if isinstance(uuid, UUID) else None
                row = self._world.row(part) if part else None
                if part and row is not None and self._row(part) is None:
                    out.append(Insert(*part, dict(row)))
        return out

    def _insert(self, step: Step) -> None:
        table = self._territory[step.key.table]
        if not any(isinstance(operation, Insert) for operation in step.operations):
            row = {name: value for name, value in self._inserts[step.key].items() if name in table.columns}
            step.operations.insert(0, Insert(*step.key, row))


def _changes(table: Table, key: Key, want: Columns, have: Columns, world: World) -> Iterable[Operation]:
    """Yield what gives the row *key* the columns *want*. Equal values are shared, which halves the memory.

    Keys that others contribute to a map are elements, and compared as such.
    """
    update: Columns = {}
    mutations: list[Mutation] = []
    for column, value in want.items():
        kind = table.columns.get(column)
        if kind is None:
            continue
        old = have[column]
        if old is value:
            continue
        if old == value:
            want[column] = old
        elif isinstance(value, Set) and isinstance(old, Set):
            mutations += _set_mutations(column, old, value)
        elif isinstance(value, Mapping) and isinstance(old, Mapping):
            others = world.pairs(Place(*key, column))
            gone = [
                name
                for name, atom in old.items()
                if (
                    value[name] != atom
                    if name in value
                    else name not in others and (not isinstance(kind, Keys) or kind.owns(name))
                )
            ]
            new = {name: atom for name, atom in value.items() if old.get(name) != atom}
            if gone:
                mutations.append((column, "delete", frozenset(gone)))
            if new:
                mutations.append((column, "insert", new))
        else:
            update[column] = value
    if update:
        yield from guarded(Update(*key, update))
    if mutations:
        yield from guarded(Mutate(*key, tuple(mutations)))


def _container(cell: Cell) -> Key:
    return Key(cell.place.table, cell.place.uuid)


def _set_mutations(column: str, old: Collection[Value], new: Collection[Value]) -> Iterable[Mutation]:
    gone, come = frozenset(old) - frozenset(new), frozenset(new) - frozenset(old)
    if come:  # first: some sets may not be empty, not even between two mutations
        yield column, "insert", come
    if gone:
        yield column, "delete", gone


_NO_ROWS: Mapping[UUID, Columns] = {}
