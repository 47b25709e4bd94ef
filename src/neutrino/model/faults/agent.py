"""The errors of agents and of scheduling to them: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class AgentNotFound(NotFound):
    """No such agent."""

    says = "Agent {id} could not be found."
    id: str


class InvalidDHCPAgent(NotFound):
    """OVN answers DHCP on each host; no agent is chosen for a network."""

    says = "Agent {id} is not a valid DHCP Agent or has been disabled"
    id: str


class NetworkNotHostedByDhcpAgent(Conflict):
    """OVN answers DHCP on each host; no agent is chosen for a network."""

    says = "The network {network_id} is not hosted by the DHCP agent {agent_id}."
    network_id: str
    agent_id: str


class InvalidL3Agent(NotFound):
    """The agent cannot be a gateway of the router."""

    says = "Agent {id} is not a L3 Agent or has been disabled"
    id: str


class RouterHostedByL3Agent(Conflict):
    """The router may be on the agent's host already."""

    says = "The router {router_id} has been already hosted by the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


class RouterNotHostedByL3Agent(Conflict):
    """The router is not on the agent's host."""

    says = "The router {router_id} is not hosted by the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


class RouterSchedulingFailed(Conflict):
    """The router has no gateway that could be anywhere, or as many hosts as it may have."""

    says = "Failed scheduling router {router_id} to the L3 Agent {agent_id}."
    router_id: str
    agent_id: str


class InvalidHAChassisPriority(BadRequest):
    """A priority that OVN does not have."""

    says = "HA Chassis priority must be between 0 and 32767"


class HAChassisPriorityAlreadyAssigned(Conflict):
    """Another chassis of the router has the priority."""

    says = "HA Chassis priority {ha_chassis_priority} is already assigned"
    ha_chassis_priority: int
