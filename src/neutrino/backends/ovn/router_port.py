"""A router's port: both of its sides, router advertisements, and the SNAT of the subnets behind it.

Source: upstream, ovn_client.py, _create_lrouter_port, _get_nets_and_ipv6_ra_confs_for_router_port. Not here: the
gateway's chassis and routes (gateway.py); ports of instances (port.py).
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from neutrino.backends.ovn import gateway, nb, scheduling, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.router import RouterFacts, is_bridged, source_nat
from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.backends.ovn.subnet import ROUTE_INFO, SubnetFacts
from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import ROUTER_GATEWAY, Port
from neutrino.model.router import Router
from neutrino.model.subnet import SLAAC, STATEFUL, STATELESS
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import EVERY, See

_ELSEWHERE = "reside-on-redirect-chassis"
_ADDRESS_MODES = {SLAAC: "slaac", STATEFUL: "dhcpv6_stateful", STATELESS: "dhcpv6_stateless"}

Seen = Sequence[tuple[str, str, SubnetFacts]]
"""Subnet and address of a port, each with what the port sees of its subnet."""


def lsp_options(port: Port) -> dict[str, str]:
    """Return the options of the switch's side (ovn-nb(5), Options for router ports)."""
    options = {"router-port": uuids.router_port_name(port.id)}
    if port.device_owner == ROUTER_GATEWAY:
        options |= {"nat-addresses": "router", "exclude-lb-vips-from-garp": "true"}
    return options


class Around(msgspec.Struct, frozen=True):
    """What a router's port renders of the router and of the networks that the router is on."""

    router: RouterFacts
    number: int  # of a gateway: 0 is the first; of an interface -1
    mtus: frozenset[int]
    is_bridged: bool  # each host routes by itself, also to the wire


def group(port: Port, around: Around) -> gateway.Group:
    """Return the group of chassis that a gateway is on."""
    return gateway.Group(port.device_id, port.id if around.number else "")


def lrp_options(network: NetworkFacts, around: Around) -> dict[str, str]:
    """Return the options of the router's side (ovn-nb(5), Logical_Router_Port)."""
    options = {}
    if around.number >= 0:
        options["gateway_mtu"] = str(min(around.mtus | {network.mtu}))
        if around.is_bridged:
            options["redirect-type"] = "bridged"
        return options
    if network.physical_network:
        # Instances of a provider network are reached on the wire: the router speaks from one place only.
        options[_ELSEWHERE] = "false" if around.is_bridged else "true"
    if network.mtu < max(around.mtus, default=0):
        options["gateway_mtu"] = str(network.mtu)  # whoever sends more is told
    return options


def logical_router_port(port: Port, seen: Seen, network: NetworkFacts, around: Around) -> nb.Logical_Router_Port:
    """Return the router's side (ovn-nb(5), Logical_Router_Port)."""
    is_gateway = port.device_owner == ROUTER_GATEWAY
    options = lrp_options(network, around)
    is_near = options.get(_ELSEWHERE) != "true"
    return nb.Logical_Router_Port(
        name=uuids.router_port_name(port.id),
        mac=port.mac_address,
        enabled=port.admin_state_up,
        networks=frozenset(f"{address}/{facts.prefix_length}" for _, address, facts in seen),
        ha_chassis_group=group(port, around).key.uuid if is_gateway else None,
        ipv6_ra_configs={} if is_gateway else advertisements(seen, network.mtu, is_near=is_near),
        options=options,
        external_ids={
            "neutron:subnet_ids": " ".join(subnet_id for subnet_id, _, _ in seen),
            "neutron:network_name": uuids.switch_name(port.network_id),
            "neutron:is_ext_gw": str(is_gateway),
            "neutron:router_name": uuids.router_name(port.device_id),
        },
    )


def advertisements(seen: Seen, mtu: int, *, is_near: bool) -> dict[str, str]:
    """Return what the port advertises (RFC 4861; ovn-nb(5), ipv6_ra_configs): the mode of its first subnet with one.

    A router that *is_near* is on each instance's host, as the metadata port is. By one elsewhere, metadata would
    be asked of a host that knows nothing of the instance.
    """
    for _, _, facts in seen:
        if facts.ra_mode:
            told = {name: value for name, value in facts.advertised if is_near or name != ROUTE_INFO}
            return {"address_mode": _ADDRESS_MODES[facts.ra_mode], "send_periodic": "true", "mtu": str(mtu)} | told
    return {}


def subnets_nat(port: Port, seen: Seen, router: RouterFacts) -> Fragment:
    """Return the translation of the port's IPv4 subnets to the gateway's addresses."""
    rows: dict[Key, Columns] = {}
    for subnet_id, _, facts in seen:
        if facts.ip_version == 4:
            rows |= source_nat(port.device_id, router, facts.cidr, subnet_id, {"neutron:subnet_id": subnet_id})
    elements: dict[Place, Elements] = {}
    if rows:
        elements[Place(*uuids.router(port.device_id), "nat")] = frozenset(key.uuid for key in rows)
    return Fragment(rows, elements)


def fragment(port: Port, seen: Seen, see: See) -> Fragment:
    """Return what the router's side of *port* renders to: nothing, while its router or network is not there."""
    network: NetworkFacts | None = see(Network, port.network_id)
    router: RouterFacts | None = see(Router, port.device_id)
    if network is None or router is None or not seen:
        return Fragment()
    around = _around(port, router, see)
    key = uuids.router_port(port.id)
    made = Fragment(
        {key: columns(logical_router_port(port, seen, network, around))},
        {Place(*uuids.router(port.device_id), "ports"): frozenset({key.uuid})},
    )
    if port.device_owner != ROUTER_GATEWAY:
        return _sum(made, subnets_nat(port, seen, router))
    agents: Sequence[AgentFacts] = see(Agent, EVERY)
    chosen = scheduling.priorities(
        port.device_id, agents, network.physical_network, router.placement_map, router.zones, around.number
    )
    chosen = chosen if router.is_ha else chosen[:1]
    made = _sum(made, gateway.chassis_group(group(port, around), chosen, router.zones))
    if around.number and not router.has_ecmp:
        return made
    is_only = len(router.gateways) <= 1
    way = gateway.Way(port.device_id, port.id, around.number == 0, is_only, router.has_bfd)
    return _sum(made, gateway.default_routes(way, [(subnet_id, facts) for subnet_id, _, facts in seen]))


def _around(port: Port, router: RouterFacts, see: See) -> Around:
    found: list[NetworkFacts | None] = [see(Network, network_id) for network_id in sorted(router.networks)]
    known = [network for network in found if network is not None]
    ids = [leg.port_id for leg in router.gateways]
    number = -1 if port.device_owner != ROUTER_GATEWAY else ids.index(port.id) if port.id in ids else 0
    return Around(
        router=router,
        number=number,
        mtus=frozenset(network.mtu for network in known),
        is_bridged=is_bridged(router, see),
    )


def _sum(first: Fragment, *others: Fragment) -> Fragment:
    for other in others:
        first = replace(first, rows={**first.rows, **other.rows}, elements={**first.elements, **other.elements})
    return first
