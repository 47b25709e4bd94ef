"""Values to JSON and back."""

from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.ovsdb.column import UNLIMITED, BaseType, ColumnType
from neutrino.ovsdb.errors import BadValue
from neutrino.ovsdb.values import apply_difference, decode, default, encode, encode_mutation, mutated

ATOMS = {
    "string": st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20),
    "integer": st.integers(-(1 << 63), (1 << 63) - 1),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "uuid": st.uuids(),
}
STRING, INTEGER, REF = BaseType("string"), BaseType("integer"), BaseType("uuid")
SCALAR, OPTIONAL = ColumnType(STRING), ColumnType(STRING, min=0)
SET, MAP = ColumnType(STRING, min=0, max=UNLIMITED), ColumnType(STRING, STRING, min=0, max=UNLIMITED)


@st.composite
def typed(draw):
    key, value = draw(st.sampled_from(sorted(ATOMS))), draw(st.sampled_from(sorted(ATOMS)))
    match draw(st.sampled_from(("scalar", "optional", "set", "map"))):
        case "scalar":
            return ColumnType(BaseType(key)), draw(ATOMS[key])
        case "optional":
            return ColumnType(BaseType(key), min=0), draw(st.none() | ATOMS[key])
        case "set":
            return ColumnType(BaseType(key), min=0, max=UNLIMITED), draw(st.frozensets(ATOMS[key], max_size=5))
        case _:
            column = ColumnType(BaseType(key), BaseType(value), min=0, max=UNLIMITED)
            return column, draw(st.dictionaries(ATOMS[key], ATOMS[value], max_size=5))


@given(typed())
def test_round_trip(pair):
    column, value = pair
    assert decode(column, msgspec.json.decode(msgspec.json.encode(encode(column, value)))) == value


@given(st.frozensets(st.integers(0, 9)), st.frozensets(st.integers(0, 9)))
def test_difference_of_sets(old, new):
    column = ColumnType(INTEGER, min=0, max=UNLIMITED)
    assert apply_difference(column, old, encode(column, old ^ new)) == new


SMALL = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"))


@given(SMALL, SMALL)
def test_difference_of_maps(old, new):
    one_side = {key: {**old, **new}[key] for key in old.keys() ^ new.keys()}
    changed = {key: new[key] for key in old.keys() & new.keys() if old[key] != new[key]}
    assert apply_difference(MAP, old, encode(MAP, {**one_side, **changed})) == new


def test_difference_of_single_values():
    assert apply_difference(SCALAR, "a", "b") == "b"
    assert apply_difference(OPTIONAL, "a", "b") == "b"
    assert apply_difference(OPTIONAL, "a", ["set", []]) is None


def test_forms_of_sets():
    uuid = uuid4()
    assert decode(SET, "a") == frozenset("a")
    assert decode(SET, ["set", []]) == frozenset()
    assert decode(OPTIONAL, ["set", ["a"]]) == "a"
    refs = ColumnType(REF, min=0, max=UNLIMITED)
    assert decode(refs, ["uuid", str(uuid)]) == frozenset((uuid,))
    assert decode(refs, ["set", [["uuid", str(uuid)]]]) == frozenset((uuid,))
    assert decode(ColumnType(REF, min=0), ["uuid", str(uuid)]) == uuid


def test_defaults():
    assert [default(column) for column in (SCALAR, OPTIONAL, SET, MAP)] == ["", None, frozenset(), {}]
    assert [default(ColumnType(BaseType(kind))) for kind in ("integer", "real", "boolean", "uuid")] == [
        0,
        0.0,
        False,
        UUID(int=0),
    ]
    assert default(ColumnType(INTEGER, min=1, max=3)) == frozenset((0,))


def test_mutations():
    assert mutated(SET, frozenset("ab"), "insert", frozenset("bc")) == frozenset("abc")
    assert mutated(SET, frozenset("ab"), "delete", frozenset("bc")) == frozenset("a")
    assert mutated(MAP, {"a": "1"}, "insert", {"a": "2", "b": "3"}) == {"a": "1", "b": "3"}
    assert mutated(MAP, {"a": "1", "b": "2"}, "delete", frozenset("a")) == {"b": "2"}
    assert mutated(MAP, {"a": "1", "b": "2"}, "delete", {"a": "9", "b": "2"}) == {"a": "1"}
    assert mutated(OPTIONAL, None, "insert", "a") == "a"
    assert mutated(OPTIONAL, "a", "delete", "a") is None
    assert encode_mutation(MAP, "delete", frozenset("a")) == ["set", ["a"]]
    assert encode_mutation(MAP, "delete", {"a": "1"}) == ["map", [["a", "1"]]]
    with pytest.raises(BadValue):
        encode_mutation(SCALAR, "insert", "a")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (SCALAR, 1),
        (SCALAR, None),
        (SCALAR, "a\0"),
        (SCALAR, "\ud800"),
        (OPTIONAL, 1),
        (SET, "a"),
        (SET, frozenset((1,))),
        (MAP, frozenset()),
        (MAP, {"a": 1}),
        (ColumnType(INTEGER), True),
        (ColumnType(INTEGER), 1 << 63),
        (ColumnType(BaseType("real")), float("nan")),
        (ColumnType(BaseType("boolean")), 1),
        (ColumnType(REF), "8a3b"),
    ],
)
def test_values_that_do_not_fit(column, value):
    with pytest.raises(BadValue):
        encode(column, value)


@pytest.mark.parametrize(
    ("column", "source"),
    [
        (SCALAR, 1),
        (SCALAR, ["set", []]),
        (OPTIONAL, ["set"]),
        (SET, ["map", []]),
        (SET, ["set", [1]]),
        (SET, ["set", 5]),
        (MAP, ["set", []]),
        (MAP, ["map", [["a"]]]),
        (MAP, None),
        (ColumnType(INTEGER), True),
        (ColumnType(INTEGER), "1"),
        (ColumnType(REF), ["uuid", "x"]),
        (ColumnType(REF), "x"),
    ],
)
def test_json_that_does_not_fit(column, source):
    with pytest.raises(BadValue):
        decode(column, source)
