"""A PostgreSQL server for the tests: the host's programs if it has some, else Debian's, unpacked into the cache.

It listens on a unix socket only, keeps nothing when the machine stops, and runs as an ordinary user: PostgreSQL
refuses to run as root.
"""

import contextlib
import hashlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from neutrino.stack import packages
from neutrino.stack.programs import cache_folder

PROGRAMS = ("initdb", "postgres", "pg_ctl", "pg_dump", "pg_restore", "createuser", "createdb")
VERSIONS = {"trixie": 17, "bookworm": 15, "noble": 16, "jammy": 14}
RECIPE = "2"  # raise it when what is in the cache's folder changes
USER = "neutrino"
SETTINGS = (
    *("listen_addresses = ''", "fsync = off", "full_page_writes = off", "max_connections = 200"),
    *("shared_buffers = 32MB", "autovacuum = off", "log_statement = none"),
)


def programs():
    """Return the folder of PostgreSQL's programs."""
    places = [Path(name).parent for name in [shutil.which("postgres")] if name]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for place in places:
        if all((place / name).exists() for name in PROGRAMS):
            return place
    return fetched()


def fetched():
    """Return the folder of the programs in the cache, after fetching them if need be."""
    release = packages.chosen_release()
    number = VERSIONS[release.codename]
    names = (f"postgresql-{number}", f"postgresql-client-{number}")
    digest = hashlib.sha256("\n".join((RECIPE, *names, os.uname().machine)).encode()).hexdigest()[:8]
    folder = cache_folder() / f"postgresql-{release.codename}-{digest}"
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            packages.unpack(release, names, fresh / "root")
            _wrap(fresh / "root", f"usr/lib/postgresql/{number}/bin")
    return folder / f"root/usr/lib/postgresql/{number}/bin"


def _wrap(root, place):
    """Have each program started by the loader that came with it, from where it looks for the others and for share/."""
    loader = next(path for pattern in ("lib64", "usr/lib64", "usr/lib") for path in (root / pattern).glob("ld-linux*"))
    libraries = [path for path in (root / "usr/lib").iterdir() if path.name.endswith("-linux-gnu")]
    up = "/".join(".." for _ in Path(place).parts)
    path = ":".join(f"$b/{up}/{library.relative_to(root)}" for library in libraries)
    for name in PROGRAMS:
        program = root / place / name
        program.rename(program.with_name(f".{name}"))
        program.write_text(
            f'#!/bin/sh\nb=${{0%/*}}\nexec "$b/{up}/{loader.relative_to(root)}" --argv0 "$b/{name}"'
            f' --library-path "{path}" "$b/.{name}" "$@"\n'
        )
        program.chmod(0o755)


class Server:
    """A server with a folder of its own, below which everything is; `url` names a database of it."""

    def __init__(self):
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="neutrino-pg-"))  # short: a socket's path has 107 bytes
        self._as = []
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
            if self.bin.is_relative_to(cache_folder()):  # where nobody but root looks: shown to them elsewhere
                root, shown = self.bin.parents[4], self.folder / "programs"
                shown.mkdir()
                self.bin = shown / self.bin.relative_to(root)
                mount = 'mount --bind "$0" "$1" && shift && exec "$@"'
                self._as = ["unshare", "--mount", "sh", "-c", mount, str(root), str(shown), *self._as]
        self._process = None
        self._numbers = itertools.count()
        self._run("initdb", "--username", USER, "--auth", "trust", "--no-sync", "--locale", "C.UTF-8", "--encoding",
                  "UTF8", "--pgdata", str(self.data))  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("".join(f"{line}\n" for line in (*SETTINGS, f"unix_socket_directories = '{self.folder}'")))
        self.start()

    @property
    def data(self):
        return self.folder / "data"

    def url(self, database):
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def connect(self, database="postgres"):
        """Return a connection in which each statement is a transaction."""
        return psycopg.connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)

    def shell(self, script, folder):
        """Run lines of a shell in *folder*, where PostgreSQL's programs reach this server as its administrator."""
        environment = self._environment | {"PGHOST": str(self.folder), "PGUSER": USER}
        environment["PATH"] = f"{programs()}:{environment['PATH']}"
        subprocess.run(["sh", "-eu", "-c", script], cwd=folder, env=environment, check=True, timeout=60)

    def start(self):
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen([*self._as, str(self.bin / "postgres"), "-D", str(self.data)], stdout=log,
                                         stderr=log, env=self._environment)  # fmt: skip
        log.close()
        for _ in range(400):
            with contextlib.suppress(psycopg.OperationalError):
                self.connect().close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        pytest.fail((self.folder / "log").read_text())

    def stop(self):
        """End the server at once, and all its connections."""
        self._run("pg_ctl", "stop", "--pgdata", str(self.data), "--mode", "immediate", "--wait")
        self._process.wait(10)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def make(self):
        """Make a database with nothing in it, whose own order of text is not ours; return its name."""
        name = f"d{next(self._numbers)}"
        with self.connect() as connection:
            order = "LOCALE_PROVIDER icu ICU_LOCALE 'en'" if connection.info.server_version >= 15_00_00 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {order}")
        return name

    def drop(self, name):
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _environment(self):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C"}

    def _run(self, name, *words):
        done = subprocess.run(
            [*self._as, str(self.bin / name), *words],
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
