"""The errors of segments and their ranges: a branch of the one tree (see the package).

Names and statuses are those of upstream (neutron/services/segments/exceptions.py) and of neutron-lib
(neutron_lib/exceptions: multiprovidernet, network_segment_range, vlantransparent, vlanqinq).
"""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class SegmentNotFound(NotFound):
    """No such segment."""

    says = "Segment {segment_id} could not be found."
    segment_id: str


class SegmentInUse(Conflict):
    """Something still needs the segment."""

    says = "Segment '{segment_id}' cannot be deleted: {reason}."
    segment_id: str
    reason: str


class SegmentsSetInConjunctionWithProviders(BadRequest):
    """A network is asked for in two ways."""

    says = "Invalid input for operation: Segments and provider values cannot both be set."


class SegmentsContainDuplicateEntry(BadRequest):
    """A network is asked for with the same segment twice."""

    says = "Invalid input for operation: Duplicate segment entry in request."


class NoUpdateSubnetWhenMultipleSegmentsOnNetwork(BadRequest):
    """Which segment the subnet was on so far is not known."""

    says = (
        "The network '{network_id}' has multiple segments, it is only possible to associate an existing subnet with a "
        "segment on networks with a single segment."
    )
    network_id: str


class SubnetsNotAllAssociatedWithSegments(BadRequest):
    """A network is routed between segments as a whole, or not."""

    says = (
        "All of the subnets on network '{network_id}' must either all be associated with segments or all not "
        "associated with any segment."
    )
    network_id: str


class SubnetSegmentAssociationChangeNotAllowed(BadRequest):
    """A subnet stays on its segment."""

    says = "A subnet that is already associated with a segment cannot have its segment association changed."


class NetworkIdsDontMatch(BadRequest):
    """The segment is another network's."""

    says = "The subnet's network id, '{subnet_network}', doesn't match the network_id of segment '{segment_id}'"
    subnet_network: str
    segment_id: str


class HostNotConnectedToAnySegment(Conflict):
    """No subnet of the network reaches the host."""

    says = (
        "Host {host} is not connected to any segments on routed provider network '{network_id}'.  It should be "
        "connected to one."
    )
    host: str
    network_id: str


class HostNotCompatibleWithFixedIps(Conflict):
    """The port's addresses do not work on the host."""

    says = (
        "Host {host} is not connected to a segment where the existing fixed_ips on port {port_id} will function given "
        "the routed network topology."
    )
    host: str
    port_id: str


class FixedIpsSubnetsNotOnSameSegment(BadRequest):
    """A port is on one segment."""

    says = "Cannot allocate addresses from different segments."


class NetworkSegmentRangeNotFound(NotFound):
    """No such range."""

    says = "Network Segment Range {range_id} could not be found."
    range_id: str


class NetworkSegmentRangeReferencedByProject(Conflict):
    """Networks have numbers of the range."""

    says = "Network Segment Range {range_id} is referenced by one or more project networks."
    range_id: str


class NetworkSegmentRangeDefaultReadOnly(BadRequest):
    """The configuration says what a default range is."""

    says = "Network Segment Range {range_id} is a default segment range which could not be updated or deleted."
    range_id: str


class NetworkSegmentRangeOverlaps(Conflict):
    """A number is in one range at most."""

    says = "Network segment range overlaps with range(s) with id {range_id}"
    range_id: str


class VlanTransparencyDriverError(BadRequest):
    """The network's type cannot pass VLANs on."""

    says = "Backend does not support VLAN Transparency."


class VlanQinqDriverError(BadRequest):
    """The network's type cannot have VLANs in VLANs."""

    says = "Backend does not support VLAN QinQ."


class NetworkMTUSubnetConflict(Conflict):
    """A network's packets would be shorter than a subnet's IP version allows."""

    says = "MTU of {net_id} is not valid, subnet requires a minimum of {mtu}"
    net_id: str
    mtu: int
