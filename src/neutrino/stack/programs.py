"""The programs that the lab runs: OVSDB, Open vSwitch, OVN, and busybox for instances.

Here: which programs are wanted, whether the host's own are new enough, and the folder that holds them
(``bin/`` and ``share/``). Not here: how packages are fetched and unpacked (packages.py).
"""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from neutrino.stack import packages
from neutrino.stack.fault import StackFault

OLDEST_OVN = (24, 3)
"""The oldest OVN of the host that is used: 24.03 is the first whose northd computes most changes incrementally."""

PACKAGES = (
    *("ovn-central", "ovn-host", "ovn-common", "openvswitch-switch", "openvswitch-common"),
    *("busybox-static", "haproxy", "iproute2"),
)
SERVERS = {
    "ovsdb-server": "usr/sbin/ovsdb-server",
    "ovs-vswitchd": "usr/lib/openvswitch-switch/ovs-vswitchd",
}
"""Programs whose file is not where PATH would look for it (Debian's alternatives), relative to the root."""

OWN_FIRST = {"ip": ("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip")}
"""Programs of which the host's own is started when it has one, looked for at each start."""

NEEDED = (
    "busybox",
    "haproxy",
    "ip",
    "ovn-appctl",
    "ovn-controller",
    "ovn-nbctl",
    "ovn-northd",
    "ovn-sbctl",
    "ovs-appctl",
    "ovs-ofctl",
    "ovs-vsctl",
    "ovs-vswitchd",
    "ovsdb-server",
    "ovsdb-tool",
)
SCHEMAS = {
    "ovn-nb": "share/ovn/ovn-nb.ovsschema",
    "ovn-sb": "share/ovn/ovn-sb.ovsschema",
    "vswitch": "share/openvswitch/vswitch.ovsschema",
}
RECIPE = "4"
"""Raise this when what is in the folder changes, so that older folders are left alone and a new one is made."""


@dataclass(frozen=True)
class Programs:
    """One folder with ``bin/`` (each program starts by its name from there) and ``share/`` (the schemas)."""

    folder: Path
    origin: str

    @property
    def bin(self) -> Path:
        """The folder to put at the front of PATH."""
        return self.folder / "bin"

    def path(self, name: str) -> str:
        """Return the file to start for the program *name*."""
        return str(self.bin / name)

    def schema(self, name: str) -> Path:
        """Return the schema file of the database *name*: ``ovn-nb``, ``ovn-sb`` or ``vswitch``."""
        return self.folder / SCHEMAS[name]


def obtain(codename: str = "") -> Programs:
    """Return the programs, fetching them into the cache when they are not there yet.

    Those of the release *codename* of the host's distribution (``bookworm``), when one is given. Else
    ``NEUTRINO_PROGRAMS`` (the ``bin`` folder of an earlier answer) wins, then the host's own when all of them are
    present and new enough, then Debian's packages. Raises StackFault when none of these can be had.
    """
    if codename:
        return _of_release(packages.release_of(codename))
    chosen = os.environ.get("NEUTRINO_PROGRAMS")
    if chosen:
        folder = Path(chosen).resolve().parent
        missing = [name for name in NEEDED if not (folder / "bin" / name).exists()]
        if missing:
            raise StackFault(f"NEUTRINO_PROGRAMS is {chosen}, where {', '.join(missing)} is missing: unset it")
        return Programs(folder, "NEUTRINO_PROGRAMS")
    own = _host_programs()
    if own is not None:
        return own
    return _of_release(packages.chosen_release())


def _of_release(release: packages.Release) -> Programs:
    """Return the programs of *release*, unpacked from its packages."""
    folder = cache_folder() / f"{release.distribution}-{release.codename}-{_digest(release.codename)}"
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            root = fresh / "root"
            packages.unpack(release, PACKAGES, root)
            _fill_foreign(fresh, root)
    return Programs(folder, f"{release.distribution} {release.codename} packages")


def cache_folder() -> Path:
    """Return the folder that keeps programs for all checkouts of this user."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "neutrino" / "programs"


def _digest(*parts: str) -> str:
    text = "\n".join((RECIPE, *PACKAGES, os.uname().machine, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _host_programs() -> Programs | None:
    """Return the host's own programs when every one is there and OVN is new enough, as a folder of links."""
    found: dict[str, str] = {}
    for name in NEEDED:
        path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if path is None:
            return None
        found[name] = path
    if not all(Path("/usr", schema).exists() for schema in SCHEMAS.values()):
        return None
    version = _ovn_version(found["ovn-northd"])
    if version is None or version < OLDEST_OVN or not _has_dhcp_client(found["busybox"]):
        return None
    folder = cache_folder() / f"host-{version[0]}.{version[1]:02}-{_digest(*found.values())}"
    if not folder.is_dir():
        with packages.complete_or_absent(folder) as fresh:
            (fresh / "bin").mkdir()
            for name, path in found.items():
                (fresh / "bin" / name).symlink_to(path)
            (fresh / "share").symlink_to("/usr/share")
    return Programs(folder, "host")


def _ovn_version(northd: str) -> tuple[int, int] | None:
    said = subprocess.run([northd, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\b(\d+)\.(\d+)\.\d+", said)
    return (int(match[1]), int(match[2])) if match else None


def _has_dhcp_client(busybox: str) -> bool:
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=False).stdout.split()
    return "udhcpc" in applets


def _fill_foreign(fresh: Path, root: Path) -> None:
    """Write ``bin/`` and ``share/`` of *fresh* for packages unpacked in *root*, its subfolder.

    The programs were linked against a C library that may be newer than the host's: each is started by the loader
    that came with them. Paths are relative to the wrapper, so that the folder may be renamed.
    """
    (fresh / "bin").mkdir()
    (fresh / "share").symlink_to("root/usr/share")
    files = {path.name: path for folder in ("usr/bin", "usr/sbin") for path in (root / folder).iterdir()}
    files |= {name: root / file for name, file in SERVERS.items()}
    for name, path in files.items():
        if not (name.startswith(("ovs", "ovn", "vtep", "haproxy")) or name in OWN_FIRST) or _is_script(path):
            continue
        wrapper = fresh / "bin" / name
        own = "".join(f'[ -x {path} ] && exec {path} "$@"\n' for path in OWN_FIRST.get(name, ()))
        words = " ".join(f'"{word}"' for word in foreign(root, path, "$r"))
        wrapper.write_text(f'#!/bin/sh\n{own}r=${{0%/*}}/../root\nexec {words} "$@"\n')
        wrapper.chmod(0o755)
    (fresh / "bin" / "busybox").symlink_to("../root/usr/bin/busybox")
    missing = [name for name in NEEDED if not (fresh / "bin" / name).exists()]
    if missing:
        raise StackFault(f"the packages {', '.join(PACKAGES)} hold no {', '.join(missing)}: install OVN 24.03 or newer")


def foreign(root: Path, program: Path, place: str = "") -> tuple[str, ...]:
    """Return the words that start *program* of the packages unpacked in *root*, by the loader that came with it.

    *place* is how the words name *root*; by its path, unless given.
    """
    loader = next(path for pattern in ("lib64", "usr/lib64", "usr/lib") for path in (root / pattern).glob("ld-linux*"))
    libraries = [path for path in (root / "usr/lib").iterdir() if path.name.endswith("-linux-gnu")]

    def named(path: Path) -> str:
        return f"{place or root}/{path.relative_to(root)}"

    library_path = ":".join(map(named, libraries))
    return (named(loader), "--argv0", program.name, "--library-path", library_path, named(program))


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) != b"\x7fELF"
