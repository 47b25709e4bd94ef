"""A network as OVN rows: a switch.

Source: upstream, ovn_client.py, _gen_network_parameters. Not here: what joins it to physical networks (segment.py),
what keeps its ports from each other (pvlan.py).
"""

from collections.abc import Hashable

import msgspec

from neutrino.backends.ovn import nb, pvlan, uuids
from neutrino.backends.ovn.settings import DEFAULTS, Multicast, Settings
from neutrino.model.network import Network
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment
from neutrino.reconcile.noun import See

_FDB_AGE_S = 300  # upstream's default; OVN before 23.09 ignores it


class NetworkFacts(msgspec.Struct, frozen=True):
    """What subnets, segments and ports render of their network."""

    mtu: int
    physical_network: str | None
    is_qinq: bool = False
    dns_domain: str = ""
    qos_policy_id: str | None = None
    is_private: bool = False
    zones: tuple[str, ...] = ()


def facts(network: Network) -> Hashable:
    """Return what others see of *network*."""
    physical = next(iter(network.physical_networks), None)
    return NetworkFacts(
        network.mtu,
        physical,
        network.qinq,
        network.dns_domain,
        network.qos_policy_id,
        is_private=network.pvlan,
        zones=network.availability_zone_hints,
    )


def logical_switch(network: Network, multicast: Multicast) -> nb.Logical_Switch:
    """Return the Logical_Switch of *network* (ovn-nb(5), Logical_Switch)."""
    ids = {
        "neutron:network_name": network.name,
        "neutron:mtu": str(network.mtu),
        "neutron:availability_zone_hints": ",".join(network.availability_zone_hints),
    }
    passes = str(network.vlan_transparent or network.qinq).lower()
    config = {
        "mcast_snoop": str(multicast.snoops).lower(),
        "mcast_flood_unregistered": str(multicast.floods_unregistered).lower(),
        "vlan-passthru": passes,
    }
    if network.provider_network_type:
        ids["neutron:provnet-network-type"] = network.provider_network_type
    if network.provider_physical_network:
        ids["neutron:provnet-physical-network"] = network.provider_physical_network
        config["fdb_age_threshold"] = str(_FDB_AGE_S)
    if network.router_external:
        config["broadcast-arps-to-all-routers"] = "true"
    return nb.Logical_Switch(name=uuids.switch_name(network.id), external_ids=ids, other_config=config)


def fragment(network: Network, see: See, settings: Settings = DEFAULTS) -> Fragment:  # noqa: ARG001 - it sees nobody
    """Return what *network* renders to."""
    private = pvlan.fragment(network)
    return Fragment(
        {uuids.switch(network.id): columns(logical_switch(network, settings.multicast)), **private.rows},
        private.elements,
    )
