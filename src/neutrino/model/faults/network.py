"""The errors of networks: a branch of the one tree (see the package)."""

from neutrino.model.faults import Conflict, Fault, NotFound


class NetworkNotFound(NotFound):
    """No such network."""

    says = "Network {net_id} could not be found."
    net_id: str


class NetworkInUse(Conflict):
    """The network still has ports."""

    says = "Unable to complete operation on network {net_id}. {reason}"
    net_id: str
    reason: str


class VlanIdInUse(Conflict):
    """The VLAN is taken."""

    says = "Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use."
    vlan_id: int
    physical_network: str


class FlatNetworkInUse(Conflict):
    """The physical network already carries a flat network."""

    says = "Unable to create the flat network. Physical network {physical_network} is in use."
    physical_network: str


class TunnelIdInUse(Conflict):
    """The tunnel id is taken."""

    says = "Unable to create the network. The tunnel ID {tunnel_id} is in use."
    tunnel_id: int


class NoNetworkAvailable(Fault):
    """No segmentation id is left."""

    status = 503
    says = "Unable to create the network. No {network_type} segmentation id is available."
    network_type: str


class AvailabilityZoneNotFound(NotFound):
    """No agent is in the availability zone."""

    says = "AvailabilityZone {availability_zone} could not be found."
    availability_zone: str
