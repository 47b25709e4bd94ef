"""What a controller asks of the store, as a protocol: the store implements it, the tests too.

Here: the journal, reading resources, writing observed status. Not here: SQL.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeVar

from neutrino.model.agent import Agent
from neutrino.model.resource import Resource

R = TypeVar("R", bound=Resource)


class Change(Protocol):
    """A line of the journal: the resource *id* of *collection* was created, updated or deleted."""

    @property
    def seq(self) -> int:
        """The place of the line in the journal; they grow, with gaps."""
        ...

    @property
    def collection(self) -> str:
        """The collection of the resource."""
        ...

    @property
    def id(self) -> str:
        """The id of the resource."""
        ...


class Intent(Protocol):
    """The intent in the store, read by a controller, and the status that it writes back."""

    async def head(self) -> int:
        """Return the newest sequence number of the journal; 0 when it is empty."""
        ...

    async def changes(self, since: int, most: int = 10_000) -> Sequence[Change]:
        """Return at most *most* changes of intent, not of status, after *since*, oldest first."""
        ...

    async def get(self, cls: type[R], ids: Collection[str]) -> dict[str, R]:
        """Return those of *ids* that exist."""
        ...

    async def all(self, cls: type[R]) -> Sequence[R]:
        """Return all resources of *cls*."""
        ...

    async def ids_where(self, cls: type[Resource], field: str, value: str) -> Sequence[str]:
        """Return the ids of the resources of *cls* whose *field* is *value*; ``fixed_ips.subnet_id`` for items."""
        ...

    async def set_port_status(self, statuses: Mapping[str, str]) -> None:
        """Write ACTIVE or DOWN by port id; a port that is gone or has that status already is left alone."""
        ...

    async def put_agents(self, agents: Sequence[Agent]) -> None:
        """Insert or replace *agents*."""
        ...

    async def delete_agents(self, ids: Collection[str]) -> None:
        """Delete the agents *ids*."""
        ...

    async def realised_seq(self, controller: str) -> int:
        """Return up to where *controller* has realised the journal; 0 when it has never noted it."""
        ...

    async def realised(self, controller: str, seq: int, position: int) -> None:
        """Note that the journal is realised up to *seq* by *controller*, which has read it up to *position*."""
        ...
