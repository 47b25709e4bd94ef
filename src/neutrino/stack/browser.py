"""The browser that the page is tested in: the host's own Chromium, or Debian's, unpacked beside the other programs.

Here: having it. Not here: how packages are fetched (packages.py), what is done with it (tests/page/).
"""

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from neutrino.stack import packages, programs
from neutrino.stack.fault import StackFault

PACKAGES = ("chromium-headless-shell", "chromium-common", "fontconfig-config", "fonts-dejavu-core")
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
RECIPE = "1"
"""Raise this when what is in the folder changes, so that older folders are left alone."""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def obtain() -> Path:
    """Return the program; fetches 110 MB into the cache when the host has none. Raises StackFault without apt."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    release = packages.chosen_release()
    own = replace(release, codename=release.host_codename)  # it starts itself again, by the host's own loader
    text = "\n".join((RECIPE, *PACKAGES, os.uname().machine, own.codename))
    folder = programs.cache_folder() / f"chromium-{own.codename}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            packages.unpack(own, PACKAGES, fresh / "root")
            _fill(fresh)
    return folder / "chromium"


def _fill(fresh: Path) -> None:
    """Write the wrapper that starts the program with the libraries that came with it, but the host's C library."""
    root = fresh / "root"
    program = root / "usr/lib/chromium/chromium-headless-shell"
    if not program.exists():
        raise StackFault("the host's distribution has no chromium-headless-shell: install Chromium by hand")
    for path in root.glob("usr/lib/*-linux-gnu*/*"):
        if path.name.startswith(("libc.so.", "libm.so.", "libpthread.so.", "libdl.so.", "librt.so.", "ld-linux")):
            path.unlink()
    folders = [path.relative_to(fresh) for path in root.glob("usr/lib/*-linux-gnu*") if path.is_dir()]
    folders += [folder / "pulseaudio" for folder in folders]
    (fresh / "fonts.conf").write_text(_FONTS)
    wrapper = fresh / "chromium"
    library_path = ":".join(f"$here/{folder}" for folder in folders)
    wrapper.write_text(
        '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\n'
        f'export LD_LIBRARY_PATH="{library_path}" FONTCONFIG_FILE="$here/fonts.conf"\n'
        f'exec "$here/{program.relative_to(fresh)}" "$@"\n'
    )
    wrapper.chmod(0o755)
