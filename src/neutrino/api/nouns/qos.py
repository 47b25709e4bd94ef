"""Who is under which QoS policy: networks and their ports, floating IPs, gateways.

Here: what they may be put under, and what a policy with users may become. Not here: policies and rules themselves
(policies.py), what they look like in OVN.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, union_all

from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.faults.qos import (
    PolicyRemoveAuthorizationError,
    QosPlacementAllocationUpdateConflict,
    QosPolicyInUse,
    QosPolicyNotFound,
    QosRuleNotSupported,
    QosRuleNotSupportedByNetwork,
)
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.qos import (
    MINIMUM,
    OF_ADDRESSES,
    SUPPORTED,
    MinimumBandwidthRule,
    MinimumPacketRateRule,
    QosPolicy,
    Rule,
    minimums,
    resource_request,
    unsupported,
)
from neutrino.model.router import Router
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

NORMAL = "normal"  # the VNIC type whose packets OVN sees
COMPUTE = "compute:"  # device owners of instances
_ADDRESSES = ("fip", "router")
_networks, _ports, _fips, _routers = TABLES[Network], TABLES[Port], TABLES[FloatingIp], TABLES[Router]
_policies = TABLES[QosPolicy]
_DEFAULT = select(_policies.c.id).where(
    _policies.c.project_id == bindparam("project_id"), _policies.c.is_default.is_(True)
)
# Names as upstream's messages have them.
_USERS = select(
    *(
        select(table.c.id).where(column == bindparam("policy_id")).limit(1).scalar_subquery().label(name)
        for name, table, column in (
            ("port", _ports, _ports.c.qos_policy_id),
            ("network", _networks, _networks.c.qos_policy_id),
            ("fip", _fips, _fips.c.qos_policy_id),
            ("router", _routers, _routers.c.gateway_qos_policy_id),
        )
    )
)
_OWN = select(_ports.c.id).where(_ports.c.qos_policy_id == bindparam("policy_id"))
_INHERITED = (
    select(_ports.c.id)
    .join(_networks, _networks.c.id == _ports.c.network_id)
    .where(_networks.c.qos_policy_id == bindparam("policy_id"), _ports.c.qos_policy_id.is_(None))
)
_ODD, _OF_INSTANCE = _ports.c.binding_vnic_type != NORMAL, _ports.c.device_owner.startswith(COMPUTE)
_ODD_PORT, _INSTANCE = (
    union_all(_OWN.where(condition), _INHERITED.where(condition)).limit(1) for condition in (_ODD, _OF_INSTANCE)
)
_ON_NETWORK = select(_ports.c.id, _ports.c.device_id).where(
    _ports.c.network_id == bindparam("network_id"), _ports.c.qos_policy_id.is_(None)
)
_ODD_ON_NETWORK = _ON_NETWORK.where(_ODD).limit(1)
_ALLOCATED_ON_NETWORK = _ON_NETWORK.where(_OF_INSTANCE, _ports.c.binding_profile.contains('"allocation":{"')).limit(1)


def default_of(tx: Transaction, project_id: str) -> str | None:
    """Return the id of the project's default policy."""
    found = tx.connection.execute(_DEFAULT, {"project_id": project_id}).scalar()
    return None if found is None else str(found)


def users_of(tx: Transaction, policy_id: str) -> list[tuple[str, str]]:
    """Return what is under a policy: the id of one of each kind."""
    row = tx.connection.execute(_USERS, {"policy_id": policy_id}).one()
    return [(kind, str(found)) for kind, found in zip(row.names, row, strict=True) if found is not None]


def put_under(
    tx: Transaction, request: Request, kind: str, row_id: str, policy_id: object, old_id: str | None = None
) -> None:
    """Refuse unless the floating IP or router may be put under the policy named in a request instead of the old one.

    None is no policy. A floating IP's old one does not matter, whoever may see it: as upstream.
    """
    if old_id is not None:
        _named(tx, request, old_id)
    if isinstance(policy_id, str):
        _check(_named(tx, request, policy_id), kind, row_id, OF_ADDRESSES)


def put_network_under(
    tx: Transaction, request: Request, network_id: str, policy_id: object, old_id: str | None = None
) -> None:
    """Refuse unless the network and its ports may be put under the policy named in a request instead of the old one."""
    policy = _named(tx, request, policy_id) if isinstance(policy_id, str) else None
    if policy is not None and (kind := unsupported(policy.rules)):
        raise QosRuleNotSupportedByNetwork(kind, network_id)
    where = {"network_id": network_id}
    if policy is not None and policy.rules and (odd := tx.connection.execute(_ODD_ON_NETWORK, where).first()):
        raise QosRuleNotSupported(policy.rules[0].kind, "port", str(odd.id))
    old = _released(tx, request, old_id)
    if minimums(old.rules if old else ()) != minimums(policy.rules if policy else ()):
        held = tx.connection.execute(_ALLOCATED_ON_NETWORK, where).first()
        if held is not None and minimums(old.rules if old else ()):
            raise QosPlacementAllocationUpdateConflict(str(held.id), str(held.device_id))


def of_new_port(
    tx: Transaction, request: Request, network: Network, port_id: str, policy_id: object, vnic_type: str
) -> Mapping[str, object]:
    """Return what a port has of its own policy, or its network's; refuse a policy that it cannot have."""
    own = _named(tx, request, policy_id) if isinstance(policy_id, str) else None
    return _of_port(network, port_id, own or _inherited(tx, network), vnic_type)


def of_changed_port(
    tx: Transaction, request: Request, network: Network, port: Port, changes: Mapping[str, object]
) -> Mapping[str, object]:
    """Return what *port* has of its policy after *changes*."""
    vnic_type = str(changes.get("binding_vnic_type", port.binding_vnic_type))
    wanted = changes.get("qos_policy_id", port.qos_policy_id)
    if wanted == port.qos_policy_id:
        own = tx.get(QosPolicy, port.qos_policy_id) if port.qos_policy_id else None
        return _of_port(network, port.id, own or _inherited(tx, network), vnic_type)
    own = _named(tx, request, wanted) if isinstance(wanted, str) else None
    inherited = _inherited(tx, network)
    old, new = _released(tx, request, port.qos_policy_id) or inherited, own or inherited
    before = minimums(old.rules) if old else set()
    is_held = port.device_owner.startswith(COMPUTE) and port.binding_profile.get("allocation")
    if before and is_held and before != (minimums(new.rules) if new else set()):
        raise QosPlacementAllocationUpdateConflict(port.id, port.device_id)
    return _of_port(network, port.id, new, vnic_type)


def check_users(tx: Transaction, policy: QosPolicy, rule: Rule) -> None:
    """Refuse a new or changed *rule* that what is under *policy* cannot have."""
    if rule.kind not in OF_ADDRESSES:
        for user, user_id in users_of(tx, policy.id):
            if user == "network" and rule.kind not in SUPPORTED:
                raise QosRuleNotSupportedByNetwork(rule.kind, user_id)
            if user in _ADDRESSES or rule.kind not in SUPPORTED:
                raise QosRuleNotSupported(rule.kind, user, user_id)
    odd = tx.connection.execute(_ODD_PORT, {"policy_id": policy.id}).scalar()
    if odd is not None:
        raise QosRuleNotSupported(rule.kind, "port", str(odd))
    if isinstance(rule, MINIMUM):
        check_allocated(tx, policy)


def check_allocated(tx: Transaction, policy: QosPolicy) -> None:
    """Refuse to change what *policy* guarantees while instances are under it: Placement has counted it."""
    port_id = tx.connection.execute(_INSTANCE, {"policy_id": policy.id}).scalar()
    if port_id is not None:
        raise QosPolicyInUse(policy.id, "port", str(port_id), " of an instance, which Placement has counted")


def _named(tx: Transaction, request: Request, policy_id: str) -> QosPolicy:
    found = visible(tx, request, QosPolicy, policy_id)
    if found is None:
        raise QosPolicyNotFound(policy_id)
    return found


def _released(tx: Transaction, request: Request, policy_id: str | None) -> QosPolicy | None:
    """Return the policy that something no longer is under; refuse if the caller may not see it."""
    if policy_id is None:
        return None
    found = visible(tx, request, QosPolicy, policy_id)
    if found is None:
        raise PolicyRemoveAuthorizationError(policy_id)
    return found


def _inherited(tx: Transaction, network: Network) -> QosPolicy | None:
    """Return the network's policy, whoever may see it."""
    return tx.get(QosPolicy, network.qos_policy_id) if network.qos_policy_id else None


def _check(policy: QosPolicy, kind: str, row_id: str, supported: Sequence[str] = SUPPORTED) -> None:
    if rule := unsupported(policy.rules, supported):
        raise QosRuleNotSupported(rule, kind, row_id)


def _of_port(network: Network, port_id: str, policy: QosPolicy | None, vnic_type: str) -> Mapping[str, object]:
    rules = policy.rules if policy else ()
    if policy is not None:
        _check(policy, "port", port_id)
        if policy.rules and vnic_type != NORMAL:
            raise QosRuleNotSupported(policy.rules[0].kind, "port", port_id)
    bandwidth = [rule for rule in rules if isinstance(rule, MinimumBandwidthRule)]
    packets = [rule for rule in rules if isinstance(rule, MinimumPacketRateRule)]
    return {
        "qos_network_policy_id": network.qos_policy_id,
        "resource_request": resource_request(port_id, vnic_type, network.provider_physical_network, bandwidth, packets),
    }
