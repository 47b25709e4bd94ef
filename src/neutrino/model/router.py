"""The router: joins subnets, and with a gateway an external network (Networking API v2.0, "Routers").

Here: the declaration, and the rules about gateways and routes. Not here: a router's ports (model/port.py).
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.faults.router import BadRequest, InvalidRoutes, RoutesExhausted
from neutrino.model.kinds import (
    FLAG_OR_DEFAULT,
    ZONES,
    Boolean,
    Cidr,
    IpAddress,
    JsonObject,
    Kind,
    Name,
    Uuid,
    items,
    kind_of,
    list_of,
    optional,
    record,
)
from neutrino.model.port import FixedIp, FixedIpRequest, requested_ips
from neutrino.model.resource import Attr, Tagged
from neutrino.model.subnet import Subnet

MOST_ROUTES = 30  # upstream: max_routes
MOST_PRIORITY = 32767  # of a chassis (ovn-nb(5), HA_Chassis)
_MOST_GATEWAY_IPS = 10
MOST_GATEWAYS = 10


class Route(msgspec.Struct, frozen=True):
    """A route that a router has besides those to its own subnets."""

    destination: Cidr
    nexthop: IpAddress


class Gateway(msgspec.Struct, frozen=True):
    """How a router reaches an external network: its addresses there, and whether it hides IPv4 sources behind them."""

    network_id: str
    enable_snat: bool
    external_fixed_ips: tuple[FixedIp, ...]
    qos_policy_id: str | None = None


_REQUESTED_IPS = requested_ips(_MOST_GATEWAY_IPS)


AS_IT_IS = ""  # the policy stays: null would take it away
_POLICY = Kind("uuid", optional(kind_of(Uuid).parse), "text", kind_of(Uuid | None).schema)


class GatewayRequest(msgspec.Struct, frozen=True):
    """What a caller asks for; without addresses, one of a subnet of each IP version."""

    network_id: Uuid
    enable_snat: Boolean = True
    external_fixed_ips: Annotated[tuple[FixedIpRequest, ...], _REQUESTED_IPS] = ()
    qos_policy_id: Annotated[str | None, _POLICY] = AS_IT_IS


def _gateway(value: object) -> object:
    return None if value is None or value == {} else _REQUEST(value)


_REQUEST = record(GatewayRequest)
_GATEWAY = Kind("gateway", _gateway, "json", {"anyOf": [_REQUEST.schema, {"type": "null"}]})
_PLACEMENT = Kind("priorities", kind_of(JsonObject).parse, "json", {"anyOf": [{"type": "object"}, {"type": "null"}]})


def parse_gateways(value: object) -> object:
    """Parse what the actions on external_gateways are given; the openstack command says none by ``{}``."""
    return items(_REQUEST, MOST_GATEWAYS)([] if value == {} else value)


_GATEWAYS = Kind("list of gateways", parse_gateways, "json", {"type": "array", "items": _REQUEST.schema})


class Leg(msgspec.Struct, frozen=True):
    """A port of a router, as the backend needs to know it of the router."""

    port_id: str
    network_id: str
    device_owner: str
    fixed_ips: tuple[FixedIp, ...]


_LEGS = Kind("list of ports", lambda value: value, "json", {"type": "array"})


class Router(Tagged, frozen=True, kw_only=True):
    """Forwards between the subnets that it has interfaces on."""

    collection: ClassVar[str] = "routers"
    singular: ClassVar[str] = "router"
    human: ClassVar[str] = "Router"
    limited: ClassVar[bool] = True

    name: Name = ""
    admin_state_up: Boolean = True
    status: Annotated[Name, Attr(post=False, put=False)] = "ACTIVE"
    external_gateway_info: Annotated[Gateway | None, _GATEWAY, Attr(stored=False, extension="ext-gw-mode")] = None
    routes: Annotated[
        tuple[Route, ...], list_of(Route, MOST_ROUTES, RoutesExhausted), Attr(post=False, extension="extraroute")
    ] = ()
    enable_snat: Annotated[Boolean, Attr(post=False, put=False, extension="router-enable-snat")] = True
    flavor_id: Annotated[Uuid | None, Attr(put=False, indexed=True, refers="flavors", extension="l3-flavors")] = None
    external_gateways: Annotated[
        tuple[Gateway, ...],
        _GATEWAYS,
        Attr(post=False, put=False, stored=False, extension="external-gateway-multihoming"),
    ] = ()
    enable_default_route_ecmp: Annotated[bool, FLAG_OR_DEFAULT, Attr(extension="enable-default-route-ecmp")]
    enable_default_route_bfd: Annotated[bool, FLAG_OR_DEFAULT, Attr(extension="enable-default-route-bfd")]
    ha: Annotated[bool, FLAG_OR_DEFAULT, Attr(extension="l3-ha")]  # whether its gateway may be on several chassis
    distributed: Annotated[bool, FLAG_OR_DEFAULT, Attr(extension="dvr")]
    # Whether it may have NDP proxies; never without a gateway.
    enable_ndp_proxy: Annotated[bool, FLAG_OR_DEFAULT, Attr(extension="l3-ext-ndp-proxy")]
    availability_zone_hints: Annotated[
        tuple[str, ...], ZONES, Attr(put=False, extension="router_availability_zone")
    ] = ()
    availability_zones: Annotated[
        tuple[str, ...], ZONES, Attr(post=False, put=False, stored=False, extension="router_availability_zone")
    ] = ()
    # Priorities of the first gateway by agent, where they were chosen by hand; None: the backend chooses.
    placement: Annotated[Mapping[str, int] | None, _PLACEMENT, Attr(post=False, put=False, shown=False)] = None
    # What the first gateway's wire form is made of, besides the port's own values.
    gw_port_id: Annotated[Uuid | None, Attr(post=False, put=False, indexed=True, refers="ports", shown=False)] = None
    # What the backend needs to know of the router's ports; they change only with the router's revision.
    legs: Annotated[tuple[Leg, ...], _LEGS, Attr(post=False, put=False, stored=False, shown=False)] = ()
    # Whether floating IPs of it have port forwardings; likewise.
    has_forwardings: Annotated[Boolean, Attr(post=False, put=False, stored=False, shown=False)] = False
    gateway_qos_policy_id: Annotated[
        Uuid | None, Attr(post=False, put=False, indexed=True, refers="policies", shown=False)
    ] = None


def check_routes(routes: Sequence[Route], cidrs: Iterable[str], own: Iterable[str]) -> None:
    """Refuse routes whose nexthop is on none of the router's subnets *cidrs*, or one of its *own* addresses."""
    networks = [ipaddress.ip_network(cidr) for cidr in cidrs]
    mine = set(own)
    for route in routes:
        nexthop = ipaddress.ip_address(route.nexthop)
        if nexthop.version != ipaddress.ip_network(route.destination).version:
            raise InvalidRoutes(shown_routes([route]), "the destination and the nexthop are of different IP versions")
        if not any(nexthop in network for network in networks):
            raise InvalidRoutes(shown_routes([route]), "the nexthop is not connected with router")
        if route.nexthop in mine:
            raise InvalidRoutes(shown_routes([route]), "the nexthop is used by router")


def shown_routes(routes: Iterable[Route]) -> str:
    """Return *routes* as messages show them."""
    return ", ".join(f"{route.destination} via {route.nexthop}" for route in routes)


def check_overlap(subnets: Iterable[Subnet], present: Mapping[str, Subnet]) -> None:
    """Refuse *subnets* that overlap one that the router has already."""
    for subnet in subnets:
        net = ipaddress.ip_network(subnet.cidr)
        for other in present.values():
            if other.id != subnet.id and net.overlaps(ipaddress.ip_network(other.cidr)):
                raise BadRequest(
                    "router",
                    f"Cidr {subnet.cidr} of subnet {subnet.id} overlaps with cidr {other.cidr} of subnet {other.id}",
                )
