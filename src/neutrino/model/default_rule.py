"""The rules that new security groups get (Networking API v2.0, extension security-groups-default-rules)."""

from typing import Annotated, ClassVar

from neutrino.model.kinds import Boolean, Name, Uuid, one_of
from neutrino.model.resource import Attr, Resource
from neutrino.model.security_group import ETHERTYPE, PORT, PREFIX, PROTOCOL, SecurityGroupRule

PARENT = "PARENT"  # the group that gets the rule
SHAPE = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "remote_address_group_id",
)


class DefaultSecurityGroupRule(Resource, frozen=True, kw_only=True):
    """A rule that each new group gets: those of the projects' default groups, all others, or both.

    A remote group other than the group itself is refused: groups belong to projects, and these rules to none.
    """

    collection: ClassVar[str] = "default_security_group_rules"
    singular: ClassVar[str] = "default_security_group_rule"
    human: ClassVar[str] = "Default security group rule"

    description: Annotated[Name, Attr(put=False)] = ""
    direction: Annotated[str, one_of("ingress", "egress"), Attr(required=True, put=False)]
    ethertype: Annotated[str, ETHERTYPE, Attr(put=False)] = "IPv4"
    protocol: Annotated[Annotated[str, PROTOCOL] | None, Attr(put=False)] = None
    port_range_min: Annotated[Annotated[int, PORT] | None, Attr(put=False)] = None
    port_range_max: Annotated[Annotated[int, PORT] | None, Attr(put=False)] = None
    remote_ip_prefix: Annotated[Annotated[str, PREFIX] | None, Attr(put=False)] = None
    remote_group_id: Annotated[Annotated[str, one_of(PARENT)] | None, Attr(put=False)] = None
    remote_address_group_id: Annotated[Uuid | None, Attr(put=False, indexed=True, refers="address_groups")] = None
    used_in_default_sg: Annotated[Boolean, Attr(put=False, indexed=True)] = False
    used_in_non_default_sg: Annotated[Boolean, Attr(put=False, indexed=True)] = True

    def values_for(self, group_id: str) -> dict[str, object]:
        """Return what the rule of the group has."""
        values = {name: getattr(self, name) for name in SHAPE}
        return values | {"remote_group_id": group_id if self.remote_group_id == PARENT else None}


def as_rule(template: DefaultSecurityGroupRule, project_id: str) -> SecurityGroupRule:
    """Return the rule that a group would get, to be checked as one."""
    stamps = {"created_at": "", "updated_at": "", "revision_number": 0}
    values = template.values_for(template.id)
    return SecurityGroupRule(
        id=template.id,
        project_id=project_id,
        security_group_id=template.id,
        **values,  # type: ignore[arg-type]
        **stamps,  # type: ignore[arg-type]
    )
