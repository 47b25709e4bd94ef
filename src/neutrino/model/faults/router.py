"""The errors of routers, external networks and floating IPs: a branch of the one tree (see the package).

Names and statuses are those of neutron-lib (neutron_lib/exceptions/l3.py) and of upstream's extensions.
"""

from neutrino.model import faults
from neutrino.model.faults import Conflict, NotFound


class BadRequest(faults.BadRequest):
    """The request cannot be done; upstream has no narrower name for these."""

    says = "Bad {resource} request: {msg}."
    resource: str
    msg: str


class RouterNotFound(NotFound):
    """No such router."""

    says = "Router {router_id} could not be found"
    router_id: str


class RouterInUse(Conflict):
    """The router still has interfaces."""

    says = "Router {router_id} {reason}"
    router_id: str
    reason: str = "still has ports"


class RouterInterfaceNotFound(NotFound):
    """The port is no interface of the router."""

    says = "Router {router_id} does not have an interface with id {port_id}"
    router_id: str
    port_id: str


class RouterInterfaceNotFoundForSubnet(NotFound):
    """The router has no interface on the subnet."""

    says = "Router {router_id} has no interface on subnet {subnet_id}"
    router_id: str
    subnet_id: str


class SubnetMismatchForPort(faults.BadRequest):
    """A port and a subnet were named, and the port is not on the subnet."""

    says = "Subnet on port {port_id} does not match the requested subnet {subnet_id}"
    port_id: str
    subnet_id: str


class RouterInterfaceInUseByFloatingIP(Conflict):
    """A floating IP needs the interface."""

    says = (
        "Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by one or "
        "more floating IPs."
    )
    router_id: str
    subnet_id: str


class RouterInterfaceInUseByRoute(Conflict):
    """A route needs the interface."""

    says = (
        "Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by one or "
        "more routes."
    )
    router_id: str
    subnet_id: str


class RouterHasNoGateway(Conflict):
    """A router was chosen for a floating IP, to whose network it has no gateway."""

    says = "Router {router_id} has no external gateway on network {net_id}, so that it cannot carry its floating IPs."
    router_id: str
    net_id: str


class RouterExternalGatewayInUseByFloatingIp(Conflict):
    """A floating IP needs the gateway."""

    says = (
        "Gateway cannot be updated for router {router_id}, since a gateway to external network {net_id} is required "
        "by one or more floating IPs."
    )
    router_id: str
    net_id: str


class InvalidRoutes(faults.BadRequest):
    """A route of a router leads nowhere."""

    says = "Invalid format for routes: {routes}, {reason}"
    routes: str
    reason: str


class RoutesExhausted(faults.BadRequest):
    """More routes than a router may have."""

    says = "Unable to complete operation: the number of routes exceeds the maximum {quota}."
    quota: int


class ExternalNetworkInUse(Conflict):
    """Gateways or floating IPs are on the network."""

    says = "External network {net_id} cannot be updated to be made non-external, since it has existing gateway ports."
    net_id: str


class ServicePortInUse(Conflict):
    """The port belongs to a router or a floating IP, whose API it is changed by."""

    says = "Port {port_id} cannot be deleted directly via the port API: {reason}."
    port_id: str
    reason: str


class FloatingIPNotFound(NotFound):
    """No such floating IP."""

    says = "Floating IP {floatingip_id} could not be found"
    floatingip_id: str


class ExternalGatewayForFloatingIPNotFound(NotFound):
    """No router joins the port's subnet to the floating IP's network."""

    says = (
        "External network {external_network_id} is not reachable from subnet {subnet_id}. Therefore, cannot associate "
        "Port {port_id} with a Floating IP."
    )
    subnet_id: str
    external_network_id: str
    port_id: str


class FloatingIPPortAlreadyAssociated(Conflict):
    """The fixed IP has a floating IP of that network already."""

    says = (
        "Cannot associate floating IP {floating_ip_address} ({fip_id}) with port {port_id} using fixed IP {fixed_ip}, "
        "as that fixed IP already has a floating IP on external network {net_id}."
    )
    port_id: str
    fip_id: str
    floating_ip_address: str
    fixed_ip: str
    net_id: str


class DeviceIDNotOwnedByTenant(Conflict):
    """A router has the ports of its own project only."""

    says = "The following device_id {device_id} is not owned by your project or matches another project router."
    device_id: str


class FipAssociated(Conflict):
    """Another project's floating IP stands for the port."""

    says = "Unable to complete the operation on port {port_id} because the port still has an associated floating IP."
    port_id: str


class UnableToRemoveGateways(faults.BadRequest):
    """The router has no gateway that could be removed."""

    says = "Unable to remove extra gateways from a router {router_id}: {reason}"
    router_id: str
    reason: str


class UnableToMatchGateways(faults.BadRequest):
    """What was asked for is none of the router's gateways, or several."""

    says = "Unable to match a requested gateway port to existing gateway ports for router {router_id}: {reason}"
    router_id: str
    reason: str
