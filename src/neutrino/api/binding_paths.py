"""``/v2.0/ports/{port_id}/bindings``: a binding is known by its host, so these paths have handlers of their own."""

from collections.abc import Callable

import msgspec

from neutrino.api import bodies, port_bindings
from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.model.port import Port
from neutrino.store.records import Transaction

_encode = msgspec.json.Encoder().encode
Work = Callable[[Transaction, Port], bodies.Given | None]


class _Bindings(Endpoint):
    async def _read(self, row_id: str) -> list[bodies.Given]:
        port = await self._service.database.read(lambda c: port_bindings.find_port(Transaction(c, ""), row_id))
        return port_bindings.all_of(port)

    async def _write(self, row_id: str, work: Work) -> bodies.Given | None:
        return await self._service.database.write(lambda tx: work(tx, port_bindings.find_port(tx, row_id)))


class Bindings(_Bindings):
    """``/v2.0/ports/{port_id}/bindings``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List."""
        found = port_bindings.selected(await self._read(row_id), pairs(req))
        self.answer(resp, 200, _encode({"bindings": found}))

    async def on_post(self, req: Req, resp: Resp, row_id: str) -> None:
        """Bind the port at a further host."""
        request, wanted = self.request(req), port_bindings.parse(bodies.decode(await self.body(req)))
        made = await self._write(row_id, lambda tx, port: port_bindings.create(tx, request, port, wanted))
        self.answer(resp, 201, _encode({"binding": made}))


class Binding(_Bindings):
    """``/v2.0/ports/{port_id}/bindings/{host}``."""

    async def on_get(self, _req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Show."""
        port = await self._service.database.read(lambda c: port_bindings.find_port(Transaction(c, ""), row_id))
        self.answer(resp, 200, _encode({"binding": port_bindings.show(port, host)}))

    async def on_put(self, req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Change."""
        request, wanted = self.request(req), port_bindings.parse(bodies.decode(await self.body(req)))
        made = await self._write(row_id, lambda tx, port: port_bindings.update(tx, request, port, host, wanted))
        self.answer(resp, 200, _encode({"binding": made}))

    async def on_delete(self, _req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Delete."""
        await self._write(row_id, lambda tx, port: port_bindings.delete(tx, port, host))
        resp.status = 204


class Activation(_Bindings):
    """``/v2.0/ports/{port_id}/bindings/{host}/activate``."""

    async def on_put(self, _req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Make it the active one."""
        active = await self._write(row_id, lambda tx, port: port_bindings.activate(tx, port, host))
        self.answer(resp, 200, _encode(active))
