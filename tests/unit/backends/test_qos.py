"""QoS policies as rows, as upstream writes them (ovsdb/extensions/qos.py)."""

from collections.abc import Mapping

from tests.topology import an_id, limit, mark, reference
from tests.unit.backends.test_golden import rendered

from neutrino.backends.ovn import uuids
from neutrino.backends.ovn.qos import Subject, applied, guarantee
from neutrino.reconcile.fragment import Fragment, Place


def rows() -> dict[tuple[str, str, str], Mapping[str, object]]:
    """Return the QoS rows of the reference topology by mark and direction."""
    found = {}
    for key, row in rendered().rows():
        if key.table == "QoS":
            ((name, value),) = row["external_ids"].items()
            found[name, value, row["direction"]] = row
    return found


def test_a_port_of_a_tunnelled_network() -> None:
    port = an_id("golden")
    assert {key: row for key, row in rows().items() if key[1] == port} == {
        ("neutron:port_id", port, "from-lport"): {
            "direction": "from-lport",
            "priority": 2002,
            "match": f'inport == "{port}"',
            "bandwidth": {"rate": 3000, "burst": 2400},
            "action": {"dscp": 46},
            "external_ids": {"neutron:port_id": port},
        },
        ("neutron:port_id", port, "to-lport"): {
            "direction": "to-lport",
            "priority": 2002,
            "match": f'outport == "{port}"',
            "bandwidth": {"rate": 5000},
            "action": {},
            "external_ids": {"neutron:port_id": port},
        },
    }
    assert "qos_min_rate" not in options("golden")


def test_a_port_of_a_physical_network_that_is_guaranteed_a_rate() -> None:
    """It inherits the network's policy. What it sends is limited by options, so its row only marks."""
    port = an_id("open")
    outgoing = rows()["neutron:port_id", port, "from-lport"]
    assert (outgoing["bandwidth"], outgoing["action"]) == ({}, {"dscp": 46})
    assert rows()["neutron:port_id", port, "to-lport"]["bandwidth"] == {"rate": 5000}
    assert options("open") == {"qos_min_rate": "1000000", "qos_max_rate": "3000000", "qos_burst": "2400000"}


def test_a_ports_own_policy_comes_before_the_networks() -> None:
    """A rate of 0 is no limit."""
    port = an_id("silvery")
    assert [key for key in rows() if key[1] == port] == [("neutron:port_id", port, "from-lport")]
    assert rows()["neutron:port_id", port, "from-lport"]["bandwidth"] == {"rate": 700, "burst": 500}
    assert options("silvery") == {}


def test_a_floating_ip_and_a_gateway() -> None:
    gateway, floating, edge = an_id("edge-gateway"), an_id("floating"), an_id("edge")
    for direction, side, end in (("from-lport", "inport", "src"), ("to-lport", "outport", "dst")):
        row = rows()["neutron:fip_id", floating, direction]
        where = f'is_chassis_resident("cr-lrp-{gateway}")'
        assert row["match"] == f'{side} == "{gateway}" && ip4.{end} == 198.51.100.20 && {where}'
        assert row["priority"] == 2003
    assert rows()["neutron:router_id", edge, "from-lport"]["match"] == f'inport == "{gateway}"'
    assert ("neutron:router_id", edge, "to-lport") not in rows()
    assert an_id("edge-gateway") not in {key[1] for key in rows()}  # not as a port too


def test_floating_ips_are_limited_where_they_are_translated() -> None:
    """With forwarded ports that is the gateway; with a distributed router the port's own host."""
    row = rows()["neutron:fip_id", an_id("shared"), "from-lport"]
    gateway = an_id("edge-gateway")
    assert (
        row["match"] == f'inport == "{gateway}" && ip4.src == 198.51.100.22 && is_chassis_resident("cr-lrp-{gateway}")'
    )
    row = rows()["neutron:fip_id", an_id("nearby"), "from-lport"]
    gateway, port = an_id("twin-7"), an_id("far")
    assert row["match"] == f'inport == "{gateway}" && ip4.src == 198.51.100.23 && is_chassis_resident("{port}")'


def test_each_row_is_in_its_switch() -> None:
    """So nobody but the switches holds rows."""
    world = rendered()
    held = [
        uuid for place in world.places() if place.column == "qos_rules" for uuid in world.members(place)
    ]  # fmt: skip
    assert sorted(held) == sorted(key.uuid for key, _ in world.rows() if key.table == "QoS")
    outer = Place(*uuids.switch(an_id("outer")), "qos_rules")
    assert len(world.members(outer)) == 5  # two of one floating IP, one of each of two others, one of the gateway


def test_nothing_of_nothing() -> None:
    subject = Subject("n", "p", ("neutron:port_id", "p"))
    assert applied(subject, ()) == Fragment()
    assert applied(subject, (limit(0),)) == Fragment()
    assert guarantee((limit(5), mark(8))) == {}


def options(name: str) -> dict[str, str]:
    """Return the QoS options of a port of the reference topology."""
    (row,) = (row for key, row in rendered().rows() if key == uuids.port(an_id(name)))
    assert any(one.id == an_id(name) for one in reference())
    return {key: value for key, value in row["options"].items() if key.startswith("qos_")}
