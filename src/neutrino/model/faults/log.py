"""The errors of logging: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class LogResourceNotFound(NotFound):
    """No such log."""

    says = "Log resource {log_id} could not be found."
    log_id: str


class InvalidLogResourceType(BadRequest):
    """What cannot be logged."""

    says = "Invalid log resource_type: {resource_type}."
    resource_type: str


class ResourceNotFound(NotFound):
    """What is to be logged does not exist."""

    says = "Resource {resource_id} could not be found."
    resource_id: str


class TargetResourceNotFound(NotFound):
    """The port that is to be logged does not exist."""

    says = "Target resource {target_id} could not be found."
    target_id: str


class LoggingTypeNotSupported(Conflict):
    """The port is not filtered, so there is nothing to log."""

    says = "Logging type {log_type} is not supported on port {port_id}."
    log_type: str
    port_id: str


class InvalidResourceConstraint(BadRequest):
    """A group and a port were named, and the port is not in the group."""

    says = (
        "Invalid resource constraint between resource (security_group {resource_id}) and target resource "
        "(port {target_id})."
    )
    resource_id: str
    target_id: str
