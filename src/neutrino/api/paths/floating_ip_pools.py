"""``/v2.0/floatingip_pools``: where floating IPs can be taken from."""

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.paths.availability import grouped, only
from neutrino.store import floating_ip_pools


class FloatingIpPools(Endpoint):
    """``/v2.0/floatingip_pools``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the pools."""
        filters, fields = grouped(pairs(req), floating_ip_pools.FILTERS)
        request = self.request(req)
        request.require("get_floatingip_pool")
        project_id = None if request.is_admin else request.project_id
        found = await self._service.database.read(lambda c: floating_ip_pools.pools(c, {**filters}, project_id))
        items = [only(pool, fields) for pool in found]
        self.answer(resp, 200, msgspec.json.encode({"floatingip_pools": items}))
