"""Subnets: what creating, changing and deleting one does."""

import uuid

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import metadata_ports, networks, port_names, routed, segments, subnetpools
from neutrino.api.request import Request
from neutrino.model.addressing import check_subnet, default_gateway, default_pools, eui64
from neutrino.model.faults.subnet import GatewayIpInUse, SubnetInUse
from neutrino.model.port import FixedIp, Port
from neutrino.model.prefixes import check_affinity
from neutrino.model.subnet import SLAAC, STATELESS, Subnet
from neutrino.store.addresses import any_holder, holder
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_ips = CHILDREN[Port]["fixed_ips"]
_PORTS_ON_NETWORK = select_all(Port).where(TABLES[Port].c.network_id == bindparam("network_id"))
_PORTS_ON_SUBNET = select_all(Port).where(
    TABLES[Port].c.id.in_(select(_ips.c.port_id).where(_ips.c.subnet_id == bindparam("subnet_id")))
)


def create(tx: Transaction, request: Request, given: Given) -> Subnet:
    """Create a subnet. Ports that are on the network already get an address of it if it is one that MACs give."""
    network = networks.seen(tx, request, str(given["network_id"]))
    project_id = str(given.get("project_id") or request.project_id)
    pool, neighbours = subnetpools.of_subnet(tx, request, given), networks.subnets_of(tx, network.id)
    networks.check_mtu(network.id, network.mtu, int(str(given["ip_version"])))
    segments.check_subnet(tx, network.id, given["segment_id"], neighbours)
    check_affinity(network, neighbours, pool, int(str(given["ip_version"])))
    cidr = subnetpools.prefix_for(tx, pool, project_id, given) if pool else str(given["cidr"])
    gateway_ip = given["gateway_ip"] if "gateway_ip" in given else _gateway(given, cidr)
    pools = given.get("allocation_pools", default_pools(cidr, gateway_ip if isinstance(gateway_ip, str) else None))
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": project_id,
        "cidr": cidr,
        "subnetpool_id": pool.id if pool else None,
        "gateway_ip": gateway_ip,
        "allocation_pools": pools,
        "router_external": network.router_external,
    }
    subnet = Subnet(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    subnet = msgspec.structs.replace(subnet, host_routes=routed.routes(subnet, neighbours))
    check_subnet(subnet, neighbours)
    tx.insert(subnet)
    routed.tell_others(tx, subnet, neighbours)
    tx.touch(network)
    if subnet.is_auto_address:
        _give_addresses(tx, request, subnet)
    metadata_ports.keep(tx, request, network)
    return subnet


def update(tx: Transaction, request: Request, old: Subnet, changes: Given) -> Subnet:
    """Change a subnet; refuse a gateway that is some port's address already."""
    gateway_ip = changes.get("gateway_ip")
    if "gateway_ip" in changes and gateway_ip != old.gateway_ip and old.gateway_ip:
        port_id = holder(tx.connection, old.id, old.gateway_ip)
        if port_id is not None:
            raise GatewayIpInUse(old.gateway_ip, port_id)
    if "segment_id" in changes:
        segments.check_move(tx, old, changes["segment_id"])
    new = msgspec.structs.replace(old, **changes)
    if new.segment_id is not None and (new.gateway_ip, new.host_routes) != (old.gateway_ip, old.host_routes):
        changes = changes | {"host_routes": routed.routes(new, networks.subnets_of(tx, old.network_id), old)}
        new = msgspec.structs.replace(old, **changes)
    check_subnet(new, ())
    if isinstance(gateway_ip, str) and gateway_ip != old.gateway_ip:
        port_id = holder(tx.connection, old.id, gateway_ip)
        if port_id is not None:
            raise GatewayIpInUse(gateway_ip, port_id)
    updated = tx.update(old, changes)
    if updated is not old:
        network = networks.get(tx, old.network_id)
        tx.touch(network)
        if updated.enable_dhcp != old.enable_dhcp:
            metadata_ports.keep(tx, request, network)
    return updated


def delete(tx: Transaction, request: Request, subnet: Subnet) -> None:
    """Delete a subnet; refuse while ports have addresses of it, unless it is one that MACs give."""
    if subnet.metadata_ip is not None:
        metadata_ports.release(tx, request, subnet)
    if subnet.is_auto_address:
        _take_addresses(tx, request, subnet)
    elif any_holder(tx.connection, subnet.id) is not None:
        raise SubnetInUse(subnet.id, "One or more ports have an IP allocation from this subnet.")
    tx.delete(subnet)
    if subnet.segment_id is not None:
        routed.tell_others(tx, subnet, networks.subnets_of(tx, subnet.network_id), is_gone=True)
    tx.touch(networks.get(tx, subnet.network_id))


def _gateway(given: Given, cidr: str) -> str | None:
    """Return the gateway where none was asked for. A subnet that a router advertises has the router's first address."""
    if given.get("ipv6_ra_mode") is None and given.get("ipv6_address_mode") in (SLAAC, STATELESS):
        return None  # the router is not ours: it advertises itself
    return default_gateway(cidr)


def _give_addresses(tx: Transaction, request: Request, subnet: Subnet) -> None:
    for row in tx.connection.execute(_PORTS_ON_NETWORK, {"network_id": subnet.network_id}).all():
        port = to_resource(Port, row)
        if not port.is_trusted and subnet.serves(port.device_owner):
            given = FixedIp(subnet_id=subnet.id, ip_address=eui64(subnet.cidr, port.mac_address))
            port_names.readdress(tx, request, port, (*port.fixed_ips, given))


def _take_addresses(tx: Transaction, request: Request, subnet: Subnet) -> None:
    for row in tx.connection.execute(_PORTS_ON_SUBNET, {"subnet_id": subnet.id}).all():
        port = to_resource(Port, row)
        if port.is_trusted:
            raise SubnetInUse(subnet.id, f"Port {port.id} has an IP allocation from this subnet.")
        port_names.readdress(tx, request, port, tuple(ip for ip in port.fixed_ips if ip.subnet_id != subnet.id))
