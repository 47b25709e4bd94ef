"""``/v2.0/qos/rule-types``, which has no table, and rules by their own id alone (extension qos-rules-alias)."""

from collections.abc import Mapping
from typing import Any

import falcon.asgi
import msgspec
from msgspec.structs import replace

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.routes import NOUNS, Noun
from neutrino.api.service import Service
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.access import PolicyNotAuthorized
from neutrino.model.kinds import Boolean, kind_of, shown
from neutrino.model.qos import ANY, DIRECTIONS, DSCP_MARKS, MOST, SUPPORTED, TYPES, Rule

_encode = msgspec.json.Encoder().encode
_flag = kind_of(Boolean).parse
_FLAGS = ("all_supported", "all_rules")
_RANGE = {"parameter_type": "range", "parameter_values": {"start": 0, "end": MOST}}
_DIRECTIONS = {"parameter_type": "choices", "parameter_values": DIRECTIONS}
_MARKS = {"parameter_type": "choices", "parameter_values": DSCP_MARKS}
DRIVER = "OVNQosDriver"  # upstream's name
PARAMETERS: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "bandwidth_limit": {"max_kbps": _RANGE, "max_burst_kbps": _RANGE, "direction": _DIRECTIONS},
    "dscp_marking": {"dscp_mark": _MARKS},
    "minimum_bandwidth": {"min_kbps": _RANGE, "direction": _DIRECTIONS},
    "minimum_packet_rate": {
        "min_kpps": _RANGE,
        "direction": {"parameter_type": "choices", "parameter_values": (ANY, *DIRECTIONS)},
    },
}


class RuleTypes(Endpoint):
    """``/v2.0/qos/rule-types``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the types of rules that ports may have, or with ``all_rules`` those that there are."""
        found: tuple[str, ...] = SUPPORTED
        for name, value in pairs(req):
            if name in _FLAGS:
                try:
                    wanted = _flag(value)
                except ValueError as error:
                    raise HTTPBadRequest(f"Invalid input for {name}. Reason: {error}.") from error
                found = TYPES if wanted and name == "all_rules" else found
            elif name != "fields":
                raise HTTPBadRequest(f"{[name]} is invalid attribute for filtering")
        self.answer(resp, 200, _encode({"rule_types": [{"type": name} for name in found]}))


class RuleType(Endpoint):
    """``/v2.0/qos/rule-types/{rule_type}`` (extension qos-rule-type-details)."""

    async def on_get(self, req: Req, resp: Resp, rule_type: str) -> None:
        """Show who realises rules of the type, and which values they may have; drivers are for administrators."""
        request = self.request(req)
        if not request.is_admin:
            raise PolicyNotAuthorized("get_rule_type")
        if rule_type not in TYPES:
            raise HTTPBadRequest(f"Invalid input for rule type. Reason: {shown(rule_type)} is not in {list(TYPES)}.")
        drivers = []
        if rule_type in PARAMETERS:
            supported = [{"parameter_name": name, **what} for name, what in PARAMETERS[rule_type].items()]
            drivers.append({"name": DRIVER, "supported_parameters": supported})
        self.answer(resp, 200, _encode({"rule_type": {"type": rule_type, "drivers": drivers}}))


class Alias(Endpoint):
    """``/v2.0/qos/alias_bandwidth_limit_rules/{id}``: a rule, its policy unnamed."""

    def __init__(self, service: Service, noun: Noun) -> None:
        super().__init__(service)
        self._noun = replace(noun, parent=None)
        self._name = noun.cls.singular

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """Show."""
        self.answer(
            resp, 200, self._renamed(await self._service.show(self._noun, self.request(req), row_id, pairs(req)))
        )

    async def on_put(self, req: Req, resp: Resp, row_id: str) -> None:
        """Change."""
        body = bodies.decode(await self.body(req))
        alias = f"alias_{self._name}"
        if alias not in body:
            raise HTTPBadRequest(f"Unable to find '{alias}' in request body")
        changed = await self._service.update(self._noun, self.request(req), row_id, _encode({self._name: body[alias]}))
        self.answer(resp, 200, self._renamed(changed))

    async def on_delete(self, req: Req, resp: Resp, row_id: str) -> None:
        """Delete."""
        await self._service.delete(self._noun, self.request(req), row_id)
        resp.status = 204

    def _renamed(self, answer: bytes) -> bytes:
        """Return *answer*, a rule under its own name, with the name that it has here."""
        inside = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
        return _encode({f"alias_{self._name}": inside[self._name]})


def add_routes(app: "falcon.asgi.App[Any, Any]", prefix: str, service: Service) -> None:
    """Add the paths of this module; upstream writes aliases with dashes, and with underscores in its documents."""
    app.add_route(f"{prefix}/qos/rule-types", RuleTypes(service))
    app.add_route(f"{prefix}/qos/rule-types/{{rule_type}}", RuleType(service))
    for noun in NOUNS:
        if issubclass(noun.cls, Rule):
            name = f"alias_{noun.cls.collection}"
            for path in {name, name.replace("_", "-")}:
                app.add_route(f"{prefix}/qos/{path}/{{row_id}}", Alias(service, noun))
