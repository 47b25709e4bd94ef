"""``GET /events``: a stream of server-sent events that says what the caller sees of the network, as it changes.

The first event, ``all``, holds every resource of the collections in `SHOWN` that the caller sees; each further one,
``some``, what has changed of it and what is gone. An event's id is a position in the journal: with ``Last-Event-ID`` a
stream goes on from there. Who sees what is decided by the same rules, and read by the same code, as for lists.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import falcon.asgi
import msgspec

from neutrino.api.endpoint import Req, Resp
from neutrino.api.identity.authentication import Authenticator
from neutrino.api.identity.caller import Caller
from neutrino.api.page.feed import MOST_LINES, Feed, Watcher
from neutrino.api.policy.reading import Wire, read
from neutrino.api.service import Service
from neutrino.model.agent import Agent
from neutrino.model.faults import DatabaseUnavailable, HTTPBadRequest
from neutrino.model.faults.identity import IdentityUnavailable, Unauthenticated
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.kinds import shown
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.rbac_policy import RbacPolicy
from neutrino.model.resource import Resource
from neutrino.model.router import Router
from neutrino.model.subnet import Subnet
from neutrino.store import journal
from neutrino.store.listing import Filter, Query
from neutrino.store.statements import Connection

_encode = msgspec.json.Encoder().encode
BEAT_S = 15.0
"""Seconds of silence after which a comment is sent; a reader that has gone is noticed then."""
_AT_ONCE = 500  # ids in one statement

SHOWN: Mapping[type[Resource], tuple[str, ...]] = {
    Network: (
        *("id", "name", "project_id", "status", "admin_state_up", "shared", "router_external", "mtu"),
        *("provider_network_type", "provider_physical_network", "provider_segmentation_id"),
    ),
    Subnet: ("id", "name", "project_id", "network_id", "cidr", "gateway_ip", "ip_version", "enable_dhcp"),
    Router: ("id", "name", "project_id", "status", "admin_state_up", "external_gateway_info", "distributed", "ha"),
    Port: (
        *("id", "name", "project_id", "network_id", "status", "admin_state_up", "mac_address", "fixed_ips"),
        *("device_id", "device_owner", "binding_host_id"),
    ),
    FloatingIp: (
        *("id", "project_id", "status", "floating_ip_address", "floating_network_id"),
        *("port_id", "fixed_ip_address", "router_id"),
    ),
    Agent: ("id", "host", "agent_type", "alive", "availability_zone", "configurations"),
}
"""What the stream tells: the attributes, by Python name, of the resources that make the picture."""
_BY_COLLECTION = {cls.collection: cls for cls in SHOWN}
_Items = dict[str, list[Wire]]


class Events:
    """The path."""

    def __init__(self, service: Service, authenticator: Authenticator, feed: Feed) -> None:
        self._service = service
        self._authenticator = authenticator
        self._feed = feed

    async def on_get(self, req: Req, resp: Resp) -> None:
        """Stream."""
        last = _position(req)
        stream = Stream(self._service, self._authenticator, req, self._feed, await self._feed.watch())
        resp.set_header("Cache-Control", "no-store")
        resp.sse = stream.events(last)


class Stream:
    """One stream: to whom, and what they have been told."""

    def __init__(self, service: Service, authenticator: Authenticator, req: Req, feed: Feed, watcher: Watcher) -> None:
        self._service = service
        self._authenticator = authenticator
        self._req = req
        self._feed = feed
        self._caller: Caller = req.context.caller
        self._watcher = watcher
        self._told: dict[str, set[str]] = {}

    async def events(self, last: int | None) -> AsyncIterator[falcon.asgi.SSEvent]:
        """Yield events until the caller's token ends, the service does, or the database is away."""
        try:
            yield await self._first(last)
            while True:
                has_news = await self._watcher.wait(BEAT_S)
                if self._watcher.has_ended:
                    return
                caller = await self._authenticator.caller(self._req)
                changed = self._watcher.take()
                if caller != self._caller or RbacPolicy.collection in changed:
                    self._caller = caller
                    yield await self._all()
                elif not has_news:
                    yield falcon.asgi.SSEvent(comment="here")
                elif event := await self._some(changed):
                    yield event
        except Unauthenticated:
            yield falcon.asgi.SSEvent(event="unauthenticated", data=b"{}")
        except (DatabaseUnavailable, IdentityUnavailable):
            return  # who comes back is told why
        finally:
            self._feed.leave(self._watcher)

    async def _first(self, last: int | None) -> falcon.asgi.SSEvent:
        """Return what the caller missed after *last*, or everything where the journal does not tell."""
        missed = None if last is None else await self._service.database.read(lambda c: _missed(c, last))
        if missed is None or RbacPolicy.collection in missed:
            return await self._all()
        self._told = await self._service.database.read(self._seen)
        watched = {name: ids for name, ids in missed.items() if name in _BY_COLLECTION}
        if any(ids - self._told[name] for name, ids in watched.items()):
            # Something is gone, or is another's. Only a stream knows what its reader was told of: this one is new.
            return await self._all()
        return await self._some(watched) or falcon.asgi.SSEvent(comment="here")

    async def _all(self) -> falcon.asgi.SSEvent:
        position = self._watcher.position
        items: _Items = {}
        told: dict[str, set[str]] = {}
        for cls in SHOWN:  # one at a time: others are served between two
            found = await self._service.database.read(lambda c, cls=cls: self._items(c, cls))  # type: ignore[misc]
            items[cls.collection] = [item for _, item in found]
            told[cls.collection] = {row_id for row_id, _ in found}
            await asyncio.sleep(0)
        self._told = told
        return falcon.asgi.SSEvent(event="all", event_id=str(position), data=_encode(items))

    async def _some(self, changed: Mapping[str, set[str]]) -> falcon.asgi.SSEvent | None:
        """Return what *changed* means to the caller; None where it means nothing."""
        items: _Items = {}
        gone: dict[str, list[str]] = {}
        for name, ids in changed.items():
            if (cls := _BY_COLLECTION.get(name)) is None:
                continue
            found = await self._service.database.read(lambda c, cls=cls, ids=ids: self._items(c, cls, ids))  # type: ignore[misc]
            present = {row_id for row_id, _ in found}
            absent = (ids - present) & self._told[name]
            self._told[name] = (self._told[name] | present) - absent
            items |= {name: [item for _, item in found]} if found else {}
            gone |= {name: sorted(absent)} if absent else {}
        if not (items or gone):
            return None
        data = _encode({"changed": items, "gone": gone})
        return falcon.asgi.SSEvent(event="some", event_id=str(self._watcher.position), data=data)

    def _items(
        self, connection: Connection, cls: type[Resource], ids: Collection[str] | None = None
    ) -> Sequence[tuple[str, Wire]]:
        """Return what the caller sees of *cls*, or of those *ids* of it."""
        authority, fields = self._service.authority, SHOWN[cls]
        if ids is None:
            return read(connection, self._caller, authority, cls, Query(fields=fields))
        wanted = list(ids)
        out: list[tuple[str, Wire]] = []
        for first in range(0, len(wanted), _AT_ONCE):
            query = Query([Filter("id", wanted[first : first + _AT_ONCE])], fields)
            out += read(connection, self._caller, authority, cls, query)
        return out

    def _seen(self, connection: Connection) -> dict[str, set[str]]:
        """Return the ids of what the caller sees."""
        query = Query(fields=("id",))
        authority = self._service.authority
        return {
            cls.collection: {row_id for row_id, _ in read(connection, self._caller, authority, cls, query)}
            for cls in SHOWN
        }


def _missed(connection: Connection, last: int) -> Mapping[str, set[str]] | None:
    """Return what the journal says has changed after *last*; None where it does not reach back to it."""
    if not journal.reaches(connection, last):
        return None
    lines = journal.after(connection, last, MOST_LINES)
    if len(lines) == MOST_LINES:
        return None
    out: dict[str, set[str]] = {}
    for line in lines:
        out.setdefault(line.collection, set()).add(line.id)
    return out


def _position(req: Req) -> int | None:
    text = req.get_header("LAST-EVENT-ID")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise HTTPBadRequest(f"Last-Event-ID: {shown(text)} is not the id of an event")
    return int(text)
