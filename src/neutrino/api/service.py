"""What the HTTP handlers have in common: reading and writing nouns through the store, answers as bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from neutrino.api import bodies, queries, sharing
from neutrino.api.identity.caller import ADMIN, Caller
from neutrino.api.nouns import quotas
from neutrino.api.nouns.security_groups import default_of, ensure_default
from neutrino.api.nouns.segment_ranges import write_defaults
from neutrino.api.policy.authority import Authority, Ruled
from neutrino.api.policy.loading import load
from neutrino.api.policy.parents import Below
from neutrino.api.policy.reading import read, read_one
from neutrino.api.request import Request
from neutrino.api.routes import NOUNS, Noun
from neutrino.api.visibility import visible
from neutrino.model.binding import Binder
from neutrino.model.faults.access import InvalidScope, PolicyNotAuthorized
from neutrino.model.kinds import Name, kind_of
from neutrino.model.resource import Resource, attributes
from neutrino.model.security_group import SecurityGroup
from neutrino.model.segment_range import SegmentRange
from neutrino.runtime.config import Config
from neutrino.store.columns import resource_to_wire, to_resource
from neutrino.store.database import Database
from neutrino.store.derived import CALLER
from neutrino.store.listing import Filter, Query
from neutrino.store.records import Transaction, select_by_id
from neutrino.store.statements import Connection

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


def ruled(nouns: Iterable[Noun]) -> Mapping[type[Resource], Ruled]:
    """Return how rules name each noun: one below another has that one's name before its own."""
    out = {}
    for noun in nouns:
        above = noun.parent
        name = f"{above.cls.singular}_{noun.cls.singular}" if above else noun.cls.singular
        out[noun.cls] = Ruled(name, Below(above.cls, above.attribute) if above else None)
    return out


class Service:
    """The API's work, whatever serves its HTTP."""

    def __init__(self, database: Database, config: Config, binder: Binder) -> None:
        self.database = database
        self.config = config
        self.binder = binder
        self._by_collection = {noun.cls.collection: noun for noun in NOUNS}
        self.authority = Authority(load(config.policy_files, enforces_scope=config.enforce_scope), ruled(NOUNS))

    def request(self, caller: Caller, expected_revision: int | None) -> Request:
        """Return the request of a caller."""
        return Request(caller, self.config, self.binder, self.authority, expected_revision)

    async def write(self, request: Request, work: Callable[[Transaction], T]) -> T:
        """Run *work* in a transaction for who asks."""

        def work_for_caller(tx: Transaction) -> T:
            tx.caller_project = request.project_id
            return work(tx)

        return await self.database.write(work_for_caller)

    async def create(self, noun: Noun, request: Request, body: bytes, parent_id: str = "") -> bytes:
        """Create one resource, or all of a bulk request, or nothing."""
        decoded = bodies.decode(body)
        items, is_bulk = bodies.for_create(noun.cls, decoded)
        sent = bodies.items_of(noun.cls, decoded)
        create = noun.create
        assert create is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> list[dict[str, object]]:
            owner = self._parent(tx, noun, parent_id)
            made = []
            for given, raw in zip(items, sent, strict=True):
                with self._hiding(tx, request, noun.cls, given):
                    self.authority.check_create(tx.connection, request.caller, noun.cls, raw, given | owner)
                made.append(create(tx, request, given | owner))
                sharing.created(tx, made[-1])
            quotas.check(request.config, noun.cls, tx.settle())
            return [self._wire(tx, request, resource) for resource in made]

        made = await self.write(request, work)
        return _encode({noun.cls.collection: made} if is_bulk else {noun.cls.singular: made[0]})

    async def update(self, noun: Noun, request: Request, row_id: str, body: bytes, parent_id: str = "") -> bytes:
        """Change one resource."""
        decoded = bodies.decode(body)
        changes, (raw,) = bodies.for_update(noun.cls, decoded), bodies.items_of(noun.cls, decoded)
        update = noun.update
        assert update is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> dict[str, object]:
            old = self.present(tx, noun, row_id, parent_id)
            with self._unseen(tx.connection, request, noun, old):
                self.authority.check_update(tx.connection, request.caller, old, raw, changes)
            request.check_revision(old)
            new = sharing.changed(tx, update(tx, request, old, changes), changes)
            return self._wire(tx, request, new)

        return _encode({noun.cls.singular: await self.write(request, work)})

    async def delete(self, noun: Noun, request: Request, row_id: str, parent_id: str = "") -> None:
        """Delete one resource."""
        delete = noun.delete
        assert delete is not None  # noqa: S101 - the route exists only then

        def work(tx: Transaction) -> None:
            old = self.permitted(tx, request, noun, self.authority.rule("delete", noun.cls), row_id, parent_id)
            request.check_revision(old)
            delete(tx, request, old)
            sharing.deleted(tx, old)

        await self.write(request, work)

    async def act(self, noun: Noun, request: Request, row_id: str, name: str, body: bytes) -> bytes:
        """Do the action *name* to one resource."""
        action, decoded = noun.actions[name], bodies.decode(body)
        wanted = bodies.for_action(noun.cls, decoded, action.parse, action.within)

        def work(tx: Transaction) -> object:
            old = self.permitted(tx, request, noun, name, row_id)
            if action.within:
                (raw,) = bodies.items_of(noun.cls, decoded)
                rule = f"{name}:{action.within}"
                self.authority.check_parts(tx.connection, request.caller, rule, raw[action.within], old)
            request.check_revision(old)
            done = action.act(tx, request, old, wanted)
            return {noun.cls.singular: self._wire(tx, request, done)} if isinstance(done, Resource) else done

        return _encode(await self.write(request, work))

    async def show(self, noun: Noun, request: Request, row_id: str, pairs: queries.Pairs, parent_id: str = "") -> bytes:
        """Return one resource, or the fields of it that *pairs* ask for."""
        ids = _ids(noun, row_id, parent_id)
        fields = queries.fields_of(noun.cls, pairs)
        item = await self.database.read(lambda c: read_one(c, request.caller, self.authority, noun.cls, fields, **ids))
        if item is None:
            raise noun.missing(row_id)
        return _encode({noun.cls.singular: item})

    async def list(self, noun: Noun, request: Request, url: str, pairs: queries.Pairs, parent_id: str = "") -> bytes:
        """Return the resources that *pairs* select, with links to the neighbouring pages where it is a page."""
        query = queries.parse(noun.cls, pairs, self.config.pagination_max_limit)
        if noun.parent:
            wanted = noun.parent
            ids = {"id": parent_id}
            if not await self.database.read(
                lambda c: read_one(c, request.caller, self.authority, wanted.cls, ("id",), **ids)
            ):
                raise wanted.missing(parent_id)
            query = replace(query, filters=(*query.filters, Filter(wanted.attribute, [parent_id])))
        if noun.cls is SecurityGroup and (whose := _whose_groups(request, query)):
            await self._ensure_default_group(request, whose)
        if noun.cls is SegmentRange:
            await self.write(request, lambda tx: write_defaults(tx, self.config))
        if await self._may_begin(noun, request, query.marker):
            found = await self.database.read(lambda c: read(c, request.caller, self.authority, noun.cls, query))
        else:
            found = []
        answer: dict[str, object] = {noun.cls.collection: [item for _, item in found]}
        if query.limit and (links := _links(url, pairs, query, [row_id for row_id, _ in found])):
            answer[f"{noun.cls.collection}_links"] = links
        return _encode(answer)

    async def _may_begin(self, noun: Noun, request: Request, marker: str) -> bool:
        """Say whether a page may begin after *marker*: what the caller does not see would tell how that sorts.

        Such a page is empty, as upstream's suites want it of QoS policies.
        """
        if not marker:
            return True
        ids = {"id": marker}
        if await self.database.read(lambda c: read_one(c, request.caller, self.authority, noun.cls, ("id",), **ids)):
            return True
        parameters = {"id": marker, CALLER.key: request.project_id}
        if await self.database.read(lambda c: c.execute(select_by_id(noun.cls), parameters).first()) is None:
            raise noun.missing(marker[:255])
        return False

    async def find(self, noun: Noun, request: Request, rule: str, row_id: str) -> Resource:
        """Return one resource, or refuse."""

        def work(connection: Connection) -> Resource:
            parameters = {"id": row_id, CALLER.key: request.project_id}
            row = connection.execute(select_by_id(noun.cls), parameters).first()
            if row is None:
                raise noun.missing(row_id)
            found = to_resource(noun.cls, row)
            self._permit(connection, request, noun, rule, found)
            return found

        return await self.database.read(work)

    def present(self, tx: Transaction, noun: Noun, row_id: str, parent_id: str = "") -> Resource:
        """Return the resource, or refuse."""
        found = tx.get(noun.cls, row_id) if noun.named_by == "id" else tx.find(noun.cls, _ids(noun, row_id, parent_id))
        if found is None or (noun.parent and getattr(found, noun.parent.attribute) != parent_id):
            raise noun.missing(row_id)
        return found

    def permitted(
        self, tx: Transaction, request: Request, noun: Noun, rule: str, row_id: str, parent_id: str = ""
    ) -> Resource:
        """Return the resource if *rule* allows the caller what they are about to do with it, or refuse."""
        found = self.present(tx, noun, row_id, parent_id)
        self._permit(tx.connection, request, noun, rule, found)
        return found

    def _permit(self, connection: Connection, request: Request, noun: Noun, rule: str, resource: Resource) -> None:
        with self._unseen(connection, request, noun, resource):
            self.authority.check(connection, request.caller, rule, resource)

    @contextmanager
    def _unseen(self, connection: Connection, request: Request, noun: Noun, resource: Resource) -> Iterator[None]:
        """Say that there is no such resource where the caller may not do something to what they do not see."""
        try:
            yield
        except (PolicyNotAuthorized, InvalidScope):
            # As upstream: who is refused learns so of what is their own project's, and nothing of what is another's.
            owner = getattr(resource, "project_id", None)
            is_theirs = (
                owner == request.project_id if owner else self.authority.sees(connection, request.caller, resource)
            )
            if not is_theirs and not request.is_admin:
                raise noun.missing(str(getattr(resource, noun.named_by))) from None
            raise

    @contextmanager
    def _hiding(self, tx: Transaction, request: Request, cls: type[Resource], given: bodies.Given) -> Iterator[None]:
        """Say that there is no such resource where what is to be made refers to what the caller does not see."""
        try:
            yield
        except PolicyNotAuthorized:
            for attribute in attributes(cls).values():
                noun = self._by_collection.get(attribute.attr.refers)
                row_id = given.get(attribute.name)
                if noun and isinstance(row_id, str) and visible(tx, request, noun.cls, row_id) is None:
                    raise noun.missing(row_id) from None
            raise

    def _parent(self, tx: Transaction, noun: Noun, parent_id: str) -> bodies.Given:
        """Return the parent's id as the attribute that it is, or refuse."""
        if noun.parent is None:
            return {}
        if tx.get(noun.parent.cls, parent_id) is None:  # whether it is seen, the rule says
            raise noun.parent.missing(parent_id)
        return {noun.parent.attribute: parent_id}

    def _wire(self, tx: Transaction, request: Request, resource: Resource) -> dict[str, object]:
        """Return what the caller sees of *resource*."""
        return resource_to_wire(resource, self.authority.shown_names(tx.connection, request.caller, resource))

    async def _ensure_default_group(self, request: Request, project_id: str) -> None:
        """Make the project's default group before its groups are listed, as upstream does."""
        if await self.database.read(lambda c: default_of(c, project_id)) is None:
            await self.write(request, lambda tx: ensure_default(tx, project_id))


def _ids(noun: Noun, row_id: str, parent_id: str) -> dict[str, str]:
    """Return the attributes that a path has of a noun."""
    return {noun.named_by: row_id} | ({noun.parent.attribute: parent_id} if noun.parent else {})


def _whose_groups(request: Request, query: Query) -> str:
    """Return the project whose groups are listed: the caller's, or the one that an administrator asks for."""
    asked = [str(value) for one in query.filters if one.name == "project_id" for value in one.values if value]
    if asked and ADMIN in request.caller.roles:
        with suppress(ValueError):  # what cannot be a project's id has no groups
            return str(kind_of(Name).parse(asked[0]))
    return request.project_id


def _links(url: str, pairs: queries.Pairs, query: Query, ids: Sequence[str]) -> list[dict[str, str]]:
    """Return the links of a page, which has the resources *ids*.

    In the direction of the list a page that is not full is the last; against it there is always a link, as upstream.
    """
    kept = [(name, value) for name, value in pairs if name not in ("marker", "page_reverse")]

    def link(rel: str, neighbour: int, *, reverse: bool) -> dict[str, str]:
        extra = [("marker", ids[neighbour])] if ids else []
        extra += [("page_reverse", "True")] if reverse else []
        return {"rel": rel, "href": f"{url}?{urlencode(kept + extra)}"}

    links = []
    is_full = len(ids) == query.limit
    if is_full or query.reverse:
        links.append(link("next", -1, reverse=False))
    if is_full or not query.reverse:
        links.append(link("previous", 0, reverse=True))
    return links
