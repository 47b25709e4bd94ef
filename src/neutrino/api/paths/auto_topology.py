"""``/v2.0/auto-allocated-topology/{project_id}`` (extension auto-allocated-topology)."""

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.nouns import auto_topology, quotas
from neutrino.api.nouns.quotas import project
from neutrino.api.request import Request
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.access import PolicyNotAuthorized
from neutrino.model.network import Network
from neutrino.model.router import Router
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction

_encode = msgspec.json.Encoder().encode
_CALLERS = ("None", "null")  # a client that names no project means its own
DRY_RUN = "dry-run"


class AutoTopology(Endpoint):
    """``/v2.0/auto-allocated-topology/{project_id}``."""

    async def on_get(self, req: Req, resp: Resp, project_id: str) -> None:
        """Return the project's network, made first if it is missing; or say whether it could be made."""
        request, owner = self._whose(req, "get", project_id)
        fields = [value for name, value in pairs(req) if name == "fields"]
        if DRY_RUN in fields:
            await self.look(auto_topology.check)
            shown = "dry-run=pass"
        elif fields:
            raise HTTPBadRequest("Bad auto_allocate request: Unrecognized field.")
        else:
            shown = await self._service.write(request, lambda tx: self._ensure(tx, request, owner))
        topology = {"id": shown, "project_id": owner, "tenant_id": owner}
        self.answer(resp, 200, _encode({"auto_allocated_topology": topology}))

    async def on_delete(self, req: Req, resp: Resp, project_id: str) -> None:
        """Delete what was made for the project."""
        request, owner = self._whose(req, "delete", project_id)
        await self._service.write(request, lambda tx: auto_topology.remove(tx, request, owner))
        resp.status = 204

    def _whose(self, req: Req, verb: str, project_id: str) -> tuple[Request, str]:
        """Return who asks, and about which project: their own, unless they administrate the cloud."""
        request = self.request(req)
        owner = request.project_id if project_id in _CALLERS else project(project_id)
        rule = f"{verb}_auto_allocated_topology"
        request.require(rule)
        if owner != request.project_id and not request.is_admin:
            raise PolicyNotAuthorized(rule)
        return request, owner

    def _ensure(self, tx: Transaction, request: Request, owner: str) -> str:
        network_id = auto_topology.ensure(tx, request, owner)
        uses = tx.settle()
        for cls in (Network, Subnet, Router):
            quotas.check(request.config, cls, uses)
        return network_id
