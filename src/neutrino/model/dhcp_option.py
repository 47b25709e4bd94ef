"""Options that DHCP gives to one port (extension extra_dhcp_opt). Not here: which ones a backend knows."""

from collections.abc import Iterable, Sequence

import msgspec

from neutrino.model.faults.port import ExtraDhcpOptBadData
from neutrino.model.kinds import Kind, items, shown
from neutrino.model.subnet import parse_ip_version

MOST_OPTIONS = 64
MAY_BE_BLANK = ("router", "classless-static-route")  # blank: the port gets none
DISABLED = "dhcp_disabled"
_LONGEST_NAME, _LONGEST_VALUE = 64, 255
_KEYS = {"opt_name", "opt_value", "ip_version"}


class DhcpOption(msgspec.Struct, frozen=True):
    """An option by its name or number, and its value; null takes the option away."""

    opt_name: str
    opt_value: str | None
    ip_version: int = 4


def _line(value: object, most: int, *, may_be_blank: bool = False) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not a valid string")
    if len(value) > most:
        raise ValueError(f"{shown(value)} exceeds maximum length of {most}")
    if not value.isprintable():
        raise ValueError(f"{shown(value)} has characters that are not printable")
    if not may_be_blank and not value.strip():
        raise ValueError(f"{shown(value)} is blank")
    return value


def _option(value: object) -> DhcpOption:
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a dictionary")
    unknown = value.keys() - _KEYS
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {shown(', '.join(sorted(map(str, unknown))))}")
    missing = {"opt_name", "opt_value"} - value.keys()
    if missing:
        raise ValueError(f"{shown(value)} lacks the keys: {', '.join(sorted(missing))}")
    name = _line(value["opt_name"], _LONGEST_NAME)
    text = value["opt_value"]
    if text is not None:
        text = _line(text, _LONGEST_VALUE, may_be_blank=name in MAY_BE_BLANK)
    version = parse_ip_version(value.get("ip_version", 4))
    assert isinstance(version, int)  # noqa: S101 - parsed so
    return DhcpOption(name, text, version)


def _options(value: object) -> object:
    found = items(_option, MOST_OPTIONS)(value)
    assert isinstance(found, tuple)  # noqa: S101 - items() returns nothing else
    seen: dict[tuple[str, int], DhcpOption] = {}
    for option in found:
        other = seen.setdefault((option.opt_name, option.ip_version), option)
        if other is not option:
            raise ValueError(f"option {shown(option.opt_name)} of IPv{option.ip_version} is there twice")
    return found


DHCP_OPTIONS = Kind("list of DHCP options", _options, "json", {"type": "array", "maxItems": MOST_OPTIONS})


def merged(present: Sequence[DhcpOption], wanted: Iterable[DhcpOption]) -> tuple[DhcpOption, ...]:
    """Return the options of a port that had *present*: what is *wanted* is set, or with null taken away."""
    out = {(option.opt_name, option.ip_version): option for option in present}
    for option in wanted:
        key = (option.opt_name, option.ip_version)
        if option.opt_value is None:
            out.pop(key, None)
        else:
            out[key] = option
    if len(out) > MOST_OPTIONS:
        raise ExtraDhcpOptBadData(f"the port would have more than {MOST_OPTIONS} options")
    return tuple(out.values())
