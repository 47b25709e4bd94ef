"""The errors of private networks and the standing of their ports: a branch of the one tree (see the package).

Names and statuses are those of upstream (neutron/services/pvlan/exceptions.py).
"""

from neutrino.model.faults import BadRequest


class PVLANNotEnabledOnNetwork(BadRequest):
    """Ports of an ordinary network have no standing."""

    says = "PVLAN is not enabled on network {network_id}."
    network_id: str


class PVLANCannotSetCommunityName(BadRequest):
    """Only ports of a community have its name."""

    says = "PVLAN community name '{community}' cannot be set if port type is not 'community' for port {port_id}."
    community: str
    port_id: str


class PVLANCommunityNameRequired(BadRequest):
    """A port of a community says of which."""

    says = "Community name is required for ports with PVLAN type 'community': {port_id}."
    port_id: str


class PVLANPortSecurityDisabled(BadRequest):
    """A port that is not filtered cannot be kept from others."""

    says = "Port security is disabled for port {port_id}, cannot set PVLAN."
    port_id: str


class PVLANNetworkPortSecurityDisabled(BadRequest):
    """The ports of the network are not filtered unless they ask for it."""

    says = "Port security is disabled on network {network_id}, cannot enable PVLAN."
    network_id: str


class PVLANUnsupportedType(BadRequest):
    """The ports of the network service itself are there for all others."""

    says = "Unsupported PVLAN type {pvlan_type} for port {port_id}."
    pvlan_type: str
    port_id: str
