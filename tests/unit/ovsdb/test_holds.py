"""Whether a transaction's effects are there (`holds`)."""

from uuid import UUID

from neutrino.ovsdb import Delete, Insert, Mutate, Schema, Update, Wait
from neutrino.ovsdb.commit import holds

MANY = {"min": 0, "max": "unlimited"}
SCHEMA = Schema.parse(
    {
        "name": "S",
        "tables": {
            "T": {
                "columns": {
                    "name": {"type": "string"},
                    "set": {"type": {"key": "string", **MANY}},
                    "map": {"type": {"key": "string", "value": "string", **MANY}},
                }
            }
        },
    }
)
A, B = UUID(int=1), UUID(int=2)


def now(**rows):
    return {("T", {"a": A, "b": B}[name]): row for name, row in rows.items()}


def test_inserts_tell_for_all():
    operations = [Insert("T", A, {"name": "a"}), Insert("T", B, {"name": "b"}), Wait("T", A)]
    assert not holds(operations, {}, SCHEMA)
    assert not holds(operations, now(a={"name": "a"}), SCHEMA)
    assert holds(operations, now(a={"name": "a"}, b={"name": "b"}), SCHEMA)
    assert holds(operations, now(a={"name": "a"}, b={"name": "changed since"}), SCHEMA)
    assert not holds(operations, now(a={"name": "earlier"}, b={"name": "earlier"}), SCHEMA)


def test_an_insert_with_later_mutations():
    operations = [Insert("T", A, {"name": "a"}), Mutate("T", A, (("set", "insert", frozenset("x")),))]
    assert holds(operations, now(a={"name": "a", "set": frozenset("x")}), SCHEMA)
    assert not holds(operations, now(a={"name": "a", "set": frozenset()}), SCHEMA)


def test_without_inserts_all_must_hold():
    replace = Mutate("T", A, (("map", "delete", frozenset("k")), ("map", "insert", {"k": "2"})))
    operations = [replace, Update("T", A, {"name": "new"}), Delete("T", B)]
    done = {"name": "new", "map": {"k": "2", "other": "1"}}
    assert holds(operations, now(a=done), SCHEMA)
    assert not holds(operations, now(a=done, b={}), SCHEMA)
    assert not holds(operations, now(a={**done, "map": {"k": "1"}}), SCHEMA)
    assert not holds(operations, now(a={**done, "name": "old"}), SCHEMA)
    assert not holds([replace], {}, SCHEMA)
    assert not holds([Wait("T", A)], now(a=done), SCHEMA)
