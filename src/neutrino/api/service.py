"""What the HTTP handlers have in common: reading and writing nouns through the store, answers as bytes."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api import bodies, queries, quotas
from neutrino.api.caller import ADMIN, Caller
from neutrino.api.request import Request
from neutrino.api.routes import Action, Noun
from neutrino.api.security_groups import ensure_default
from neutrino.model.binding import Binder
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.kinds import Name, kind_of
from neutrino.model.resource import Resource, attributes, shown
from neutrino.model.security_group import SecurityGroup
from neutrino.runtime.config import Config
from neutrino.store.columns import column_of, resource_to_wire, to_resource, to_wire
from neutrino.store.database import Database
from neutrino.store.listing import Filter, Query, has_row, list_wire
from neutrino.store.records import Transaction, select_by_id
from neutrino.store.tables import TABLES

R = TypeVar("R", bound=Resource)
_encode = msgspec.json.Encoder().encode


class Service:
    """The API's work, whatever serves its HTTP."""

    def __init__(self, database: Database, config: Config, binder: Binder) -> None:
        self.database = database
        self.config = config
        self.binder = binder

    def request(self, project_id: str | None, expected_revision: int | None) -> Request:
        """Return the request of a caller."""
        try:
            project = kind_of(Name).parse(project_id or self.config.noauth_project_id)
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for project_id. Reason: {error}.") from error
        return Request(Caller(str(project)), self.config, self.binder, expected_revision)

    async def create(self, noun: Noun, request: Request, body: bytes, parent_id: str = "") -> bytes:
        """Create one resource, or all of a bulk request, or nothing."""
        items, is_bulk = bodies.for_create(noun.cls, bodies.decode(body))
        create = noun.create
        assert create is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> list[Resource]:
            owner = self._parent(tx, noun, parent_id)
            made = [create(tx, request, given | owner) for given in items]
            quotas.check(request.config, noun.cls, tx.settle())
            return made

        made = [resource_to_wire(resource) for resource in await self.database.write(work)]
        return _encode({noun.cls.collection: made} if is_bulk else {noun.cls.singular: made[0]})

    async def update(self, noun: Noun, request: Request, row_id: str, body: bytes, parent_id: str = "") -> bytes:
        """Change one resource."""
        changes = bodies.for_update(noun.cls, bodies.decode(body))
        update = noun.update
        assert update is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> Resource:
            old = self.present(tx, noun, row_id, parent_id)
            request.check_revision(old)
            return update(tx, request, old, changes)

        new = await self.database.write(work)
        return _encode({noun.cls.singular: resource_to_wire(new)})

    async def delete(self, noun: Noun, request: Request, row_id: str, parent_id: str = "") -> None:
        """Delete one resource."""
        delete = noun.delete
        assert delete is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> None:
            old = self.present(tx, noun, row_id, parent_id)
            request.check_revision(old)
            delete(tx, request, old)

        await self.database.write(work)

    async def act(self, noun: Noun, request: Request, row_id: str, action: Action, body: bytes) -> bytes:
        """Do something to one resource."""
        wanted = bodies.for_action(noun.cls, bodies.decode(body), action.parse, action.within)

        def work(tx: Transaction) -> object:
            old = self.present(tx, noun, row_id)
            request.check_revision(old)
            return action.act(tx, request, old, wanted)

        done = await self.database.write(work)
        return _encode({noun.cls.singular: resource_to_wire(done)} if isinstance(done, Resource) else done)

    async def show(self, noun: Noun, row_id: str, pairs: queries.Pairs, parent_id: str = "") -> bytes:
        """Return one resource, or the fields of it that *pairs* ask for."""
        names = queries.fields_of(noun.cls, pairs) or shown(noun.cls)
        statement = select_by_id(noun.cls)
        if names != tuple(attributes(noun.cls)):
            columns = (column_of(noun.cls, name) for name in names)
            statement = select(*columns).where(TABLES[noun.cls].c.id == bindparam("id"))
        parameters = {"id": row_id}
        if noun.parent:
            statement = statement.where(TABLES[noun.cls].c[noun.parent.attribute] == bindparam("parent_id"))
            parameters["parent_id"] = parent_id
        row = await self.database.read(lambda c: c.execute(statement, parameters).first())
        if row is None:
            raise noun.missing(row_id)
        (item,) = to_wire(noun.cls, names, [row])
        return _encode({noun.cls.singular: item})

    async def list(self, noun: Noun, request: Request, url: str, pairs: queries.Pairs, parent_id: str = "") -> bytes:
        """Return the resources that *pairs* select, with links to the neighbouring pages where it is a page."""
        query = queries.parse(noun.cls, pairs, self.config.pagination_max_limit)
        if noun.parent:
            wanted = noun.parent
            if not await self.database.read(lambda c: has_row(c, wanted.cls, parent_id)):
                raise wanted.missing(parent_id)
            query = replace(query, filters=(*query.filters, Filter(wanted.attribute, [parent_id])))
        if noun.cls is SecurityGroup:
            await self._ensure_default_group(_whose_groups(request, query))
        if query.marker and not await self.database.read(lambda c: has_row(c, noun.cls, query.marker)):
            raise noun.missing(query.marker[:255])
        hides_id = bool(query.limit and query.fields) and "id" not in query.fields  # links need it
        if hides_id:
            query = replace(query, fields=(*query.fields, "id"))
        items = await self.database.read(lambda c: list_wire(c, noun.cls, query))
        answer: dict[str, object] = {noun.cls.collection: items}
        if query.limit and (links := _links(url, pairs, query, items)):
            answer[f"{noun.cls.collection}_links"] = links
        if hides_id:
            for item in items:
                del item["id"]
        return _encode(answer)

    async def find(self, noun: Noun, row_id: str) -> Resource:
        """Return one resource, or refuse."""
        row = await self.database.read(lambda c: c.execute(select_by_id(noun.cls), {"id": row_id}).first())
        if row is None:
            raise noun.missing(row_id)
        return to_resource(noun.cls, row)

    def present(self, tx: Transaction, noun: Noun, row_id: str, parent_id: str = "") -> Resource:
        """Return the resource, or refuse."""
        found = tx.get(noun.cls, row_id)
        if found is None or (noun.parent and getattr(found, noun.parent.attribute) != parent_id):
            raise noun.missing(row_id)
        return found

    def _parent(self, tx: Transaction, noun: Noun, parent_id: str) -> bodies.Given:
        """Return the parent's id as the attribute that it is, or refuse."""
        if noun.parent is None:
            return {}
        if tx.get(noun.parent.cls, parent_id) is None:
            raise noun.parent.missing(parent_id)
        return {noun.parent.attribute: parent_id}

    async def _ensure_default_group(self, project_id: str) -> None:
        """Make the project's default group before its groups are listed, as upstream does."""
        table = TABLES[SecurityGroup]
        statement = select(table.c.id).where(table.c.project_id == project_id, table.c.name == "default")
        if await self.database.read(lambda c: c.execute(statement).first()) is None:
            await self.database.write(lambda tx: ensure_default(tx, project_id))


def _whose_groups(request: Request, query: Query) -> str:
    """Return the project whose groups are listed: the caller's, or the one that an administrator asks for."""
    asked = [str(value) for one in query.filters if one.name == "project_id" for value in one.values if value]
    if asked and ADMIN in request.caller.roles:
        with suppress(ValueError):  # what cannot be a project's id has no groups
            return str(kind_of(Name).parse(asked[0]))
    return request.project_id


def _links(url: str, pairs: queries.Pairs, query: Query, items: Sequence[dict[str, object]]) -> list[dict[str, str]]:
    """Return the links of a page. A page that is full may have a next one; one that has a marker has a previous one."""
    kept = [(name, value) for name, value in pairs if name not in ("marker", "page_reverse")]

    def link(rel: str, marker: object, *, reverse: bool) -> dict[str, str]:
        extra = [("marker", str(marker))] + ([("page_reverse", "True")] if reverse else [])
        return {"rel": rel, "href": f"{url}?{urlencode(kept + extra)}"}

    links = []
    is_full = len(items) == query.limit
    if items:
        if is_full or query.reverse:
            links.append(link("next", items[-1]["id"], reverse=False))
        if query.marker and (is_full or not query.reverse):
            links.append(link("previous", items[0]["id"], reverse=True))
    return links
