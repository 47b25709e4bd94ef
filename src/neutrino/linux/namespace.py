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


def in_network(name: str, action: Callable[[], _Result]) -> _Result:
    """Return what *action* returns when run in the network namespace *name*.

    It runs in a thread of its own, that ends with it: the namespace belongs to the thread, so the caller stays where
    it is. What *action* raises is raised here.
    """
    results: list[_Result] = []
    errors: list[Exception] = []

    def body() -> None:
        try:
            with (NETWORK_FOLDER / name).open("rb") as file:
                set_namespace(file.fileno(), NEW_NETWORK)
            results.append(action())
        except Exception as error:  # noqa: BLE001 - handed to the caller below
            errors.append(error)

    thread = threading.Thread(target=body, name=f"netns-{name}")
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


def _checked(what: str, result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
