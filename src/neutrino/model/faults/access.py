"""The errors of authorization and sharing: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, Fault, NotFound


class PolicyNotAuthorized(Fault):
    """A rule of the policy does not allow it."""

    status = 403
    says = "rule:{rule} is disallowed by policy"
    rule: str


class InvalidScope(Fault):
    """The caller's token is of the whole system, and the rule is for tokens of a project."""

    status = 403
    says = "{rule} requires a scope of ['project'], request was made with {scope} scope."
    rule: str
    scope: str = "system"


class RbacPolicyNotFound(NotFound):
    """No such RBAC policy."""

    says = "RBAC policy of type {object_type} with ID {id} not found"
    id: str
    object_type: str = "unknown"


class RbacPolicyInUse(Conflict):
    """Somebody uses what the RBAC policy lets them use."""

    says = "RBAC policy on object {object_id} cannot be removed because other objects depend on it.\nDetails: {details}"
    object_id: str
    details: str


class DuplicateRbacPolicy(Conflict):
    """There is one like it."""

    says = "An RBAC policy already exists with those values."


class InvalidActionForType(BadRequest):
    """What is shared cannot be shared so."""

    says = "Invalid action '{action}' for object type '{object_type}'. Valid actions: {valid_actions}"
    action: str
    object_type: str
    valid_actions: tuple[str, ...]


class InvalidSharedSetting(Conflict):
    """Others use what is not to be shared any more."""

    says = "Unable to reconfigure sharing settings for network {network}. Multiple projects are using it."
    network: str
