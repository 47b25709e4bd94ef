"""Hosts that lack a MAC address of their own on a physical network where a router needs it (ovn-controller(8)).

A router that joins a network of a physical one with tunnelled ones speaks on the wire from each host that has instances
on either; without `ovn-chassis-mac-mappings` with one MAC address, its own, and the wire then delivers to whoever spoke
last (docs/measured.md). Not here: how hosts are told.
"""

from collections.abc import Iterator, Sequence

import msgspec

from neutrino.backends.ovn.scheduling import physical_networks
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent
from neutrino.model.network import Network
from neutrino.model.port import ROUTER_GATEWAY, ROUTER_INTERFACE
from neutrino.model.router import Router

MAPPINGS = "ovn-chassis-mac-mappings"
"""Of an agent's `configurations`, as its chassis has it in the Southbound: ``physnet1:0a:00:00:00:00:01,...``."""


class Lack(msgspec.Struct, frozen=True):
    """A router, a physical network that it needs hosts to have MAC addresses on, and those that have none."""

    router_id: str
    router_name: str
    physical_network: str
    hosts: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"router {self.router_name or self.router_id} joins {self.physical_network} with tunnelled networks and"
            f" loses part of what they send to each other, for hosts without {MAPPINGS} for it: {', '.join(self.hosts)}"
        )


def lacking(routers: Sequence[Router], networks: Sequence[Network], agents: Sequence[Agent]) -> Iterator[Lack]:
    """Yield what is lacking, for each router with a gateway and each physical network behind it."""
    by_id = {network.id: network for network in networks}
    chassis = [agent for agent in agents if agent.agent_type in (CONTROLLER_AGENT, GATEWAY_AGENT)]
    for router in routers:
        inside = [by_id[leg.network_id] for leg in router.legs if leg.device_owner == ROUTER_INTERFACE]
        has_gateway = any(leg.device_owner == ROUTER_GATEWAY for leg in router.legs)
        if not has_gateway or all(network.physical_networks for network in inside):
            continue
        for name in sorted({name for network in inside for name in network.physical_networks}):
            hosts = sorted(agent.host for agent in chassis if _lacks(agent, name))
            if hosts:
                yield Lack(router.id, router.name, name, tuple(hosts))


def _lacks(agent: Agent, physical_network: str) -> bool:
    reached, own = (str(agent.configurations.get(key, "")) for key in ("bridge-mappings", MAPPINGS))
    return physical_network in physical_networks(reached) and physical_network not in physical_networks(own)
