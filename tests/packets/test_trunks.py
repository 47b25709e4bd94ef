"""A trunk carries networks to one instance, each as a VLAN; networks of several segments."""

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually


def in_vlan(parent: Instance, vlan: int, subport: Resource, target: Instance) -> bool:
    """Say whether *target* answers the instance of *parent*, which asks as *subport*."""
    source = f"{subport['mac_address']},{subport['fixed_ips'][0]['ip_address']}"
    return parent.probe("tagged_ping", "eth0", str(vlan), source, f"{target.port['mac_address']},{target.address}")


@pytest.mark.proves("trunk")
def test_an_instance_reaches_a_subports_network_by_its_vlan(site: Site) -> None:
    outer, inner = site.network(), site.network("10.2.0.0/24")
    parent = site.instance("a", outer, "h1")
    there = site.instance("b", inner, "h2")
    subport = site.create("ports", "port", network_id=inner["id"])
    trunk = site.api.create("trunks", "trunk", port_id=parent.port["id"])
    item = {"port_id": subport["id"], "segmentation_type": "vlan", "segmentation_id": 42}
    try:
        assert not in_vlan(parent, 42, subport, there)
        assert site.api.act("trunks", trunk["id"], "add_subports", sub_ports=[item])["status"] == "ACTIVE"
        assert eventually(lambda: in_vlan(parent, 42, subport, there))
        assert not in_vlan(parent, 43, subport, there)
        assert eventually(lambda: site.api.show("ports", subport["id"])["status"] == "ACTIVE")
        site.api.act("trunks", trunk["id"], "remove_subports", sub_ports=[item])
        assert eventually(lambda: not in_vlan(parent, 42, subport, there))
        assert eventually(lambda: site.api.show("ports", subport["id"])["status"] == "DOWN")
    finally:
        site.api.delete("trunks", trunk["id"])


@pytest.mark.proves("segments", "vlan")
def test_hosts_meet_on_the_segment_that_both_reach(site: Site, public: Resource) -> None:
    """The public network is there so that public joins the hosts."""
    network = site.create(
        "networks",
        "network",
        segments=[
            {
                "provider:network_type": "vlan",
                "provider:physical_network": "public",
                "provider:segmentation_id": 301,
            },
            {"provider:network_type": "flat", "provider:physical_network": "elsewhere"},
        ],
    )
    site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.3.0.0/24")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
    (segment,) = site.api.list("segments", network_id=network["id"], network_type="flat")
    site.api.delete("segments", segment["id"])
    assert a.pings(b.address)


@pytest.mark.proves("vxlan")
def test_a_network_of_type_vxlan_joins_hosts(site: Site) -> None:
    network = site.create("networks", "network", **{"provider:network_type": "vxlan"})
    site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.4.0.0/24")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2")
    assert eventually(lambda: a.pings(b.address))
