"""The errors of port forwardings: a branch of the one tree (see the package).

Names and statuses are those of upstream's service (services/portforwarding).
"""

from neutrino.model.faults import Conflict, NotFound


class PortForwardingNotFound(NotFound):
    """No such port forwarding of the floating IP."""

    says = "Port Forwarding {id} could not be found."
    id: str


class FipInUseByPortForwarding(Conflict):
    """The floating IP has port forwardings."""

    says = "Floating IP {id} in use by Port Forwarding resources."
    id: str


class PortHasBindingFloatingIP(Conflict):
    """The port has a floating IP of its own; one that comes after the forwarding is taken."""

    says = (
        "Cannot create port forwarding to floating IP {floating_ip_address} ({fip_id}) with port {port_id} using "
        "fixed IP {fixed_ip}, as that port already has a binding floating IP."
    )
    floating_ip_address: str
    fip_id: str
    port_id: str
    fixed_ip: str
