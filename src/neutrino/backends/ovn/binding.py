"""Binding a port to a host where OVN runs.

Source: upstream, mech_driver.py, bind_port.
"""

from collections.abc import Mapping, Sequence

from neutrino.backends.ovn import dhcp_option, smart_nic
from neutrino.backends.ovn import profile as profiles
from neutrino.backends.ovn.scheduling import facts, physical_networks, priorities
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, Agent
from neutrino.model.binding import FAILED, NO_PROFILE, Binding
from neutrino.model.dhcp_option import DhcpOption
from neutrino.model.network import Network
from neutrino.model.port import BESIDE_THE_SWITCH, OFFLOADED, REMOTE_MANAGED, VIRTIO_FORWARDER
from neutrino.model.router import Router

VIF_TYPE, VHOST_USER, FORWARDER = "ovs", "vhostuser", "agilio_ovs"
DRIVER = "ovn"
_TYPES = (CONTROLLER_AGENT, GATEWAY_AGENT)
_VNIC_TYPES = ("normal", "vdpa", VIRTIO_FORWARDER)
_BRIDGE = "br-int"
_LONGEST_DEVICE = 14  # upstream's; Linux has room for one more


class OvnBinder:
    """Binds to hosts with an ovn-controller that is alive and knows the network's physical network.

    *sockets* is the folder of the sockets by which instances are plugged where the switch is one of DPDK.
    """

    def __init__(self, sockets: str) -> None:
        self._sockets = sockets

    def bind(
        self,
        *,
        port_id: str,
        vnic_type: str,
        network: Network,
        agents: Sequence[Agent],
        profile: Mapping[str, object] = NO_PROFILE,
    ) -> Binding:
        """Return the binding of a port of *vnic_type* on *network* to the host of *agents*, or to the card among them.

        A virtual function is OVN's only where the switch of the card forwards for it, as *profile* says.
        """
        capabilities = profile.get("capabilities")
        is_offloaded = isinstance(capabilities, list) and OFFLOADED in capabilities
        if vnic_type == REMOTE_MANAGED:
            agents = [agent for agent in agents if smart_nic.is_of(facts(agent), profile)]
        elif vnic_type not in _VNIC_TYPES and not (vnic_type in BESIDE_THE_SWITCH and is_offloaded):
            return FAILED
        for agent in agents:
            if agent.agent_type in _TYPES and agent.alive and _reaches(agent.configurations, network):
                return self._binding(port_id, vnic_type, agent.configurations)
        return FAILED

    def _binding(self, port_id: str, vnic_type: str, configurations: Mapping[str, object]) -> Binding:
        """Return how a port is plugged at a host: by a tap device, or by a socket that the switch or the instance has.

        Source: upstream, mech_driver.py, _setup_vif_port_bindings and bind_port; common/ovn/utils.py, ovn_vhu_sockpath.
        """
        details: dict[str, object] = {
            "port_filter": True,
            "connectivity": "l2",
            "bridge_name": configurations.get("bridge-name") or _BRIDGE,
            "datapath_type": configurations.get("datapath-type", ""),
            "bound_drivers": {"0": DRIVER},
        }
        interfaces = str(configurations.get("iface-types", "")).split(",")
        socket = {"vhostuser_socket": f"{self._sockets}/{f'vhu{port_id}'[:_LONGEST_DEVICE]}"}
        if details["datapath_type"] == "netdev" and "dpdkvhostuser" in interfaces:
            by_switch = {"port_filter": False, "vhostuser_mode": "server", "vhostuser_ovs_plug": True}
            return Binding(VHOST_USER, details | socket | by_switch)
        if vnic_type == VIRTIO_FORWARDER:
            return Binding(FORWARDER, details | socket | {"vhostuser_mode": "client"})
        return Binding(VIF_TYPE, details | {"ovs_create_tap": True})

    def physical_networks(self, agents: Sequence[Agent]) -> frozenset[str]:
        """Return the physical networks that the host of *agents* has bridges for."""
        able = (one for one in agents if one.agent_type in _TYPES)
        return frozenset(name for one in able for name in physical_networks(_mappings(one.configurations)))

    def gateways(self, *, router: Router, network: Network, agents: Sequence[Agent]) -> Mapping[str, int]:
        """Return which of *agents* the gateway of *router* on *network* may be on: priorities by id, highest first."""
        seen = [found for agent in agents if (found := facts(agent)) is not None]
        zones = router.availability_zone_hints
        chosen = priorities(router.id, seen, next(iter(network.physical_networks), None), router.placement, zones)
        return {agent.agent_id: priority for agent, priority in (chosen if router.ha else chosen[:1])}

    def refused_option(self, option: DhcpOption, known: Mapping[str, object]) -> str:
        """Return why OVN's DHCP cannot give *option*; "" if it can."""
        return dhcp_option.refused(option, known)

    def refused_profile(self, vnic_type: str, profile: Mapping[str, object]) -> str:
        """Return why OVN can make nothing of *profile*; "" if it can."""
        return profiles.refused(vnic_type, profile)


def _reaches(configurations: Mapping[str, object], network: Network) -> bool:
    needed = network.physical_networks
    there = physical_networks(_mappings(configurations))
    return network.is_everywhere or any(name in there for name in needed)


def _mappings(configurations: Mapping[str, object]) -> str:
    return str(configurations.get("bridge-mappings", ""))
