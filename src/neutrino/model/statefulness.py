"""Whether new groups are stateful (Networking API v2.0, extension security-groups-default-statefulness)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, Name
from neutrino.model.resource import Attr, Resource, Unique


class DefaultStatefulness(Resource, frozen=True, kw_only=True):
    """What a project's new groups are where nothing is said; without a project, those of all that have none."""

    collection: ClassVar[str] = "security_groups_default_statefulness"
    singular: ClassVar[str] = "security_groups_default_statefulness"
    human: ClassVar[str] = "Security group default statefulness"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("project_id",)),)

    project_id: Annotated[Name | None, Attr(put=False)] = None
    stateful: Boolean = True
