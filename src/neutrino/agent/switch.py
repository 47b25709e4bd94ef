"""The metadata ports in this host's integration bridge.

Here: Open_vSwitch rows to the operations that make them right (ovs-vswitchd.conf.db(5)). Not here: the devices.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from neutrino.agent.served import texts
from neutrino.ovsdb.operations import Columns, Insert, Mutate, Operation, Update
from neutrino.ovsdb.watch import Rows

WATCHED = {
    "Open_vSwitch": ("external_ids",),
    "Bridge": ("name", "ports"),
    "Port": ("name",),
    "Interface": ("name", "external_ids"),
}
MARK = "neutrino-metadata"
"""A key in the external_ids of our interfaces, besides iface-id (Open vSwitch's integration guide)."""
_NAMESPACE = UUID("3a2f1c86-5b1e-5f6d-9d8c-6d6574616461")


def about(rows: Rows) -> dict[str, str]:
    """Return what the host says of itself: ``system-id``, ``ovn-bridge``, ``ovn-remote``."""
    return next((texts(row, "external_ids") for row in rows["Open_vSwitch"].values()), {})


def operations(rows: Rows, bridge: str, wanted: Mapping[str, str]) -> list[Operation]:
    """Return what makes *bridge* have exactly the ports *wanted* of ours: device name to iface-id.

    A device of a wanted name that somebody else added is taken over. Without the bridge, nothing.
    """
    bridge_id = next((uuid for uuid, row in rows["Bridge"].items() if row["name"] == bridge), None)
    if bridge_id is None:
        return []
    ports = {str(row["name"]): uuid for uuid, row in rows["Port"].items()}
    out: list[Operation] = []
    for uuid, row in rows["Interface"].items():
        name = str(row["name"])
        ids = texts(row, "external_ids")
        if name in wanted:
            right = {**ids, "iface-id": wanted[name], MARK: "true"}
            if right != ids:
                out.append(Update("Interface", uuid, {"external_ids": right}))
        elif MARK in ids and name in ports:
            out.append(Mutate("Bridge", bridge_id, (("ports", "delete", frozenset((ports[name],))),)))
    for name in sorted(wanted.keys() - ports.keys()):
        interface, port = uuid5(_NAMESPACE, f"interface {name}"), uuid5(_NAMESPACE, f"port {name}")
        ids = {"iface-id": wanted[name], MARK: "true"}
        made: Columns = {"name": name, "interfaces": frozenset((interface,))}
        out += [
            Insert("Interface", interface, {"name": name, "external_ids": ids}),
            Insert("Port", port, made),
            Mutate("Bridge", bridge_id, (("ports", "insert", frozenset((port,))),)),
        ]
    return out
