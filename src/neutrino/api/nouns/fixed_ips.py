"""Giving a port its addresses."""

import ipaddress
from collections.abc import Sequence

from neutrino.model.addressing import eui64, is_usable
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.port import (
    AllocationOnAutoAddressSubnet,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
    MacAddressInUse,
)
from neutrino.model.network import Network
from neutrino.model.port import FixedIp, FixedIpRequest
from neutrino.model.subnet import Subnet
from neutrino.store.addresses import free_address, holder
from neutrino.store.records import Transaction


def allocate(
    tx: Transaction,
    network: Network,
    subnets: Sequence[Subnet],
    wanted: Sequence[FixedIpRequest] | None,
    mac: str,
    is_trusted: bool,
    present: Sequence[FixedIp] = (),
) -> tuple[FixedIp, ...]:
    """Return the addresses of a port with *mac* on *network*, whose subnets are *subnets*.

    Where none are *wanted*: one IPv4 address and one IPv6 address of a pool. An empty list asks for none at all. In
    every other case a port that is not the network's own also has the address that its MAC gives on each subnet
    that works so. An address in *present* is the port's already.
    """
    if wanted is not None and not wanted:
        return ()
    taking = _Taking(tx, network, mac, {ip.ip_address: ip for ip in present}, is_trusted=is_trusted)
    if wanted is None:
        for version in (4, 6):
            pooled = [s for s in subnets if s.ip_version == version and not s.is_auto_address]
            if pooled:
                taking.any_of(pooled)
    else:
        by_id = {subnet.id: subnet for subnet in subnets}
        # Named addresses first: an address that is chosen must not be one that the same request names.
        for request in sorted(wanted, key=lambda r: r.ip_address is None):
            taking.requested(request, by_id)
    if not is_trusted:
        for subnet in subnets:
            if subnet.is_auto_address:
                taking.by_mac(subnet)
    return tuple(taking.taken.values())


class _Taking:
    """The addresses taken so far, by address."""

    def __init__(
        self, tx: Transaction, network: Network, mac: str, present: dict[str, FixedIp], *, is_trusted: bool
    ) -> None:
        self.taken: dict[str, FixedIp] = {}
        self._is_trusted = is_trusted  # a router may have any address, its subnet's gateway above all
        self._tx, self._network, self._mac, self._present = tx, network, mac, present

    def any_of(self, subnets: Sequence[Subnet]) -> None:
        for subnet in subnets:
            address = free_address(self._tx.connection, subnet, frozenset(self.taken) | frozenset(self._present))
            if address is not None:
                self._take(subnet, address)
                return
        raise IpAddressGenerationFailure(self._network.id)

    def by_mac(self, subnet: Subnet) -> None:
        address = eui64(subnet.cidr, self._mac)
        if address in self.taken:
            return
        if address not in self._present and holder(self._tx.connection, subnet.id, address) is not None:
            raise MacAddressInUse(self._network.id, self._mac)  # nothing but a MAC gives these addresses
        self._take(subnet, address)

    def named(self, subnet: Subnet, address: str) -> None:
        if address in self.taken or (
            address not in self._present and holder(self._tx.connection, subnet.id, address) is not None
        ):
            raise IpAddressAlreadyAllocated(address, subnet.id)
        self._take(subnet, address)

    def requested(self, request: FixedIpRequest, subnets: dict[str, Subnet]) -> None:
        subnet = self._subnet(request, subnets)
        if request.ip_address is None:
            if subnet.is_auto_address:
                self.by_mac(subnet)
            elif not self._keep(subnet):
                self.any_of([subnet])
            return
        if not is_usable(subnet.cidr, request.ip_address):
            raise InvalidIpForSubnet(request.ip_address)
        by_mac_only = subnet.is_auto_address and not self._is_trusted
        if by_mac_only and request.ip_address != eui64(subnet.cidr, self._mac):
            raise AllocationOnAutoAddressSubnet(request.ip_address, subnet.id)
        self.named(subnet, request.ip_address)

    def _subnet(self, request: FixedIpRequest, subnets: dict[str, Subnet]) -> Subnet:
        if request.subnet_id is not None:
            if request.subnet_id not in subnets:
                raise InvalidInput(
                    f"Failed to create port on network {self._network.id}, because fixed_ips included invalid subnet "
                    f"{request.subnet_id}"
                )
            return subnets[request.subnet_id]
        if request.ip_address is None:
            raise InvalidInput("IP allocation requires subnet_id or ip_address")
        address = ipaddress.ip_address(request.ip_address)
        for subnet in subnets.values():
            if address in ipaddress.ip_network(subnet.cidr):
                return subnet
        raise InvalidIpForNetwork(request.ip_address)

    def _keep(self, subnet: Subnet) -> bool:
        """Keep an address that the port has on *subnet* already, if there is one."""
        for ip in self._present.values():
            if ip.subnet_id == subnet.id and ip.ip_address not in self.taken:
                self.taken[ip.ip_address] = ip
                return True
        return False

    def _take(self, subnet: Subnet, address: str) -> None:
        self.taken[address] = FixedIp(subnet_id=subnet.id, ip_address=address)
