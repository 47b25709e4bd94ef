"""Connections that stay, evenly among the processes of a daemon that listen on one socket.

Here: how many each process has, and handing one over to the process that has fewer. Not here: what is said on them,
and when it may be handed over (protocol.py).

The kernel gives a connection to whoever accepts first: of eight clients that stay connected one process may get all,
and the other has nothing to do. Every process sees the counts of all in memory that they share; each number in it is
written by one process only, so none is ever lost.
"""

import asyncio
import mmap
import socket
from collections.abc import Callable

MOST_BYTES = 64 * 1024
"""What was read of a connection before it is handed over, at most."""
_CELL_BYTES = 8


class Sharing:
    """Who serves how many connections, of *number* processes; to be made before they are forked.

    *own* is the place of the process that asks: the first is 0, as in `Workers`.
    """

    def __init__(self, number: int) -> None:
        self.own = 0
        self._number = number
        # A row for each process, of how many it gave to each; then a row of how many each has closed.
        self._cells = memoryview(mmap.mmap(-1, _CELL_BYTES * number * (number + 1))).cast("q")
        self._doors = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(number)]
        for end in self._ends():
            end.setblocking(False)

    def loads(self) -> list[int]:
        """Return how many connections each process has, with those that are on their way to it."""
        n, cells = self._number, self._cells
        return [sum(cells[giver * n + one] for giver in range(n)) - cells[n * n + one] for one in range(n)]

    def is_ours(self, connection: int, data: bytes) -> bool:
        """Say whether this process goes on with the *connection*, a descriptor, and counts it.

        Else another has got a copy of it, with the *data* that was read already.
        """
        loads = self.loads()
        taker = loads.index(min(loads))
        if loads[taker] < loads[self.own] and len(data) <= MOST_BYTES:
            self._count(taker, 1)
            try:
                socket.send_fds(self._doors[taker][0], [data], [connection])
            except OSError:  # it takes none now
                self._count(taker, -1)
            else:
                return False
        self._count(self.own, 1)
        return True

    def closed(self) -> None:
        """Note that this process serves one connection less."""
        self._cells[self._number * self._number + self.own] += 1

    def watch(self, serve: Callable[[socket.socket, bytes], None]) -> None:
        """Let *serve* have each connection that others hand over, and what they read of it, from now on."""
        door = self._doors[self.own][1]
        asyncio.get_running_loop().add_reader(door, self._take, door, serve)

    def close(self) -> None:
        """Give and take no more; connections on their way end."""
        for end in self._ends():
            end.close()

    def _ends(self) -> list[socket.socket]:
        return [end for pair in self._doors for end in pair]

    def _take(self, door: socket.socket, serve: Callable[[socket.socket, bytes], None]) -> None:
        try:
            data, given, _, _ = socket.recv_fds(door, MOST_BYTES, 1)
        except BlockingIOError:
            return
        for one in given:
            serve(socket.socket(fileno=one), data)

    def _count(self, taker: int, connections: int) -> None:
        self._cells[self._number * self.own + taker] += connections
