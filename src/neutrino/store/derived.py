"""Attributes that no column holds: the expression that says what each one is.

Here: one function for each, and the table that names them. Not here: attributes with a column (columns.py), how
JSON is spelt (json_text.py).
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    String,
    Table,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
)

from neutrino.model.floating_ip import DETAILS, FloatingIp
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.log import Log
from neutrino.model.metering import MeteringLabel, MeteringLabelRule
from neutrino.model.network import Network
from neutrino.model.port import DISTRIBUTED, METADATA_DEVICE, ROUTER_GATEWAY, ROUTER_INTERFACE, Port
from neutrino.model.port_forwarding import Forwarding, PortForwarding, Translation
from neutrino.model.qos import RULES, MinimumBandwidthRule, MinimumPacketRateRule, QosPolicy, Rule
from neutrino.model.rbac_policy import EVERYBODY, EXTERNAL, SHARED, RbacPolicy
from neutrino.model.resource import Resource, attributes
from neutrino.model.router import Router
from neutrino.model.security_group import DEFAULT_NAME, SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.segment_range import SegmentRange
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.model.trunk import Trunk
from neutrino.store.json_text import JsonArray, JsonObject, JsonValue, json_object
from neutrino.store.planning import in_set, supposed
from neutrino.store.tables import CHILDREN, TABLES, item_columns

# The project that asks: the parameter `CALLER.key` of a statement. Nobody's where it is not given.
CALLER: BindParameter[str] = bindparam("caller_project", value="", type_=String())


_entries = TABLES[RbacPolicy]


def _subnets_of_network() -> ColumnElement[str]:
    networks, subnets = TABLES[Network], TABLES[Subnet]
    return (
        select(JsonArray(subnets.c.id, subnets.c.created_at, subnets.c.id))
        .where(subnets.c.network_id == networks.c.id)
        .correlate(networks)
        .scalar_subquery()
    )


def _scope_of_network(version: int) -> ColumnElement[str]:
    networks, subnets, pools = TABLES[Network], TABLES[Subnet], TABLES[SubnetPool]
    return (
        select(pools.c.address_scope_id)
        .where(subnets.c.network_id == networks.c.id, pools.c.id == subnets.c.subnetpool_id)
        .where(pools.c.ip_version == version)
        .limit(1)
        .correlate(networks)
        .scalar_subquery()
    )


def _only_segment(name: str) -> ColumnElement[Any]:
    networks, segments = TABLES[Network], TABLES[Segment]
    only = case((func.count() == 1, func.max(segments.c[name])))
    return select(only).where(segments.c.network_id == networks.c.id).correlate(networks).scalar_subquery()


def _segments_of_network() -> ColumnElement[str]:
    networks, segments = TABLES[Network], TABLES[Segment]
    names = ("network_type", "physical_network", "segmentation_id")
    items = JsonArray(json_object({f"provider:{n}": segments.c[n] for n in names}), segments.c.segment_index)
    many = case((func.count() > 1, items), else_=literal_column("'null'"))
    return select(many).where(segments.c.network_id == networks.c.id).correlate(networks).scalar_subquery()


def _is_not_routed() -> ColumnElement[bool]:
    networks, subnets = TABLES[Network], TABLES[Subnet]
    routed = select(subnets.c.id).where(subnets.c.network_id == networks.c.id, subnets.c.segment_id.is_not(None))
    return ~routed.correlate(networks).exists()


def _used_of_range() -> ColumnElement[str]:
    ranges, segments = TABLES[SegmentRange], TABLES[Segment]
    items = select(JsonArray(json_object({n: segments.c[n] for n in ("segmentation_id", "project_id")}), segments.c.id))
    items = items.where(
        segments.c.segmentation_id.between(ranges.c.minimum, ranges.c.maximum),
        segments.c.network_type == ranges.c.network_type,
        segments.c.physical_network.is_not_distinct_from(ranges.c.physical_network),
    ).correlate(ranges)
    pairs: dict[str, ColumnElement[Any]] = {n: ranges.c[n] for n in ("minimum", "maximum")}
    return json_object(pairs | {"used": JsonValue(items.scalar_subquery())})


def _rules_of_group() -> ColumnElement[str]:
    groups, rules = TABLES[SecurityGroup], TABLES[SecurityGroupRule]
    pairs: dict[str, ColumnElement[Any]] = {
        a.wire: rules.c[a.name] for a in attributes(SecurityGroupRule).values() if a.attr.stored
    }
    pairs["belongs_to_default_sg"] = JsonValue(groups.c.name == DEFAULT_NAME)
    pairs["tenant_id"] = rules.c.project_id
    items = JsonArray(json_object(pairs), rules.c.created_at, rules.c.id)
    return select(items).where(rules.c.security_group_id == groups.c.id).correlate(groups).scalar_subquery()


def _metadata_address_of_subnet() -> ColumnElement[str]:
    subnets, ports, ips = TABLES[Subnet], TABLES[Port], CHILDREN[Port]["fixed_ips"]
    port = select(ports.c.id).where(
        ports.c.device_id == literal(METADATA_DEVICE) + subnets.c.network_id,
        ports.c.device_owner == DISTRIBUTED,
        ports.c.network_id == subnets.c.network_id,
    )
    # The port first: by the subnet, every address of it would be looked at.
    found = select(ips.c.ip_address).where(
        ips.c.port_id == port.limit(1).correlate(subnets).scalar_subquery(),
        ips.c.position >= 0,
        ips.c.subnet_id == subnets.c.id,
    )
    return found.limit(1).correlate(subnets).scalar_subquery()


def _is_of_default_group() -> ColumnElement[bool]:
    groups, rules = TABLES[SecurityGroup], TABLES[SecurityGroupRule]
    found = select(groups.c.name == DEFAULT_NAME).where(groups.c.id == rules.c.security_group_id)
    return found.correlate(rules).scalar_subquery()


def _groups_of_log() -> ColumnElement[str]:
    logs, members = TABLES[Log], CHILDREN[Port]["security_groups"]
    found = select(JsonArray(members.c.security_group_id, members.c.position)).where(
        members.c.port_id == logs.c.target_id
    )
    return found.correlate(logs).scalar_subquery()


def _rules_of_label() -> ColumnElement[str]:
    labels, rules = TABLES[MeteringLabel], TABLES[MeteringLabelRule]
    pairs: dict[str, ColumnElement[Any]] = {a.wire: rules.c[a.name] for a in attributes(MeteringLabelRule).values()}
    pairs["excluded"] = JsonValue(rules.c.excluded)
    items = JsonArray(json_object(pairs), rules.c.id)
    return select(items).where(rules.c.metering_label_id == labels.c.id).correlate(labels).scalar_subquery()


def _rules_of(cls: type[Rule], policy: ColumnElement[Any], of: Table) -> JsonValue:
    """Return the rules of one type that *policy* has, as a part of JSON; *of* is the table that it is read from."""
    rules = TABLES[cls]
    pairs: dict[str, ColumnElement[Any]] = {a.wire: rules.c[a.name] for a in attributes(cls).values()}
    pairs["type"] = JsonValue(literal_column(f"""'"{cls.singular.removesuffix("_rule")}"'"""))
    order = rules.c[cls.unique[0].columns[-1]]  # in which SQLite's index has them
    found = select(JsonArray(json_object(pairs), order)).where(rules.c.qos_policy_id == policy).correlate(of)
    return JsonValue(found.scalar_subquery())


def _rules_of_policy() -> ColumnElement[str]:
    table = TABLES[QosPolicy]
    return json_object({cls.collection: _rules_of(cls, table.c.id, table) for cls in RULES})


def _policy_of_network(of: Table, name: str = "network_id") -> ColumnElement[Any]:
    networks, any_network = TABLES[Network], TABLES[Network].alias("any_network")
    # Asked once for a statement, by an index: where no network has a policy, none is looked for for each row.
    some = exists().where(any_network.c.qos_policy_id > literal_column("''", String()))
    its = select(networks.c.qos_policy_id).where(networks.c.id == of.c[name]).correlate(of).scalar_subquery()
    return case((some, its))


def _request_of_port() -> ColumnElement[str]:
    """Return what `resource_request` is made of; null without a policy, which most ports are."""
    ports, segments = TABLES[Port], TABLES[Segment]
    policy = func.coalesce(ports.c.qos_policy_id, _policy_of_network(ports))
    physical = select(segments.c.physical_network).where(segments.c.network_id == ports.c.network_id)
    physical = physical.order_by(segments.c.segment_index).limit(1).correlate(ports)
    pairs: dict[str, ColumnElement[Any]] = {
        "port_id": ports.c.id,
        "vnic_type": ports.c.binding_vnic_type,
        "physical_network": physical.scalar_subquery(),
        "bandwidth": _rules_of(MinimumBandwidthRule, policy, ports),
        "packets": _rules_of(MinimumPacketRateRule, policy, ports),
    }
    return case((policy.is_(None), literal_column("'null'")), else_=json_object(pairs))


def _gateway(port_id: ColumnElement[Any], policy_id: ColumnElement[Any]) -> JsonObject:
    """Return the expression of a gateway of a router, whose port is *port_id*."""
    routers, ports, ips = TABLES[Router], TABLES[Port], CHILDREN[Port]["fixed_ips"]
    return json_object(
        {
            "network_id": ports.c.network_id,
            "enable_snat": JsonValue(routers.c.enable_snat),
            "external_fixed_ips": JsonValue(_fixed_ips(port_id, ips)),
            "qos_policy_id": policy_id,
        }
    )


def _fixed_ips(port_id: ColumnElement[Any], ips: Table) -> ColumnElement[str]:
    fixed = select(JsonArray(json_object({name: ips.c[name] for name in ("subnet_id", "ip_address")}), ips.c.position))
    return fixed.where(ips.c.port_id == port_id).correlate(TABLES[Router], TABLES[Port]).scalar_subquery()


_NULL = JsonValue(literal_column("'null'"))


def _first_gateway() -> ColumnElement[str]:
    routers, ports = TABLES[Router], TABLES[Port]
    first = _gateway(routers.c.gw_port_id, routers.c.gateway_qos_policy_id)
    return select(first).where(ports.c.id == routers.c.gw_port_id).correlate(routers).scalar_subquery()


def _gateway_of_router() -> ColumnElement[str]:
    return func.coalesce(_first_gateway(), literal_column("'null'"))


def _gateways_of_router() -> ColumnElement[str]:
    """Return the expression of all gateways, the one that is the router's gateway for older clients first."""
    routers, ports = TABLES[Router], TABLES[Port]
    others = select(JsonArray(_gateway(ports.c.id, _NULL), ports.c.created_at, ports.c.id)).where(
        ports.c.device_id == routers.c.id,
        ports.c.device_owner == ROUTER_GATEWAY,
        ports.c.id != routers.c.gw_port_id,
    )
    # Where there are others, a comma parts the first from them.
    more = func.replace("[," + func.substr(others.correlate(routers).scalar_subquery(), 2), "[,]", "[]")
    return func.coalesce("[" + _first_gateway() + func.substr(more, 2), literal_column("'[]'"))


def _legs_of_router() -> ColumnElement[str]:
    routers, ports, ips = TABLES[Router], TABLES[Port], CHILDREN[Port]["fixed_ips"]
    pairs: dict[str, ColumnElement[Any]] = {
        "port_id": ports.c.id,
        **{name: ports.c[name] for name in ("network_id", "device_owner")},
        "fixed_ips": JsonValue(_fixed_ips(ports.c.id, ips)),
    }
    items = select(JsonArray(json_object(pairs), ports.c.created_at, ports.c.id)).where(
        ports.c.device_id == routers.c.id, ports.c.device_owner.in_((ROUTER_INTERFACE, ROUTER_GATEWAY))
    )
    return items.correlate(routers).scalar_subquery()


def _project_of_forwarding() -> ColumnElement[str]:
    floating, forwardings = TABLES[FloatingIp], TABLES[PortForwarding]
    found = select(floating.c.project_id).where(floating.c.id == forwardings.c.floatingip_id)
    return found.correlate(forwardings).scalar_subquery()


def _of_local_ip(name: str) -> ColumnElement[str]:
    local_ips, associations = TABLES[LocalIp], TABLES[LocalIpAssociation]
    found = select(local_ips.c[name]).where(local_ips.c.id == associations.c.local_ip_id)
    return found.correlate(associations).scalar_subquery()


def _host_of_association() -> ColumnElement[str]:
    ports, associations = TABLES[Port], TABLES[LocalIpAssociation]
    found = select(func.coalesce(ports.c.binding_host_id, "")).where(ports.c.id == associations.c.fixed_port_id)
    return found.correlate(associations).scalar_subquery()


def _is_local_ip() -> ColumnElement[bool]:
    return exists().where(TABLES[LocalIp].c.local_port_id == TABLES[Port].c.id)


def _forwardings_of_floating_ip(shape: type[msgspec.Struct]) -> ColumnElement[str]:
    floating, forwardings = TABLES[FloatingIp], TABLES[PortForwarding]
    item = json_object({name: forwardings.c[name] for name in shape.__struct_fields__})
    items = select(JsonArray(item, forwardings.c.external_port_range, forwardings.c.id))
    return items.where(forwardings.c.floatingip_id == floating.c.id).correlate(floating).scalar_subquery()


def _port_of_floating_ip() -> ColumnElement[str]:
    floating, ports = TABLES[FloatingIp], TABLES[Port]
    pairs = {n: JsonValue(ports.c[n]) if isinstance(ports.c[n].type, Boolean) else ports.c[n] for n in DETAILS}
    found = select(json_object(pairs)).where(ports.c.id == floating.c.port_id).correlate(floating)
    return func.coalesce(found.scalar_subquery(), literal_column("'null'"))


def _is_forwarded_to() -> ColumnElement[bool]:
    floating, forwardings = TABLES[FloatingIp], TABLES[PortForwarding]
    return exists().where(forwardings.c.internal_port_id == floating.c.port_id).correlate(floating)


def _router_has_forwardings() -> ColumnElement[bool]:
    routers, floating, forwardings = TABLES[Router], TABLES[FloatingIp], TABLES[PortForwarding]
    found = exists().where(floating.c.router_id == routers.c.id, forwardings.c.floatingip_id == floating.c.id)
    return found.correlate(routers)


def access(object_id: ColumnElement[Any], action: str) -> ColumnElement[bool]:
    """Return the condition that an entry allows *action* on *object_id* to the caller, or to everybody."""
    target = _entries.c.target_tenant
    return exists().where(
        _entries.c.object_id == object_id, _entries.c.action == action, or_(target == EVERYBODY, target == CALLER)
    )


def accessible(action: str) -> Select[Any]:
    """Return the statement of the ids of what an entry allows *action* on to the caller, or to everybody."""
    return _objects(action).where(_entries.c.target_tenant.in_((EVERYBODY, CALLER)))


def _objects(action: str) -> Select[Any]:
    return select(_entries.c.object_id).where(supposed(_entries.c.action == action, "action"))


def _shared_object(cls: type[Resource]) -> ColumnElement[Any]:
    column: ColumnElement[Any] = TABLES[cls].c.network_id if cls is Subnet else TABLES[cls].c.id
    return column


def _trunk_of_port() -> ColumnElement[str]:
    trunks, ports, below = TABLES[Trunk], TABLES[Port], CHILDREN[Trunk]["sub_ports"]
    others = ports.alias("sub_ports_of_trunk")
    pairs: dict[str, ColumnElement[Any]] = {n: below.c[n] for n in item_columns(attributes(Trunk)["sub_ports"])}
    pairs["mac_address"] = others.c.mac_address
    items = select(JsonArray(json_object(pairs), below.c.position)).where(others.c.id == below.c.port_id)
    items = items.where(below.c.trunk_id == trunks.c.id).correlate(trunks)
    found = select(json_object({"trunk_id": trunks.c.id, "sub_ports": JsonValue(items.scalar_subquery())}))
    found = found.where(trunks.c.port_id == ports.c.id).correlate(ports)
    return func.coalesce(found.scalar_subquery(), literal_column("'null'"))


DERIVED: Mapping[tuple[type[Resource], str], Callable[[], ColumnElement[Any]]] = {
    (Network, "subnets"): _subnets_of_network,
    (Network, "ipv4_address_scope"): partial(_scope_of_network, 4),
    (Network, "ipv6_address_scope"): partial(_scope_of_network, 6),
    (Network, "availability_zones"): lambda: TABLES[Network].c.availability_zone_hints,  # as upstream has it with OVN
    **{
        (Network, f"provider_{name}"): partial(_only_segment, name)
        for name in ("network_type", "physical_network", "segmentation_id")
    },
    (Network, "segments"): _segments_of_network,
    (Network, "l2_adjacency"): _is_not_routed,
    (SegmentRange, "used"): _used_of_range,
    (SegmentRange, "available"): _used_of_range,
    (Subnet, "prefixlen"): null,  # only asked for, never kept
    (Subnet, "use_default_subnetpool"): partial(literal, False),  # likewise
    (Subnet, "metadata_ip"): _metadata_address_of_subnet,
    (SecurityGroup, "security_group_rules"): _rules_of_group,
    (SecurityGroupRule, "belongs_to_default_sg"): _is_of_default_group,
    (Router, "external_gateway_info"): _gateway_of_router,
    (Router, "external_gateways"): _gateways_of_router,
    (Router, "legs"): _legs_of_router,
    (Router, "has_forwardings"): _router_has_forwardings,
    (Router, "availability_zones"): lambda: TABLES[Router].c.availability_zone_hints,  # as upstream has it with OVN
    (FloatingIp, "port_forwardings"): partial(_forwardings_of_floating_ip, Forwarding),
    (FloatingIp, "translations"): partial(_forwardings_of_floating_ip, Translation),
    (FloatingIp, "is_forwarded_to"): _is_forwarded_to,
    (FloatingIp, "port_details"): _port_of_floating_ip,
    (FloatingIp, "qos_network_policy_id"): lambda: _policy_of_network(TABLES[FloatingIp], "floating_network_id"),
    (FloatingIp, "subnet_id"): null,  # only asked for, never kept
    (FloatingIp, "dns_name"): partial(literal, ""),  # likewise
    (FloatingIp, "dns_domain"): partial(literal, ""),  # likewise
    (PortForwarding, "project_id"): _project_of_forwarding,
    (LocalIpAssociation, "project_id"): partial(_of_local_ip, "project_id"),
    (LocalIpAssociation, "local_ip_address"): partial(_of_local_ip, "local_ip_address"),
    (LocalIpAssociation, "host"): _host_of_association,
    (Port, "is_local_ip"): _is_local_ip,
    (QosPolicy, "rules"): _rules_of_policy,
    (Port, "qos_network_policy_id"): lambda: _policy_of_network(TABLES[Port]),
    (Port, "resource_request"): _request_of_port,
    (Port, "trunk_details"): _trunk_of_port,
    (Log, "groups"): _groups_of_log,
    (MeteringLabel, "rules"): _rules_of_label,
}


def derived(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return the expression of the attribute *name* of *cls*, which no column holds."""
    if name == "shared":
        return access(_shared_object(cls), SHARED)
    if name == "router_external":
        return exists().where(_entries.c.object_id == _shared_object(cls), _entries.c.action == EXTERNAL)
    return DERIVED[cls, name]()


def among_shared(cls: type[Resource], name: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return *condition*, that the attribute *name* is true, as one that finds the rows where entries tell it."""
    if name in TABLES[cls].c:
        return condition
    if name == "shared":
        return in_set(_shared_object(cls), accessible(SHARED))
    return in_set(_shared_object(cls), _objects(EXTERNAL)) if name == "router_external" else condition
