"""Which segmentation ids are free: those of the ranges that a project may use, which no segment has.

Here: the statements. Not here: what a range may be (api/nouns/segment_ranges.py).
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from neutrino.model.segment import Segment
from neutrino.model.segment_range import SegmentRange
from neutrino.store.statements import Connection
from neutrino.store.tables import TABLES

_ranges, _segments = TABLES[SegmentRange], TABLES[Segment]
_within = (
    _segments.c.network_type == bindparam("network_type"),
    _segments.c.physical_network.is_not_distinct_from(bindparam("physical_network")),
)
_top = (
    select(func.max(_segments.c.segmentation_id))
    .where(*_within, _segments.c.segmentation_id.between(_ranges.c.minimum, _ranges.c.maximum))
    .correlate(_ranges)
    .scalar_subquery()
)
_RANGES = (
    select(
        _ranges.c.default,
        _ranges.c.shared,
        _ranges.c.project_id,
        _ranges.c.minimum,
        _ranges.c.maximum,
        _top.label("top"),
    )
    .where(
        _ranges.c.network_type == bindparam("network_type"),
        _ranges.c.physical_network.is_not_distinct_from(bindparam("physical_network")),
    )
    .order_by(_ranges.c.default, _ranges.c.shared, _ranges.c.minimum)
)
_TAKEN = select(_segments.c.segmentation_id).where(
    *_within, _segments.c.segmentation_id.between(bindparam("low"), bindparam("high"))
)
_EXTREMES = select(func.min(_segments.c.segmentation_id), func.max(_segments.c.segmentation_id)).where(
    *_within, _segments.c.segmentation_id.between(bindparam("low"), bindparam("high"))
)


class Range:
    """A range of ids, and the highest of it that is taken."""

    def __init__(self, row: object) -> None:
        self.is_default: bool = row.default  # type: ignore[attr-defined]
        self.is_shared: bool = row.shared  # type: ignore[attr-defined]
        self.project_id: str = row.project_id  # type: ignore[attr-defined]
        self.low: int = row.minimum  # type: ignore[attr-defined]
        self.high: int = row.maximum  # type: ignore[attr-defined]
        self.top: int | None = row.top  # type: ignore[attr-defined]


def ranges(connection: Connection, network_type: str, physical_network: str | None) -> list[Range]:
    """Return all ranges of a type (there): projects' own first, then shared ones, the default last."""
    found = connection.execute(_RANGES, {"network_type": network_type, "physical_network": physical_network})
    return [Range(row) for row in found]


def free_id(
    connection: Connection, network_type: str, physical_network: str | None, known: Sequence[Range], project_id: str
) -> int | None:
    """Return an id for a network of the project, of its own ranges if it has any left; None if all are taken."""
    others = [one for one in known if not one.is_shared and one.project_id != project_id]

    def may_have(number: int) -> bool:
        return not any(one.low <= number <= one.high for one in others)

    for one in known:
        if one in others:
            continue
        number = one.low if one.top is None else one.top + 1
        if number <= one.high and may_have(number):
            return number
        given = {"network_type": network_type, "physical_network": physical_network, "low": one.low, "high": one.high}
        taken = {row[0] for row in connection.execute(_TAKEN, given)}
        found = next((n for n in range(one.low, one.high + 1) if n not in taken and may_have(n)), None)
        if found is not None:
            return found
    return None


def extremes(
    connection: Connection, network_type: str, physical_network: str | None, low: int, high: int
) -> tuple[int, int] | None:
    """Return the lowest and the highest id from *low* to *high* that a segment has; None if none has any."""
    given = {"network_type": network_type, "physical_network": physical_network, "low": low, "high": high}
    least, most = connection.execute(_EXTREMES, given).one()
    return None if least is None else (least, most)
