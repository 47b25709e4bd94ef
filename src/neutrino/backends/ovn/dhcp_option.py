"""DHCP options of a port in OVN's words: their names there, and their values as OVN's expressions (ovn-nb(5)).

Here: names, types, values. Not here: rows (port_dhcp.py).

An option that ovn-controller cannot parse would keep it from answering DHCP at all on that port, so whatever is not of
its option's type is refused by the API, and never rendered.

Source: upstream, common/ovn/constants.py, SUPPORTED_DHCP_OPTS_MAPPING; OVN 23.03, lib/ovn-l7.h, for the types.
"""

import ipaddress
import json
from collections.abc import Callable, Collection, Mapping, Sequence

from neutrino.model.dhcp_option import DISABLED, MAY_BE_BLANK, DhcpOption
from neutrino.model.kinds import shown

# By IP version: OVN's name, its type, and the names by which clients of the API know it. Ironic names files to boot
# from by dnsmasq's tags: one for iPXE itself, and one for firmware, which that loads first.
_OPTIONS: Mapping[int, Sequence[tuple[str, str, tuple[str, ...]]]] = {
    4: (
        ("netmask", "ipv4", ("netmask", "1")),
        ("router", "ipv4", ("router", "3")),
        ("dns_server", "ipv4", ("dns-server", "6")),
        ("log_server", "ipv4", ("log-server", "7")),
        ("lpr_server", "ipv4", ("lpr-server", "9")),
        ("domain_name", "str", ("domain-name", "15")),
        ("swap_server", "ipv4", ("swap-server", "16")),
        ("ip_forward_enable", "bool", ("ip-forward-enable", "19")),
        ("policy_filter", "ipv4", ("policy-filter", "21")),
        ("default_ttl", "uint8", ("default-ttl", "23")),
        ("mtu", "uint16", ("mtu", "26")),
        ("router_discovery", "bool", ("router-discovery", "31")),
        ("router_solicitation", "ipv4", ("router-solicitation", "32")),
        ("arp_cache_timeout", "uint32", ("arp-timeout", "35")),
        ("ethernet_encap", "bool", ("ethernet-encap", "36")),
        ("tcp_ttl", "uint8", ("tcp-ttl", "37")),
        ("tcp_keepalive_interval", "uint32", ("tcp-keepalive", "38")),
        ("nis_server", "ipv4", ("nis-server", "41")),
        ("ntp_server", "ipv4", ("ntp-server", "42")),
        ("lease_time", "uint32", ("lease-time", "51")),
        ("server_id", "ipv4", ("server-id", "54")),
        ("T1", "uint32", ("T1", "58")),
        ("T2", "uint32", ("T2", "59")),
        ("tftp_server", "str", ("tftp-server", "66")),
        ("bootfile_name", "str", ("bootfile-name", "67", "tag:ipxe,bootfile-name", "tag:ipxe,67")),
        ("domain_search_list", "str", ("domain-search", "119")),
        ("classless_static_route", "routes", ("classless-static-route", "121")),
        ("tftp_server_address", "ipv4", ("tftp-server-address", "150")),
        ("path_prefix", "str", ("path-prefix", "210")),
        ("ms_classless_static_route", "routes", ("ms-classless-static-route", "249")),
        ("wpad", "str", ("wpad", "252")),
        ("next_server", "ipv4", ("server-ip-address", "255")),
        ("bootfile_name_alt", "str", ("bootfile-name-alt", "tag:!ipxe,bootfile-name", "tag:!ipxe,67")),
    ),
    6: (
        ("server_id", "mac", ("server-id", "2")),
        ("ia_addr", "ipv6", ("ia-addr", "5")),
        ("dns_server", "ipv6", ("dns-server", "23")),
        ("domain_search", "str", ("domain-search", "24")),
        ("bootfile_name", "str", ("bootfile-name", "59", "tag:ipxe6,bootfile-name", "tag:ipxe6,59")),
        ("bootfile_name_alt", "str", ("tag:!ipxe6,bootfile-name", "tag:!ipxe6,59")),
    ),
}
_BY_NAME = {
    (version, name): (ours, kind)
    for version, options in _OPTIONS.items()
    for ours, kind, names in options
    for name in names
}
_KINDS = {(version, ours): kind for version, options in _OPTIONS.items() for ours, kind, _ in options}
# What OVN 23.03 knows, the oldest that is supported: believed until the Southbound was read.
_OLDEST: Mapping[int, frozenset[str]] = {
    4: frozenset(ours for ours, _, _ in _OPTIONS[4]),
    6: frozenset({"server_id", "ia_addr", "dns_server", "domain_search"}),
}


def refused(option: DhcpOption, known: Mapping[str, object]) -> str:
    """Return why OVN cannot give *option*; "" if it can. *known* is what the Southbound has, by IP version."""
    if is_switch(option):
        return ""
    ours, kind = _BY_NAME.get((option.ip_version, option.opt_name), ("", ""))
    if ours not in known_names(option.ip_version, known):
        return f"DHCP of IPv{option.ip_version} does not know the option {shown(option.opt_name)}"
    if _is_blank(option) or option.opt_value is None:
        return ""
    try:
        _EXPRESSIONS[kind](option.opt_value)
    except ValueError as error:
        return f"{error} as the value of {shown(option.opt_name)}"
    return ""


def known_names(version: int, known: Mapping[str, object]) -> Collection[str]:
    """Return OVN's names of the options of IP *version*: what the Southbound has, or until it was read the fewest."""
    names = known.get(str(version), _OLDEST[version])
    assert isinstance(names, (list, frozenset))  # noqa: S101 - dhcp_names.py writes lists
    return names


def expression(version: int, name: str, value: str) -> str:
    """Return *value* as OVN has it, of the option that OVN calls *name*. Raises ValueError where it has no such one."""
    kind = _KINDS.get((version, name))
    if kind is None:
        able = ", ".join(ours for ours, _, _ in _OPTIONS[version])
        raise ValueError(f"there is no option {shown(name)} of DHCP for IPv{version}: choose from {able}")
    try:
        found = _EXPRESSIONS[kind](value)
    except ValueError as error:
        raise ValueError(f"{error} as the value of {shown(name)}") from error
    if not found:
        raise ValueError(f"{shown(value)} is no value of {shown(name)} for IPv{version}")
    return found


def is_switch(option: DhcpOption) -> bool:
    """Return whether *option* is none, but says that there is no DHCP on the port."""
    return option.opt_name == DISABLED


def is_off(options: Sequence[DhcpOption], version: int) -> bool:
    """Return whether *options* switch DHCP of IP *version* off."""
    return any(is_switch(o) and o.ip_version == version and str(o.opt_value).lower() == "true" for o in options)


def expressions(options: Sequence[DhcpOption], version: int) -> dict[str, str | None]:
    """Return the *options* of IP *version* by OVN's names; None for one that the subnet has and the port shall not."""
    out: dict[str, str | None] = {}
    for option in options:
        known = _BY_NAME.get((version, option.opt_name))
        if option.ip_version != version or known is None or option.opt_value is None:
            continue
        ours, kind = known
        if _is_blank(option):
            out[ours] = None
            continue
        try:
            text = _EXPRESSIONS[kind](option.opt_value)
        except ValueError:
            continue
        if text:
            out[ours] = text
    return out


def _is_blank(option: DhcpOption) -> bool:
    return option.opt_name in MAY_BE_BLANK and option.opt_value is not None and not option.opt_value.strip()


def _string(value: str) -> str:
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    return json.dumps(inner)


def _items(value: str) -> list[str]:
    text = value.strip()
    inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    return [item.strip() for item in inner.split(",")]


def _addresses(version: int) -> Callable[[str], str]:
    def expression(value: str) -> str:
        """Return the addresses; "" where some are of the other IP version: clients give those for other networks."""
        try:
            found = [ipaddress.ip_address(item) for item in _items(value)]
        except ValueError:
            raise ValueError(f"{shown(value)} is no address or list of addresses") from None
        if any(address.version != version or "%" in str(address) for address in found):
            return ""
        return str(found[0]) if len(found) == 1 else "{" + ", ".join(map(str, found)) + "}"

    return expression


def _routes(value: str) -> str:
    parts = _items(value)
    out = []
    try:
        for destination, hop in zip(parts[::2], parts[1::2], strict=True):
            network = ipaddress.IPv4Network(destination, strict=False)
            out.append(f"{network},{ipaddress.IPv4Address(hop)}")
    except ValueError:
        raise ValueError(f"{shown(value)} is no list destination,nexthop,destination,nexthop") from None
    return "{" + ", ".join(out) + "}"


def _number(bits: int) -> Callable[[str], str]:
    def expression(value: str) -> str:
        text = value.strip()
        if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) >= 2**bits:
            raise ValueError(f"{shown(value)} is no integer from 0 to {2**bits - 1}")
        return str(int(text))

    return expression


def _truth(value: str) -> str:
    if value.lower() not in ("0", "1", "true", "false"):
        raise ValueError(f"{shown(value)} is neither 0 nor 1")
    return "1" if value.lower() in ("1", "true") else "0"


def _mac(value: str) -> str:
    octets = value.strip().lower().split(":")
    if len(octets) != 6 or any(len(o) != 2 or set(o) - set("0123456789abcdef") for o in octets):
        raise ValueError(f"{shown(value)} is no MAC address")
    return ":".join(octets)


_EXPRESSIONS: Mapping[str, Callable[[str], str]] = {
    "str": _string,
    "ipv4": _addresses(4),
    "ipv6": _addresses(6),
    "routes": _routes,
    "bool": _truth,
    "uint8": _number(8),
    "uint16": _number(16),
    "uint32": _number(32),
    "mac": _mac,
}
