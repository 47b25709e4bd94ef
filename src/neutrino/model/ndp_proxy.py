"""The NDP proxy: a router answers outside for an IPv6 address behind it (Networking API v2.0, l3-ndp-proxy)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import IpAddress, Name, Uuid
from neutrino.model.resource import Attr, Standard

RESOURCE = "ndp_proxy"


class NdpProxy(Standard, frozen=True, kw_only=True):
    """An IPv6 address of a port that a router's gateway answers for, so that the outside needs no route to it."""

    collection: ClassVar[str] = "ndp_proxies"
    singular: ClassVar[str] = RESOURCE
    human: ClassVar[str] = "NDP proxy"

    name: Name = ""
    router_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="routers")]
    port_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="ports")]
    ip_address: Annotated[IpAddress | None, Attr(put=False)] = None
