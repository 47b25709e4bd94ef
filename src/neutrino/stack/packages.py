"""Fetching and unpacking Debian packages as an ordinary user, without installing anything.

Here: apt with private state, run over the mirror and keys that the host's own apt already uses. Not here: which
packages are wanted and what becomes of them (programs.py).
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from neutrino.stack.fault import StackFault

DEBIAN_SUITE = "trixie"
"""Debian 13: OVN 25.03 and Open vSwitch 3.5. Older releases of Debian take it from there."""
MERGED = ("bin", "lib", "lib64", "sbin")
"""Folders that are the same as those of /usr (file-hierarchy(7)): packages of older releases still name them."""
BRINGS = ("lib", "linux-image-")
"""What a package is unpacked with: its libraries, and the kernel that the package of the newest one names."""
BY_HAND = "install OVN 24.03 or newer (ovn-central, ovn-host, openvswitch-switch) and busybox-static by hand"


@dataclass(frozen=True)
class Release:
    """A release of a distribution, and the release whose mirror and keys the host has."""

    distribution: str
    codename: str
    host_codename: str


@contextlib.contextmanager
def complete_or_absent(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes *folder* when the block ends well, and vanishes when it does not."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise StackFault(
            f"cannot write to {folder.parent} ({error.strerror}): set XDG_CACHE_HOME to a folder of yours"
        ) from error
    try:
        yield fresh
        fresh.chmod(0o755)
        # Another one may have been quicker: theirs is as good.
        with contextlib.suppress(OSError):
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def chosen_release() -> Release:
    """Return the release to take packages from; raises StackFault on a host without apt."""
    with contextlib.suppress(OSError):
        words = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.MULTILINE))
        if shutil.which("apt-get") and shutil.which("dpkg-deb") and words.get("VERSION_CODENAME"):
            own = words["VERSION_CODENAME"]
            return Release(words["ID"], DEBIAN_SUITE if words["ID"] == "debian" else own, own)
    raise StackFault(f"this host has no new enough OVN and no apt to fetch it with: {BY_HAND}")


def release_of(codename: str) -> Release:
    """Return the release *codename* of the host's distribution; raises StackFault for what is no name of one."""
    if not re.fullmatch("[a-z]+", codename):
        raise StackFault(f"{codename} is no release: give a code name, like {DEBIAN_SUITE}")
    return replace(chosen_release(), codename=codename)


def unpack(release: Release, names: Sequence[str], root: Path) -> None:
    """Fetch the packages *names* of *release* with the libraries that they need, and unpack them into *root*."""
    with tempfile.TemporaryDirectory(prefix="neutrino-apt-") as place:
        apt = _PrivateApt(Path(place), release)
        apt.update()
        archives = apt.download(apt.with_libraries(names))
        for name in MERGED:
            (root / "usr" / name).mkdir(parents=True)
            (root / name).symlink_to(f"usr/{name}")
        for archive in archives:
            # Not `dpkg-deb --extract`: it puts folders in the place of links to folders.
            _run(["sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink', str(archive)], root)


class _PrivateApt:
    """apt with the host's configuration, but sources, state and cache in a folder of its own."""

    def __init__(self, place: Path, release: Release) -> None:
        self._place = place
        self._release = release
        for folder in ("state/lists/partial", "cache/archives/partial", "archives"):
            (place / folder).mkdir(parents=True)
        (place / "status").touch()
        (place / "sources.list").write_text("".join(f"{line}\n" for line in self._sources()))
        settings = {
            "Dir::State": place / "state",
            "Dir::State::status": place / "status",
            "Dir::Cache": place / "cache",
            "Dir::Etc::sourcelist": place / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
        }
        self._options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def update(self) -> None:
        """Fetch the package lists."""
        _run(["apt-get", *self._options, "-qq", "update"], self._place)

    def with_libraries(self, names: Sequence[str]) -> list[str]:
        """Return *names* and the packages of shared libraries (and kernels) that they need, directly or not.

        Other dependencies (init scripts, Python, openssl's command) are left out: nothing is installed.
        """
        kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
        said = _run(
            ["apt-cache", *self._options, "depends", "--recurse", *(f"--no-{kind}" for kind in kinds), *names],
            self._place,
        )
        needs: dict[str, list[str]] = {}
        current = ""
        for line in said.splitlines():
            if not line.startswith((" ", "|")):
                current = line.strip()
                needs[current] = []
            elif match := re.match(r"[ |]+(?:Pre)?Depends: ([a-z0-9][^\s:]*)", line):
                needs[current].append(match[1])
        wanted: dict[str, None] = {}
        queue = list(names)
        while queue:
            name = queue.pop()
            if name in wanted:
                continue
            wanted[name] = None
            queue += [other for other in needs.get(name, ()) if other.startswith(BRINGS) or other == "zlib1g"]
        return list(wanted)

    def download(self, names: Sequence[str]) -> list[Path]:
        """Fetch the packages, checked by apt against the signed lists, and return their files."""
        _run(["apt-get", *self._options, "-qq", "download", *names], self._place / "archives")
        return sorted((self._place / "archives").glob("*.deb"))

    def _sources(self) -> list[str]:
        """Return one-line sources for the release, made from the host's own by exchanging the code name."""
        own, wanted = self._release.host_codename, self._release.codename
        form = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"
        said = _run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"], self._place)
        lines: dict[str, None] = {}
        for line in said.splitlines():
            uri, suite, component, entry = line.split("|")
            if suite not in (own, f"{own}-updates", f"{own}-security") or component not in ("main", "universe"):
                continue
            key = _signing_key(Path(entry.rpartition(":")[0]))
            option = f"[signed-by={key}] " if key else ""
            lines[f"deb {option}{uri} {suite.replace(own, wanted, 1)} {component}"] = None
        if not lines:
            raise StackFault(f"apt on this host has no source for {own}: {BY_HAND}")
        return list(lines)


def _signing_key(sources: Path) -> str:
    """Return the key file that a sources file names, or nothing when apt's trusted keys are meant."""
    with contextlib.suppress(OSError):
        match = re.search(r"signed-by\s*[:=]\s*(/[^\s\]]+)", sources.read_text(), re.IGNORECASE)
        if match:
            return match[1]
    return ""


def _run(command: Sequence[str], folder: Path) -> str:
    """Run *command* in *folder* and return what it printed; raises StackFault with its last words."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    if done.returncode:
        words = (done.stderr.strip() or "no message").splitlines()[-1]
        raise StackFault(f"{command[0]} failed ({words}): check the network and apt's sources, or {BY_HAND}")
    return done.stdout
