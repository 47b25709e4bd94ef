"""Namespaces and mounts (namespaces(7), mount(2)).

Here: the system calls that Python 3.11 does not offer, with an error that names the call. Not here: which namespaces
a lab has.
"""

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

NEW_MOUNT = 0x00020000
NEW_USER = 0x10000000
NEW_PID = 0x20000000
NEW_NETWORK = 0x40000000

MOUNT_NOSUID = 0x2
MOUNT_NODEV = 0x4
MOUNT_NOEXEC = 0x8
MOUNT_BIND = 0x1000
MOUNT_RECURSIVE = 0x4000
MOUNT_PRIVATE = 0x40000

NETWORK_FOLDER = Path("/run/netns")
"""Where ip-netns(8) keeps network namespaces by name."""

_MNT_DETACH = 0x2
_libc = ctypes.CDLL(None, use_errno=True)
_Result = TypeVar("_Result")


def unshare(flags: int) -> None:
    """Move this process into new namespaces (unshare(2)); raises OSError."""
    _checked("unshare", _libc.unshare(flags))


def set_namespace(fd: int, kind: int) -> None:
    """Move this thread into the namespace behind *fd* (setns(2)); raises OSError."""
    _checked("setns", _libc.setns(fd, kind))


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount *source* on *target* (mount(2)); raises OSError."""
    names = [text.encode() or None for text in (source, target, kind, data)]
    _checked(f"mount {target}", _libc.mount(names[0], names[1], names[2], ctypes.c_ulong(flags), names[3]))


def map_to_root(uid: int, gid: int) -> None:
    """Make *uid* and *gid* of the parent user namespace root in this process's own one (user_namespaces(7))."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def add_network(name: str) -> None:
    """Make the network namespace *name*, as ``ip netns add`` does.

    ip(8) cannot do it here: it returns to the caller's network namespace afterwards, which is not allowed from a user
    namespace.
    """
    NETWORK_FOLDER.mkdir(mode=0o755, exist_ok=True)
    path = NETWORK_FOLDER / name
    path.touch()

    def make() -> None:
        unshare(NEW_NETWORK)
        mount(f"/proc/self/task/{threading.get_native_id()}/ns/net", str(path), flags=MOUNT_BIND)

    _in_thread(f"netns-{name}", make)


def remove_network(name: str) -> None:
    """Remove the network namespace *name*; it lives on while a process is in it."""
    path = NETWORK_FOLDER / name
    if path.exists():
        _libc.umount2(str(path).encode(), _MNT_DETACH)  # fails where it is a plain file, left by a half-made one
        path.unlink()


def in_network(name: str, action: Callable[[], _Result]) -> _Result:
    """Return what *action* returns when run in the network namespace *name*; what it raises is raised here."""

    def enter_and_act() -> _Result:
        with (NETWORK_FOLDER / name).open("rb") as file:
            set_namespace(file.fileno(), NEW_NETWORK)
        return action()

    return _in_thread(f"netns-{name}", enter_and_act)


def _in_thread(name: str, action: Callable[[], _Result]) -> _Result:
    """Run *action* in a thread that ends with it: a network namespace belongs to the thread, the caller stays."""
    results: list[_Result] = []
    errors: list[OSError] = []

    def body() -> None:
        try:
            results.append(action())
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=body, name=name)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def identity(kind: str, pid: int | str = "self") -> int | None:
    """Return the inode number of the namespace *kind* (``pid``, ``mnt``, ``net``) of *pid*, or None if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/ns/{kind}").stat().st_ino
    return None


def outer_pids(inside: int) -> dict[int, int]:
    """Return {pid inside: pid here} for the processes that share the pid namespace of *inside*, a pid as seen here."""
    wanted = identity("pid", inside)
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or wanted is None or identity("pid", entry.name) != wanted:
            continue
        with contextlib.suppress(OSError, StopIteration):
            line = next(line for line in (entry / "status").read_text().splitlines() if line.startswith("NSpid:"))
            found[int(line.split()[-1])] = int(entry.name)
    return found


def _checked(what: str, result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
