"""What has changed, for those who watch: the journal's tail, read once for all of them.

Here: looking at the journal while somebody watches, and what each watcher has not taken yet. Not here: what a caller
sees of it (events.py).
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from weakref import WeakSet

from neutrino.model.faults import DatabaseUnavailable
from neutrino.store import journal
from neutrino.store.database import Database

log = logging.getLogger("neutrino.api.page.feed")
LOOK_S = 0.2
"""Seconds between two looks at the journal: other processes write to it too, and SQLite cannot tell of that."""
MOST_LINES = 5000  # of one look


class Watcher:
    """What one stream has not been told yet: ids by collection. It takes room for each resource once."""

    def __init__(self, position: int) -> None:
        self.position = position  # in the journal, up to which `take` gives the changes
        self.has_ended = False
        self._changed: dict[str, set[str]] = {}
        self._news = asyncio.Event()

    def tell(self, position: int, lines: Collection[journal.Line]) -> None:
        """Note *lines*, after which the journal is at *position*."""
        self.position = position
        for line in lines:
            self._changed.setdefault(line.collection, set()).add(line.id)
        self._news.set()

    def end(self) -> None:
        """Have the stream end."""
        self.has_ended = True
        self._news.set()

    async def wait(self, timeout_s: float) -> bool:
        """Return True when there is something to take, or the stream is to end; False after *timeout_s*."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> Mapping[str, set[str]]:
        """Return what changed since the last time."""
        changed, self._changed = self._changed, {}
        self._news.clear()
        return changed


class Feed:
    """Reads the journal while there are watchers; without any it does nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: WeakSet[Watcher] = WeakSet()
        self._position = 0
        self._following: asyncio.Task[None] | None = None
        self._is_closed = False

    async def watch(self) -> Watcher:
        """Return a watcher that is told of all that changes from now on, until it leaves or nobody holds it."""
        if not self._watchers:  # nobody has followed the journal meanwhile
            self._position = await self._database.read(journal.newest)
        watcher = Watcher(self._position)
        self._watchers.add(watcher)
        if self._is_closed:
            watcher.end()
        elif self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow(), name="follow the journal")
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Tell *watcher* nothing more."""
        self._watchers.discard(watcher)

    def close(self) -> None:
        """End all streams, those too that begin later."""
        self._is_closed = True
        for watcher in self._watchers:
            watcher.end()

    async def _follow(self) -> None:
        while self._watchers and not self._is_closed:
            await asyncio.sleep(LOOK_S)
            try:
                lines = await self._database.read(lambda c: journal.after(c, self._position, MOST_LINES))
            except DatabaseUnavailable:
                log.warning("the database does not answer: streams of events end, and their readers come back")
                for watcher in list(self._watchers):
                    watcher.end()
                return
            if lines:
                self._position = lines[-1].seq
                for watcher in list(self._watchers):
                    watcher.tell(self._position, lines)
