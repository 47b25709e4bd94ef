"""The errors of QoS policies and their rules: a branch of the one tree (see the package).

Names and statuses are those of neutron-lib (neutron_lib/exceptions/qos.py).
"""

from neutrino.model.faults import Conflict, Fault, NotFound


class QosPolicyNotFound(NotFound):
    """No such policy."""

    says = "QoS policy {policy_id} could not be found."
    policy_id: str


class QosRuleNotFound(NotFound):
    """No such rule, or not of that policy."""

    says = "QoS rule {rule_id} could not be found."
    rule_id: str


class QosPolicyInUse(Conflict):
    """Something is under the policy."""

    says = "QoS Policy {policy_id} is used by {object_type} {object_id}{reason}."
    policy_id: str
    object_type: str
    object_id: str
    reason: str = ""


class QoSPolicyDefaultAlreadyExists(Conflict):
    """Another policy is the project's default."""

    says = "A default QoS policy exists for project {project_id}."
    project_id: str


class QosRuleNotSupported(Conflict):
    """The port, floating IP or gateway cannot have such a rule."""

    says = "Rule {rule_type} is not supported by {object_type} {object_id}"
    rule_type: str
    object_type: str
    object_id: str


class QosRuleNotSupportedByNetwork(Conflict):
    """The ports of the network cannot have such a rule."""

    says = "Rule {rule_type} is not supported by network {network_id}"
    rule_type: str
    network_id: str


class QoSRuleParameterConflict(Conflict):
    """Another rule of the policy contradicts the value."""

    says = (
        "Unable to add the rule with value {rule_value} to the policy {policy_id} as the existing rule of type "
        "{existing_rule} has value {existing_value}."
    )
    rule_value: object
    policy_id: str
    existing_rule: str
    existing_value: object


class QoSRulesConflict(Conflict):
    """The policy has such a rule already."""

    says = "Rule {new_rule_type} conflicts with rule {rule_id} which already exists in QoS Policy {policy_id}."
    new_rule_type: str
    rule_id: str
    policy_id: str


class QosPlacementAllocationUpdateConflict(Conflict):
    """An instance runs on what was allocated for the port's minimum rules."""

    says = (
        "The policy of port {port_id} cannot change, because its minimum rules are allocated in Placement to instance "
        "{consumer}: give it the new policy after the instance was detached."
    )
    port_id: str
    consumer: str


class PolicyRemoveAuthorizationError(Fault):
    """Who may not see a policy cannot take it away."""

    status = 403
    says = "Failed to remove provided policy {policy_id} because you are not authorized."
    policy_id: str
