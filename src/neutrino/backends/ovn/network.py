"""A network as OVN rows: a switch, and a localnet port where it has a physical network.

Source: upstream, ovn_client.py, _gen_network_parameters and create_provnet_port.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from neutrino.backends.ovn import nb, uuids
from neutrino.model.network import Network
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

_FDB_AGE_S = 300  # upstream's default; OVN before 23.09 ignores it


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What subnets and ports render of their network."""

    mtu: int
    physical_network: str | None
    qos_policy_id: str | None


def facts(network: Network) -> Hashable:
    """Return what others see of *network*."""
    return NetworkFacts(network.mtu, network.provider_physical_network, network.qos_policy_id)


def logical_switch(network: Network) -> nb.Logical_Switch:
    """Return the Logical_Switch of *network* (ovn-nb(5), Logical_Switch)."""
    ids = {
        "neutron:network_name": network.name,
        "neutron:mtu": str(network.mtu),
        "neutron:availability_zone_hints": ",".join(network.availability_zone_hints),
        "neutron:provnet-network-type": network.provider_network_type,
    }
    config = {"mcast_snoop": "false", "mcast_flood_unregistered": "false", "vlan-passthru": "false"}
    if network.provider_physical_network:
        ids["neutron:provnet-physical-network"] = network.provider_physical_network
        config["fdb_age_threshold"] = str(_FDB_AGE_S)
    if network.router_external:
        config["broadcast-arps-to-all-routers"] = "true"
    return nb.Logical_Switch(name=uuids.switch_name(network.id), external_ids=ids, other_config=config)


def localnet(network: Network, physical_network: str) -> nb.Logical_Switch_Port:
    """Return the port that joins the switch to *physical_network* (ovn-nb(5), Options for localnet ports)."""
    return nb.Logical_Switch_Port(
        name=f"provnet-{uuids.segment_id(network.id)}",
        type="localnet",
        addresses=frozenset({"unknown"}),
        tag_request=network.provider_segmentation_id,
        options={
            "network_name": physical_network,
            "mcast_flood_reports": "true",
            "mcast_flood": "false",
            "localnet_learn_fdb": "false",
        },
        external_ids={"neutron:provnet-physical-network": physical_network},
    )


def fragment(network: Network, see: See) -> Fragment:  # noqa: ARG001 - a network sees nobody
    """Return what *network* renders to."""
    key = uuids.switch(network.id)
    rows: dict[Key, Columns] = {key: columns(logical_switch(network))}
    elements: dict[Place, Elements] = {}
    if network.provider_physical_network:
        port = uuids.named("Logical_Switch_Port", f"provnet {network.id}")
        rows[port] = columns(localnet(network, network.provider_physical_network))
        elements[Place(*key, "ports")] = frozenset({port.uuid})
    return Fragment(rows, elements)
