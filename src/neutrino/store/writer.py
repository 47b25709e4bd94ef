"""Writing with group commit: one thread writes for a whole process, the requests that wait together in one commit.

Here: the queue, the thread, and the transaction that several requests share, each in a savepoint of its own, so that
one that is refused takes none of the others with it. Not here: what a store does to begin and to commit (sqlite.py,
postgresql.py).
"""

import asyncio
import logging
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from neutrino.model.faults import DatabaseUnavailable
from neutrino.store.records import Line, Transaction, write_journal
from neutrino.store.statements import Connection

T = TypeVar("T")
log = logging.getLogger("neutrino.store")

MOST_TOGETHER = 64  # writes in one commit


class Session(ABC):
    """The writer's connection. It is made, and its methods are called, on the writer's thread only."""

    @property
    @abstractmethod
    def connection(self) -> Connection:
        """The connection that statements run on."""

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction in which nobody else writes, and set the savepoint of the first request."""

    @abstractmethod
    def keep(self) -> None:
        """Keep what was written since the savepoint, and set the next one."""

    @abstractmethod
    def undo(self) -> None:
        """Go back to the savepoint."""

    @abstractmethod
    def commit(self, *, journalled: bool) -> None:
        """Commit durably; *journalled* says whether the journal has new lines."""

    @abstractmethod
    def rollback(self) -> None:
        """End a transaction that failed, whatever state it is in."""

    @abstractmethod
    def has_ended(self, error: BaseException) -> bool:
        """Return whether *error*, raised by a statement, ended the whole transaction and not just the request."""

    @abstractmethod
    def may_repeat(self, error: BaseException) -> bool:
        """Return whether the transaction that *error* ended wrote nothing, and may go well if it is made again."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""


class _Write(msgspec.Struct, Generic[T], frozen=True):
    work: Callable[[Transaction], T]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[T]"


class _Outcome(msgspec.Struct, frozen=True):
    result: object = None
    error: BaseException | None = None
    lines: Sequence[Line] = ()


class Writer:
    """The thread that writes, and connects, from the first write on.

    ``on_commit`` is called on it after each commit that wrote to the journal.
    """

    def __init__(self, connect: Callable[[], Session], on_commit: Callable[[], None], attempts: int = 1) -> None:
        self._connect = connect
        self._session: Session | None = None
        self._on_commit = on_commit
        self._attempts = attempts
        self._queue: queue.SimpleQueue[_Write[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in a transaction and return its result once it is durable; see `Database.write`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._thread is None:
            self._start()
        self._queue.put(_Write(work, loop, future))
        return await future

    def close(self) -> None:
        """Finish the writes that are queued, then end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        try:
            while True:
                batch = [self._queue.get()]
                while len(batch) < MOST_TOGETHER:
                    try:
                        batch.append(self._queue.get_nowait())
                    except queue.Empty:
                        break
                if writes := [write for write in batch if write is not None]:
                    self._serve(writes)
                if None in batch:
                    return
        finally:
            if self._session is not None:
                self._session.close()

    def _serve(self, batch: list[_Write[Any]]) -> None:
        outcomes = self._outcomes([write.work for write in batch])
        for loop in {write.loop for write in batch}:
            mine = [(w, o) for w, o in zip(batch, outcomes, strict=True) if w.loop is loop]
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_resolve, mine)
        if any(outcome.lines for outcome in outcomes):
            self._on_commit()

    def _outcomes(self, works: Sequence[Callable[[Transaction], Any]]) -> Sequence[_Outcome]:
        for attempt in range(1, self._attempts + 1):
            try:
                if self._session is None:
                    self._session = self._connect()
                return _committed(self._session, works)
            except Exception as error:  # noqa: BLE001 - whatever it is, every caller must be answered
                session = self._session
                may_repeat = session is not None and session.may_repeat(error) and attempt < self._attempts
                log.error("cannot write%s: %s", ", trying again" if may_repeat else "", getattr(error, "orig", error))
                if session is not None:
                    session.rollback()
                unavailable = DatabaseUnavailable()
                unavailable.__cause__ = error
                if not may_repeat:
                    break
        return [_Outcome(error=unavailable)] * len(works)


def _committed(session: Session, works: Sequence[Callable[[Transaction], Any]]) -> Sequence[_Outcome]:
    """Run *works* in one transaction and commit it; raises what ended the transaction before that."""
    session.begin()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    outcomes: list[_Outcome] = []
    for work in works:
        if outcomes:
            session.keep()
        outcomes.append(_outcome(session, work, now))
    # The lines come last: a number is given out only when nothing but the commit is left to do.
    lines = [line for outcome in outcomes for line in outcome.lines]
    if lines:
        write_journal(session.connection, lines)
    session.commit(journalled=bool(lines))
    return outcomes


def _outcome(session: Session, work: Callable[[Transaction], Any], now: str) -> _Outcome:
    transaction = Transaction(session.connection, now)
    try:
        result = work(transaction)
        return _Outcome(result, None, transaction.finish())
    except Exception as error:
        if session.has_ended(error):
            raise
        session.undo()
        return _Outcome(error=error)


def _resolve(done: Sequence[tuple[_Write[Any], _Outcome]]) -> None:
    for write, outcome in done:
        if write.future.done():
            continue
        if outcome.error is not None:
            write.future.set_exception(outcome.error)
        else:
            write.future.set_result(outcome.result)
