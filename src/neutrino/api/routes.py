"""The routes, as one table: what each noun's creation, change and deletion is done by."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from neutrino.api.bodies import Given
from neutrino.api.nouns import (
    address_groups,
    address_scopes,
    agents,
    default_rules,
    external_gateways,
    flavors,
    floating_ips,
    local_ips,
    logs,
    metering,
    ndp_proxies,
    networks,
    policies,
    port_forwardings,
    ports,
    rbac_policies,
    router_interfaces,
    routers,
    security_groups,
    segment_ranges,
    segments,
    statefulness,
    subnetpools,
    subnets,
    trunks,
)
from neutrino.api.request import Request
from neutrino.model.address_group import Addresses, AddressGroup, Removed
from neutrino.model.address_scope import AddressScope
from neutrino.model.agent import Agent
from neutrino.model.default_rule import DefaultSecurityGroupRule
from neutrino.model.faults import NotFound
from neutrino.model.faults.access import RbacPolicyNotFound
from neutrino.model.faults.address_group import AddressGroupNotFound
from neutrino.model.faults.agent import AgentNotFound
from neutrino.model.faults.flavor import FlavorNotFound, ServiceProfileNotFound
from neutrino.model.faults.local_ip import LocalIPAssociationNotFound, LocalIPNotFound
from neutrino.model.faults.log import LogResourceNotFound
from neutrino.model.faults.metering import MeteringLabelNotFound, MeteringLabelRuleNotFound
from neutrino.model.faults.ndp_proxy import NDPProxyNotFound
from neutrino.model.faults.network import NetworkNotFound
from neutrino.model.faults.port import PortNotFound
from neutrino.model.faults.port_forwarding import PortForwardingNotFound
from neutrino.model.faults.qos import QosPolicyNotFound, QosRuleNotFound
from neutrino.model.faults.router import FloatingIPNotFound, RouterNotFound, RoutesExhausted
from neutrino.model.faults.security_group import (
    DefaultSecurityGroupRuleNotFound,
    SecurityGroupDefaultStatefulnessNotFound,
    SecurityGroupNotFound,
    SecurityGroupRuleNotFound,
)
from neutrino.model.faults.segment import NetworkSegmentRangeNotFound, SegmentNotFound
from neutrino.model.faults.subnet import SubnetNotFound
from neutrino.model.faults.subnetpool import AddressScopeNotFound, SubnetPoolNotFound
from neutrino.model.faults.trunk import TrunkNotFound
from neutrino.model.flavor import Flavor, ServiceProfile
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.kinds import list_of, record
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.log import Log
from neutrino.model.metering import MeteringLabel, MeteringLabelRule
from neutrino.model.ndp_proxy import NdpProxy
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.port_forwarding import PortForwarding
from neutrino.model.qos import RULES, QosPolicy
from neutrino.model.rbac_policy import RbacPolicy
from neutrino.model.resource import Resource
from neutrino.model.router import MOST_ROUTES, Route, Router, parse_gateways
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.segment_range import SegmentRange
from neutrino.model.statefulness import DefaultStatefulness
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.model.trunk import Trunk, added, removed
from neutrino.store.records import Transaction

Create = Callable[[Transaction, Request, Given], Resource]
Update = Callable[[Transaction, Request, Any, Given], Resource]
Delete = Callable[[Transaction, Request, Any], None]


class Action(msgspec.Struct, frozen=True):
    """What else may be done to a resource: ``PUT /v2.0/routers/{id}/add_router_interface``.

    The body is parsed by *parse*; with *within*, the list of that name inside the noun's own object is. *act* returns
    the answer, which with *within* is the resource.
    """

    parse: Callable[[object], object]
    act: Callable[[Transaction, Request, Any, Any], Any]
    within: str = ""


class Parent(msgspec.Struct, frozen=True):
    """What a noun is a part of: its path is below the parent's, and its *attribute* is the parent's id."""

    cls: type[Resource]
    missing: Callable[[str], NotFound]
    attribute: str


class Noun(msgspec.Struct, frozen=True):
    """A resource that is served. What is None is not allowed.

    With a *parent*, the *path* has ``{parent_id}``: ``floatingips/{parent_id}/port_forwardings``. Who creates finds the
    parent's id among the given attributes; the parent exists.
    """

    cls: type[Resource]
    missing: Callable[[str], NotFound]
    create: Create | None = None
    update: Update | None = None
    delete: Delete | None = None
    actions: Mapping[str, Action] = {}
    views: Mapping[str, str] = {}  # GET /v2.0/trunks/{id}/get_subports, and what it shows
    path: str = ""  # where it differs from the collection's name
    parent: Parent | None = None
    named_by: str = "id"  # the attribute by which paths name it, below a parent

    @property
    def route(self) -> str:
        """The path below ``/v2.0/``; upstream writes words of a collection with dashes."""
        return self.path or self.cls.collection.replace("_", "-")


_groups = security_groups
_prefixes = record(subnetpools.Prefixes)
_POOL_ACTIONS = {
    "add_prefixes": Action(_prefixes, subnetpools.add_prefixes),
    "remove_prefixes": Action(_prefixes, subnetpools.remove_prefixes),
    "onboard_network_subnets": Action(record(subnetpools.Onboarding), subnetpools.onboard),
}
_addresses = record(Addresses)
_GROUP_ACTIONS = {
    "add_addresses": Action(_addresses, address_groups.add),
    "remove_addresses": Action(record(Removed), address_groups.remove),
}
_attachment = record(router_interfaces.Attachment)
_routes = list_of(Route, MOST_ROUTES, RoutesExhausted).parse
_ROUTER_ACTIONS = {
    "add_router_interface": Action(_attachment, router_interfaces.add),
    "remove_router_interface": Action(_attachment, router_interfaces.remove),
    "add_extraroutes": Action(_routes, routers.add_routes, within="routes"),
    "remove_extraroutes": Action(_routes, routers.remove_routes, within="routes"),
    "add_external_gateways": Action(parse_gateways, external_gateways.add, within="external_gateways"),
    "update_external_gateways": Action(parse_gateways, external_gateways.update, within="external_gateways"),
    "remove_external_gateways": Action(parse_gateways, external_gateways.remove, within="external_gateways"),
}
_TRUNK_ACTIONS = {"add_subports": Action(added, trunks.add), "remove_subports": Action(removed, trunks.remove)}
_POLICY = Parent(QosPolicy, QosPolicyNotFound, "qos_policy_id")
_QOS_RULES = tuple(
    Noun(
        cls,
        QosRuleNotFound,
        policies.creation_of(cls),
        policies.update_rule,
        policies.delete_rule,
        path=f"qos/policies/{{parent_id}}/{cls.collection}",
        parent=_POLICY,
    )
    for cls in RULES
)
NOUNS: tuple[Noun, ...] = (
    Noun(Network, NetworkNotFound, networks.create, networks.update, networks.delete),
    Noun(Segment, SegmentNotFound, segments.create, segments.update, segments.delete),
    Noun(
        SegmentRange,
        NetworkSegmentRangeNotFound,
        segment_ranges.create,
        segment_ranges.update,
        segment_ranges.delete,
        path="network_segment_ranges",
    ),
    Noun(Subnet, SubnetNotFound, subnets.create, subnets.update, subnets.delete),
    Noun(Port, PortNotFound, ports.create, ports.update, ports.delete),
    Noun(SecurityGroup, SecurityGroupNotFound, _groups.create, _groups.update, _groups.delete),
    Noun(SecurityGroupRule, SecurityGroupRuleNotFound, _groups.create_rule, _groups.update_rule, _groups.delete_rule),
    Noun(
        SubnetPool,
        SubnetPoolNotFound,
        subnetpools.create,
        subnetpools.update,
        subnetpools.delete,
        _POOL_ACTIONS,
    ),
    Noun(AddressScope, AddressScopeNotFound, address_scopes.create, address_scopes.update, address_scopes.delete),
    Noun(
        AddressGroup,
        AddressGroupNotFound,
        address_groups.create,
        address_groups.update,
        address_groups.delete,
        _GROUP_ACTIONS,
    ),
    Noun(
        DefaultSecurityGroupRule,
        DefaultSecurityGroupRuleNotFound,
        default_rules.create,
        delete=default_rules.delete,
    ),
    Noun(Router, RouterNotFound, routers.create, routers.update, routers.delete, _ROUTER_ACTIONS),
    Noun(FloatingIp, FloatingIPNotFound, floating_ips.create, floating_ips.update, floating_ips.delete),
    Noun(
        Trunk,
        TrunkNotFound,
        trunks.create,
        trunks.update,
        trunks.delete,
        _TRUNK_ACTIONS,
        views={"get_subports": "sub_ports"},
    ),
    Noun(
        PortForwarding,
        PortForwardingNotFound,
        port_forwardings.create,
        port_forwardings.update,
        port_forwardings.delete,
        path="floatingips/{parent_id}/port_forwardings",
        parent=Parent(FloatingIp, FloatingIPNotFound, "floatingip_id"),
    ),
    Noun(
        NdpProxy,
        NDPProxyNotFound,
        ndp_proxies.create,
        ndp_proxies.update,
        ndp_proxies.delete,
        path="ndp_proxies",
    ),
    Noun(LocalIp, LocalIPNotFound, local_ips.create, local_ips.update, local_ips.delete, path="local_ips"),
    Noun(
        LocalIpAssociation,
        LocalIPAssociationNotFound,
        local_ips.associate,
        delete=local_ips.dissociate,
        path="local_ips/{parent_id}/port_associations",
        parent=Parent(LocalIp, LocalIPNotFound, "local_ip_id"),
        named_by="fixed_port_id",
    ),
    Noun(QosPolicy, QosPolicyNotFound, policies.create, policies.update, policies.delete, path="qos/policies"),
    *_QOS_RULES,
    Noun(Flavor, FlavorNotFound, flavors.create, flavors.update, flavors.delete),
    Noun(
        ServiceProfile,
        ServiceProfileNotFound,
        flavors.create_profile,
        flavors.update_profile,
        flavors.delete_profile,
        path="service_profiles",
    ),
    Noun(Log, LogResourceNotFound, logs.create, logs.update, logs.delete, path="log/logs"),
    Noun(
        MeteringLabel,
        MeteringLabelNotFound,
        metering.create,
        delete=metering.delete,
        path="metering/metering-labels",
    ),
    Noun(
        MeteringLabelRule,
        MeteringLabelRuleNotFound,
        metering.create_rule,
        delete=metering.delete_rule,
        path="metering/metering-label-rules",
    ),
    Noun(
        DefaultStatefulness,
        SecurityGroupDefaultStatefulnessNotFound,
        statefulness.create,
        statefulness.update,
        statefulness.delete,
    ),
    Noun(Agent, AgentNotFound, update=agents.update, delete=agents.delete),
    Noun(RbacPolicy, RbacPolicyNotFound, rbac_policies.create, rbac_policies.update, rbac_policies.delete),
)
