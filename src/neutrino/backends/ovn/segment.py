"""A segment as OVN rows: a localnet port of its network's switch, where it has a physical network.

Source: upstream, ovn_client.py, create_provnet_port.
"""

from neutrino.backends.ovn import nb, pvlan, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.settings import DEFAULTS, Multicast, Settings
from neutrino.model.network import Network
from neutrino.model.segment import Segment
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Fragment, Place
from neutrino.reconcile.noun import See

_QINQ = "802.11ad"  # as ovn-nb(5) spells 802.1ad


def localnet_name(segment: Segment) -> str:
    """Return the name of a segment's localnet port (upstream, ovn_provnet_port_name)."""
    return f"provnet-{segment.id}"


def localnet(segment: Segment, physical_network: str, *, is_qinq: bool, multicast: Multicast) -> nb.Logical_Switch_Port:
    """Return the port that joins the switch to *physical_network* (ovn-nb(5), Options for localnet ports)."""
    options = {
        "network_name": physical_network,
        "mcast_flood_reports": str(multicast.floods_reports).lower(),
        "mcast_flood": str(multicast.floods_physical).lower(),
        "localnet_learn_fdb": "false",
    }
    if is_qinq:
        options["ethtype"] = _QINQ
    return nb.Logical_Switch_Port(
        name=localnet_name(segment),
        type="localnet",
        addresses=frozenset({"unknown"}),
        tag_request=segment.segmentation_id,
        options=options,
        external_ids={"neutron:provnet-physical-network": physical_network},
    )


def fragment(segment: Segment, see: See, settings: Settings = DEFAULTS) -> Fragment | None:
    """Return what *segment* renders to; tunnels and local networks have no row of their own."""
    if segment.physical_network is None:
        return None
    network: NetworkFacts | None = see(Network, segment.network_id)
    port = uuids.port(segment.id)
    is_qinq = network is not None and network.is_qinq
    row = localnet(segment, segment.physical_network, is_qinq=is_qinq, multicast=settings.multicast)
    place = Place(*uuids.switch(segment.network_id), "ports")
    private = (
        pvlan.uplink(segment.network_id, localnet_name(segment))
        if network is not None and network.is_private
        else NOTHING
    )
    return Fragment({port: columns(row), **private.rows}, {place: frozenset({port.uuid}), **private.elements})
