"""``/v2.0/log/loggable-resources``: what can be logged."""

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.nouns.plain_lists import chosen
from neutrino.model.log import LOGGABLE

_encode = msgspec.json.Encoder().encode


class LoggableResources(Endpoint):
    """``/v2.0/log/loggable-resources``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List what can be logged."""
        self.request(req).require("get_loggable_resource")
        found = chosen([{"type": one} for one in LOGGABLE], ("type",), pairs(req))
        self.answer(resp, 200, _encode({"loggable_resources": found}))
