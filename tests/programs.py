"""Where tests find ovsdb-server and its schemas: in NEUTRINO_PROGRAMS, which ``./stack test`` sets, or on the host."""

import os
import shutil
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Return the file of a program; fail where there is none."""
    folder = os.environ.get("NEUTRINO_PROGRAMS")
    found = shutil.which(name, path=folder) if folder else None
    found = found or shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if found is None:
        pytest.fail(f"{name} is not installed: install OVN, or name a folder with it in NEUTRINO_PROGRAMS")
    return found


def schema(name: str) -> str:
    """Return the file of a schema; fail where there is none."""
    folder = os.environ.get("NEUTRINO_PROGRAMS")
    places = [Path(folder).parent / "share/ovn"] if folder else []
    for place in (*places, Path("/usr/share/ovn")):
        if (place / name).exists():
            return str(place / name)
    return pytest.fail(f"{name} is not installed: install OVN, or set NEUTRINO_PROGRAMS")
