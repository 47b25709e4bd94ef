"""Schemas, operations against them, remotes, and the generated module."""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from neutrino.ovsdb import (
    BadValue,
    Delete,
    Insert,
    Mutate,
    Schema,
    SchemaError,
    Select,
    UnknownColumn,
    Update,
    Wait,
    columns,
    guarded,
)
from neutrino.ovsdb.column import UNLIMITED, BaseType, ColumnType
from neutrino.ovsdb.endpoint import Endpoint, endpoints
from neutrino.ovsdb.generate import main
from neutrino.ovsdb.operations import encode_operation

SOURCE = {
    "name": "Garden",
    "version": "1.2.3",
    "tables": {
        "Bed": {
            "isRoot": True,
            "indexes": [["name"]],
            "columns": {
                "name": {"type": "string", "mutable": False},
                "plants": {
                    "type": {
                        "key": {"type": "uuid", "refTable": "Garden_Plant", "refType": "weak"},
                        "min": 0,
                        "max": "unlimited",
                    }
                },
                "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
            },
        },
        "Garden_Plant": {
            "columns": {
                "class": {"type": {"key": {"type": "string", "enum": ["set", ["moss", "fern"]]}}},
                "table": {"type": {"key": {"type": "string", "enum": "only"}, "min": 0, "max": 1}},
                "height": {"type": {"key": "real"}, "ephemeral": True},
                "bed": {"type": {"key": {"type": "uuid", "refTable": "Bed"}, "min": 1, "max": 2}},
            }
        },
    },
}
SCHEMA = Schema.parse(SOURCE)
ROW = UUID(int=7)
GOLDEN = Path(__file__).with_name("garden.py.golden")


def test_tables_and_columns():
    bed, plant = SCHEMA.tables["Bed"], SCHEMA.tables["Garden_Plant"]
    assert (SCHEMA.name, SCHEMA.version) == ("Garden", "1.2.3")
    assert (bed.is_root, bed.indexes, plant.is_root) == (True, (("name",),), False)
    assert bed.columns == {
        "name": ColumnType(BaseType("string"), mutable=False),
        "plants": ColumnType(BaseType("uuid", ref_table="Garden_Plant", ref_type="weak"), min=0, max=UNLIMITED),
        "external_ids": ColumnType(BaseType("string"), BaseType("string"), min=0, max=UNLIMITED),
    }
    assert [plant.columns[name].kind for name in ("class", "table", "bed")] == ["scalar", "optional", "set"]
    assert plant.columns["table"].key.enum == ("only",)
    assert SCHEMA.has("Bed")
    assert SCHEMA.has("Bed", "_uuid")
    assert not SCHEMA.has("Bed", "colour")
    assert not SCHEMA.has("Pond", "name")


def test_without_any_mark_each_table_is_root():
    tables = {"A": {"columns": {}}, "B": {"columns": {}}}
    assert [table.is_root for table in Schema.parse({"name": "x", "tables": tables}).tables.values()] == [True, True]


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        {"name": "x"},
        {"tables": {}},
        {"name": "x", "tables": {"A": {}}},
        {"name": "x", "tables": {"A": {"columns": {"a": {"type": "colour"}}}}},
        {"name": "x", "tables": {"A": {"columns": {"a": {"type": {"key": "string", "max": "many"}}}}}},
        {"name": "x", "tables": {"A": {"columns": {"a": {}}}}},
    ],
)
def test_what_is_no_schema(source):
    with pytest.raises(SchemaError):
        Schema.parse(source)


def test_operations():
    here = [["_uuid", "==", ["uuid", str(ROW)]]]
    assert encode_operation(Insert("Bed", ROW, {"name": "a"}), SCHEMA) == {
        "op": "insert",
        "table": "Bed",
        "uuid": str(ROW),
        "row": {"name": "a"},
    }
    change = Mutate("Bed", ROW, (("external_ids", "delete", frozenset(("k",))), ("external_ids", "insert", {"k": "v"})))
    wait, mutate = (encode_operation(operation, SCHEMA) for operation in guarded(change))
    assert wait == {
        "op": "wait",
        "table": "Bed",
        "timeout": 0,
        "where": here,
        "columns": ["_uuid"],
        "until": "==",
        "rows": [{"_uuid": ["uuid", str(ROW)]}],
    }
    assert mutate["mutations"] == [
        ["external_ids", "delete", ["set", ["k"]]],
        ["external_ids", "insert", ["map", [["k", "v"]]]],
    ]
    guard = encode_operation(Wait("Bed", ROW, {"name": "a"}), SCHEMA)
    assert (guard["columns"], guard["rows"]) == (["name"], [{"name": "a"}])
    assert encode_operation(Delete("Bed", ROW), SCHEMA) == {"op": "delete", "table": "Bed", "where": here}
    assert encode_operation(Select("Bed", (("name", "!=", "a"),)), SCHEMA) == {
        "op": "select",
        "table": "Bed",
        "where": [["name", "!=", "a"]],
    }


def test_names_and_values_that_the_schema_lacks():
    for operation in (
        Insert("Pond", ROW, {}),
        Update("Bed", ROW, {"colour": "red"}),
        Select("Bed", ROW, ("colour",)),
        Mutate("Bed", ROW, (("colour", "insert", frozenset()),)),
    ):
        with pytest.raises(UnknownColumn):
            encode_operation(operation, SCHEMA)
    with pytest.raises(BadValue, match=r"Bed\.name: expected a string"):
        encode_operation(Update("Bed", ROW, {"name": 5}), SCHEMA)


def test_remotes():
    text = "tcp:127.0.0.1:6641,ssl:[::1]:6642,unix:/run/nb.sock"
    assert endpoints(text) == (
        Endpoint("tcp", "127.0.0.1", 6641),
        Endpoint("ssl", "::1", 6642),
        Endpoint("unix", "/run/nb.sock"),
    )
    assert ",".join(map(str, endpoints(text))) == text
    for bad in ("", "tcp:host", "tcp:host:port", "udp:host:1", "tcp::6641", "unix:", "tcp:host:99999", "tcp:a:1,"):
        with pytest.raises(ValueError, match="expected unix:PATH"):
            endpoints(bad)


def generated(path):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        main([str(path)])
    return text.getvalue()


@pytest.fixture
def garden(tmp_path):
    path = tmp_path / "garden.ovsschema"
    path.write_text(json.dumps(SOURCE))
    return path


def test_the_generated_module(garden):
    assert generated(garden) == GOLDEN.read_text()


def test_the_generated_module_is_clean(garden, tmp_path):
    module = tmp_path / "garden.py"
    module.write_text(generated(garden))
    root = Path(__file__).parents[3]
    for command in (["ruff", "format", "--check"], ["ruff", "check"], ["mypy", "--strict"]):
        done = subprocess.run([sys.executable, "-m", *command, str(module)], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_columns_of_a_row():
    names: dict = {}
    exec(GOLDEN.read_text(), names)  # noqa: S102
    plant = names["Garden_Plant"](class_="moss", table_=None, height=1.5)
    assert columns(plant) == {"class": "moss", "table": None, "height": 1.5}
    assert names["Garden_Plant"].table == "Garden_Plant"
    assert columns(names["Bed"]()) == {}
