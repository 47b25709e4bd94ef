"""From changes in the database to what has to be looked at again.

Here: which rows and elements of ours a change concerns. Not here: whether they differ; the one diff tells. Our own
changes come by here too, and then nothing differs.
"""

from collections.abc import Iterable
from typing import Any

from neutrino.ovsdb.watch import RowChange
from neutrino.reconcile.fragment import Cell, Columns, Key, Place
from neutrino.reconcile.territory import References, Table, Territory
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
        if world.row(key) is not None or (row is not None and table.is_ours(row)):
            touched.rows.add(key)
        touched.cells.update(_cells(change, table, world))
    return touched


def _cells(change: RowChange, table: Table, world: World) -> Iterable[Cell]:
    for column, kind in table.columns.items():
        place = Place(change.table, change.uuid, column)
        if change.old is None or change.new is None or not isinstance(kind, References):
            yield from world.cells(place)
        if isinstance(kind, References):
            for atom in _members(change.old, column) ^ _members(change.new, column):
                yield Cell(place, atom)


def _members(row: Columns | None, column: str) -> frozenset[Any]:
    value = row[column] if row is not None else None
    return value if isinstance(value, frozenset) else frozenset()
