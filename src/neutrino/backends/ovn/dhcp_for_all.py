"""The DHCP options that an operator gives all subnets (``[ovn] ovn_dhcp4_global_options`` and ``..6..``), checked.

What OVN could not parse would keep it from answering DHCP at all, on every port. So a name or a value that it cannot
take is refused when the controller starts; what only another OVN knows is left out, and said.
"""

import logging
from collections.abc import Mapping

from neutrino.backends.ovn import dhcp_option
from neutrino.model.kinds import shown

_log = logging.getLogger("neutrino.ovn.dhcp")
# What is decided otherwise (upstream, GLOBAL_DHCP_OPTS_PROHIBIT_LIST).
_DECIDED = {
    4: {"server_id", "lease_time", "mtu", "router", "server_mac", "dns_server", "classless_static_route"},
    6: {"dhcpv6_stateless", "dns_server", "server_id"},
}


def checked(version: int, given: Mapping[str, str], known: Mapping[str, object]) -> dict[str, str]:
    """Return the options as OVN's expressions; an empty one takes the subnet's own away.

    *known* are the names that the Southbound has, by IP version. Raises ValueError that names the option.
    """
    place = f"[ovn] ovn_dhcp{version}_global_options"
    out = {}
    for name, value in given.items():
        if name in _DECIDED[version]:
            _log.warning("%s: %s is decided otherwise, and left out", place, name)
            continue
        try:
            expression = dhcp_option.expression(version, name, value.replace(";", ",")) if value else ""
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from error
        if name in dhcp_option.known_names(version, known):
            out[name] = expression
        else:
            _log.warning("%s: the OVN that was last seen does not know %s, which is left out", place, shown(name))
    return out
