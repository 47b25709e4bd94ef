"""A lock that the server keeps for one client at a time (RFC 7047, section 4.1.8).

Here: one lock's state over connections. Not here: what is done while it is held; put an `AssertLock` into transactions.
"""

import asyncio
import logging

from neutrino.ovsdb.session import Disconnected, Reply, Session, refusal

_log = logging.getLogger("neutrino.ovsdb")


class Lock:
    """The lock *name*, asked for on each connection until it is released. Made by `Client.lock`.

    One that *steals* takes it from whoever has it, who is the next to get it back.

    *lost* is set when ownership ends, by the end of the connection or because another client stole it, and cleared when
    it is won again.
    """

    def __init__(self, name: str, *, steals: bool = False) -> None:
        self.name = name
        self._steals = steals
        self.lost = asyncio.Event()
        self._owned = asyncio.Event()
        self._session: Session | None = None
        self._wanted = True

    @property
    def is_owned(self) -> bool:
        """Whether the server has told this client that it holds the lock, on the connection that is open now."""
        return self._owned.is_set()

    async def acquired(self) -> None:
        """Wait until the lock is owned."""
        await self._owned.wait()

    def release(self) -> None:
        """Give the lock back, and do not ask for it again until `request`."""
        self._wanted = False
        session, was_owned = self._session, self.is_owned
        self._drop()
        if session is not None and session.is_open:
            session.send("unlock", [self.name], lambda _: None)
            if was_owned:
                _log.info("lock %s is released", self.name)

    def request(self) -> None:
        """Ask for the lock again after `release`; does nothing while it is asked for."""
        if not self._wanted:
            self._wanted = True
            if self._session is not None:
                self.connected(self._session)

    def connected(self, session: Session) -> None:
        """Ask for the lock on a new connection (called by the client)."""
        self._session = session
        if not self._wanted:
            return

        def on_reply(reply: Reply) -> None:
            if session is not self._session or reply.gone or not self._wanted:
                return
            if reply.error is not None:
                _log.error("lock %s is refused: %s", self.name, refusal("lock", reply.error))
                session.abort(f"lock {self.name} is refused")
            elif reply.result.get("locked"):
                self.won()

        try:
            session.send("steal" if self._steals else "lock", [self.name], on_reply)
        except Disconnected:
            self._session = None

    def disconnected(self) -> None:
        """Note that the connection, and with it the lock, is gone (called by the client)."""
        self._session = None
        self._drop()

    def won(self) -> None:
        """Note that the server gave us the lock (called by the client)."""
        if self._wanted and not self.is_owned:
            _log.info("lock %s is ours", self.name)
            self.lost.clear()
            self._owned.set()

    def stolen(self) -> None:
        """Note that another client stole the lock; the server keeps our place in the queue (called by the client)."""
        self._drop()

    def _drop(self) -> None:
        if self.is_owned:
            _log.info("lock %s is lost", self.name)
            self._owned.clear()
            self.lost.set()
