"""The errors of subnets: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class SubnetNotFound(NotFound):
    """No such subnet."""

    says = "Subnet {subnet_id} could not be found."
    subnet_id: str


class SubnetInUse(Conflict):
    """The subnet still has addresses given out."""

    says = "Unable to complete operation on subnet {subnet_id}: {reason}"
    subnet_id: str
    reason: str


class InvalidInputSubnetServiceType(BadRequest):
    """A service type is text."""

    says = "Subnet service type {service_type} is not a string."
    service_type: str


class GatewayConflictWithAllocationPools(Conflict):
    """The gateway would be given to a port."""

    says = "Gateway ip {ip_address} conflicts with allocation pool {pool}."
    ip_address: str
    pool: str


class OverlappingAllocationPools(Conflict):
    """Two pools share addresses."""

    says = "Found overlapping allocation pools {pool_1} {pool_2} for subnet {subnet_cidr}."
    pool_1: str
    pool_2: str
    subnet_cidr: str


class OutOfBoundsAllocationPool(BadRequest):
    """A pool reaches beyond its subnet."""

    says = "The allocation pool {pool} spans beyond the subnet cidr {subnet_cidr}."
    pool: str
    subnet_cidr: str


class InvalidAllocationPool(BadRequest):
    """A pool ends before it starts, or mixes IP versions."""

    says = "The allocation pool {pool} is not valid."
    pool: str


class GatewayIpInUse(Conflict):
    """The gateway's address is already a port's."""

    says = "Current gateway ip {ip_address} already in use by port {port_id}. Unable to update."
    ip_address: str
    port_id: str


class InvalidCIDR(BadRequest):
    """A rule's remote is no address and no prefix."""

    says = "Invalid CIDR {input} given as IP prefix."
    input: str


class DNSNameServersExhausted(BadRequest):
    """More name servers than a subnet may have."""

    says = "Unable to complete operation: the number of DNS nameservers exceeds the limit {quota}."
    quota: int


class HostRoutesExhausted(BadRequest):
    """More routes than a subnet may have."""

    says = "Unable to complete operation: the number of host routes exceeds the limit {quota}."
    quota: int


class NetworkAddressScopeAffinityError(BadRequest):
    """A network's subnets of one IP version are in one scope."""

    says = (
        "Subnets of the same address family hosted on the same network must all participate in the same address scope."
    )


class NetworkSubnetPoolAffinityError(BadRequest):
    """A network's subnets of one IP version come from one pool, unless a scope joins the pools."""

    says = "Subnets hosted on the same network must be allocated from the same subnet pool."


class SubnetAllocationError(Conflict):
    """The pool has no room for the subnet."""

    says = "Failed to allocate subnet: {reason}."
    reason: str
