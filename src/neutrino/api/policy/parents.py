"""What a resource belongs to, as rules name it: ``network:project_id``, ``security_group:project_id``.

Here: which column of a resource refers to which table. Not here: what is then asked of it.
"""

from collections.abc import Mapping
from functools import cache

import msgspec

from neutrino.model.network import Network
from neutrino.model.rbac_policy import TYPE_OF
from neutrino.model.resource import Resource, attributes
from neutrino.store.tables import RESOURCES

EXT_PARENT = "ext_parent"  # upstream's word for the noun below which another's path is


class Below(msgspec.Struct, frozen=True):
    """The parent of a noun whose path is below another's, and the attribute that is its id."""

    cls: type[Resource]
    attribute: str


@cache
def _by_name() -> Mapping[str, type[Resource]]:
    return {name: cls for cls in RESOURCES for name in (cls.singular, cls.collection)}


@cache
def parent_of(cls: type[Resource], name: str, below: Below | None) -> tuple[type[Resource], str] | None:
    """Return the class that *name* is for a *cls*, and the attribute of *cls* that is its id; None if it has none.

    *name* is a singular or a collection. A resource is its own parent: the network owner of a network is its owner.
    """
    if name == EXT_PARENT:
        return (below.cls, below.attribute) if below else None
    found = _by_name().get(name)
    if found is None:
        return None
    if found is cls:
        return cls, "id"
    for attribute in attributes(cls).values():
        if attribute.attr.refers == found.collection and attribute.name == f"{found.singular}_id":
            return found, attribute.name
    return None


def shared_object(cls: type[Resource], collection: str) -> str | None:
    """Return the attribute of *cls* that is the id of what is shared: of itself, of its parent, or of its network."""
    for name in (collection, Network.singular):
        found = parent_of(cls, name, None)
        if found is not None and found[0] in TYPE_OF:
            return found[1]
    return None
