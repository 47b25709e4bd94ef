"""``/v2.0/flavors/{id}/service_profiles``, ``/next_providers``, and ``/v2.0/service-providers``."""

import msgspec

from neutrino.api import bodies
from neutrino.api.endpoint import Endpoint, Req, Resp, pairs
from neutrino.api.nouns import flavors
from neutrino.api.nouns.plain_lists import chosen
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.flavor import FlavorNotFound
from neutrino.model.flavor import PROVIDERS, Flavor, ServiceProfile
from neutrino.model.kinds import Uuid, kind_of
from neutrino.store.columns import to_resource
from neutrino.store.records import Transaction, select_by_id

_encode = msgspec.json.Encoder().encode
_id = kind_of(Uuid).parse


def _present(tx: Transaction, flavor_id: str) -> Flavor:
    found = tx.get(Flavor, flavor_id)
    if found is None:
        raise FlavorNotFound(flavor_id[:255])
    return found


class _OfFlavor(Endpoint):
    async def _flavor(self, flavor_id: str) -> tuple[Flavor, ServiceProfile | None]:
        """Return the flavor, and its first service profile."""
        statement = select_by_id(Flavor)
        row = await self._service.database.read(lambda c: c.execute(statement, {"id": flavor_id}).first())
        if row is None:
            raise FlavorNotFound(flavor_id[:255])
        flavor = to_resource(Flavor, row)
        if not flavor.service_profiles:
            return flavor, None
        first, profile = {"id": flavor.service_profiles[0]}, select_by_id(ServiceProfile)
        found = await self._service.database.read(lambda c: c.execute(profile, first).first())
        return flavor, to_resource(ServiceProfile, found) if found else None


class FlavorProfiles(_OfFlavor):
    """``/v2.0/flavors/{id}/service_profiles``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """List the service profiles of a flavor."""
        self.request(req).require("get_flavor")
        flavor, _ = await self._flavor(row_id)
        self.answer(resp, 200, _encode({"service_profiles": [{"id": one} for one in flavor.service_profiles]}))

    async def on_post(self, req: Req, resp: Resp, row_id: str) -> None:
        """Give the flavor a service profile."""
        self.request(req).require("create_flavor_service_profile")
        item = bodies.decode(await self.body(req)).get("service_profile")
        if not isinstance(item, dict) or item.keys() != {"id"}:
            raise HTTPBadRequest("Unable to find 'service_profile' with an 'id', and nothing else, in request body")
        try:
            profile_id = str(_id(item["id"]))
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for id. Reason: {error}.") from error
        await self._service.write(self.request(req), lambda tx: flavors.associate(tx, _present(tx, row_id), profile_id))
        self.answer(resp, 201, _encode({"service_profile": {"id": profile_id}}))


class FlavorProfile(_OfFlavor):
    """``/v2.0/flavors/{id}/service_profiles/{profile_id}``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str, profile_id: str) -> None:
        """Say whether the flavor has the service profile."""
        self.request(req).require("get_flavor")
        flavor, _ = await self._flavor(row_id)
        flavors.check_associated(flavor, profile_id)
        self.answer(resp, 200, _encode({"service_profile": {"id": profile_id}}))

    async def on_delete(self, req: Req, resp: Resp, row_id: str, profile_id: str) -> None:
        """Take the service profile from the flavor."""
        self.request(req).require("delete_flavor_service_profile")
        await self._service.write(
            self.request(req), lambda tx: flavors.disassociate(tx, _present(tx, row_id), profile_id)
        )
        resp.status = 204


class NextProviders(_OfFlavor):
    """``/v2.0/flavors/{id}/next_providers``."""

    async def on_get(self, req: Req, resp: Resp, row_id: str) -> None:
        """Say which provider realises what is made with the flavor."""
        self.request(req).require("get_flavor")
        flavor, profile = await self._flavor(row_id)
        driver, provider = flavors.provider(flavor, profile)
        self.answer(resp, 200, _encode({"next_providers": [{"provider": provider.name, "driver": driver}]}))


class ServiceProviders(Endpoint):
    """``/v2.0/service-providers``."""

    async def on_get(self, req: Req, resp: Resp) -> None:
        """List who realises services here."""
        self.request(req).require("get_service_provider")
        found = [msgspec.to_builtins(provider) for provider in PROVIDERS.values()]
        shown = chosen(found, ("service_type", "name", "default"), pairs(req))
        self.answer(resp, 200, _encode({"service_providers": shown}))
