"""What the API says, as far as it concerns a packet.

Here: its resources by id, how people call them, who has an address, what a security group rule lets through.
Not here: asking the API.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_interface, ip_network
from typing import Any

from neutrino.diagnosis.packet import Kind

Resource = Mapping[str, Any]
_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp", "ipv6-icmp": "icmp", "icmpv6": "icmp"}
ROUTER_OWNERS = (
    "network:router_interface",
    "network:router_interface_distributed",
    "network:ha_router_replicated_interface",
)


@dataclass(frozen=True)
class Intent:
    """Resources of the API, by id."""

    ports: Mapping[str, Resource] = field(default_factory=dict)
    networks: Mapping[str, Resource] = field(default_factory=dict)
    routers: Mapping[str, Resource] = field(default_factory=dict)
    security_groups: Mapping[str, Resource] = field(default_factory=dict)
    address_groups: Mapping[str, Resource] = field(default_factory=dict)

    def label(self, port: Resource) -> str:
        """Return how people call *port*: its name, its router, or its id."""
        if port.get("name"):
            return str(port["name"])
        router = self.routers.get(port.get("device_id", ""))
        return f"router {name(router)}" if router else f"port {port['id']}"

    def at(self, network_id: str, address: str) -> Resource | None:
        """Return the port of the network that answers for *address*: a fixed IP, link-local, or allowed address."""
        wanted = ip_address(address)
        here = [one for one in self.ports.values() if one["network_id"] == network_id]
        for port in here:
            fixed = [ip_address(one["ip_address"]) for one in port["fixed_ips"]]
            if wanted in fixed or wanted == link_local(port["mac_address"]):
                return port
        for port in here:
            pairs = port.get("allowed_address_pairs") or ()
            if any(wanted in ip_network(pair["ip_address"], strict=False) for pair in pairs):
                return port
        return None

    def groups_of(self, port: Resource) -> list[Resource]:
        """Return the security groups of *port* that are known."""
        return [self.security_groups[one] for one in port["security_groups"] if one in self.security_groups]

    def rule(self, rule_id: str) -> tuple[Resource, Resource] | None:
        """Return a security group rule and its group."""
        for group in self.security_groups.values():
            for rule in group["security_group_rules"]:
                if rule["id"] == rule_id:
                    return rule, group
        return None

    def admitting(self, port: Resource, direction: str, kind: Kind, other: str) -> Resource | None:
        """Return the rule of *port*'s groups that lets *kind* through, to or from the address *other*."""
        for group in self.groups_of(port):
            for rule in group["security_group_rules"]:
                if rule["direction"] == direction and self._admits(rule, kind, other):
                    rule_found: Resource = rule
                    return rule_found
        return None

    def _admits(self, rule: Resource, kind: Kind, other: str) -> bool:
        if rule["ethertype"] != f"IPv{ip_address(other).version}":
            return False
        protocol = str(rule["protocol"] or "any")
        if _NUMBERS.get(protocol, protocol) not in ("any", kind.protocol):
            return False
        first, last = rule["port_range_min"], rule["port_range_max"]
        if kind.port and first is not None and not first <= kind.port <= (first if last is None else last):
            return False
        if kind.protocol == "icmp" and first is not None and first not in (8, 128):
            return False
        return any(ip_address(other) in ip_interface(one).network for one in self._remote(rule, other))

    def _remote(self, rule: Resource, other: str) -> Iterable[str]:
        if rule.get("remote_ip_prefix"):
            return (str(rule["remote_ip_prefix"]),)
        if rule.get("remote_group_id"):
            members = (one for one in self.ports.values() if rule["remote_group_id"] in one["security_groups"])
            return tuple(fixed["ip_address"] for one in members for fixed in one["fixed_ips"])
        if rule.get("remote_address_group_id"):
            return tuple(self.address_groups.get(rule["remote_address_group_id"], {}).get("addresses", ()))
        return (other,)


def name(resource: Resource) -> str:
    """Return the name of a resource, or its id where it has none."""
    return str(resource.get("name") or resource["id"])


def words(rule: Resource) -> str:
    """Return what a security group rule lets through: ``tcp 80 from 10.0.0.0/8``."""
    protocol = str(rule["protocol"] or "anything")
    first, last = rule["port_range_min"], rule["port_range_max"]
    if first is not None:
        protocol += f" {first}" if last in (None, first) else f" {first}-{last}"
    remote = rule.get("remote_ip_prefix")
    if rule.get("remote_group_id"):
        remote = f"members of group {rule['remote_group_id']}"
    elif rule.get("remote_address_group_id"):
        remote = f"address group {rule['remote_address_group_id']}"
    direction = "from" if rule["direction"] == "ingress" else "to"
    return f"{rule['ethertype']} {protocol} {direction} {remote or 'anywhere'}"


def link_local(mac: str) -> IPv6Address:
    """Return the link-local address that follows from *mac* (RFC 4291, appendix A)."""
    octets = [int(one, 16) for one in mac.split(":")]
    octets[0] ^= 2
    interface = bytes([*octets[:3], 0xFF, 0xFE, *octets[3:]])
    return IPv6Address(b"\xfe\x80" + bytes(6) + interface)
