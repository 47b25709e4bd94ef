"""The errors of local IPs: a branch of the one tree (see the package).

Names and statuses are those of neutron-lib (neutron_lib/exceptions/local_ip.py).
"""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class LocalIPNotFound(NotFound):
    """No such local IP."""

    says = "Local IP {id} could not be found."
    id: str


class LocalIPInUse(Conflict):
    """It stands for ports."""

    says = "Local IP {id} is still associated with ports."
    id: str


class LocalIPNoIP(BadRequest):
    """The port has no address that a local IP could be, or stand for."""

    says = "Port {port_id} has no fixed IP for a local IP: local IPs are of IPv4."
    port_id: str


class LocalIPRequestedIPNotFound(BadRequest):
    """The address is none of the port's."""

    says = "Port {port_id} does not have the address {ip}."
    port_id: str
    ip: str


class LocalIPNoRequestedIP(BadRequest):
    """The port has several addresses, and none was named."""

    says = "Port {port_id} has several IPv4 addresses: name the one that is meant."
    port_id: str


class LocalIPPortOrNetworkRequired(BadRequest):
    """Neither says where the local IP is."""

    says = "A local IP needs a local_port_id or a network_id."


class LocalIPAssociationNotFound(NotFound):
    """The local IP does not stand for that port."""

    says = "The local IP has no association with port {port_id}."
    port_id: str
