"""``GET /realised/{collection}/{id}``: the backend's own rows for a resource, for administrators; below, its flows.

Here: who may ask. Not here: reading them, which the backend does.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp
from neutrino.api.service import Service
from neutrino.model.faults import BackendUnavailable, HTTPBadRequest
from neutrino.model.faults.access import PolicyNotAuthorized
from neutrino.model.kinds import Uuid, kind_of

Rows: TypeAlias = Callable[[str, str], Awaitable[Sequence[Mapping[str, object]]]]
_encode = msgspec.json.Encoder().encode
_uuid = kind_of(Uuid).parse


class Realised(Endpoint):
    """The path, and ``/flows`` below it: *called* is what *rows* reads."""

    def __init__(self, service: Service, rows: Rows, called: str = "rows") -> None:
        super().__init__(service)
        self._rows = rows
        self._called = called

    async def on_get(self, req: Req, resp: Resp, collection: str, row_id: str) -> None:
        """Show them."""
        if not self.request(req).is_admin:
            raise PolicyNotAuthorized("context_is_admin")
        try:
            wanted = str(_uuid(row_id))
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for id. Reason: {error}.") from error
        try:
            self.answer(resp, 200, _encode({self._called: await self._rows(collection, wanted)}))
        except TimeoutError as error:
            raise BackendUnavailable from error
