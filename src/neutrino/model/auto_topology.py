"""A project's network, made of defaults when it is first asked for (extension auto-allocated-topology)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Name, Uuid
from neutrino.model.resource import Attr, Resource, Unique

NAME = "auto_allocated_"


class AutoAllocatedTopology(Resource, frozen=True, kw_only=True):
    """Which network and router a project got; ``id`` is the network's."""

    collection: ClassVar[str] = "auto_allocated_topologies"
    singular: ClassVar[str] = "auto_allocated_topology"
    human: ClassVar[str] = "Auto allocated topology"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("project_id",)),)

    project_id: Name
    router_id: Annotated[Uuid, Attr(shown=False)]
