"""What a process has used, from /proc."""

import contextlib
import os
import time
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the CPU time of *pid*, user and system, all its threads, in seconds.

    Source: /proc/PID/schedstat of each thread (nanoseconds; proc(5)), finer than the 10 ms ticks of /proc/PID/stat.
    """
    total_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total_ns += int((task / "schedstat").read_text().split()[0])
    return total_ns / 1e9


def memory_mib(pid: int) -> float:
    """Return the resident set of *pid* in MiB (proc(5), smaps_rollup)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no Rss")


def proportional_mib(pid: int) -> float:
    """Return the proportional set of *pid* in MiB: a page that n processes share counts 1/n (proc(5), smaps_rollup)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no Pss")


def whole_cpu_s(pid: int) -> float:
    """Return the CPU time of *pid* with all threads that it ever had, and of the children that it waited for.

    Source: the process's own CPU clock in nanoseconds (clock_getcpuclockid(3)); for children ended, the ticks in
    /proc/PID/stat.
    """
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.clock_gettime((~pid << 3) | 2) + (int(stat[13]) + int(stat[14])) / TICKS_PER_S


def tree(*roots: int) -> list[int]:
    """Return the processes *roots* with all their descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    queue = list(roots)
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue += children.get(pid, [])
    return found


def weight_mib(pid: int) -> tuple[float, float]:
    """Return resident and proportional set of *pid* in MiB: a page shared by n processes counts 1/n in the second."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {name: int(rest.split()[0]) / 1024 for name, _, rest in (line.partition(":") for line in lines[1:])}
    return found["Rss"], found["Pss"]
