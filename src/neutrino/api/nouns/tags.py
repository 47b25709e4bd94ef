"""Tags: a small set of strings on a resource (extension standard-attr-tag)."""

from collections.abc import Sequence
from typing import TypeVar

from neutrino.model.faults import HTTPBadRequest, TagNotFound
from neutrino.model.kinds import shown
from neutrino.model.resource import Tagged, attributes
from neutrino.store.records import Transaction

T = TypeVar("T", bound=Tagged)


def parse(cls: type[Tagged], tags: object) -> tuple[str, ...]:
    """Return *tags* as they came from a client, checked."""
    try:
        parsed = attributes(cls)["tags"].kind.parse(tags)
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for tags. Reason: {error}.") from error
    assert isinstance(parsed, tuple)  # noqa: S101 - its kind says so
    for tag in parsed:
        if not tag or "/" in tag or "," in tag:
            raise HTTPBadRequest(f"Invalid input for tags. Reason: {shown(tag)} is empty or has a slash or a comma.")
    return parsed


def replace(tx: Transaction, resource: T, tags: Sequence[str]) -> T:
    """Give *resource* exactly *tags*."""
    return resource if set(tags) == set(resource.tags) else tx.update(resource, {"tags": tuple(tags)})


def add(tx: Transaction, resource: T, tag: str) -> T:
    """Give *resource* one more tag."""
    tags = parse(type(resource), [*(t for t in resource.tags if t != tag), tag])
    return resource if tag in resource.tags else tx.update(resource, {"tags": tags})


def extend(tx: Transaction, resource: T, tags: Sequence[str]) -> T:
    """Give *resource* more tags."""
    together = parse(type(resource), [*resource.tags, *(tag for tag in tags if tag not in resource.tags)])
    return replace(tx, resource, together)


def remove(tx: Transaction, resource: T, tag: str) -> T:
    """Take one tag from *resource*."""
    require(resource, tag)
    return tx.update(resource, {"tags": tuple(t for t in resource.tags if t != tag)})


def require(resource: Tagged, tag: str) -> None:
    """Refuse unless *resource* has *tag*."""
    if tag not in resource.tags:
        raise TagNotFound(tag)
