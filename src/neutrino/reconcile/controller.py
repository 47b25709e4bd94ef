"""The controller: makes a database equal to the intent, for as long as it leads.

Here: the loop, leadership, full pass, increments, drift, retries. Not here: rendering (the backend), the diff (`diff`).

It works from state: the journal and the changes of the database only say where to look. All writing happens here, one
transaction after the other, and the server sends us the changes of our own transaction before its answer, so whenever
the diff looks, the replica has all that we wrote.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from neutrino.model.faults import DatabaseUnavailable
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.commit import Group, commit
from neutrino.ovsdb.errors import NotConnected, NotOwner, TransactionError, UnknownOutcome
from neutrino.ovsdb.operations import Insert
from neutrino.ovsdb.session import collector_paused
from neutrino.ovsdb.watch import Changes, Lost, Reload, RowChange, Watch
from neutrino.reconcile.diff import Observed, Step, everything, plan
from neutrino.reconcile.drift import drifted
from neutrino.reconcile.engine import Engine
from neutrino.reconcile.fragment import Columns, Key, Source
from neutrino.reconcile.intent import Change, Intent
from neutrino.reconcile.noun import Backend
from neutrino.reconcile.retries import Retries
from neutrino.reconcile.territory import Territory, known_to, watched
from neutrino.reconcile.wake import Wake
from neutrino.reconcile.world import Touched

_log = logging.getLogger("neutrino.reconcile")
_FOUNDATION: Source = ("", "foundation")
_IDLE_S = 1.0  # the journal is looked at at least so often
# A turn begins at the earliest so long after the one before: news that comes alone is taken up at once, a stream of
# news in fewer and larger transactions, which cost this process and northd less. It is a stream where a turn found
# several changes of the intent.
_PACE_S = 0.01
_STREAM_PACE_S = 0.025
_TOGETHER = 2000  # steps in one transaction
_CHANGES = 10_000  # lines of the journal taken at once


class Controller:
    """Keeps *backend*'s database, at *client*, equal to *intent*; run it with `run`.

    *on_ready* is called after each full pass, and when this controller begins to stand by; *on_changes* with what
    changes in the database while it leads. One that *steals* leads at once; who led before leads again when it ends.
    """

    def __init__(
        self,
        backend: Backend,
        client: Client,
        intent: Intent,
        wake_path: Path,
        *,
        on_ready: Callable[[], None] = lambda: None,
        on_changes: Callable[[Sequence[RowChange]], None] = lambda _: None,
        steals: bool = False,
    ) -> None:
        self.passes = 0  # full passes made
        self.written = 0  # rows written, their elements with them
        self._backend = backend
        self._client = client
        self._intent = intent
        self._wake_path = wake_path
        self._on_ready = on_ready
        self._on_changes = on_changes
        self._engine = Engine(backend.nouns, intent)
        self._lock = client.lock(backend.lock, steals=steals)
        self._watch: Watch | None = None
        self._territory: Territory = backend.territory
        self._news = asyncio.Event()
        self._is_live = False  # the replica follows the server
        self._is_fresh = False  # a full pass was made since the last reload and since leading
        self._changes: list[RowChange] = []
        self._seq = 0
        self._is_woken = True  # the journal may have grown
        self._read_at_s = 0.0
        self._pace_s = _PACE_S
        self._realised = self._noted = -1
        self._floor = 0  # up to where the journal is realised whatever fails now
        self._realised_at_s = 0.0
        self._failed: Retries[Key] = Retries()
        self._unrendered: Retries[Source] = Retries(is_quiet=True)
        self._missing: set[Key] = set()  # rows that others wait for
        self._is_to_recheck = False

    @property
    def is_leading(self) -> bool:
        """Whether this controller leads and has made its first full pass."""
        return self._lock.is_owned and self._is_fresh

    @property
    def position(self) -> int:
        """The place in the journal up to which changes were taken up."""
        return self._seq

    @property
    def is_settled(self) -> bool:
        """Whether nothing of what was taken up is left to do: nothing failed, nothing waits to be looked at."""
        return self.is_mended and not self._changes

    @property
    def is_mended(self) -> bool:
        """Whether nothing failed or waits for another row; news may have come since."""
        return self.is_leading and not (self._is_to_recheck or len(self._failed) or self._unrendered)

    @property
    def observed(self) -> Observed:
        """The replica of the database."""
        return self._watch.rows if self._watch is not None else {}

    def row(self, key: Key) -> Columns | None:
        """Return the row of the database that *key* stands for, under whichever uuid it is there."""
        uuid = self._engine.world.adopted.get(key.uuid, key.uuid)
        return self.observed.get(key.table, {}).get(uuid)

    def look_again(self) -> None:
        """Make a full pass next: what was read of the intent may be void."""
        self._is_fresh = False
        self._news.set()

    async def run(self) -> None:
        """Lead when it is our turn, stand by when not, until cancelled. Who fails leaves the lead to another."""
        self._lock.request()
        tables = watched(self._backend.territory)
        for table, columns in self._backend.also_watched.items():
            tables[table] = (*tables.get(table, ()), *columns)
        self._watch = self._client.watch(tables)
        self._is_live = self._is_fresh = False
        try:
            async with asyncio.TaskGroup() as group:
                follow = group.create_task(self._follow(self._watch), name=f"follow {self._backend.database}")
                lost = group.create_task(self._notice_loss(), name=f"loss of {self._backend.lock}")
                try:
                    await self._lead_or_stand_by()
                finally:
                    follow.cancel()
                    lost.cancel()
        finally:
            self._lock.release()
            self._watch.close()

    async def _lead_or_stand_by(self) -> None:
        while True:
            while not await _within(_IDLE_S, self._lock.acquired()):
                if self._is_live:
                    self._on_ready()
            self._is_fresh = False
            _log.info("leading")
            with Wake(self._wake_path, self._wake) as wake:
                while self._lock.is_owned:
                    self._is_woken |= wake.read()  # before the journal is: what is sent from here on is news
                    await self._turn()
            self._is_fresh = False
            _log.info("not leading any more")

    def _wake(self) -> None:
        self._is_woken = True
        self._news.set()

    async def _turn(self) -> None:
        """Put right what the news concern, then wait for more."""
        began_s = asyncio.get_running_loop().time()
        self._news.clear()
        try:
            if self._is_live and not self._is_fresh:
                await self._full_pass()
            elif self._is_live:
                await self._increment()
            await self._note_realised()
        except (NotConnected, UnknownOutcome, NotOwner) as error:
            # Whatever was or was not written: the next full pass sees it.
            _log.warning("interrupted, a full pass follows: %s", error)
            self._is_fresh = False
            await asyncio.sleep(0.1)
            return
        now_s = asyncio.get_running_loop().time()
        due_s = [due for due in (self._failed.next_due_s, self._unrendered.next_due_s) if due is not None]
        await _within(max(0.0, min([_IDLE_S, *(due - now_s for due in due_s)])), self._news.wait())
        await asyncio.sleep(began_s + self._pace_s - asyncio.get_running_loop().time())

    async def _follow(self, watch: Watch) -> None:
        async for event in watch:
            match event:
                case Reload():
                    self._is_live, self._is_fresh = True, False
                    self._changes.clear()
                case Changes(changes=changes):
                    self._is_live = True
                    if self._lock.is_owned:
                        self._changes += changes
                        self._on_changes(changes)
                case Lost():
                    self._is_live = False
            self._news.set()

    async def _notice_loss(self) -> None:
        while True:
            await self._lock.acquired()
            await self._lock.lost.wait()
            self._news.set()

    async def _full_pass(self) -> None:
        """Make everything equal to all of the intent: the same diff, over all rows."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._is_fresh = True  # a reload meanwhile takes that back
        self._changes.clear()
        self._territory = known_to(self._client.schema, self._backend.territory)
        self._floor = max(self._realised, 0)
        self._seq = await self._intent.head()
        self._missing.clear()
        self._failed.clear()
        self._unrendered.clear()
        before = self.written
        with collector_paused():
            self._learn_of_others()
            await self._engine.rebuild()
            self._lay_foundation()
            others = self._engine.adopt(self.observed, self._territory)
            touched = everything(self._engine.world, self.observed, self._territory)
        await self._put_right(touched)
        self._floor = self._seq
        if self._is_fresh:
            self.passes += 1
            written = self.written - before
            _log.info("full pass: %d rows written in %.2f s", written, loop.time() - began_s)
            if others:
                _log.info("%d rows are another service's that were adopted", others)
            self._on_ready()

    async def _increment(self) -> None:
        now_s = asyncio.get_running_loop().time()
        changes = await self._journal(now_s)
        self._pace_s = _STREAM_PACE_S if len(changes) > 1 else _PACE_S
        touched = Touched()
        sources = {(change.collection, change.id) for change in changes}
        sources.update(source for source, _ in self._unrendered.due(now_s))
        observed, self._changes = self._changes, []
        sources.update(self._learn_of_others(observed))
        if sources:
            touched.update(await self._engine.absorb(sources))
        if len(changes) == _CHANGES:
            self._wake()
        if any(c.table in self._backend.foundation_tables and (c.old is None or c.new is None) for c in observed):
            touched.update(self._lay_foundation())
        touched.update(drifted(observed, self._engine.world, self._territory))
        for key, cells in self._failed.due(now_s):
            touched.rows.add(key)
            touched.cells.update(cells)
        if self._is_to_recheck:
            self._is_to_recheck = False
            self._missing.clear()
            touched.update(everything(self._engine.world, self.observed, self._territory))
        self._note_unrendered(sources)
        if touched:
            await self._put_right(touched)
        if changes:
            self._seq = self._floor = changes[-1].seq

    async def _journal(self, now_s: float) -> Sequence[Change]:
        """Return what is new in the journal. It is read when somebody says that it grew, and every second."""
        if not self._is_woken and now_s - self._read_at_s < _IDLE_S:
            return ()
        self._is_woken, self._read_at_s = False, now_s
        return await self._intent.changes(self._seq, _CHANGES)

    def _learn_of_others(self, changes: Sequence[RowChange] | None = None) -> set[Source]:
        """Note what others write, where *changes* are theirs or everywhere; return who has to be rendered anew."""
        out: set[Source] = set()
        for one in self._backend.others:
            if changes is None or any(c.table == one.table and not self._is_ours(c) for c in changes):
                out |= self._engine.learn(one, self.observed)
        return out

    def _is_ours(self, change: RowChange) -> bool:
        table = self._territory.get(change.table)
        return table is not None and all(table.is_ours(row) for row in (change.old, change.new) if row is not None)

    def _lay_foundation(self) -> Touched:
        return self._engine.world.replace(_FOUNDATION, self._backend.foundation(self.observed))

    async def _put_right(self, touched: Touched) -> None:
        planned = plan(self._engine.world, self.observed, self._territory, touched)
        made: set[Key] = set()
        failed: set[Key] = set()
        for first in range(0, len(planned.steps), _TOGETHER):
            steps = planned.steps[first : first + _TOGETHER]
            groups = [Group(tuple(step.operations), step.key) for step in steps]
            errors = await commit(self._client, groups, lock=self._backend.lock)
            for step, error in zip(steps, errors, strict=True):
                if error is not None:
                    failed.add(step.key)
                    self._note_failed(step, error)
                    continue
                self.written += 1
                if isinstance(step.operations[0], Insert):
                    made.add(step.key)
        settled = [key for key in touched.rows if key not in failed and self._failed.settled(key)]
        self._missing |= planned.missing
        # Some waited for a row that is there now, or the server dropped references to it while it was not.
        if settled or made & self._missing:
            self._is_to_recheck = True
            self._news.set()

    def _note_failed(self, step: Step, error: TransactionError) -> None:
        now_s = asyncio.get_running_loop().time()
        says, details = f"{error.error} at {error.index}", error.details  # details may say the same in another order
        self._failed.failed(step.key, says, seq=self._floor, now_s=now_s, cells=step.cells, details=details)

    def _note_unrendered(self, tried: set[Source]) -> None:
        now_s = asyncio.get_running_loop().time()
        for source, says in self._engine.failed.items():
            if source in tried or source not in self._unrendered:
                self._unrendered.failed(source, says, seq=self._floor, now_s=now_s)
        for source in tried - self._engine.failed.keys():
            self._unrendered.settled(source)

    async def _note_realised(self) -> None:
        """Note how far the journal is realised, at most once a second."""
        seqs = [seq for seq in (self._failed.oldest_seq, self._unrendered.oldest_seq) if seq is not None]
        seq = min([self._seq, *seqs])
        now_s = asyncio.get_running_loop().time()
        is_news = seq != self._realised or self._seq != self._noted
        if self._is_fresh and is_news and now_s - self._realised_at_s >= _IDLE_S:
            self._realised_at_s = now_s
            with suppress(DatabaseUnavailable):  # it has said why; another second will do
                await self._intent.realised(self._backend.name, seq, self._seq)
                self._realised, self._noted = seq, self._seq


async def _within(most_s: float, awaited: Awaitable[object]) -> bool:
    """Say whether what is *awaited* came within *most_s*."""
    try:
        async with asyncio.timeout(most_s):
            await awaited
    except TimeoutError:
        return False
    return True
