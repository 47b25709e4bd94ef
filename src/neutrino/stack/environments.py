"""Python environments beside the stack's own: programs whose requirements are not ours, each from its own lock file.

Here: making them, once, in the cache. Not here: what runs in them.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from neutrino.stack import packages, programs
from neutrino.stack.fault import StackFault

ROOT = Path(__file__).resolve().parents[3]
RECIPE = "1"
"""Raise this when what is in the folders changes, so that older folders are left alone."""


def obtain(name: str) -> Path:
    """Return the environment with what ``requirements-NAME.lock`` names, made when it is not in the cache."""
    folder = place(name)
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            _make(fresh, ROOT / f"requirements-{name}.lock")
    return folder / "venv"


def place(name: str) -> Path:
    """Return the folder in which the environment *name* is, or will be."""
    lock = (ROOT / f"requirements-{name}.lock").read_text()
    parts = "\n".join((RECIPE, os.uname().machine, sys.version, sys.base_prefix, lock))
    digest = hashlib.sha256(parts.encode()).hexdigest()[:8]
    return programs.cache_folder().parent / "environments" / f"{name}-{digest}"


def _make(fresh: Path, lock: Path) -> None:
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
    base = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    _run(uv, "venv", "--quiet", "--no-config", "--relocatable", "--python", base, str(made))
    install = ("pip", "install", "--quiet", "--no-config", "--compile-bytecode", "--python", str(made / "bin/python"))
    _run(uv, *install, "--require-hashes", "-r", str(lock))
    shutil.rmtree(bootstrap)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise StackFault(f"{Path(words[0]).name} failed ({last}): check the network and what pip is set up with")
