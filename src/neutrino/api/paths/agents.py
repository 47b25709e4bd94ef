"""Which agents have which networks and routers: ``/v2.0/agents/{id}/l3-routers``, ``/v2.0/networks/{id}/dhcp-agents``.

OVN answers DHCP on each host, so networks have no agents of their own; a router's gateway may be on some.
"""

from collections.abc import Mapping

import msgspec

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp
from neutrino.api.nouns import scheduling
from neutrino.model.agent import Agent
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.kinds import Uuid, integer, kind_of
from neutrino.model.resource import shown
from neutrino.model.router import Router
from neutrino.store.columns import resource_to_wire

_encode = msgspec.json.Encoder().encode
_id = kind_of(Uuid).parse
_number = integer(-(2**31), 2**31)
_PRIORITY = "ha_chassis_priority"


def _parse(body: Mapping[str, object], name: str) -> str:
    if name not in body:
        raise HTTPBadRequest(f"Unable to find '{name}' in request body")
    try:
        return str(_id(body[name]))
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for {name}. Reason: {error}.") from error


def _priority(body: Mapping[str, object]) -> int | None:
    value = body.get(_PRIORITY)
    if value is None:
        return None
    try:
        return int(str(_number(value)))
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for {_PRIORITY}. Reason: {error}.") from error


class AgentsOfNetwork(Endpoint):
    """``/v2.0/networks/{id}/dhcp-agents``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the DHCP agents of a network: none."""
        self.request(req).require("get_dhcp-agents")
        await self.look(lambda tx: scheduling.check_network(tx, row_id))
        self.answer(resp, 200, _encode({"agents": []}))


class NetworksOfAgent(Endpoint):
    """``/v2.0/agents/{id}/dhcp-networks``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the networks of a DHCP agent: none."""
        self.request(req).require("get_dhcp-networks")
        await self.look(lambda tx: scheduling.check_agent(tx, row_id))
        self.answer(resp, 200, _encode({"networks": []}))

    async def on_post(self, req: Req, _resp: Resp, row_id: str) -> None:
        """Refuse."""
        self.request(req).require("create_dhcp-network")
        _parse(bodies.decode(await self.body(req)), "network_id")
        await self._service.write(self.request(req), lambda tx: scheduling.add_network(tx, row_id))


class NetworkOfAgent(Endpoint):
    """``/v2.0/agents/{id}/dhcp-networks/{network_id}``."""

    async def on_delete(self, req: Req, _resp: Resp, row_id: str, network_id: str) -> None:
        """Refuse."""
        self.request(req).require("delete_dhcp-network")
        await self._service.write(self.request(req), lambda tx: scheduling.remove_network(tx, row_id, network_id))


class AgentsOfRouter(Endpoint):
    """``/v2.0/routers/{id}/l3-agents``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the agents that a router's gateway may be on."""
        self.request(req).require("get_l3-agents")
        request = self.request(req)
        found = await self.look(lambda tx: scheduling.agents_of_router(tx, request, row_id))
        agents = [resource_to_wire(agent, shown(Agent)) | {_PRIORITY: priority} for agent, priority in found]
        self.answer(resp, 200, _encode({"agents": agents}))


class RoutersOfAgent(Endpoint):
    """``/v2.0/agents/{id}/l3-routers``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the routers whose gateway may be on an agent's host."""
        self.request(req).require("get_l3-routers")
        request = self.request(req)
        found = await self.look(lambda tx: scheduling.routers_of_agent(tx, request, row_id))
        self.answer(resp, 200, _encode({"routers": [resource_to_wire(router, shown(Router)) for router in found]}))

    async def on_post(self, req: Req, resp: Resp, row_id: str) -> None:
        """Let a router's gateway be on the agent's host."""
        self.request(req).require("create_l3-router")
        request, body = self.request(req), bodies.decode(await self.body(req))
        router_id, priority = _parse(body, "router_id"), _priority(body)
        await self._service.write(
            self.request(req), lambda tx: scheduling.add(tx, request, row_id, router_id, priority)
        )
        self.answer(resp, 201, b"null")


class RouterOfAgent(Endpoint):
    """``/v2.0/agents/{id}/l3-routers/{router_id}``."""

    async def on_put(self, req: Req, resp: Resp, row_id: str, router_id: str) -> None:
        """Change the agent's priority."""
        self.request(req).require("update_l3-router")
        request, priority = self.request(req), _priority(bodies.decode(await self.body(req)))
        await self._service.write(
            self.request(req), lambda tx: scheduling.change(tx, request, row_id, router_id, priority)
        )
        self.answer(resp, 200, b"null")

    async def on_delete(self, req: Req, resp: Resp, row_id: str, router_id: str) -> None:
        """Take the router's gateway from the agent's host."""
        self.request(req).require("delete_l3-router")
        request = self.request(req)
        await self._service.write(self.request(req), lambda tx: scheduling.remove(tx, request, row_id, router_id))
        resp.status = 204
