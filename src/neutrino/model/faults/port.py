"""The errors of ports and their addresses: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, Fault, NotFound


class PortNotFound(NotFound):
    """No such port."""

    says = "Port {port_id} could not be found."
    port_id: str


class MacAddressInUse(Conflict):
    """Another port of the network has the MAC address."""

    says = "Unable to complete operation for network {net_id}. The mac address {mac} is in use."
    net_id: str
    mac: str


class NetworkMacAddressGenerationFailure(Fault):
    """No free MAC address was found."""

    status = 503
    says = "Unable to generate unique mac on network {net_id}."
    net_id: str


class PortBound(Conflict):
    """A MAC address that an instance is using stays."""

    says = (
        "Unable to complete operation on port {port_id}, port is already bound, port type: {vif_type}, "
        "old_mac {old_mac}, new_mac {new_mac}."
    )
    port_id: str
    vif_type: str
    old_mac: str
    new_mac: str


class PortInUse(Conflict):
    """The port is plugged, so that this cannot change."""

    says = (
        "Unable to complete operation on port {port_id} for network {net_id}. Port already has an attached device "
        "{device_id}."
    )
    port_id: str
    net_id: str
    device_id: str


class IpAddressAlreadyAllocated(Conflict):
    """The address is given out on that subnet."""

    says = "IP address {ip} already allocated in subnet {subnet_id}"
    ip: str
    subnet_id: str


class IpAddressGenerationFailure(Conflict):
    """No subnet of the network has a free address."""

    says = "No more IP addresses available on network {net_id}."
    net_id: str


class IpAddressGenerationFailureNoMatchingSubnet(Conflict):
    """No subnet of the network serves ports of this device owner."""

    says = "No valid service subnet for the given device owner, network {network_id}, service type {service_type}."
    network_id: str
    service_type: str


class InvalidSubnetServiceType(BadRequest):
    """A service type is a device owner of the network service or of instances."""

    says = "Subnet service type {service_type} does not correspond to a valid device owner."
    service_type: str


class InvalidIpForNetwork(BadRequest):
    """The address is on none of the network's subnets."""

    says = "IP address {ip_address} is not a valid IP for any of the subnets on the specified network."
    ip_address: str


class InvalidIpForSubnet(BadRequest):
    """The address is not on that subnet, or is one that no port may have."""

    says = "IP address {ip_address} is not a valid IP for the specified subnet."
    ip_address: str


class PortSecurityPortHasSecurityGroup(Conflict):
    """Security groups need port security."""

    says = (
        "Port has security group associated. Cannot disable port security or IP address until security group "
        "is removed."
    )


class AllocationOnAutoAddressSubnet(BadRequest):
    """Addresses of such a subnet follow from the MAC address."""

    says = (
        "IPv6 address {ip} can not be directly assigned to a port on subnet {subnet_id} since the subnet is configured "
        "for automatic addresses"
    )
    ip: str
    subnet_id: str


class PortSecurityAndIPRequiredForSecurityGroups(BadRequest):
    """Security groups need port security."""

    says = "Port security must be enabled and port must have an IP address in order to use security groups."


class AddressPairAndPortSecurityRequired(Conflict):
    """Address pairs need port security."""

    says = "Port Security must be enabled in order to have allowed address pairs on a port."


class DuplicateAddressPairInRequest(BadRequest):
    """The same pair twice."""

    says = "Request contains duplicate address pair: mac_address {mac_address} ip_address {ip_address}."
    mac_address: str
    ip_address: str


class AllowedAddressPairExhausted(BadRequest):
    """More address pairs than a port may have."""

    says = "The number of allowed address pair exceeds the maximum {quota}."
    quota: int


class ExtraDhcpOptBadData(BadRequest):
    """An option that DHCP cannot give."""

    says = "Invalid data format for extra-dhcp-opt: {data}."
    data: str


class PortBindingNotFound(NotFound):
    """The port has no binding on the host."""

    says = "Binding for port {port_id} for host {host} could not be found."
    port_id: str
    host: str


class PortBindingAlreadyActive(Conflict):
    """The binding is the active one already."""

    says = "Binding for port {port_id} on host {host} is already active."
    port_id: str
    host: str


class PortBindingAlreadyExists(Conflict):
    """The port has a binding on the host."""

    says = "Binding for port {port_id} on host {host} already exists."
    port_id: str
    host: str


class PortBindingError(Fault):
    """The backend cannot bind the port to the host."""

    status = 500
    says = "Binding for port {port_id} on host {host} could not be created or updated."
    port_id: str
    host: str
