"""Local IPs: what creating and deleting one does, and which ports they stand for.

Not here: what becomes of them when ports change (local_ip_ports.py).
"""

import uuid
from contextlib import suppress

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.nouns import networks, ports
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.local_ip import LocalIPInUse, LocalIPPortOrNetworkRequired
from neutrino.model.faults.port import IpAddressGenerationFailure
from neutrino.model.faults.router import BadRequest
from neutrino.model.local_ip import PASSTHROUGH, RESOURCE, LocalIp, LocalIpAssociation, address_of
from neutrino.model.port import LOCAL_IP, FixedIpRequest, Port
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_local_ips, _associations = TABLES[LocalIp], TABLES[LocalIpAssociation]
_AT = select(_local_ips.c.id).where(
    _local_ips.c.network_id == bindparam("network_id"), _local_ips.c.local_ip_address == bindparam("address")
)
_ASSOCIATED = select(_associations.c.id).where(_associations.c.local_ip_id == bindparam("local_ip_id")).limit(1)


def create(tx: Transaction, request: Request, given: Given) -> LocalIp:
    """Create a local IP: an address of the port that is named, or of a new one on the network that is named."""
    if given["ip_mode"] == PASSTHROUGH:
        raise BadRequest(
            RESOURCE,
            "ip_mode passthrough is not offered: OVN has no means to bring packets that it does not translate to "
            "another port on each host",
        )
    own_id, project_id = str(uuid.uuid4()), str(given.get("project_id") or request.project_id)
    port = _port(tx, request, given) if given.get("local_port_id") else _new_port(tx, request, given, own_id)
    address = address_of(port, given.get("local_ip_address"))
    if networks.get(tx, port.network_id).pvlan:
        raise BadRequest(RESOURCE, f"network {port.network_id} is private: OVN does not translate what is sent there")
    if tx.connection.execute(_AT, {"network_id": port.network_id, "address": address}).first() is not None:
        raise BadRequest(RESOURCE, f"address {address} of network {port.network_id} is a local IP already")
    values = given | {
        "id": own_id,
        "project_id": project_id,
        "local_port_id": port.id,
        "network_id": port.network_id,
        "local_ip_address": address,
    }
    made = LocalIp(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(made)
    tx.note(Port, port.id)
    return made


def update(tx: Transaction, _request: Request, old: LocalIp, changes: Given) -> LocalIp:
    """Change a local IP."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, local_ip: LocalIp) -> None:
    """Delete a local IP, and the port that was made for it; refuse while it stands for ports."""
    if tx.connection.execute(_ASSOCIATED, {"local_ip_id": local_ip.id}).first() is not None:
        raise LocalIPInUse(local_ip.id)
    tx.delete(local_ip)
    port = tx.get(Port, str(local_ip.local_port_id))
    if port is not None and port.device_owner == LOCAL_IP:
        tx.delete(port)
    else:
        tx.note(Port, str(local_ip.local_port_id))


def associate(tx: Transaction, request: Request, given: Given) -> LocalIpAssociation:
    """Have a local IP stand for a port of its network."""
    port_id = str(given["fixed_port_id"])
    local_ip = tx.get(LocalIp, str(given["local_ip_id"]))
    assert local_ip is not None  # noqa: S101 - the path's, which exists
    port = _seen(tx, request, port_id)
    address = address_of(port, given.get("fixed_ip"))
    if port.network_id != local_ip.network_id:
        raise BadRequest(
            LocalIpAssociation.singular,
            f"port {port.id} is on network {port.network_id}, and local IP {local_ip.id} is an address of network "
            f"{local_ip.network_id}",
        )
    made = LocalIpAssociation(
        id=str(uuid.uuid4()),
        project_id=local_ip.project_id,
        local_ip_id=local_ip.id,
        local_ip_address=str(local_ip.local_ip_address),
        fixed_port_id=port.id,
        fixed_ip=address,
        host=port.binding_host_id or "",
    )
    if not tx.insert_if_free(made, ("local_ip_id", "fixed_port_id")):
        raise BadRequest(
            LocalIpAssociation.singular, f"local IP {local_ip.id} is associated with port {port.id} already"
        )
    return made


def dissociate(tx: Transaction, _request: Request, association: LocalIpAssociation) -> None:
    """Have a local IP no longer stand for a port."""
    tx.delete(association)


def _port(tx: Transaction, request: Request, given: Given) -> Port:
    port = _seen(tx, request, str(given["local_port_id"]))
    if port.is_trusted:
        raise BadRequest(RESOURCE, f"port {port.id} belongs to the network itself ({port.device_owner})")
    if port.binding_host_id:
        raise BadRequest(
            RESOURCE,
            f"port {port.id} is at host {port.binding_host_id} already: who has sent to it would go on sending to its "
            "MAC address. Make the local IP before the instance",
        )
    return port


def _seen(tx: Transaction, request: Request, port_id: str) -> Port:
    port = visible(tx, request, Port, port_id)
    if port is None:
        raise BadRequest(RESOURCE, f"port {port_id} could not be found")
    return port


def _new_port(tx: Transaction, request: Request, given: Given, own_id: str) -> Port:
    """Make the port that has the address: the one asked for, or any of IPv4."""
    if not given.get("network_id"):
        raise LocalIPPortOrNetworkRequired
    network = networks.seen(tx, request, str(given["network_id"]))
    subnets = [subnet for subnet in networks.subnets_of(tx, network.id) if subnet.ip_version == 4]
    if not subnets:
        raise BadRequest(RESOURCE, f"network {network.id} does not contain any IPv4 subnet")
    address = given.get("local_ip_address")
    if isinstance(address, str) and ":" in address:
        raise BadRequest(RESOURCE, f"local_ip_address {address} is not an IPv4 address")
    if address:  # it could be the gateway's: who may not choose a port's on the network may not choose this one
        request.authority.check(tx.connection, request.caller, "create_port:fixed_ips:ip_address", network)
    tries = [FixedIpRequest(subnet_id=subnet.id) for subnet in subnets]
    for wanted in [FixedIpRequest(ip_address=str(address))] if address else tries:
        with suppress(IpAddressGenerationFailure):
            return ports.make(
                tx,
                request,
                network_id=network.id,
                project_id=str(given.get("project_id") or request.project_id),
                device_id=own_id,
                device_owner=LOCAL_IP,
                fixed_ips=(wanted,),
            )
    raise IpAddressGenerationFailure(network.id)
