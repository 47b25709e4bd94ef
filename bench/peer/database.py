"""A MariaDB of its own in a folder: on a unix socket only, and durable at every commit, as it is by default."""

import os
import subprocess
from pathlib import Path

from bench.peer.daemons import Daemons
from bench.peer.install import MariaDB
from neutrino.stack.fault import StackFault

SCRIPTS = ("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql")
DURABLE = ("--innodb-flush-log-at-trx-commit=1",)
"""The default, spelt out: the log is written and synced at each commit."""


def start(daemons: Daemons, mariadb: MariaDB, folder: Path, database: str) -> tuple[int, str]:
    """Start it with an empty *database*; return its pid and the SQLAlchemy URL.

    Nobody but this user can open the socket, so there are no accounts (``--skip-grant-tables``).
    """
    data = folder / "mysql"
    data.mkdir()
    socket = folder / "mysql.sock"
    common = (
        *mariadb.command,
        "--no-defaults",
        f"--datadir={data}",
        f"--lc-messages-dir={mariadb.share}",
        f"--character-sets-dir={mariadb.share / 'charsets'}",
        f"--plugin-dir={data}",
        f"--tmpdir={folder}",
        f"--socket={socket}",
        f"--pid-file={folder}/mysql.pid",
        "--skip-networking",
        "--skip-grant-tables",
        *(("--user=root",) if os.getuid() == 0 else ()),
        *DURABLE,
    )
    _bootstrap(common, mariadb.share, database)
    # 1,024 connections as DevStack sets them; everything else is as MariaDB ships it.
    settings = ("--max-connections=1024", "--character-set-server=utf8mb3")
    pid = daemons.start("mariadb", (*common, *settings), {})
    daemons.wait("mariadb", socket.exists, 60)
    return pid, f"mysql+pymysql://bench@localhost/{database}?unix_socket={socket}&charset=utf8"


def _bootstrap(common: tuple[str, ...], share: Path, database: str) -> None:
    """Make MariaDB's own tables, as mariadb-install-db does, and the empty *database*."""
    parts = ["CREATE DATABASE mysql;", "USE mysql;"]
    for name in SCRIPTS:
        file = share / name if (share / name).exists() else share / name.replace("mariadb_", "mysql_")
        parts.append(file.read_text())
    parts.append(f"CREATE DATABASE {database} CHARACTER SET utf8mb3;\n")
    done = subprocess.run(
        [*common, "--bootstrap", "--log-warnings=0"],
        input="\n".join(parts).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise StackFault(f"MariaDB cannot make its tables: {' / '.join(lines[-3:])}")
