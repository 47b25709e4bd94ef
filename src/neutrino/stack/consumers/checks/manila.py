"""What Manila needs: its network plugins, and how its generic driver joins share servers to networks.

Here: manila.network.neutron's API and four plugins, manila.share.drivers.service_instance's network helper. Not here:
drivers of storage, the machines that serve shares. Manila's own records are in a database of its own.
"""

import contextlib
import subprocess
import uuid
from pathlib import Path
from typing import Any

import manila.common.config  # noqa: F401 - registers Manila's options
from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password
from manila import context, coordination, db, exception
from manila.db.sqlalchemy import api as database
from manila.db.sqlalchemy import models
from manila.network.neutron import api, neutron_network_plugin
from manila.share import configuration, driver
from manila.share.drivers import service_instance
from neutronclient.v2_0 import client
from oslo_config import cfg

PACKAGES = ("manila",)
SETTINGS = """
[DEFAULT]
state_path = {folder}
[oslo_concurrency]
lock_path = {folder}
[coordination]
backend_url = file://{folder}
[database]
connection = sqlite:///{folder}/manila.sqlite
[neutron]
auth_type = password
auth_url = {auth_url}
username = nova
password = {password}
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
[generic]
driver_handles_share_servers = true
service_instance_user = manila
service_network_host = {here}
interface_driver = manila.network.linux.interface.NoopInterfaceDriver
[joined]
driver_handles_share_servers = true
service_instance_user = manila
service_network_host = {here}
interface_driver = manila.network.linux.interface.NoopInterfaceDriver
connect_share_server_to_tenant_network = true
admin_network_id = {network}
admin_subnet_id = {subnet}
[plain]
[several]
neutron_physical_net_name = {physical_network}
[single]
neutron_net_id = {network}
neutron_subnet_id = {subnet}
[bound-single]
neutron_net_id = {network}
neutron_subnet_id = {subnet}
neutron_vnic_type = normal
neutron_host_id = {here}
[source]
neutron_vnic_type = normal
neutron_host_id = {here}
neutron_physical_net_name = {physical_network}
[target]
neutron_vnic_type = normal
neutron_host_id = {there}
neutron_physical_net_name = {physical_network}
[metal]
neutron_host_id = {here}
neutron_binding_profiles = switch
[switch]
neutron_switch_id = 00:53:00:00:00:01
neutron_port_id = Ethernet1
neutron_switch_info = switch_ip:192.0.2.1
"""
"""Users: whoever serves, with the roles that Manila's own has."""


class Site:
    """Manila's side, a member's network with a router, and what checks leave for later ones."""

    def __init__(self, access: dict[str, Any]) -> None:
        self.access = access
        self.here, self.there = access["hosts"][:2]
        self.admin = context.get_admin_context()
        self.administrator, _ = self.login("admin")
        self.member, self.project = self.login("demo")
        self.network = self.member.create_network({"network": {"name": "for-manila"}})["network"]["id"]
        subnet = {"network_id": self.network, "ip_version": 4, "cidr": "10.81.0.0/24"}
        self.subnet = self.member.create_subnet({"subnet": subnet})["subnet"]["id"]
        self.router = self.member.create_router({"router": {"name": "for-manila"}})["router"]["id"]
        self.member.add_interface_router(self.router, {"subnet_id": self.subnet})
        self.server: Any = None
        self.helper: Any = None
        self.service: dict[str, Any] = {}

    def login(self, name: str) -> tuple[Any, str]:
        """Return a client of this user's, in the project of this name, and the project."""
        address, password = self.access["auth_url"], self.access["passwords"][name]
        domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
        auth = Password(address, username=name, password=password, project_name=name, **domains)
        one = session.Session(auth)
        return client.Client(session=one, endpoint_override=self.access["endpoint"]), str(one.get_project_id())

    def plugin(self, kind: str, group: str, label: str = "user") -> Any:
        """Return the plugin of Manila's that this section of its configuration sets up."""
        return getattr(neutron_network_plugin, kind)(config_group_name=group, label=label)

    def manager(self, group: str) -> Any:
        """Return the generic driver's manager that this section of Manila's configuration sets up."""
        settings = configuration.Configuration(driver.share_opts, config_group=group)
        return service_instance.ServiceInstanceManager(settings)

    def share_server(self, network: str = "", subnet: str = "") -> tuple[Any, Any, Any]:
        """Return Manila's records of a share server, its share network, and the subnet of that."""
        made = db.share_network_create(self.admin, {"project_id": self.project, "user_id": "somebody"})
        ids = {"neutron_net_id": network or self.network, "neutron_subnet_id": subnet or self.subnet}
        part = db.share_network_subnet_create(self.admin, {"share_network_id": made["id"], **ids})
        server = {"host": f"{self.here}@backend", "status": "active"}
        return db.share_server_create(self.admin, server), made, dict(part)

    def ports(self, server: Any) -> list[Any]:
        """Return the ports of a share server, as the administrator sees them."""
        return list(self.administrator.list_ports(device_id=server["id"])["ports"])

    def bindings(self, port: str) -> list[tuple[str, str]]:
        """Return host and status of each binding of a port."""
        found = self.administrator.list_port_bindings(port)["bindings"]
        return sorted((one["host"], one["status"]) for one in found)

    def plug(self, host: str, port: str) -> None:
        """Put an interface for *port* on a host's integration bridge, as a driver does."""
        name = f"tap{port[:11]}"
        bridge = ("ovs-vsctl", "add-port", "br-int", name, "--", "set", "Interface", name)
        words = (*bridge, "type=internal", f"external_ids:iface-id={port}")
        subprocess.run([*self.access["stack"], "exec", host, "--", *words], check=True, timeout=60)


def prepare(access: dict[str, Any]) -> Site:
    """Set Manila up: its configuration, its database."""
    site = Site(access)
    path = Path(access["folder"]) / "manila.conf"
    more = {"here": site.here, "there": site.there, "network": site.network, "subnet": site.subnet}
    path.write_text(SETTINGS.format(**access, **more, password=access["passwords"]["nova"]))
    cfg.CONF(["--config-file", str(path)], project="manila", default_config_files=[str(path)])
    models.BASE.metadata.create_all(database.get_engine())
    coordination.LOCK_COORDINATOR.start()
    return site


# manila.network.neutron.api


def its_project_and_networks(site: Site) -> None:
    """Manila finds its own project, its networks, and the extensions by their names."""
    own = api.API()
    assert own.get_all_admin_project_networks() == []
    assert {"Provider Network", "Port Binding"} <= set(own.list_extensions())
    assert site.network in [one["id"] for one in own.get_all_networks()]


def a_port_for_a_member(site: Site) -> None:
    """Manila makes a port in a member's project, on a host and with an address, and deletes it, twice."""
    own = api.API()
    port = own.create_port(
        site.project,
        site.network,
        host_id=site.here,
        subnet_id=site.subnet,
        fixed_ip="10.81.0.77",
        device_owner="manila:share",
        device_id="a-share",
        port_security_enabled=False,
        dhcp_opts=[{"opt_name": "bootfile-name", "opt_value": "x"}],
        name="port-of-manila",
    )
    wanted = {
        "project_id": site.project,
        "binding:host_id": site.here,
        "binding:vif_type": "ovs",
        "security_groups": [],
    }
    assert port.items() >= wanted.items(), port
    assert own.show_port(port["id"])["fixed_ips"] == [{"subnet_id": site.subnet, "ip_address": "10.81.0.77"}]
    assert own.update_port(port["id"], {"name": "other"})["name"] == "other"
    own.delete_port(port["id"])
    own.delete_port(port["id"])


def errors_have_their_codes(site: Site) -> None:
    """Manila goes by the status: 409 is the quota's, others are told as they are."""
    own = api.API()
    with refused(404):
        own.get_network(str(uuid.uuid4()))
    with refused(404):
        own.show_router(str(uuid.uuid4()))
    with refused(400):
        own.create_port(site.project, site.network, subnet_id=site.subnet, fixed_ip="10.82.0.1")
    site.administrator.update_quota(site.project, {"quota": {"port": 0, "force": True}})
    try:
        with raised(exception.PortLimitExceeded):
            own.create_port(site.project, site.network)
    finally:
        site.administrator.delete_quota(site.project)


def security_groups(site: Site) -> None:
    """Manila makes a group with rules for its share servers."""
    own = api.API()
    group = own.security_group_create("manila-service", "of Manila's")["security_group"]
    for port in (22, 2049):
        own.security_group_rule_create(group["id"], ip_protocol="tcp", from_port=port, to_port=port, cidr="0.0.0.0/0")
    own.security_group_rule_create(group["id"], ip_protocol="icmp", cidr="0.0.0.0/0")
    (found,) = own.security_group_list({"name": "manila-service"})["security_groups"]
    rules = sorted(str(one["port_range_min"]) for one in found["security_group_rules"] if one["direction"] == "ingress")
    assert rules == ["2049", "22", "None"], rules
    site.administrator.delete_security_group(group["id"])


# The plugins


def a_share_server_gets_ports(site: Site) -> None:
    """NeutronNetworkPlugin makes as many ports as a driver wants, and keeps network type, MTU and subnet."""
    plugin = site.plugin("NeutronNetworkPlugin", "plain")
    site.server, network, subnet = site.share_server()
    plugin.include_network_info(subnet)
    made = plugin.allocate_network(site.admin, site.server, network, subnet, count=2)
    wanted = {"network_type": "geneve", "mtu": 1442, "cidr": "10.81.0.0/24", "gateway": "10.81.0.1", "ip_version": 4}
    assert subnet.items() >= wanted.items(), subnet
    ports = site.ports(site.server)
    assert sorted(one["id"] for one in ports) == sorted(one["id"] for one in made), ports
    owners = {(one["device_owner"], one["project_id"], one["admin_state_up"]) for one in ports}
    assert owners == {("manila:share", site.project, True)}, owners
    assert {one["segmentation_id"] for one in made} == {subnet["segmentation_id"]} != {None}, made


def its_ports_are_taken_over(site: Site) -> None:
    """A share server that is managed anew finds its ports by network, owner, subnet and addresses."""
    plugin = site.plugin("NeutronNetworkPlugin", "plain")
    addresses = [one["fixed_ips"][0]["ip_address"] for one in site.ports(site.server)]
    plugin.unmanage_network_allocations(site.admin, site.server["id"])
    again, network, subnet = site.share_server()
    left = plugin.manage_network_allocations(site.admin, [*addresses, "10.81.0.99"], again, network, subnet)
    assert left == ["10.81.0.99"], left
    plugin.deallocate_network(site.admin, again["id"], network, subnet)
    assert site.ports(site.server) == []


def orphans_are_found(site: Site) -> None:
    """A port of a share server that Manila has no record of goes with the server."""
    server, network, subnet = site.share_server()
    more = {"device_owner": "manila:share", "device_id": server["id"], "subnet_id": site.subnet}
    api.API().create_port(site.project, site.network, **more)
    site.plugin("NeutronNetworkPlugin", "plain").deallocate_network(site.admin, server["id"], network, subnet)
    assert site.ports(server) == []


def a_port_on_an_external_network_is_disabled(site: Site) -> None:
    """On an external network the port only keeps an address."""
    (public,) = site.administrator.list_networks(name=site.access["public"])["networks"]
    subnets = [site.administrator.show_subnet(one)["subnet"] for one in public["subnets"]]
    (four,) = [one["id"] for one in subnets if one["ip_version"] == 4]
    server, network, subnet = site.share_server(public["id"], four)
    plugin = site.plugin("NeutronNetworkPlugin", "plain")
    plugin.allocate_network(site.admin, server, network, subnet)
    assert [one["admin_state_up"] for one in site.ports(server)] == [False]
    plugin.deallocate_network(site.admin, server["id"], network, subnet)


def a_network_of_several_segments(site: Site) -> None:
    """The segment of the configured physical network is taken; of one segment the API must not list any."""
    assert "segments" not in api.API().get_network(site.network)
    with several_segments(site, 91) as (made, part):
        server, network, subnet = site.share_server(made, part)
        plugin = site.plugin("NeutronNetworkPlugin", "several")
        (allocated,) = plugin.allocate_network(site.admin, server, network, subnet)
        found = (allocated["network_type"], allocated["segmentation_id"])
        assert found == ("vlan", 91), found
        plugin.deallocate_network(site.admin, server["id"], network, subnet)


def a_configured_network(site: Site) -> None:
    """NeutronSingleNetworkPlugin finds its configured subnet in its network, and puts share servers there."""
    server, network, _ = site.share_server()
    plugin = site.plugin("NeutronSingleNetworkPlugin", "single", "admin")
    network = dict(network)
    plugin.allocate_network(site.admin, server, network, None)
    (port,) = site.ports(server)
    assert (port["network_id"], port["project_id"]) == (site.network, plugin.neutron_api.admin_project_id), port
    plugin.deallocate_network(site.admin, server["id"], network, None)
    assert site.ports(server) == []


def a_bound_port_becomes_active(site: Site) -> None:
    """NeutronBindNetworkPlugin binds a port to a host, and waits until what is plugged there makes it ACTIVE."""
    for kind, group in (("NeutronBindNetworkPlugin", "source"), ("NeutronBindSingleNetworkPlugin", "bound-single")):
        plugin = site.plugin(kind, group)
        server, network, subnet = site.share_server()
        (made,) = plugin.allocate_network(site.admin, server, network, subnet)
        (port,) = site.ports(server)
        found = (port["binding:host_id"], port["binding:vif_type"], port["binding:vnic_type"], port["status"])
        assert found == (site.here, "ovs", "normal", "DOWN"), found
        site.plug(site.here, port["id"])
        (updated,) = plugin.update_network_allocation(site.admin, server)
        assert updated["id"] == made["id"], updated
        plugin.deallocate_network(site.admin, server["id"], network, subnet)


def metal_without_a_switch(site: Site) -> None:
    """A baremetal port that nobody can bind is a failed binding, which Manila tells at once."""
    server, network, subnet = site.share_server()
    plugin = site.plugin("NeutronBindNetworkPlugin", "metal")
    with raised(exception.NetworkException):
        plugin.allocate_network(site.admin, server, network, subnet)
    (port,) = site.ports(server)
    assert (port["binding:vif_type"], port["binding:vnic_type"]) == ("binding_failed", "baremetal"), port
    (link,) = port["binding:profile"]["local_link_information"]
    assert (link["switch_id"], link["port_id"]) == ("00:53:00:00:00:01", "Ethernet1"), link
    plugin.deallocate_network(site.admin, server["id"], network, subnet)


def a_share_server_moves(site: Site) -> None:
    """The target's binding is made, made again without harm, given up, and in the end the only one."""
    with several_segments(site, 92) as (made, part):
        source, target = (site.plugin("NeutronBindNetworkPlugin", group) for group in ("source", "target"))
        server, network, subnet = site.share_server(made, part)
        (port,) = [one["id"] for one in source.allocate_network(site.admin, server, network, subnet)]
        server = db.share_server_get(site.admin, server["id"])
        moving = dict(server) | {"share_network_subnet": subnet}
        both = sorted([(site.here, "ACTIVE"), (site.there, "INACTIVE")])
        for _ in range(2):
            (found,) = target.extend_network_allocations(site.admin, moving)
            assert found["segmentation_id"] == 92, found
            assert site.bindings(port) == both
        target.delete_extended_allocations(site.admin, moving)
        assert site.bindings(port) == [(site.here, "ACTIVE")]
        target.extend_network_allocations(site.admin, moving)
        after = db.share_server_create(site.admin, {"host": f"{site.there}@backend", "status": "active"})
        target.cutover_network_allocations(site.admin, server, after)
        assert site.bindings(port) == [(site.there, "ACTIVE")]
        assert [one["id"] for one in site.ports(after)] == [port]
        source.deallocate_network(site.admin, server["id"], network, subnet)


# The generic driver's networks


def a_service_network(site: Site) -> None:
    """The driver makes its service network, and one port per host, found again by device and host."""
    manager = site.manager("generic")
    site.helper = manager.network_helper
    assert site.helper.get_network_name({"neutron_net_id": site.network}) == "for-manila"
    again = service_instance.NeutronNetworkHelper(manager)
    assert again.service_network_id == site.helper.service_network_id
    again.setup_connectivity_with_service_instances()
    (port,) = site.administrator.list_ports(device_id="manila-share")["ports"]
    assert (port["binding:host_id"], port["device_owner"]) == (site.here, "manila:share"), port


def a_service_subnet(site: Site) -> None:
    """A share server gets a subnet of the service network, on the member's router, and a port in it."""
    info = {"neutron_net_id": site.network, "neutron_subnet_id": site.subnet}
    site.service = site.helper.setup_network(info)
    subnet = site.service["service_subnet"]
    assert (subnet["cidr"], site.service["router"]["id"]) == ("10.254.0.0/28", site.router), site.service
    (host,) = site.administrator.list_ports(device_id="manila-share")["ports"]
    assert [one["subnet_id"] for one in host["fixed_ips"]] == [subnet["id"]], host
    second = site.helper.setup_network(info)  # its subnet is on the router already
    assert second["service_subnet"]["id"] == subnet["id"]
    site.helper.teardown_network({"service_port_id": second["service_port"]["id"]})


def a_service_subnet_is_used_again(site: Site) -> None:
    """A subnet that no share server uses leaves the router, loses its name, and is the next one's."""
    subnet, port = site.service["service_subnet"]["id"], site.service["service_port"]["id"]
    gone = {"subnet_id": subnet, "router_id": site.router, "service_port_id": port}
    site.helper.teardown_network(gone)
    assert site.administrator.show_subnet(subnet)["subnet"]["name"] == ""
    site.helper.teardown_network(gone)  # all is gone already
    again = site.helper.setup_network({"neutron_net_id": site.network, "neutron_subnet_id": site.subnet})
    assert again["service_subnet"]["id"] == subnet, again
    site.helper.teardown_network(gone | {"service_port_id": again["service_port"]["id"]})


def a_share_server_on_the_member_s_network(site: Site) -> None:
    """Without service network a share server has a port on the member's network, and one on the administrator's."""
    helper = site.manager("joined").network_helper
    made = helper.setup_network({"neutron_net_id": site.network, "neutron_subnet_id": site.subnet})
    ports = [made["public_port"]["id"], made["admin_port"]["id"]]
    assert made["nics"] == [{"port-id": one} for one in ports], made
    assert made["ip_address"] == site.administrator.show_port(ports[0])["port"]["fixed_ips"][0]["ip_address"]
    helper.teardown_network({"public_port_id": ports[0], "admin_port_id": ports[1]})
    (port,) = site.administrator.list_ports(device_id="manila-admin-share")["ports"]
    site.administrator.delete_port(port["id"])


def routes_of_a_router(site: Site) -> None:
    """The driver writes routes to a router."""
    own, wanted = api.API(), [{"destination": "10.254.0.0/16", "nexthop": "10.81.0.9"}]
    assert site.router in [one["id"] for one in own.router_list()]
    assert own.router_update_routes(site.router, {"routes": wanted})["routes"] == wanted
    assert own.router_update_routes(site.router, {"routes": []})["routes"] == []


def nothing_is_left(site: Site) -> None:
    """After all that no share server's port is left, and the networks can go."""
    for port in site.administrator.list_ports(device_id="manila-share")["ports"]:
        site.administrator.delete_port(port["id"])
    site.administrator.delete_network(site.helper.service_network_id)
    owners = {one["device_owner"] for one in site.member.list_ports(network_id=site.network)["ports"]}
    assert owners == {"network:router_interface", "network:distributed"}, owners
    site.member.remove_interface_router(site.router, {"subnet_id": site.subnet})
    site.member.delete_router(site.router)
    site.member.delete_network(site.network)


@contextlib.contextmanager
def several_segments(site: Site, tag: int) -> Any:
    """Yield a network of two segments, of which hosts have one, and its subnet."""
    vlan = {"provider:network_type": "vlan", "provider:segmentation_id": tag}
    vlan["provider:physical_network"] = site.access["physical_network"]
    tunnel = {"provider:network_type": "geneve", "provider:segmentation_id": 4000 + tag}
    wanted = {"name": "several", "shared": True, "segments": [vlan, tunnel]}
    made = site.administrator.create_network({"network": wanted})["network"]["id"]
    subnet = {"network_id": made, "ip_version": 4, "cidr": "10.83.0.0/24"}
    yield made, site.administrator.create_subnet({"subnet": subnet})["subnet"]["id"]
    site.administrator.delete_network(made)


@contextlib.contextmanager
def raised(kind: type[Exception]) -> Any:
    """Expect an exception of Manila's, of this very kind."""
    try:
        yield
    except Exception as error:
        if type(error) is not kind:
            raise
    else:
        raise AssertionError(f"no {kind.__name__}")


@contextlib.contextmanager
def refused(code: int) -> Any:
    """Expect an answer with this status."""
    try:
        yield
    except exception.NetworkException as error:
        assert error.kwargs["code"] == code, error.kwargs
    else:
        raise AssertionError(f"no {code}")


CHECKS = (
    its_project_and_networks,
    a_port_for_a_member,
    errors_have_their_codes,
    security_groups,
    a_share_server_gets_ports,
    its_ports_are_taken_over,
    orphans_are_found,
    a_port_on_an_external_network_is_disabled,
    a_network_of_several_segments,
    a_configured_network,
    a_bound_port_becomes_active,
    metal_without_a_switch,
    a_share_server_moves,
    a_service_network,
    a_service_subnet,
    a_service_subnet_is_used_again,
    a_share_server_on_the_member_s_network,
    routes_of_a_router,
    nothing_is_left,
)
