"""From changes in the database to what has to be looked at again.

Here: which rows and elements of ours a change concerns, and may leave other than they should be. Not here: how they
differ; the one diff tells. Our own changes come by here too, most of all, and leave everything as it should be.
"""

from collections.abc import Iterable, Set
from typing import Any

from neutrino.ovsdb.watch import RowChange
from neutrino.reconcile.fragment import Cell, Key, Place
from neutrino.reconcile.territory import References, Table, Territory, Whole
from neutrino.reconcile.world import Touched, World


def drifted(changes: Iterable[RowChange], world: World, territory: Territory) -> Touched:
    """Return what of ours *changes* concern."""
    touched = Touched()
    for change in changes:
        table = territory.get(change.table)
        if table is None:
            continue
        key = Key(change.table, change.uuid)
        row = change.new if change.new is not None else change.old
        is_ours = world.row(key) is not None or (row is not None and table.is_ours(row))
        if is_ours and not world.agrees(key, change.new):
            touched.rows.add(key)
        touched.cells.update(_cells(change, table, world))
    return touched


def _cells(change: RowChange, table: Table, world: World) -> Iterable[Cell]:
    for column, kind in table.columns.items():
        if isinstance(kind, Whole):
            continue
        place = Place(change.table, change.uuid, column)
        if not isinstance(kind, References):
            yield from world.cells(place)
            continue
        differing = change.difference(column)
        wanted = world.members(place)
        if change.old is None or change.new is None:
            differing |= wanted.keys()
        elif not differing:
            continue
        new = change.new[column] if change.new is not None else None
        present = new if isinstance(new, Set) else _NOBODY
        for atom in differing:
            if (atom in present) != (atom in wanted):
                yield Cell(place, atom)


_NOBODY: Set[Any] = frozenset()
