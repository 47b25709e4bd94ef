"""A floating IP as OVN rows: a translation in its router, and a mark at its port.

Source: upstream, ovn_client.py, _create_or_update_floatingip. Translation is done at the gateway, or if the router is
distributed on the instance's own host. The row has the floating IP's id, so that it is changed in place when it moves.
Not here: ports of it that are forwarded (port_forwarding.py).
"""

from uuid import UUID

import msgspec

from neutrino.backends.ovn import nb, port_forwarding, qos, uuids
from neutrino.backends.ovn.balanced import BALANCED
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.port import PortFacts
from neutrino.backends.ovn.router import RouterFacts, is_bridged
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.router import Router
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Fragment, Place
from neutrino.reconcile.noun import See

MARK = "neutron:port_fip"  # ovn-octavia-provider watches it


class Spot(msgspec.Struct, frozen=True):
    """Where a floating IP is translated: at the gateway, or with a MAC address at the instance's host."""

    gateway_port: UUID | None = None
    external_mac: str | None = None


CENTRAL = Spot()


def _gateways(floating: FloatingIp, router: RouterFacts | None) -> list[str]:
    """Return the ports of the router's gateways to the network of *floating*."""
    if router is None:
        return []
    return [leg.port_id for leg in router.gateways if leg.network_id == floating.floating_network_id]


def spot(floating: FloatingIp, router: RouterFacts | None, mac: str, *, is_near: bool) -> Spot:
    """Return where *floating* is translated; at its port's host only if that *is_near* to the wire."""
    if router is None or not router.gateways:
        return CENTRAL
    here = _gateways(floating, router)
    # Where there is one gateway OVN knows by itself; ovn-bgp-agent asks for it everywhere.
    gateway = uuids.router_port(here[0]).uuid if here else None
    return Spot(gateway, mac if router.is_distributed and is_near and mac else None)


def is_near(floating: FloatingIp, router: RouterFacts | None, target: PortFacts | None, see: See) -> bool:
    """Return whether what the port sends leaves from its own host: then a distributed router may translate it there.

    A port without a host is nowhere. Replies of one that ports are forwarded to go by the gateway, which knows where
    they belong; so do those of a member of a load balancer with a floating IP (balanced.py), and all that comes from a
    provider network, unless each host routes by itself.
    """
    if router is None or target is None or not target.host or floating.is_forwarded_to:
        return False
    if router.is_distributed and str(floating.fixed_ip_address) in (see(BALANCED, str(floating.router_id)) or ()):
        return False
    network: NetworkFacts | None = see(Network, target.network_id)
    return network is not None and (not network.physical_network or is_bridged(router, see))


def nat(floating: FloatingIp, router_id: str, mac: str, at: Spot = CENTRAL) -> nb.NAT:
    """Return the NAT of *floating* (ovn-nb(5), NAT)."""
    return nb.NAT(
        type="dnat_and_snat",
        logical_ip=str(floating.fixed_ip_address),
        external_ip=str(floating.floating_ip_address),
        logical_port=floating.port_id,
        external_mac=at.external_mac,
        gateway_port=at.gateway_port,
        options={"stateless": "false"},
        external_ids={
            "neutron:fip_id": floating.id,
            "neutron:fip_port_id": str(floating.port_id),
            "neutron:router_name": uuids.router_name(router_id),
            "neutron:fip_external_mac": mac,
            "neutron:fip_network_id": floating.floating_network_id,
        },
    )


def fragment(floating: FloatingIp, see: See) -> Fragment | None:
    """Return what *floating* renders to: nothing, while it stands for no port and has no port forwardings."""
    if floating.router_id is None:
        return None
    router: RouterFacts | None = see(Router, floating.router_id)
    if floating.port_id is None:
        if not floating.translations:
            return None
        made = port_forwarding.fragment(floating, floating.router_id, router)
        limits = quality(floating, router, CENTRAL, see)
        return Fragment({**made.rows, **limits.rows}, {**made.elements, **limits.elements})
    holder: PortFacts | None = see(Port, floating.floating_port_id)
    target: PortFacts | None = see(Port, floating.port_id)
    key = uuids.nat(floating.id)
    mac = holder.mac_address if holder else ""
    at = spot(floating, router, mac, is_near=is_near(floating, router, target, see))
    limits = quality(floating, router, at, see)
    return Fragment(
        {key: columns(nat(floating, floating.router_id, mac, at)), **limits.rows},
        {
            Place(*uuids.router(floating.router_id), "nat"): frozenset({key.uuid}),
            Place(*uuids.port(floating.port_id), "external_ids"): {MARK: str(floating.floating_ip_address)},
            **limits.elements,
        },
    )


def quality(floating: FloatingIp, router: RouterFacts | None, at: Spot, see: See) -> Fragment:
    """Return the rows of the floating IP's QoS policy, its own or the external network's, at the gateway's port.

    They apply where the floating IP is translated.
    """
    rules = qos.rules_of(see, floating.qos_policy_id, floating.floating_network_id)
    here = _gateways(floating, router)
    if not rules or not here:
        return NOTHING
    subject = qos.Subject(
        floating.floating_network_id,
        here[0],
        ("neutron:fip_id", floating.id),
        str(floating.floating_ip_address),
        str(floating.port_id) if at.external_mac else uuids.resident_name(here[0]),
        qos.FLOATING_IP_PRIORITY,
    )
    return qos.applied(subject, rules)
