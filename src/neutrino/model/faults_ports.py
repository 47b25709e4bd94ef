"""The errors of attributes of ports: DHCP options, names, bindings (see faults.py)."""

from dataclasses import dataclass

from neutrino.model.faults import BadRequest, Conflict, Fault, NotFound


@dataclass(eq=False)
class ExtraDhcpOptBadData(BadRequest):
    """An option that DHCP cannot give."""

    says = "Invalid data format for extra-dhcp-opt: {data}."
    data: str


@dataclass(eq=False)
class PortBindingNotFound(NotFound):
    """The port has no binding on the host."""

    says = "Binding for port {port_id} for host {host} could not be found."
    port_id: str
    host: str


@dataclass(eq=False)
class PortBindingAlreadyActive(Conflict):
    """The binding is the active one already."""

    says = "Binding for port {port_id} on host {host} is already active."
    port_id: str
    host: str


@dataclass(eq=False)
class PortBindingAlreadyExists(Conflict):
    """The port has a binding on the host."""

    says = "Binding for port {port_id} on host {host} already exists."
    port_id: str
    host: str


@dataclass(eq=False)
class PortBindingError(Fault):
    """The backend cannot bind the port to the host."""

    status = 500
    says = "Binding for port {port_id} on host {host} could not be created or updated."
    port_id: str
    host: str
