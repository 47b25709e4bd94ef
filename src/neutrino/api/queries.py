"""Query strings: filters, sorting, paging and fields, by the resource's declaration.

An unknown filter is refused (extension filter-validation). A filter may be repeated: one of its values must match.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from neutrino.model.faults import HTTPBadRequest
from neutrino.model.kinds import annotations_of, kind_of, shown
from neutrino.model.resource import TENANT, Attribute, Resource, by_wire
from neutrino.store.listing import Filter, Query

Pairs = Sequence[tuple[str, str]]
TAG_MATCHES = {"tags": "all", "tags-any": "any", "not-tags": "not-all", "not-tags-any": "not-any"}
_PAGING = ("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir")
SUBSTRING = "_substr"
MOST_TERMS = 100  # of one filter that becomes one condition for each value; SQLite takes a depth of 1,000


def parse(cls: type[Resource], pairs: Pairs, most: int) -> Query:
    """Return the query that the decoded *pairs* of a query string ask for; *most* bounds a page (-1: unbounded)."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    filters: list[Filter] = []
    for name, values in grouped.items():
        if name not in _PAGING:
            filters += _filters(cls, name, values)
    return Query(
        filters=filters,
        fields=_fields(cls, grouped.get("fields", [])),
        sort=_sort(cls, grouped.get("sort_key", []), grouped.get("sort_dir", [])),
        limit=_limit(grouped.get("limit", []), most),
        marker=grouped.get("marker", [""])[-1],
        reverse=_truth("page_reverse", grouped.get("page_reverse", ["false"])[-1]),
    )


def fields_of(cls: type[Resource], pairs: Pairs) -> Sequence[str]:
    """Return the Python names of the fields that *pairs* ask for, a project's as they have it; none for all."""
    return _fields(cls, [value for name, value in pairs if name == "fields"])


def is_filterable(attribute: Attribute) -> bool:
    """Return whether lists are filtered by *attribute*."""
    attr = attribute.attr
    if not (attr.filtered or (attr.shown and (attr.stored or attr.child))):
        return False
    return attr.child is not None or attribute.kind.storage != "json"


def is_sortable(attribute: Attribute) -> bool:
    """Return whether lists are sorted by *attribute*."""
    attr = attribute.attr
    return is_filterable(attribute) and attr.child is None and (attr.stored or attr.sorted)


@cache
def _filterable(cls: type[Resource]) -> Mapping[str, Attribute]:
    return {wire: a for wire, a in by_wire(cls).items() if is_filterable(a)}


def _filters(cls: type[Resource], name: str, values: list[str]) -> list[Filter]:
    known = _filterable(cls)
    if name in TAG_MATCHES and "tags" in known:
        tags = _few(name, [tag for value in values for tag in value.split(",")])
        return [Filter("tags", tags, part="tag", match=TAG_MATCHES[name])]
    if name in ("changed_since", "changed-since") and "updated_at" in known:
        return [Filter("updated_at", [max(_time(value) for value in values)], match="after")]
    attribute = known.get(name)
    if attribute is None:
        raise HTTPBadRequest(f"{[name]} is invalid attribute for filtering")
    child = attribute.attr.child
    if child is None:
        return [Filter(attribute.name, [_value(attribute, value) for value in values])]
    if child.record is None:
        return [Filter(attribute.name, values, part=child.column)]
    return _record_filters(attribute, values)


def _few(name: str, values: Sequence[object]) -> list[object]:
    distinct = list(dict.fromkeys(values))
    if len(distinct) > MOST_TERMS:
        raise HTTPBadRequest(f"Invalid input for {name}. Reason: {len(distinct)} values are more than {MOST_TERMS}.")
    return distinct


def _record_filters(attribute: Attribute, values: list[str]) -> list[Filter]:
    """Return the filters on a list of records, as in ``fixed_ips=ip_address=10.0.0.3`` (``ip_address_substr=10.0``)."""
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - callers ask only for lists kept as rows
    assert child.record is not None  # noqa: S101
    parts = annotations_of(child.record)
    found: dict[tuple[str, str], list[object]] = {}
    for value in dict.fromkeys(values):
        key, equals, text = value.partition("=")
        part = key.removesuffix(SUBSTRING)
        if not equals or part not in parts:
            raise HTTPBadRequest(f"Invalid input for {attribute.wire}. Reason: {shown(value)} is not key=value.")
        match = "substring" if key.endswith(SUBSTRING) else "equal"
        try:
            parsed = text if match == "substring" else kind_of(parts[part]).parse(text)
        except ValueError:
            parsed = text  # what cannot be stored matches nothing
        found.setdefault((part, match), []).append(parsed)
    for (part, match), given in found.items():
        if match == "substring":
            _few(f"{part}{SUBSTRING}", given)
    return [Filter(attribute.name, given, part=part, match=match) for (part, match), given in found.items()]


def _value(attribute: Attribute, text: str) -> object:
    if attribute.kind.storage == "text":
        return text if text or not _is_nullable(attribute) else None
    if not text and _is_nullable(attribute):
        return None
    try:
        return attribute.kind.parse(text)
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for {attribute.wire}. Reason: {error}.") from error


def _is_nullable(attribute: Attribute) -> bool:
    either = attribute.kind.schema.get("anyOf", ())
    return isinstance(either, list) and {"type": "null"} in either


def _time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise HTTPBadRequest(
            f"Invalid input for changed_since. Reason: {shown(text)} is not an ISO 8601 time."
        ) from error
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _fields(cls: type[Resource], wanted: list[str]) -> Sequence[str]:
    known = by_wire(cls)
    shown_ones = [wire for wire in wanted if wire in known and known[wire].attr.shown]
    names = dict.fromkeys(wire if wire == TENANT else known[wire].name for wire in shown_ones)
    if wanted and not names:
        return ("id",)
    return tuple(names)


def _sort(cls: type[Resource], keys: list[str], directions: list[str]) -> Sequence[tuple[str, bool]]:
    if len(directions) > len(keys) or (directions and len(directions) != len(keys)):
        raise HTTPBadRequest("The number of sort_keys and sort_dirs must be same")
    known = _filterable(cls)
    out = []
    for i, key in enumerate(keys):
        attribute = known.get(key)
        if attribute is None or not is_sortable(attribute):
            raise HTTPBadRequest(f"{shown(key)} is invalid attribute for sort key")
        direction = directions[i] if directions else "asc"
        if direction not in ("asc", "desc"):
            raise HTTPBadRequest(f"The sort_dir {shown(direction)} is not one of ['asc', 'desc']")
        out.append((attribute.name, direction == "asc"))
    return tuple(dict(out).items())


def _limit(values: list[str], most: int) -> int:
    text = values[-1] if values else "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise HTTPBadRequest(f"Invalid input for limit. Reason: {shown(text)} is not an integer of 0 or more.")
    limit = int(text)
    return min(limit or most, most) if most > 0 else limit


def _truth(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise HTTPBadRequest(f"Invalid input for {name}. Reason: {shown(text)} cannot be converted to boolean.")
    return text.lower() in ("true", "1")
