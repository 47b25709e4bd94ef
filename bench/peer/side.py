"""One of the two servers that are measured: an endpoint, and the processes behind it by group.

Here: what the load program needs to know, and what groups used. Not here: what each side starts.
"""

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from pathlib import Path

from bench import process
from bench.load import Connection, Refused

OWN = ("api", "other daemons", "database")
"""Groups that are the server itself; ``nb``, ``sb`` and ``northd`` are OVN, the same program on both sides."""


class Side(ABC):
    """A server: where it answers, and the root processes of each group."""

    name: str
    database: str
    port: int
    groups: dict[str, tuple[int, ...]]

    @abstractmethod
    def prepare(self) -> None:
        """Start what the API needs, and make the tables."""

    @abstractmethod
    def start_api(self) -> float:
        """Start the API; return the seconds until its first answer."""

    @abstractmethod
    def stop_api(self) -> None:
        """Stop the API."""

    @abstractmethod
    def start_others(self) -> None:
        """Start the daemons beside the API."""

    @abstractmethod
    def counters(self) -> dict[str, float]:
        """Return what the side can count of its work so far."""

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU time that each group has used, in seconds."""
        used: dict[str, float] = {}
        for name, roots in self.groups.items():
            used[name] = 0.0
            for pid in process.tree(*roots):
                with contextlib.suppress(OSError):
                    used[name] += process.whole_cpu_s(pid)
        return used

    def memory_mib(self) -> dict[str, dict[str, float]]:
        """Return resident and proportional set and the number of processes of each group."""
        found: dict[str, dict[str, float]] = {}
        for name, roots in self.groups.items():
            sums = {"rss": 0.0, "pss": 0.0, "processes": 0.0}
            for pid in process.tree(*roots):
                with contextlib.suppress(OSError, KeyError):
                    rss, pss = process.weight_mib(pid)
                    sums = {"rss": sums["rss"] + rss, "pss": sums["pss"] + pss, "processes": sums["processes"] + 1}
            found[name] = sums
        return found


def answers(port: int) -> bool:
    """Tell whether GET networks is answered with 200 now."""

    async def ask() -> None:
        async with asyncio.timeout(30), Connection(port) as connection:
            await connection("GET", "/networks")

    try:
        asyncio.run(ask())
    except (OSError, Refused, TimeoutError, asyncio.IncompleteReadError):
        return False
    return True


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def transactions(database: Path) -> int:
    """Return how many transactions the OVSDB file *database* holds: each is one record, after the schema's."""
    return database.read_bytes().count(b"OVSDB JSON ")
