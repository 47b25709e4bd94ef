"""How a backend declares what each API resource renders to.

Here: `Noun`, one line of a backend's list, and `Backend`. Not here: any backend.

A fragment sees of other resources only their *facts*: a small value per resource, with just what others render from
it. When a resource changes and its facts do not, nothing else is rendered again.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from neutrino.model.resource import Resource
from neutrino.reconcile.diff import Observed
from neutrino.reconcile.fragment import Columns, Fragment
from neutrino.reconcile.territory import Territory


class Others(msgspec.Struct, frozen=True):
    """What resources render from rows of *table* that others write beside ours.

    *facts* gives it by the id of the resource that it is about, from all rows of the table, whenever one changes that
    is not ours. A resource looks for it as it does for another resource's facts. *collection* is a name that no
    resource has.
    """

    collection: str
    table: str
    facts: Callable[[Iterable[Columns]], Mapping[str, Hashable]]


See: TypeAlias = Callable[[type[Resource] | Others, str], Any]
"""Returns the facts of a resource, by class and id; None where there is none. With the id `EVERY`: those of all."""

EVERY = "*"
"""Looked for instead of an id: all facts of a collection, as a tuple in the order of their ids."""


class Noun(msgspec.Struct, frozen=True):
    """One collection: how its resources render, what others see of them, and who looks (class and field).

    Those who look at one resource and are many are found by the field that names it; a few others may look too, and are
    remembered one by one.
    """

    resource: type[Resource]
    render: Callable[[Any, See], Fragment | None]
    facts: Callable[[Any], Hashable] | None = None
    seen_by: tuple[tuple[type[Resource], str], ...] = ()

    @property
    def collection(self) -> str:
        """The collection's name."""
        return self.resource.collection


class Backend(msgspec.Struct, frozen=True):
    """A backend as the controller drives it.

    *nouns* are in an order in which each comes after those whose facts it sees. *foundation* renders what belongs to no
    resource, from what is observed (rows whose uuid the server chose); it is rendered anew whenever one of
    *foundation_tables* comes or goes. *others* are what resources render from other services' rows. *also_watched* are
    columns that are none of ours, which observers want to see.
    """

    name: str
    database: str
    lock: str
    territory: Territory
    nouns: Sequence[Noun]
    foundation: Callable[[Observed], Fragment]
    foundation_tables: frozenset[str] = frozenset()
    others: Sequence[Others] = ()
    also_watched: Mapping[str, tuple[str, ...]] = {}
