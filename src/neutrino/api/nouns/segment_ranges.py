"""Segment ranges: what creating, changing and deleting one does, and the default ones.

The default ranges are those of the configuration. They are written when they are first needed, and again when the
configuration has changed: so they are listed, filtered and used like all others.
"""

import uuid
from collections.abc import Iterator

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.segment import (
    NetworkSegmentRangeDefaultReadOnly,
    NetworkSegmentRangeOverlaps,
    NetworkSegmentRangeReferencedByProject,
)
from neutrino.model.network import MOST_VLAN_ID
from neutrino.model.segment_range import SegmentRange
from neutrino.runtime.config import Config
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.segmentation import extremes
from neutrino.store.tables import TABLES

_ranges = TABLES[SegmentRange]
_DEFAULTS = select_all(SegmentRange).where(_ranges.c.default.is_(True))
_OVERLAPS = (
    select(_ranges.c.id)
    .where(
        _ranges.c.default.is_(False),
        _ranges.c.network_type == bindparam("network_type"),
        _ranges.c.physical_network.is_not_distinct_from(bindparam("physical_network")),
        _ranges.c.minimum <= bindparam("high"),
        _ranges.c.maximum >= bindparam("low"),
        _ranges.c.id != bindparam("id"),
    )
    .order_by(_ranges.c.id)
)
Configured = tuple[str, str | None, int, int]


def configured(config: Config) -> Iterator[Configured]:
    """Yield the default ranges: type, physical network, first and last id."""
    for kind, (low, high) in config.vni_ranges.items():
        yield kind, None, low, high
    for physical_network, (low, high) in config.vlan_ranges.items():
        yield "vlan", physical_network, low, high


def write_defaults(tx: Transaction, config: Config) -> None:
    """Make the default ranges those of the configuration."""
    wanted = set(configured(config))
    for row in tx.connection.execute(_DEFAULTS).all():
        one = to_resource(SegmentRange, row)
        key = (one.network_type, one.physical_network, one.minimum, one.maximum)
        if key in wanted:
            wanted.remove(key)
        else:
            tx.delete(one)
    for kind, physical_network, low, high in sorted(wanted, key=str):
        tx.insert(
            SegmentRange(
                id=str(uuid.uuid4()),
                project_id="",
                default=True,
                shared=True,
                network_type=kind,
                physical_network=physical_network,
                minimum=low,
                maximum=high,
                used={},
                created_at=tx.now,
                updated_at=tx.now,
                revision_number=1,
            )
        )


def create(tx: Transaction, request: Request, given: Given) -> SegmentRange:
    """Create a range, shared or of one project, that shares no number with another."""
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": "" if given["shared"] else str(given.get("project_id") or request.project_id),
        "physical_network": given["physical_network"] or None,
        "used": {},
    }
    if given["network_type"] != "vlan":
        values["physical_network"] = None
    elif values["physical_network"] is None:
        raise InvalidInput("a range of type vlan needs a physical_network")
    made = SegmentRange(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    _check(tx, made)
    tx.insert(made)
    return _shown(tx, made)


def update(tx: Transaction, _request: Request, old: SegmentRange, changes: Given) -> SegmentRange:
    """Change a range; it keeps what networks have of it."""
    if old.default:
        raise NetworkSegmentRangeDefaultReadOnly(old.id)
    new = msgspec.structs.replace(old, **changes)
    in_use = _extremes(tx, old)
    if in_use and (changes.keys() & {"minimum", "maximum"}) and (new.minimum > in_use[0] or new.maximum < in_use[1]):
        raise NetworkSegmentRangeReferencedByProject(old.id)
    _check(tx, new)
    return _shown(tx, tx.update(old, changes))


def delete(tx: Transaction, _request: Request, one: SegmentRange) -> None:
    """Delete a range of which no network has a number."""
    if one.default:
        raise NetworkSegmentRangeDefaultReadOnly(one.id)
    if _extremes(tx, one):
        raise NetworkSegmentRangeReferencedByProject(one.id)
    tx.delete(one)


def _check(tx: Transaction, one: SegmentRange) -> None:
    if one.minimum > one.maximum:
        raise InvalidInput(f"the minimum {one.minimum} of a range is above its maximum {one.maximum}")
    if one.network_type == "vlan" and one.maximum > MOST_VLAN_ID:
        raise InvalidInput(f"{one.maximum} is no VLAN id: from 1 to {MOST_VLAN_ID}")
    given = {
        "network_type": one.network_type,
        "physical_network": one.physical_network,
        "low": one.minimum,
        "high": one.maximum,
        "id": one.id,
    }
    others = [row.id for row in tx.connection.execute(_OVERLAPS, given)]
    if others:
        raise NetworkSegmentRangeOverlaps(", ".join(others))


def _extremes(tx: Transaction, one: SegmentRange) -> tuple[int, int] | None:
    return extremes(tx.connection, one.network_type, one.physical_network, one.minimum, one.maximum)


def _shown(tx: Transaction, one: SegmentRange) -> SegmentRange:
    found = tx.get(SegmentRange, one.id)
    assert found is not None  # noqa: S101 - it was just written
    return found
