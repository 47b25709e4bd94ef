"""Which version of the tables a database has, and bringing it to the newest.

Here: the version check, made at each start, and Alembic, loaded only when there is something to do. The steps
themselves are in migrations/versions.
"""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

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
            _run_alembic(path)


def _run_alembic(path: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    for name, value in (("script_location", str(MIGRATIONS)), ("sqlalchemy.url", f"sqlite:///{path}")):
        config.set_main_option(name, value.replace("%", "%%"))  # Alembic's parser takes % as its own
    command.upgrade(config, "head")
