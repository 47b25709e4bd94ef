"""What the peer is made of, fetched once into a cache: MariaDB's programs and a Python environment.

Here: where they come from and how they are unpacked. Not here: starting them (database.py, neutron.py).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neutrino.stack import packages, programs
from neutrino.stack.fault import StackFault

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOCK = HERE / "requirements.lock"
MARIADB_PACKAGES = ("mariadb-server-core", "mariadb-server")
RECIPE = "1"
"""Raise this when what is in the folders changes, so that older folders are left alone."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class MariaDB:
    """How to start ``mariadbd``, and where its data files (``share/mariadb``) are."""

    command: tuple[str, ...]
    share: Path
    version: str


def mariadb(tell: Tell) -> MariaDB:
    """Return MariaDB: the host's, else Debian's packages unpacked into the cache."""
    host = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if host and Path("/usr/share/mariadb").is_dir():
        return _described((host,), Path("/usr/share/mariadb"))
    release = packages.chosen_release()
    digest = _digest(release.codename, *MARIADB_PACKAGES)
    folder = _cache() / f"mariadb-{release.codename}-{digest}"
    if not folder.is_dir():
        tell("fetching MariaDB's packages")
        with packages.complete_or_absent(folder) as fresh:
            packages.unpack(release, MARIADB_PACKAGES, fresh / "root")
    root = folder / "root"
    loader = next(path for name in ("lib64", "usr/lib64", "usr/lib") for path in (root / name).glob("ld-linux*"))
    libraries = ":".join(str(path) for path in (root / "usr/lib").iterdir() if path.name.endswith("-linux-gnu"))
    command = (str(loader), "--argv0", "mariadbd", "--library-path", libraries, str(root / "usr/sbin/mariadbd"))
    return _described(command, root / "usr/share/mariadb")


def environment(tell: Tell) -> Path:
    """Return the Python environment with Neutron, uWSGI and PyMySQL as the lock file names them, made once.

    Raises StackFault when uWSGI, which comes as source, cannot be built here.
    """
    folder = _cache() / f"neutron-{_digest(LOCK.read_text(), sys.version, sys.base_prefix)}"
    if folder.is_dir():
        return folder
    header = Path(sysconfig.get_path("include", vars={"installed_base": sys.base_prefix})) / "Python.h"
    if not shutil.which("gcc") or not header.exists():
        raise StackFault("uWSGI is built from source, which needs a compiler: apt install gcc python3-dev")
    tell("installing upstream Neutron and its dependencies (once, some minutes)")
    base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    with packages.complete_or_absent(folder) as fresh:
        _make(fresh, base)
    return folder


def _make(fresh: Path, base: str) -> None:
    """Fill *fresh* with an environment that may be renamed: its scripts find their interpreter beside them."""
    bootstrap = fresh / ".uv"
    try:
        venv.create(bootstrap, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise StackFault("this Python cannot make environments: apt install python3-venv") from error
    pip = (str(bootstrap / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements-uv.lock"))
    uv = str(bootstrap / "bin" / "uv")
    made = fresh / "venv"
    _run(uv, "venv", "--quiet", "--no-config", "--relocatable", "--python", base, str(made))
    # The build of uWSGI asks for the interpreter's own flags; everything else comes as a wheel or as plain Python.
    install = (
        uv,
        "pip",
        "install",
        "--quiet",
        "--no-config",
        "--compile-bytecode",
        "--python",
        str(made / "bin/python"),
    )
    _run(*install, "--require-hashes", "-r", str(LOCK))
    shutil.rmtree(bootstrap)


def _described(command: tuple[str, ...], share: Path) -> MariaDB:
    said = subprocess.run([*command, "--no-defaults", "--version"], capture_output=True, text=True, check=False).stdout
    version = next((word for word in said.split() if word[:1].isdigit()), "")
    if not version:
        raise StackFault(f"{command[-1]} does not start: install mariadb-server by hand")
    return MariaDB(command, share, version.partition("-")[0])


def _cache() -> Path:
    return programs.cache_folder().parent / "peer"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join((RECIPE, os.uname().machine, *parts)).encode()).hexdigest()[:8]


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise StackFault(f"{Path(words[0]).name} failed ({last}): check the network and what pip is set up with")
