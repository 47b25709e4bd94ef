"""One of the two servers that are measured: an endpoint, and the processes behind it by group.

Here: what the load program needs to know, and what groups used. Not here: what each side starts.
"""

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import process
from bench.load import Connection, Refused
from bench.peer.daemons import Daemons
from neutrino.stack.programs import Programs


@dataclass(frozen=True)
class Given:
    """What a server is started with: *identity* is the section that lets it ask Keystone, and a token for the load."""

    daemons: Daemons
    programs: Programs
    folder: Path
    workers: int
    identity: tuple[str, str]


class Side(ABC):
    """A server: where it answers, and the root processes of each group."""

    name: str
    database: str
    pace = 1
    """How many times the requests of a round it makes: a round of a fast server would be over before it can be told
    from what the server does at rest."""
    port: int

    def __init__(self, given: Given) -> None:
        self._daemons, self._programs, self._workers = given.daemons, given.programs, given.workers
        self._authtoken, self.token = given.identity  # the token is for all requests
        self.folder = given.folder
        self.groups: dict[str, tuple[int, ...]] = {}

    @property
    def northbound(self) -> Path:
        """The socket of its Northbound."""
        return self.folder / "nb.sock"

    @property
    def southbound(self) -> Path:
        """The socket of its Southbound."""
        return self.folder / "sb.sock"

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

    def copy(self, ids: Sequence[str], count: int) -> list[str]:  # noqa: ARG002 - what it takes where it is done
        """Copy what has the *ids*, otherwise than by the API; return the new ports' ids, or none."""
        return []

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


def answers(port: int, token: str = "") -> bool:
    """Tell whether GET networks is answered with 200 now."""

    async def ask() -> None:
        async with asyncio.timeout(30), Connection(port, token) as connection:
            await connection("GET", "/networks")

    try:
        asyncio.run(ask())
    except (OSError, Refused, TimeoutError, asyncio.IncompleteReadError):
        return False
    return True


def held_port() -> socket.socket:
    """Return a socket that holds a port of 127.0.0.1 for a server which binds it itself.

    It does not listen, and both reuse the address (socket(7), SO_REUSEADDR), so the server can; nobody is given it.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


def transactions(database: Path) -> int:
    """Return how many transactions the OVSDB file *database* holds: each is one record, after the schema's."""
    return database.read_bytes().count(b"OVSDB JSON ")
