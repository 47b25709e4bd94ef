"""The metadata port of a network: where instances ask who they are (upstream: device owner ``network:distributed``).

A network that has a subnet with DHCP has one, with an address on each of IPv4: instances learn by DHCP that the
metadata address is behind it. Where all are of IPv6 it has one on each of those: metadata is on the link there and
needs none, but who resolves names for instances has it.
"""

from contextlib import suppress

from neutrino.api.nouns import networks, ports
from neutrino.api.nouns.fixed_ips import allocate
from neutrino.api.nouns.port_names import readdress
from neutrino.api.request import Request
from neutrino.model.faults.port import IpAddressGenerationFailure
from neutrino.model.network import Network
from neutrino.model.port import DISTRIBUTED, METADATA_DEVICE, FixedIp, FixedIpRequest, Port
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction


def keep(tx: Transaction, request: Request, network: Network) -> None:
    """Give *network*'s metadata port an address on each subnet that wants one, and no other; make it where missing.

    A subnet without a free address has no metadata.
    """
    if not request.config.has_metadata:
        return
    port = networks.metadata_port_of(tx, network.id)
    able = [subnet for subnet in networks.subnets_of(tx, network.id) if subnet.enable_dhcp]
    wanted = [subnet for subnet in able if subnet.ip_version == 4] or able
    present: dict[str, FixedIp] = {fixed.subnet_id: fixed for fixed in port.fixed_ips} if port else {}
    for subnet in wanted:
        if subnet.id in present:
            continue
        with suppress(IpAddressGenerationFailure):
            one = FixedIpRequest(subnet_id=subnet.id)
            if port is None:
                port = _make(tx, request, network, one)
                present[subnet.id] = port.fixed_ips[0]
            else:
                (present[subnet.id],) = allocate(tx, network, (subnet,), (one,), port.mac_address, is_trusted=True)
    if port is not None:
        readdress(tx, request, port, [present[subnet.id] for subnet in wanted if subnet.id in present])


def release(tx: Transaction, request: Request, subnet: Subnet) -> None:
    """Take the metadata port's address on *subnet* away."""
    port = networks.metadata_port_of(tx, subnet.network_id)
    if port is not None:
        readdress(tx, request, port, [fixed for fixed in port.fixed_ips if fixed.subnet_id != subnet.id])


def _make(tx: Transaction, request: Request, network: Network, address: FixedIpRequest) -> Port:
    return ports.make(
        tx,
        request,
        network_id=network.id,
        project_id=network.project_id,
        device_id=f"{METADATA_DEVICE}{network.id}",
        device_owner=DISTRIBUTED,
        fixed_ips=(address,),
    )
