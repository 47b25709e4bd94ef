"""Ports that no host's switch carries: of cards that pass it by, and of machines of their own (ovn-nb(5), external).

Their packets come in by the provider network, and one chassis answers them: with DHCP, metadata and names, and as their
router. Here: which chassis that is. Source: upstream, common/ovn/utils.py, sync_ha_chassis_group_network.
"""

from collections.abc import Sequence

from neutrino.backends.ovn import gateway, scheduling
from neutrino.backends.ovn.gateway import Group
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.router import RouterFacts
from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.router import Router
from neutrino.reconcile.fragment import NOTHING, Fragment, Key
from neutrino.reconcile.noun import EVERY, See


def chassis_group(port: Port, see: See) -> tuple[Key, Fragment]:
    """Return the group of chassis of which one answers *port*, and its rows where they are no router's.

    It is that of the router by whose gateway the network's packets go, so that both are on one chassis: elsewhere
    replies would find no way back (upstream's bugs 1995078 and 2125553). Else it is the port's own, where the operator
    has named chassis for external ports, or the network's.
    """
    routers: Sequence[RouterFacts] = see(Router, EVERY)
    for router in routers:
        if router.gateways and any(leg.network_id == port.network_id for leg in router.interfaces):
            return Group(router.id).key, NOTHING
    agents: Sequence[AgentFacts] = see(Agent, EVERY)
    named = [agent for agent in agents if agent.answers_external]
    title = f"neutron-extport-{port.id}" if named else ""
    group = Group(port.network_id, port.id if named else "", mark="neutron:network_id", title=title)
    network: NetworkFacts | None = see(Network, port.network_id)
    if network is None:
        return group.key, NOTHING
    if named:
        chosen = _elsewhere(port, named, network)
    else:
        chosen = scheduling.priorities(port.network_id, agents, network.physical_network, None, network.zones)
    return group.key, gateway.chassis_group(group, chosen, network.zones)


def _elsewhere(port: Port, named: Sequence[AgentFacts], network: NetworkFacts) -> Sequence[tuple[AgentFacts, int]]:
    """Return which of *named* answer *port*, with their priorities: none on the port's own host, as with upstream."""
    others = (agent for agent in named if agent.host != port.binding_host_id)
    able = {agent.chassis: agent for agent in scheduling.reaching(others, network.physical_network, network.zones)}
    order = scheduling.in_order(port.id, able.values())[: scheduling.MOST_CHASSIS]
    return [(able[chassis], scheduling.MOST_CHASSIS - rank) for rank, chassis in enumerate(order)]
