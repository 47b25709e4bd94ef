"""The kinds of values that attributes have: how each is parsed, stored and described.

Here: one `Kind` per wire type and the annotated aliases that declarations use. Not here: which attribute has
which kind (the resource modules), columns (store/tables.py), HTTP.

A parser takes what JSON gave and returns the canonical value, or raises `ValueError` with a reason that names the
value. Upstream accepts more than the strict JSON type for booleans and integers (neutron-lib, api/converters); the
parsers here accept the same.
"""

import ipaddress
import re
import reprlib
import uuid
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

Storage = Literal["text", "integer", "boolean", "json"]
Parse = Callable[[object], object]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_BARE_MAC = re.compile(r"[0-9a-f]{12}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LENGTH = re.compile(r"[0-9]{1,3}")
_SHOWN = 120
_TEXT = {"type": "string", "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}
_MOST_INTEGER = 2**63 - 1  # of an SQL integer


class Kind(msgspec.Struct, frozen=True, eq=False):
    """How values of one wire type are parsed, stored and described (``schema`` is JSON Schema)."""

    name: str
    parse: Parse
    storage: Storage
    schema: Mapping[str, object] = {}


def shown(value: object) -> str:
    """Return *value* as an error message shows it: quoted and cut to a readable length."""
    text = f"'{value[: _SHOWN + 1]}'" if isinstance(value, str) else _repr.repr(value)
    return text if len(text) <= _SHOWN + 2 else f"{text[:_SHOWN]}..."


_repr = reprlib.Repr()  # looks at a few items of a few levels only, whatever it is given
_repr.maxstring = _repr.maxother = _repr.maxlong = _SHOWN


def _text(limit: int) -> Parse:
    def parse(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a valid string")
        if len(value) > limit:
            raise ValueError(f"{shown(value)} exceeds maximum length of {limit}")
        if _CONTROL.search(value):
            raise ValueError(f"{shown(value)} contains a control character")
        return value

    return parse


_TRUE, _FALSE = frozenset({"true", "t", "yes", "y", "on", "1"}), frozenset({"false", "f", "no", "n", "off", "0"})


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise ValueError(f"{shown(value)} cannot be converted to boolean")


def integer(low: int, high: int) -> Parse:
    """Return the parser of integers from *low* to *high*, both included; decimal strings are accepted."""

    def parse(value: object) -> object:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows no difference
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{shown(value)} is not an integer")
        if not low <= value <= high:
            raise ValueError(f"{shown(value)} is not in the range from {low} to {high}")
        return value

    return parse


def _uuid(value: object) -> object:
    if isinstance(value, str):
        if _UUID.fullmatch(value):
            return value
        try:
            return str(uuid.UUID(value))
        except ValueError:
            pass
    raise ValueError(f"{shown(value)} is not a valid UUID")


def _mac(value: object) -> object:
    text = value.lower().replace("-", ":") if isinstance(value, str) else ""
    if _BARE_MAC.fullmatch(text):
        text = ":".join(text[i : i + 2] for i in range(0, 12, 2))
    if not _MAC.fullmatch(text):
        raise ValueError(f"{shown(value)} is not a valid MAC address")
    if text == "00:00:00:00:00:00" or int(text[:2], 16) & 1:
        raise ValueError(f"{shown(value)} is not an allowed MAC address: it must be a unicast address other than zero")
    return text


def _address(value: object) -> object:
    try:
        if isinstance(value, str) and "%" not in value:
            return str(ipaddress.ip_address(value))
    except ValueError:
        pass
    raise ValueError(f"{shown(value)} is not a valid IP address")


def _network(value: object) -> object:
    """Parse a CIDR; host bits are cleared, as upstream does for subnets (10.0.0.5/24 is 10.0.0.0/24)."""
    try:
        if isinstance(value, str):
            return str(_strict_network(value))
    except ValueError:
        pass
    raise ValueError(f"{shown(value)} is not a valid IP subnet")


def _strict_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Parse address/length; the standard library also takes netmasks, bare addresses and scopes."""
    _, slash, length = text.partition("/")
    if not slash or "%" in text or not _LENGTH.fullmatch(length):
        raise ValueError(text)
    return ipaddress.ip_network(text, strict=False)


def _prefix(value: object) -> object:
    """Parse an address or CIDR as rules and address pairs take it; an address is kept without a length."""
    if isinstance(value, str) and "/" in value:
        try:
            _strict_network(value)
        except ValueError:
            raise ValueError(f"{shown(value)} is not a valid IP address or prefix") from None
        return value
    return _address(value)


def _single_prefix(value: object) -> object:
    """Parse an address or CIDR; of an address, the prefix that holds it alone."""
    text = str(_prefix(value))
    return _network(text if "/" in text else f"{text}/{128 if ':' in text else 32}")


def choice(*allowed: str) -> Parse:
    """Return the parser that accepts exactly the *allowed* strings."""

    def parse(value: object) -> object:
        if isinstance(value, str) and value in allowed:
            return value
        raise ValueError(f"{shown(value)} is not in {list(allowed)}")

    return parse


def optional(parse: Parse) -> Parse:
    """Return *parse* made to accept null."""
    return lambda value: None if value is None else parse(value)


TooMany = Callable[[int], Exception]


def _too_many(most: int) -> Exception:
    return ValueError(f"the list is longer than the maximum of {most} items")


def unique_items(parse: Parse, most: int, too_many: TooMany = _too_many) -> Parse:
    """Return the parser of a list of at most *most* items, each parsed by *parse*, none twice; the value is a tuple."""
    many = items(parse, most, too_many)

    def parse_all(value: object) -> object:
        out = many(value)
        assert isinstance(out, tuple)  # noqa: S101 - items() returns nothing else
        seen: set[bytes] = set()
        for item in out:
            key = msgspec.json.encode(item, order="deterministic")
            if key in seen:
                raise ValueError(f"Duplicate items in the list: {shown(item)}")
            seen.add(key)
        return out

    return parse_all


def items(parse: Parse, most: int, too_many: TooMany = _too_many) -> Parse:
    """Return the parser of a list of at most *most* items, each parsed by *parse*; null is the empty list."""

    def parse_all(value: object) -> object:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise ValueError(f"{shown(value)} is not a list")
        if len(value) > most:
            raise too_many(most)
        return tuple(parse(item) for item in value)

    return parse_all


def _json_object(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a dictionary")
    try:
        size = len(msgspec.json.encode(value))
    except (OverflowError, RecursionError) as error:
        raise ValueError(f"{shown(value)} has a number or a depth beyond what can be kept") from error
    if size > _MOST_JSON_BYTES:
        raise ValueError(f"{shown(value)} is longer than {_MOST_JSON_BYTES} bytes")
    return value


_MOST_JSON_BYTES = 4095


class Record:
    """The parser of a JSON object into a Struct: each field by its own kind, missing keys refused.

    Unknown keys are refused too, or with *ignoring* passed over, where upstream does so and callers rely on it.
    """

    def __init__(self, cls: type[msgspec.Struct], *, ignoring: bool = False) -> None:
        self._cls = cls
        self._ignoring = ignoring
        self._kinds = {name: kind_of(hint) for name, hint in annotations_of(cls).items()}
        self._required = {f.name for f in msgspec.structs.fields(cls) if f.required}

    @property
    def schema(self) -> Mapping[str, object]:
        """What it parses, as JSON Schema."""
        return {
            "type": "object",
            "properties": {name: kind.schema for name, kind in self._kinds.items()},
            "required": sorted(self._required),
            "additionalProperties": self._ignoring,
        }

    def __call__(self, value: object) -> object:
        """Return the Struct that *value* is."""
        if not isinstance(value, dict):
            raise ValueError(f"{shown(value)} is not a dictionary")
        unknown = value.keys() - self._kinds.keys()
        if unknown and not self._ignoring:
            raise ValueError(f"Unexpected keys supplied: {', '.join(sorted(map(str, unknown)))[:_SHOWN]}")
        missing = self._required - value.keys()
        if missing:
            raise ValueError(f"{shown(value)} lacks the keys: {', '.join(sorted(missing))}")
        return self._cls(**{name: kind.parse(value[name]) for name, kind in self._kinds.items() if name in value})


def record(cls: type[msgspec.Struct]) -> Record:
    """Return the parser of a JSON object into *cls*."""
    return Record(cls)


def annotations_of(cls: type[msgspec.Struct]) -> dict[str, object]:
    """Return the annotations of the fields of *cls*, with `Annotated` kept."""
    return {field.name: field.type for field in msgspec.structs.fields(cls)}


def kind_of(hint: object) -> Kind:
    """Return the `Kind` in the annotation *hint*; `X | None` accepts null; raise TypeError where there is none."""
    if get_origin(hint) is Annotated:
        for part in get_args(hint)[1:]:
            if isinstance(part, Kind):
                return part
        return kind_of(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        inner, *rest = (arg for arg in get_args(hint) if arg is not NoneType)
        if not rest and NoneType in get_args(hint):
            kind = kind_of(inner)
            return Kind(kind.name, optional(kind.parse), kind.storage, {"anyOf": [kind.schema, {"type": "null"}]})
    raise TypeError(f"{hint} has no Kind")


def list_of(cls: type[msgspec.Struct], most: int, too_many: TooMany = _too_many) -> Kind:
    """Return the kind of a list of at most *most* records of *cls*, none twice."""
    item = record(cls)
    schema = {"type": "array", "maxItems": most, "uniqueItems": True, "items": item.schema}
    return Kind(f"list of {cls.__name__}", unique_items(item, most, too_many), "json", schema)


def not_null(kind: Kind) -> Kind:
    """Return the list *kind* made to refuse null."""

    def parse(value: object) -> object:
        if value is None:
            raise ValueError("'None' is not a list")
        return kind.parse(value)

    return Kind(kind.name, parse, kind.storage, kind.schema)


def strings(name: str, item: Kind | Parse, most: int, too_many: TooMany = _too_many) -> Kind:
    """Return the kind of a list of at most *most* strings, each an *item*, none twice."""
    parse, schema = (item.parse, item.schema) if isinstance(item, Kind) else (item, _TEXT)
    described = {"type": "array", "maxItems": most, "uniqueItems": True, "items": schema}
    return Kind(name, unique_items(parse, most, too_many), "json", described)


_MAC_SCHEMA = {"type": "string", "format": "mac", "minLength": 12, "maxLength": 17}
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}Z?$"
Uuid = Annotated[str, Kind("uuid", _uuid, "text", {"type": "string", "format": "uuid"})]
Name = Annotated[str, Kind("string", _text(255), "text", _TEXT | {"maxLength": 255})]
# Null is the empty string: clients clear such an attribute with it (Nova, binding:host_id).
NullableName = Annotated[
    str,
    Kind(
        "string",
        lambda value: _text(255)("" if value is None else value),
        "text",
        _TEXT | {"type": ["string", "null"], "maxLength": 255},
    ),
]
# Null is the empty string here too.
LongText = Annotated[
    str,
    Kind(
        "string",
        lambda value: _text(1024)("" if value is None else value),
        "text",
        {"type": ["string", "null"], "maxLength": 1024},
    ),
]
Boolean = Annotated[bool, Kind("boolean", _boolean, "boolean", {"type": "boolean"})]
# Null asks for what the configuration says.
FLAG_OR_DEFAULT = Kind("boolean", optional(_boolean), "boolean", {"type": "boolean"})
Mac = Annotated[str, Kind("mac", _mac, "text", _MAC_SCHEMA)]
# Null asks for a new one (extension port-mac-address-regenerate).
MacOrNew = Annotated[
    str,
    Kind(
        "mac",
        lambda value: value if value is None else _mac(value),
        "text",
        _MAC_SCHEMA | {"type": ["string", "null"]},
    ),
]
IpAddress = Annotated[str, Kind("address", _address, "text", {"type": "string", "format": "ip"})]
Cidr = Annotated[str, Kind("cidr", _network, "text", {"type": "string", "format": "cidr"})]
IpPrefix = Annotated[str, Kind("prefix", _prefix, "text", {"type": "string", "format": "ip-or-cidr"})]
# An address is the prefix that holds it alone, and host bits are cleared.
Prefix = Annotated[str, Kind("prefix", _single_prefix, "text", {"type": "string", "format": "ip-or-cidr"})]
Timestamp = Annotated[str, Kind("timestamp", _text(32), "text", {"type": "string", "pattern": _TIME})]
JsonObject = Annotated[Mapping[str, object], Kind("dictionary", _json_object, "json", {"type": "object"})]
Uuids = Annotated[tuple[str, ...], strings("list of uuids", kind_of(Uuid), 1000)]
Tags = Annotated[tuple[str, ...], strings("list of tags", kind_of(Name), 50)]
ZONES = strings("list of zones", kind_of(Name), 10)


def number(low: int, high: int) -> Kind:
    """Return the kind of integers from *low* to *high*, both included."""
    return Kind("integer", integer(low, high), "integer", {"type": "integer", "minimum": low, "maximum": high})


def one_of(*allowed: str) -> Kind:
    """Return the kind of the strings *allowed*."""
    return Kind("choice", choice(*allowed), "text", {"type": "string", "enum": list(allowed)})


Revision = Annotated[int, number(0, _MOST_INTEGER)]
