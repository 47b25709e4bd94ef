"""The wake-up: an empty datagram says that the journal may have grown.

Here: the socket. Not here: the journal. A lost datagram costs at most the second until the controller looks by itself.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_log = logging.getLogger("neutrino.reconcile")


class Wake:
    """Listens at the unix datagram socket *path* (mode 0600) while used as a context, and calls *on_wake* in the loop.

    It is called once, and again only after `read`: a datagram that is left unread saves senders from sending another.
    A socket that another process left there is replaced: only the leader listens.
    """

    def __init__(self, path: Path, on_wake: Callable[[], None]) -> None:
        self._path = path
        self._on_wake = on_wake
        self._socket: socket.socket | None = None
        self._inode = 0
        self._is_listening = False

    def __enter__(self) -> Self:
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        # Bound under another name and renamed, so that there is no moment at which the path is missing or open to
        # others.
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(FileNotFoundError):
            fresh.unlink()
        before = os.umask(0o177)
        try:
            channel.bind(str(fresh))
        finally:
            os.umask(before)
        fresh.rename(self._path)
        self._inode = self._path.stat().st_ino
        self._socket = channel
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._stop_listening()
            self._socket.close()
            self._socket = None
        with suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()

    def read(self) -> bool:
        """Take what was sent, and say whether there was anything. What is looked at afterwards is what it told of."""
        assert self._socket is not None  # noqa: S101 - it is used as a context
        is_woken = False
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(1)
                is_woken = True
        self._listen()
        return is_woken

    def _listen(self) -> None:
        if self._socket is not None and not self._is_listening:
            self._is_listening = True
            asyncio.get_running_loop().add_reader(self._socket.fileno(), self._hear)

    def _stop_listening(self) -> None:
        if self._socket is not None and self._is_listening:
            self._is_listening = False
            asyncio.get_running_loop().remove_reader(self._socket.fileno())

    def _hear(self) -> None:
        self._stop_listening()
        self._on_wake()
