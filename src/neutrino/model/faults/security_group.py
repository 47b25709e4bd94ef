"""The errors of security groups and their rules: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class SecurityGroupNotFound(NotFound):
    """No such security group."""

    says = "Security group {id} does not exist"
    id: str


class SecurityGroupRuleNotFound(NotFound):
    """No such security group rule."""

    says = "Security group rule {id} does not exist"
    id: str


class SecurityGroupInUse(Conflict):
    """Ports or rules still refer to the group."""

    says = "Security Group {id} {reason}."
    id: str
    reason: str = "in use"


class SecurityGroupCannotRemoveDefault(Conflict):
    """A project's default group stays."""

    says = "Insufficient rights for removing default security group."


class SecurityGroupCannotUpdateDefault(Conflict):
    """A project's default group keeps its name."""

    says = "Updating default security group not allowed."


class SecurityGroupDefaultAlreadyExists(Conflict):
    """Each project has one group named default already."""

    says = "Default security group already exists."


class SecurityGroupRuleExists(Conflict):
    """An equal rule exists."""

    says = "Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


class DefaultSecurityGroupRuleNotFound(NotFound):
    """No such rule for groups to come."""

    says = "Default Security Group rule {id} does not exist"
    id: str


class DefaultSecurityGroupRuleExists(Conflict):
    """Groups to come get such a rule already."""

    says = "Default Security group rule already exists. Rule id is {rule_id}."
    rule_id: str


class SecurityGroupRuleInUse(Conflict):
    """The rule is referred to."""

    says = "Security Group Rule {id} {reason}."
    id: str
    reason: str


class SecurityGroupMultipleRemoteEntites(BadRequest):
    """A rule has one remote. The spelling is upstream's."""

    says = "Only remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."


class SecurityGroupRuleInvalidEtherType(BadRequest):
    """There is no such ethertype."""

    says = "Security group rule for ethertype {ethertype} not supported. Allowed values are {values}."
    ethertype: str
    values: list[str]


class SecurityGroupRuleInvalidProtocol(BadRequest):
    """There is no such protocol."""

    says = (
        "Security group rule protocol {protocol} not supported. Only protocol values {values} and integer "
        "representations [0 to 255] are supported."
    )
    protocol: str
    values: list[str]


class SecurityGroupConflict(Conflict):
    """The groups of a port do not go together."""

    says = "Error {reason} while attempting the operation."
    reason: str


class SecurityGroupRuleParameterConflict(BadRequest):
    """Two values of a rule contradict each other."""

    says = "Conflicting value ethertype {ethertype} for CIDR {cidr}"
    ethertype: str
    cidr: str


class SecurityGroupEthertypeConflictWithProtocol(BadRequest):
    """The protocol belongs to the other IP version."""

    says = "Invalid ethertype {ethertype} for protocol {protocol}."
    ethertype: str
    protocol: str


class SecurityGroupInvalidPortRange(BadRequest):
    """The lower port is above the upper."""

    says = "For TCP/UDP protocols, port_range_min must be <= port_range_max"


class SecurityGroupInvalidPortValue(BadRequest):
    """A port that the protocol does not have."""

    says = "Invalid value for port {port}"
    port: str


class SecurityGroupInvalidIcmpValue(BadRequest):
    """An ICMP type or code that does not exist."""

    says = "Invalid value for ICMP {field} ({attr}) {value}. It must be 0 to 255."
    field: str
    attr: str
    value: int


class SecurityGroupMissingIcmpType(BadRequest):
    """An ICMP code without a type."""

    says = "ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing."
    value: int


class SecurityGroupProtocolRequiredWithPorts(BadRequest):
    """A port range without a protocol."""

    says = "Must also specify protocol if port range is given."


class SecurityGroupInvalidProtocolForPort(BadRequest):
    """A port range with a protocol that has no ports."""

    says = "Invalid protocol {protocol} for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP."
    protocol: str


class SecurityGroupDefaultStatefulnessNotFound(NotFound):
    """No such setting."""

    says = "Security group default statefulness {id} could not be found."
    id: str


class SecurityGroupDefaultStatefulnessAlreadyExists(Conflict):
    """The project has its setting already."""

    says = "A security group default statefulness setting already exists for project '{project_id}'."
    project_id: str
