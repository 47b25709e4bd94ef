"""Facts about processes, and waiting for their end.

Here: pidfd, memory. Not here: starting services, namespaces (namespace.py).
"""

import asyncio
import contextlib
import os
import select
import signal
import time
from pathlib import Path


async def ended(pid: int) -> None:
    """Return when *pid* has ended; it need not be a child."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    loop.add_reader(fd, done.set)
    try:
        await done.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)


def wait_for_end(pid: int, timeout_s: float) -> bool:
    """Wait until *pid* has ended; tell whether it has within *timeout_s*."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))
    finally:
        os.close(fd)


def kill_below(pid: int) -> None:
    """Kill what runs below *pid*, which then ends of itself, or *pid* where nothing runs below it.

    nsenter(1) forks to enter a pid namespace and waits: killed alone, it leaves its child running and unburied.
    """
    children: list[str] = []
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in map(int, children or [str(pid)]):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def age_s(pid: int) -> float:
    """Return how long ago *pid* was started (proc(5): starttime, in clock ticks since the boot), to 10 ms."""
    started_ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_ticks / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Return the resident memory of *pid* in bytes, 0 when it is gone."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
