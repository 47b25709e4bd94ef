"""Flavors and service profiles: what creating, changing and deleting them does, and which provider a flavor is."""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.flavor import (
    FlavorDisabled,
    FlavorInUse,
    FlavorNotFound,
    FlavorServiceProfileBindingExists,
    FlavorServiceProfileBindingNotFound,
    ServiceProfileDisabled,
    ServiceProfileDriverNotFound,
    ServiceProfileEmpty,
    ServiceProfileInUse,
    ServiceProfileNotFound,
)
from neutrino.model.flavor import L3, PROVIDERS, Flavor, Provider, ServiceProfile
from neutrino.model.router import Router
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_profiles = CHILDREN[Flavor]["service_profiles"]
_OF_PROFILE = select(_profiles.c.flavor_id).where(_profiles.c.service_profile_id == bindparam("profile_id")).limit(1)
_PRESENT = select(TABLES[ServiceProfile].c.id).where(TABLES[ServiceProfile].c.id.in_(bindparam("ids", expanding=True)))
_ROUTER_OF = select(TABLES[Router].c.id).where(TABLES[Router].c.flavor_id == bindparam("flavor_id")).limit(1)


def create(tx: Transaction, _request: Request, given: Given) -> Flavor:
    """Create a flavor."""
    flavor = Flavor(**(given | {"id": str(uuid.uuid4())}))  # type: ignore[arg-type]
    _check_profiles(tx, flavor.service_profiles)
    tx.insert(flavor)
    return flavor


def update(tx: Transaction, _request: Request, old: Flavor, changes: Given) -> Flavor:
    """Change a flavor."""
    _check_profiles(tx, changes.get("service_profiles", ()))  # type: ignore[arg-type]
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, flavor: Flavor) -> None:
    """Delete a flavor; refuse while routers have it."""
    if tx.connection.execute(_ROUTER_OF, {"flavor_id": flavor.id}).first() is not None:
        raise FlavorInUse(flavor.id)
    tx.delete(flavor)


def create_profile(tx: Transaction, _request: Request, given: Given) -> ServiceProfile:
    """Create a service profile; refuse one of a driver that nobody here has."""
    profile = ServiceProfile(**(given | {"id": str(uuid.uuid4())}))  # type: ignore[arg-type]
    if not profile.driver and not profile.metainfo:
        raise ServiceProfileEmpty
    _check_driver(profile.driver)
    tx.insert(profile)
    return profile


def update_profile(tx: Transaction, _request: Request, old: ServiceProfile, changes: Given) -> ServiceProfile:
    """Change a service profile that no flavor has."""
    _check_driver(str(changes.get("driver", "")))
    _check_unused(tx, old)
    return tx.update(old, changes)


def delete_profile(tx: Transaction, _request: Request, profile: ServiceProfile) -> None:
    """Delete a service profile that no flavor has."""
    _check_unused(tx, profile)
    tx.delete(profile)


def associate(tx: Transaction, flavor: Flavor, profile_id: str) -> None:
    """Give a flavor one more service profile."""
    if profile_id in flavor.service_profiles:
        raise FlavorServiceProfileBindingExists(profile_id, flavor.id)
    _check_profiles(tx, [profile_id])
    tx.update(flavor, {"service_profiles": (*flavor.service_profiles, profile_id)})


def disassociate(tx: Transaction, flavor: Flavor, profile_id: str) -> None:
    """Take a service profile from a flavor."""
    check_associated(flavor, profile_id)
    tx.update(flavor, {"service_profiles": tuple(one for one in flavor.service_profiles if one != profile_id)})


def check_associated(flavor: Flavor, profile_id: str) -> None:
    """Refuse if the flavor does not have the service profile."""
    if profile_id not in flavor.service_profiles:
        raise FlavorServiceProfileBindingNotFound(profile_id[:255], flavor.id)


def provider(flavor: Flavor, profile: ServiceProfile | None) -> tuple[str, Provider]:
    """Return the driver and the provider of *flavor*, whose first service profile is *profile*, or refuse."""
    if profile is None:
        raise FlavorServiceProfileBindingNotFound("", flavor.id)
    if not profile.enabled:
        raise ServiceProfileDisabled(profile.id)
    found = PROVIDERS.get(profile.driver)
    if found is None:
        raise ServiceProfileDriverNotFound(profile.driver)
    return profile.driver, found


def check_router_flavor(tx: Transaction, request: Request, flavor_id: object) -> None:
    """Refuse a flavor with which no router can be made here."""
    if flavor_id is None:
        return
    flavor = visible(tx, request, Flavor, str(flavor_id))
    if flavor is None or flavor.service_type != L3:
        raise FlavorNotFound(str(flavor_id))
    if not flavor.enabled:
        raise FlavorDisabled(flavor.id)
    provider(flavor, tx.get(ServiceProfile, flavor.service_profiles[0]) if flavor.service_profiles else None)


def _check_profiles(tx: Transaction, profile_ids: Sequence[str]) -> None:
    if profile_ids:
        present = set(tx.connection.execute(_PRESENT, {"ids": list(profile_ids)}).scalars())
        for profile_id in profile_ids:
            if profile_id not in present:
                raise ServiceProfileNotFound(profile_id)


def _check_driver(driver: str) -> None:
    if driver and driver not in PROVIDERS:
        raise ServiceProfileDriverNotFound(driver)


def _check_unused(tx: Transaction, profile: ServiceProfile) -> None:
    if tx.connection.execute(_OF_PROFILE, {"profile_id": profile.id}).first() is not None:
        raise ServiceProfileInUse(profile.id)
