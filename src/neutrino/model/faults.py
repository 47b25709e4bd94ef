"""The errors that the API gives, as one tree.

The class name is the ``type`` on the wire (clients look it up), its fields make the message, the HTTP status sits on
the few bases::

    Fault
    ├── BadRequest 400
    │   ├── HTTPBadRequest, InvalidInput, ...
    ├── NotFound 404
    │   └── NetworkNotFound, PortNotFound, ...
    ├── Conflict 409
    │   └── IpAddressInUse, NetworkInUse, ...
    ├── PreconditionFailed 412
    └── RequestEntityTooLarge 413

Names and statuses are those of neutron-lib (neutron_lib/exceptions) and of upstream's extensions.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(eq=False)
class Fault(Exception):
    """A refusal that the caller is told of."""

    status: ClassVar[int] = 500
    says: ClassVar[str] = ""

    def __str__(self) -> str:
        return self.says.format(**vars(self))


class BadRequest(Fault):
    """The request can never succeed as it stands."""

    status = 400


class NotFound(Fault):
    """What the request names does not exist, or the caller may not see it."""

    status = 404


class Conflict(Fault):
    """The request contradicts the present state."""

    status = 409


class PreconditionFailed(Fault):
    """The caller's condition on the present state does not hold."""

    status = 412


@dataclass(eq=False)
class HTTPBadRequest(BadRequest):
    """The request is malformed."""

    says = "{reason}"
    reason: str


@dataclass(eq=False)
class InvalidInput(BadRequest):
    """Values that are each well formed do not make sense together."""

    says = "Invalid input for operation: {error_message}."
    error_message: str


@dataclass(eq=False)
class HTTPNotFound(NotFound):
    """There is no such path."""

    says = "The resource could not be found: {path}"
    path: str


@dataclass(eq=False)
class HTTPMethodNotAllowed(Fault):
    """The path does not take this method."""

    status = 405
    says = "The method {method} is not allowed for {path}"
    method: str
    path: str


@dataclass(eq=False)
class RequestEntityTooLarge(Fault):
    """The body is longer than the server reads."""

    status = 413
    says = "The request body is longer than {limit_bytes} bytes"
    limit_bytes: int


@dataclass(eq=False)
class HTTPRequestHeaderFieldsTooLarge(Fault):
    """The request line and headers are longer than the server reads."""

    status = 431
    says = "The request line and headers are longer than {limit_bytes} bytes"
    limit_bytes: int


@dataclass(eq=False)
class NetworkNotFound(NotFound):
    """No such network."""

    says = "Network {net_id} could not be found."
    net_id: str


@dataclass(eq=False)
class SubnetNotFound(NotFound):
    """No such subnet."""

    says = "Subnet {subnet_id} could not be found."
    subnet_id: str


@dataclass(eq=False)
class PortNotFound(NotFound):
    """No such port."""

    says = "Port {port_id} could not be found."
    port_id: str


@dataclass(eq=False)
class SecurityGroupNotFound(NotFound):
    """No such security group."""

    says = "Security group {id} does not exist"
    id: str


@dataclass(eq=False)
class SecurityGroupRuleNotFound(NotFound):
    """No such security group rule."""

    says = "Security group rule {id} does not exist"
    id: str


@dataclass(eq=False)
class AgentNotFound(NotFound):
    """No such agent."""

    says = "Agent {id} could not be found."
    id: str


@dataclass(eq=False)
class TagNotFound(NotFound):
    """The resource has no such tag."""

    says = "Tag {tag} could not be found."
    tag: str


@dataclass(eq=False)
class NetworkInUse(Conflict):
    """The network still has ports."""

    says = "Unable to complete operation on network {net_id}. {reason}"
    net_id: str
    reason: str


@dataclass(eq=False)
class SubnetInUse(Conflict):
    """The subnet still has addresses given out."""

    says = "Unable to complete operation on subnet {subnet_id}: {reason}"
    subnet_id: str
    reason: str


@dataclass(eq=False)
class VlanIdInUse(Conflict):
    """The VLAN is taken."""

    says = "Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use."
    vlan_id: int
    physical_network: str


@dataclass(eq=False)
class FlatNetworkInUse(Conflict):
    """The physical network already carries a flat network."""

    says = "Unable to create the flat network. Physical network {physical_network} is in use."
    physical_network: str


@dataclass(eq=False)
class TunnelIdInUse(Conflict):
    """The tunnel id is taken."""

    says = "Unable to create the network. The tunnel ID {tunnel_id} is in use."
    tunnel_id: int


@dataclass(eq=False)
class NoNetworkAvailable(Fault):
    """No segmentation id is left."""

    status = 503
    says = "Unable to create the network. No {network_type} segmentation id is available."
    network_type: str


@dataclass(eq=False)
class MacAddressInUse(Conflict):
    """Another port of the network has the MAC address."""

    says = "Unable to complete operation for network {net_id}. The mac address {mac} is in use."
    net_id: str
    mac: str


@dataclass(eq=False)
class NetworkMacAddressGenerationFailure(Fault):
    """No free MAC address was found."""

    status = 503
    says = "Unable to generate unique mac on network {net_id}."
    net_id: str


@dataclass(eq=False)
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


@dataclass(eq=False)
class PortInUse(Conflict):
    """The port is plugged, so that this cannot change."""

    says = (
        "Unable to complete operation on port {port_id} for network {net_id}. Port already has an attached device "
        "{device_id}."
    )
    port_id: str
    net_id: str
    device_id: str


@dataclass(eq=False)
class IpAddressAlreadyAllocated(Conflict):
    """The address is given out on that subnet."""

    says = "IP address {ip} already allocated in subnet {subnet_id}"
    ip: str
    subnet_id: str


@dataclass(eq=False)
class IpAddressGenerationFailure(Conflict):
    """No subnet of the network has a free address."""

    says = "No more IP addresses available on network {net_id}."
    net_id: str


@dataclass(eq=False)
class IpAddressGenerationFailureNoMatchingSubnet(Conflict):
    """No subnet of the network serves ports of this device owner."""

    says = "No valid service subnet for the given device owner, network {network_id}, service type {service_type}."
    network_id: str
    service_type: str


@dataclass(eq=False)
class InvalidSubnetServiceType(BadRequest):
    """A service type is a device owner of the network service or of instances."""

    says = "Subnet service type {service_type} does not correspond to a valid device owner."
    service_type: str


@dataclass(eq=False)
class InvalidInputSubnetServiceType(BadRequest):
    """A service type is text."""

    says = "Subnet service type {service_type} is not a string."
    service_type: str


@dataclass(eq=False)
class InvalidIpForNetwork(BadRequest):
    """The address is on none of the network's subnets."""

    says = "IP address {ip_address} is not a valid IP for any of the subnets on the specified network."
    ip_address: str


@dataclass(eq=False)
class InvalidIpForSubnet(BadRequest):
    """The address is not on that subnet, or is one that no port may have."""

    says = "IP address {ip_address} is not a valid IP for the specified subnet."
    ip_address: str


@dataclass(eq=False)
class GatewayConflictWithAllocationPools(Conflict):
    """The gateway would be given to a port."""

    says = "Gateway ip {ip_address} conflicts with allocation pool {pool}."
    ip_address: str
    pool: str


@dataclass(eq=False)
class OverlappingAllocationPools(Conflict):
    """Two pools share addresses."""

    says = "Found overlapping allocation pools {pool_1} {pool_2} for subnet {subnet_cidr}."
    pool_1: str
    pool_2: str
    subnet_cidr: str


@dataclass(eq=False)
class OutOfBoundsAllocationPool(BadRequest):
    """A pool reaches beyond its subnet."""

    says = "The allocation pool {pool} spans beyond the subnet cidr {subnet_cidr}."
    pool: str
    subnet_cidr: str


@dataclass(eq=False)
class InvalidAllocationPool(BadRequest):
    """A pool ends before it starts, or mixes IP versions."""

    says = "The allocation pool {pool} is not valid."
    pool: str


@dataclass(eq=False)
class GatewayIpInUse(Conflict):
    """The gateway's address is already a port's."""

    says = "Current gateway ip {ip_address} already in use by port {port_id}. Unable to update."
    ip_address: str
    port_id: str


@dataclass(eq=False)
class RevisionNumberConstraintFailed(PreconditionFailed):
    """``If-Match`` named another revision."""

    says = "Constrained to {expected}, but current revision is {current}"
    expected: int
    current: int


@dataclass(eq=False)
class SecurityGroupInUse(Conflict):
    """Ports or rules still refer to the group."""

    says = "Security Group {id} {reason}."
    id: str
    reason: str = "in use"


@dataclass(eq=False)
class SecurityGroupCannotRemoveDefault(Conflict):
    """A project's default group stays."""

    says = "Insufficient rights for removing default security group."


@dataclass(eq=False)
class SecurityGroupCannotUpdateDefault(Conflict):
    """A project's default group keeps its name."""

    says = "Updating default security group not allowed."


@dataclass(eq=False)
class SecurityGroupDefaultAlreadyExists(Conflict):
    """Each project has one group named default already."""

    says = "Default security group already exists."


@dataclass(eq=False)
class SecurityGroupRuleExists(Conflict):
    """An equal rule exists."""

    says = "Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


@dataclass(eq=False)
class DefaultSecurityGroupRuleNotFound(NotFound):
    """No such rule for groups to come."""

    says = "Default Security Group rule {id} does not exist"
    id: str


@dataclass(eq=False)
class DefaultSecurityGroupRuleExists(Conflict):
    """Groups to come get such a rule already."""

    says = "Default Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


@dataclass(eq=False)
class SecurityGroupRuleInUse(Conflict):
    """The rule is referred to."""

    says = "Security Group Rule {id} {reason}."
    id: str
    reason: str


@dataclass(eq=False)
class SecurityGroupMultipleRemoteEntites(BadRequest):
    """A rule has one remote. The spelling is upstream's."""

    says = "Only remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."


@dataclass(eq=False)
class SecurityGroupRuleInvalidEtherType(BadRequest):
    """There is no such ethertype."""

    says = "Security group rule for ethertype {ethertype} not supported. Allowed values are {values}."
    ethertype: str
    values: list[str]


@dataclass(eq=False)
class SecurityGroupRuleInvalidProtocol(BadRequest):
    """There is no such protocol."""

    says = (
        "Security group rule protocol {protocol} not supported. Only protocol values {values} and integer "
        "representations [0 to 255] are supported."
    )
    protocol: str
    values: list[str]


@dataclass(eq=False)
class InvalidCIDR(BadRequest):
    """A rule's remote is no address and no prefix."""

    says = "Invalid CIDR {input} given as IP prefix."
    input: str


@dataclass(eq=False)
class SecurityGroupConflict(Conflict):
    """The groups of a port do not go together."""

    says = "Error {reason} while attempting the operation."
    reason: str


@dataclass(eq=False)
class SecurityGroupRuleParameterConflict(BadRequest):
    """Two values of a rule contradict each other."""

    says = "Conflicting value ethertype {ethertype} for CIDR {cidr}"
    ethertype: str
    cidr: str


@dataclass(eq=False)
class SecurityGroupEthertypeConflictWithProtocol(BadRequest):
    """The protocol belongs to the other IP version."""

    says = "Invalid ethertype {ethertype} for protocol {protocol}."
    ethertype: str
    protocol: str


@dataclass(eq=False)
class SecurityGroupInvalidPortRange(BadRequest):
    """The lower port is above the upper."""

    says = "For TCP/UDP protocols, port_range_min must be <= port_range_max"


@dataclass(eq=False)
class SecurityGroupInvalidPortValue(BadRequest):
    """A port that the protocol does not have."""

    says = "Invalid value for port {port}"
    port: str


@dataclass(eq=False)
class SecurityGroupInvalidIcmpValue(BadRequest):
    """An ICMP type or code that does not exist."""

    says = "Invalid value for ICMP {field} ({attr}) {value}. It must be 0 to 255."
    field: str
    attr: str
    value: int


@dataclass(eq=False)
class SecurityGroupMissingIcmpType(BadRequest):
    """An ICMP code without a type."""

    says = "ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing."
    value: int


@dataclass(eq=False)
class SecurityGroupProtocolRequiredWithPorts(BadRequest):
    """A port range without a protocol."""

    says = "Must also specify protocol if port range is given."


@dataclass(eq=False)
class SecurityGroupInvalidProtocolForPort(BadRequest):
    """A port range with a protocol that has no ports."""

    says = "Invalid protocol {protocol} for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP."
    protocol: str


@dataclass(eq=False)
class PortSecurityPortHasSecurityGroup(Conflict):
    """Security groups need port security."""

    says = (
        "Port has security group associated. Cannot disable port security or IP address until security group "
        "is removed."
    )


@dataclass(eq=False)
class AllocationOnAutoAddressSubnet(BadRequest):
    """Addresses of such a subnet follow from the MAC address."""

    says = (
        "IPv6 address {ip} can not be directly assigned to a port on subnet {subnet_id} since the subnet is configured "
        "for automatic addresses"
    )
    ip: str
    subnet_id: str


@dataclass(eq=False)
class PortSecurityAndIPRequiredForSecurityGroups(BadRequest):
    """Security groups need port security."""

    says = "Port security must be enabled and port must have an IP address in order to use security groups."


@dataclass(eq=False)
class AddressPairAndPortSecurityRequired(Conflict):
    """Address pairs need port security."""

    says = "Port Security must be enabled in order to have allowed address pairs on a port."


@dataclass(eq=False)
class DuplicateAddressPairInRequest(BadRequest):
    """The same pair twice."""

    says = "Request contains duplicate address pair: mac_address {mac_address} ip_address {ip_address}."
    mac_address: str
    ip_address: str


@dataclass(eq=False)
class AllowedAddressPairExhausted(BadRequest):
    """More address pairs than a port may have."""

    says = "The number of allowed address pair exceeds the maximum {quota}."
    quota: int


@dataclass(eq=False)
class DNSNameServersExhausted(BadRequest):
    """More name servers than a subnet may have."""

    says = "Unable to complete operation: the number of DNS nameservers exceeds the limit {quota}."
    quota: int


@dataclass(eq=False)
class HostRoutesExhausted(BadRequest):
    """More routes than a subnet may have."""

    says = "Unable to complete operation: the number of host routes exceeds the limit {quota}."
    quota: int


@dataclass(eq=False)
class AddressScopeNotFound(NotFound):
    """No such address scope."""

    says = "Address scope {address_scope_id} could not be found."
    address_scope_id: str


@dataclass(eq=False)
class AddressScopeInUse(Conflict):
    """Subnet pools are in the scope."""

    says = (
        "Unable to complete operation on address scope {address_scope_id}. There are one or more subnet "
        "pools in use on the address scope."
    )
    address_scope_id: str


@dataclass(eq=False)
class AddressScopeUpdateError(BadRequest):
    """A change that a scope does not allow."""

    says = "Unable to update address scope {address_scope_id} : {reason}."
    address_scope_id: str
    reason: str


@dataclass(eq=False)
class AddressScopePrefixConflict(Conflict):
    """Two pools of one scope would share addresses."""

    says = "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."


@dataclass(eq=False)
class NetworkAddressScopeAffinityError(BadRequest):
    """A network's subnets of one IP version are in one scope."""

    says = (
        "Subnets of the same address family hosted on the same network must all participate in the same address scope."
    )


@dataclass(eq=False)
class NetworkSubnetPoolAffinityError(BadRequest):
    """A network's subnets of one IP version come from one pool, unless a scope joins the pools."""

    says = "Subnets hosted on the same network must be allocated from the same subnet pool."


@dataclass(eq=False)
class SubnetPoolNotFound(NotFound):
    """No such subnet pool."""

    says = "Subnet pool {subnetpool_id} could not be found."
    subnetpool_id: str


@dataclass(eq=False)
class SubnetPoolDeleteError(BadRequest):
    """The pool has given out addresses."""

    says = "Unable to delete subnet pool: {reason}."
    reason: str


@dataclass(eq=False)
class EmptySubnetPoolPrefixList(BadRequest):
    """A pool without prefixes."""

    says = "Empty subnet pool prefix list."


@dataclass(eq=False)
class PrefixVersionMismatch(BadRequest):
    """A pool is of one IP version."""

    says = "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."


@dataclass(eq=False)
class IllegalSubnetPoolPrefixBounds(BadRequest):
    """The lengths of a pool contradict each other."""

    says = "Illegal prefix bounds: {prefix_type}={prefixlen}, {base_prefix_type}={base_prefixlen}."
    prefix_type: str
    prefixlen: int
    base_prefix_type: str
    base_prefixlen: int


@dataclass(eq=False)
class IllegalSubnetPoolPrefixUpdate(BadRequest):
    """What a pool has, and has given out, stays."""

    says = "Illegal update to prefixes: {msg}."
    msg: str


@dataclass(eq=False)
class IllegalSubnetPoolAssociationToAddressScope(BadRequest):
    """The address scope is another project's."""

    says = (
        "Illegal subnetpool association: subnetpool {subnetpool_id} cannot be associated with address scope "
        "{address_scope_id}."
    )
    subnetpool_id: str
    address_scope_id: str


@dataclass(eq=False)
class IllegalSubnetPoolIpVersionAssociationToAddressScope(BadRequest):
    """A pool and its scope are of the same IP version."""

    says = (
        "Illegal subnetpool association: subnetpool {subnetpool_id} cannot associate with address scope "
        "{address_scope_id} because subnetpool ip_version is not {ip_version}."
    )
    subnetpool_id: str
    address_scope_id: str
    ip_version: int


@dataclass(eq=False)
class MinPrefixSubnetAllocationError(BadRequest):
    """A larger subnet than the pool gives."""

    says = "Unable to allocate subnet with prefix length {prefixlen}, minimum allowed prefix is {min_prefixlen}."
    prefixlen: int
    min_prefixlen: int


@dataclass(eq=False)
class MaxPrefixSubnetAllocationError(BadRequest):
    """A smaller subnet than the pool gives."""

    says = "Unable to allocate subnet with prefix length {prefixlen}, maximum allowed prefix is {max_prefixlen}."
    prefixlen: int
    max_prefixlen: int


@dataclass(eq=False)
class SubnetAllocationError(Conflict):
    """The pool has no room for the subnet."""

    says = "Failed to allocate subnet: {reason}."
    reason: str


@dataclass(eq=False)
class SubnetPoolQuotaExceeded(Conflict):
    """The project would have more of the pool than it may."""

    says = "Per-project subnet pool prefix quota exceeded."


@dataclass(eq=False)
class AddressGroupNotFound(NotFound):
    """No such address group."""

    says = "Address group {address_group_id} could not be found."
    address_group_id: str


@dataclass(eq=False)
class AddressGroupInUse(Conflict):
    """Rules refer to the address group."""

    says = "Address group {address_group_id} is in use on one or more security group rules."
    address_group_id: str


@dataclass(eq=False)
class AddressesNotFound(NotFound):
    """The address group lacks some of the addresses."""

    says = "Addresses {addresses} not found in the address group {address_group_id}."
    addresses: list[str]
    address_group_id: str


@dataclass(eq=False)
class AddressesAlreadyExist(BadRequest):
    """The address group has some of the addresses already."""

    says = "Addresses {addresses} already exist in the address group {address_group_id}."
    addresses: list[str]
    address_group_id: str


@dataclass(eq=False)
class AvailabilityZoneNotFound(NotFound):
    """No agent is in the availability zone."""

    says = "AvailabilityZone {availability_zone} could not be found."
    availability_zone: str


@dataclass(eq=False)
class OverQuota(Conflict):
    """The project would have more than it may."""

    says = "Quota exceeded for resources: {overs}."
    overs: list[str]


@dataclass(eq=False)
class TenantQuotaNotFound(NotFound):
    """The project has no limits of its own. The name is upstream's."""

    says = "Quota for project {project_id} could not be found."
    project_id: str


@dataclass(eq=False)
class DatabaseUnavailable(Fault):
    """The database does not answer; the request may be repeated."""

    status = 503
    says = "The database is unavailable; try again."
