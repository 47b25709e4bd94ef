"""What Octavia needs: its driver of addresses, security groups and ports for amphorae.

Here: octavia.network.drivers.neutron, called as Octavia's API and its worker call it. Not here: amphorae and Octavia's
database. Nova's part, to attach a port to an amphora, is done as Nova does it (its own code is checked in nova.py).
"""

import contextlib
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import octavia.common.config  # noqa: F401 - registers Octavia's options
from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password
from octavia.common import constants, context, data_models, exceptions
from octavia.network import base
from octavia.network.drivers.neutron import allowed_address_pairs
from openstack.connection import Connection
from oslo_config import cfg

PACKAGES = ("octavia",)
SETTINGS = """
[controller_worker]
compute_driver = compute_noop_driver
[networking]
port_detach_timeout = 5
retry_interval = 1
max_retries = 3
[service_auth]
{login}
[neutron]
{login}
"""
LOGIN = """
auth_type = password
auth_url = {auth_url}
username = nova
password = {password}
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
"""
"""Users: whoever serves, with the roles that Octavia's own has."""
FOUR, SIX = "10.85.0.0/24", "fd00:85::/64"


class Compute:
    """What Nova does with the ports of an amphora."""

    def __init__(self, client: Any, host: str) -> None:
        self._client = client
        self._host = host

    def attach_network_or_port(self, compute_id: str, port_id: str, **_: Any) -> Any:
        """Give the amphora a port, and bind that."""
        bound = {"device_id": compute_id, "device_owner": "compute:nova", "binding_host_id": self._host}
        port = self._client.update_port(port_id, **bound)
        return SimpleNamespace(fixed_ips=port.fixed_ips, net_id=port.network_id, port_id=port.id)

    def detach_port(self, port_id: str, **_: Any) -> None:
        """Take a port from the amphora; it stays."""
        self._client.update_port(port_id, device_id="", device_owner="", binding_host_id="")


class Site:
    """Octavia's side, a member's network, a load balancer with two amphorae, and what checks leave for later ones."""

    def __init__(self, access: dict[str, Any]) -> None:
        self.access = access
        self.administrator = self.login("admin").network
        member = self.login("demo")
        self.member, self.project = member.network, member.current_project_id
        self.context = context.RequestContext(auth_token=member.auth_token, project_id=self.project)
        self.network = self.member.create_network(name="for-octavia").id
        self.four = self.member.create_subnet(network_id=self.network, ip_version=4, cidr=FOUR, name="four").id
        self.six = self.member.create_subnet(network_id=self.network, ip_version=6, cidr=SIX, name="six").id
        self.driver = allowed_address_pairs.AllowedAddressPairsDriver()
        self.driver.compute = Compute(self.driver.network_proxy, access["hosts"][0])
        self.balancer = data_models.LoadBalancer(
            id=str(uuid.uuid4()),
            project_id=self.project,
            topology=constants.TOPOLOGY_ACTIVE_STANDBY,
            vip=data_models.Vip(network_id=self.network, subnet_id=self.four, sg_ids=[]),
            additional_vips=[data_models.AdditionalVip(network_id=self.network, subnet_id=self.six)],
            listeners=[],
            amphorae=[],
        )
        for _ in range(2):
            one = data_models.Amphora(id=str(uuid.uuid4()), compute_id=str(uuid.uuid4()), lb_network_ip="192.0.2.9")
            one.status = constants.AMPHORA_ALLOCATED
            self.balancer.amphorae.append(one)

    def login(self, name: str) -> Any:
        """Return a connection of openstacksdk's for this user, in the project of this name."""
        address, password = self.access["auth_url"], self.access["passwords"][name]
        domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
        auth = Password(address, username=name, password=password, project_name=name, **domains)
        return Connection(session=session.Session(auth), network_endpoint_override=self.access["endpoint"])

    def another(self, **vip: Any) -> Any:
        """Return another load balancer of the member's, which has nothing yet."""
        wanted = data_models.Vip(**({"network_id": self.network, "subnet_id": self.four, "sg_ids": []} | vip))
        more = {"topology": constants.TOPOLOGY_SINGLE, "additional_vips": [], "listeners": [], "amphorae": []}
        return data_models.LoadBalancer(id=str(uuid.uuid4()), project_id=self.project, vip=wanted, **more)

    def group(self) -> Any:
        """Return the security group of the load balancer."""
        return self.administrator.find_security_group(f"lb-{self.balancer.id}")

    def rules(self) -> list[tuple[Any, ...]]:
        """Return what the load balancer's group lets in: IP version, protocol, port, from where."""
        found = self.administrator.security_group_rules(security_group_id=self.group().id, direction="ingress")
        return sorted(
            (str(one.ether_type), str(one.protocol), one.port_range_max or 0, str(one.remote_ip_prefix))
            for one in found
        )

    def pairs(self, port: str) -> list[str]:
        """Return the addresses of a port's allowed address pairs."""
        return [one["ip_address"] for one in self.administrator.get_port(port).allowed_address_pairs]


def prepare(access: dict[str, Any]) -> Site:
    """Set Octavia's driver up."""
    login = LOGIN.format(auth_url=access["auth_url"], password=access["passwords"]["nova"])
    path = Path(access["folder"]) / "octavia.conf"
    path.write_text(SETTINGS.format(login=login))
    cfg.CONF(["--config-file", str(path)], project="octavia", default_config_files=[str(path)])
    return Site(access)


# What Octavia's API looks up.


def extensions_are_found(site: Site) -> None:
    """The driver finds the extensions that it needs, or does without."""
    assert (site.driver.sec_grp_enabled, site.driver.dns_integration_enabled) == (True, True)
    assert site.driver.qos_enabled() is True
    assert site.driver._check_extension_enabled("no-such-extension") is False


def what_a_member_names_is_looked_up(site: Site) -> None:
    """Networks, subnets and ports are found by id and by name, as the member sees them."""
    network = site.driver.get_network(site.network, context=site.context)
    found = (network.name, sorted(network.subnets), network.mtu, network.router_external, network.port_security_enabled)
    assert found == ("for-octavia", sorted([site.four, site.six]), 1442, False, True), found
    assert site.driver.get_network_by_name("for-octavia").id == site.network
    subnet = site.driver.get_subnet(site.four, context=site.context)
    assert (subnet.cidr, subnet.gateway_ip, subnet.ip_version, subnet.host_routes) == (FOUR, "10.85.0.1", 4, [])
    assert site.driver.get_subnet_by_name("six").id == site.six
    room = site.driver.get_network_ip_availability(network)
    assert {one["cidr"] for one in room.subnet_ip_availability} == {FOUR, SIX}, room


def what_is_not_there(site: Site) -> None:
    """What is not there, or not the member's to see, is an error of its own."""
    nothing = str(uuid.uuid4())
    for noun, kind in (
        ("network", base.NetworkNotFound),
        ("subnet", base.SubnetNotFound),
        ("port", base.PortNotFound),
        ("qos_policy", base.QosPolicyNotFound),
    ):
        with raised(kind):
            getattr(site.driver, f"get_{noun}")(nothing)
    hidden = site.administrator.create_network(name="hidden")
    with raised(base.NetworkNotFound):
        site.driver.get_network(hidden.id, context=site.context)
    assert site.driver.get_network(hidden.id).id == hidden.id
    site.administrator.delete_network(hidden)
    with raised(base.PortNotFound):
        site.driver.get_port_by_name("no-such-port")
    with raised(base.SecurityGroupNotFound):
        site.driver.get_security_group("no-such-group")


# A load balancer's life.


def an_address_is_allocated(site: Site) -> None:
    """The VIP is a disabled port of the member's with an address of each subnet; asked again it is the same."""
    vip, more = site.driver.allocate_vip(site.balancer)
    port = site.administrator.get_port(vip.port_id)
    wanted = (f"octavia-lb-{site.balancer.id}", "Octavia", f"lb-{site.balancer.id}", site.project, False)
    found = (port.name, port.device_owner, port.device_id, port.project_id, port.is_admin_state_up)
    assert found == wanted, found
    assert (vip.subnet_id, [one.subnet_id for one in more]) == (site.four, [site.six]), (vip, more)
    site.balancer.vip, site.balancer.additional_vips = vip, more
    again, _ = site.driver.allocate_vip(site.balancer)
    assert (again.port_id, again.ip_address) == (vip.port_id, vip.ip_address), again


def an_address_in_use(site: Site) -> None:
    """An address that another port has is a conflict; one of no subnet is refused."""
    with raised(base.VIPInUseException):
        site.driver.allocate_vip(site.another(ip_address=site.balancer.vip.ip_address))
    with raised(base.AllocateVIPException):
        site.driver.allocate_vip(site.another(ip_address="198.51.100.1"))


def a_port_of_the_member_s(site: Site) -> None:
    """A port that the member made is taken for the VIP, and stays when the load balancer goes."""
    port = site.member.create_port(network_id=site.network, fixed_ips=[{"subnet_id": site.four}])
    (fixed,) = port.fixed_ips
    wanted = site.another(port_id=port.id, ip_address=fixed["ip_address"])
    vip, _ = site.driver.allocate_vip(wanted)
    assert (vip.port_id, vip.octavia_owned) == (port.id, False), vip
    vip.load_balancer = wanted
    site.driver.deallocate_vip(vip)
    site.member.delete_port(port, ignore_missing=False)


def a_security_group_of_the_load_balancer(site: Site) -> None:
    """The VIP has a group with VRRP for both amphorae, before there is a listener."""
    made = site.driver.update_vip_sg(site.balancer, site.balancer.vip)
    assert site.driver.get_security_group(f"lb-{site.balancer.id}").id == made
    assert site.administrator.get_port(site.balancer.vip.port_id).security_group_ids == [made]
    wanted = [("IPv4", "112", 0, "None"), ("IPv4", "51", 0, "None")]
    assert site.rules() == wanted, site.rules()
    assert site.driver.update_vip_sg(site.balancer, site.balancer.vip) == made  # VRRP's rules are there: a conflict
    assert site.rules() == wanted, site.rules()


def amphorae_are_plugged(site: Site) -> None:
    """Each amphora gets a port with the VIP's addresses as pairs and its group; a port is found again by its device."""
    subnet, vip = site.driver.get_subnet(site.four), site.balancer.vip
    addresses = [vip.ip_address, *(one.ip_address for one in site.balancer.additional_vips)]
    for number, one in enumerate(site.balancer.amphorae):
        made = site.driver.plug_aap_port(site.balancer, vip, one, subnet)
        again = site.driver.plug_aap_port(site.balancer, vip, one, subnet)
        assert again.vrrp_port_id == made.vrrp_port_id, again
        assert site.pairs(made.vrrp_port_id) == addresses, site.pairs(made.vrrp_port_id)
        port = site.administrator.get_port(made.vrrp_port_id)
        assert port.security_group_ids == [site.group().id], port
        assert (port.name, port.binding_vif_type) == (f"octavia-lb-vrrp-{one.id}", "ovs"), port
        assert [fixed["ip_address"] for fixed in port.fixed_ips] == [made.vrrp_ip], port
        made.status, made.lb_network_ip = constants.AMPHORA_ALLOCATED, one.lb_network_ip
        site.balancer.amphorae[number] = made
    first = site.balancer.amphorae[0]
    found = site.driver.get_port_by_net_id_device_id(site.network, first.compute_id)
    assert found.id == first.vrrp_port_id, found
    settings = site.driver.get_network_configs(site.balancer)
    assert sorted(settings) == sorted(one.id for one in site.balancer.amphorae), settings
    assert settings[first.id].vrrp_subnet.id == site.four, settings[first.id].vrrp_subnet


def listeners_change_the_rules(site: Site) -> None:
    """Rules follow the listeners: protocols, allowed prefixes, the peers' port; what goes, goes."""
    web = listener("HTTP", 80, 1025)
    site.balancer.listeners = [web, listener("UDP", 53, 1026, "192.0.2.0/24", "2001:db8::/64")]
    site.driver.update_vip(site.balancer)
    always = [("IPv4", "112", 0, "None"), ("IPv4", "51", 0, "None")]
    peers = [(version, "tcp", port, "None") for version in ("IPv4", "IPv6") for port in (1025, 1026)]
    http = [(version, "tcp", 80, "None") for version in ("IPv4", "IPv6")]
    dns = [("IPv4", "udp", 53, "192.0.2.0/24"), ("IPv6", "udp", 53, "2001:db8::/64")]
    assert site.rules() == sorted(always + peers + http + dns), site.rules()
    web.allowed_cidrs = [SimpleNamespace(cidr="198.51.100.0/24")]
    site.balancer.listeners = [web, listener("SCTP", 9, 1027)]
    site.driver.update_vip(site.balancer)
    peers = [(version, "tcp", port, "None") for version in ("IPv4", "IPv6") for port in (1025, 1027)]
    sctp = [(version, "sctp", 9, "None") for version in ("IPv4", "IPv6")]
    assert site.rules() == sorted([*always, *peers, *sctp, ("IPv4", "tcp", 80, "198.51.100.0/24")]), site.rules()
    site.balancer.listeners = []
    site.driver.update_vip(site.balancer, for_delete=True)
    assert site.rules() == always, site.rules()


def groups_of_the_member_s(site: Site) -> None:
    """A member's own groups are on the VIP and the amphorae, beside the load balancer's."""
    own = site.member.create_security_group(name="own")
    site.balancer.vip.sg_ids = [own.id]
    site.driver.update_vip_sg(site.balancer, site.balancer.vip)
    first = site.balancer.amphorae[0]
    site.driver.update_aap_port_sg(site.balancer, first, site.balancer.vip)
    for port in (site.balancer.vip.port_id, first.vrrp_port_id):
        found = site.administrator.get_port(port).security_group_ids
        assert sorted(found) == sorted([own.id, site.group().id]), found
    assert site.driver.get_security_group_by_id(own.id, context=site.context).name == "own"
    site.balancer.vip.sg_ids = []
    site.driver.update_vip_sg(site.balancer, site.balancer.vip)
    site.driver.update_aap_port_sg(site.balancer, first, site.balancer.vip)
    site.member.delete_security_group(own, ignore_missing=False)


def a_port_gets_a_policy(site: Site) -> None:
    """A QoS policy is put on a port and taken off; a port or a policy that is not there is an error."""
    policy = site.administrator.create_qos_policy(name="slow", shared=True)
    assert site.driver.get_qos_policy(policy.id, context=site.context).id == policy.id
    port = site.balancer.amphorae[0].vrrp_port_id
    site.driver.apply_qos_on_port(policy.id, port)
    assert site.driver.get_port(port).qos_policy_id == policy.id
    site.driver.apply_qos_on_port(None, port)
    assert site.driver.get_port(port).qos_policy_id is None
    with raised(base.PortNotFound):
        site.driver.apply_qos_on_port(policy.id, str(uuid.uuid4()))
    site.administrator.delete_qos_policy(policy, ignore_missing=False)


def a_port_of_a_member_s_subnet(site: Site) -> None:
    """A port of an amphora is made on a member's subnet, gets one address more, loses it, and is deleted twice."""
    more = {"fixed_ips": [{"subnet_id": site.four}], "secondary_ips": ["10.85.0.200"]}
    port = site.driver.create_port(site.network, name="member", security_group_ids=[site.group().id], **more)
    assert (port.name, port.device_owner, port.vnic_type) == ("member", "Octavia", "normal"), port
    assert site.pairs(port.id) == ["10.85.0.200"]
    found = site.driver.plug_fixed_ip(port.id, site.six, "fd00:85::99").fixed_ips
    assert [one.ip_address for one in found if one.subnet_id == site.six] == ["fd00:85::99"], found
    found = site.driver.unplug_fixed_ip(port.id, site.six).fixed_ips
    assert [one.subnet_id for one in found] == [site.four], found
    site.driver.set_port_admin_state_up(port.id, False)
    assert site.driver.get_port_by_name("member").admin_state_up is False
    site.driver.delete_port(port.id)
    site.driver.delete_port(port.id)
    with raised(base.PortNotFound):
        site.driver.set_port_admin_state_up(port.id, True)
    with raised(base.CreatePortException):
        site.driver.create_port(site.network, fixed_ips=[{"subnet_id": str(uuid.uuid4())}])


def an_amphora_fails_over(site: Site) -> None:
    """A failed amphora's port loses its name in DNS, and is found by its device until it is unplugged."""
    lost = site.balancer.amphorae[1]
    site.administrator.update_port(lost.vrrp_port_id, dns_name="amphora")
    site.driver.failover_preparation(lost)
    assert site.administrator.get_port(lost.vrrp_port_id).dns_name == ""
    subnet = site.driver.get_subnet(site.four)
    (plugged,) = site.driver.get_plugged_networks(lost.compute_id)
    assert plugged.port_id == lost.vrrp_port_id, plugged
    site.driver.unplug_aap_port(site.balancer.vip, lost, subnet)
    assert site.driver.get_plugged_networks(lost.compute_id) == []
    with raised(base.PortNotFound):
        site.driver.get_port(lost.vrrp_port_id)
    with raised(base.NetworkNotFound):
        site.driver.unplug_network(lost.compute_id, site.network)


def an_address_is_given_back(site: Site) -> None:
    """The VIP's port, the amphorae's ports and the group go."""
    site.balancer.vip.load_balancer = site.balancer
    site.driver.deallocate_vip(site.balancer.vip)
    assert site.group() is None
    for port in (site.balancer.vip.port_id, *(one.vrrp_port_id for one in site.balancer.amphorae)):
        with raised(base.PortNotFound):
            site.driver.get_port(port)
    with raised(exceptions.MissingVIPSecurityGroup):
        site.driver.update_vip(site.balancer)


def nothing_is_left(site: Site) -> None:
    """After all that no port is left, and the network can go."""
    owners = {one.device_owner for one in site.administrator.ports(network_id=site.network)}
    assert owners == {"network:distributed"}, owners
    site.member.delete_network(site.network, ignore_missing=False)


def listener(protocol: str, port: int, peer: int, *prefixes: str) -> Any:
    """Return a listener, from the prefixes that it allows."""
    one = data_models.Listener(protocol=protocol, protocol_port=port, peer_port=peer)
    one.provisioning_status = constants.ACTIVE
    one.allowed_cidrs = [SimpleNamespace(cidr=prefix) for prefix in prefixes]
    return one


@contextlib.contextmanager
def raised(kind: type[Exception]) -> Any:
    """Expect an exception of Octavia's, of this very kind."""
    try:
        yield
    except Exception as error:
        if type(error) is not kind:
            raise
    else:
        raise AssertionError(f"no {kind.__name__}")


CHECKS = (
    extensions_are_found,
    what_a_member_names_is_looked_up,
    what_is_not_there,
    an_address_is_allocated,
    an_address_in_use,
    a_port_of_the_member_s,
    a_security_group_of_the_load_balancer,
    amphorae_are_plugged,
    listeners_change_the_rules,
    groups_of_the_member_s,
    a_port_gets_a_policy,
    a_port_of_a_member_s_subnet,
    an_amphora_fails_over,
    an_address_is_given_back,
    nothing_is_left,
)
