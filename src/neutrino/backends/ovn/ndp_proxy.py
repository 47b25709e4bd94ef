"""An NDP proxy as an OVN row: a translation of an address to itself, for which the router answers at its gateway.

Only the chassis that the gateway is on answers for translations (ovn-northd, lr_in_ip_input); ``arp_proxy`` of the
gateway's port would make every chassis of the network answer. Without state, because nothing is translated. Upstream
has no rows for these.
"""

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.router import RouterFacts
from neutrino.model.ndp_proxy import NdpProxy
from neutrino.model.router import Router
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment, Place
from neutrino.reconcile.noun import See


def nat(proxy: NdpProxy, router: RouterFacts) -> nb.NAT:
    """Return the NAT of *proxy* (ovn-nb(5), NAT)."""
    return nb.NAT(
        type="dnat_and_snat",
        logical_ip=str(proxy.ip_address),
        external_ip=str(proxy.ip_address),
        logical_port=None,
        # With one gateway OVN knows.
        gateway_port=uuids.router_port(router.gateways[0].port_id).uuid if len(router.gateways) > 1 else None,
        options={"stateless": "true"},
        external_ids={
            "neutron:ndp_proxy_id": proxy.id,
            "neutron:router_name": uuids.router_name(proxy.router_id),
        },
    )


def fragment(proxy: NdpProxy, see: See) -> Fragment | None:
    """Return what *proxy* renders to: nothing, while its router has no gateway or no NDP proxies."""
    router: RouterFacts | None = see(Router, proxy.router_id)
    if router is None or not router.gateways or not router.has_ndp_proxies:
        return None
    key = uuids.nat(proxy.id)
    return Fragment(
        {key: columns(nat(proxy, router))}, {Place(*uuids.router(proxy.router_id), "nat"): frozenset({key.uuid})}
    )
