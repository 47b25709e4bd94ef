"""A subnet as OVN rows: its DHCP options.

Source: upstream, ovn_client.py, _get_ovn_dhcpv4_opts and _get_ovn_dhcpv6_opts. Not here: router advertisements, which
belong to router ports; the rows of ports with options of their own (port_dhcp.py).
"""

import ipaddress
import json
from collections.abc import Hashable
from uuid import UUID

import msgspec

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.settings import DEFAULTS, Settings
from neutrino.model.dns import domain_of, has_names
from neutrino.model.network import Network
from neutrino.model.subnet import SLAAC, STATELESS, Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment
from neutrino.reconcile.noun import See

METADATA = "169.254.169.254"
"""Where instances ask who they are; and who answers DHCP where there is neither a gateway nor a metadata port: nobody
has this address on the link then, and clients that renew broadcast (RFC 2131)."""
METADATA_V6, ROUTE_INFO = "fe80::a9fe:a9fe", "route_info"
_NO_RESOLVER = ("0.0.0.0", "::")  # noqa: S104 - by convention: do not tell of any (upstream, config-dns-res)


class SubnetFacts(msgspec.Struct, frozen=True):
    """What ports render of their subnets: the prefix, the DHCP options, if any, and what routers need."""

    ip_version: int
    prefix_length: str
    dhcp: UUID | None
    is_stateless: bool
    cidr: str
    gateway_ip: str | None
    ra_mode: str | None
    subnetpool_id: str | None = None
    advertised: tuple[tuple[str, str], ...] = ()  # by the router's port, besides how addresses are had
    options: tuple[tuple[str, str], ...] = ()  # of DHCP, the network's apart


def facts(subnet: Subnet, settings: Settings = DEFAULTS) -> Hashable:
    """Return what others see of *subnet*."""
    row = uuids.dhcp(subnet.id).uuid if has_dhcp(subnet) else None
    return SubnetFacts(
        ip_version=subnet.ip_version,
        prefix_length=subnet.cidr.partition("/")[2],
        dhcp=row,
        is_stateless=subnet.ipv6_address_mode == STATELESS,
        cidr=subnet.cidr,
        gateway_ip=subnet.gateway_ip,
        ra_mode=subnet.ipv6_ra_mode,
        options=tuple(sorted(_options(subnet, settings).items())) if row else (),
        subnetpool_id=subnet.subnetpool_id,
        advertised=tuple(sorted(_advertised(subnet, settings).items())) if subnet.ipv6_ra_mode else (),
    )


def pool_facts(pool: SubnetPool) -> Hashable:
    """Return what ports see of the pool of their subnet: its address scope."""
    return pool.address_scope_id


def pool_fragment(pool: SubnetPool, see: See) -> None:
    """Return what *pool* renders to: nothing."""


def has_dhcp(subnet: Subnet) -> bool:
    """Say whether OVN answers DHCP on *subnet*; with SLAAC addresses come from router advertisements alone."""
    return subnet.enable_dhcp and not (subnet.ip_version == 6 and subnet.ipv6_address_mode == SLAAC)


def full_options(facts: SubnetFacts, mtu: int) -> dict[str, str]:
    """Return the DHCP options of a subnet on a network of *mtu*."""
    return dict(facts.options) | ({"mtu": str(mtu)} if facts.ip_version == 4 else {})


def dhcp_options(subnet: Subnet, mtu: int, settings: Settings = DEFAULTS) -> nb.DHCP_Options:
    """Return the DHCP_Options of *subnet* (ovn-nb(5), DHCP_Options)."""
    options = _options(subnet, settings)
    return nb.DHCP_Options(
        cidr=subnet.cidr,
        options=options | {"mtu": str(mtu)} if subnet.ip_version == 4 else options,
        external_ids={"subnet_id": subnet.id, "neutron:network_id": subnet.network_id},
    )


def _options(subnet: Subnet, settings: Settings) -> dict[str, str]:
    options = _options_v4(subnet, settings) if subnet.ip_version == 4 else _options_v6(subnet)
    if servers := _resolvers(subnet, settings):
        options["dns_server"] = _listed(servers)
    for name, value in settings.dhcp_options.get(subnet.ip_version, {}).items():
        if value:
            options[name] = value
        else:
            options.pop(name, None)
    return options


def _options_v4(subnet: Subnet, settings: Settings) -> dict[str, str]:
    options = {
        "server_id": subnet.gateway_ip or subnet.metadata_ip or METADATA,
        "server_mac": uuids.mac(subnet.id),
        "lease_time": str(settings.lease_s),
    }
    if has_names(domain_of(settings.dns_domain)):
        options["domain_name"] = json.dumps(settings.dns_domain)
    if subnet.gateway_ip:
        options["router"] = subnet.gateway_ip
    routes = [f"{METADATA}/32,{subnet.metadata_ip}"] if subnet.metadata_ip else []
    routes += [f"{route.destination},{route.nexthop}" for route in subnet.host_routes]
    if routes:
        if subnet.gateway_ip:
            # Clients that get this option ignore the router option (RFC 3442).
            routes.append(f"0.0.0.0/0,{subnet.gateway_ip}")
        options["classless_static_route"] = _listed(routes)
    return options


def _options_v6(subnet: Subnet) -> dict[str, str]:
    options = {"server_id": uuids.mac(subnet.id)}
    if subnet.ipv6_address_mode == STATELESS:
        options["dhcpv6_stateless"] = "true"
    return options


def _advertised(subnet: Subnet, settings: Settings) -> dict[str, str]:
    """Return what a router advertises to instances of *subnet* (ovn-nb(5), ipv6_ra_configs).

    Where they ask no DHCP, that is a resolver, of which OVN takes one, and the domain; and everywhere that they may ask
    for metadata by the router, as upstream's agents advertise it too.
    """
    out = {ROUTE_INFO: f"MEDIUM-{METADATA_V6}/128"} if settings.has_metadata else {}
    if subnet.ipv6_ra_mode != SLAAC:
        return out
    six = [one for one in _resolvers(subnet, settings) if ":" in one]
    if six:
        out["rdnss"] = six[0]
    if has_names(domain_of(settings.dns_domain)):
        out["dnssl"] = settings.dns_domain
    return out


def _resolvers(subnet: Subnet, settings: Settings) -> list[str]:
    """Return whom instances ask for names: whom the subnet or the operator names, else the resolver of their host.

    That one hears at the metadata port's address (agent/listeners.py).
    """
    version = subnet.ip_version
    configured = [one for one in settings.dns_servers if ipaddress.ip_address(one).version == version]
    own = [subnet.metadata_ip] if subnet.metadata_ip and settings.has_resolvers else []
    servers = list(subnet.dns_nameservers or configured or own)
    return [] if set(servers) & set(_NO_RESOLVER) else servers


def _listed(items: list[str] | tuple[str, ...]) -> str:
    return "{" + ", ".join(items) + "}"


def fragment(subnet: Subnet, see: See, settings: Settings = DEFAULTS) -> Fragment:
    """Return what *subnet* renders to."""
    network: NetworkFacts | None = see(Network, subnet.network_id)
    if network is None or not has_dhcp(subnet):
        return Fragment()
    return Fragment({uuids.dhcp(subnet.id): columns(dhcp_options(subnet, network.mtu, settings))})
