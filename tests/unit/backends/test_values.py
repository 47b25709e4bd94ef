"""Small values: bindings, agents, status, uuids."""

from tests.topology import an_id, network

from neutrino.backends.ovn import uuids
from neutrino.backends.ovn.agents import agent, agent_id
from neutrino.backends.ovn.binding import OvnBinder
from neutrino.backends.ovn.scheduling import physical_networks
from neutrino.backends.ovn.status import status
from neutrino.model.binding import FAILED

BINDER = OvnBinder("/run/sockets")
CHASSIS = {
    "name": "host-1",
    "hostname": "host-1.example",
    "other_config": {"ovn-bridge-mappings": "physnet1:br-ex, physnet2:br-2", "datapath-type": "netdev"},
    "external_ids": {},
}
PRIVATE = {"name": "host-1", "external_ids": {"neutron:ovn-bridge": "br-x"}}


def test_an_agent_and_its_binding() -> None:
    made = agent(PRIVATE, CHASSIS, is_alive=True, heard_s=0, known=None)
    assert (made.id, made.host, made.agent_type) == (agent_id("host-1"), "host-1.example", "OVN Controller agent")
    assert made.heartbeat_timestamp == "1970-01-01 00:00:00"
    vlan = network("vlan", provider_network_type="vlan", provider_physical_network="physnet2")
    bound = BINDER.bind(port_id="p", vnic_type="normal", network=vlan, agents=[made])
    assert bound.vif_type == "ovs"
    assert dict(bound.vif_details) == {
        "port_filter": True,
        "connectivity": "l2",
        "bridge_name": "br-x",
        "datapath_type": "netdev",
        "ovs_create_tap": True,
        "bound_drivers": {"0": "ovn"},
    }
    gone = agent(PRIVATE, None, is_alive=True, heard_s=9, known=made)
    assert (gone.alive, gone.host, gone.configurations) == (False, made.host, made.configurations)
    assert BINDER.bind(port_id="p", vnic_type="normal", network=vlan, agents=[gone]) is FAILED
    assert BINDER.bind(port_id="p", vnic_type="normal", network=vlan, agents=[]) is FAILED


def test_how_instances_are_plugged() -> None:
    blue = network("blue")

    def plugged(vnic_type: str, *capabilities: str, **config: str) -> tuple[str, dict[str, object]]:
        chassis = {**CHASSIS, "other_config": config}
        made = agent(PRIVATE, chassis, is_alive=True, heard_s=0, known=None)
        profile = {"capabilities": list(capabilities)}
        port_id = "b54f1843-193f-4000-a3a1-f8a12ed26646"
        bound = BINDER.bind(port_id=port_id, vnic_type=vnic_type, network=blue, agents=[made], profile=profile)
        common = {"connectivity": "l2", "bridge_name": "br-x", "bound_drivers": {"0": "ovn"}}
        return bound.vif_type, {name: value for name, value in bound.vif_details.items() if name not in common}

    def tap(datapath: str = "") -> tuple[str, dict[str, object]]:
        return "ovs", {"port_filter": True, "datapath_type": datapath, "ovs_create_tap": True}

    dpdk = {"datapath-type": "netdev", "iface-types": "tap,dpdkvhostuser,dpdkvhostuserclient"}
    socket = {"vhostuser_socket": "/run/sockets/vhub54f1843-19"}
    by_switch = {"port_filter": False, "vhostuser_mode": "server", "vhostuser_ovs_plug": True}
    by_guest = {"port_filter": True, "vhostuser_mode": "client"}
    assert plugged("normal", **dpdk) == ("vhostuser", {"datapath_type": "netdev", **socket, **by_switch})
    assert plugged("normal", **dpdk | {"iface-types": "tap"}) == tap("netdev")
    assert plugged("normal", **dpdk | {"datapath-type": "system"}) == tap("system")
    assert plugged("virtio-forwarder") == ("agilio_ovs", {"datapath_type": "", **socket, **by_guest})
    assert plugged("vdpa") == tap()
    for kind in ("direct", "direct-physical", "macvtap"):
        assert plugged(kind, "switchdev") == tap()
        assert plugged(kind) == ("binding_failed", {})


def test_bridge_mappings() -> None:
    assert physical_networks("physnet1:br-ex, physnet2:br-2,") == {"physnet1": "br-ex", "physnet2": "br-2"}
    assert physical_networks("") == {}


def test_status_needs_both() -> None:
    assert [status(is_up=u, is_enabled=e) for u in (True, False) for e in (True, False)] == [
        "ACTIVE",
        "DOWN",
        "DOWN",
        "DOWN",
    ]


def test_uuids_never_change() -> None:
    """Rows of clouds that run hang on these."""
    assert str(uuids.port_group(uuids.DROP_GROUP).uuid) == "c6ad3649-b4c4-557c-93de-22fbb9feb9e3"
    assert str(uuids.named("ACL", an_id("rule")).uuid) == "e40e4d08-f019-5862-938c-3799a6546496"
    assert uuids.mac(an_id("subnet")) == "fa:16:3e:c0:f3:d8"
    assert agent_id("host-1") == "5131a080-4ca3-56e6-940d-0893fddfb562"
