"""The errors of NDP proxies: a branch of the one tree (see the package).

Names and statuses are those of upstream's service (services/ndp_proxy).
"""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class NDPProxyNotFound(NotFound):
    """No such NDP proxy."""

    says = "NDP proxy {id} could not be found."
    id: str


class RouterGatewayNotValid(Conflict):
    """The router cannot be one with NDP proxies."""

    says = "Router {router_id} cannot enable NDP proxies: {reason}."
    router_id: str
    reason: str


class RouterGatewayInUseByNDPProxy(Conflict):
    """NDP proxies answer at the gateway that is to go."""

    says = "Gateway of router {router_id} cannot be removed: NDP proxies of the router need it."
    router_id: str


class RouterIPv6GatewayInUse(Conflict):
    """The gateway would have no IPv6 address left, and the router is one with NDP proxies."""

    says = "Gateway of router {router_id} must keep an IPv6 address while enable_ndp_proxy is true."
    router_id: str


class RouterInterfaceInUseByNDPProxy(Conflict):
    """NDP proxies of the router answer for addresses of the subnet."""

    says = "Subnet {subnet_id} cannot be removed from router {router_id}: NDP proxies are for addresses of it."
    router_id: str
    subnet_id: str


class RouterNDPProxyNotEnable(Conflict):
    """The router is none with NDP proxies."""

    says = "Router {router_id} has no NDP proxies until its enable_ndp_proxy is true."
    router_id: str


class PortUnreachableRouter(Conflict):
    """The router has no interface on the port's subnets of IPv6."""

    says = "Port {port_id} and router {router_id} have no IPv6 subnet in common."
    port_id: str
    router_id: str


class AddressScopeConflict(Conflict):
    """The address means nothing outside: it is of another address scope."""

    says = (
        "IPv6 address scope {internal_address_scope} of the port's network is not {ext_address_scope} of the router's "
        "external network."
    )
    ext_address_scope: str | None
    internal_address_scope: str | None


class InvalidAddress(BadRequest):
    """The address is none that there could be a proxy for."""

    says = "The address {address} is invalid: {reason}."
    address: str
    reason: str
