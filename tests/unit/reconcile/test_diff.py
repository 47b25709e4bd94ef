"""Properties of the one diff, on small drawn databases: it makes ours right, and touches nothing else."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from neutrino.ovsdb.column import BaseType, ColumnType
from neutrino.ovsdb.operations import Delete, Insert, Mutate, Operation, Update, Wait
from neutrino.ovsdb.values import mutated
from neutrino.ovsdb.watch import RowChange
from neutrino.reconcile.diff import everything, plan
from neutrino.reconcile.drift import drifted
from neutrino.reconcile.fragment import Fragment, Key, Place
from neutrino.reconcile.territory import Keys, References, Table, Whole
from neutrino.reconcile.world import Touched, World

TERRITORY = {
    "Bed": Table(
        "Bed",
        {"name": Whole(), "ids": Keys(lambda key: key.startswith("our:")), "plants": References("Plant", strong=True)},
        lambda row: any(key.startswith("our:") for key in row["ids"]),
    ),
    "Bunch": Table(
        "Bunch",
        {"name": Whole(), "ids": Keys(lambda key: key.startswith("our:")), "plants": References("Plant", strong=False)},
        lambda row: any(key.startswith("our:") for key in row["ids"]),
    ),
    "Plant": Table(
        "Plant",
        {"name": Whole(), "tags": Whole(), "ids": Keys(lambda key: key.startswith("our:"))},
        lambda row: any(key.startswith("our:") for key in row["ids"]),
        is_root=False,
    ),
}
_SET = ColumnType(BaseType("string"), min=0, max=9)
_MAP = ColumnType(BaseType("string"), BaseType("string"), min=0, max=9)
_KINDS = {"ids": _MAP, "tags": _SET, "plants": _SET}
BEDS = [UUID(int=n) for n in (1, 2)]
PLANTS = [UUID(int=n) for n in (11, 12, 13)]
OTHERS = {"Bed": UUID(int=91), "Bunch": UUID(int=92), "Plant": UUID(int=93)}

Database = dict[str, dict[UUID, dict]]


@st.composite
def fragments(draw) -> dict[tuple[str, str], Fragment]:
    """A desired world: beds, bunches, plants in beds and perhaps in bunches."""
    out = {}
    beds = draw(st.sets(st.sampled_from(BEDS)))
    bunches = draw(st.sets(st.sampled_from(BEDS)))
    for table, rows in (("Bed", beds), ("Bunch", bunches)):
        for uuid in rows:
            row = {"name": draw(st.sampled_from("ab")), "ids": {"our:mark": draw(st.sampled_from("12"))}}
            out[table, str(uuid)] = Fragment({Key(table, uuid): row})
    for uuid in draw(st.sets(st.sampled_from(PLANTS))) if beds else ():
        row = {
            "name": draw(st.sampled_from("ab")),
            "tags": frozenset(draw(st.sets(st.sampled_from("xyz")))),
            "ids": {"our:mark": "1"} | draw(st.sampled_from([{}, {"our:more": "2"}])),
        }
        elements = {Place("Bed", draw(st.sampled_from(sorted(beds))), "plants"): frozenset({uuid})}
        if bunches:
            for bunch in draw(st.sets(st.sampled_from(sorted(bunches)))):
                elements[Place("Bunch", bunch, "plants")] = frozenset({uuid})
        out["Plant", str(uuid)] = Fragment({Key("Plant", uuid): row}, elements)
    return out


@st.composite
def foreign(draw) -> Database:
    """Rows and map keys of others: a bed with a plant, a bunch that has plants of ours, too."""
    return {
        "Bed": {OTHERS["Bed"]: {"name": "theirs", "ids": {"x": "1"}, "plants": frozenset({OTHERS["Plant"]})}},
        "Bunch": {
            OTHERS["Bunch"]: {
                "name": "theirs",
                "ids": {},
                "plants": frozenset(draw(st.sets(st.sampled_from([OTHERS["Plant"], *PLANTS])))),
            }
        },
        "Plant": {OTHERS["Plant"]: {"name": "t", "tags": frozenset({"x"}), "ids": {"x": "1"}}},
    }


def summed(parts: Mapping[tuple[str, str], Fragment]) -> World:
    world = World()
    for source, fragment in parts.items():
        world.replace(source, fragment)
    return world


def as_database(world: World, others: Database) -> Database:
    """Return the database that *world* describes, beside the rows of *others*."""
    rows: Database = {table: dict(others.get(table, {})) for table in TERRITORY}
    for key, row in world.rows():
        made = dict(row)
        if "plants" in TERRITORY[key.table].columns:
            made["plants"] = frozenset(world.members(Place(*key, "plants")))
        rows[key.table][key.uuid] = made
    return swept(rows)


def swept(rows: Database) -> Database:
    """Do what the server does at the end of a transaction: drop plants in no bed, and references to what is gone."""
    kept = {plant for bed in rows["Bed"].values() for plant in bed["plants"]}
    plants = {uuid: row for uuid, row in rows["Plant"].items() if uuid in kept}
    bunches = {u: {**row, "plants": row["plants"] & frozenset(plants)} for u, row in rows["Bunch"].items()}
    return {"Bed": rows["Bed"], "Bunch": bunches, "Plant": plants}


def applied(before: Database, operations: list[Operation]) -> Database:
    rows = {table: dict(of) for table, of in before.items()}
    for operation in operations:
        table = rows[operation.table]
        match operation:
            case Insert(uuid=uuid, row=row):
                assert uuid not in table
                empty = {"ids": {}, "tags": frozenset(), "plants": frozenset()}
                columns = TERRITORY[operation.table].columns
                table[uuid] = {name: row.get(name, empty.get(name)) for name in columns}
            case Wait(uuid=uuid):
                assert uuid in table, f"guard of {operation.table} {uuid}"
            case Update(uuid=uuid, row=row):
                table[uuid] = {**table[uuid], **row}
            case Mutate(uuid=uuid, mutations=mutations):
                row = dict(table[uuid])
                for name, mutator, value in mutations:
                    row[name] = mutated(_KINDS[name], row[name], mutator, value)
                table[uuid] = row
            case Delete(uuid=uuid):
                table.pop(uuid, None)
    for bed in rows["Bed"].values():
        assert bed["plants"] <= rows["Plant"].keys(), "referential integrity"
    return swept(rows)


def changes(before: Database, after: Database) -> list[RowChange]:
    """Return what a monitor says of the way from one state to the other."""
    places = {(table, uuid) for rows in (before, after) for table, of in rows.items() for uuid in of}
    found = [RowChange(table, uuid, before[table].get(uuid), after[table].get(uuid)) for table, uuid in sorted(places)]
    return [change for change in found if change.old != change.new]


def operations_for(world: World, observed: Database, touched: Touched) -> list[Operation]:
    return [operation for step in plan(world, observed, TERRITORY, touched).steps for operation in step.operations]


@given(fragments(), fragments(), foreign())
@settings(max_examples=300, deadline=None)
def test_a_full_pass_makes_any_state_the_desired_one_and_leaves_others_alone(before, after, others) -> None:
    start = as_database(summed(before), others)
    world = summed(after)
    reached = applied(start, operations_for(world, start, everything(world, start, TERRITORY)))
    assert reached == as_database(world, _kept(others, reached))
    assert operations_for(world, reached, everything(world, reached, TERRITORY)) == []


@given(fragments(), fragments(), foreign())
@settings(max_examples=300, deadline=None)
def test_increments_reach_what_a_full_pass_would(before, after, others) -> None:
    world = summed(before)
    state = as_database(world, others)
    for source in sorted(before.keys() | after.keys(), key=lambda one: (list(TERRITORY).index(one[0]), one[1])):
        touched = world.replace(source, after.get(source))
        state = applied(state, operations_for(world, state, touched))
    settled = applied(state, operations_for(world, state, everything(world, state, TERRITORY)))
    assert settled == as_database(summed(after), _kept(others, settled))


@given(fragments(), fragments(), foreign())
@settings(max_examples=300, deadline=None)
def test_one_batch_of_increments_needs_no_full_pass(before, after, others) -> None:
    world = summed(before)
    start = as_database(world, others)
    touched = Touched()
    for source in before.keys() | after.keys():
        touched.update(world.replace(source, after.get(source)))
    reached = applied(start, operations_for(world, start, touched))
    assert reached == as_database(summed(after), _kept(others, reached))


@given(fragments(), fragments(), foreign())
@settings(max_examples=300, deadline=None)
def test_what_others_did_is_mended_and_what_is_right_is_not_looked_at(before, after, others) -> None:
    world = summed(after)
    right, wrong = as_database(world, others), as_database(summed(before), others)
    touched = drifted(changes(right, wrong), world, TERRITORY)
    mended = applied(wrong, operations_for(world, wrong, touched))
    assert mended == applied(wrong, operations_for(world, wrong, everything(world, wrong, TERRITORY)))
    back = drifted(changes(wrong, right), world, TERRITORY)
    assert not back.rows
    assert {cell.place.uuid for cell in back.cells} <= {*OTHERS.values()}  # sets of theirs that have rows of ours


@given(st.lists(st.tuples(st.sampled_from("pqr"), st.one_of(st.none(), fragments())), max_size=6))
@settings(max_examples=200, deadline=None)
def test_the_sum_does_not_depend_on_the_path(steps) -> None:
    """Several sources own the same rows here, and disagree about them."""
    walked, last = World(), {}
    for source, parts in steps:
        rows, elements = {}, {}
        for fragment in (parts or {}).values():
            rows.update(fragment.rows)
            elements.update(fragment.elements)
        last[source] = Fragment(rows, elements) if parts is not None else None
        walked.replace(("", source), last[source])
    direct = World()
    for source in sorted(last, reverse=True):
        direct.replace(("", source), last[source])
    assert dict(walked.rows()) == dict(direct.rows())
    assert {p: walked.members(p) for p in walked.places()} == {p: direct.members(p) for p in direct.places()}


def _kept(others: Database, reached: Database) -> Database:
    """Return *others* with the weak references that the server dropped on its own when plants of ours went."""
    bunch = others["Bunch"][OTHERS["Bunch"]]
    kept = {**bunch, "plants": bunch["plants"] & reached["Bunch"][OTHERS["Bunch"]]["plants"]}
    gone = bunch["plants"] - kept["plants"]
    assert not gone & {OTHERS["Plant"]}
    return {**others, "Bunch": {OTHERS["Bunch"]: kept}}
