"""The packet that is asked about, in the words of those who are asked.

Here: its description, as ovn-trace(8) and ``ofproto/trace`` take it. Not here: sending it.
"""

from dataclasses import dataclass
from ipaddress import ip_address

MOST = 65535


class PacketRefused(ValueError):
    """The words name no packet; the message says which do."""


@dataclass(frozen=True)
class Kind:
    """What is asked about: *protocol* is ``tcp``, ``udp`` or ``icmp``, *port* the destination port, 0 for ICMP."""

    protocol: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.protocol}/{self.port}" if self.port else self.protocol


def kind(words: str) -> Kind:
    """Return what ``tcp/80``, ``udp/53`` or ``icmp`` means; raises PacketRefused."""
    protocol, _, port = words.lower().partition("/")
    if protocol == "icmp" and not port:
        return Kind("icmp")
    if protocol in ("tcp", "udp") and port.isdecimal() and 0 < int(port) <= MOST:
        return Kind(protocol, int(port))
    raise PacketRefused(f"{words} is no packet: write tcp/80, udp/53 or icmp")


@dataclass(frozen=True, kw_only=True)
class Packet:
    """A packet as it leaves its sender: MAC and IP addresses as text, *source_port* 0 for ICMP."""

    kind: Kind
    source_mac: str
    target_mac: str
    source: str
    target: str
    source_port: int = 0

    @property
    def version(self) -> int:
        """The IP version, 4 or 6."""
        return ip_address(self.target).version

    def microflow(self, inport: str) -> str:
        """Return the expression of ovn-trace(8) for this packet, from the logical port *inport*."""
        parts = [
            f'inport == "{inport}"',
            f"eth.src == {self.source_mac}",
            f"eth.dst == {self.target_mac}",
            f"ip{self.version}.src == {self.source}",
            f"ip{self.version}.dst == {self.target}",
            "ip.ttl == 64",
        ]
        if self.kind.protocol == "icmp":
            parts.append("icmp4.type == 8" if self.version == 4 else "icmp6.type == 128")
        else:
            parts.append(f"{self.kind.protocol}.src == {self.source_port}")
            parts.append(f"{self.kind.protocol}.dst == {self.kind.port}")
        return " && ".join(parts)

    def flow(self, in_port: str) -> str:
        """Return the flow that ``ofproto/trace`` of ovs-vswitchd(8) takes, from the OpenFlow port *in_port*."""
        protocol = self.kind.protocol if self.version == 4 else f"{self.kind.protocol}6"
        network = ("nw_src", "nw_dst") if self.version == 4 else ("ipv6_src", "ipv6_dst")
        parts = [
            f"in_port={in_port}",
            protocol,
            f"dl_src={self.source_mac}",
            f"dl_dst={self.target_mac}",
            f"{network[0]}={self.source}",
            f"{network[1]}={self.target}",
            "nw_ttl=64",
        ]
        if self.kind.protocol == "icmp":
            parts.append(f"icmp_type={8 if self.version == 4 else 128}")
        else:
            parts.append(f"{self.kind.protocol}_src={self.source_port}")
            parts.append(f"{self.kind.protocol}_dst={self.kind.port}")
        return ",".join(parts)
