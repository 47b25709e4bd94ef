"""Metering labels and their rules: which traffic of routers is counted together (Networking API v2.0, metering).

Here: the declarations and the checks of a rule. Not here: counting (agent/), what a label and a router come to
(backends/ovn/metering.py).

Upstream's words: *ingress* is what comes in by a router's gateway, *egress* what leaves by it. Addresses are those
inside, behind the translations of the gateway; ``remote_ip_prefix`` too, in spite of its name (upstream's
documentation and driver): the source of what leaves, the destination of what comes in.
"""

import ipaddress
from collections.abc import Iterable
from typing import Annotated, ClassVar

from neutrino.model.faults import InvalidInput
from neutrino.model.faults.metering import MeteringLabelRuleOverlaps
from neutrino.model.kinds import Boolean, Kind, LongText, Name, Prefix, Uuid, one_of
from neutrino.model.resource import Attr, Resource

INGRESS, EGRESS = "ingress", "egress"
DIRECTIONS = (INGRESS, EGRESS)
_BRINGS_ENDS = "metering_source_and_destination_fields"


class MeteringLabelRule(Resource, frozen=True, kw_only=True):
    """Traffic that a label counts or, *excluded*, does not count, whatever its other rules say."""

    collection: ClassVar[str] = "metering_label_rules"
    singular: ClassVar[str] = "metering_label_rule"
    human: ClassVar[str] = "Metering label rule"

    project_id: Annotated[Name, Attr(put=False, indexed=True)]
    metering_label_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="metering_labels")]
    direction: Annotated[str, one_of(*DIRECTIONS), Attr(required=True, put=False)]
    excluded: Annotated[Boolean, Attr(put=False)] = False
    remote_ip_prefix: Annotated[Prefix | None, Attr(put=False)] = None
    source_ip_prefix: Annotated[Prefix | None, Attr(put=False, extension=_BRINGS_ENDS)] = None
    destination_ip_prefix: Annotated[Prefix | None, Attr(put=False, extension=_BRINGS_ENDS)] = None

    @property
    def ends(self) -> tuple[str | None, str | None]:
        """The prefixes of source and destination; None is any."""
        if self.remote_ip_prefix is None:
            return self.source_ip_prefix, self.destination_ip_prefix
        return (self.remote_ip_prefix, None) if self.direction == EGRESS else (None, self.remote_ip_prefix)


class MeteringLabel(Resource, frozen=True, kw_only=True):
    """What is counted together: of the routers of the project or, *shared*, of all routers."""

    collection: ClassVar[str] = "metering_labels"
    singular: ClassVar[str] = "metering_label"
    human: ClassVar[str] = "Metering label"

    project_id: Annotated[Name, Attr(put=False, indexed=True)]
    name: Annotated[Name, Attr(put=False)] = ""
    description: Annotated[LongText, Attr(put=False)] = ""
    shared: Annotated[Boolean, Attr(put=False)] = False
    rules: Annotated[
        tuple[MeteringLabelRule, ...],
        Kind("list of rules", tuple, "json", {"type": "array"}),
        Attr(post=False, put=False, stored=False, shown=False),
    ] = ()


def check_rule(rule: MeteringLabelRule, others: Iterable[MeteringLabelRule]) -> None:
    """Refuse a new *rule* that names no traffic, or that overlaps one of the *others* of its label.

    Raises:
        InvalidInput: Its prefixes do not go together.
        MeteringLabelRuleOverlaps: Another is of the same direction and effect, and of some of the same addresses.
    """
    ends = (rule.source_ip_prefix, rule.destination_ip_prefix)
    if rule.remote_ip_prefix is not None and any(ends):
        raise InvalidInput("remote_ip_prefix cannot be used together with source_ip_prefix or destination_ip_prefix")
    given = [prefix for prefix in rule.ends if prefix is not None]
    if not given:
        raise InvalidInput("one of remote_ip_prefix, source_ip_prefix and destination_ip_prefix must be given")
    if len({":" in prefix for prefix in given}) > 1:
        raise InvalidInput(f"source and destination must be of one IP version: {' and '.join(given)}")
    for other in others:
        if (other.direction, other.excluded) != (rule.direction, rule.excluded):
            continue
        if rule.remote_ip_prefix and other.remote_ip_prefix and _overlap(rule.remote_ip_prefix, other.remote_ip_prefix):
            raise MeteringLabelRuleOverlaps(rule.remote_ip_prefix)


def _overlap(first: str, second: str) -> bool:
    one, other = ipaddress.ip_network(first), ipaddress.ip_network(second)
    return one.version == other.version and one.overlaps(other)
