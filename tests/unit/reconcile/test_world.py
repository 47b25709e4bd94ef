"""The sum of fragments, where there is little to sum."""

from uuid import UUID

from neutrino.reconcile.fragment import Fragment, Key, Place
from neutrino.reconcile.world import World

BED = Key("Bed", UUID(int=1))
PLANTS = Place(*BED, "plants")


def test_a_set_that_stays_empty_while_its_row_changes() -> None:
    world = World()
    for name in ("a", "b", "c"):
        world.replace(("beds", "1"), Fragment({BED: {"name": name}}, {PLANTS: frozenset()}))
        assert world.row(BED) == {"name": name}
    world.replace(("beds", "2"), Fragment({}, {PLANTS: frozenset({UUID(int=11)})}))
    world.replace(("beds", "1"), None)
    assert list(world.members(PLANTS)) == [UUID(int=11)]
    world.replace(("beds", "2"), None)
    assert list(world.places()) == []
