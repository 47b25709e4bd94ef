"""How one resource is read in one SELECT, and what a row of it becomes.

Here: the statement that reads all of a resource (lists kept as rows come as JSON from correlated subqueries, so that
a read costs one statement whatever it returns), and the two forms of a row: the model's value and the wire's mapping.
Not here: which rows (listing.py, records.py).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    String,
    Table,
    Text,
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
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from neutrino.model.floating_ip import DETAILS, FloatingIp
from neutrino.model.log import Log
from neutrino.model.network import Network
from neutrino.model.port import DISTRIBUTED, METADATA_DEVICE, ROUTER_GATEWAY, ROUTER_INTERFACE, Port
from neutrino.model.port_forwarding import Forwarding, PortForwarding, Translation
from neutrino.model.qos import RULES, MinimumBandwidthRule, QosPolicy, Rule, resource_request
from neutrino.model.rbac_policy import EVERYBODY, EXTERNAL, SHARED, RbacPolicy
from neutrino.model.resource import Attribute, Resource, attributes
from neutrino.model.router import Router
from neutrino.model.security_group import DEFAULT_NAME, SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.segment_range import SegmentRange, free
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.model.trunk import Trunk
from neutrino.store.tables import CHILDREN, TABLES, item_columns

R = TypeVar("R", bound=Resource)


# The project that asks: the parameter `CALLER.key` of a statement. Nobody's where it is not given.
CALLER: BindParameter[str] = bindparam("caller_project", value="", type_=String())
_entries = TABLES[RbacPolicy]


class JsonArray(GenericFunction[str]):
    """All rows of a subquery as one JSON array, as text: the item first, then the columns that order the items.

    SQLite reads rows in an order that is right already (see tables.py), and is not asked to sort.
    """

    type = Text()
    inherit_cache = True
    name = "json_array_of"


class JsonObject(GenericFunction[str]):
    """Key, value, key, value, ... as one JSON object."""

    type = Text()
    inherit_cache = True
    name = "json_object_of"


class JsonValue(GenericFunction[str]):
    """A truth value, or JSON text, as a part of other JSON."""

    type = Text()
    inherit_cache = True
    name = "json_value_of"


@compiles(JsonValue, "sqlite")
def _sqlite_value(element: JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (clause,) = element.clauses
    text = compiler.process(clause, **kw)
    # SQLite has no truth values: as a part of JSON they would be 0 and 1.
    if isinstance(clause.type, Boolean):
        return f"json(CASE {text} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return f"json({text})"


@compiles(JsonArray, "sqlite")
def _sqlite_array(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    item, *_ = element.clauses
    return f"json_group_array({compiler.process(item, **kw)})"


@compiles(JsonObject, "sqlite")
def _sqlite_object(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


# PostgreSQL's own json_agg puts blanks where SQLite puts none; the wire form is the same for both, so it is made here.
@compiles(JsonValue, "postgresql")
def _postgresql_value(element: JsonValue, compiler: SQLCompiler, **kw: Any) -> str:
    (clause,) = element.clauses
    text = compiler.process(clause, **kw)
    return f"({text})::text"  # of a truth value: true or false


@compiles(JsonArray, "postgresql")
def _postgresql_array(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    item, *order = element.clauses
    text = compiler.process(item, **kw)
    text = _json(item, text)
    by = ", ".join(compiler.process(column, **kw) for column in order)
    return f"('[' || coalesce(string_agg({text}, ',' ORDER BY {by}), '') || ']')"


@compiles(JsonObject, "postgresql")
def _postgresql_object(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    parts = [(part, compiler.process(part, **kw)) for part in element.clauses]
    if not parts:
        return "'{}'"
    pairs = [
        f"""'"{name.strip("'")}":' || coalesce({_json(value, text)}, 'null')"""
        for (_, name), (value, text) in zip(parts[::2], parts[1::2], strict=True)
    ]
    return f"""('{{' || {" || ',' || ".join(pairs)} || '}}')"""


def _json(part: object, text: str) -> str:
    """Return the PostgreSQL expression of *part*, compiled to *text*, as JSON text, which it may be already."""
    return text if isinstance(part, (JsonValue, JsonObject)) else f"to_json({text})::text"


def _child(cls: type[Resource], attribute: Attribute) -> ColumnElement[str]:
    table = CHILDREN[cls][attribute.name]
    names = item_columns(attribute)
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - callers ask only for lists kept as rows
    item = json_object({n: table.c[n] for n in names}) if child.record else table.c[names[0]]
    parent = table.c[f"{cls.singular}_id"]
    items = JsonArray(item, table.c.position)
    return select(items).where(parent == TABLES[cls].c.id).correlate(TABLES[cls]).scalar_subquery()


def json_object(pairs: Mapping[str, ColumnElement[Any]]) -> JsonObject:
    """Return the expression of an object."""
    return JsonObject(*(part for name, column in pairs.items() for part in (literal_column(f"'{name}'"), column)))


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


class _Used(msgspec.Struct):
    segmentation_id: int
    project_id: str


class _Range(msgspec.Struct):
    minimum: int
    maximum: int
    used: list[_Used]


_range = msgspec.json.Decoder(_Range).decode


def _used(text: str) -> str:
    return msgspec.json.encode({str(one.segmentation_id): one.project_id for one in _range(text).used}).decode()


def _available(text: str) -> str:
    found = _range(text)
    used = {str(one.segmentation_id): one.project_id for one in found.used}
    return msgspec.json.encode(free(found.minimum, found.maximum, used)).decode()


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
        ports.c.device_id == literal(METADATA_DEVICE) + subnets.c.network_id, ports.c.device_owner == DISTRIBUTED
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
    networks = TABLES[Network]
    return select(networks.c.qos_policy_id).where(networks.c.id == of.c[name]).correlate(of).scalar_subquery()


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
        "rules": _rules_of(MinimumBandwidthRule, policy, ports),
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


def access(object_id: ColumnElement[Any], action: str) -> ColumnElement[bool]:
    """Return the condition that an entry allows *action* on *object_id* to the caller, or to everybody."""
    target = _entries.c.target_tenant
    return exists().where(
        _entries.c.object_id == object_id, _entries.c.action == action, or_(target == EVERYBODY, target == CALLER)
    )


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


def _derived(cls: type[Resource], name: str) -> ColumnElement[Any]:
    if (cls, name) == (Network, "subnets"):
        return _subnets_of_network()
    if (cls, name) in ((Network, "ipv4_address_scope"), (Network, "ipv6_address_scope")):
        return _scope_of_network(4 if name == "ipv4_address_scope" else 6)
    if (cls, name) == (Network, "availability_zones"):
        column: ColumnElement[Any] = TABLES[Network].c.availability_zone_hints  # as upstream has it with OVN
        return column
    if cls is Network and name.startswith("provider_"):
        return _only_segment(name.removeprefix("provider_"))
    if (cls, name) == (Network, "segments"):
        return _segments_of_network()
    if (cls, name) == (Network, "l2_adjacency"):
        return _is_not_routed()
    if cls is SegmentRange and name in ("used", "available"):
        return _used_of_range()
    if (cls, name) == (Subnet, "prefixlen"):
        return null()  # only asked for, never kept
    if (cls, name) == (Subnet, "use_default_subnetpool"):
        return literal(False)  # likewise
    if (cls, name) == (Subnet, "metadata_ip"):
        return _metadata_address_of_subnet()
    if (cls, name) == (SecurityGroup, "security_group_rules"):
        return _rules_of_group()
    if name == "shared":
        return access(_shared_object(cls), SHARED)
    if name == "router_external":
        return exists().where(_entries.c.object_id == _shared_object(cls), _entries.c.action == EXTERNAL)
    if (cls, name) == (Router, "external_gateway_info"):
        return _gateway_of_router()
    if (cls, name) == (Router, "external_gateways"):
        return _gateways_of_router()
    if (cls, name) == (Router, "legs"):
        return _legs_of_router()
    if (cls, name) == (Router, "availability_zones"):
        hints: ColumnElement[Any] = TABLES[Router].c.availability_zone_hints  # as upstream has it with OVN
        return hints
    if (cls, name) == (FloatingIp, "port_forwardings"):
        return _forwardings_of_floating_ip(Forwarding)
    if (cls, name) == (FloatingIp, "translations"):
        return _forwardings_of_floating_ip(Translation)
    if (cls, name) == (PortForwarding, "project_id"):
        return _project_of_forwarding()
    if (cls, name) == (QosPolicy, "rules"):
        return _rules_of_policy()
    if (cls, name) == (Port, "qos_network_policy_id"):
        return _policy_of_network(TABLES[Port])
    if (cls, name) == (Port, "resource_request"):
        return _request_of_port()
    if (cls, name) == (FloatingIp, "qos_network_policy_id"):
        return _policy_of_network(TABLES[FloatingIp], "floating_network_id")
    if (cls, name) == (FloatingIp, "port_details"):
        return _port_of_floating_ip()
    if (cls, name) == (FloatingIp, "subnet_id"):
        return null()  # only asked for, never kept
    if (cls, name) in ((FloatingIp, "dns_name"), (FloatingIp, "dns_domain")):
        return literal("")  # likewise
    if (cls, name) == (Port, "trunk_details"):
        return _trunk_of_port()
    if (cls, name) == (SecurityGroupRule, "belongs_to_default_sg"):
        return _is_of_default_group()
    if (cls, name) == (Log, "groups"):
        return _groups_of_log()
    raise TypeError(f"{cls.__name__}.{name} is neither stored nor derived")


@cache
def expression_of(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return the expression of the attribute *name* of *cls*: a column, or a subquery giving a value or JSON text."""
    attribute = attributes(cls)[name]
    if attribute.attr.child:
        return _child(cls, attribute)
    if not attribute.attr.stored:
        return _derived(cls, name)
    column: ColumnElement[Any] = TABLES[cls].c[name]
    return column


@cache
def column_of(cls: type[Resource], name: str) -> ColumnElement[Any]:
    """Return `expression_of` as a column of a statement."""
    expression = expression_of(cls, name)
    return expression if name in TABLES[cls].c else expression.label(name)


@cache
def select_all(cls: type[Resource]) -> Select[Any]:
    """Return the statement that reads every attribute of *cls*, in the order of declaration."""
    return select(*(column_of(cls, name) for name in attributes(cls)))


@cache
def _decoders(cls: type[Resource]) -> Sequence[tuple[str, Callable[[str], object] | None]]:
    types = {f.name: f.type for f in msgspec.structs.fields(cls)}
    return [
        (a.name, _decoder(cls, a.name, types[a.name]) if a.kind.storage == "json" else None)
        for a in attributes(cls).values()
    ]


def _decoder(cls: type[Resource], name: str, kind: Any) -> Callable[[str], object]:
    decode, finish = msgspec.json.Decoder(kind).decode, FINISH.get((cls, name))
    return decode if finish is None else lambda text: decode(finish(text))


def _all_rules(text: str) -> str:
    """Return the rules of every type as one list."""
    by_type = msgspec.json.decode(text, type=dict[str, list[msgspec.Raw]])
    return msgspec.json.encode([rule for rules in by_type.values() for rule in rules]).decode()


class _Asked(msgspec.Struct, frozen=True):
    """What a port's request is made of."""

    port_id: str
    vnic_type: str
    physical_network: str | None
    rules: tuple[MinimumBandwidthRule, ...]


def _request(text: str) -> str:
    """Return what a port asks of Placement."""
    if text == "null":
        return text
    asked = msgspec.json.decode(text, type=_Asked)
    wanted = resource_request(asked.port_id, asked.vnic_type, asked.physical_network, asked.rules)
    return msgspec.json.encode(wanted).decode()


# What is derived from the JSON that a statement gives, where SQL cannot give the wire's own.
FINISH: Mapping[tuple[type[Resource], str], Callable[[str], str]] = {
    (SegmentRange, "used"): _used,
    (SegmentRange, "available"): _available,
    (QosPolicy, "rules"): _all_rules,
    (Port, "resource_request"): _request,
}


def to_resource(cls: type[R], row: Sequence[Any]) -> R:
    """Return the value of *row*, which `select_all` of *cls* gave."""
    values: dict[str, Any] = {
        name: decode(value) if decode and value is not None else value
        for (name, decode), value in zip(_decoders(cls), row, strict=True)
    }
    return cls(**values)


def _drop_provider(item: dict[str, object]) -> None:
    """Leave out of a network with several segments what only one could be: clients tell the two apart by the keys."""
    if "segments" in item:
        for name in [name for name in item if name.startswith("provider:")]:
            del item[name]


def resource_to_wire(resource: Resource, names: Collection[str]) -> dict[str, object]:
    """Return the attributes *names* of *resource* as the wire has them."""
    item: dict[str, object] = msgspec.to_builtins(resource)
    known = attributes(type(resource))
    if len(names) < len(item):
        item = {known[name].wire: item[known[name].wire] for name in names}
    for name in names:
        if known[name].attr.omitted and item[known[name].wire] is None:
            del item[known[name].wire]
    if isinstance(resource, Network):
        _drop_provider(item)
    if "project_id" in item:
        item["tenant_id"] = item["project_id"]
    for rule in item.get("security_group_rules", ()):  # type: ignore[attr-defined]
        rule["tenant_id"] = rule["project_id"]
    return item
