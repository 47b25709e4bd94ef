"""The errors of trunks: a branch of the one tree (see the package).

Names and statuses are those of upstream (neutron/services/trunk/exceptions.py).
"""

from neutrino.model.faults import Conflict, NotFound


class TrunkNotFound(NotFound):
    """No such trunk."""

    says = "Trunk {trunk_id} could not be found."
    trunk_id: str


class SubPortNotFound(NotFound):
    """The trunk does not carry the port."""

    says = "SubPort {port_id} on trunk {trunk_id} could not be found."
    port_id: str
    trunk_id: str


class TrunkPortInUse(Conflict):
    """Another trunk carries the port."""

    says = "Port {port_id} is in use by another trunk."
    port_id: str


class ParentPortInUse(Conflict):
    """The port has a trunk already."""

    says = "Port {port_id} is currently in use and is not eligible for use as a parent port."
    port_id: str


class PortInUseAsTrunkParent(Conflict):
    """The port cannot go while it has a trunk."""

    says = "Port {port_id} is currently a parent port for trunk {trunk_id}."
    port_id: str
    trunk_id: str


class PortInUseAsSubPort(Conflict):
    """The port cannot go while a trunk carries it."""

    says = "Port {port_id} is currently a subport for trunk {trunk_id}."
    port_id: str
    trunk_id: str


class DuplicateSubPort(Conflict):
    """The trunk has that VLAN already."""

    says = (
        "segmentation_type {segmentation_type} and segmentation_id {segmentation_id} already in use on trunk "
        "{trunk_id}."
    )
    segmentation_type: str
    segmentation_id: int
    trunk_id: str


class SubPortMtuGreaterThanTrunkPortMtu(Conflict):
    """What the subport's network carries does not fit into the trunk."""

    says = "MTU {port_mtu} of subport {port_id} cannot be greater than MTU {trunk_mtu} of trunk {trunk_id}."
    port_id: str
    port_mtu: int
    trunk_id: str
    trunk_mtu: int


class TrunkDisabled(Conflict):
    """A trunk that is down by administration keeps what it has."""

    says = "Trunk {trunk_id} is currently disabled."
    trunk_id: str
