"""What a controller reads from the store, and the status that it writes back.

Here: the journal's tail, resources by id, dependents, port status, agents. Not here: what a controller makes of it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from neutrino.model.agent import Agent
from neutrino.model.port import ACTIVE, Port
from neutrino.model.resource import Resource, attributes
from neutrino.model.trunk import TRUNK_ACTIVE, Trunk
from neutrino.store.columns import select_all, to_resource
from neutrino.store.database import Database
from neutrino.store.records import INTENT, STATUS, Transaction
from neutrino.store.tables import CHILDREN, TABLES, controllers, journal

R = TypeVar("R", bound=Resource)
_STATUS = (
    update(TABLES[Port])
    .where(TABLES[Port].c.id == bindparam("row_id"), TABLES[Port].c.status != bindparam("observed"))
    .values(status=bindparam("observed"))
)
_STATUS_OF = select(TABLES[Port].c.id, TABLES[Port].c.status).where(
    TABLES[Port].c.id.in_(bindparam("ids", expanding=True))
)
_TRUNKS_UP = (
    update(TABLES[Trunk])
    .where(TABLES[Trunk].c.port_id.in_(bindparam("ids", expanding=True)), TABLES[Trunk].c.status != TRUNK_ACTIVE)
    .values(status=TRUNK_ACTIVE)
    .returning(TABLES[Trunk].c.id)
)
_CHANGES = (
    select(journal.c.seq, journal.c.collection, journal.c.resource_id)
    .where(journal.c.seq > bindparam("since"), journal.c.aspect == INTENT)
    .order_by(journal.c.seq)
    .limit(bindparam("most"))
)
_AT_ONCE = 500  # ids in one statement; SQLite takes 32,766 parameters, older ones 999


KEPT = 10_000  # realised lines of the journal that are kept, for observers that fall behind
_REALISED = (
    update(controllers).where(controllers.c.name == bindparam("controller")).values(realised_seq=bindparam("seq"))
)
_HEAD = select(func.max(journal.c.seq))
_REALISED_SEQ = select(controllers.c.realised_seq).where(controllers.c.name == bindparam("controller"))
_NEW_CONTROLLER = insert(controllers)
_OTHERS_SEQ = select(func.min(controllers.c.realised_seq)).where(controllers.c.name != bindparam("controller"))
_FORGET = delete(journal).where(
    journal.c.seq <= bindparam("most"),
    journal.c.seq <= func.coalesce(_OTHERS_SEQ.scalar_subquery() - KEPT, bindparam("most")),
)


@cache
def _by_ids(cls: type[Resource]) -> Select[Any]:
    return select_all(cls).where(TABLES[cls].c.id.in_(bindparam("ids", expanding=True)))


@cache
def _ids_where(cls: type[Resource], field: str) -> Select[Any]:
    name, _, part = field.partition(".")
    child = attributes(cls)[name].attr.child
    if child:
        table = CHILDREN[cls][name]
        column = table.c[part or child.column]
        return select(table.c[f"{cls.singular}_id"]).where(column == bindparam("value")).distinct()
    return select(TABLES[cls].c.id).where(TABLES[cls].c[name] == bindparam("value"))


class Change(NamedTuple):
    """A line of the journal: the resource *id* of *collection* was made, changed or deleted."""

    seq: int
    collection: str
    id: str


class Intent:
    """The store as a controller sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self) -> int:
        """Return the newest sequence number; 0 for an empty journal."""
        found = await self._database.read(lambda c: c.execute(_HEAD).scalar())
        return int(found or 0)

    async def changes(self, since: int, most: int = 10_000) -> Sequence[Change]:
        """Return the changes of intent after *since*, oldest first, at most *most*."""
        parameters = {"since": since, "most": most}
        return await self._database.read(lambda c: [Change(*row) for row in c.execute(_CHANGES, parameters)])

    async def get(self, cls: type[R], ids: Collection[str]) -> dict[str, R]:
        """Return those of *ids* that exist."""
        out: dict[str, R] = {}
        wanted = list(ids)
        for i in range(0, len(wanted), _AT_ONCE):
            some = {"ids": wanted[i : i + _AT_ONCE]}
            rows = await self._database.read(lambda c, some=some: c.execute(_by_ids(cls), some).all())  # type: ignore[misc]
            for row in rows:
                resource = to_resource(cls, row)
                out[resource.id] = resource
        return out

    async def all(self, cls: type[R]) -> Sequence[R]:
        """Return every resource of *cls*."""
        out: list[R] = []
        rows = await self._database.read(lambda c: c.execute(select_all(cls)).all())
        for count, row in enumerate(rows):
            out.append(to_resource(cls, row))
            if count % 1000 == 999:
                await asyncio.sleep(0)
        return out

    async def ids_where(self, cls: type[Resource], field: str, value: str) -> Sequence[str]:
        """Return the ids of the resources whose *field* is *value*; ``list.column`` names an item column of a list."""
        statement, parameters = _ids_where(cls, field), {"value": value}
        return await self._database.read(lambda c: [str(row[0]) for row in c.execute(statement, parameters)])

    async def set_port_status(self, statuses: Mapping[str, str]) -> None:
        """Write what was observed of ports. A port that has that status already, or is gone, is left alone.

        Most have it: a port that is made is DOWN, and so it is observed. Who only reads holds up no writer.
        """
        changed: dict[str, str] = {}
        wanted = list(statuses)
        for i in range(0, len(wanted), _AT_ONCE):
            some = {"ids": wanted[i : i + _AT_ONCE]}
            found = await self._database.read(lambda c, some=some: c.execute(_STATUS_OF, some).all())  # type: ignore[misc]
            changed.update((row.id, statuses[row.id]) for row in found if row.status != statuses[row.id])

        def work(transaction: Transaction) -> None:
            came_up = []
            for port_id, status in changed.items():
                if transaction.connection.execute(_STATUS, {"row_id": port_id, "observed": status}).rowcount:
                    transaction.note(Port, port_id, STATUS)
                    if status == ACTIVE:
                        came_up.append(port_id)
            for i in range(0, len(came_up), _AT_ONCE):  # a trunk is up when its port comes up
                up = transaction.connection.execute(_TRUNKS_UP, {"ids": came_up[i : i + _AT_ONCE]})
                for row in up.all():
                    transaction.note(Trunk, row.id, STATUS)

        if changed:
            await self._database.write(work)

    async def put_agents(self, agents: Sequence[Agent]) -> None:
        """Write *agents* as they were observed."""

        def work(transaction: Transaction) -> None:
            for agent in agents:
                found = transaction.get(Agent, agent.id)
                if found is None:
                    transaction.insert(agent)
                elif found != agent:
                    names = (n for n in attributes(Agent) if n not in ("id", "created_at", "description"))
                    transaction.update(found, {name: getattr(agent, name) for name in names})

        if agents:
            await self._database.write(work)

    async def delete_agents(self, ids: Collection[str]) -> None:
        """Delete the agents *ids*."""

        def work(transaction: Transaction) -> None:
            for agent_id in ids:
                if (found := transaction.get(Agent, agent_id)) is not None:
                    transaction.delete(found)

        if ids:
            await self._database.write(work)

    async def realised_seq(self, controller: str) -> int:
        """Return up to where *controller* has realised the journal; 0 when it has never noted it."""
        of_one = {"controller": controller}
        return int(await self._database.read(lambda c: c.execute(_REALISED_SEQ, of_one).scalar()) or 0)

    async def realised(self, controller: str, seq: int, position: int) -> None:
        """Note that *controller* has realised the journal up to *seq*, and drop the part that nobody reads any more.

        It has read it up to *position*: what failed since *seq* it tries again without.
        """

        def work(transaction: Transaction) -> None:
            parameters = {"controller": controller, "seq": seq}
            if not transaction.connection.execute(_REALISED, parameters).rowcount:
                transaction.connection.execute(_NEW_CONTROLLER, {"name": controller, "realised_seq": seq})
            transaction.connection.execute(_FORGET, {"controller": controller, "most": position - KEPT})

        await self._database.write(work)
