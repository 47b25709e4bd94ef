"""The trunk: a port that carries others, each as a VLAN (Networking API v2.0, "Trunk networking")."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.kinds import Boolean, Kind, Name, Uuid, integer, items, kind_of, number, one_of, shown
from neutrino.model.resource import Attr, Child, Tagged, Unique

VLAN, INHERIT = "vlan", "inherit"
TRUNK_ACTIVE, TRUNK_DOWN = "ACTIVE", "DOWN"
MOST_SUB_PORTS = 4094
_VLAN_ID = number(1, 4094)


class SubPort(msgspec.Struct, frozen=True):
    """A port that a trunk carries, and the VLAN as which an instance sees it."""

    port_id: Uuid
    segmentation_type: Annotated[str, one_of(VLAN)]
    segmentation_id: Annotated[int, _VLAN_ID]


class SubPortRequest(msgspec.Struct, frozen=True):
    """What a caller asks for; ``inherit`` takes type and id of the port's network."""

    port_id: str
    segmentation_type: str
    segmentation_id: int | None = None


def _request(value: object) -> SubPortRequest:
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a dictionary")
    unknown = value.keys() - {"port_id", "segmentation_type", "segmentation_id"}
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {shown(', '.join(sorted(map(str, unknown))))}")
    if "port_id" not in value:
        raise ValueError(f"{shown(value)} lacks a port_id")
    port_id = str(kind_of(Uuid).parse(value["port_id"]))
    kind = value.get("segmentation_type")
    if kind == INHERIT:
        return SubPortRequest(port_id, INHERIT)
    if kind is None or value.get("segmentation_id") is None:
        raise ValueError(f"subport {shown(value)} needs both segmentation_type and segmentation_id")
    if kind != VLAN:
        raise ValueError(f"segmentation_type {shown(kind)} is not in ['vlan', 'inherit']")
    number = integer(1, 4094)(value["segmentation_id"])
    assert isinstance(number, int)  # noqa: S101 - parsed so
    return SubPortRequest(port_id, VLAN, number)


_requests = items(_request, MOST_SUB_PORTS)


def sub_port_requests(value: object) -> tuple[SubPortRequest, ...]:
    """Parse a list of subports, no port and no VLAN of which is there twice."""
    found = _requests(value)
    assert isinstance(found, tuple)  # noqa: S101 - items() returns nothing else
    vlans = [one.segmentation_id for one in found if one.segmentation_id is not None]
    for what, values in (("port_id", [one.port_id for one in found]), ("segmentation_id", vlans)):
        twice = next((one for number, one in enumerate(values) if one in values[:number]), None)
        if twice is not None:
            raise ValueError(f"{what} {shown(twice)} is there more than once")
    return found


def added(body: object) -> tuple[SubPortRequest, ...]:
    """Parse the body of add_subports."""
    return sub_port_requests(_list(body))


def removed(body: object) -> tuple[str, ...]:
    """Parse the body of remove_subports: only the ports count."""
    many = _list(body)
    if not isinstance(many, list):
        raise ValueError(f"{shown(many)} is not a list")
    ids = []
    for one in many:
        if not isinstance(one, dict) or "port_id" not in one:
            raise ValueError(f"{shown(one)} is not a dictionary with a port_id")
        ids.append(str(kind_of(Uuid).parse(one["port_id"])))
    return tuple(dict.fromkeys(ids))


def _list(body: object) -> object:
    if not isinstance(body, Mapping) or body.keys() != {"sub_ports"}:
        raise ValueError("a body with 'sub_ports' and nothing else is needed")
    if not isinstance(body["sub_ports"], list):
        raise ValueError(f"{shown(body['sub_ports'])} is not a list")
    return body["sub_ports"]


_SUB_PORTS = Kind("list of subports", sub_port_requests, "json", {"type": "array", "maxItems": MOST_SUB_PORTS})


class Trunk(Tagged, frozen=True, kw_only=True):
    """A port whose instance sends and receives for other ports too, each tagged with a VLAN of its own."""

    collection: ClassVar[str] = "trunks"
    singular: ClassVar[str] = "trunk"
    human: ClassVar[str] = "Trunk"
    limited: ClassVar[bool] = True
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("port_id",)),)

    name: Name = ""
    admin_state_up: Boolean = True
    port_id: Annotated[Uuid, Attr(required=True, put=False, refers="ports")]
    status: Annotated[Name, Attr(post=False, put=False)] = TRUNK_DOWN
    sub_ports: Annotated[
        tuple[SubPort, ...],
        _SUB_PORTS,
        Attr(put=False, child=Child(record=SubPort, unique=("port_id",), refers={"port_id": "ports"})),
    ] = ()
