"""The segment range: which numbers new networks are given (Networking API v2.0, "Network Segment Ranges")."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, JsonObject, Kind, Name, items, number, one_of
from neutrino.model.network import MOST_SEGMENTATION_ID
from neutrino.model.resource import Attr, Tagged

RANGED_TYPES = ("vlan", "geneve", "vxlan")
MOST_LISTED = 65536  # numbers of one range that are shown as available

_IDS = Kind("list of numbers", items(number(0, MOST_SEGMENTATION_ID).parse, MOST_LISTED), "json", {"type": "array"})
_Id = Annotated[int, number(1, MOST_SEGMENTATION_ID)]


class SegmentRange(Tagged, frozen=True, kw_only=True):
    """Numbers of one type, for all projects or for one. The default ranges are those of the configuration."""

    collection: ClassVar[str] = "network_segment_ranges"
    singular: ClassVar[str] = "network_segment_range"
    human: ClassVar[str] = "Network segment range"

    name: Name = ""
    default: Annotated[Boolean, Attr(post=False, put=False)] = False
    shared: Annotated[Boolean, Attr(put=False)] = True
    network_type: Annotated[str, one_of(*RANGED_TYPES), Attr(required=True, put=False, indexed=True)]
    physical_network: Annotated[Name | None, Attr(put=False)] = None
    minimum: Annotated[_Id, Attr(required=True)]
    maximum: Annotated[_Id, Attr(required=True)]
    # By number, the project of the network that has it; and the lowest of those that no network has.
    used: Annotated[JsonObject, Attr(post=False, put=False, stored=False)]
    available: Annotated[tuple[int, ...], _IDS, Attr(post=False, put=False, stored=False)] = ()


def free(minimum: int, maximum: int, used: Mapping[str, object]) -> tuple[int, ...]:
    """Return the lowest numbers of a range that are not *used*, at most `MOST_LISTED`."""
    out = []
    for one in range(minimum, maximum + 1):
        if str(one) not in used:
            out.append(one)
            if len(out) == MOST_LISTED:
                break
    return tuple(out)
