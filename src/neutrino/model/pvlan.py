"""Private networks: which ports of a network reach each other (extension pvlan).

Here: what the standing of a port is and becomes. Not here: which packets that lets through (backends).
"""

from collections.abc import Mapping

from neutrino.model.faults.pvlan import (
    PVLANCannotSetCommunityName,
    PVLANCommunityNameRequired,
    PVLANNetworkPortSecurityDisabled,
    PVLANNotEnabledOnNetwork,
    PVLANPortSecurityDisabled,
    PVLANUnsupportedType,
)
from neutrino.model.network import Network
from neutrino.model.port import COMMUNITY, PROMISCUOUS, Port


def standing(network: Network, port: Port, *, is_left: bool = False) -> Mapping[str, object]:
    """Return the standing of *port* on *network* as it is kept: promiscuous where none is asked for; or refuse it.

    *is_left*: the name of the community is one that the port had, not one that is asked for; ports of other standings
    lose it.
    """
    kind, community = port.pvlan_type, port.pvlan_community
    if not network.pvlan:
        if kind or community:
            raise PVLANNotEnabledOnNetwork(network.id)
        return {}
    if port.is_trusted and kind not in (None, PROMISCUOUS):
        raise PVLANUnsupportedType(str(kind), port.id)
    if not port.is_trusted and not port.port_security_enabled:
        raise PVLANPortSecurityDisabled(port.id)
    kind = kind or PROMISCUOUS
    if kind == COMMUNITY and not community:
        raise PVLANCommunityNameRequired(port.id)
    if kind != COMMUNITY and community and not is_left:
        raise PVLANCannotSetCommunityName(community, port.id)
    return {"pvlan_type": kind, "pvlan_community": community if kind == COMMUNITY else None}


def check(network: Network) -> None:
    """Refuse a private *network* whose ports are not filtered."""
    if network.pvlan and not network.port_security_enabled:
        raise PVLANNetworkPortSecurityDisabled(network.id)
