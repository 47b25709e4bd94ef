"""openstacksdk, and through it what is written on it, against the daemon."""

import openstack.exceptions
import pytest

# openstacksdk warns of its own plans whatever is done with it.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture
def net(cloud):
    """The network proxy, and nothing left over when the story ends."""
    yield cloud.network
    for port in cloud.network.ports():
        cloud.network.delete_port(port)
    for network in cloud.network.networks():
        cloud.network.delete_network(network)


def test_find_create_update_delete(net):
    blue = net.create_network(name="blue")
    assert net.find_network("blue").id == net.find_network(blue.id).id == blue.id
    assert net.find_network("red") is None
    subnet = net.create_subnet(network_id=blue.id, name="s", ip_version=4, cidr="10.0.0.0/24")
    assert net.find_subnet("s", network_id=blue.id).cidr == "10.0.0.0/24"
    port = net.create_port(network_id=blue.id, name="p")
    assert net.find_port("p").fixed_ips == [{"subnet_id": subnet.id, "ip_address": "10.0.0.2"}]
    assert net.update_port(port, name="q", device_id="vm").device_id == "vm"
    assert [one.name for one in net.ports(device_id="vm", fixed_ips=f"subnet_id={subnet.id}")] == ["q"]
    net.set_tags(port, ["a", "b"])
    assert net.get_port(port.id).tags == ["a", "b"]
    net.add_tag(port, "c")
    net.remove_tag(port, "a")
    net.remove_all_tags(port)
    assert [one.id for one in net.ports(any_tags="b")] == []
    net.delete_port(port)
    net.delete_port(port, ignore_missing=True)
    with pytest.raises(openstack.exceptions.NotFoundException, match="could not be found"):
        net.get_port(port.id)


def test_many_at_once(net):
    blue = net.create_network(name="blue")
    net.create_subnet(network_id=blue.id, ip_version=4, cidr="10.0.0.0/24")
    made = list(net.create_ports([{"network_id": blue.id, "name": f"p{i}"} for i in range(20)]))
    assert [port.name for port in made] == [f"p{i}" for i in range(20)]
    assert len({ip["ip_address"] for port in made for ip in port.fixed_ips}) == 20
    with pytest.raises(openstack.exceptions.BadRequestException, match="color"):
        net.create_ports([{"network_id": blue.id}, {"network_id": blue.id, "color": "red"}])
    assert len(list(net.ports())) == 20

    paged = [port.id for port in net.ports(limit=3)]
    assert sorted(paged) == sorted(port.id for port in made)
    assert len(paged) == 20


def test_conditional_changes(net):
    blue = net.create_network(name="blue")
    net.update_network(blue, if_revision=blue.revision_number, name="green")
    with pytest.raises(openstack.exceptions.PreconditionFailedException):
        net.update_network(blue.id, if_revision=1, name="red")
    with pytest.raises(openstack.exceptions.PreconditionFailedException):
        net.delete_network(blue.id, if_revision=1)
    assert net.get_network(blue.id).name == "green"


def test_security_groups(net):
    web = net.create_security_group(name="web")
    rule = net.create_security_group_rule(
        security_group_id=web.id, direction="ingress", protocol="tcp", port_range_min=80, port_range_max=80
    )
    assert [one.id for one in net.security_group_rules(security_group_id=web.id, protocol="tcp")] == [rule.id]
    assert len(net.find_security_group("web").security_group_rules) == 3
    made = net.create_security_group_rules(
        [
            {
                "security_group_id": web.id,
                "direction": "ingress",
                "protocol": "tcp",
                "port_range_min": n,
                "port_range_max": n,
            }
            for n in (443, 8443)
        ]
    )
    assert len(list(made)) == 2
    with pytest.raises(openstack.exceptions.ConflictException, match="already exists"):
        net.create_security_group_rule(
            security_group_id=web.id, direction="ingress", protocol="tcp", port_range_min=80, port_range_max=80
        )
    net.delete_security_group(web)


def test_the_cloud_layer(cloud, net):
    blue = cloud.create_network("blue")
    subnet = cloud.create_subnet(blue.id, cidr="10.0.0.0/24", subnet_name="s")
    assert cloud.get_network("blue").subnet_ids == [subnet.id]
    port = cloud.create_port(blue.id, name="p")
    assert [one.id for one in cloud.list_ports({"network_id": blue.id})] == [port.id]
    assert cloud.list_security_groups()[0].name == "default"
    assert net.find_extension("security-group").alias == "security-group"
    assert net.find_extension("l3-conntrack-helper") is None
    assert list(net.agents()) == []
    assert cloud.delete_port("p")
    assert cloud.delete_network("blue")


def test_quotas(cloud):
    """The command ``quota`` asks Keystone for the project first; this is what it sends then."""
    network = cloud.network
    assert network.get_quota("p").networks == network.get_quota_default("p").networks == 100
    assert network.update_quota("p", networks=3, force=True).networks == 3
    assert [(quota.project_id, quota.networks, quota.ports) for quota in network.quotas()] == [("p", 3, 500)]
    assert network.get_quota("p", details=True).networks == {"limit": 3, "used": 0, "reserved": 0}
    network.delete_quota("p")
    assert network.get_quota("p").networks == 100
