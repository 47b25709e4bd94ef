"""Flavors and service profiles: which provider realises a service (Networking API v2.0, extension flavors)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.kinds import Boolean, LongText, Name, Uuids, one_of
from neutrino.model.resource import Attr, Child, Resource

L3 = "L3_ROUTER_NAT"
SERVICE_TYPES = (L3, "FLAVORS")


class Provider(msgspec.Struct, frozen=True):
    """Who realises a service: what ``/v2.0/service-providers`` shows."""

    service_type: str
    name: str
    default: bool


# The names under which upstream has the same provider.
OVN_DRIVER = "neutron.services.ovn_l3.service_providers.ovn.OvnDriver"
PROVIDERS: Mapping[str, Provider] = {OVN_DRIVER: Provider(L3, "ovn", default=True)}


class ServiceProfile(Resource, frozen=True, kw_only=True):
    """A driver, and what it is told."""

    collection: ClassVar[str] = "service_profiles"
    singular: ClassVar[str] = "service_profile"
    human: ClassVar[str] = "Service Profile"

    description: LongText = ""
    driver: LongText = ""
    metainfo: LongText = ""
    enabled: Boolean = True


class Flavor(Resource, frozen=True, kw_only=True):
    """A choice that users have: one of the service profiles realises what is made with it."""

    collection: ClassVar[str] = "flavors"
    singular: ClassVar[str] = "flavor"
    human: ClassVar[str] = "Flavor"

    name: Name = ""
    description: LongText = ""
    service_type: Annotated[str, one_of(*SERVICE_TYPES), Attr(required=True, put=False)]
    service_profiles: Annotated[
        Uuids, Attr(child=Child(column="service_profile_id", refers={"service_profile_id": "service_profiles"}))
    ] = ()
    enabled: Boolean = True
