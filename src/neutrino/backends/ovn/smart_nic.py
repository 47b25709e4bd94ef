"""A port of a card that is a host of its own (SmartNIC, DPU): the Open vSwitch and ovn-controller there plug it.

Here: which host that is, and what it is asked to plug. The instance's own host has neither; Nova names the card.
Source: upstream, ovn_client.py, _get_port_options, and common/ovn/utils.py, determine_bind_host; OVN's documentation,
"VIF Plug Providers".
"""

from collections.abc import Iterable, Mapping

from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.model.port import Port

_SERIAL, _ADDRESS, _NUMBER = "card_serial_number", "pf_mac_address", "vf_num"
KEYS: Mapping[str, type | tuple[type, ...]] = {
    "pci_vendor_info": str,
    "pci_slot": str,
    "physical_network": (str, type(None)),
    _SERIAL: str,
    _ADDRESS: str,
    _NUMBER: int,
}
"""What Nova's profile has of such a port: all of these, or none."""


def is_of(agent: AgentFacts | None, profile: Mapping[str, object]) -> bool:
    """Return whether *agent* is that of the card that *profile* names."""
    return agent is not None and profile.get(_SERIAL) in agent.cards


def host(port: Port, agents: Iterable[AgentFacts]) -> str:
    """Return the host that the card is; "" while none says that it is."""
    return next((agent.host for agent in agents if is_of(agent, port.binding_profile)), "")


def plugged(port: Port, mtu: int) -> dict[str, str]:
    """Return the options by which ovn-controller plugs the port: the virtual function, and the physical one it is of.

    *mtu* is the network's. Nothing before Nova has said which they are.
    """
    if _ADDRESS not in port.binding_profile:
        return {}
    return {
        "vif-plug-type": "representor",
        "vif-plug-mtu-request": str(mtu),
        "vif-plug:representor:pf-mac": str(port.binding_profile[_ADDRESS]),
        "vif-plug:representor:vf-num": str(port.binding_profile.get(_NUMBER)),
    }
