"""The errors of metering: a branch of the one tree (see the package).

Names and statuses are those of neutron-lib (exceptions/metering.py).
"""

from neutrino.model.faults import Conflict, NotFound


class MeteringLabelNotFound(NotFound):
    """No such label."""

    says = "Metering label {label_id} does not exist."
    label_id: str


class MeteringLabelRuleNotFound(NotFound):
    """No such rule."""

    says = "Metering label rule {rule_id} does not exist."
    rule_id: str


class MeteringLabelRuleOverlaps(Conflict):
    """Another rule of the label is about some of the same traffic."""

    says = "Metering label rule with remote_ip_prefix {remote_ip_prefix} overlaps another."
    remote_ip_prefix: str
