"""``/v2.0/quotas``: its paths are like no other noun's, so they have handlers of their own."""

from collections.abc import Callable

import msgspec

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp
from neutrino.api.nouns import quotas
from neutrino.api.service import Service
from neutrino.runtime.config import Config
from neutrino.store.statements import Connection

_encode = msgspec.json.Encoder().encode
PROJECT_PATHS = ("project", "tenant")  # the second is the older name


class Quotas(Endpoint):
    """``/v2.0/quotas``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the projects that have limits of their own."""
        request, config = self.request(req), self._service.config
        request.require("get_quota")
        found = await self._service.database.read(lambda c: quotas.list_all(c, config))
        seen = [one for one in found if request.allows("get_quota", str(one["project_id"]))]
        self.answer(resp, 200, _encode({"quotas": seen}))


class WhoseQuota(Endpoint):
    """``/v2.0/quotas/project``: whose quotas the caller sees by default."""

    def __init__(self, service: Service, key: str) -> None:
        super().__init__(service)
        self._key = key

    async def on_get(self, req: Req, resp: Resp) -> None:
        """Show the caller's project."""
        self.answer(resp, 200, _encode({self._key: {f"{self._key}_id": (self.request(req)).project_id}}))


class Quota(Endpoint):
    """``/v2.0/quotas/{project_id}``."""

    async def on_get(self, req: Req, resp: Resp, project_id: str) -> None:
        """Show the limits."""
        await self._show(req, resp, project_id, quotas.show)

    async def on_put(self, req: Req, resp: Resp, project_id: str) -> None:
        """Change limits."""
        self.request(req).require("update_quota", project_id)
        project, config = quotas.project(project_id), self._service.config
        limits, forced = quotas.parse(bodies.decode(await self.body(req)))
        found = await self._service.database.write(lambda tx: quotas.update(tx, config, project, limits, forced=forced))
        self.answer(resp, 200, _encode({"quota": found}))

    async def on_delete(self, req: Req, resp: Resp, project_id: str) -> None:
        """Go back to the configured limits."""
        self.request(req).require("delete_quota", project_id)
        project = quotas.project(project_id)
        await self._service.database.write(lambda tx: quotas.reset(tx, project))
        resp.status = 204

    async def _show(
        self, req: Req, resp: Resp, project_id: str, of: Callable[[Connection, Config, str], object]
    ) -> None:
        request = self.request(req)
        if project_id != request.project_id:
            request.require("get_quota", project_id)
        project, config = quotas.project(project_id), self._service.config
        self.answer(resp, 200, _encode({"quota": await self._service.database.read(lambda c: of(c, config, project))}))


class QuotaDefault(Quota):
    """``/v2.0/quotas/{project_id}/default``."""

    on_put = on_delete = None  # type: ignore[assignment]

    async def on_get(self, req: Req, resp: Resp, project_id: str) -> None:
        """Show the configured limits."""
        await self._show(req, resp, project_id, lambda _, config, __: quotas.defaults(config))


class QuotaDetails(Quota):
    """``/v2.0/quotas/{project_id}/details`` (extension quota_details)."""

    on_put = on_delete = None  # type: ignore[assignment]

    async def on_get(self, req: Req, resp: Resp, project_id: str) -> None:
        """Show the limits and what is in use."""
        await self._show(req, resp, project_id, quotas.details)
