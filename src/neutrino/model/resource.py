"""What a resource declaration is, and what is derived from it.

Here: `Resource`, `Attr`, and `attributes()`, from which request parsing, tables, filters, sort keys and the wire form
all follow. Not here: any particular resource.

The Python name of an attribute is its wire name with the colon of an extension prefix written as an underscore
(``binding_host_id`` is ``binding:host_id``); `wire_name` is the only place that knows this.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, ClassVar, get_args, get_origin

import msgspec

from neutrino.model.kinds import Kind, Name, Revision, Tags, Timestamp, Uuid, kind_of

PROJECT, TENANT = "project_id", "tenant_id"
"""The attribute, and its older name; answers have both."""
_PREFIXES = ("binding_", "provider_", "router_external")


def wire_name(name: str) -> str:
    """Return the wire name of the attribute *name*."""
    if name.startswith(_PREFIXES):
        return name.replace("_", ":", 1)
    return name


class Child(msgspec.Struct, frozen=True):
    """A list kept as rows of a table of its own, because its items are filtered on, are unique, or refer to rows.

    ``record`` is the item's Struct; a list of strings has one column named ``column``. ``unique`` names item columns
    that no two rows of the table may share; ``refers`` maps an item column to the collection that it points into.
    """

    record: type[msgspec.Struct] | None = None
    column: str = ""
    ordered: str = ""  # an item column of addresses that is searched in numeric order
    unique: tuple[str, ...] = ()
    refers: Mapping[str, str] | None = None


class Unique(msgspec.Struct, frozen=True):
    """Columns that no two rows of a table may share; with ``where`` (SQL), only among the rows that it selects."""

    columns: tuple[str, ...]
    where: str = ""


class Attr(msgspec.Struct, frozen=True):
    """How an attribute behaves, where it differs from the ordinary: settable, changeable, stored in one column."""

    post: bool = True  # may be given when created
    put: bool = True  # may be changed
    required: bool = False  # must be given when created
    child: Child | None = None  # stored in a table of its own
    stored: bool = True  # False: derived when read (the store says from what)
    indexed: bool = False
    shown: bool = True  # on the wire
    omitted: bool = False  # left out of answers where it is null
    filtered: bool = False  # lists are filtered by it, although it is derived
    sorted: bool = False  # likewise sorted
    refers: str = ""  # the collection whose id this is
    extension: str = ""  # the alias that brings it; "" for the core


_ORDINARY = Attr()


class Attribute(msgspec.Struct, frozen=True):
    """One attribute of one resource, as derived from its declaration."""

    name: str
    wire: str
    kind: Kind
    attr: Attr
    default: object  # msgspec.NODEFAULT: decided by the server, or required


class Resource(msgspec.Struct, frozen=True, kw_only=True, rename=wire_name):
    """A noun of the API. A subclass declares one attribute a line."""

    collection: ClassVar[str] = ""
    singular: ClassVar[str] = ""
    human: ClassVar[str] = ""  # as messages name it
    unique: ClassVar[tuple[Unique, ...]] = ()
    limited: ClassVar[bool] = False  # a quota says how many a project may have

    id: Annotated[Uuid, Attr(post=False, put=False)]


class Standard(Resource, frozen=True, kw_only=True):
    """What nearly all resources have."""

    project_id: Annotated[Name, Attr(put=False, indexed=True)]
    description: Annotated[Name, Attr(extension="standard-attr-description")] = ""
    created_at: Annotated[Timestamp, Attr(post=False, put=False, extension="standard-attr-timestamp")]
    updated_at: Annotated[Timestamp, Attr(post=False, put=False, extension="standard-attr-timestamp")]
    revision_number: Annotated[Revision, Attr(post=False, put=False, extension="standard-attr-revisions")]


class Tagged(Standard, frozen=True, kw_only=True):
    """A standard resource that has tags."""

    tags: Annotated[Tags, Attr(post=False, put=False, child=Child(column="tag"), extension="standard-attr-tag")] = ()


@cache
def attributes(cls: type[Resource]) -> Mapping[str, Attribute]:
    """Return the attributes of *cls* by Python name, in the order of declaration."""
    return {
        f.name: Attribute(f.name, f.encode_name, kind_of(f.type), _attr_of(f.type), f.default)
        for f in msgspec.structs.fields(cls)
    }


def _attr_of(hint: object) -> Attr:
    parts = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((part for part in parts if isinstance(part, Attr)), _ORDINARY)


@cache
def shown(cls: type[Resource]) -> tuple[str, ...]:
    """Return the Python names of the attributes of *cls* that answers have."""
    return tuple(a.name for a in attributes(cls).values() if a.attr.shown)


@cache
def by_wire(cls: type[Resource]) -> Mapping[str, Attribute]:
    """Return the attributes of *cls* by wire name; ``tenant_id`` is an older name of ``project_id``."""
    out = {a.wire: a for a in attributes(cls).values()}
    if PROJECT in out:
        out[TENANT] = out[PROJECT]
    return out
