"""What Nova needs: nova.network.neutron and nova.network.security_group_api, called as its API and computes call them.

Here: the checks, in order, of one instance's life and of what Nova takes for an error. Not here: Nova's scheduler,
its virtual machines. Nova's own records are in a database of its own.
"""

import contextlib
import json
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nova.conf
from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password
from nova.api.openstack.compute.schemas import server_external_events
from nova.api.validation.validators import _SchemaValidator
from nova.db.main import api as database
from nova.db.main import models
from nova.network import model, neutron
from nova.network import security_group_api as groups

from nova import context, exception, objects

PACKAGES = ("nova",)
SETTINGS = """
[database]
connection = sqlite:///{folder}/nova.sqlite
[api_database]
connection = sqlite:///{folder}/nova.sqlite
[neutron]
{login}
endpoint_override = {endpoint}
[service_user]
send_service_user_token = true
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
"""
RANGE = "10.77.0.0/24"
BANDWIDTH = {"NET_BW_EGR_KILOBIT_PER_SEC": 1000}
WITHIN_S, EVERY_S = 30.0, 0.1


class Events(ThreadingHTTPServer):
    """Where Nova is told of its instances' ports: what its own schema lets in is kept."""

    def __init__(self, port: int) -> None:
        self.taken: list[dict[str, str]] = []
        schema = _SchemaValidator(server_external_events.create)
        events = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Keep the events, or refuse them as Nova does."""
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = 200
                try:
                    schema.validate(body)
                    events.taken += body["events"]
                except exception.ValidationError:
                    status = 400
                answer = json.dumps({"events": [{**one, "code": status} for one in body["events"]]}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def await_(self, **wanted: str) -> None:
        """Return when Nova was told this."""
        end = time.monotonic() + WITHIN_S
        while not any(wanted.items() <= one.items() for one in self.taken):
            if time.monotonic() > end:
                raise TimeoutError(f"Nova was not told {wanted}, but {self.taken}")
            time.sleep(EVERY_S)


class Site:
    """Nova's side, a network with a router for its instances, and what checks leave for later ones."""

    def __init__(self, access: dict[str, Any]) -> None:
        self.access = access
        self.events = Events(access["compute_port"])
        self.here, self.there = access["hosts"][:2]
        self.api = neutron.API()
        self.demo, self.admin = (self.login(name) for name in ("demo", "admin"))
        self.member, self.administrator = neutron.get_client(self.demo), neutron.get_client(self.admin, admin=True)
        self.network = self.member.create_network({"network": {"name": "for-nova"}})["network"]
        subnet = {"network_id": self.network["id"], "ip_version": 4, "cidr": RANGE}
        self.subnet = self.member.create_subnet({"subnet": subnet})["subnet"]
        (self.public,) = self.administrator.list_networks(name=access["public"])["networks"]
        router = {"name": "for-nova", "external_gateway_info": {"network_id": self.public["id"]}}
        self.router = self.member.create_router({"router": router})["router"]
        self.member.add_interface_router(self.router["id"], {"subnet_id": self.subnet["id"]})
        self.instance = self.new_instance()
        self.addresses: list[str] = []
        self.floating = ""
        self.own_port: Any = None

    def login(self, name: str) -> Any:
        """Return Nova's context of a request by this user, in the project of this name."""
        address, password = self.access["auth_url"], self.access["passwords"][name]
        domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
        auth = Password(address, username=name, password=password, project_name=name, **domains)
        got = auth.get_access(session.Session(auth))
        return context.RequestContext(
            user_id=got.user_id,
            project_id=got.project_id,
            auth_token=got.auth_token,
            roles=got.role_names,
            is_admin="admin" in got.role_names,
            user_domain_id="default",
            project_domain_id="default",
        )

    def new_instance(self, host: str = "") -> Any:
        """Return an instance of the member's, in Nova's database, as a compute has it before it is built."""
        sizes = {"memory_mb": 1, "vcpus": 1, "root_gb": 0, "ephemeral_gb": 0, "swap": 0, "vcpu_weight": 0}
        flavor = objects.Flavor(id=1, name="tiny", flavorid="tiny", rxtx_factor=1.0, disabled=False, is_public=True)
        flavor.update({**sizes, "extra_specs": {}})
        one = objects.Instance(
            self.demo,
            uuid=str(uuid.uuid4()),
            project_id=self.demo.project_id,
            user_id=self.demo.user_id,
            host=host or self.here,
            availability_zone="nova",
            hostname=f"vm-{uuid.uuid4().hex[:8]}",
            metadata={},
            system_metadata={},
            instance_type_id=1,
            flavor=flavor,
            info_cache=objects.InstanceInfoCache(network_info=model.NetworkInfo([])),
        )
        one.create()
        one.update({"vm_state": "active", "task_state": None, "numa_topology": None, "migration_context": None})
        one.security_groups, one.flavor = objects.SecurityGroupList(objects=[]), flavor
        one.pci_requests, one.pci_devices = objects.InstancePCIRequests(requests=[]), objects.PciDeviceList(objects=[])
        one.obj_reset_changes(recursive=True)
        return one

    def allocate(self, instance: Any, **request: Any) -> Any:
        """Give *instance* what is requested (at first the network), as the build of an instance does."""
        wanted = requests(**(request or {"network_id": self.network["id"]}))
        group = groups.validate_name(self.demo, "default")
        found = self.api.allocate_for_instance(
            self.demo, instance, wanted, security_groups=[group], bind_host_id=instance.host
        )
        instance.info_cache.network_info = found
        return found

    def port(self, instance: Any = None) -> Any:
        """Return the instance's first port, as the administrator sees it."""
        return self.shown((instance or self.instance).info_cache.network_info[0]["id"])

    def shown(self, port: str) -> Any:
        """Return a port, as the administrator sees it."""
        return self.administrator.show_port(port)["port"]

    def own(self, **more: Any) -> Any:
        """Return a new port of the member's on the network."""
        return self.member.create_port({"port": {"network_id": self.network["id"], **more}})["port"]

    def on_bridge(self, *words: str) -> None:
        """Run ovs-vsctl on the instance's host."""
        exec_ = [*self.access["stack"], "exec", self.instance.host, "--", "ovs-vsctl", *words]
        subprocess.run(exec_, check=True, timeout=60)

    def bindings(self) -> list[tuple[str, str]]:
        """Return host and status of each binding of the instance's port."""
        found = self.administrator.list_port_bindings(self.port()["id"])["bindings"]
        return sorted((one["host"], one["status"]) for one in found)

    def migration(self, kind: str, source: str, target: str) -> Any:
        """Return Nova's record of a migration."""
        return objects.Migration(
            source_compute=source, dest_compute=target, migration_type=kind, uuid=str(uuid.uuid4())
        )


def prepare(access: dict[str, Any]) -> Site:
    """Set Nova up: its configuration, its database."""
    login = LOGIN.format(auth_url=access["auth_url"], password=access["passwords"]["nova"])
    path = Path(access["folder"]) / "nova.conf"
    path.write_text(SETTINGS.format(folder=access["folder"], login=login, endpoint=access["endpoint"]))
    nova.conf.CONF(["--config-file", str(path)], project="nova", default_config_files=[str(path)])
    objects.register_all()
    database.configure(nova.conf.CONF)
    with database.get_engine().begin() as connection:
        models.BASE.metadata.create_all(connection)
    return Site(access)


def requests(**request: Any) -> Any:
    """Return a request for one interface."""
    return objects.NetworkRequestList(objects=[objects.NetworkRequest(**request)])


# What Nova asks before it builds.


def extensions_are_found(site: Site) -> None:
    """Nova looks each extension up by its alias, and does less where it is not listed."""
    for name in (
        *("multi_provider", "dns", "sg_shared_filter", "extended_resource_request"),
        *("fip_port_details", "substr_port_filtering", "segment", "port_binding"),
    ):
        assert getattr(site.api, f"has_{name}_extension")(site.demo), name


def networks_are_listed(site: Site) -> None:
    """A member sees its own networks, by list and by id."""
    assert site.network["id"] in [one["id"] for one in site.api.get_all(site.demo)]
    assert site.api.get(site.demo, site.network["id"])["name"] == "for-nova"


def a_request_is_validated(site: Site) -> None:
    """As many instances as were asked for fit in the quota of ports."""
    assert site.api.validate_networks(site.demo, requests(network_id=site.network["id"]), 3) == 3


def a_network_that_is_not_there(site: Site) -> None:
    """An unknown network is an error of its own."""
    with raised(exception.NetworkNotFound):
        site.api.validate_networks(site.demo, requests(network_id=str(uuid.uuid4())), 1)


def a_network_without_subnet(site: Site) -> None:
    """A network without subnet is refused before the build, and by the build."""
    bare = site.member.create_network({"network": {"name": "bare"}})["network"]
    with raised(exception.NetworkRequiresSubnet):
        site.api.validate_networks(site.demo, requests(network_id=bare["id"]), 1)
    with raised(exception.SecurityGroupCannotBeApplied):
        site.allocate(site.new_instance(), network_id=bare["id"])
    site.member.delete_network(bare["id"])


def an_external_network(site: Site) -> None:
    """A member may not put an instance on an external network."""
    with raised(exception.ExternalNetworkAttachForbidden):
        site.allocate(site.new_instance(), network_id=site.public["id"])


def topology_by_itself(site: Site) -> None:
    """Whether a topology can be made for who has none is told by a dry run."""
    assert site.api._can_auto_allocate_network(site.demo, site.member) is True


def what_the_scheduler_is_told_of_a_tunnel(site: Site) -> None:
    """Of a tunnelled network the scheduler learns that it is one, and asks for nothing."""
    pci = objects.InstancePCIRequests(requests=[])
    network, wanted, _ = site.api.create_resource_requests(site.demo, requests(network_id=site.network["id"]), pci)
    assert (set(network.physnets), network.tunneled, wanted) == (set(), True, []), network


def what_the_scheduler_is_told_of_bandwidth(site: Site) -> None:
    """A port with guaranteed bandwidth asks for it, with the traits of its physical network and its kind."""
    with guaranteed(site) as port:
        (group,) = site.shown(port)["resource_request"]["request_groups"]
        pci = objects.InstancePCIRequests(requests=[])
        told, wanted, _ = site.api.create_resource_requests(site.demo, requests(port_id=port), pci)
        found = [(one.requester_id, one.resources, sorted(one.required_traits)) for one in wanted]
        physical = site.access["physical_network"]
        traits = [f"CUSTOM_PHYSNET_{physical.upper()}", "CUSTOM_VNIC_TYPE_NORMAL"]
        assert found == [(group["id"], BANDWIDTH, traits)], found
        assert set(told.physnets) == {physical}, told


def what_placement_gave_is_kept(site: Site) -> None:
    """From whom the bandwidth is, is kept in the port's profile, and told when the interface is detached."""
    one, provider = site.new_instance(), str(uuid.uuid4())
    with guaranteed(site) as port:
        (group,) = site.shown(port)["resource_request"]["request_groups"]
        wanted, given = requests(port_id=port), {group["id"]: [provider]}
        found = site.api.allocate_for_instance(
            site.demo, one, wanted, bind_host_id=one.host, resource_provider_mapping=given
        )
        one.info_cache.network_info = found
        bound = site.shown(port)
        assert bound["binding:profile"] == {"allocation": {group["id"]: provider}}, bound
        assert bound["binding:vif_type"] == "ovs", bound
        _, freed = site.api.deallocate_port_for_instance(site.demo, one, port)
        assert freed == {provider: {"resources": BANDWIDTH}}, freed


def segments_of_a_routed_network(site: Site) -> None:
    """The segments of a routed network's subnets are told; of another network there are none."""
    client = site.administrator
    assert site.api.get_segment_ids_for_network(site.demo, site.network["id"]) == []
    assert site.api.get_segment_id_for_subnet(site.demo, site.subnet["id"]) is None
    network = {"name": "routed", "provider:network_type": "vlan", "provider:segmentation_id": 78}
    physical = site.access["physical_network"]
    routed = client.create_network({"network": network | {"provider:physical_network": physical}})["network"]
    segments = client.get(f"/segments?network_id={routed['id']}")["segments"]
    made = {"network_id": routed["id"], "ip_version": 4, "cidr": "10.79.0.0/24", "segment_id": segments[0]["id"]}
    subnet = client.create_subnet({"subnet": made})["subnet"]
    assert site.api.get_segment_ids_for_network(site.demo, routed["id"]) == [segments[0]["id"]]
    assert site.api.get_segment_id_for_subnet(site.demo, subnet["id"]) == segments[0]["id"]
    client.delete_network(routed["id"])


# An instance's life.


def an_instance_gets_a_port(site: Site) -> None:
    """The build makes a port and binds it; what the driver plugs by is in its answer."""
    (vif,) = site.allocate(site.instance)
    port = site.port()
    found = (port["device_id"], port["device_owner"], port["binding:host_id"], port["dns_name"])
    assert found == (site.instance.uuid, "compute:nova", site.here, site.instance.hostname), found
    network = vif["network"]
    plugged = (vif["type"], vif["vnic_type"], vif["devname"], vif["ovs_interfaceid"], vif["preserve_on_delete"])
    assert plugged == ("ovs", "normal", f"tap{port['id'][:11]}", port["id"], False), plugged
    assert (network["bridge"], network["meta"]["mtu"], network["meta"]["tunneled"]) == ("br-int", 1442, True), network
    wanted = {"port_filter": True, "connectivity": "l2", "bridge_name": "br-int", "ovs_create_tap": True}
    assert vif["details"].items() >= wanted.items(), vif["details"]
    (subnet,) = network["subnets"]
    assert (subnet["cidr"], subnet["gateway"]["address"]) == (RANGE, "10.77.0.1"), subnet


def names_in_dns(site: Site) -> None:
    """On a network with a domain the port is named after the instance, and has no name when a detached port stays."""
    network = site.member.create_network({"network": {"name": "named", "dns_domain": "example.org."}})["network"]
    site.member.create_subnet({"subnet": {"network_id": network["id"], "ip_version": 4, "cidr": "10.75.0.0/24"}})
    port = site.member.create_port({"port": {"network_id": network["id"]}})["port"]["id"]
    one = site.new_instance()
    site.allocate(one, port_id=port)
    assert site.shown(port)["dns_name"] == one.hostname, site.shown(port)
    site.api.deallocate_port_for_instance(site.demo, one, port)
    assert site.shown(port)["dns_name"] == "", site.shown(port)
    site.member.delete_port(port)
    site.member.delete_network(network["id"])


def all_interfaces_or_none(site: Site) -> None:
    """When one of several interfaces cannot be had, the build leaves no port of the others."""
    one = site.new_instance()
    wanted = [objects.NetworkRequest(network_id=site.network["id"]) for _ in range(2)]
    wanted.append(objects.NetworkRequest(network_id=site.network["id"], address="10.77.0.1"))  # the gateway's
    with raised(exception.FixedIpAlreadyInUse):
        site.api.allocate_for_instance(
            site.demo, one, objects.NetworkRequestList(objects=wanted), bind_host_id=one.host
        )
    assert site.member.list_ports(device_id=one.uuid)["ports"] == []


def its_network_information_is_read(site: Site) -> None:
    """Nova reads its cache of an instance's interfaces anew, and heals it."""
    (vif,) = site.api.get_instance_nw_info(site.demo, site.instance)
    address = site.port()["fixed_ips"][0]["ip_address"]
    assert [one["address"] for one in vif.fixed_ips()] == [address], vif
    found = site.api.list_ports(site.demo, device_id=site.instance.uuid)["ports"]
    assert [one["id"] for one in found] == [vif["id"]], found
    assert site.api.show_port(site.demo, vif["id"])["port"]["mac_address"] == vif["address"]
    assert site.api.is_remote_managed_port(site.demo, vif["id"]) is False


def nova_is_told(site: Site) -> None:
    """Nova waits for the event that a port is plugged, and is told of unplugging; its schema lets both in."""
    port, interface = site.port()["id"], f"tap{site.port()['id'][:11]}"
    told = {"server_uuid": site.instance.uuid, "tag": port, "status": "completed"}
    plug = ("type=internal", f"external_ids:iface-id={port}")
    site.on_bridge("add-port", "br-int", interface, "--", "set", "Interface", interface, *plug)
    site.events.await_(name="network-vif-plugged", **told)
    site.on_bridge("del-port", interface)
    site.events.await_(name="network-vif-unplugged", **told)


def a_fixed_ip_is_added_and_removed(site: Site) -> None:
    """A port gets one more address of a subnet, and loses it again."""
    info = site.api.add_fixed_ip_to_instance(site.demo, site.instance, site.network["id"])
    site.addresses = [one["address"] for one in info.fixed_ips()]
    assert len(site.addresses) == 2, info
    info = site.api.remove_fixed_ip_from_instance(site.demo, site.instance, site.addresses[1])
    assert [one["address"] for one in info.fixed_ips()] == site.addresses[:1], info
    found = site.api.get_fixed_ip_by_address(site.demo, site.addresses[0])
    assert found["instance_uuid"] == site.instance.uuid, found


def a_floating_ip_is_associated(site: Site) -> None:
    """A floating IP is had from a pool by name, and associated with an instance by its address."""
    assert [one["name"] for one in site.api.get_floating_ip_pools(site.demo)] == [site.public["name"]]
    site.floating = site.api.allocate_floating_ip(site.demo, site.public["name"])
    site.api.associate_floating_ip(site.demo, site.instance, site.floating, site.addresses[0])
    assert site.api.get_instance_id_by_floating_address(site.demo, site.floating) == site.instance.uuid
    (one,) = site.api.get_floating_ips_by_project(site.demo)
    assert site.api.get_floating_ip(site.demo, one["id"])["floating_ip_address"] == site.floating
    assert one["port_details"]["device_id"] == site.instance.uuid, one
    site.events.await_(name="network-changed", server_uuid=site.instance.uuid)
    (fixed,) = site.api.get_instance_nw_info(site.demo, site.instance).fixed_ips()
    assert [found["address"] for found in fixed["floating_ips"]] == [site.floating], fixed


def a_floating_ip_in_use_is_not_released(site: Site) -> None:
    """A floating IP is released only after it was disassociated."""
    with raised(exception.FloatingIpAssociated):
        site.api.release_floating_ip(site.demo, site.floating)
    found = site.api.get_floating_ip_by_address(site.demo, site.floating)
    site.api.disassociate_and_release_floating_ip(site.demo, site.instance, found)
    with raised(exception.FloatingIpNotFoundForAddress):
        site.api.get_floating_ip_by_address(site.demo, site.floating)


def security_groups_of_an_instance(site: Site) -> None:
    """Nova's proxies of security groups: a group and its rules, on an instance and off it again."""
    made = groups.create_security_group(site.demo, "web", "of Nova's")
    rule = {"parent_group_id": made["id"], "protocol": "tcp", "from_port": 80, "to_port": 80, "group_id": None}
    groups.add_rules(site.demo, made["id"], "web", [rule | {"cidr": "0.0.0.0/0"}])
    (rule,) = [one for one in groups.get(site.demo, made["id"])["rules"] if one["from_port"] == 80]
    assert (rule["protocol"], rule["cidr"]) == ("tcp", "0.0.0.0/0"), rule
    assert "web" in [one["name"] for one in groups.list(site.demo, project=site.demo.project_id)]
    groups.add_to_instance(site.demo, site.instance, made["id"])
    found = groups.get_instance_security_groups(site.demo, site.instance, detailed=True)
    assert sorted(one["name"] for one in found) == ["default", "web"], found
    found = groups.get_instances_security_groups_bindings(site.demo, [{"id": site.instance.uuid}])
    assert sorted(one["name"] for one in found[site.instance.uuid]) == ["default", "web"], found
    groups.remove_from_instance(site.demo, site.instance, made["id"])
    groups.remove_rules(site.demo, made["id"], [rule["id"]])
    groups.destroy(site.demo, made)
    with raised(exception.SecurityGroupNotFound):
        groups.validate_name(site.demo, "web")


# It moves.


def a_live_migration_begins(site: Site) -> None:
    """The port is bound to the target too: not active, with what the target plugs by."""
    port = site.port()["id"]
    site.api.setup_networks_on_host(site.admin, site.instance, host=site.there)
    assert site.port()["binding:profile"]["migrating_to"] == site.there
    found = site.api.bind_ports_to_host(site.admin, site.instance, site.there, {port: "normal"}, {port: {}})
    assert (found[port]["status"], found[port]["vif_type"]) == ("INACTIVE", "ovs"), found
    assert found[port]["vif_details"]["bridge_name"] == "br-int", found
    assert site.bindings() == [(site.here, "ACTIVE"), (site.there, "INACTIVE")]


def a_host_is_bound_once(site: Site) -> None:
    """A second binding on a host is refused."""
    with raised(exception.PortBindingFailed):
        site.api.bind_ports_to_host(site.admin, site.instance, site.there)


def a_live_migration_switches_over(site: Site) -> None:
    """The target's binding becomes the active one, and the source's is deleted."""
    live = site.migration("live-migration", site.here, site.there)
    site.api.migrate_instance_start(site.admin, site.instance, live)
    assert site.bindings() == [(site.here, "INACTIVE"), (site.there, "ACTIVE")]
    site.instance.host = site.there
    site.api.migrate_instance_finish(site.admin, site.instance, live, None)
    site.api.setup_networks_on_host(site.admin, site.instance, host=site.here, teardown=True)
    assert site.bindings() == [(site.there, "ACTIVE")]
    port = site.port()
    assert (port["binding:host_id"], port["binding:profile"]) == (site.there, {}), port


def a_live_migration_that_is_given_up(site: Site) -> None:
    """The target's binding is deleted, and what was active stays; one that is not there is no error."""
    site.api.bind_ports_to_host(site.admin, site.instance, site.here)
    site.api.delete_port_binding(site.admin, site.port()["id"], site.here)
    assert site.bindings() == [(site.there, "ACTIVE")]
    site.api.delete_port_binding(site.admin, site.port()["id"], site.here)


def a_host_that_is_not_there(site: Site) -> None:
    """A binding on a host without chassis is an error, and a build there leaves no port."""
    with raised(exception.PortBindingFailed):
        site.api.bind_ports_to_host(site.admin, site.instance, "nowhere")
    lost = site.new_instance("nowhere")
    with raised(exception.PortBindingFailed):
        site.allocate(lost)
    assert site.member.list_ports(device_id=lost.uuid)["ports"] == []


def a_cold_migration(site: Site) -> None:
    """The port follows without a second binding."""
    cold = site.migration("migration", site.there, site.here)
    site.api.migrate_instance_start(site.admin, site.instance, cold)
    site.instance.host = site.here
    site.api.migrate_instance_finish(site.admin, site.instance, cold, {})
    assert site.bindings() == [(site.here, "ACTIVE")]


def an_evacuation(site: Site) -> None:
    """The port is bound where the instance is built again."""
    evacuation = site.migration("evacuation", site.here, site.there)
    site.api.setup_instance_network_on_host(site.admin, site.instance, site.there, migration=evacuation)
    assert site.bindings() == [(site.there, "ACTIVE")]


def a_shelved_instance(site: Site) -> None:
    """The port of an instance that is offloaded is bound nowhere, and bound again when it comes back."""
    site.api.cleanup_instance_network_on_host(site.demo, site.instance, site.there)
    port = site.port()
    assert (port["binding:host_id"], port["binding:vif_type"]) == ("", "unbound"), port
    site.api.setup_instance_network_on_host(site.admin, site.instance, site.here)
    assert site.bindings() == [(site.here, "ACTIVE")]


def an_interface_is_detached(site: Site) -> None:
    """A port that Nova made goes with the interface."""
    port = site.port()["id"]
    site.api.deallocate_port_for_instance(site.demo, site.instance, port)
    assert site.member.list_ports(device_id=site.instance.uuid)["ports"] == []
    site.events.await_(name="network-vif-deleted", server_uuid=site.instance.uuid, tag=port)


# Ports that were there before.


def a_port_that_was_there(site: Site) -> None:
    """A port that somebody else made is bound, and another instance cannot have it."""
    site.own_port, holder = site.own(), site.new_instance()
    (vif,) = site.allocate(holder, port_id=site.own_port["id"])
    assert vif["preserve_on_delete"] is True, vif
    with raised(exception.PortInUse):
        site.api.validate_networks(site.demo, requests(port_id=site.own_port["id"]), 1)
    site.api.deallocate_for_instance(site.demo, holder, requested_networks=requests(port_id=site.own_port["id"]))


def a_port_that_was_there_stays(site: Site) -> None:
    """When the instance is gone its maker's port is bound nowhere, and free."""
    port = site.shown(site.own_port["id"])
    found = (port["device_id"], port["device_owner"], port["binding:host_id"])
    assert found == ("", "", ""), found
    site.member.delete_port(port["id"])


def a_trunk_follows_its_port(site: Site) -> None:
    """A subport is bound with the trunk's port, and Nova takes no care of it."""
    parent, child = site.own(), site.own()
    sub = {"port_id": child["id"], "segmentation_type": "vlan", "segmentation_id": 7}
    trunk = site.member.create_trunk({"trunk": {"port_id": parent["id"], "sub_ports": [sub]}})["trunk"]
    one = site.new_instance()
    (vif,) = site.allocate(one, port_id=parent["id"])
    assert vif["type"] == "ovs", vif
    port = site.shown(child["id"])
    assert port["device_owner"] == "trunk:subport", port
    site.api.deallocate_for_instance(site.demo, one, requested_networks=requests(port_id=parent["id"]))
    site.member.delete_trunk(trunk["id"])
    for port in (parent, child):
        site.member.delete_port(port["id"])


# What Nova takes for an error of its own.


def an_address_in_use(site: Site) -> None:
    """An address can be asked for, once."""
    first = site.new_instance()
    (vif,) = site.allocate(first, network_id=site.network["id"], address="10.77.0.99")
    assert [one["address"] for one in vif.fixed_ips()] == ["10.77.0.99"], vif
    with raised(exception.FixedIpAlreadyInUse):
        site.allocate(site.new_instance(), network_id=site.network["id"], address="10.77.0.99")
    site.api.deallocate_for_instance(site.demo, first)


def no_address_is_left(site: Site) -> None:
    """A subnet without a free address is an error of its own."""
    tiny = site.member.create_network({"network": {"name": "tiny"}})["network"]
    subnet = {"network_id": tiny["id"], "ip_version": 4, "cidr": "10.78.0.0/30", "enable_dhcp": False}
    site.member.create_subnet({"subnet": subnet})
    first = site.new_instance()
    site.allocate(first, network_id=tiny["id"])
    with raised(exception.NoMoreFixedIps):
        site.allocate(site.new_instance(), network_id=tiny["id"])
    site.api.deallocate_for_instance(site.demo, first)
    site.member.delete_network(tiny["id"])


def the_quota_of_ports(site: Site) -> None:
    """A build beyond the quota fails as such, and so does its validation."""
    project = site.demo.project_id
    site.administrator.update_quota(project, {"quota": {"port": 0, "force": True}})
    try:
        with raised(exception.PortLimitExceeded):
            site.allocate(site.new_instance())
        with raised(exception.PortLimitExceeded):
            site.api.validate_networks(site.demo, requests(network_id=site.network["id"]), 3)
    finally:
        site.administrator.delete_quota(project)


def nothing_is_left(site: Site) -> None:
    """After all that no instance's port is left, and the network can go."""
    owners = {one["device_owner"] for one in site.member.list_ports(network_id=site.network["id"])["ports"]}
    assert owners == {"network:router_interface", "network:distributed"}, owners
    site.member.remove_interface_router(site.router["id"], {"subnet_id": site.subnet["id"]})
    site.member.delete_router(site.router["id"])
    site.member.delete_network(site.network["id"])


@contextlib.contextmanager
def guaranteed(site: Site) -> Any:
    """Yield a port on a VLAN with guaranteed bandwidth."""
    client = site.administrator
    policy = client.create_qos_policy({"policy": {"name": "guaranteed", "shared": True}})["policy"]
    rule = {"min_kbps": 1000, "direction": "egress"}
    client.create_minimum_bandwidth_rule(policy["id"], {"minimum_bandwidth_rule": rule})
    network = {"name": "vlan", "shared": True, "provider:network_type": "vlan", "provider:segmentation_id": 77}
    network["provider:physical_network"] = site.access["physical_network"]
    vlan = client.create_network({"network": network})["network"]
    client.create_subnet({"subnet": {"network_id": vlan["id"], "ip_version": 4, "cidr": "10.76.0.0/24"}})
    made = {"network_id": vlan["id"], "qos_policy_id": policy["id"]}
    port = site.member.create_port({"port": made})["port"]
    yield port["id"]
    site.member.delete_port(port["id"])
    client.delete_network(vlan["id"])
    client.delete_qos_policy(policy["id"])


@contextlib.contextmanager
def raised(kind: type[Exception]) -> Any:
    """Expect an exception of Nova's, of this very kind."""
    try:
        yield
    except Exception as error:
        if type(error) is not kind:
            raise
    else:
        raise AssertionError(f"no {kind.__name__}")


CHECKS = (
    extensions_are_found,
    networks_are_listed,
    a_request_is_validated,
    a_network_that_is_not_there,
    a_network_without_subnet,
    an_external_network,
    topology_by_itself,
    what_the_scheduler_is_told_of_a_tunnel,
    what_the_scheduler_is_told_of_bandwidth,
    what_placement_gave_is_kept,
    segments_of_a_routed_network,
    an_instance_gets_a_port,
    names_in_dns,
    all_interfaces_or_none,
    its_network_information_is_read,
    nova_is_told,
    a_fixed_ip_is_added_and_removed,
    a_floating_ip_is_associated,
    a_floating_ip_in_use_is_not_released,
    security_groups_of_an_instance,
    a_live_migration_begins,
    a_host_is_bound_once,
    a_live_migration_switches_over,
    a_live_migration_that_is_given_up,
    a_host_that_is_not_there,
    a_cold_migration,
    an_evacuation,
    a_shelved_instance,
    an_interface_is_detached,
    a_port_that_was_there,
    a_port_that_was_there_stays,
    a_trunk_follows_its_port,
    an_address_in_use,
    no_address_is_left,
    the_quota_of_ports,
    nothing_is_left,
)
