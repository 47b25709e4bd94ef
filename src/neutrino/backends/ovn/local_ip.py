"""A local IP as OVN rows: a load balancer whose backend each host has its own value for, and a router that hands on.

The load balancer is of whole protocols, on the network's switch; its backend is a template, which on each chassis means
the associated port there (ovn-nb(5), Chassis_Template_Var). It changes the destination's address only, while the frame
is still for whoever answered ARP. That is a router of the local IP's own, with a leg on the switch from which all
addresses are on its link: it answers for the local IP (`arp_proxy`), and brings packets to where their address is now,
an associated port or, untranslated, the local IP's own. Upstream has no rows for these.
"""

import hashlib

from neutrino.backends.ovn import chassis, nb, uuids
from neutrino.backends.ovn.port import PortFacts
from neutrino.backends.ovn.router import NEIGHBOUR_OPTIONS
from neutrino.backends.ovn.scheduling import AgentFacts
from neutrino.model.agent import Agent
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.port import Port
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import EVERY, See

OWNER = "local_ip"  # marks our load balancers
PREFIX = "local_ip_"  # of our template variables
_DROP = 2000  # before any rule of a security group


def variable(local_ip_id: str) -> str:
    """Return the template variable of a local IP: a name has no dashes."""
    return f"{PREFIX}{local_ip_id}".replace("-", "_")


def _name(local_ip: LocalIp) -> str:
    return f"local-ip-{local_ip.id}"


def _marks(local_ip: LocalIp) -> dict[str, str]:
    return {"neutron:local_ip_id": local_ip.id}


def _leg_name(local_ip: LocalIp) -> str:
    return f"lrp-{_name(local_ip)}"


def load_balancer(local_ip: LocalIp) -> nb.Load_Balancer:
    """Return the Load_Balancer of *local_ip* (ovn-nb(5), Load_Balancer)."""
    return nb.Load_Balancer(
        name=_name(local_ip),
        protocol=None,
        vips={str(local_ip.local_ip_address): f"^{variable(local_ip.id)}"},
        options={"template": "true", "address-family": "ipv4"},
        external_ids={"neutron:device_owner": OWNER, **_marks(local_ip)},
    )


def router(local_ip: LocalIp) -> nb.Logical_Router:
    """Return the Logical_Router of *local_ip* (ovn-nb(5), Logical_Router)."""
    return nb.Logical_Router(
        name=_name(local_ip), enabled=True, options=dict(NEIGHBOUR_OPTIONS), external_ids=_marks(local_ip)
    )


def leg(local_ip: LocalIp) -> nb.Logical_Router_Port:
    """Return the router's side of its leg (ovn-nb(5), Logical_Router_Port).

    Its own address is one that nobody may have on a link (RFC 3927, section 2.1); its prefix is everything.
    """
    digest = hashlib.sha256(local_ip.id.encode()).digest()
    return nb.Logical_Router_Port(
        name=_leg_name(local_ip),
        mac=":".join(f"{octet:02x}" for octet in (0x0A, *digest[:5])),  # of no vendor (IEEE 802, section 8.2.2)
        enabled=True,
        networks=frozenset({f"169.254.0.{1 + digest[5] % 254}/0"}),
        ha_chassis_group=None,
        ipv6_ra_configs={},
        external_ids=_marks(local_ip),
    )


def switch_leg(local_ip: LocalIp) -> nb.Logical_Switch_Port:
    """Return the switch's side of the leg, which answers ARP (ovn-nb(5), arp_proxy)."""
    return nb.Logical_Switch_Port(
        name=_name(local_ip),
        type="router",
        enabled=True,
        addresses=frozenset({"router"}),
        port_security=frozenset(),
        options={"router-port": _leg_name(local_ip), "arp_proxy": str(local_ip.local_ip_address)},
        external_ids=_marks(local_ip),
    )


def silence(local_ip: LocalIp) -> nb.ACL:
    """Return what keeps from the leg the questions of the port itself, whether somebody else has its address."""
    return nb.ACL(
        priority=_DROP,
        direction="from-lport",
        match=f'inport == "{local_ip.local_port_id}" && arp.tpa == {local_ip.local_ip_address}',
        action="drop",
        external_ids=_marks(local_ip),
    )


def fragment(local_ip: LocalIp, see: See) -> Fragment:  # noqa: ARG001 - a local IP sees nobody
    """Return what *local_ip* renders to."""
    tables = ("Load_Balancer", "Logical_Router", "Logical_Router_Port", "Logical_Switch_Port", "ACL")
    balancer, own_router, own_leg, port, acl = (uuids.named(table, f"local ip {local_ip.id}") for table in tables)
    rows: dict[Key, Columns] = {
        balancer: columns(load_balancer(local_ip)),
        own_router: columns(router(local_ip)),
        own_leg: columns(leg(local_ip)),
        port: columns(switch_leg(local_ip)),
        acl: columns(silence(local_ip)),
    }
    switch = uuids.switch(str(local_ip.network_id))
    elements: dict[Place, Elements] = {
        Place(*switch, "load_balancer"): frozenset({balancer.uuid}),
        Place(*switch, "ports"): frozenset({port.uuid}),
        Place(*switch, "acls"): frozenset({acl.uuid}),
        Place(*own_router, "ports"): frozenset({own_leg.uuid}),
    }
    return Fragment(rows, elements)


def association_fragment(association: LocalIpAssociation, see: See) -> Fragment | None:
    """Return what *association* renders to: on the chassis of its port, what the local IP means there.

    Of several on one host the greatest address wins, as everywhere where fragments disagree.
    """
    port: PortFacts | None = see(Port, association.fixed_port_id)
    agents: tuple[AgentFacts, ...] = see(Agent, EVERY)
    if port is None or not port.host:
        return None
    means = {variable(association.local_ip_id): str(association.fixed_ip)}
    there = {agent.chassis for agent in agents if agent.host == port.host}
    return Fragment(elements={Place(*chassis.variables_key(name), "variables"): means for name in sorted(there)})
