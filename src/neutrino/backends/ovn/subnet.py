"""A subnet as OVN rows: its DHCP options.

Source: upstream, ovn_client.py, _get_ovn_dhcpv4_opts and _get_ovn_dhcpv6_opts. Not here: router advertisements, which
belong to router ports; per-port options.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.model.network import Network
from neutrino.model.subnet import SLAAC, STATELESS, Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment
from neutrino.reconcile.noun import See

_LEASE_S = 43200  # upstream's default, [ovn] dhcp_default_lease_time
# Who answers where there is no gateway: nobody has this address on the link, and clients that renew broadcast (RFC
# 2131).
_NO_GATEWAY = "169.254.169.254"
_NO_RESOLVER = ("0.0.0.0", "::")  # noqa: S104 - by convention: do not tell of any (upstream, config-dns-res)


@dataclass(frozen=True, slots=True)
class SubnetFacts:
    """What ports render of their subnets: the prefix, the DHCP options, if any, and what routers need."""

    ip_version: int
    prefix_length: str
    dhcp: UUID | None
    is_stateless: bool
    cidr: str
    gateway_ip: str | None
    ra_mode: str | None
    subnetpool_id: str | None = None


def facts(subnet: Subnet) -> Hashable:
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
        subnetpool_id=subnet.subnetpool_id,
    )


def pool_facts(pool: SubnetPool) -> Hashable:
    """Return what ports see of the pool of their subnet: its address scope."""
    return pool.address_scope_id


def pool_fragment(pool: SubnetPool, see: See) -> None:
    """Return what *pool* renders to: nothing."""


def has_dhcp(subnet: Subnet) -> bool:
    """Say whether OVN answers DHCP on *subnet*; with SLAAC addresses come from router advertisements alone."""
    return subnet.enable_dhcp and not (subnet.ip_version == 6 and subnet.ipv6_address_mode == SLAAC)


def dhcp_options(subnet: Subnet, mtu: int) -> nb.DHCP_Options:
    """Return the DHCP_Options of *subnet* (ovn-nb(5), DHCP_Options)."""
    return nb.DHCP_Options(
        cidr=subnet.cidr,
        options=_options_v4(subnet, mtu) if subnet.ip_version == 4 else _options_v6(subnet),
        external_ids={"subnet_id": subnet.id, "neutron:network_id": subnet.network_id},
    )


def _options_v4(subnet: Subnet, mtu: int) -> dict[str, str]:
    options = {
        "server_id": subnet.gateway_ip or _NO_GATEWAY,
        "server_mac": uuids.mac(subnet.id),
        "lease_time": str(_LEASE_S),
        "mtu": str(mtu),
    }
    if subnet.gateway_ip:
        options["router"] = subnet.gateway_ip
    routes = [f"{route.destination},{route.nexthop}" for route in subnet.host_routes]
    if routes:
        if subnet.gateway_ip:
            # Clients that get this option ignore the router option (RFC 3442).
            routes.append(f"0.0.0.0/0,{subnet.gateway_ip}")
        options["classless_static_route"] = _listed(routes)
    return options | _resolvers(subnet)


def _options_v6(subnet: Subnet) -> dict[str, str]:
    options = {"server_id": uuids.mac(subnet.id)}
    if subnet.ipv6_address_mode == STATELESS:
        options["dhcpv6_stateless"] = "true"
    return options | _resolvers(subnet)


def _resolvers(subnet: Subnet) -> dict[str, str]:
    servers = subnet.dns_nameservers
    return {"dns_server": _listed(servers)} if servers and not set(servers) & set(_NO_RESOLVER) else {}


def _listed(items: list[str] | tuple[str, ...]) -> str:
    return "{" + ", ".join(items) + "}"


def fragment(subnet: Subnet, see: See) -> Fragment:
    """Return what *subnet* renders to."""
    network: NetworkFacts | None = see(Network, subnet.network_id)
    if network is None or not has_dhcp(subnet):
        return Fragment()
    return Fragment({uuids.dhcp(subnet.id): columns(dhcp_options(subnet, network.mtu))})
