"""``/v2.0/ports/{port_id}/bindings``: a binding is known by its host, so these paths have handlers of their own."""

from collections.abc import Callable

import msgspec

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.nouns import port_bindings
from neutrino.api.request import Request
from neutrino.api.routes import NOUNS
from neutrino.model.port import Port
from neutrino.store.records import Transaction

_encode = msgspec.json.Encoder().encode
Work = Callable[[Transaction, Request, Port], bodies.Given | None]


_PORTS = next(noun for noun in NOUNS if noun.cls is Port)


class _Bindings(Endpoint):
    async def _read(self, req: Req, row_id: str) -> Port:
        port = await self._service.find(_PORTS, self.request(req), "get_port_binding", row_id)
        assert isinstance(port, Port)  # noqa: S101 - the noun's class
        port_bindings.check_movable(port)
        return port

    async def _write(self, req: Req, rule: str, row_id: str, work: Work) -> bodies.Given | None:
        request = self.request(req)

        def permitted(tx: Transaction) -> bodies.Given | None:
            port = self._service.permitted(tx, request, _PORTS, rule, row_id)
            assert isinstance(port, Port)  # noqa: S101 - the noun's class
            port_bindings.check_movable(port)
            return work(tx, request, port)

        return await self._service.write(request, permitted)


class Bindings(_Bindings):
    """``/v2.0/ports/{port_id}/bindings``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List."""
        found = port_bindings.selected(port_bindings.all_of(await self._read(req, row_id)), pairs(req))
        self.answer(resp, 200, _encode({"bindings": found}))

    async def on_post(self, req: Req, resp: Resp, row_id: str) -> None:
        """Bind the port at a further host."""
        wanted = port_bindings.parse(bodies.decode(await self.body(req)))
        made = await self._write(
            req,
            "create_port_binding",
            row_id,
            lambda tx, request, port: port_bindings.create(tx, request, port, wanted),
        )
        self.answer(resp, 201, _encode({"binding": made}))


class Binding(_Bindings):
    """``/v2.0/ports/{port_id}/bindings/{host}``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Show."""
        port = await self._read(req, row_id)
        self.answer(resp, 200, _encode({"binding": port_bindings.show(port, host)}))

    async def on_put(self, req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Change."""
        wanted = port_bindings.parse(bodies.decode(await self.body(req)))
        made = await self._write(
            req,
            "update_port_binding",
            row_id,
            lambda tx, request, port: port_bindings.update(tx, request, port, host, wanted),
        )
        self.answer(resp, 200, _encode({"binding": made}))

    async def on_delete(self, req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Delete."""
        await self._write(
            req, "delete_port_binding", row_id, lambda tx, _request, port: port_bindings.delete(tx, port, host)
        )
        resp.status = 204


class Activation(_Bindings):
    """``/v2.0/ports/{port_id}/bindings/{host}/activate``."""

    async def on_put(self, req: Req, resp: Resp, row_id: str, host: str) -> None:
        """Make it the active one."""
        active = await self._write(
            req, "activate", row_id, lambda tx, _request, port: port_bindings.activate(tx, port, host)
        )
        self.answer(resp, 200, _encode(active))
