"""The errors of flavors, logs, agents and automatic topologies: a branch of the one tree (faults.py).

Names and statuses are those of neutron-lib (neutron_lib/exceptions) and of upstream's extensions.
"""

from dataclasses import dataclass

from neutrino.model.faults import BadRequest, Conflict, Fault, NotFound


@dataclass(eq=False)
class FlavorNotFound(NotFound):
    """No such flavor."""

    says = "Flavor {flavor_id} could not be found."
    flavor_id: str


@dataclass(eq=False)
class FlavorInUse(Conflict):
    """Routers have the flavor."""

    says = "Flavor {flavor_id} is used by some service instance."
    flavor_id: str


@dataclass(eq=False)
class FlavorDisabled(Fault):
    """The flavor is not for use now."""

    status = 503
    says = "Flavor {flavor_id} is not enabled."
    flavor_id: str


@dataclass(eq=False)
class ServiceProfileNotFound(NotFound):
    """No such service profile."""

    says = "Service Profile {sp_id} could not be found."
    sp_id: str


@dataclass(eq=False)
class ServiceProfileInUse(Conflict):
    """Flavors have the service profile."""

    says = "Service Profile {sp_id} is used by some service instance."
    sp_id: str


@dataclass(eq=False)
class ServiceProfileDisabled(Fault):
    """The service profile is not for use now."""

    status = 503
    says = "Service Profile {sp_id} is not enabled."
    sp_id: str


@dataclass(eq=False)
class ServiceProfileDriverNotFound(NotFound):
    """No provider here has the driver."""

    says = "Service Profile driver {driver} could not be found."
    driver: str


@dataclass(eq=False)
class ServiceProfileEmpty(BadRequest):
    """A service profile that says nothing."""

    says = "Service Profile needs either a driver or metainfo."


@dataclass(eq=False)
class FlavorServiceProfileBindingExists(Conflict):
    """The flavor has the service profile already."""

    says = "Service Profile {sp_id} is already associated with flavor {fl_id}."
    sp_id: str
    fl_id: str


@dataclass(eq=False)
class FlavorServiceProfileBindingNotFound(NotFound):
    """The flavor does not have the service profile, or none at all."""

    says = "Service Profile {sp_id} is not associated with flavor {fl_id}."
    sp_id: str
    fl_id: str


@dataclass(eq=False)
class LogResourceNotFound(NotFound):
    """No such log."""

    says = "Log resource {log_id} could not be found."
    log_id: str


@dataclass(eq=False)
class InvalidLogResourceType(BadRequest):
    """What cannot be logged."""

    says = "Invalid log resource_type: {resource_type}."
    resource_type: str


@dataclass(eq=False)
class ResourceNotFound(NotFound):
    """What is to be logged does not exist."""

    says = "Resource {resource_id} could not be found."
    resource_id: str


@dataclass(eq=False)
class TargetResourceNotFound(NotFound):
    """The port that is to be logged does not exist."""

    says = "Target resource {target_id} could not be found."
    target_id: str


@dataclass(eq=False)
class LoggingTypeNotSupported(Conflict):
    """The port is not filtered, so there is nothing to log."""

    says = "Logging type {log_type} is not supported on port {port_id}."
    log_type: str
    port_id: str


@dataclass(eq=False)
class InvalidResourceConstraint(BadRequest):
    """A group and a port were named, and the port is not in the group."""

    says = (
        "Invalid resource constraint between resource (security_group {resource_id}) and target resource "
        "(port {target_id})."
    )
    resource_id: str
    target_id: str


@dataclass(eq=False)
class AutoAllocationFailure(Conflict):
    """The cloud lacks what a topology is made of."""

    says = "Deployment error: {reason}."
    reason: str


@dataclass(eq=False)
class DefaultExternalNetworkExists(Conflict):
    """Another external network is the default."""

    says = "A default external network already exists: {net_id}."
    net_id: str


@dataclass(eq=False)
class SecurityGroupDefaultStatefulnessNotFound(NotFound):
    """No such setting."""

    says = "Security group default statefulness {id} could not be found."
    id: str


@dataclass(eq=False)
class SecurityGroupDefaultStatefulnessAlreadyExists(Conflict):
    """The project has its setting already."""

    says = "A security group default statefulness setting already exists for project '{project_id}'."
    project_id: str


@dataclass(eq=False)
class InvalidDHCPAgent(NotFound):
    """OVN answers DHCP on each host; no agent is chosen for a network."""

    says = "Agent {id} is not a valid DHCP Agent or has been disabled"
    id: str


@dataclass(eq=False)
class NetworkNotHostedByDhcpAgent(Conflict):
    """OVN answers DHCP on each host; no agent is chosen for a network."""

    says = "The network {network_id} is not hosted by the DHCP agent {agent_id}."
    network_id: str
    agent_id: str


@dataclass(eq=False)
class InvalidL3Agent(NotFound):
    """The agent cannot be a gateway of the router."""

    says = "Agent {id} is not a L3 Agent or has been disabled"
    id: str


@dataclass(eq=False)
class RouterHostedByL3Agent(Conflict):
    """The router may be on the agent's host already."""

    says = "The router {router_id} has been already hosted by the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


@dataclass(eq=False)
class RouterNotHostedByL3Agent(Conflict):
    """The router is not on the agent's host."""

    says = "The router {router_id} is not hosted by the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


@dataclass(eq=False)
class RouterSchedulingFailed(Conflict):
    """The router has no gateway that could be anywhere, or as many hosts as it may have."""

    says = "Failed scheduling router {router_id} to the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


@dataclass(eq=False)
class InvalidHAChassisPriority(BadRequest):
    """A priority that OVN does not have."""

    says = "HA Chassis priority must be between 0 and 32767"


@dataclass(eq=False)
class HAChassisPriorityAlreadyAssigned(Conflict):
    """Another chassis of the router has the priority."""

    says = "HA Chassis priority {ha_chassis_priority} is already assigned"
    ha_chassis_priority: int


@dataclass(eq=False)
class IllegalSubnetPoolUpdate(BadRequest):
    """The pool cannot be changed so."""

    says = "Illegal subnetpool update : {reason}."
    reason: str
