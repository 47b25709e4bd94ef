"""``/v2.0/network-ip-availabilities`` and ``/v2.0/availability_zones``: what can only be read, and has no table."""

import json
from collections.abc import Iterable

import msgspec

from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.queries import Pairs
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.network import NetworkNotFound
from neutrino.store import availability

_SELECTING = ("fields",)
_SORTING = ("sort_key", "sort_dir", "limit", "marker", "page_reverse")  # the lists are whole, in one order
_SEES_NETWORKS = "get_network_ip_availability"
_ZONE = ("name", "resource", "state")


def _encode(value: object) -> bytes:
    """Return *value* as JSON; a network may have more addresses than 64 bits can count."""
    return json.dumps(msgspec.to_builtins(value)).encode()


def grouped(found: Pairs, allowed: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the filters in *found*, of which only *allowed* exist, and the fields that are asked for."""
    out: dict[str, list[str]] = {}
    for name, value in found:
        if name not in (*_SELECTING, *_SORTING, *allowed):
            raise HTTPBadRequest(f"{[name]} is invalid attribute for filtering")
        out.setdefault(name, []).append(value)
    fields = out.pop("fields", [])
    return {name: values for name, values in out.items() if name in allowed}, fields


def only(item: object, fields: list[str]) -> dict[str, object]:
    """Return *item* as the wire has it, of it only *fields* if there are any."""
    built: dict[str, object] = msgspec.to_builtins(item)
    return {name: value for name, value in built.items() if name in fields} if fields else built


class NetworkAvailabilities(Endpoint):
    """``/v2.0/network-ip-availabilities``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List how many addresses each network has and uses."""
        filters, fields = grouped(pairs(req), availability.FILTERS)
        wanted: dict[str, list[object]] = {}
        for name, values in filters.items():
            wanted[name] = [int(v) for v in values if v in ("4", "6")] if name == "ip_version" else [*values]
        request, found = self.request(req), []
        if request.allows(_SEES_NETWORKS):
            found = await self._service.database.read(lambda c: availability.networks(c, wanted))
        items = [only(item, fields) for item in found if request.allows(_SEES_NETWORKS, item.project_id)]
        self.answer(resp, 200, _encode({"network_ip_availabilities": items}))


class NetworkAvailability(Endpoint):
    """``/v2.0/network-ip-availabilities/{network_id}``."""

    async def on_get(self, req: Req, resp: Resp, network_id: str) -> None:
        """Show how many addresses a network has and uses."""
        fields = [value for name, value in pairs(req) if name == "fields"]
        found = await self._service.database.read(lambda c: availability.networks(c, {"network_id": [network_id]}))
        if not found or not self.request(req).allows(_SEES_NETWORKS, found[0].project_id):
            raise NetworkNotFound(network_id[:255])
        self.answer(resp, 200, _encode({"network_ip_availability": only(found[0], fields)}))


class Zones(Endpoint):
    """``/v2.0/availability_zones``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List the availability zones, those of gateways, as upstream does."""
        filters, fields = grouped(pairs(req), _ZONE)
        allowed = (self.request(req)).allows("get_availability_zone")
        found = await self._service.database.read(availability.zones) if allowed else {}
        items = [
            {"name": name, "resource": "router", "state": "available" if alive else "unavailable"}
            for name, alive in found.items()
        ]
        chosen = [item for item in items if all(item[name] in values for name, values in filters.items())]
        self.answer(resp, 200, _encode({"availability_zones": [only(item, fields) for item in chosen]}))
