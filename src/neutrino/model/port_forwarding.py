"""The port forwarding: ports of a floating IP that stand for ports of an address (Networking API v2.0).

Here: the declaration, and the rules about ranges. Not here: which floating IP and which port
(api/nouns/port_forwardings.py).
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.faults.router import BadRequest
from neutrino.model.kinds import IpAddress, Kind, Name, Uuid, choice, number, shown
from neutrino.model.resource import Attr, Resource

RESOURCE = "port_forwarding"
PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132}
MOST_PORT = 65535
_PAIR = 2


def _protocol(value: object) -> object:
    name = value.lower() if isinstance(value, str) else value
    name = next((known for known, code in PROTOCOLS.items() if name in (code, str(code))), name)
    return choice(*PROTOCOLS)(name)


def _range(value: object) -> object:
    parts = value.split(":") if isinstance(value, str) else [str(value)]
    if not (isinstance(value, str | int) and len(parts) <= _PAIR and all(p.isascii() and p.isdigit() for p in parts)):
        raise ValueError(f"{shown(value)} is not a port or a range first:last")
    first, last = int(parts[0][:6]), int(parts[-1][:6])
    if not 1 <= first <= last <= MOST_PORT:
        raise ValueError(f"{shown(value)} is not a range of ports from 1 to {MOST_PORT}")
    return f"{first}:{last}"


_PROTOCOL = Kind("protocol", _protocol, "text", {"type": "string", "enum": list(PROTOCOLS)})
_RANGE = Kind("port range", _range, "text", {"type": "string"})
_PORT = number(1, MOST_PORT)
_RANGES = "floating-ip-port-forwarding-port-ranges"


class PortForwarding(Resource, frozen=True, kw_only=True):
    """Ports of a floating IP that a router translates to ports of a fixed IP."""

    collection: ClassVar[str] = "port_forwardings"
    singular: ClassVar[str] = RESOURCE
    human: ClassVar[str] = "Port Forwarding"

    project_id: Annotated[Name, Attr(put=False, stored=False, shown=False)] = ""  # the floating IP's
    floatingip_id: Annotated[Uuid, Attr(post=False, put=False, indexed=True, refers="floatingips", shown=False)]
    external_port: Annotated[Annotated[int, _PORT] | None, Attr()] = None
    internal_port: Annotated[Annotated[int, _PORT] | None, Attr()] = None
    external_port_range: Annotated[str, _RANGE, Attr(extension=_RANGES)]
    internal_port_range: Annotated[str, _RANGE, Attr(extension=_RANGES)]
    protocol: Annotated[str, _PROTOCOL, Attr(required=True)]
    internal_port_id: Annotated[Uuid, Attr(required=True, indexed=True, refers="ports")]
    internal_ip_address: IpAddress
    description: Annotated[Name, Attr(extension="floating-ip-port-forwarding-description")] = ""


class Forwarding(msgspec.Struct, frozen=True):
    """What a floating IP tells of a port forwarding (extension expose-port-forwarding-in-fip)."""

    id: str
    internal_ip_address: str
    protocol: str
    internal_port: int | None
    external_port: int | None
    internal_port_id: str


class Translation(msgspec.Struct, frozen=True):
    """What the backend needs to know of a port forwarding."""

    protocol: str
    external_port_range: str
    internal_ip_address: str
    internal_port_range: str

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Return each external port with the internal one that it stands for."""
        first, last = bounds(self.external_port_range)
        inner, end = bounds(self.internal_port_range)
        for offset, port in enumerate(range(first, last + 1)):
            yield port, inner + (offset if end > inner else 0)


def bounds(text: str) -> tuple[int, int]:
    """Return the first and the last port of a range."""
    first, _, last = text.partition(":")
    return int(first), int(last or first)


def ports_of(name: str, port: object, ports: object) -> dict[str, object]:
    """Return both forms of the *name* ("internal" or "external") ports: the single one, if it is one, and the range.

    At most one form is given; where both are, they must say the same.
    """
    if port is None and ports is None:
        raise BadRequest(RESOURCE, f"either {name}_port or {name}_port_range must be given")
    if port is not None and ports is not None and ports != f"{port}:{port}":
        raise BadRequest(RESOURCE, f"{name}_port {port} and {name}_port_range {ports} contradict each other")
    text = str(ports) if ports is not None else f"{port}:{port}"
    first, last = bounds(text)
    return {f"{name}_port": first if first == last else None, f"{name}_port_range": text}


def check(wanted: PortForwarding, others: Iterable[PortForwarding]) -> None:
    """Refuse ranges that do not fit each other, and those that overlap ranges of *others*."""
    outer, inner = bounds(wanted.external_port_range), bounds(wanted.internal_port_range)
    if inner[1] > inner[0] and inner[1] - inner[0] != outer[1] - outer[0]:
        raise BadRequest(
            RESOURCE,
            f"Invalid ranges of internal ({wanted.internal_port_range}) and external ({wanted.external_port_range}) "
            "ports. The relation between internal and external ports must be N-N or 1-N",
        )
    for other in others:
        if other.id == wanted.id or other.protocol != wanted.protocol:
            continue
        if other.floatingip_id == wanted.floatingip_id:
            _check_apart("external_port_range", other.external_port_range, wanted.external_port_range)
        to = (other.internal_port_id, other.internal_ip_address)
        if to == (wanted.internal_port_id, wanted.internal_ip_address):
            _check_apart("internal_port_range", other.internal_port_range, wanted.internal_port_range)


def _check_apart(name: str, present: str, wanted: str) -> None:
    first, last = bounds(wanted)
    low, high = bounds(present)
    if max(first, low) <= min(last, high):
        raise BadRequest(
            RESOURCE,
            f"There is a port collision with the {name}. The following ranges collide: {present} and {wanted}",
        )
