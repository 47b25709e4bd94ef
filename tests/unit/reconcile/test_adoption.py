"""Rows of others that stand for ours are found by their identity, those in sets only there."""

from uuid import UUID

from neutrino.ovsdb.operations import Delete, Insert
from neutrino.reconcile.adoption import adopted
from neutrino.reconcile.diff import everything, plan
from neutrino.reconcile.fragment import Fragment, Key, Place
from neutrino.reconcile.territory import References, Table, Whole
from neutrino.reconcile.world import World


def is_ours(row: object) -> bool:
    return True


def name(row: object) -> object:
    return row["name"]  # type: ignore[index]


TERRITORY = {
    "Box": Table("Box", {"name": Whole(), "things": References("Thing", strong=True)}, is_ours, identity=name),
    "Thing": Table("Thing", {"name": Whole(), "box": Whole()}, is_ours, is_root=False, identity=name),
    "Plain": Table("Plain", {"name": Whole()}, is_ours),
}
BOX, ANOTHER, THING, PLAIN = (UUID(int=number) for number in range(1, 5))
THEIR_BOX, THEIR_THING, STRAY = (UUID(int=number) for number in range(11, 14))


def world(*names: str) -> World:
    made = World()
    things = {Key("Thing", UUID(int=20 + n)): {"name": one, "box": BOX} for n, one in enumerate(names)}
    made.start(("boxes", "1"), Fragment({Key("Box", BOX): {"name": "a"}}))
    made.start(("things", "1"), Fragment(things, {Place("Box", BOX, "things"): frozenset(k.uuid for k in things)}))
    return made


def test_rows_are_adopted_with_all_that_refers_to_them() -> None:
    observed = {
        "Box": {THEIR_BOX: {"name": "a", "things": frozenset({THEIR_THING})}},
        "Thing": {THEIR_THING: {"name": "x", "box": THEIR_BOX}, STRAY: {"name": "y", "box": None}},
        "Plain": {},
    }
    wanted = world("x", "y")
    found = adopted(wanted, observed, TERRITORY)
    assert found == {BOX: THEIR_BOX, UUID(int=20): THEIR_THING}  # the stray one is in no set
    renamed = wanted.renamed(found)
    steps = plan(renamed, observed, TERRITORY, everything(renamed, observed, TERRITORY)).steps
    operations = [one for step in steps for one in step.operations]
    assert [one.uuid for one in operations if isinstance(one, Insert)] == [UUID(int=21)]
    assert not any(isinstance(one, Delete) for one in operations)
    assert renamed.row(Key("Thing", UUID(int=21))) == {"name": "y", "box": THEIR_BOX}


def test_a_row_that_is_there_is_not_given_up_for_another_of_its_name() -> None:
    observed = {"Box": {BOX: {"name": "a", "things": frozenset()}, ANOTHER: {"name": "a", "things": frozenset()}}}
    assert adopted(world(), observed, TERRITORY) == {}


def test_a_table_without_identity_is_never_adopted() -> None:
    made = World()
    made.start(("plain", "1"), Fragment({Key("Plain", PLAIN): {"name": "a"}}))
    assert adopted(made, {"Plain": {THING: {"name": "a"}}}, TERRITORY) == {}
