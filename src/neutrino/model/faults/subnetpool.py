"""The errors of subnet pools and address scopes: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class AddressScopeNotFound(NotFound):
    """No such address scope."""

    says = "Address scope {address_scope_id} could not be found."
    address_scope_id: str


class AddressScopeInUse(Conflict):
    """Subnet pools are in the scope."""

    says = (
        "Unable to complete operation on address scope {address_scope_id}. There are one or more subnet "
        "pools in use on the address scope."
    )
    address_scope_id: str


class AddressScopeUpdateError(BadRequest):
    """A change that a scope does not allow."""

    says = "Unable to update address scope {address_scope_id} : {reason}."
    address_scope_id: str
    reason: str


class AddressScopePrefixConflict(Conflict):
    """Two pools of one scope would share addresses."""

    says = "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."


class SubnetPoolNotFound(NotFound):
    """No such subnet pool."""

    says = "Subnet pool {subnetpool_id} could not be found."
    subnetpool_id: str


class SubnetPoolDeleteError(BadRequest):
    """The pool has given out addresses."""

    says = "Unable to delete subnet pool: {reason}."
    reason: str


class EmptySubnetPoolPrefixList(BadRequest):
    """A pool without prefixes."""

    says = "Empty subnet pool prefix list."


class PrefixVersionMismatch(BadRequest):
    """A pool is of one IP version."""

    says = "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."


class IllegalSubnetPoolPrefixBounds(BadRequest):
    """The lengths of a pool contradict each other."""

    says = "Illegal prefix bounds: {prefix_type}={prefixlen}, {base_prefix_type}={base_prefixlen}."
    prefix_type: str
    prefixlen: int
    base_prefix_type: str
    base_prefixlen: int


class IllegalSubnetPoolPrefixUpdate(BadRequest):
    """What a pool has, and has given out, stays."""

    says = "Illegal update to prefixes: {msg}."
    msg: str


class IllegalSubnetPoolIpVersionAssociationToAddressScope(BadRequest):
    """A pool and its scope are of the same IP version."""

    says = (
        "Illegal subnetpool association: subnetpool {subnetpool_id} cannot associate with address scope "
        "{address_scope_id} because subnetpool ip_version is not {ip_version}."
    )
    subnetpool_id: str
    address_scope_id: str
    ip_version: int


class MinPrefixSubnetAllocationError(BadRequest):
    """A larger subnet than the pool gives."""

    says = "Unable to allocate subnet with prefix length {prefixlen}, minimum allowed prefix is {min_prefixlen}."
    prefixlen: int
    min_prefixlen: int


class MaxPrefixSubnetAllocationError(BadRequest):
    """A smaller subnet than the pool gives."""

    says = "Unable to allocate subnet with prefix length {prefixlen}, maximum allowed prefix is {max_prefixlen}."
    prefixlen: int
    max_prefixlen: int


class SubnetPoolQuotaExceeded(Conflict):
    """The project would have more of the pool than it may."""

    says = "Per-project subnet pool prefix quota exceeded."


class IllegalSubnetPoolUpdate(BadRequest):
    """The pool cannot be changed so."""

    says = "Illegal subnetpool update : {reason}."
    reason: str
