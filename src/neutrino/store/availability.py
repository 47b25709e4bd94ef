"""How many addresses networks have and use, and which availability zones there are: one statement each.

Here: the statements and what follows from their rows. Not here: HTTP.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from operator import add
from typing import Any

import msgspec
from sqlalchemy import select

from neutrino.model.agent import GATEWAY_AGENT, Agent
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.subnet import AllocationPool, Subnet
from neutrino.store.statements import Connection
from neutrino.store.tables import CHILDREN, TABLES, address_key

_networks, _subnets, _ips, _agents = TABLES[Network], TABLES[Subnet], CHILDREN[Port]["fixed_ips"], TABLES[Agent]
_ADDRESSES = (
    select(_ips.c.subnet_id, _ips.c.ip_address_key)
    .select_from(_networks.join(_subnets, _subnets.c.network_id == _networks.c.id))
    .join(_ips, _ips.c.subnet_id == _subnets.c.id)
)
_ALL = (
    select(
        _networks.c.id.label("network_id"),
        _networks.c.name.label("network_name"),
        _networks.c.project_id,
        _subnets.c.id.label("subnet_id"),
        _subnets.c.name.label("subnet_name"),
        _subnets.c.cidr,
        _subnets.c.ip_version,
        _subnets.c.allocation_pools,
    )
    .select_from(_networks.outerjoin(_subnets, _subnets.c.network_id == _networks.c.id))
    .order_by(_networks.c.id, _subnets.c.created_at, _subnets.c.id)
)
FILTERS: Mapping[str, Any] = {
    "network_id": _networks.c.id,
    "network_name": _networks.c.name,
    "project_id": _networks.c.project_id,
    "tenant_id": _networks.c.project_id,
    "ip_version": _subnets.c.ip_version,
}
_ZONES = select(_agents.c.availability_zone, _agents.c.alive).where(
    _agents.c.agent_type == GATEWAY_AGENT, _agents.c.availability_zone != ""
)
_pools = msgspec.json.Decoder(tuple[AllocationPool, ...]).decode


class Details(msgspec.Struct, frozen=True):
    """Addresses in all, and those of allocation pools (extension network-ip-availability-details)."""

    total_ips_in_subnet: int = 0
    total_ips_in_allocation_pool: int = 0
    used_ips_in_subnet: int = 0
    used_ips_in_allocation_pool: int = 0

    def plus(self, other: "Details") -> "Details":
        """Return both together."""
        return Details(*map(add, msgspec.structs.astuple(self), msgspec.structs.astuple(other)))


class SubnetAvailability(msgspec.Struct, frozen=True):
    """How many addresses the pools of a subnet have, and how many of the subnet's are given out."""

    subnet_id: str
    subnet_name: str
    cidr: str
    ip_version: int
    total_ips: int
    used_ips: int
    ip_availability_details: Details


class NetworkAvailability(msgspec.Struct):
    """The same of all subnets of a network."""

    network_id: str
    network_name: str
    project_id: str
    tenant_id: str
    total_ips: int = 0
    used_ips: int = 0
    subnet_ip_availability: list[SubnetAvailability] = msgspec.field(default_factory=list)
    ip_availability_details: Details = Details()


def networks(connection: Connection, filters: Mapping[str, Sequence[object]]) -> list[NetworkAvailability]:
    """Return the availability of the networks that *filters* (by a name in `FILTERS`) select."""
    statement = _ALL
    for name, values in filters.items():
        statement = statement.where(FILTERS[name].in_(values))
    found: dict[str, NetworkAvailability] = {}
    given_out = _given_out(connection, filters)
    for row in connection.execute(statement):
        network = found.get(row.network_id)
        if network is None:
            network = NetworkAvailability(row.network_id, row.network_name, row.project_id, row.project_id)
            found[row.network_id] = network
        if row.subnet_id is not None:
            pools, taken = _pools(row.allocation_pools), given_out.get(row.subnet_id, [])
            total = _size(row.cidr, pools)
            details = _details(row.cidr, pools, taken)
            network.subnet_ip_availability.append(
                SubnetAvailability(row.subnet_id, row.subnet_name, row.cidr, row.ip_version, total, len(taken), details)
            )
            network.ip_availability_details = network.ip_availability_details.plus(details)
            network.total_ips += total
            network.used_ips += len(taken)
    return list(found.values())


def _given_out(connection: Connection, filters: Mapping[str, Sequence[object]]) -> Mapping[str, list[str]]:
    """Return the keys of the addresses that are given out, by subnet."""
    statement = _ADDRESSES
    for name, values in filters.items():
        statement = statement.where(FILTERS[name].in_(values))
    found: dict[str, list[str]] = {}
    for subnet_id, key in connection.execute(statement):
        found.setdefault(subnet_id, []).append(key)
    return found


def _details(cidr: str, pools: Sequence[AllocationPool], taken: Sequence[str]) -> Details:
    """Return the details of a subnet of which *taken* are given out."""
    net = ipaddress.ip_network(cidr)
    bounds = [(address_key(pool.start), address_key(pool.end)) for pool in pools]
    return Details(
        total_ips_in_subnet=net.num_addresses - (2 if net.version == 4 else 0),  # upstream: whatever its length
        total_ips_in_allocation_pool=_size(cidr, pools) if pools else 0,
        used_ips_in_subnet=len(taken),
        used_ips_in_allocation_pool=sum(any(low <= key <= high for low, high in bounds) for key in taken),
    )


def _size(cidr: str, pools: Sequence[AllocationPool]) -> int:
    """Return how many addresses *pools* have; without any, the whole subnet's."""
    if not pools:
        return ipaddress.ip_network(cidr).num_addresses
    return sum(int(ipaddress.ip_address(pool.end)) - int(ipaddress.ip_address(pool.start)) + 1 for pool in pools)


def zones(connection: Connection) -> dict[str, bool]:
    """Return the availability zones of the gateways, each with whether one of its gateways is alive."""
    out: dict[str, bool] = {}
    for text, alive in connection.execute(_ZONES):
        for zone in str(text).split(", "):
            out[zone] = out.get(zone, False) or bool(alive)
    return dict(sorted(out.items()))
