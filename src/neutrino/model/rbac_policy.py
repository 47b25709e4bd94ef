"""The RBAC policy: who else may see a resource, and use it (Networking API v2.0, extension rbac-policies).

These entries are the only place where it is kept that something is shared, or that a network is external.
"""

import re
from typing import Annotated, ClassVar

from neutrino.model.address_group import AddressGroup
from neutrino.model.address_scope import AddressScope
from neutrino.model.faults import InvalidInput
from neutrino.model.kinds import Kind, Name, Uuid, shown
from neutrino.model.network import Network
from neutrino.model.qos import QosPolicy
from neutrino.model.resource import Attr, Resource, Unique
from neutrino.model.security_group import SecurityGroup
from neutrino.model.subnetpool import SubnetPool

EVERYBODY = "*"
SHARED, EXTERNAL = "access_as_shared", "access_as_external"
# What may be shared, by the name that entries have for it.
SHAREABLE: dict[str, type[Resource]] = {
    "network": Network,
    "security_group": SecurityGroup,
    "address_scope": AddressScope,
    "address_group": AddressGroup,
    "subnetpool": SubnetPool,
    "qos_policy": QosPolicy,
}
TYPE_OF = {cls: name for name, cls in SHAREABLE.items()}
_PROJECT = re.compile("[0-9a-f]{32}")


def actions(object_type: str) -> tuple[str, ...]:
    """Return what entries for an *object_type* may allow."""
    return (SHARED, EXTERNAL) if object_type == "network" else (SHARED,)


def _object_type(value: object) -> object:
    name = value.strip().lower() if isinstance(value, str) else ""
    if name not in SHAREABLE:
        raise InvalidInput(f"{shown(value)} is not a valid RBAC object type")
    return name


def _target(value: object) -> object:
    """Parse a project's id, with or without dashes, or ``*``."""
    if value == EVERYBODY:
        return value
    if not isinstance(value, str) or not _PROJECT.fullmatch(value.lower().replace("-", "")):
        raise InvalidInput(f"{shown(value)} is not a valid target project ID; expected a UUID or '*'")
    return value


_TYPE = Kind("object type", _object_type, "text", {"enum": tuple(SHAREABLE)})
_TARGET = Kind("project", _target, "text", {"type": "string"})


class RbacPolicy(Resource, frozen=True, kw_only=True):
    """One project, or everybody, may see and use one resource."""

    collection: ClassVar[str] = "rbac_policies"
    singular: ClassVar[str] = "rbac_policy"
    human: ClassVar[str] = "RBAC policy"
    limited: ClassVar[bool] = True
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("object_id", "action", "target_tenant")),)

    project_id: Annotated[Name, Attr(put=False, indexed=True)]
    object_type: Annotated[str, _TYPE, Attr(required=True, put=False)]
    object_id: Annotated[Uuid, Attr(required=True, put=False)]
    action: Annotated[Name, Attr(required=True, put=False, indexed=True)]
    target_tenant: Annotated[str, _TARGET, Attr(required=True, indexed=True)]
