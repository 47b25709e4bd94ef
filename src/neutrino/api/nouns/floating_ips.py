"""Floating IPs: what creating, changing and deleting one does, and which router carries it."""

import uuid
from collections.abc import Sequence
from contextlib import suppress

from neutrino.api.bodies import Given
from neutrino.api.nouns import networks, ports, qos
from neutrino.api.nouns.associations import association
from neutrino.api.request import Request
from neutrino.model.faults.port import IpAddressGenerationFailure
from neutrino.model.faults.port_forwarding import FipInUseByPortForwarding
from neutrino.model.faults.router import BadRequest
from neutrino.model.floating_ip import RESOURCE, FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import FLOATING_IP, FixedIpRequest, Port
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction

NOT_APPLICABLE = "N/A"  # upstream: of a port that is never plugged


def create(tx: Transaction, request: Request, given: Given) -> FloatingIp:
    """Create a floating IP, for a port if one is named."""
    network = networks.seen(tx, request, str(given["floating_network_id"]))
    if not network.router_external:
        raise BadRequest(RESOURCE, f"Network {network.id} is not a valid external network")
    subnets = [one for one in networks.subnets_of(tx, network.id) if one.ip_version == 4]
    if not subnets:
        raise BadRequest(RESOURCE, f"Network {network.id} does not contain any IPv4 subnet")
    project_id = str(given.get("project_id") or request.project_id)
    own_id = str(uuid.uuid4())
    qos.put_under(tx, request, "fip", own_id, given.get("qos_policy_id"))
    holder = _take(tx, request, network, subnets, given, own_id)
    values = given | {
        "id": own_id,
        "project_id": project_id,
        "subnet_id": None,
        "floating_ip_address": next(ip.ip_address for ip in holder.fixed_ips if ":" not in ip.ip_address),
        "floating_port_id": holder.id,
        "qos_network_policy_id": network.qos_policy_id,
        "port_id": None,
        "fixed_ip_address": None,
        "router_id": None,
        "dns_name": "",
        "dns_domain": "",
    }
    floating = FloatingIp(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    values |= association(
        tx, request, floating, given.get("port_id"), given.get("fixed_ip_address"), given.get("router_id")
    )
    floating = FloatingIp(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(floating)
    return floating


def update(tx: Transaction, request: Request, old: FloatingIp, changes: Given) -> FloatingIp:
    """Change a floating IP: give it to a port, to another one, or to none."""
    values = {name: value for name, value in changes.items() if name != "router_id"}
    router = changes.get("router_id")
    if changes.get("qos_policy_id", old.qos_policy_id) != old.qos_policy_id:
        qos.put_under(tx, request, "fip", old.id, changes["qos_policy_id"])
    if not changes:
        values |= association(tx, request, old, None, None)  # as it was when there was nothing else to change
    elif "port_id" in changes:
        values |= association(tx, request, old, changes["port_id"], changes.get("fixed_ip_address"), router)
    elif changes.get("fixed_ip_address") is not None:
        values |= association(tx, request, old, old.port_id, changes["fixed_ip_address"], router)
    elif "fixed_ip_address" in changes:
        values |= association(tx, request, old, old.port_id, None, router)
    elif "router_id" in changes:
        values |= association(tx, request, old, old.port_id, old.fixed_ip_address, router)
    return tx.update(old, values)


def delete(tx: Transaction, _request: Request, floating: FloatingIp) -> None:
    """Delete a floating IP and the port that held its address; refuse while it has port forwardings."""
    if floating.port_forwardings:
        raise FipInUseByPortForwarding(floating.id)
    tx.delete(floating)
    holder = tx.get(Port, floating.floating_port_id)
    if holder is not None:
        tx.delete(holder)


def _take(
    tx: Transaction, request: Request, network: Network, subnets: Sequence[Subnet], given: Given, own_id: str
) -> Port:
    """Make the port that holds the address: the one asked for, one of the subnet asked for, or of any."""
    subnet_id, address = given.get("subnet_id"), given.get("floating_ip_address")
    tries: list[FixedIpRequest] = []
    if address is not None or subnet_id is not None:
        if isinstance(address, str) and ":" in address:
            raise BadRequest(RESOURCE, f"floating_ip_address {address} is not an IPv4 address")
        if address is not None and address in {subnet.gateway_ip for subnet in subnets}:
            raise BadRequest(RESOURCE, f"floating_ip_address {address} is the gateway of network {network.id}")
        if subnet_id is not None and subnet_id not in {subnet.id for subnet in subnets}:
            raise BadRequest(RESOURCE, f"Subnet {subnet_id} is no IPv4 subnet of network {network.id}")
        tries.append(FixedIpRequest(subnet_id=subnet_id, ip_address=address))  # type: ignore[arg-type]
    else:
        tries += [FixedIpRequest(subnet_id=subnet.id) for subnet in subnets]
    for wanted in tries:
        with suppress(IpAddressGenerationFailure):
            return ports.make(
                tx,
                request,
                network_id=network.id,
                project_id="",
                device_id=own_id,
                device_owner=FLOATING_IP,
                fixed_ips=(wanted,),
                status=NOT_APPLICABLE,
            )
    raise IpAddressGenerationFailure(network.id)
