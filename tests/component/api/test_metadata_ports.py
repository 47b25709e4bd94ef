"""Metadata ports: which networks have one, with which addresses, and what it costs to have none."""

import pytest

from neutrino.model.subnet import Subnet
from neutrino.store.columns import to_resource
from neutrino.store.records import select_by_id

SETTINGS = ("[ovn]", "ovn_metadata_enabled = true")


@pytest.fixture
def told(serve):
    return serve(*SETTINGS)


def metadata_ports(api, network):
    return api.get("ports", network_id=network["id"], device_owner="network:distributed")


def addresses(port):
    return [ip["ip_address"] for ip in port["fixed_ips"]]


def test_a_network_has_one_from_its_first_subnet_with_dhcp_on(told):
    network = told.network(name="n")
    assert metadata_ports(told, network) == []
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24", enable_dhcp=False)
    assert metadata_ports(told, network) == []
    second = told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
    (port,) = metadata_ports(told, network)
    assert addresses(port) == ["10.1.0.2"]
    assert (port["device_id"], port["project_id"]) == (f"ovnmeta-{network['id']}", network["project_id"])
    assert (port["security_groups"], port["port_security_enabled"]) == ([], False)
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.2.0.0/24")
    told.post("subnets", network_id=network["id"], ip_version=6, cidr="fd00::/64")
    assert sorted(addresses(*metadata_ports(told, network))) == ["10.1.0.2", "10.2.0.2"]
    told.put(f"subnets/{second['id']}", enable_dhcp=False)
    assert addresses(*metadata_ports(told, network)) == ["10.2.0.2"]
    told.put(f"subnets/{second['id']}", enable_dhcp=True)
    assert sorted(addresses(*metadata_ports(told, network))) == ["10.1.0.2", "10.2.0.2"]


def test_a_network_of_ipv6_has_one_until_it_has_ipv4(told):
    network = told.network(name="n")
    modes = {"ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"}
    told.post("subnets", network_id=network["id"], ip_version=6, cidr="fd00:1::/64", **modes)
    stateful = told.post("subnets", network_id=network["id"], ip_version=6, cidr="fd00:2::/64")
    (port,) = metadata_ports(told, network)
    assert [address[:7] for address in sorted(addresses(port))] == ["fd00:1:", "fd00:2:"]
    told.delete(f"subnets/{stateful['id']}")
    assert len(addresses(*metadata_ports(told, network))) == 1
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    assert addresses(*metadata_ports(told, network)) == ["10.0.0.2"]


def test_it_does_not_keep_a_subnet_or_a_network(told):
    network = told.network(name="n")
    subnet = told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
    told.delete(f"subnets/{subnet['id']}")
    assert addresses(*metadata_ports(told, network)) == ["10.1.0.2"]
    told.delete(f"networks/{network['id']}")
    assert told.get("ports") == []


def test_a_subnet_without_a_free_address_has_none(told):
    network = told.network(name="n")
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24", allocation_pools=[])
    assert metadata_ports(told, network) == []
    told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.1.0.0/30")
    assert addresses(*metadata_ports(told, network)) == ["10.1.0.2"]


def test_it_is_no_port_of_another_network_that_is_named_so(told):
    """Its owner may name a port as they like: by the id of a network that others share with them, too."""
    network, other = told.network(name="n"), told.network(name="other")
    told.post("subnets", network_id=other["id"], ip_version=4, cidr="10.9.0.0/24", enable_dhcp=False)
    named = {"device_owner": "network:distributed", "device_id": f"ovnmeta-{network['id']}"}
    odd = told.port(other, **named)
    subnet = told.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    assert addresses(*metadata_ports(told, network)) == ["10.0.0.2"]
    assert told.get(f"ports/{odd['id']}") == odd
    (route,) = told.run(told.database.read(lambda c: c.execute(select_by_id(Subnet), {"id": subnet["id"]}).all()))
    assert to_resource(Subnet, route).metadata_ip == "10.0.0.2"
    told.delete(f"networks/{network['id']}")
    assert [port["id"] for port in told.get("ports", device_owner="network:distributed")] == [odd["id"]]


def test_without_the_option_there_is_none(api):
    network = api.network(name="n")
    api.post("subnets", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
    assert metadata_ports(api, network) == []
