"""What a process has used, from /proc."""

import os
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
