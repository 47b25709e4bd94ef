"""What a host serves, from Southbound rows."""

from uuid import UUID, uuid4

from neutrino.agent.served import Network, link_local, wanted

HERE, THERE, DATAPATH = uuid4(), uuid4(), uuid4()
NET = "11111111-0000-4000-8000-000000000000"
NETWORKS = {DATAPATH: {"external_ids": {"name": f"neutron-{NET}"}}}
METADATA = {
    "logical_port": "m",
    "type": "localport",
    "mac": frozenset(("fa:16:3e:00:00:01 10.0.0.2",)),
    "datapath": DATAPATH,
    "chassis": None,
    "additional_chassis": frozenset(),
    "external_ids": {"neutron:cidrs": "10.0.0.2/24 10.1.0.2/16", "neutron:device_id": f"ovnmeta-{NET}"},
}


def port(chassis: UUID | None, mac: str, **changes: object) -> dict[str, object]:
    ids = {"neutron:device_id": "i-1", "neutron:project_id": "p-1"}
    return {
        "logical_port": "x",
        "type": "",
        "mac": frozenset((mac,)),
        "datapath": DATAPATH,
        "chassis": chassis,
        "additional_chassis": frozenset(),
        "external_ids": ids,
        **changes,
    }


def test_a_network_with_an_instance_here_is_served() -> None:
    mine = port(HERE, "fa:16:3e:00:00:02 10.0.0.3 FD00::0:3")
    other = port(THERE, "fa:16:3e:00:00:03 10.0.0.4")
    assert wanted([METADATA, mine, other], NETWORKS, HERE) == {
        NET: Network(
            id=NET,
            port_id="m",
            mac="fa:16:3e:00:00:01",
            mtu=1442,
            cidrs=("10.0.0.2/24", "10.1.0.2/16"),
            instances={
                "10.0.0.3": ("i-1", "p-1"),
                "fd00::3": ("i-1", "p-1"),
                "fe80::f816:3eff:fe00:2": ("i-1", "p-1"),
            },
            names={},
        )
    }


def test_a_health_monitor_s_port_is_not_the_metadata_port() -> None:
    mine = port(HERE, "fa:16:3e:00:00:02 10.0.0.3")
    ids = {"neutron:cidrs": "10.0.0.9/24", "neutron:device_id": "ovn-lb-hm-1", "neutron:mtu": "1400"}
    monitor = port(None, "fa:16:3e:00:00:09 10.0.0.9", type="localport", logical_port="monitor", external_ids=ids)
    assert wanted([monitor, mine], NETWORKS, HERE) == {}
    for both in ([METADATA, monitor, mine], [monitor, METADATA, mine]):
        assert wanted(both, NETWORKS, HERE)[NET].port_id == "m"


def test_an_instance_that_is_coming_is_served_on_both_hosts() -> None:
    moving = port(THERE, "fa:16:3e:00:00:02 10.0.0.3", additional_chassis=frozenset((HERE,)))
    assert wanted([METADATA, moving], NETWORKS, HERE).keys() == {NET}
    assert wanted([METADATA, moving], NETWORKS, THERE).keys() == {NET}


def test_what_is_not_served() -> None:
    mine = port(HERE, "fa:16:3e:00:00:02 10.0.0.3")
    assert wanted([METADATA, port(None, "fa:16:3e:00:00:02 10.0.0.3")], NETWORKS, HERE) == {}
    assert wanted([mine], NETWORKS, HERE) == {}
    assert wanted([METADATA, mine], {}, HERE) == {}
    assert wanted([METADATA, mine], NETWORKS, None) == {}
    router = port(HERE, "router", type="patch")
    assert wanted([METADATA, router], NETWORKS, HERE) == {}


def test_names_are_those_of_the_network() -> None:
    mine = port(HERE, "fa:16:3e:00:00:02 10.0.0.3")
    names = [
        {"datapaths": frozenset((DATAPATH, uuid4())), "records": {"Web": "10.0.0.3"}},
        {"datapaths": frozenset((DATAPATH,)), "records": {"db": "10.0.0.4"}},
        {"datapaths": frozenset((uuid4(),)), "records": {"other": "10.0.0.5"}},
    ]
    assert wanted([METADATA, mine], NETWORKS, HERE, names)[NET].names == {"web": "10.0.0.3", "db": "10.0.0.4"}


def test_ids_that_could_mean_something_else_to_haproxy_are_left_out() -> None:
    for name in ("a b", "a\nb", "a|b", "", "x" * 256):
        bad = port(
            HERE, "fa:16:3e:00:00:02 10.0.0.3", external_ids={"neutron:device_id": name, "neutron:project_id": "p"}
        )
        assert wanted([METADATA, bad], NETWORKS, HERE)[NET].instances == {}


def test_link_local_addresses() -> None:
    assert link_local("52:74:f2:b1:a8:7f") == "fe80::5074:f2ff:feb1:a87f"
