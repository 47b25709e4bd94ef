"""The floating IP: an address of an external network that stands for a port's (Networking API v2.0, "Floating IPs")."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from neutrino.model.dns import DnsDomain, RelativeDnsName
from neutrino.model.faults.router import BadRequest
from neutrino.model.kinds import Boolean, IpAddress, JsonObject, Kind, Name, Uuid
from neutrino.model.port import Port
from neutrino.model.port_forwarding import Forwarding, Translation
from neutrino.model.resource import Attr, Tagged

ACTIVE, DOWN = "ACTIVE", "DOWN"
RESOURCE = "floatingip"
_FORWARDINGS = Kind("list of port forwardings", lambda value: value, "json", {"type": "array"})


class FloatingIp(Tagged, frozen=True, kw_only=True):
    """An IPv4 address of an external network that a router translates to and from a port's fixed IP."""

    collection: ClassVar[str] = "floatingips"
    singular: ClassVar[str] = "floatingip"
    human: ClassVar[str] = "Floating IP"
    limited: ClassVar[bool] = True

    floating_network_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="networks")]
    subnet_id: Annotated[Uuid | None, Attr(put=False, stored=False, shown=False)] = None  # where to take one from
    floating_ip_address: Annotated[IpAddress | None, Attr(put=False, indexed=True)] = None
    port_id: Annotated[Uuid | None, Attr(indexed=True, refers="ports")] = None
    fixed_ip_address: IpAddress | None = None
    # Given, it may be a router that reaches the port through others.
    router_id: Annotated[Uuid | None, Attr(indexed=True, refers="routers", extension="floating-ip-router-writable")] = (
        None
    )
    status: Annotated[Name, Attr(post=False, put=False)] = DOWN
    port_details: Annotated[
        JsonObject | None, Attr(post=False, put=False, stored=False, extension="fip-port-details")
    ] = None
    # Only an external DNS service is told of these; without one upstream takes them and keeps none.
    dns_name: Annotated[RelativeDnsName, Attr(put=False, stored=False, extension="dns-integration")] = ""
    dns_domain: Annotated[DnsDomain, Attr(put=False, stored=False, extension="dns-integration")] = ""
    qos_policy_id: Annotated[Uuid | None, Attr(indexed=True, refers="policies", extension="qos-fip")] = None
    qos_network_policy_id: Annotated[
        Uuid | None, Attr(post=False, put=False, stored=False, extension="qos-fip-network-policy")
    ] = None  # the floating network's
    port_forwardings: Annotated[
        tuple[Forwarding, ...],
        _FORWARDINGS,
        Attr(post=False, put=False, stored=False, extension="expose-port-forwarding-in-fip"),
    ] = ()
    # The same, as the backend needs it.
    translations: Annotated[
        tuple[Translation, ...], _FORWARDINGS, Attr(post=False, put=False, stored=False, shown=False)
    ] = ()
    # Ports of other floating IPs are forwarded to the port, too; the backend needs to know.
    is_forwarded_to: Annotated[Boolean, Attr(post=False, put=False, stored=False, shown=False)] = False
    # The port that holds the address on the external network.
    floating_port_id: Annotated[Uuid, Attr(post=False, put=False, indexed=True, refers="ports", shown=False)]


DETAILS = ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")


def port_details(port: Port) -> Mapping[str, object]:
    """Return what a floating IP tells of its port."""
    return {name: getattr(port, name) for name in DETAILS}


def fixed_ip(port: Port, wanted: str | None) -> tuple[str, str]:
    """Return subnet and address of *port* that a floating IP stands for: the *wanted* one, or its only IPv4 address."""
    if wanted is not None:
        if ":" in wanted:
            raise BadRequest(
                RESOURCE, f"Cannot process floating IP association with {wanted}, since that is not an IPv4 address"
            )
        for ip in port.fixed_ips:
            if ip.ip_address == wanted:
                return ip.subnet_id, wanted
        raise BadRequest(RESOURCE, f"Port {port.id} does not have fixed ip {wanted}")
    found = [ip for ip in port.fixed_ips if ":" not in ip.ip_address]
    if not found:
        raise BadRequest(RESOURCE, f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses")
    if len(found) > 1:
        raise BadRequest(
            RESOURCE,
            f"Port {port.id} has multiple fixed IPv4 addresses. Must provide a specific IPv4 address when assigning "
            "a floating IP",
        )
    return found[0].subnet_id, found[0].ip_address
