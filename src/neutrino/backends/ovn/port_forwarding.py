"""The port forwardings of a floating IP as OVN rows: a load balancer of each protocol, each VIP with one backend.

Source: upstream, services/portforwarding/drivers/ovn/driver.py. The load balancer is on the router, and on the switches
of its interfaces, for traffic from there. Ranges are further VIPs of the same row; upstream has a row for each port.
"""

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.router import RouterFacts
from neutrino.model.floating_ip import FloatingIp
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place

OWNER = "port_forwarding_plugin"  # marks our load balancers: others belong to ovn-octavia-provider


def load_balancer(floating: FloatingIp, router_id: str, protocol: str) -> nb.Load_Balancer:
    """Return the Load_Balancer of what is forwarded of *protocol* (ovn-nb(5), Load_Balancer)."""
    vips = {
        f"{floating.floating_ip_address}:{outer}": f"{one.internal_ip_address}:{inner}"
        for one in floating.translations
        if one.protocol == protocol
        for outer, inner in one.pairs()
    }
    return nb.Load_Balancer(
        name=f"pf-floatingip-{floating.id}-{protocol}",
        protocol=protocol,
        vips=vips,
        external_ids={
            "neutron:device_owner": OWNER,
            "neutron:fip_id": floating.id,
            "neutron:router_name": uuids.router_name(router_id),
        },
    )


def fragment(floating: FloatingIp, router_id: str, router: RouterFacts | None) -> Fragment:
    """Return what the port forwardings of *floating* render to."""
    rows: dict[Key, Columns] = {}
    for protocol in sorted({one.protocol for one in floating.translations}):
        key = uuids.named("Load_Balancer", f"{floating.id} {protocol}")
        rows[key] = columns(load_balancer(floating, router_id, protocol))
    balancers = frozenset(key.uuid for key in rows)
    elements: dict[Place, Elements] = {Place(*uuids.router(router_id), "load_balancer"): balancers}
    for leg in router.interfaces if router is not None else ():
        elements[Place(*uuids.switch(leg.network_id), "load_balancer")] = balancers
    return Fragment(rows, elements)
