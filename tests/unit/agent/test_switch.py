"""The metadata ports of a bridge, from Open_vSwitch rows."""

from uuid import uuid4

from neutrino.agent.switch import MARK, about, operations
from neutrino.ovsdb.operations import Insert, Mutate, Update

BRIDGE = uuid4()
EMPTY = {
    "Open_vSwitch": {uuid4(): {"external_ids": {"system-id": "h1"}}},
    "Bridge": {BRIDGE: {"name": "br-int", "ports": frozenset()}},
    "Port": {},
    "Interface": {},
}


def test_who_the_host_is() -> None:
    assert about(EMPTY) == {"system-id": "h1"}


def test_a_missing_port_is_added_and_then_nothing_is_due() -> None:
    made = operations(EMPTY, "br-int", {"tapx0": "port-1"})
    interface, port, mutation = made
    assert isinstance(interface, Insert)
    assert interface.row == {"name": "tapx0", "external_ids": {"iface-id": "port-1", MARK: "true"}}
    assert isinstance(port, Insert)
    assert port.row == {"name": "tapx0", "interfaces": frozenset((interface.uuid,))}
    assert mutation == Mutate("Bridge", BRIDGE, (("ports", "insert", frozenset((port.uuid,))),))
    after = EMPTY | {
        "Port": {port.uuid: {"name": "tapx0"}},
        "Interface": {interface.uuid: dict(interface.row)},
    }
    assert operations(after, "br-int", {"tapx0": "port-1"}) == []
    assert operations(after, "br-int", {}) == [
        Mutate("Bridge", BRIDGE, (("ports", "delete", frozenset((port.uuid,))),))
    ]


def test_what_others_added_is_left_alone_or_taken_over() -> None:
    interface, port = uuid4(), uuid4()
    rows = EMPTY | {
        "Port": {port: {"name": "tapx0"}},
        "Interface": {interface: {"name": "tapx0", "external_ids": {"iface-id": "old"}}},
    }
    assert operations(rows, "br-int", {}) == []
    right = {"iface-id": "port-1", MARK: "true"}
    assert operations(rows, "br-int", {"tapx0": "port-1"}) == [Update("Interface", interface, {"external_ids": right})]


def test_without_the_bridge_nothing_is_done() -> None:
    assert operations(EMPTY, "br-other", {"tapx0": "port-1"}) == []
