"""The address scope: subnet pools that share no address (Networking API v2.0, extension address-scope)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, Kind, Name
from neutrino.model.resource import Attr, Resource
from neutrino.model.subnet import parse_ip_version


class AddressScope(Resource, frozen=True, kw_only=True):
    """Subnet pools whose prefixes do not overlap."""

    collection: ClassVar[str] = "address_scopes"
    singular: ClassVar[str] = "address_scope"
    human: ClassVar[str] = "Address scope"

    project_id: Annotated[Name, Attr(put=False, indexed=True)]
    name: Name = ""
    ip_version: Annotated[
        int, Kind("integer", parse_ip_version, "integer", {"enum": [4, 6]}), Attr(required=True, put=False)
    ]
    shared: Annotated[Boolean, Attr(stored=False, filtered=True)] = False
