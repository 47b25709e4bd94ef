"""``neutrino import``: takes over what another Networking service knows, under the same ids.

Here: from the answers of its API, and what only its Northbound says, to resources. Not here: the Northbound's rows,
which the controller finds by what they stand for, and keeps (reconcile/adoption.py).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlalchemy.exc import IntegrityError

from neutrino.backends.ovn import agents
from neutrino.backends.ovn.uuids import switch_name
from neutrino.model.address_group import AddressGroup
from neutrino.model.address_scope import AddressScope
from neutrino.model.agent import Agent
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.network import Network
from neutrino.model.port import FLOATING_IP, ROUTER_GATEWAY, Port
from neutrino.model.port_forwarding import PortForwarding
from neutrino.model.qos import RULES, QosPolicy
from neutrino.model.rbac_policy import RbacPolicy
from neutrino.model.resource import Resource, attributes, by_wire
from neutrino.model.router import Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.model.trunk import Trunk
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Mutate, Select
from neutrino.runtime.config import Config
from neutrino.server.ovsdb import northbound
from neutrino.store.database import open_database
from neutrino.store.records import Transaction

Wire: TypeAlias = Mapping[str, Any]
R = TypeVar("R", bound=Resource)

# In the order in which they can be inserted: each after what it refers to.
IMPORTED: tuple[type[Resource], ...] = (
    Agent,
    AddressScope,
    SubnetPool,
    QosPolicy,
    Network,
    Segment,
    Subnet,
    AddressGroup,
    SecurityGroup,
    SecurityGroupRule,
    Port,
    Trunk,
    Router,
    FloatingIp,
    RbacPolicy,
)
_BY_COLLECTION = {cls.collection: cls for cls in IMPORTED}
_RULES = {rule.singular.removesuffix("_rule"): rule for rule in RULES}


class Northbound(msgspec.Struct, frozen=True):
    """What no answer of the API has: the ids of segments, by network and number; gateways' chassis, by router."""

    segments: Mapping[str, list[tuple[str, int | None]]]
    chassis: Mapping[str, Mapping[str, int]]


async def run(config: Config, words: argparse.Namespace) -> int:
    """Import what the files hold, all of it or nothing."""
    answers = _answers(words.files)
    async with northbound(config, leader_only=True) as client:
        await client.wait_connected(10)
        found = resources(answers, await _northbound(client))
        await _write(config, found)
        await _mark(client)
    for name, count in Counter(one.collection for one in found).items():
        sys.stdout.write(f"{count:6} {name}\n")
    return 0


async def _write(config: Config, found: Sequence[Resource]) -> None:
    def work(transaction: Transaction) -> None:
        for resource in found:
            if isinstance(resource, Agent) and transaction.get(Agent, resource.id):
                continue  # a controller has seen it already
            try:
                transaction.insert(resource)
            except IntegrityError as error:
                what = f"{resource.human} {resource.id}"
                raise ValueError(f"{what} cannot be imported: it is there already, or what it needs is not") from error

    database = open_database(config.database_connection)
    try:
        await database.write(work)
    finally:
        database.close()


def _answers(files: Sequence[Path]) -> dict[str, list[Wire]]:
    """Return the items of all answers by collection."""
    out: dict[str, list[Wire]] = {}
    for file in files:
        try:
            answer = msgspec.json.decode(file.read_bytes(), type=dict[str, list[dict[str, Any]]])
        except msgspec.DecodeError as error:
            raise ValueError(f"{file}: not the answer to the GET of a collection: {error}") from error
        for name, items in answer.items():
            if name in _BY_COLLECTION:
                out.setdefault(name, []).extend(items)
            elif not name.endswith("_links"):
                known = ", ".join(sorted(_BY_COLLECTION))
                raise ValueError(f"{file}: {name} cannot be imported; what can is: {known}")
    return out


async def _mark(client: Client) -> None:
    """Mark what upstream leaves unmarked and we have otherwise: the translation of all that a router sends."""
    (routers,) = await client.transact([Select("Logical_Router", columns=("name", "nat"))])
    (nats,) = await client.transact([Select("NAT", (("type", "==", "snat"),), ("_uuid", "external_ids"))])
    assert isinstance(routers, list) and isinstance(nats, list)  # noqa: S101 - of selects
    bare: set[Any] = {row["_uuid"] for row in nats if not row["external_ids"]}
    operations = [
        Mutate("NAT", uuid, (("external_ids", "insert", {"neutron:router_name": str(router["name"])}),))
        for router in routers
        if str(router["name"]).startswith("neutron-") and isinstance(router["nat"], Set)
        for uuid in router["nat"] & bare
    ]
    if operations:
        await client.transact(operations)


async def _northbound(client: Client) -> Northbound:
    rows: dict[str, dict[Any, Any]] = {}
    for table in ("Logical_Switch", "Logical_Switch_Port", "HA_Chassis_Group", "HA_Chassis"):
        found = (await client.transact([Select(table)]))[0]
        assert isinstance(found, list)  # noqa: S101 - of a select
        rows[table] = {row["_uuid"]: row for row in found}
    segments: dict[str, list[tuple[str, int | None]]] = {}
    for switch in rows["Logical_Switch"].values():
        ports = (rows["Logical_Switch_Port"][one] for one in switch["ports"])
        segments[switch["name"]] = [
            (port["name"].removeprefix("provnet-"), port["tag_request"] or port["tag"])
            for port in ports
            if port["type"] == "localnet"
        ]
    chassis = {}
    for group in rows["HA_Chassis_Group"].values():
        members = (rows["HA_Chassis"][one] for one in group["ha_chassis"])
        chassis[group["name"]] = {one["chassis_name"]: one["priority"] for one in members}
    return Northbound(segments, chassis)


def resources(answers: Mapping[str, Sequence[Wire]], northbound: Northbound) -> list[Resource]:
    """Return the resources that *answers* tell of, each after those that it refers to.

    Raises:
        ValueError: An item lacks something, or has what cannot be kept.
    """
    given = {cls: answers.get(cls.collection, ()) for cls in IMPORTED}
    holders = {one["device_id"]: one["id"] for one in given[Port] if one["device_owner"] == FLOATING_IP}
    gateways: dict[tuple[str, str], str] = {}
    for one in given[Port]:
        if one["device_owner"] == ROUTER_GATEWAY:
            gateways.setdefault((one["device_id"], one["network_id"]), one["id"])
    out: list[Resource] = []
    for cls in IMPORTED:
        for item in given[cls]:
            match cls.collection:
                case "agents":
                    if item["binary"] == agents.BINARY:
                        out.append(_agent(item))
                case "networks":
                    out += (
                        [_made(Network, item), *_segments(item, northbound)]
                        if not given[Segment]
                        else [_made(Network, item)]
                    )
                case "policies":
                    out += [_made(QosPolicy, dict(item) | {"rules": []}), *_rules(item)]
                case "routers":
                    out.append(_router(item, gateways, northbound))
                case "floatingips":
                    out.append(_made(FloatingIp, dict(item) | {"floating_port_id": holders.get(item["id"])}))
                    out += _forwardings(item)
                case _:
                    out.append(_made(cls, item))
    return sorted(out, key=_rank)


def _rank(resource: Resource) -> int:
    order = (*IMPORTED[:4], *RULES, *IMPORTED[4:], PortForwarding)
    return order.index(type(resource))


def _made(cls: type[R], item: Wire) -> R:
    """Return the resource that *item* is on the wire, without what we derive ourselves, and nulls that are defaults."""
    known = by_wire(cls)
    values = {}
    for wire, value in item.items():
        attribute = known.get(wire)
        if attribute is None or wire == "tenant_id" or (not attribute.attr.stored and not attribute.attr.child):
            continue
        if value is None and attribute.default not in (None, msgspec.NODEFAULT):
            continue
        values[attribute.wire] = value
    for name, default in (("created_at", ""), ("updated_at", ""), ("revision_number", 0)):
        if name in attributes(cls):
            values.setdefault(name, default)
    if cls is Router:  # its flags come with extensions that the other service may not have
        for name, attribute in attributes(cls).items():
            if attribute.default is msgspec.NODEFAULT and attribute.kind.storage == "boolean":
                values.setdefault(name, name == "ha")
    try:
        return msgspec.convert(values, cls)
    except msgspec.ValidationError as error:
        raise ValueError(f"{cls.human} {item.get('id')}: {error}") from error


def _agent(item: Wire) -> Agent:
    name = str(item["configurations"].get("chassis_name", item["host"]))
    heard = item.get("heartbeat_timestamp", "")
    return _made(Agent, {"created_at": heard, "started_at": heard} | dict(item) | {"id": agents.agent_id(name)})


def _segments(item: Wire, northbound: Northbound) -> Iterator[Segment]:
    """Yield the segments of a network. Those of physical networks have their id in the Northbound."""
    there = northbound.segments.get(switch_name(item["id"]), [])
    for index, one in enumerate(item.get("segments") or [item]):
        number, physical = one.get("provider:segmentation_id"), one.get("provider:physical_network")
        known = next((ident for ident, tag in there if physical and (tag or None) == (number or None)), None)
        yield Segment(
            id=known or agents.derived_id(f"{item['id']} segment {index}"),
            network_id=item["id"],
            segment_index=index,
            network_type=one["provider:network_type"],
            physical_network=physical,
            segmentation_id=number,
            project_id=item["project_id"],
            created_at=item["created_at"],
            updated_at=item["updated_at"],
            revision_number=0,
        )


def _rules(item: Wire) -> Iterator[Resource]:
    for rule in item.get("rules", ()):
        yield _made(
            _RULES[rule["type"]], {k: v for k, v in rule.items() if k != "type"} | {"qos_policy_id": item["id"]}
        )


def _router(item: Wire, gateways: Mapping[tuple[str, str], str], northbound: Northbound) -> Router:
    gateway = item.get("external_gateway_info") or {}
    chassis = northbound.chassis.get(f"neutron-{item['id']}", {})
    return _made(
        Router,
        dict(item)
        | {
            "gw_port_id": gateways.get((item["id"], gateway.get("network_id", ""))),
            "enable_snat": gateway.get("enable_snat", True),
            "placement": {agents.agent_id(name): priority for name, priority in chassis.items()} or None,
        },
    )


def _forwardings(item: Wire) -> Iterator[PortForwarding]:
    for one in item.get("port_forwardings") or ():
        if one.get("external_port") is None:
            raise ValueError(f"Floating IP {item['id']}: port forwardings of ranges cannot be imported; make them anew")
        outer, inner = one["external_port"], one["internal_port"]
        ranges = {"external_port_range": f"{outer}:{outer}", "internal_port_range": f"{inner}:{inner}"}
        yield _made(PortForwarding, dict(one) | ranges | {"floatingip_id": item["id"]})
