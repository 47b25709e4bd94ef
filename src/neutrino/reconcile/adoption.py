"""Rows that stand for the same as ours under other uuids, as another service on the same database wrote them.

Here: finding them, by what a backend says that they are identified by. Not here: what becomes of them: the world is
rendered with their uuids instead of ours (`world`), and the one diff changes them in place.

Nothing of this is kept: at the next full pass the same rows are found again.
"""

from collections.abc import Hashable, Iterator, Mapping, Set
from uuid import UUID

from neutrino.reconcile.diff import Observed
from neutrino.reconcile.fragment import Columns, Key, Place
from neutrino.reconcile.territory import References, Table, Territory
from neutrino.reconcile.world import World


def adopted(world: World, observed: Observed, territory: Territory) -> dict[UUID, UUID]:
    """Return the uuids of rows that are there, by ours of desired rows that are not, where they are the same row.

    A row that lives in a set of another is looked for in that set only.
    """
    found: dict[UUID, UUID] = {}
    wanted: dict[str, dict[Hashable, UUID]] = {}
    for key, row in world.rows():
        table = territory.get(key.table)
        if table is None or not table.is_root or key.uuid in observed.get(key.table, _NO_ROWS):
            continue
        if (name := table.identity(row)) is not None:
            wanted.setdefault(key.table, {})[name] = key.uuid
    for name, by_identity in wanted.items():
        rows = observed.get(name, _NO_ROWS).items()
        there = ((uuid, row) for uuid, row in rows if world.row(Key(name, uuid)) is None)
        found.update(_matched(territory[name], by_identity, there))
    for place in world.places():
        kind = territory[place.table].columns.get(place.column) if place.table in territory else None
        if isinstance(kind, References) and kind.strong and kind.table in territory:
            found.update(_members(world, observed, territory[kind.table], place, found))
    return found


def _members(
    world: World, observed: Observed, table: Table, place: Place, found: Mapping[UUID, UUID]
) -> dict[UUID, UUID]:
    rows = observed.get(table.name, _NO_ROWS)
    by_identity = {}
    for uuid in world.members(place):
        row = world.row(Key(table.name, uuid))
        if uuid not in rows and row is not None and (name := table.identity(row)) is not None:
            by_identity[name] = uuid
    if not by_identity:
        return {}
    container = observed.get(place.table, _NO_ROWS).get(found.get(place.uuid, place.uuid))
    have = container[place.column] if container is not None else None
    there: Set[UUID] = have if isinstance(have, Set) else frozenset()
    free = ((uuid, rows[uuid]) for uuid in there if uuid in rows and world.row(Key(table.name, uuid)) is None)
    return _matched(table, by_identity, free)


def _matched(table: Table, wanted: Mapping[Hashable, UUID], there: Iterator[tuple[UUID, Columns]]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for uuid, row in sorted(there, key=lambda one: one[0]):
        ours = wanted.get(table.identity(row))
        if ours is not None:
            found.setdefault(ours, uuid)
    return found


_NO_ROWS: Mapping[UUID, Columns] = {}
