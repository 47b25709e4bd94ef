"""The tables, derived from the resource declarations.

Here: one table per resource, one per list that is kept as rows, the journal, and how far each controller is. Not
here: queries (records.py, listing.py), how a database gets these tables (migrations/).

Lists that nobody filters on are JSON in a column of their own; truth values and numbers have their own types;
everything else is text.
"""

import socket
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.types import TypeEngine

from neutrino.model.address_group import AddressGroup
from neutrino.model.address_scope import AddressScope
from neutrino.model.agent import Agent
from neutrino.model.auto_topology import AutoAllocatedTopology
from neutrino.model.default_rule import DefaultSecurityGroupRule
from neutrino.model.flavor import Flavor, ServiceProfile
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.kinds import Storage, annotations_of, kind_of
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.log import Log
from neutrino.model.metering import MeteringLabel, MeteringLabelRule
from neutrino.model.ndp_proxy import NdpProxy
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.port_forwarding import PortForwarding
from neutrino.model.qos import RULES, QosPolicy
from neutrino.model.rbac_policy import RbacPolicy
from neutrino.model.resource import PROJECT, Attribute, Child, Resource, attributes
from neutrino.model.router import Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.segment_range import SegmentRange
from neutrino.model.statefulness import DefaultStatefulness
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.model.trunk import Trunk

RESOURCES: tuple[type[Resource], ...] = (
    AddressScope,
    SubnetPool,
    QosPolicy,
    *RULES,
    Network,
    Segment,
    SegmentRange,
    Subnet,
    AddressGroup,
    DefaultSecurityGroupRule,
    SecurityGroup,
    SecurityGroupRule,
    DefaultStatefulness,
    Port,
    Trunk,
    ServiceProfile,
    Flavor,
    Router,
    FloatingIp,
    PortForwarding,
    NdpProxy,
    LocalIp,
    LocalIpAssociation,
    Log,
    MeteringLabel,
    MeteringLabelRule,
    AutoAllocatedTopology,
    Agent,
    RbacPolicy,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TYPES: Mapping[Storage, TypeEngine[Any]] = {
    "text": String(),
    "integer": Integer(),
    "boolean": Boolean(),
    "json": Text(),
}


def address_key(address: str) -> str:
    """Return *address* as fixed-width hexadecimal, whose text order is the numeric order within one IP version."""
    return socket.inet_pton(_family(":" in address), address).hex()


def from_address_key(key: str) -> str:
    """Return the address whose `address_key` is *key*."""
    return socket.inet_ntop(_family(len(key) > 8), bytes.fromhex(key))


def _family(is_ipv6: bool) -> int:
    return socket.AF_INET6 if is_ipv6 else socket.AF_INET


def _column(attribute: Attribute, nullable: bool, begin: Collection[str]) -> Column[object]:
    """Return the column of *attribute*; *begin* are columns with which indexes begin that find by one column too."""
    attr = attribute.attr
    points = [ForeignKey(f"{attr.refers}.id")] if attr.refers else []
    index = True if attr.indexed and attribute.name not in begin else None
    return Column(attribute.name, _TYPES[attribute.kind.storage], *points, nullable=nullable, index=index)


def _table(cls: type[Resource]) -> Table:
    begin = {unique.columns[0] for unique in cls.unique if not unique.where}
    columns = [
        Column("id", String(), primary_key=True)
        if a.name == "id"
        else _column(a, {"type": "null"} in _alternatives(a), begin)
        for a in attributes(cls).values()
        if a.attr.stored and not a.attr.child
    ]
    indexes = [
        Index(
            f"uq_{cls.collection}_{'_'.join(unique.columns)}",
            *unique.columns,
            unique=True,
            sqlite_where=text(unique.where) if unique.where else None,
        )
        for unique in cls.unique
    ]
    # By name clients find what has one (`openstack port show NAME`): of many with the same name, their project's.
    if "name" in attributes(cls):
        indexes.append(Index(f"ix_{cls.collection}_name", *(n for n in ("name", PROJECT) if n in attributes(cls))))
    return Table(cls.collection, metadata, *columns, *indexes)


def _alternatives(attribute: Attribute) -> list[Mapping[str, object]]:
    found = attribute.kind.schema.get("anyOf", [])
    return found if isinstance(found, list) else []


def item_columns(attribute: Attribute) -> tuple[str, ...]:
    """Return the item columns of a list that is kept as rows."""
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - callers ask only for lists kept as rows
    return tuple(annotations_of(child.record)) if child.record else (child.column,)


def _item_type(child: Child, column: str) -> TypeEngine[Any]:
    return _TYPES[kind_of(annotations_of(child.record)[column]).storage] if child.record else _TYPES["text"]


def _child_table(cls: type[Resource], attribute: Attribute) -> Table:
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - see item_columns
    parent = f"{cls.singular}_id"
    refers = child.refers or {}
    name = f"{cls.collection}_{attribute.name}"
    columns: list[Column[object]] = [
        Column(parent, String(), ForeignKey(f"{cls.collection}.id", ondelete="CASCADE"), primary_key=True),
        Column("position", Integer(), primary_key=True),
    ]
    for column in item_columns(attribute):
        points = [ForeignKey(f"{refers[column]}.id")] if column in refers else []
        index = True if column not in child.unique[:1] else None
        columns.append(Column(column, _item_type(child, column), *points, nullable=False, index=index))
    indexes = [Index(f"uq_{name}_{'_'.join(child.unique)}", *child.unique, unique=True)] if child.unique else []
    if child.ordered:
        columns.append(Column(f"{child.ordered}_key", String(), nullable=False))
        indexes.append(Index(f"ix_{name}_key", *child.unique[:1], f"{child.ordered}_key"))
    # Without rowid, a parent's items are read in the order of their position.
    return Table(name, metadata, *columns, *indexes, sqlite_with_rowid=False)


TABLES: Mapping[type[Resource], Table] = {cls: _table(cls) for cls in RESOURCES}
CHILDREN: Mapping[type[Resource], Mapping[str, Table]] = {
    cls: {a.name: _child_table(cls, a) for a in attributes(cls).values() if a.attr.child} for cls in RESOURCES
}

_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")  # SQLite's integers have 64 bits, and number rows themselves

# What changed, in the order of commits; written in the transaction that changes it.
journal = Table(
    "journal",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("collection", String(), nullable=False),
    Column("resource_id", String(), nullable=False),
    Column("aspect", String(), nullable=False),  # intent: for controllers; status: for observers only
    sqlite_autoincrement=True,
)

# How far each controller has realised the journal.
controllers = Table(
    "controllers",
    metadata,
    Column("name", String(), primary_key=True),
    Column("realised_seq", _SEQUENCE, nullable=False),
)

# What controllers know beside the intent, by name, as JSON: which DHCP options the backend has; what Nova was told.
observed = Table(
    "observed",
    metadata,
    Column("name", String(), primary_key=True),
    Column("value", Text(), nullable=False),
)

# What projects may have, where it differs from the configured limit; and what they have, counted as it comes and goes.
quotas = Table(
    "quotas",
    metadata,
    Column("project_id", String(), primary_key=True),
    Column("resource", String(), primary_key=True),
    Column("limit", Integer(), nullable=False),
    sqlite_with_rowid=False,
)
quota_usages = Table(
    "quota_usages",
    metadata,
    Column("project_id", String(), primary_key=True),
    Column("resource", String(), primary_key=True),
    Column("used", Integer(), nullable=False),
    sqlite_with_rowid=False,
)


def child_values(item: object, attribute: Attribute) -> dict[str, object]:
    """Return the item columns of one *item* of the list *attribute*, its numeric key included."""
    child = attribute.attr.child
    assert child is not None  # noqa: S101 - see item_columns
    if child.record is None:
        return {child.column: item}
    values: dict[str, object] = msgspec.structs.asdict(item)  # type: ignore[arg-type]
    if child.ordered:
        values[f"{child.ordered}_key"] = address_key(str(values[child.ordered]))
    return values
