"""Migrations lead to exactly the declared tables."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from neutrino.store.database import open_database
from neutrino.store.schema import HEAD, MIGRATIONS, upgrade, version
from neutrino.store.tables import metadata


def normal(path):
    """Return every table and index as SQL, blanks and quotes apart."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%'"
        ).fetchall()
    return {(kind, name): " ".join((sql or "").replace('"', "").split()) for kind, name, sql in rows}


def test_the_migrated_tables_are_the_declared_ones(path, tmp_path):
    upgrade(str(path))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()

    declared = tmp_path / "declared.sqlite"
    engine = create_engine(f"sqlite:///{declared}")
    metadata.create_all(engine)
    engine.dispose()
    migrated, created = normal(path), normal(declared)
    assert migrated.keys() == created.keys()
    indexes = {key: sql for key, sql in migrated.items() if key[0] == "index"}
    assert indexes == {key: sql for key, sql in created.items() if key[0] == "index"}
    options = {key: sql.rpartition(")")[2].strip() for key, sql in migrated.items() if key[0] == "table"}
    assert options == {key: sql.rpartition(")")[2].strip() for key, sql in created.items() if key[0] == "table"}


def test_networks_that_were_there_are_not_external(path):
    config = Config()
    for name, value in (("script_location", str(MIGRATIONS)), ("sqlalchemy.url", f"sqlite:///{path}")):
        config.set_main_option(name, value)
    command.upgrade(config, "0001")
    names = ["id", "project_id", "description", "created_at", "updated_at", "name", "status", "provider_network_type"]
    numbers = ["revision_number", "admin_state_up", "shared", "mtu", "port_security_enabled"]
    row = {**dict.fromkeys(names, "x"), **dict.fromkeys(numbers, 1)}
    with closing(sqlite3.connect(path)) as connection:
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO networks ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
        connection.commit()
    upgrade(str(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id, mtu FROM networks").fetchall() == [("x", 1)]
        assert connection.execute("SELECT object_id, action FROM rbac_policies").fetchall() == [
            ("x", "access_as_shared")
        ]


def test_there_is_one_line_of_steps(path):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_file_knows_its_version(path):
    assert version(str(path)) == ""
    upgrade(str(path))
    assert version(str(path)) == HEAD
    before = normal(path)
    upgrade(str(path))
    assert normal(path) == before


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from neutrino.store.schema import upgrade

@event.listens_for(Engine, "before_cursor_execute")
def _die(connection, cursor, statement, *_):
    if "CREATE TABLE segments" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


def test_a_process_that_is_killed_leaves_the_tables_as_they_were(path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert normal(path) == {}
    open_database(f"sqlite:///{path}").close()
    assert version(str(path)) == HEAD


APART = """
import os, sys
from pathlib import Path
from neutrino.store.database import prepare
prepare("sqlite:///" + sys.argv[1])
print(oct(Path(sys.argv[1]).stat().st_mode), "alembic" in sys.modules)
"""


def test_what_makes_the_tables_for_a_daemon_goes_with_its_own_process(path):
    done = subprocess.run([sys.executable, "-c", APART, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0o100600", "False"]
    assert version(str(path)) == HEAD


def test_a_folder_with_odd_characters(tmp_path):
    folder = tmp_path / "100% odd folder"
    folder.mkdir()
    open_database(f"sqlite:///{folder}/db.sqlite").close()
    assert version(str(folder / "db.sqlite")) == HEAD
