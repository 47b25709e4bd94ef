"""Which version of the tables a database has, and bringing it to the newest.

Here: the version check, made at each start, and Alembic, loaded only when there is something to do. The steps
themselves are in migrations/versions.
"""

import fcntl
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from alembic.config import Config

_LONGEST_WAIT_S = 10.0
MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(path.stem[:4] for path in MIGRATIONS.glob("versions/[0-9]*.py"))  # each step is named NNNN_what.py


def version(path: str) -> str:
    """Return the version of the tables in the SQLite file *path*; "" where it has none yet."""
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return ""
    return str(row[0]) if row else ""


def upgrade(path: str) -> None:
    """Bring the SQLite file *path* to the newest tables. Processes that start together take turns."""
    if version(path) == HEAD:
        return
    with Path(f"{path}.upgrade").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if version(path) != HEAD:
            _log_ahead(path)
            _run_alembic(path)


def upgrade_apart(path: str) -> None:
    """Do the same in a process of its own, so that what Alembic loads goes with it.

    To be called before there are threads or an event loop. What goes wrong there is not said: `upgrade` will.
    """
    if version(path) == HEAD:
        return
    child = os.fork()
    if child == 0:
        try:
            upgrade(path)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _log_ahead(path: str) -> None:
    """Give the file a write-ahead log before it has tables: those who come later find it so, and change nothing.

    SQLite does not wait for its turn to change this, so that another process that looks for the version is in the way.
    """
    until = time.monotonic() + _LONGEST_WAIT_S
    with closing(sqlite3.connect(path)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return


def upgrade_postgresql(connection: Connection) -> None:
    """Bring the PostgreSQL database of *connection* to the newest tables, all steps in the transaction that is open.

    The caller holds the lock of writers, so that processes that start together take turns.
    """
    if postgresql_version(connection) == HEAD:
        return
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    # Text is compared byte by byte, as SQLite does, whatever order the database was made with.
    for table, column, kind in connection.execute(text(_OTHER_COLLATION)).all():
        connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'))


def postgresql_version(connection: Connection) -> str:
    """Return the version of the tables in the PostgreSQL database of *connection*; "" where it has none yet."""
    if connection.execute(text("SELECT to_regclass('alembic_version') IS NULL")).scalar():
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


_OTHER_COLLATION = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
      AND table_name <> 'alembic_version' AND collation_name IS DISTINCT FROM 'C'
"""


def _run_alembic(path: str) -> None:
    from alembic import command

    config = _config()
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}".replace("%", "%%"))  # its parser takes % as its own
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
