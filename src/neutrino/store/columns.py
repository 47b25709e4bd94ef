"""How one resource is read in one SELECT, and what a row of it becomes.

Here: the statement that reads all of a resource (lists kept as rows come as JSON from correlated subqueries, so that
a read costs one statement whatever it returns), and the two forms of a row: the model's value and the wire's mapping.
Not here: which rows (listing.py, records.py), attributes that no column holds (derived.py).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    literal_column,
    select,
)

from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.qos import MinimumBandwidthRule, MinimumPacketRateRule, QosPolicy, resource_request
from neutrino.model.resource import Attribute, Resource, attributes
from neutrino.model.segment_range import SegmentRange, free
from neutrino.store.derived import derived
from neutrino.store.json_text import JsonArray, json_object
from neutrino.store.tables import CHILDREN, TABLES, item_columns

R = TypeVar("R", bound=Resource)


def _child(cls: type[Resource], attribute: Attribute) -> ColumnElement[str]:
    table = CHILDREN[cls][attribute.name]
    names = item_columns(attribute)
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - callers ask only for lists kept as rows
    item = json_object({n: table.c[n] for n in names}) if child.record else table.c[names[0]]
    parent = table.c[f"{cls.singular}_id"]
    items = JsonArray(item, table.c.position)
    return select(items).where(parent == TABLES[cls].c.id).correlate(TABLES[cls]).scalar_subquery()


class _Used(msgspec.Struct):
    segmentation_id: int
    project_id: str


class _Range(msgspec.Struct):
    minimum: int
    maximum: int
    used: list[_Used]


_range = msgspec.json.Decoder(_Range).decode


def _used(text: str) -> str:
    return msgspec.json.encode({str(one.segmentation_id): one.project_id for one in _range(text).used}).decode()


def _available(text: str) -> str:
    found = _range(text)
    used = {str(one.segmentation_id): one.project_id for one in found.used}
    return msgspec.json.encode(free(found.minimum, found.maximum, used)).decode()


@cache
def expression_of(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return the expression of the attribute *name* of *cls*: a column, or a subquery giving a value or JSON text."""
    attribute = attributes(cls)[name]
    if attribute.attr.child:
        return _child(cls, attribute)
    if not attribute.attr.stored:
        return derived(cls, name)
    column: ColumnElement[Any] = TABLES[cls].c[name]
    return column


@cache
def column_of(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return `expression_of` as a column of a statement."""
    expression = expression_of(cls, name)
    return expression if name in TABLES[cls].c else expression.label(name)


@cache
def select_all(cls: type[Resource], without: frozenset[str] = frozenset()) -> Select[Any]:
    """Return the statement that reads every attribute of *cls*, in the order of declaration.

    The lists *without* are not looked for, and are empty.
    """
    nothing = literal_column("'[]'", Text())
    return select(*(nothing.label(name) if name in without else column_of(cls, name) for name in attributes(cls)))


@cache
def _decoders(cls: type[Resource]) -> Sequence[tuple[str, Callable[[str], object] | None]]:
    types = {f.name: f.type for f in msgspec.structs.fields(cls)}
    return [
        (a.name, _decoder(cls, a.name, types[a.name]) if a.kind.storage == "json" else None)
        for a in attributes(cls).values()
    ]


def _decoder(cls: type[Resource], name: str, kind: Any) -> Callable[[str], object]:
    decode, finish = msgspec.json.Decoder(kind).decode, FINISH.get((cls, name))
    return decode if finish is None else lambda text: decode(finish(text))


def _all_rules(text: str) -> str:
    """Return the rules of every type as one list."""
    by_type = msgspec.json.decode(text, type=dict[str, list[msgspec.Raw]])
    return msgspec.json.encode([rule for rules in by_type.values() for rule in rules]).decode()


class _Asked(msgspec.Struct, frozen=True):
    """What a port's request is made of."""

    port_id: str
    vnic_type: str
    physical_network: str | None
    bandwidth: tuple[MinimumBandwidthRule, ...]
    packets: tuple[MinimumPacketRateRule, ...]


def _request(text: str) -> str:
    """Return what a port asks of Placement."""
    if text == "null":
        return text
    asked = msgspec.json.decode(text, type=_Asked)
    return msgspec.json.encode(resource_request(*msgspec.structs.astuple(asked))).decode()


# What is derived from the JSON that a statement gives, where SQL cannot give the wire's own.
FINISH: Mapping[tuple[type[Resource], str], Callable[[str], str]] = {
    (SegmentRange, "used"): _used,
    (SegmentRange, "available"): _available,
    (QosPolicy, "rules"): _all_rules,
    (Port, "resource_request"): _request,
}


def to_resource(cls: type[R], row: Sequence[Any]) -> R:
    """Return the value of *row*, which `select_all` of *cls* gave."""
    values: dict[str, Any] = {
        name: decode(value) if decode and value is not None else value
        for (name, decode), value in zip(_decoders(cls), row, strict=True)
    }
    return cls(**values)


def _drop_provider(item: dict[str, object]) -> None:
    """Leave out of a network with several segments what only one could be: clients tell the two apart by the keys."""
    if "segments" in item:
        for name in [name for name in item if name.startswith("provider:")]:
            del item[name]


def resource_to_wire(resource: Resource, names: Collection[str]) -> dict[str, object]:
    """Return the attributes *names* of *resource* as the wire has them."""
    item: dict[str, object] = msgspec.to_builtins(resource)
    known = attributes(type(resource))
    if len(names) < len(item):
        item = {known[name].wire: item[known[name].wire] for name in names}
    for name in names:
        if known[name].attr.omitted and item[known[name].wire] is None:
            del item[known[name].wire]
    if isinstance(resource, Network):
        _drop_provider(item)
    if "project_id" in item:
        item["tenant_id"] = item["project_id"]
    for rule in item.get("security_group_rules", ()):  # type: ignore[attr-defined]
        rule["tenant_id"] = rule["project_id"]
    return item
