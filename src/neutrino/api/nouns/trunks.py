"""Trunks: what creating, changing and deleting one does, and what its actions do."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.api.visibility import visible
from neutrino.model.binding import CARRIED, NO_BINDING
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.port import PortInUse, PortNotFound
from neutrino.model.faults.trunk import (
    DuplicateSubPort,
    ParentPortInUse,
    PortInUseAsSubPort,
    PortInUseAsTrunkParent,
    SubPortMtuGreaterThanTrunkPortMtu,
    SubPortNotFound,
    TrunkDisabled,
    TrunkPortInUse,
)
from neutrino.model.network import Network
from neutrino.model.port import DOWN, SUBPORT, UNBOUND, Port
from neutrino.model.resource import shown
from neutrino.model.trunk import INHERIT, TRUNK_ACTIVE, TRUNK_DOWN, VLAN, SubPort, SubPortRequest, Trunk
from neutrino.store.columns import resource_to_wire, select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_below = CHILDREN[Trunk]["sub_ports"]
_PORTS = select_all(Port).where(TABLES[Port].c.id.in_(bindparam("ids", expanding=True)))
_NETWORKS = select_all(Network).where(TABLES[Network].c.id.in_(bindparam("ids", expanding=True)))
_CARRIED = select(_below.c.port_id).where(_below.c.port_id.in_(bindparam("ids", expanding=True)))
_CARRIER = select(_below.c.trunk_id).where(_below.c.port_id == bindparam("port_id"))
_BY_PORT = select_all(Trunk).where(TABLES[Trunk].c.port_id == bindparam("port_id"))


def create(tx: Transaction, request: Request, given: Given) -> Trunk:
    """Create a trunk on a port that neither has one nor is carried by one."""
    wanted: Sequence[SubPortRequest] = given["sub_ports"]  # type: ignore[assignment]
    parent = visible(tx, request, Port, str(given["port_id"]))
    if parent is None:
        raise PortNotFound(str(given["port_id"]))
    if carrier(tx, parent.id) is not None:
        raise TrunkPortInUse(parent.id)
    if parent.trunk_details is not None:
        raise ParentPortInUse(parent.id)
    ports, sub_ports = _checked(tx, request, parent, wanted)
    values = given | {
        "id": str(uuid.uuid4()),
        "project_id": str(given.get("project_id") or request.project_id),
        "sub_ports": sub_ports,
        "status": TRUNK_ACTIVE,  # as upstream has it with OVN: nothing more has to be done on a host
    }
    trunk = Trunk(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    tx.insert(trunk)
    _carry(tx, parent, ports, sub_ports)
    return trunk


def update(tx: Transaction, _request: Request, old: Trunk, changes: Given) -> Trunk:
    """Change a trunk."""
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, trunk: Trunk) -> None:
    """Delete a trunk; the ports that it carried are as they were before."""
    if not trunk.admin_state_up:
        raise TrunkDisabled(trunk.id)
    _release(tx, [one.port_id for one in trunk.sub_ports])
    tx.delete(trunk)


def add(tx: Transaction, request: Request, trunk: Trunk, wanted: Sequence[SubPortRequest]) -> Mapping[str, object]:
    """Let a trunk carry more ports."""
    parent = tx.get(Port, trunk.port_id)
    assert parent is not None  # noqa: S101 - a trunk's port cannot go
    ports, sub_ports = _checked(tx, request, parent, wanted)
    if not trunk.admin_state_up:
        raise TrunkDisabled(trunk.id)
    taken = {one.segmentation_id for one in trunk.sub_ports}
    for one in sub_ports:
        if one.segmentation_id in taken:
            raise DuplicateSubPort(one.segmentation_type, one.segmentation_id, trunk.id)
    new = tx.update(trunk, {"sub_ports": (*trunk.sub_ports, *sub_ports), "status": TRUNK_ACTIVE})
    _carry(tx, parent, ports, sub_ports)
    return resource_to_wire(new, shown(Trunk))


def remove(tx: Transaction, _request: Request, trunk: Trunk, ids: Sequence[str]) -> Mapping[str, object]:
    """Take ports from a trunk."""
    if not trunk.admin_state_up:
        raise TrunkDisabled(trunk.id)
    present = {one.port_id for one in trunk.sub_ports}
    for one in ids:
        if one not in present:
            raise SubPortNotFound(one, trunk.id)
    kept = tuple(one for one in trunk.sub_ports if one.port_id not in ids)
    new = tx.update(trunk, {"sub_ports": kept, "status": TRUNK_ACTIVE})
    _release(tx, ids)
    return resource_to_wire(new, shown(Trunk))


def carrier(tx: Transaction, port_id: str) -> str | None:
    """Return the id of the trunk that carries the port; None if none does."""
    found: str | None = tx.connection.execute(_CARRIER, {"port_id": port_id}).scalar()
    return found


def check_may_go(tx: Transaction, port: Port) -> None:
    """Refuse to delete a port that has a trunk, or is carried by one."""
    if port.trunk_details is not None:
        raise PortInUseAsTrunkParent(port.id, str(port.trunk_details["trunk_id"]))
    trunk_id = carrier(tx, port.id)
    if trunk_id is not None:
        raise PortInUseAsSubPort(port.id, trunk_id)


def parent_changed(tx: Transaction, old: Port, new: Port) -> None:
    """Have a trunk be down when its port is unbound: nothing on any host carries it then."""
    if old.trunk_details is None or old.binding_vif_type == new.binding_vif_type or new.binding_vif_type != UNBOUND:
        return
    row = tx.connection.execute(_BY_PORT, {"port_id": old.id}).first()
    if row is not None:
        tx.update(to_resource(Trunk, row), {"status": TRUNK_DOWN})


def _checked(
    tx: Transaction, request: Request, parent: Port, wanted: Sequence[SubPortRequest]
) -> tuple[dict[str, Port], tuple[SubPort, ...]]:
    """Return the ports that are asked for, by id, and what the trunk of *parent* keeps of each; or refuse."""
    if not wanted:
        return {}, ()
    ids = [one.port_id for one in wanted]
    found = [visible(tx, request, Port, one) for one in ids]
    ports = {port.id: port for port in found if port is not None}
    used = {row.port_id for row in tx.connection.execute(_CARRIED, {"ids": ids})}
    of = {port.network_id for port in (parent, *ports.values())}
    networks = {row.id: to_resource(Network, row) for row in tx.connection.execute(_NETWORKS, {"ids": sorted(of)})}
    sub_ports = []
    for one in wanted:
        if one.port_id == parent.id:
            raise ParentPortInUse(one.port_id)
        port = ports.get(one.port_id)
        if port is None:
            raise PortNotFound(one.port_id)
        network, most = networks[port.network_id], networks[parent.network_id].mtu
        if network.mtu > most:
            raise SubPortMtuGreaterThanTrunkPortMtu(port.id, network.mtu, parent.id, most)
        sub_ports.append(_sub_port(one, network))
        if port.id in used:
            raise TrunkPortInUse(port.id)
        if port.trunk_details is not None:
            raise ParentPortInUse(port.id)
        if port.device_id:
            raise PortInUse(port.id, port.network_id, port.device_id)
    vlans = [one.segmentation_id for one in sub_ports]
    for number, vlan in enumerate(vlans):
        if vlan in vlans[:number]:
            raise InvalidInput(f"segmentation_id {vlan} is there more than once")
    return ports, tuple(sub_ports)


def _sub_port(wanted: SubPortRequest, network: Network) -> SubPort:
    if wanted.segmentation_type != INHERIT:
        assert wanted.segmentation_id is not None  # noqa: S101 - parsed so
        return SubPort(wanted.port_id, wanted.segmentation_type, wanted.segmentation_id)
    if network.provider_network_type != VLAN or network.provider_segmentation_id is None:
        raise InvalidInput(f"Unknown segmentation_type '{network.provider_network_type}'")
    return SubPort(wanted.port_id, VLAN, network.provider_segmentation_id)


def _carry(tx: Transaction, parent: Port, ports: Mapping[str, Port], sub_ports: Sequence[SubPort]) -> None:
    for one in sub_ports:
        port = ports[one.port_id]
        profile = {**port.binding_profile, "parent_name": parent.id, "tag": one.segmentation_id}
        tx.update(
            port,
            {
                "device_owner": SUBPORT,
                "binding_profile": profile,
                "binding_vif_type": CARRIED.vif_type,
                "status": parent.status,
            },
        )


def _release(tx: Transaction, ids: Sequence[str]) -> None:
    if not ids:
        return
    for row in tx.connection.execute(_PORTS, {"ids": list(ids)}).all():
        port = to_resource(Port, row)
        profile = {name: value for name, value in port.binding_profile.items() if name not in ("parent_name", "tag")}
        tx.update(
            port,
            {"device_owner": "", "binding_profile": profile, "binding_vif_type": NO_BINDING.vif_type, "status": DOWN},
        )
