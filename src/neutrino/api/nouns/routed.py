"""Networks that are routed between segments: which subnets a host reaches, and routes from one to the others.

A network is routed when its subnets are on segments. A port there gets its addresses when its host is known.
"""

import ipaddress
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam

from neutrino.api.request import Request
from neutrino.model.agent import Agent
from neutrino.model.faults.segment import (
    FixedIpsSubnetsNotOnSameSegment,
    HostNotCompatibleWithFixedIps,
    HostNotConnectedToAnySegment,
)
from neutrino.model.network import Network
from neutrino.model.port import FixedIp, Port
from neutrino.model.segment import Segment
from neutrino.model.subnet import HostRoute, Subnet
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_AGENTS_ON = select_all(Agent).where(TABLES[Agent].c.host.in_(bindparam("hosts", expanding=True)))
_SEGMENTS = select_all(Segment).where(TABLES[Segment].c.network_id == bindparam("network_id"))


def reached(tx: Transaction, request: Request, hosts: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Return the physical networks that each of *hosts* reaches, as their agents say."""
    if not hosts:
        return {}
    agents: dict[str, list[Agent]] = {host: [] for host in hosts}
    for row in tx.connection.execute(_AGENTS_ON, {"hosts": list(hosts)}):
        agents[row.host].append(to_resource(Agent, row))
    return {host: request.binder.physical_networks(found) for host, found in agents.items()}


def is_routed(subnets: Sequence[Subnet]) -> bool:
    """Return whether a network of *subnets* is routed between segments."""
    return any(subnet.segment_id is not None for subnet in subnets)


def on_host(tx: Transaction, request: Request, network: Network, subnets: Sequence[Subnet], host: str) -> list[Subnet]:
    """Return those of *subnets* that ports on *host* can have addresses of; refuse if there are none."""
    physical = reached(tx, request, [host])[host]
    rows = tx.connection.execute(_SEGMENTS, {"network_id": network.id})
    segments = {row.id for row in rows if row.physical_network is None or row.physical_network in physical}
    found = [subnet for subnet in subnets if subnet.segment_id in segments]
    if not found:
        raise HostNotConnectedToAnySegment(host, network.id)
    return found


def check_move(
    tx: Transaction, request: Request, network: Network, subnets: Sequence[Subnet], port: Port, host: str
) -> None:
    """Refuse to bring *port* to a host where its addresses do not work."""
    if is_routed(subnets) and port.fixed_ips:
        able = {subnet.id for subnet in on_host(tx, request, network, subnets, host)}
        if any(ip.subnet_id not in able for ip in port.fixed_ips):
            raise HostNotCompatibleWithFixedIps(host, port.id)


def checked(subnets: Sequence[Subnet], fixed_ips: tuple[FixedIp, ...]) -> tuple[FixedIp, ...]:
    """Return the addresses of a port; refuse those of several segments."""
    chosen = {ip.subnet_id for ip in fixed_ips}
    if len({subnet.segment_id for subnet in subnets if subnet.id in chosen}) > 1:
        raise FixedIpsSubnetsNotOnSameSegment
    return fixed_ips


def routes(subnet: Subnet, others: Sequence[Subnet], before: Subnet | None = None) -> tuple[HostRoute, ...]:
    """Return the host routes of *subnet* with those to the *others* on other segments, by its own gateway.

    *before* is the subnet as it was: the routes by its gateway go. What a wider route covers is left out.
    """
    far = [o for o in others if o.id != subnet.id and o.segment_id != subnet.segment_id]
    far = [o for o in far if o.ip_version == subnet.ip_version]
    out = list(subnet.host_routes)
    if before is not None and before.gateway_ip and before.gateway_ip != subnet.gateway_ip:
        cidrs = {other.cidr for other in far}
        out = [one for one in out if not (one.nexthop == before.gateway_ip and one.destination in cidrs)]
    if subnet.segment_id is None or subnet.gateway_ip is None:
        return tuple(out)
    for other in far:
        there = ipaddress.ip_network(other.cidr)
        if not any(there.subnet_of(ipaddress.ip_network(one.destination)) for one in out):  # type: ignore[arg-type]
            out.append(HostRoute(other.cidr, subnet.gateway_ip))
    return tuple(out)


def tell_others(tx: Transaction, subnet: Subnet, others: Sequence[Subnet], *, is_gone: bool = False) -> None:
    """Have the *others* of the network route to *subnet*, or no longer."""
    if subnet.segment_id is None:
        return
    for other in others:
        if other.id == subnet.id:
            continue
        if is_gone:
            kept = tuple(one for one in other.host_routes if one != HostRoute(subnet.cidr, str(other.gateway_ip)))
        else:
            kept = routes(other, [subnet])
        tx.update(other, {"host_routes": kept})
