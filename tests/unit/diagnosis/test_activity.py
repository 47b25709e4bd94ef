"""The chain from the API to the switch: which link is named, and what to do."""

from typing import Any

import pytest

from neutrino.diagnosis.activity import Observed, chain, sentence

PORT = {
    "id": "p1",
    "name": "a",
    "admin_state_up": True,
    "status": "ACTIVE",
    "device_owner": "compute:nova",
    "binding:host_id": "h1",
    "binding:vif_type": "ovs",
}
INTERFACE = {"name": "tapp1", "ofport": 3, "error": [], "external_ids": {"ovn-installed": "true"}}
BOUND = {"_uuid": "s1", "chassis": "h1", "requested_chassis": "h1", "up": True}
SERVICES = ("neutrino-controller", "ovn-northd", "h1.ovsdb-server", "h1.ovs-vswitchd", "h1.ovn-controller")
WELL = Observed(
    port=PORT,
    hosts=("h1", "h2"),
    services=dict.fromkeys(SERVICES, "ready"),
    journal=0,
    northbound={"_uuid": "p1", "enabled": True},
    southbound=BOUND,
    interface=INTERFACE,
    plugged="a",
)
DOWN = {**PORT, "status": "DOWN"}

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "admin state": ({"port": {**DOWN, "admin_state_up": False}}, "administratively DOWN; `./stack openstack port set"),
    "binding": (
        {"port": {**DOWN, "binding:host_id": "h9"}},
        "bound to h9, which is no host of the lab (h1, h2); `./stack",
    ),
    "h1.ovn-controller": (
        {"services": {**WELL.services, "h1.ovn-controller": "silent"}},
        "silent; `./stack logs h1.ovn",
    ),
    "h1.ovs-vswitchd": (
        {"services": {**WELL.services, "h1.ovs-vswitchd": "stopped"}},
        "stopped; `./stack host start h1`",
    ),
    "journal": ({"journal": 7}, "7 lines are not in the Northbound yet; wait"),
    "Northbound": ({"northbound": None}, "no Logical_Switch_Port; `./stack logs neutrino-controller`"),
    "ovn-northd": (
        {"services": {**WELL.services, "ovn-northd": "restarting"}},
        "restarting; `./stack logs ovn-northd`",
    ),
    "Southbound": ({"southbound": None}, "no Port_Binding; `./stack logs ovn-northd`"),
    "chassis": ({"southbound": {**BOUND, "requested_chassis": ""}}, "none is asked for, not h1; is h1 in"),
    "interface": ({"interface": None}, "no Interface on h1 has its id as iface-id; `./stack up` plugs a again"),
    "flows": ({"interface": {**INTERFACE, "external_ids": {}}}, "ovn-installed is not set; `./stack logs h1.ovn"),
    "claim": ({"southbound": {**BOUND, "up": False}}, "claimed by h1, not up; `./stack top`"),
    "status": ({}, "DOWN; the controller writes ACTIVE when all above is whole"),
}


def test_a_whole_chain() -> None:
    links = chain(WELL)
    assert [one.name for one in links if not one.is_whole] == []
    assert sentence(WELL, links) == "a is ACTIVE, and every link of its chain is whole"


@pytest.mark.parametrize("link", BROKEN)
def test_the_first_broken_link_is_named_with_what_to_do(link: str) -> None:
    changes, said = BROKEN[link]
    seen = Observed(**{**vars(WELL), "port": DOWN, **changes})
    assert sentence(seen, chain(seen)).startswith(f"a is DOWN: {link}: {said}")


def test_a_router_s_port_needs_no_host() -> None:
    port = {**PORT, "device_owner": "network:router_interface", "binding:host_id": "", "status": "N/A"}
    seen = Observed(**{**vars(WELL), "port": port, "interface": None})
    assert [one.name for one in chain(seen)] == [
        *("admin state", "neutrino-controller", "journal", "Northbound", "ovn-northd", "Southbound", "status"),
    ]
    assert all(one.is_whole for one in chain(seen))
