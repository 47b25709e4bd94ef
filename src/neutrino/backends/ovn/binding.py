"""Binding a port to a host where OVN runs.

Source: upstream, mech_driver.py, bind_port.
"""

from collections.abc import Mapping, Sequence

from neutrino.backends.ovn.gateway import AgentFacts, facts, physical_networks, priorities
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent
from neutrino.model.binding import FAILED, Binding
from neutrino.model.network import Network
from neutrino.model.router import Router

VIF_TYPE = "ovs"
DRIVER = "ovn"
_TYPES = (CONTROLLER_AGENT, GATEWAY_AGENT)
_VNIC_TYPES = ("normal",)
_BRIDGE = "br-int"


class OvnBinder:
    """Binds to hosts with an ovn-controller that is alive and knows the network's physical network."""

    def bind(self, *, vnic_type: str, network: Network, agents: Sequence[Agent]) -> Binding:
        """Return the binding of a port of *vnic_type* on *network* to the host of *agents*."""
        if vnic_type not in _VNIC_TYPES:
            return FAILED
        for agent in agents:
            if agent.agent_type in _TYPES and agent.alive and _reaches(agent.configurations, network):
                return Binding(VIF_TYPE, _details(agent.configurations))
        return FAILED

    def gateways(self, *, router: Router, network: Network, agents: Sequence[Agent]) -> Mapping[str, int]:
        """Return which of *agents* the gateway of *router* on *network* may be on: priorities by id, highest first."""
        seen = [found for agent in agents if isinstance(found := facts(agent), AgentFacts)]
        zones = router.availability_zone_hints
        chosen = priorities(router.id, seen, network.provider_physical_network, router.placement, zones)
        return {agent.agent_id: priority for agent, priority in chosen}


def _reaches(configurations: Mapping[str, object], network: Network) -> bool:
    needed = network.provider_physical_network
    return not needed or needed in physical_networks(str(configurations.get("bridge-mappings", "")))


def _details(configurations: Mapping[str, object]) -> dict[str, object]:
    return {
        "port_filter": True,
        "connectivity": "l2",
        "bridge_name": configurations.get("bridge-name") or _BRIDGE,
        "datapath_type": configurations.get("datapath-type", ""),
        "ovs_create_tap": True,
        "bound_drivers": {"0": DRIVER},
    }
