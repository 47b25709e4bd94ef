"""From intent to the desired world, all of it or only what changed.

Here: reading, rendering, facts and who depends on them. Not here: the backend's terms, comparing, writing.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

from neutrino.model.resource import Resource
from neutrino.reconcile.adoption import adopted
from neutrino.reconcile.diff import Observed
from neutrino.reconcile.fragment import Fragment, Source
from neutrino.reconcile.intent import Intent
from neutrino.reconcile.noun import EVERY, Noun, Others
from neutrino.reconcile.territory import Territory
from neutrino.reconcile.world import Touched, World

_log = logging.getLogger("neutrino.reconcile")
_SLICE = 500  # resources rendered before others may run
_MOST_GONE = 1000  # resources that are forgotten together


class Engine:
    """The desired world of *nouns*, kept up with *intent*. *world* is complete after the first `rebuild`."""

    def __init__(self, nouns: Iterable[Noun], intent: Intent) -> None:
        self.world = World()
        self.failed: dict[Source, str] = {}
        self._nouns = tuple(nouns)
        self._intent = intent
        self._found_by = {noun.collection: {cls.collection for cls, _ in noun.seen_by} for noun in self._nouns}
        self._facts: defaultdict[str, dict[str, Hashable]] = defaultdict(dict)  # by collection and id
        # Who looked for facts that were not there, for all of a collection, or is found by no field: each is told once.
        self._waiting: defaultdict[Source, set[Source]] = defaultdict(set)
        self._gone: set[Source] = set()  # deleted, and among those that wait perhaps

    async def rebuild(self) -> None:
        """Make the world anew from all of the intent."""
        fresh = Engine(self._nouns, self._intent)
        for collection in self._facts.keys() - self._found_by.keys():  # of what others write
            fresh._facts[collection] = self._facts[collection]
        for noun in fresh._nouns:
            resources = await self._intent.all(noun.resource)
            if noun.facts is not None:
                for resource in resources:
                    if (facts := noun.facts(resource)) is not None:
                        fresh._facts[noun.collection][resource.id] = facts
            for number, resource in enumerate(resources, 1):
                fresh._start(noun, resource)
                if not number % _SLICE:
                    await asyncio.sleep(0)
        self.world, self.failed = fresh.world, fresh.failed
        self._facts, self._waiting, self._gone = fresh._facts, fresh._waiting, fresh._gone

    def adopt(self, observed: Observed, territory: Territory) -> int:
        """Give rows of the world the uuids of those that are *observed* in their stead; return how many."""
        found = adopted(self.world, observed, territory)
        if found:
            self.world = self.world.renamed(found)
        return len(found)

    async def absorb(self, changed: Iterable[Source]) -> Touched:
        """Render anew what *changed*, and who depends on facts that changed thereby; return what that touches."""
        dirty: defaultdict[str, set[str]] = defaultdict(set)
        for collection, ident in changed:
            dirty[collection].add(ident)
        touched = Touched()
        for noun in self._nouns:
            ids = dirty.get(noun.collection)
            if not ids:
                continue
            found = await self._intent.get(noun.resource, ids)
            if noun.facts is not None:
                for ident in ids:
                    for collection, dependent in await self._learn(noun, ident, found.get(ident)):
                        dirty[collection].add(dependent)
            for number, ident in enumerate(sorted(ids), 1):
                touched.update(self._render(noun, ident, found.get(ident)))
                if not number % _SLICE:
                    await asyncio.sleep(0)
        return touched

    def learn(self, others: Others, observed: Observed) -> set[Source]:
        """Note what is *observed* of rows of *others*, and return who has to be rendered anew."""
        old = self._facts[others.collection]
        new = dict(others.facts(observed.get(others.table, {}).values()))
        changed = {ident for ident in old.keys() | new.keys() if old.get(ident) != new.get(ident)}
        self._facts[others.collection] = new
        looked = {EVERY, *changed} if changed else ()
        return {source for ident in looked for source in self._waiting.pop((others.collection, ident), ())}

    async def _learn(self, noun: Noun, ident: str, resource: Resource | None) -> set[Source]:
        """Note the facts of a resource, and return who has to look at them again."""
        source = (noun.collection, ident)
        facts = self._facts[noun.collection]
        old = facts.get(ident)
        new = noun.facts(resource) if resource is not None and noun.facts is not None else None
        if old == new:
            return set()
        if new is None:
            del facts[ident]
        else:
            facts[ident] = new
        dependents = self._waiting.pop(source, set()) | self._waiting.pop((noun.collection, EVERY), set())
        if old is not None:
            for cls, field in noun.seen_by:
                dependents.update((cls.collection, one) for one in await self._intent.ids_where(cls, field, ident))
        return dependents

    def _render(self, noun: Noun, ident: str, resource: Resource | None) -> Touched:
        source = (noun.collection, ident)
        try:
            fragment = self._fragment(noun, source, resource)
        except Exception as error:  # noqa: BLE001 - it must not hold up the others
            self._note_failed(source, error)
            return Touched()
        self.failed.pop(source, None)
        if resource is None:
            self._forget(source)
        return self.world.replace(source, fragment)

    def _forget(self, source: Source) -> None:
        """Let nobody who is deleted wait for facts: where many come and go, there would be ever more of them."""
        self._gone.add(source)
        if len(self._gone) < _MOST_GONE:
            return
        for place, sources in list(self._waiting.items()):
            left = sources - self._gone
            if left:
                self._waiting[place] = left
            else:
                del self._waiting[place]
        self._gone.clear()

    def _start(self, noun: Noun, resource: Resource) -> None:
        source = (noun.collection, resource.id)
        try:
            fragment = self._fragment(noun, source, resource)
        except Exception as error:  # noqa: BLE001 - it must not hold up the others
            self._note_failed(source, error)
            return
        if fragment is not None:
            self.world.start(source, fragment)

    def _fragment(self, noun: Noun, source: Source, resource: Resource | None) -> Fragment | None:
        def see(cls: type[Resource] | Others, other: str) -> Any:
            known = self._facts[cls.collection]
            if other == EVERY:
                self._waiting[cls.collection, EVERY].add(source)
                return tuple(known[ident] for ident in sorted(known))
            facts = known.get(other)
            if facts is None or source[0] not in self._found_by.get(cls.collection, ()):
                self._waiting[cls.collection, other].add(source)
            return facts

        if resource is None:
            return None
        self._gone.discard(source)
        return noun.render(resource, see)

    def _note_failed(self, source: Source, error: Exception) -> None:
        says = f"{type(error).__name__}: {error}"
        if self.failed.get(source) != says:
            _log.error("%s %s cannot be rendered; it stays as it is", *source, exc_info=error)
        self.failed[source] = says
