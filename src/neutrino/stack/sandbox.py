"""The sandbox of a lab: namespaces in which the supervisor is the parent of everything.

Here: entering it (one mount and one pid namespace, for ordinary users a user namespace too), the reaper that is its
process 1, and the commands that run something in it from outside. Not here: what the supervisor does.

The caller's network namespace stays: the API listens on the caller's 127.0.0.1. When process 1 or the supervisor
ends, the kernel ends every process of the pid namespace, and with them go the mounts, network namespaces and devices.
"""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from neutrino.linux import namespace
from neutrino.stack.fault import StackFault

KEPT_OF_RUN = ("systemd/resolve", "user")
"""What stays visible of the host's /run: its resolver's files, and the users' own folders."""


def enter(run: Path, supervise: Callable[[], int]) -> None:
    """Make the sandbox and run *supervise* in it; return in the caller's process as soon as it has been forked.

    Must be called without other threads. Raises StackFault when the kernel refuses a namespace.
    """
    uid, gid = os.getuid(), os.getgid()
    kinds = namespace.NEW_MOUNT | namespace.NEW_PID
    try:
        if uid == 0:
            namespace.unshare(kinds)
        else:
            namespace.unshare(kinds | namespace.NEW_USER)
            namespace.map_to_root(uid, gid)
    except OSError as error:
        raise StackFault(f"the kernel refuses namespaces ({error.strerror}): {_mend(error)}") from error
    if os.fork() == 0:
        _reap(run, supervise)


def _mend(error: OSError) -> str:
    """Return what to do about a refused namespace."""
    if Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").exists() and os.getuid():
        return "run as root, or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
    if Path("/proc/sys/kernel/unprivileged_userns_clone").exists() and os.getuid():
        return "run as root, or `sysctl kernel.unprivileged_userns_clone=1`"
    if error.errno == errno.ENOSPC:
        return "raise user.max_user_namespaces by sysctl"
    return "in a container, start it with --privileged (or --cap-add SYS_ADMIN and an unmasked /proc)"


def _reap(run: Path, supervise: Callable[[], int]) -> None:
    """Be process 1: mount, start the supervisor, bury orphans, and end when the supervisor has ended."""
    status = 1
    try:
        _mount(run)
        supervisor = os.fork()
        if supervisor == 0:
            try:
                status = supervise()
            finally:
                os._exit(status)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(supervisor, signal.SIGTERM))
        while True:
            pid, ended = os.wait()
            if pid == supervisor:
                status = os.waitstatus_to_exitcode(ended)
                break
    except OSError as error:
        sys.stderr.write(f"the sandbox cannot be set up: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(status if 0 <= status < 128 else 1)


def _mount(run: Path) -> None:
    """Make mounts private, mount this pid namespace's /proc, and an own /run with what is kept of the host's."""
    namespace.mount("none", "/", flags=namespace.MOUNT_RECURSIVE | namespace.MOUNT_PRIVATE)
    secure = namespace.MOUNT_NOSUID | namespace.MOUNT_NODEV | namespace.MOUNT_NOEXEC
    namespace.mount("proc", "/proc", "proc", secure)
    kept = [Path("/run", name) for name in KEPT_OF_RUN]
    if run.is_relative_to("/run"):
        kept.append(run)
    with contextlib.ExitStack() as stack:
        sources = []
        for path in kept:
            with contextlib.suppress(OSError):
                fd = os.open(path, os.O_PATH | os.O_DIRECTORY)
                stack.callback(os.close, fd)
                sources.append((path, fd))
        namespace.mount("tmpfs", "/run", "tmpfs", namespace.MOUNT_NOSUID | namespace.MOUNT_NODEV, "mode=755")
        for path, fd in sources:
            path.mkdir(parents=True, exist_ok=True)
            bind = namespace.MOUNT_BIND | namespace.MOUNT_RECURSIVE
            namespace.mount(f"/proc/self/fd/{fd}", str(path), flags=bind)


def inside(pid: int, command: Sequence[str], network: str | None = None, resolver: Path | None = None) -> list[str]:
    """Return *command* wrapped so that it runs in the sandbox of process *pid*.

    *network* is a network namespace of the lab (none: the caller's), *resolver* the resolv.conf that it sees.
    """
    words = ["nsenter", f"--target={pid}", "--mount", "--pid"]
    if os.getuid() != 0:
        words += ["--user", "--preserve-credentials"]
    if network is not None:
        words.append(f"--net=/proc/{pid}/root/run/netns/{network}")
    words.append("--")
    if resolver is not None and resolver.exists() and Path("/etc/resolv.conf").exists():
        words += ["unshare", "--mount", "--propagation=private", "sh", "-c"]
        words += ['mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', "stack", str(resolver)]
    return [*words, *command]
