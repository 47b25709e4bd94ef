"""Further processes of a daemon, forked when it has loaded what it is made of: they share that memory.

Here: forking, and noticing each other's end, by a pair of sockets between the first process and each further one. When
the first ends, however it does, all end. When another ends, the first does too, and whoever keeps the service starts
it again. Not here: what a process serves.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable

from neutrino.linux import process
from neutrino.runtime import notify

_log = logging.getLogger("neutrino.workers")
SILENT_AFTER_S = 5.0
"""The first process gives no sign of life when another has given it none for so long."""
END_WITHIN_S = 8.0


class Workers:
    """The processes, as one of them sees them: the first all others by their ends of the sockets, each other the first.

    *pids* are the other ends' processes, none where this is not the first. *place* is this one's, from 0.
    """

    def __init__(self, ends: list[socket.socket], pids: list[int], place: int) -> None:
        self.place = place
        self.is_first = place == 0
        self._ends = ends
        self._pids = pids
        self._heard_s: dict[socket.socket, float] = {}
        self._beating: asyncio.Task[None] | None = None

    def watch(self, lost: Callable[[], None]) -> None:
        """Give signs of life from now on, and call *lost* when a process is gone that should not be."""
        loop = asyncio.get_running_loop()
        for end in self._ends:
            end.setblocking(False)
            self._heard_s[end] = loop.time()
            loop.add_reader(end, self._hear, end, lost)
        beat = notify.beat(self._hears_all) if self.is_first else self._tell()
        self._beating = asyncio.create_task(beat, name="heartbeat")

    async def end(self) -> None:
        """Let the others end, if this is the first; return when they have."""
        loop = asyncio.get_running_loop()
        for end in self._ends:
            loop.remove_reader(end)
            end.close()
        for pid in self._pids:
            try:
                async with asyncio.timeout(END_WITHIN_S):
                    await process.ended(pid)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # noqa: ASYNC222 - it has ended

    def _hear(self, end: socket.socket, lost: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        said = b""
        with contextlib.suppress(ConnectionError):
            said = end.recv(64)
        self._heard_s[end] = loop.time()
        if not said:
            loop.remove_reader(end)
            if self.is_first:
                _log.error("process %d has ended, and so does the service", self._pids[self._ends.index(end)])
            lost()

    def _hears_all(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        return all(now_s - heard_s < SILENT_AFTER_S for heard_s in self._heard_s.values())

    async def _tell(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                self._ends[0].send(b".")
            await asyncio.sleep(notify.BEAT_S)


def forked(number: int) -> Workers:
    """Fork until there are *number* processes; return in each what it sees of the others.

    To be called before there are threads or an event loop.
    """
    gc.freeze()  # the collector would write to every page that they share
    ends: list[socket.socket] = []
    pids: list[int] = []
    for place in range(1, number):
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            for end in (*ends, ours):
                end.close()
            return Workers([theirs], [], place)
        theirs.close()
        ends.append(ours)
        pids.append(pid)
    return Workers(ends, pids, 0)
