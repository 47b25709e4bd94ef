"""The segment: a part of a network as one wire, or one tunnel, carries it (Networking API v2.0, "Segments")."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Name, Uuid, number, one_of
from neutrino.model.network import MOST_SEGMENTATION_ID, NETWORK_TYPES
from neutrino.model.resource import Attr, Standard, Unique


class Segment(Standard, frozen=True, kw_only=True):
    """How, and under which number, a network is carried; where it is carried, a physical network says."""

    collection: ClassVar[str] = "segments"
    singular: ClassVar[str] = "segment"
    human: ClassVar[str] = "Segment"
    unique: ClassVar[tuple[Unique, ...]] = (
        Unique(("network_id", "segment_index")),
        Unique(("network_type", "segmentation_id"), where="physical_network IS NULL"),
        Unique(("physical_network", "segmentation_id"), where="network_type = 'vlan'"),
        Unique(("physical_network",), where="network_type = 'flat'"),
    )

    project_id: Annotated[Name, Attr(put=False, shown=False)]
    name: Name | None = None
    network_id: Annotated[Uuid, Attr(required=True, put=False, refers="networks")]
    segment_index: Annotated[Annotated[int, number(0, 2**31 - 1)], Attr(post=False, put=False, shown=False)] = 0
    network_type: Annotated[str, one_of(*NETWORK_TYPES), Attr(required=True, put=False)]
    physical_network: Annotated[Name | None, Attr(put=False)] = None
    segmentation_id: Annotated[
        Annotated[int, number(1, MOST_SEGMENTATION_ID)] | None, Attr(put=False, indexed=True)
    ] = None
