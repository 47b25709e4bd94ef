"""A port as OVN rows: a logical switch port, in its switch and in its groups.

Source: upstream, ovn_client.py, _get_port_options and create_port. Not here: the router's side of a router's port
(router_port.py); ports of metadata, virtual and external ports.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from neutrino.backends.ovn import nb, qos, router_port, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.subnet import SubnetFacts
from neutrino.model.network import Network
from neutrino.model.port import FLOATING_IP, Port
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Columns, Elements, Fragment, Key, Place
from neutrino.reconcile.noun import See

_DEVICES = ("network:", "neutron:")  # owners that need no DHCP (neutron-lib, DEVICE_OWNER_PREFIXES)

NO_OPTIONS: Mapping[str, str] = {}
Subnets = Sequence[tuple[str, SubnetFacts]]
"""Addresses of a port, each with what the port sees of its subnet."""


@dataclass(frozen=True, slots=True)
class PortFacts:
    """What a floating IP renders of the port that holds its address, and of the one that it stands for."""

    mac_address: str
    is_bound: bool


def facts(port: Port) -> Hashable:
    """Return what others see of *port*; nothing of most."""
    if port.device_owner == FLOATING_IP:
        return PortFacts(port.mac_address, is_bound=False)
    return PortFacts("", is_bound=True) if port.binding_host_id else None


def port_security(port: Port) -> frozenset[str]:
    """Return what *port* may send from (ovn-nb(5), port_security): empty for anything.

    Of a pair with another MAC, upstream also writes an entry of VRRPv3, which OVN before 26.03 refuses.
    """
    if not port.is_filtered:
        return frozenset()
    own = [port.mac_address, *(fixed.ip_address for fixed in port.fixed_ips)]
    others = set()
    for pair in port.allowed_address_pairs:
        if pair.mac_address in (None, port.mac_address):
            own.append(pair.ip_address)
        else:
            others.add(f"{pair.mac_address} {pair.ip_address}")
    return frozenset({" ".join(own), *others})


def addresses(port: Port, *, has_dhcp: bool) -> frozenset[str]:
    """Return where OVN delivers *port*'s traffic (ovn-nb(5), addresses); without security, any address."""
    own = " ".join([port.mac_address, *(fixed.ip_address for fixed in port.fixed_ips)])
    if port.is_of_router:
        return frozenset({"router"})
    if port.is_filtered:
        macs = {pair.mac_address for pair in port.allowed_address_pairs if pair.mac_address}
        return frozenset({own, *(macs - {port.mac_address})})
    return frozenset({own, "unknown"} if has_dhcp else {"unknown"})


def dhcp(port: Port, subnets: Subnets, version: int) -> UUID | None:
    """Return the DHCP options of *port*: its first subnet's that has any; for IPv6 rather one that gives addresses."""
    if port.device_owner.startswith(_DEVICES):
        return None
    rows = [(facts.is_stateless, facts.dhcp) for _, facts in subnets if facts.ip_version == version and facts.dhcp]
    return min(rows, key=lambda row: row[0])[1] if rows else None


def quality(port: Port, see: See) -> tuple[Mapping[str, str], Fragment]:
    """Return the options and the rows of the port's QoS policy, its own or its network's; not of service ports."""
    if port.device_owner.startswith(_DEVICES):
        return {}, NOTHING
    rules = qos.rules_of(see, port.qos_policy_id, port.network_id)
    if not rules:
        return {}, NOTHING
    network: NetworkFacts | None = see(Network, port.network_id)
    options = qos.guarantee(rules) if network and network.physical_network else {}
    subject = qos.Subject(port.network_id, port.id, ("neutron:port_id", port.id))
    return options, qos.applied(subject, rules, is_guaranteed=bool(options))


def options(port: Port) -> dict[str, str]:
    """Return where *port* is to be bound: at its host, or at two while it migrates (ovn-nb(5), requested-chassis)."""
    if port.is_of_router:
        return router_port.lsp_options(port)
    if not port.binding_host_id:
        return {}
    target = port.binding_profile.get("migrating_to")
    if isinstance(target, str) and target:
        return {"requested-chassis": f"{port.binding_host_id},{target}", "activation-strategy": "rarp"}
    return {"requested-chassis": port.binding_host_id}


def external_ids(port: Port, subnets: Subnets, scopes: Mapping[int, str]) -> dict[str, str]:
    """Return the marks of *port*: upstream's keys, without the revision number."""
    capabilities = port.binding_profile.get("capabilities")
    return {
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
        "neutron:mtu": "",
    }


def groups(port: Port) -> tuple[str, ...]:
    """Return the ids of the security groups that apply to *port*."""
    return () if port.is_trusted else port.security_groups


def logical_switch_port(
    port: Port, subnets: Subnets, scopes: Mapping[int, str], more: Mapping[str, str] = NO_OPTIONS
) -> nb.Logical_Switch_Port:
    """Return the Logical_Switch_Port of *port* (ovn-nb(5), Logical_Switch_Port)."""
    v4, v6 = dhcp(port, subnets, 4), dhcp(port, subnets, 6)
    parent, tag = port.binding_profile.get("parent_name"), port.binding_profile.get("tag")
    is_nested = isinstance(parent, str) and isinstance(tag, int)
    return nb.Logical_Switch_Port(
        name=port.id,
        type="router" if port.is_of_router else "",
        enabled=port.admin_state_up,
        addresses=addresses(port, has_dhcp=v4 is not None or v6 is not None),
        port_security=port_security(port),
        parent_name=parent if is_nested and isinstance(parent, str) else None,
        tag_request=tag if is_nested and isinstance(tag, int) else None,
        dhcpv4_options=v4,
        dhcpv6_options=v6,
        options={**options(port), **more},
        external_ids=external_ids(port, subnets, scopes),
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
    names = [uuids.port_group_name(group) for group in groups(port)]
    if port.is_filtered:
        names.append(uuids.DROP_GROUP)
    elements: dict[Place, Elements] = {Place(*uuids.switch(port.network_id), "ports"): member}
    elements.update({Place(*uuids.port_group(name), "ports"): member for name in names})
    more, limits = quality(port, see)
    elements.update(limits.elements)
    row = logical_switch_port(port, subnets, _scopes(subnets, see), more)
    rows: dict[Key, Columns] = {key: columns(row), **limits.rows}
    if port.is_of_router:
        there = [(fixed.subnet_id, fixed.ip_address) for fixed in port.fixed_ips]
        known = [(*at, facts) for at, (_, facts) in zip(there, seen, strict=True) if facts is not None]
        other = router_port.fragment(port, known, see)
        rows.update(other.rows)
        elements.update(other.elements)
    return Fragment(rows, elements)
