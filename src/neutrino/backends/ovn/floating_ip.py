"""A floating IP as OVN rows: a translation in its router, and a mark at its port.

Source: upstream, ovn_client.py, _create_or_update_floatingip. Translation is done at the gateway (centralised). The
row has the floating IP's id, so that it is changed in place when it moves.
"""

from neutrino.backends.ovn import nb, qos, uuids
from neutrino.backends.ovn.port import PortFacts
from neutrino.backends.ovn.router import RouterFacts
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import Port
from neutrino.model.router import Router
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Fragment, Place
from neutrino.reconcile.noun import See

MARK = "neutron:port_fip"  # ovn-octavia-provider watches it


def nat(floating: FloatingIp, router_id: str, mac: str) -> nb.NAT:
    """Return the NAT of *floating* (ovn-nb(5), NAT)."""
    return nb.NAT(
        type="dnat_and_snat",
        logical_ip=str(floating.fixed_ip_address),
        external_ip=str(floating.floating_ip_address),
        logical_port=floating.port_id,
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
    """Return what *floating* renders to: nothing, while it stands for no port."""
    if floating.port_id is None or floating.router_id is None:
        return None
    holder: PortFacts | None = see(Port, floating.floating_port_id)
    key = uuids.nat(floating.id)
    limits = quality(floating, floating.router_id, see)
    return Fragment(
        {key: columns(nat(floating, floating.router_id, holder.mac_address if holder else "")), **limits.rows},
        {
            Place(*uuids.router(floating.router_id), "nat"): frozenset({key.uuid}),
            Place(*uuids.port(floating.port_id), "external_ids"): {MARK: str(floating.floating_ip_address)},
            **limits.elements,
        },
    )


def quality(floating: FloatingIp, router_id: str, see: See) -> Fragment:
    """Return the rows of the floating IP's QoS policy, its own or the external network's, at the gateway's port."""
    rules = qos.rules_of(see, floating.qos_policy_id, floating.floating_network_id)
    router: RouterFacts | None = see(Router, router_id) if rules else None
    if router is None or router.gateway_port_id is None:
        return NOTHING
    subject = qos.Subject(
        floating.floating_network_id,
        router.gateway_port_id,
        ("neutron:fip_id", floating.id),
        str(floating.floating_ip_address),
        uuids.resident_name(router.gateway_port_id),
        qos.FLOATING_IP_PRIORITY,
    )
    return qos.applied(subject, rules)
