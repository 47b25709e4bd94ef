"""The arithmetic of subnets: gateways, allocation pools, which addresses a port may have. Pure functions.

Here: what follows from the values of one subnet and of its neighbours. Not here: which addresses are free (store).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from itertools import pairwise

from neutrino.model.faults import InvalidInput
from neutrino.model.faults.port import IpAddressGenerationFailureNoMatchingSubnet
from neutrino.model.faults.subnet import (
    GatewayConflictWithAllocationPools,
    InvalidAllocationPool,
    OutOfBoundsAllocationPool,
    OverlappingAllocationPools,
)
from neutrino.model.subnet import IPV6_MODES, SLAAC, STATELESS, AllocationPool, HostRoute, Subnet

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def default_gateway(cidr: str) -> str:
    """Return the address that a subnet's gateway has where none is asked for: the first after the network's own."""
    net = ipaddress.ip_network(cidr)
    return str(net[0] if net.num_addresses == 1 else net[1])


def default_pools(cidr: str, gateway_ip: str | None) -> tuple[AllocationPool, ...]:
    """Return the pools of a subnet for which none are asked: all usable addresses but the gateway's."""
    net = ipaddress.ip_network(cidr)
    if net.num_addresses == 1:
        return (AllocationPool(start=str(net[0]), end=str(net[0])),)
    low, high = int(net[1]), int(net[-1]) - (net.version == 4)
    if low > high:
        return ()
    kind = type(net[0])
    holes = [int(ipaddress.ip_address(gateway_ip))] if gateway_ip else []
    pools = []
    for hole in [hole for hole in holes if low <= hole <= high]:
        if low < hole:
            pools.append(AllocationPool(start=str(kind(low)), end=str(kind(hole - 1))))
        low = hole + 1
    if low <= high:
        pools.append(AllocationPool(start=str(kind(low)), end=str(kind(high))))
    return tuple(pools)


def shown_pool(pool: AllocationPool) -> str:
    """Return *pool* as messages show it."""
    return f"{pool.start}-{pool.end}"


def check_pools(cidr: str, pools: Sequence[AllocationPool]) -> None:
    """Refuse pools that are empty, beyond the subnet *cidr*, or overlapping."""
    net = ipaddress.ip_network(cidr)
    ranges = []
    for pool in pools:
        start, end = ipaddress.ip_address(pool.start), ipaddress.ip_address(pool.end)
        if start.version != net.version or end.version != net.version or int(start) > int(end):
            raise InvalidAllocationPool(shown_pool(pool))
        first, last = usable_range(net)
        if int(start) < first or int(end) > last:
            raise OutOfBoundsAllocationPool(shown_pool(pool), cidr)
        ranges.append((int(start), int(end), pool))
    ranges.sort(key=lambda r: r[:2])
    for (_, end_of_a, a), (start_of_b, _, b) in pairwise(ranges):
        if start_of_b <= end_of_a:
            raise OverlappingAllocationPools(shown_pool(a), shown_pool(b), cidr)


def usable_range(net: IpNetwork) -> tuple[int, int]:
    """Return the first and the last address of *net* that a port may have.

    Not: IPv4's network and broadcast addresses, unless there is no room for them (RFC 3021); IPv6's subnet-router
    anycast address (RFC 4291, 2.6.1).
    """
    first, last = int(net[0]), int(net[-1])
    if net.version == 4:
        return (first + 1, last - 1) if net.prefixlen < 31 else (first, last)
    return (first + 1, last) if last > first else (first, last)


def check_gateway(cidr: str, gateway_ip: str | None, pools: Sequence[AllocationPool]) -> None:
    """Refuse a gateway that no host can have on an IPv4 subnet, or that a pool would give to a port."""
    if gateway_ip is None:
        return
    net, gateway = ipaddress.ip_network(cidr), ipaddress.ip_address(gateway_ip)
    if gateway.version != net.version:
        raise InvalidInput(f"gateway_ip '{gateway_ip}' does not match the ip_version '{net.version}'")
    if gateway in net and net.version == 4 and net.prefixlen < 31 and gateway in (net[0], net[-1]):
        raise InvalidInput(f"Gateway '{gateway_ip}' is not valid on subnet {cidr}")
    for pool in pools:
        if _holds(pool, gateway_ip):
            raise GatewayConflictWithAllocationPools(gateway_ip, shown_pool(pool))


def is_pooled(subnet: Subnet, address: str) -> bool:
    """Return whether *address* is one that *subnet* gives to ports."""
    return any(_holds(pool, address) for pool in subnet.allocation_pools)


def _holds(pool: AllocationPool, address: str) -> bool:
    start, one, end = (int(ipaddress.ip_address(text)) for text in (pool.start, address, pool.end))
    return start <= one <= end


def check_subnet(subnet: Subnet, neighbours: Iterable[Subnet]) -> None:
    """Refuse a subnet whose values contradict each other or that overlaps one of its network's other subnets."""
    net = ipaddress.ip_network(subnet.cidr)
    if net.version != subnet.ip_version:
        raise InvalidInput(f"cidr '{subnet.cidr}' does not match the ip_version '{subnet.ip_version}'")
    if net.prefixlen == 0:
        raise InvalidInput(f"0 is not allowed as CIDR prefix length: '{subnet.cidr}'")
    if net.version == 6 and int(net[0]) == 0:
        raise InvalidInput(f"IPv6 subnet '::' is not supported: '{subnet.cidr}'")
    if subnet.enable_dhcp:
        _check_dhcp(subnet, net)
    for address in subnet.dns_nameservers:
        _check_version(subnet, "dns_nameserver", address)
    for route in subnet.host_routes:
        _check_route(subnet, route)
    _check_ipv6_modes(subnet, net)
    for other in neighbours:
        if other.id != subnet.id and other.ip_version == net.version and net.overlaps(_net(other)):
            raise InvalidInput(
                f"Requested subnet with cidr: {subnet.cidr} for network: {subnet.network_id} "
                f"overlaps with another subnet: {other.cidr}"
            )
    check_pools(subnet.cidr, subnet.allocation_pools)
    check_gateway(subnet.cidr, subnet.gateway_ip, subnet.allocation_pools)


def _net(subnet: Subnet) -> IpNetwork:
    return ipaddress.ip_network(subnet.cidr)


def _check_dhcp(subnet: Subnet, net: IpNetwork) -> None:
    if net.is_multicast:
        raise InvalidInput(f"Multicast IP subnet is not supported if enable_dhcp is True: '{subnet.cidr}'")
    if net.is_loopback:
        raise InvalidInput(f"Loopback IP subnet is not supported if enable_dhcp is True: '{subnet.cidr}'")
    if net.version == 4 and int(net[0]) == 0:
        raise InvalidInput(f"First IP '0.0.0.0' of network is not supported if enable_dhcp is True: '{subnet.cidr}'")
    if net.max_prefixlen - net.prefixlen < 2:
        raise InvalidInput(f"Subnet '{subnet.cidr}' has a prefix length that is incompatible with DHCP service enabled")


def _check_version(subnet: Subnet, name: str, address: str) -> None:
    if ipaddress.ip_address(address).version != subnet.ip_version:
        raise InvalidInput(f"{name} '{address}' does not match the ip_version '{subnet.ip_version}'")


def _check_route(subnet: Subnet, route: HostRoute) -> None:
    _check_version(subnet, "nexthop", route.nexthop)
    if ipaddress.ip_network(route.destination).version != subnet.ip_version:
        raise InvalidInput(f"destination '{route.destination}' does not match the ip_version '{subnet.ip_version}'")


def _check_ipv6_modes(subnet: Subnet, net: IpNetwork) -> None:
    modes = {mode for mode in (subnet.ipv6_ra_mode, subnet.ipv6_address_mode) if mode}
    if not modes:
        return
    if net.version == 4:
        raise InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when ip_version is 4")
    if not subnet.enable_dhcp:
        raise InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False")
    if len(modes) > 1:
        raise InvalidInput(
            f"ipv6_ra_mode set to '{subnet.ipv6_ra_mode}' with ipv6_address_mode set to "
            f"'{subnet.ipv6_address_mode}' is not valid. If both attributes are set, they must be the same value: "
            f"one of {list(IPV6_MODES)}"
        )
    if modes & {SLAAC, STATELESS} and net.prefixlen != 64:
        raise InvalidInput(
            f"Invalid CIDR {subnet.cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format"
        )


def serving(network_id: str, subnets: Sequence[Subnet], device_owner: str, present: Iterable[str] = ()) -> list[Subnet]:
    """Return the subnets that give addresses to a port of *device_owner*, those for just such ports first.

    Those whose ids are in *present* do so already. Refuse where there are subnets and none does.
    """
    kept = set(present)
    found = [subnet for subnet in subnets if subnet.serves(device_owner) or subnet.id in kept]
    if subnets and not found:
        raise IpAddressGenerationFailureNoMatchingSubnet(network_id, device_owner)
    return sorted(found, key=lambda subnet: not subnet.service_types)


def is_usable(cidr: str, address: str) -> bool:
    """Return whether a port on the subnet *cidr* may have *address*."""
    net, ip = ipaddress.ip_network(cidr), ipaddress.ip_address(address)
    first, last = usable_range(net)
    return ip.version == net.version and first <= int(ip) <= last


def eui64(cidr: str, mac: str) -> str:
    """Return the address that *mac* gives on the IPv6 subnet *cidr* (RFC 4291, appendix A)."""
    octets = bytearray.fromhex(mac.replace(":", ""))
    octets[0] ^= 2
    suffix = bytes(octets[:3]) + b"\xff\xfe" + bytes(octets[3:])
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Network(cidr)[0]) | int.from_bytes(suffix, "big")))
