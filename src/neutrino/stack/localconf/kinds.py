"""What the values of ``local.conf`` may be.

Here: functions that parse a text, or raise ValueError with what was expected. Not here: which variable is of which kind
(settings.py).
"""

import ipaddress
import re
from collections.abc import Callable

Kind = Callable[[str], object]

TYPES = ("geneve", "vxlan", "vlan", "flat", "local")
"""Types of networks that the backend carries."""
BACKENDS_TO_COME = ("openvswitch", "linuxbridge")
LONGEST_DEVICE = 15
TRUE = ("1", "yes", "true")
FALSE = ("0", "no", "false")


def text(value: str) -> str:
    """Return *value*, which may be anything but nothing."""
    if not value:
        raise ValueError("expected a text")
    return value


def boolean(value: str) -> bool:
    """Return what DevStack takes for true or false."""
    if value.lower() not in TRUE + FALSE:
        raise ValueError("expected True or False")
    return value.lower() in TRUE


def one_of(*known: str) -> Kind:
    """Return the kind of a text that is one of *known*."""

    def parse(value: str) -> str:
        if value not in known:
            raise ValueError(f"expected {' or '.join(known)}")
        return value

    return parse


def only(known: str, why: str) -> Kind:
    """Return the kind of a text that can only be *known*; *why* says what stands against others."""

    def parse(value: str) -> str:
        if value != known:
            raise ValueError(f"only {known} works here: {why}")
        return value

    return parse


def is_true(why: str) -> Kind:
    """Return the kind of a boolean that can only be True."""

    def parse(value: str) -> bool:
        if not boolean(value):
            raise ValueError(f"only True works here: {why}")
        return True

    return parse


def backend(value: str) -> str:
    """Return a backend that there is."""
    if value in BACKENDS_TO_COME:
        raise ValueError(f"the backend {value} is not built yet: leave the line out, and OVN does the work")
    return one_of("ovn")(value)  # type: ignore[return-value]


def drivers(value: str) -> str:
    """Return the mechanism drivers, which are the backend."""
    for one in listed(value):
        backend(one)
    return ",".join(listed(value)) or "ovn"


def types(value: str) -> str:
    """Return a list of types of networks."""
    for one in listed(value):
        if one not in TYPES:
            raise ValueError(f"there is no network type {one}: expected some of {','.join(TYPES)}")
    return ",".join(listed(value))


def listed(value: str) -> list[str]:
    """Return the items of a list with commas."""
    return [one.strip() for one in value.split(",") if one.strip()]


def number(least: int, most: int) -> Kind:
    """Return the kind of a number within bounds."""

    def parse(value: str) -> int:
        if not value.isdecimal() or not least <= int(value) <= most:
            raise ValueError(f"expected a number from {least} to {most}")
        return int(value)

    return parse


def prefix(version: int) -> Kind:
    """Return the kind of an IP prefix, as ``10.0.0.0/22``."""

    def parse(value: str) -> str:
        try:
            found = ipaddress.ip_network(value)
        except ValueError as error:
            raise ValueError(f"expected an IPv{version} prefix ({error})") from error
        if found.version != version or "/" not in value:
            raise ValueError(f"expected an IPv{version} prefix with its length")
        return str(found)

    return parse


def address(version: int) -> Kind:
    """Return the kind of an IP address; nothing is one too: the default then holds."""

    def parse(value: str) -> str:
        try:
            if value and ipaddress.ip_address(value).version == version:
                return value
        except ValueError:
            pass
        if value:
            raise ValueError(f"expected an IPv{version} address")
        return ""

    return parse


def addresses(value: str) -> str:
    """Return a list of IP addresses."""
    for one in listed(value):
        ipaddress.ip_address(one)
    return ",".join(listed(value))


def pool(value: str) -> str:
    """Return an allocation pool as the ``openstack`` command takes it: ``start=ADDRESS,end=ADDRESS``, or nothing."""
    if value:
        found = dict(one.partition("=")[::2] for one in listed(value))
        if set(found) != {"start", "end"}:
            raise ValueError("expected start=ADDRESS,end=ADDRESS")
        for one in found.values():
            ipaddress.IPv4Address(one)
    return value


def mappings(value: str) -> str:
    """Return bridges by physical network, ``public:br-ex,other:br-2``."""
    for one in listed(value):
        name, colon, bridge = one.partition(":")
        if not (name and colon):
            raise ValueError(f"{one} is no mapping: expected PHYSICAL_NETWORK:BRIDGE")
        device(bridge)
    if not listed(value):
        raise ValueError("expected PHYSICAL_NETWORK:BRIDGE")
    return ",".join(listed(value))


def device(value: str) -> str:
    """Return a name that a bridge may have."""
    if not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_DEVICE - 1}}}", value) or value in (
        "br-int",
        "br-phy",
    ):
        raise ValueError(f"{value!r} cannot name a bridge: expected up to {LONGEST_DEVICE} letters, not br-int, br-phy")
    return value


def option(name: str) -> Kind:
    """Return the kind of ``NAME=VALUE``, as DevStack writes options of type drivers; the value is what counts."""

    def parse(value: str) -> str:
        found, equals, rest = value.partition("=")
        if found.strip() != name or not equals or not rest.strip():
            raise ValueError(f"expected {name}=...")
        return rest.strip()

    return parse
