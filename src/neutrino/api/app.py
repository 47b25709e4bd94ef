"""The ASGI application: paths, methods and headers to `Service`, faults to answers."""

import logging
import re
import uuid
from collections.abc import Callable
from typing import Any

import falcon
import falcon.asgi
import msgspec

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.extensions import BY_ALIAS, EXTENSIONS
from neutrino.api.identity.authentication import Authenticator, NoAuth
from neutrino.api.nouns import tags
from neutrino.api.page import files as page
from neutrino.api.page.events import Events
from neutrino.api.page.feed import Feed
from neutrino.api.page.realised import Realised, Rows
from neutrino.api.page.trace import Trace
from neutrino.api.paths.agents import (
    AgentsOfNetwork,
    AgentsOfRouter,
    NetworkOfAgent,
    NetworksOfAgent,
    RouterOfAgent,
    RoutersOfAgent,
)
from neutrino.api.paths.auto_topology import AutoTopology
from neutrino.api.paths.availability import NetworkAvailabilities, NetworkAvailability, Zones
from neutrino.api.paths.flavors import FlavorProfile, FlavorProfiles, NextProviders, ServiceProviders
from neutrino.api.paths.floating_ip_pools import FloatingIpPools
from neutrino.api.paths.loggable import LoggableResources
from neutrino.api.paths.port_bindings import Activation, Binding, Bindings
from neutrino.api.paths.qos import add_routes as add_qos_routes
from neutrino.api.paths.quotas import PROJECT_PATHS, Quota, QuotaDefault, QuotaDetails, Quotas, WhoseQuota
from neutrino.api.routes import NOUNS, Noun
from neutrino.api.service import Service
from neutrino.model.faults import DatabaseUnavailable, Fault, HTTPBadRequest, HTTPMethodNotAllowed, HTTPNotFound
from neutrino.model.faults.identity import Unauthenticated
from neutrino.model.resource import Tagged
from neutrino.runtime.logs import REQUEST
from neutrino.store.records import StaleRevision, Transaction

log = logging.getLogger("neutrino.api")
_encode = msgspec.json.Encoder().encode
PREFIX = "/v2.0"
_REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class NounEndpoint(Endpoint):
    """What the handlers of one noun share."""

    def __init__(self, service: Service, noun: Noun) -> None:
        super().__init__(service)
        self._noun = noun

    @property
    def has_parent(self) -> bool:
        """Whether the noun is below another."""
        return self._noun.parent is not None


class Collection(NounEndpoint):
    """``/v2.0/networks``."""

    async def on_get(self, req: Req, resp: Resp, parent_id: str = "") -> None:
        """List."""
        url = f"{req.prefix}{req.path}"
        self.answer(resp, 200, await self._service.list(self._noun, self.request(req), url, pairs(req), parent_id))

    async def on_post(self, req: Req, resp: Resp, parent_id: str = "") -> None:
        """Create one, or many."""
        if self._noun.create is None:
            raise HTTPMethodNotAllowed(req.method, req.path)
        self.answer(
            resp, 201, await self._service.create(self._noun, self.request(req), await self.body(req), parent_id)
        )


class Item(NounEndpoint):
    """``/v2.0/networks/{id}``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str, parent_id: str = "") -> None:
        """Show."""
        self.answer(resp, 200, await self._service.show(self._noun, self.request(req), row_id, pairs(req), parent_id))

    async def on_put(self, req: Req, resp: Resp, row_id: str, parent_id: str = "") -> None:
        """Change."""
        if self._noun.update is None:
            raise HTTPMethodNotAllowed(req.method, req.path)
        body = await self.body(req)
        self.answer(resp, 200, await self._service.update(self._noun, self.request(req), row_id, body, parent_id))

    async def on_delete(self, req: Req, resp: Resp, row_id: str, parent_id: str = "") -> None:
        """Delete."""
        if self._noun.delete is None:
            raise HTTPMethodNotAllowed(req.method, req.path)
        await self._service.delete(self._noun, self.request(req), row_id, parent_id)
        resp.status = 204


class ActionOf(NounEndpoint):
    """``/v2.0/routers/{id}/add_router_interface``."""

    def __init__(self, service: Service, noun: Noun, action: str) -> None:
        super().__init__(service, noun)
        self._action = action

    async def on_put(self, req: Req, resp: Resp, row_id: str) -> None:
        """Do it."""
        body = await self.body(req)
        self.answer(resp, 200, await self._service.act(self._noun, self.request(req), row_id, self._action, body))


class ViewOf(NounEndpoint):
    """``/v2.0/trunks/{id}/get_subports``."""

    def __init__(self, service: Service, noun: Noun, name: str) -> None:
        super().__init__(service, noun)
        self._name, self._attribute = name, noun.views[name]

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """Show it."""
        found = await self._service.find(self._noun, self.request(req), self._name, row_id)
        self.answer(resp, 200, _encode({self._attribute: getattr(found, self._attribute)}))


class TagsOf(NounEndpoint):
    """``/v2.0/networks/{id}/tags``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the tags."""
        self.answer(resp, 200, _encode({"tags": (await self._find(req, row_id)).tags}))

    async def on_put(self, req: Req, resp: Resp, row_id: str) -> None:
        """Replace the tags."""
        body = bodies.decode(await self.body(req))
        if "tags" not in body:
            raise HTTPBadRequest("Unable to find 'tags' in request body")
        wanted = tags.parse(Tagged, body["tags"])
        found = await self._change(req, "update", row_id, lambda tx, found: tags.replace(tx, found, wanted))
        self.answer(resp, 200, _encode({"tags": found.tags}))

    async def on_delete(self, req: Req, resp: Resp, row_id: str) -> None:
        """Remove all tags."""
        await self._change(req, "delete", row_id, lambda tx, found: tags.replace(tx, found, ()))
        resp.status = 204

    async def _find(self, req: Req, row_id: str) -> Tagged:
        found = await self._service.find(self._noun, self.request(req), self._rule("get"), row_id)
        assert isinstance(found, Tagged)  # noqa: S101 - the route exists only then
        return found

    async def _change(
        self, req: Req, verb: str, row_id: str, change: Callable[[Transaction, Tagged], Tagged]
    ) -> Tagged:
        request = self.request(req)

        def work(tx: Transaction) -> Tagged:
            found = self._service.permitted(tx, request, self._noun, self._rule(verb), row_id)
            assert isinstance(found, Tagged)  # noqa: S101 - the route exists only then
            return change(tx, found)

        return await self._service.write(request, work)

    def _rule(self, verb: str) -> str:
        return f"{self._service.authority.rule(verb, self._noun.cls)}:tags"


class MoreTagsOf(TagsOf):
    """``/v2.0/networks/{id}/tags``, to which tags may be added too."""

    async def on_post(self, req: Req, resp: Resp, row_id: str) -> None:
        """Add tags."""
        body = bodies.decode(await self.body(req))
        if "tags" not in body:
            raise HTTPBadRequest("Unable to find 'tags' in request body")
        more = tags.parse(Tagged, body["tags"])
        made = await self._change(req, "create", row_id, lambda tx, found: tags.extend(tx, found, more))
        self.answer(resp, 201, _encode({"tags": made.tags}))


class TagOf(TagsOf):
    """``/v2.0/networks/{id}/tags/{tag}``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str, tag: str) -> None:  # type: ignore[override]
        """Say whether the resource has the tag."""
        tags.require(await self._find(req, row_id), tag)
        resp.status = 204

    async def on_put(self, req: Req, resp: Resp, row_id: str, tag: str) -> None:  # type: ignore[override]
        """Add the tag."""
        await self._change(req, "update", row_id, lambda tx, found: tags.add(tx, found, tag))
        resp.status = 201

    async def on_delete(self, req: Req, resp: Resp, row_id: str, tag: str) -> None:  # type: ignore[override]
        """Remove the tag."""
        await self._change(req, "delete", row_id, lambda tx, found: tags.remove(tx, found, tag))
        resp.status = 204


class Versions:
    """``/``: which versions of the API there are; to a browser, the page."""

    def __init__(self, files: page.Files) -> None:
        self._files = files

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the versions."""
        resp.set_header("Vary", "Accept")
        if page.is_wanted(req):
            await self._files.on_get(req, resp)
            return
        links = [{"rel": "self", "href": f"{req.prefix}{PREFIX}/"}]
        resp.data = _encode({"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})


class Resources:
    """``/v2.0``: which collections there are."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the collections."""
        found = [
            {
                "name": noun.cls.singular,
                "collection": noun.cls.collection,
                "links": [{"rel": "self", "href": f"{req.prefix}{PREFIX}/{noun.route}"}],
            }
            for noun in NOUNS
        ]
        resp.data = _encode({"resources": found})


class Extensions:
    """``/v2.0/extensions`` and ``/v2.0/extensions/{alias}``."""

    async def on_get(self, req: Req, resp: Resp, alias: str = "") -> None:
        """List the extensions, or show one."""
        if not alias:
            resp.data = _encode({"extensions": EXTENSIONS})
        elif alias in BY_ALIAS:
            resp.data = _encode({"extension": BY_ALIAS[alias]})
        else:
            raise HTTPNotFound(req.path)


class Description:
    """``/openapi.json``: the API as an OpenAPI document."""

    async def on_get(self, _req: Req, resp: Resp) -> None:
        """Show it."""
        from neutrino.api.openapi.document import encoded  # which few ask for

        resp.data = encoded()


class RequestId:
    """Each answer carries the id under which the log has it."""

    async def process_request(self, req: Req, _resp: Resp) -> None:
        """Choose the id; the log has it with that of the request which another service serves by this one."""
        req.context.request_id = f"req-{uuid.uuid4()}"
        outer = req.get_header("X-OPENSTACK-REQUEST-ID") or ""
        REQUEST.set(f"{outer} {req.context.request_id}" if _REQUEST_ID.fullmatch(outer) else req.context.request_id)

    async def process_response(self, req: Req, resp: Resp, _resource: object, _ok: bool) -> None:
        """Send the id."""
        resp.set_header("X-Openstack-Request-Id", req.context.request_id)


class Guard:
    """Each request but those for the versions and the page is of somebody."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def process_request(self, req: Req, _resp: Resp) -> None:
        """Find out who asks."""
        if req.path != "/" and not req.path.startswith(page.PREFIX):
            req.context.caller = await self._authenticator.caller(req)


class BelowParent:
    """In a path below another resource's, ``row_id`` is the parent, and the resource's own id is ``child_id``."""

    async def process_resource(self, _req: Req, _resp: Resp, resource: object, params: dict[str, str]) -> None:
        """Give the handlers the names that they have for them."""
        if isinstance(resource, NounEndpoint) and resource.has_parent:
            params["parent_id"] = params.pop("row_id")
            if "child_id" in params:
                params["row_id"] = params.pop("child_id")


def wire_fault(fault: Fault) -> dict[str, object]:
    """Return *fault* as the body of an answer."""
    return {"NeutronError": {"type": type(fault).__name__, "message": str(fault), "detail": ""}}


async def _fault(req: Req, resp: Resp, error: Fault, _params: dict[str, Any]) -> None:
    if error.status >= 500:
        level = logging.ERROR if error.__cause__ else logging.WARNING  # what has run out is no defect
        log.log(level, "%s %s: %s", req.method, req.path, error, exc_info=error.__cause__)
    resp.status = error.status
    resp.data = _encode(wire_fault(error))


async def _unauthenticated(_req: Req, resp: Resp, error: Unauthenticated, _params: dict[str, Any]) -> None:
    resp.status = error.status
    resp.set_header("WWW-Authenticate", f'Keystone uri="{error.uri}"')
    resp.data = _encode({"error": {"code": error.status, "title": "Unauthorized", "message": str(error)}})


async def _stale(req: Req, resp: Resp, _error: StaleRevision, params: dict[str, Any]) -> None:
    await _fault(req, resp, DatabaseUnavailable(), params)


async def _not_found(req: Req, resp: Resp, _error: Exception, params: dict[str, Any]) -> None:
    await _fault(req, resp, HTTPNotFound(req.path), params)


async def _not_allowed(req: Req, resp: Resp, _error: Exception, params: dict[str, Any]) -> None:
    await _fault(req, resp, HTTPMethodNotAllowed(req.method, req.path), params)


async def _bad(req: Req, resp: Resp, error: falcon.HTTPError, params: dict[str, Any]) -> None:
    await _fault(req, resp, HTTPBadRequest(error.description or error.title or "Bad request"), params)


async def _defect(req: Req, resp: Resp, error: Exception, _params: dict[str, Any]) -> None:
    log.error("%s %s failed", req.method, req.path, exc_info=error)
    resp.status = 500
    message = f"Request Failed: internal server error while processing your request ({req.context.request_id})."
    resp.data = _encode({"NeutronError": {"type": "HTTPInternalServerError", "message": message, "detail": ""}})


def _spellings(route: str) -> set[str]:
    """Return the paths under which *route* is served: upstream takes a dash for an underscore, and the reverse."""
    fixed = re.compile(r"[^/{}]+(?![^{]*})")
    return {
        f"{PREFIX}/{fixed.sub(lambda found: found[0].replace(*swapped), route)}"  # noqa: B023 - called at once
        for swapped in (("-", "-"), ("-", "_"), ("_", "-"))
    }


def _add_noun(app: falcon.asgi.App[Req, Resp], path: str, service: Service, noun: Noun) -> None:
    if noun.parent:
        path = path.replace("{parent_id}", "{row_id}")  # one place of a path has one name: see BelowParent
    app.add_route(path, Collection(service, noun))
    app.add_route(f"{path}/{{child_id}}" if noun.parent else f"{path}/{{row_id}}", Item(service, noun))
    for name in noun.actions:
        app.add_route(f"{path}/{{row_id}}/{name}", ActionOf(service, noun, name))
    for name in noun.views:
        app.add_route(f"{path}/{{row_id}}/{name}", ViewOf(service, noun, name))


def application(
    service: Service,
    authenticator: Authenticator | None = None,
    feed: Feed | None = None,
    rows: Rows | None = None,
    flows: Rows | None = None,
) -> falcon.asgi.App[Req, Resp]:
    """Return the ASGI application over *service*; without *authenticator* callers are believed.

    Who gives a *feed* can close it, which ends the streams of events. *rows* and *flows* read what a backend
    has of a resource.
    """
    identity = service.config.identity if authenticator else None
    authenticator = authenticator or NoAuth(service.config.noauth_project_id)
    middleware: list[Any] = [RequestId(), BelowParent()]
    app = falcon.asgi.App(middleware=middleware)
    app.add_middleware(Guard(authenticator))
    app.req_options.strip_url_path_trailing_slash = True
    app.resp_options.default_media_type = "application/json"
    files = page.Files()
    app.add_route(f"{page.PREFIX}{{name}}", files)
    app.add_route(f"{page.PREFIX}login", page.LogIn(identity, traces=bool(service.config.trace_socket)))
    if rows is not None:
        app.add_route("/realised/{collection}/{row_id}", Realised(service, rows))
    if flows is not None:
        app.add_route("/realised/{collection}/{row_id}/flows", Realised(service, flows, "flows"))
    if service.config.trace_socket:
        app.add_route("/trace", Trace(service, is_open=identity is None))
    app.add_route("/events", Events(service, authenticator, feed or Feed(service.database)))
    app.add_route("/openapi.json", Description())
    app.add_route(PREFIX, Resources())
    app.add_route(f"{PREFIX}/extensions", Extensions())
    app.add_route(f"{PREFIX}/extensions/{{alias}}", Extensions())
    app.add_route(f"{PREFIX}/quotas", Quotas(service))
    for key in PROJECT_PATHS:
        app.add_route(f"{PREFIX}/quotas/{key}", WhoseQuota(service, key))
    app.add_route(f"{PREFIX}/quotas/{{project_id}}", Quota(service))
    app.add_route(f"{PREFIX}/quotas/{{project_id}}/default", QuotaDefault(service))
    app.add_route(f"{PREFIX}/quotas/{{project_id}}/details", QuotaDetails(service))
    app.add_route(f"{PREFIX}/service-providers", ServiceProviders(service))
    app.add_route(f"{PREFIX}/flavors/{{row_id}}/service_profiles", FlavorProfiles(service))
    app.add_route(f"{PREFIX}/flavors/{{row_id}}/service_profiles/{{profile_id}}", FlavorProfile(service))
    app.add_route(f"{PREFIX}/flavors/{{row_id}}/next_providers", NextProviders(service))
    app.add_route(f"{PREFIX}/log/loggable-resources", LoggableResources(service))
    app.add_route(f"{PREFIX}/auto-allocated-topology/{{project_id}}", AutoTopology(service))
    app.add_route(f"{PREFIX}/networks/{{row_id}}/dhcp-agents", AgentsOfNetwork(service))
    app.add_route(f"{PREFIX}/agents/{{row_id}}/dhcp-networks", NetworksOfAgent(service))
    app.add_route(f"{PREFIX}/agents/{{row_id}}/dhcp-networks/{{network_id}}", NetworkOfAgent(service))
    app.add_route(f"{PREFIX}/routers/{{row_id}}/l3-agents", AgentsOfRouter(service))
    app.add_route(f"{PREFIX}/agents/{{row_id}}/l3-routers", RoutersOfAgent(service))
    app.add_route(f"{PREFIX}/agents/{{row_id}}/l3-routers/{{router_id}}", RouterOfAgent(service))
    app.add_route(f"{PREFIX}/availability_zones", Zones(service))
    for path in _spellings("floatingip_pools"):
        app.add_route(path, FloatingIpPools(service))
    app.add_route(f"{PREFIX}/network-ip-availabilities", NetworkAvailabilities(service))
    app.add_route(f"{PREFIX}/network-ip-availabilities/{{network_id}}", NetworkAvailability(service))
    app.add_route(f"{PREFIX}/ports/{{row_id}}/bindings", Bindings(service))
    app.add_route(f"{PREFIX}/ports/{{row_id}}/bindings/{{host}}", Binding(service))
    app.add_route(f"{PREFIX}/ports/{{row_id}}/bindings/{{host}}/activate", Activation(service))
    add_qos_routes(app, PREFIX, service)
    for noun in NOUNS:
        for path in _spellings(noun.route):
            _add_noun(app, path, service, noun)
        if issubclass(noun.cls, Tagged):
            # Upstream has tags under the collection's own name too, where the path is another.
            for path in _spellings(noun.route) | _spellings(noun.cls.collection):
                app.add_route(f"{path}/{{row_id}}/tags", MoreTagsOf(service, noun))
                app.add_route(f"{path}/{{row_id}}/tags/{{tag}}", TagOf(service, noun))
    app.add_route("/", Versions(files), compile=True)  # all of them, for processes that are forked later too
    app.add_error_handler(Exception, _defect)
    app.add_error_handler(falcon.HTTPError, _bad)
    app.add_error_handler(falcon.HTTPRouteNotFound, _not_found)
    app.add_error_handler(falcon.HTTPMethodNotAllowed, _not_allowed)
    app.add_error_handler(StaleRevision, _stale)
    app.add_error_handler(Fault, _fault)
    app.add_error_handler(Unauthenticated, _unauthenticated)
    return app
