"""Request bodies: JSON to parsed attributes, by the resource's declaration.

What comes out is keyed by Python name, each value of its declared type; what was not given is absent, except that a
creation has the declared defaults filled in.
"""

from collections.abc import Mapping
from functools import cache

import msgspec

from neutrino.model.faults import HTTPBadRequest
from neutrino.model.kinds import Parse, shown
from neutrino.model.resource import Attribute, Resource, attributes, by_wire

Given = dict[str, object]


def decode(body: bytes) -> Mapping[str, object]:
    """Return the JSON object that *body* is."""
    if not body:
        raise HTTPBadRequest("Resource body required")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPBadRequest(f"Malformed request body: {error}") from error
    if not isinstance(value, dict):
        raise HTTPBadRequest(f"Malformed request body: {shown(value)} is not a dictionary")
    return value


def for_create(cls: type[Resource], body: Mapping[str, object]) -> tuple[list[Given], bool]:
    """Return the parsed items of a POST, and whether it was a bulk request."""
    is_bulk = cls.collection in body and (cls.collection != cls.singular or isinstance(body[cls.collection], list))
    if is_bulk:
        items = body[cls.collection]
        if not isinstance(items, list) or not items:
            raise HTTPBadRequest(f"Resource body required: '{cls.collection}' must be a list of at least one item")
        return [_created(cls, _unwrapped(cls, item)) for item in items], True
    return [_created(cls, _single(cls, body))], False


def for_update(cls: type[Resource], body: Mapping[str, object]) -> Given:
    """Return the parsed changes of a PUT."""
    item = _single(cls, body)
    for wire in item:
        attribute = _known(cls, wire)
        if not attribute.attr.put:
            raise HTTPBadRequest(f"Cannot update read-only attribute {wire}")
    return _parsed(cls, item)


def for_action(cls: type[Resource], body: Mapping[str, object], parse: Parse, within: str) -> object:
    """Return what a PUT on an action of a resource asks for: the whole body, or a list inside the noun's object."""
    value: object = body
    if within:
        item = _single(cls, body)
        if item.keys() != {within}:
            raise HTTPBadRequest(f"Failed to parse request. '{cls.singular}' must have '{within}' and nothing else")
        value = item[within]
    try:
        return parse(value)
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for {within or 'the body'}. Reason: {error}.") from error


def _single(cls: type[Resource], body: Mapping[str, object]) -> Mapping[str, object]:
    if cls.singular not in body:
        raise HTTPBadRequest(f"Unable to find '{cls.singular}' in request body")
    return _mapping(body[cls.singular])


def _mapping(item: object) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise HTTPBadRequest(f"Body contains invalid data: {shown(item)} is not a dictionary")
    return item


def _created(cls: type[Resource], body: object) -> Given:
    item = _mapping(body)
    for wire in item:
        attribute = _known(cls, wire)
        if not attribute.attr.post:
            raise HTTPBadRequest(f"Attribute '{wire}' not allowed in POST")
    required, defaults = _at_creation(cls)
    for wire in required:
        if wire not in item:
            raise HTTPBadRequest(f"Failed to parse request. Required attribute '{wire}' not specified")
    return defaults | _parsed(cls, item)


def defaults_of(cls: type[Resource]) -> Given:
    """Return what a creation has where nothing is given."""
    return dict(_at_creation(cls)[1])


@cache
def _at_creation(cls: type[Resource]) -> tuple[tuple[str, ...], Given]:
    known = attributes(cls).values()
    required = tuple(a.wire for a in known if a.attr.required)
    defaults = {a.name: a.default for a in known if a.attr.post and a.default is not msgspec.NODEFAULT}
    return required, defaults


def _known(cls: type[Resource], wire: str) -> Attribute:
    attribute = by_wire(cls).get(wire)
    if attribute is None:
        raise HTTPBadRequest(f"Unrecognized attribute(s) {shown(wire)}")
    return attribute


def _parsed(cls: type[Resource], item: Mapping[str, object]) -> Given:
    known = by_wire(cls)
    out: Given = {}
    for wire, value in item.items():
        attribute = known[wire]
        try:
            parsed = attribute.kind.parse(value)
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for {wire}. Reason: {error}.") from error
        if attribute.name in out and out[attribute.name] != parsed:
            raise HTTPBadRequest(f"'project_id' and 'tenant_id' do not match: {shown(parsed)}")
        out[attribute.name] = parsed
    return out


def items_of(cls: type[Resource], body: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return what a client sent for each resource of *body*, which `for_create` or `for_update` parsed."""
    items = body.get(cls.collection)
    return [_mapping(_unwrapped(cls, item)) for item in items] if isinstance(items, list) else [_single(cls, body)]


def _unwrapped(cls: type[Resource], item: object) -> object:
    """Return an item of a bulk request, which may be in an object of its own: ``{"networks": [{"network": {}}]}``."""
    return item[cls.singular] if isinstance(item, dict) and item.keys() == {cls.singular} else item
