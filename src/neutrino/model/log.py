"""The log: which decisions of security groups hosts write down (Networking API v2.0, extension logging)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, Name, Uuid, Uuids, one_of
from neutrino.model.resource import Attr, Standard

SECURITY_GROUP = "security_group"
LOGGABLE = (SECURITY_GROUP,)
ACCEPT, DROP, ALL = "ACCEPT", "DROP", "ALL"


class Log(Standard, frozen=True, kw_only=True):
    """What is logged: of a group, of a port's groups, or without either of all groups."""

    collection: ClassVar[str] = "logs"
    singular: ClassVar[str] = "log"
    human: ClassVar[str] = "Log"

    name: Name = ""
    resource_type: Annotated[Name, Attr(required=True, put=False)]
    resource_id: Annotated[Uuid | None, Attr(put=False, indexed=True, refers="security_groups")] = None
    event: Annotated[str, one_of(ALL, ACCEPT, DROP), Attr(put=False)] = ALL
    target_id: Annotated[Uuid | None, Attr(put=False, indexed=True)] = None
    enabled: Boolean = True
    # The groups that the port has, where a port is named.
    groups: Annotated[Uuids, Attr(post=False, put=False, stored=False, shown=False)] = ()

    @property
    def is_of_all(self) -> bool:
        """Whether it is about all groups."""
        return self.resource_id is None and self.target_id is None

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The groups that it is about, unless it is about all."""
        return self.groups if self.resource_id is None else (self.resource_id,)
