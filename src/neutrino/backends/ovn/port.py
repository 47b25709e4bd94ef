"""A port as OVN rows: a logical switch port, in its switch and in its groups.

Source: upstream, ovn_client.py, _get_port_options and create_port. Not here: the router's side of a router's port
(router_port.py); its DHCP and DNS rows (port_dhcp.py, port_dns.py); who answers external ports (external.py).
"""

import json
from collections.abc import Hashable, Mapping
from uuid import UUID

import msgspec

from neutrino.backends.ovn import external, nb, port_dhcp, port_dns, profile, pvlan, qos, router_port, smart_nic, uuids
from neutrino.backends.ovn.binding import VHOST_USER
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.port_dhcp import DEVICES, Subnets
from neutrino.model.addressing import eui64
from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import BINDING_FAILED, DISTRIBUTED, FLOATING_IP, REMOTE_MANAGED, UNBOUND, Port
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import EVERY, See

_VIRTUAL = "virtual"
_BALANCER = "ovn-lb-vip-"
"""How ovn-octavia-provider calls the port of a load balancer's address: the load balancer has it, and not the port."""
_HEALTH_MONITOR = "ovn-lb-hm:distributed"
_HEALTH_MONITOR_DEVICE = "ovn-lb-hm"
"""Owner and beginning of the device id of the port from which each host of ovn-octavia-provider checks members."""
LINK_LOCAL = "fe80::/64"  # RFC 4862


class PortFacts(msgspec.Struct, frozen=True):
    """What a floating IP renders of the port that holds its address, and it and a local IP of one they stand for."""

    mac_address: str
    host: str
    network_id: str = ""


def facts(port: Port) -> Hashable:
    """Return what others see of *port*; nothing of most."""
    if port.device_owner == FLOATING_IP:
        return PortFacts(port.mac_address, host="")
    return PortFacts("", port.binding_host_id, port.network_id) if port.binding_host_id else None


def port_security(port: Port) -> frozenset[str]:
    """Return what *port* may send from (ovn-nb(5), port_security): empty for anything.

    Of a pair with another MAC, upstream also writes an entry of VRRPv3, which OVN before 26.03 refuses.
    """
    if not is_filtered(port):
        return frozenset()
    own = [port.mac_address, *(fixed.ip_address for fixed in port.fixed_ips)]
    others = set()
    for pair in port.allowed_address_pairs:
        if pair.mac_address in (None, port.mac_address):
            own.append(pair.ip_address)
        else:
            others.add(f"{pair.mac_address} {pair.ip_address}")
    return frozenset({" ".join(own), *others})


def is_filtered(port: Port) -> bool:
    """Return whether *port* is heard with its own addresses only; behind a switch of hardware are any."""
    return port.is_filtered and profile.gateway(port) is None


def addresses(port: Port, *, has_dhcp: bool) -> frozenset[str]:
    """Return where OVN delivers *port*'s traffic (ovn-nb(5), addresses); without security, any address."""
    own = " ".join([port.mac_address, *(fixed.ip_address for fixed in port.fixed_ips)])
    if port.is_of_router:
        return frozenset({"router"})
    if profile.gateway(port):
        return frozenset({"unknown"})
    if port.name.startswith(_BALANCER) and not port.device_owner and port.binding_vif_type == UNBOUND:
        return frozenset()
    if _is_of_health_monitor(port):
        # OVN answers ARP for it with the monitor's MAC, but with this port's until the monitor's flows are there:
        # without an address here there is no wrong answer for a member to keep (docs/measured.md).
        return frozenset({port.mac_address})
    if is_everywhere(port):
        return frozenset({own, *_other_macs(port)})
    if port.is_local_ip:
        # Of a port with an unknown address, OVN answers no ARP itself: the local IP's own port does (local_ip.py).
        return frozenset({own, "unknown", *_other_macs(port)})
    if is_filtered(port) or is_virtual(port):
        if port.pvlan_type:  # by what it sends from, another host knows how it stands (pvlan.py)
            own += f" {eui64(LINK_LOCAL, port.mac_address)}"
        return frozenset({own, *_other_macs(port)})
    return frozenset({own, "unknown"} if has_dhcp else {"unknown"})


def _other_macs(port: Port) -> set[str]:
    return {pair.mac_address for pair in port.allowed_address_pairs if pair.mac_address} - {port.mac_address}


def is_virtual(port: Port) -> bool:
    """Return whether *port* is an address that others share: whoever of them says so has it (ovn-nb(5), virtual)."""
    if profile.nest(port) or profile.gateway(port):
        return False
    return bool(port.virtual_parents) and not port.binding_host_id


def is_everywhere(port: Port) -> bool:
    """Return whether each chassis has *port* for itself (ovn-nb(5), localport): of metadata, or of health monitors."""
    return port.device_owner == DISTRIBUTED or _is_of_health_monitor(port)


def _is_of_health_monitor(port: Port) -> bool:
    return port.device_owner == _HEALTH_MONITOR and port.device_id.startswith(_HEALTH_MONITOR_DEVICE)


def quality(port: Port, see: See) -> tuple[Mapping[str, str], Fragment]:
    """Return the options and the rows of the port's QoS policy, its own or its network's; not of service ports."""
    if port.device_owner.startswith(DEVICES):
        return {}, NOTHING
    rules = qos.rules_of(see, port.qos_policy_id, port.network_id)
    if not rules:
        return {}, NOTHING
    network: NetworkFacts | None = see(Network, port.network_id)
    options = qos.guarantee(rules) if network and network.physical_network else {}
    subject = qos.Subject(port.network_id, port.id, ("neutron:port_id", port.id))
    return options, qos.applied(subject, rules, is_guaranteed=bool(options))


def options(port: Port, see: See) -> dict[str, str]:
    """Return where *port* is to be bound: at its host, or at two while it migrates (ovn-nb(5), requested-chassis)."""
    if port.is_of_router:
        return router_port.lsp_options(port)
    # A name without quotes would be a symbol to ovn-controller, which then answers no DHCP at all.
    named = {"hostname": json.dumps(port.dns_name.partition(".")[0])} if port.dns_name else {}
    if switch := profile.gateway(port):
        return dict(switch)
    if is_virtual(port):
        return {"virtual-ip": port.virtual_ip, "virtual-parents": ",".join(port.virtual_parents)}
    host = port.binding_host_id
    if port.binding_vnic_type == REMOTE_MANAGED:
        network: NetworkFacts | None = see(Network, port.network_id)
        named |= smart_nic.plugged(port, network.mtu) if network else {}
        host = smart_nic.host(port, see(Agent, EVERY))
    if not host or port.is_external:
        return named
    if target := _target(port):
        # OVN does not see that of ports of DPDK (upstream's bug 2092407).
        waits = {} if port.binding_vif_type == VHOST_USER else {"activation-strategy": "rarp"}
        return named | {"requested-chassis": f"{host},{target}"} | waits
    return named | {"requested-chassis": host}


def _target(port: Port) -> str:
    """Return the host that *port* migrates to: Nova names it, or has bound the port there too."""
    named = port.binding_profile.get("migrating_to")
    if isinstance(named, str) and named:
        return named
    ready = (one.host for one in port.inactive_bindings if one.vif_type not in (UNBOUND, BINDING_FAILED))
    return next(ready, "")


def external_ids(port: Port, subnets: Subnets, scopes: Mapping[int, str], mtu: str = "") -> dict[str, str]:
    """Return the marks of *port*: upstream's keys, without the revision number; *mtu* only where it is told there."""
    capabilities = port.binding_profile.get("capabilities")
    # Upstream writes it once the port is up, which here would be a second change of the row for each instance.
    host = {"neutron:host_id": port.binding_host_id} if port.binding_host_id else {}
    return host | {
        "neutron:port_name": port.name,
        "neutron:device_id": port.device_id,
        "neutron:project_id": port.project_id,
        "neutron:cidrs": " ".join(f"{address}/{facts.prefix_length}" for address, facts in subnets),
        "neutron:device_owner": port.device_owner,
        "neutron:subnet_pool_addr_scope4": scopes.get(4, ""),
        "neutron:subnet_pool_addr_scope6": scopes.get(6, ""),
        "neutron:network_name": uuids.switch_name(port.network_id),
        "neutron:security_group_ids": " ".join(groups(port)),
        "neutron:vnic_type": port.binding_vnic_type,
        "neutron:port_capabilities": ";".join(map(str, capabilities)) if isinstance(capabilities, list) else "",
        "neutron:mtu": mtu,
    }


def groups(port: Port) -> tuple[str, ...]:
    """Return the ids of the security groups that apply to *port*."""
    return () if port.is_trusted else port.security_groups


def _type(port: Port) -> str:
    if port.is_of_router:
        return "router"
    if is_everywhere(port):
        return "localport"
    if profile.gateway(port):
        return "vtep"
    if port.is_external:
        return "external"
    return _VIRTUAL if is_virtual(port) else ""


def logical_switch_port(
    port: Port,
    marks: dict[str, str],
    dhcp: tuple[UUID | None, UUID | None],
    options: dict[str, str],
    chassis_group: UUID | None = None,
) -> nb.Logical_Switch_Port:
    """Return the Logical_Switch_Port of *port* (ovn-nb(5), Logical_Switch_Port).

    *marks* are its `external_ids`, *dhcp* its DHCP options, v4 and v6; *chassis_group* is, of an external port, who
    answers it.
    """
    v4, v6 = dhcp
    parent, tag = profile.nest(port) or (None, None)
    return nb.Logical_Switch_Port(
        name=port.id,
        type=_type(port),
        enabled=port.admin_state_up,
        addresses=addresses(port, has_dhcp=v4 is not None or v6 is not None),
        port_security=port_security(port),
        parent_name=parent,
        tag_request=tag,
        dhcpv4_options=v4,
        dhcpv6_options=v6,
        ha_chassis_group=chassis_group,
        options=options,
        external_ids=marks,
    )


def _scopes(subnets: Subnets, see: See) -> dict[int, str]:
    """Return the address scope of the port's subnets, by IP version: that of the pool that they are of."""
    out = {}
    for _, facts in subnets:
        scope = see(SubnetPool, facts.subnetpool_id) if facts.subnetpool_id else None
        if scope is not None:
            out[facts.ip_version] = scope
    return out


def fragment(port: Port, see: See) -> Fragment | None:
    """Return what *port* renders to; ports that only keep a floating IP's address have no row."""
    if port.device_owner == FLOATING_IP:
        return None
    seen = [(fixed.ip_address, see(Subnet, fixed.subnet_id)) for fixed in port.fixed_ips]
    subnets = [(address, facts) for address, facts in seen if facts is not None]
    key = uuids.port(port.id)
    member = frozenset({key.uuid})
    group_names = [uuids.port_group_name(group) for group in groups(port)]
    if is_filtered(port):
        group_names.append(uuids.DROP_GROUP)
    elements: dict[Place, Elements] = {Place(*uuids.switch(port.network_id), "ports"): member}
    elements.update({Place(*uuids.port_group(name), "ports"): member for name in group_names})
    is_told = port.extra_dhcp_opts or port.dns_name or is_everywhere(port)
    named: NetworkFacts | None = see(Network, port.network_id) if is_told else None
    v4, rows_v4 = port_dhcp.options_of(port, subnets, named, 4)
    v6, rows_v6 = port_dhcp.options_of(port, subnets, named, 6)
    guarantees, limits = quality(port, see)
    private = pvlan.membership(port)
    group, group_rows = external.chassis_group(port, see) if port.is_external else (None, NOTHING)
    elements.update({**limits.elements, **private.elements, **group_rows.elements})
    mtu = str(named.mtu) if named and is_everywhere(port) else ""  # each host's agent makes a device of it
    marks = external_ids(port, subnets, _scopes(subnets, see), mtu)
    row = logical_switch_port(port, marks, (v4, v6), {**options(port, see), **guarantees}, group and group.uuid)
    rows: dict[Key, Columns] = {key: columns(row), **limits.rows, **private.rows, **rows_v4, **rows_v6}
    rows.update(group_rows.rows)
    if named is not None:
        names = port_dns.fragment(port, named.dns_domain)
        rows.update(names.rows)
        elements.update(names.elements)
    if port.is_of_router:
        there = [(fixed.subnet_id, fixed.ip_address) for fixed in port.fixed_ips]
        known = [(*at, facts) for at, (_, facts) in zip(there, seen, strict=True) if facts is not None]
        other = router_port.fragment(port, known, see)
        rows.update(other.rows)
        elements.update(other.elements)
    return Fragment(rows, elements)
