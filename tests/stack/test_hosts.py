"""Hosts that lose power, lose their gateways, or differ; many instances at once."""

from collections.abc import Iterator

import pytest
from tests.packets.scenario import eventually, preferred

from neutrino.diagnosis import packet
from neutrino.stack import inquiry, placement
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("h") / "s", hosts=2) as made:
        made.add_host("h3", zone="east", gateway=False)
        network = made.api.create("networks", "network", name="n")
        made.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.9.0.0/24")
        placement.create(made, [f"i{number}" for number in range(1, 10)], network["id"])
        yield made


def test_instances_made_at_once_are_spread_and_active(lab: Lab) -> None:
    ports = lab.api.list("ports", device_owner="compute:nova")
    assert {one["name"]: (one["binding:host_id"], one["status"]) for one in ports} == {
        f"i{number}": (f"h{1 + (number - 1) % 3}", "ACTIVE") for number in range(1, 10)
    }
    assert sorted(lab.addresses().values()) == sorted(one["fixed_ips"][0]["ip_address"] for one in ports)


def test_a_host_says_its_zone_and_whether_it_has_gateways(lab: Lab) -> None:
    def told() -> dict[str, tuple[str, str]]:
        agents = lab.api.list("agents", binary="ovn-controller")
        return {one["host"]: (one["availability_zone"], one["agent_type"]) for one in agents}

    expected = {
        "h1": ("", "OVN Controller Gateway agent"),
        "h2": ("", "OVN Controller Gateway agent"),
        "h3": ("east", "OVN Controller agent"),
    }
    assert eventually(lambda: told() == expected), told()


def test_a_host_without_power_is_away_until_it_is_started(lab: Lab) -> None:
    def of_h2() -> dict[str, tuple[str, bool]]:
        return {one.name: (one.state, one.pid > 0) for one in lab.status().services if one.name.startswith("h2.")}

    switch, agent = ("ovsdb-server", "ovs-vswitchd", "ovn-controller"), ("neutrino-agent", "haproxy", "neutrino-dns")
    names = [f"h2.{name}" for name in (*switch, *agent)]
    lab.kill_host("h2")
    assert of_h2() == dict.fromkeys(names, ("stopped", False))
    lab.wait()  # it is not waited for
    with pytest.raises(StackFault, match=r"`\./stack host start h2`"):
        lab.restart("h2.ovs-vswitchd")
    said = inquiry.trace(lab, "i1", "i2", packet.kind("icmp")).verdict
    assert (said.outcome, said.rule) == ("dropped", "host h2")
    lab.add_host("h2")
    assert of_h2() == dict.fromkeys(names, ("ready", True))
    assert lab.ping("i1", lab.address("i2"), 15)


def test_a_drained_host_gives_its_gateways_away(lab: Lab) -> None:
    public = lab.public()
    router = lab.api.create("routers", "router", name="r", external_gateway_info={"network_id": public["id"]})

    def gateway() -> str:
        return next((one.host for name, one in inquiry.bindings(lab).items() if name.startswith("cr-lrp-")), "")

    assert eventually(lambda: gateway() == preferred(lab, router) != "")
    first = gateway()
    other = {"h1": "h2", "h2": "h1"}[first]
    lab.drain_host(first)
    assert eventually(lambda: gateway() == other)
    with pytest.raises(StackFault, match=f"gateways may be on no other host than {other}"):
        lab.drain_host(other)
    lab.drain_host(first, undo=True)
    assert eventually(lambda: gateway() == first)
