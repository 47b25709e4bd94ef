"""What ovn-octavia-provider needs: its driver and its agent, which work on the Northbound beside the controller.

Here: a load balancer's life, told to the driver as Octavia's API tells it, looked at in OVN and by packets. Not here:
Octavia's database; what the driver would read there and write back is kept in its place.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import octavia.common.config  # noqa: F401 - registers Octavia's options
from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password
from octavia_lib.api.drivers import data_models, driver_lib, exceptions
from openstack.connection import Connection
from oslo_config import cfg
from ovn_octavia_provider import agent, driver

PACKAGES = ("ovn-octavia-provider",)
SETTINGS = """
[ovn]
ovn_nb_connection = {northbound}
ovn_sb_connection = {southbound}
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
SERVER = (sys.executable, "-m", "http.server", "80", "--directory", str(Path(__file__).parent))
WITHIN_S, EVERY_S = 30.0, 0.2


class Records:
    """What the driver tells Octavia of its resources, and what it asks of them."""

    def __init__(self) -> None:
        self.models: dict[str, Any] = {}
        self.told: dict[str, dict[str, str]] = {}

    def update_loadbalancer_status(self, status: dict[str, list[dict[str, str]]]) -> None:
        """Keep what is told."""
        for kind in status.values():
            for one in kind:
                self.told.setdefault(one["id"], {}).update(one)

    def get_loadbalancer(self, identity: str) -> Any:
        """Return what Octavia knows."""
        return self.models.get(identity)

    get_pool = get_listener = get_loadbalancer


class Site:
    """The driver and its agent, a member's network with router and instances, and what checks leave for later ones."""

    def __init__(self, access: dict[str, Any], records: Records) -> None:
        self.access, self.records = access, records
        self.administrator = self.login("admin").network
        demo = self.login("demo")
        self.member, self.project = demo.network, demo.current_project_id
        self.network = self.member.create_network(name="for-balancers").id
        self.subnet = self.member.create_subnet(network_id=self.network, ip_version=4, cidr="10.87.0.0/24").id
        self.public = self.administrator.find_network(access["public"]).id
        gateway = {"network_id": self.public}
        self.router = self.member.create_router(name="for-balancers", external_gateway_info=gateway).id
        self.member.add_interface_to_router(self.router, subnet_id=self.subnet)
        group = self.member.create_security_group(name="for-balancers").id
        self.member.create_security_group_rule(security_group_id=group, direction="ingress", protocol="tcp")
        self.group = group
        self.served: dict[str, subprocess.Popen[bytes]] = {}
        self.addresses = {}
        for name, host in zip(("one", "two", "asker"), (*access["hosts"][:2], access["hosts"][0]), strict=True):
            self.stack("instance", "create", name, "--network", self.network, "--host", host, "--security-group", group)
            (port,) = self.administrator.ports(network_id=self.network, name=name)
            self.addresses[name] = port.fixed_ips[0]["ip_address"]
        self.driver = driver.OvnProviderDriver()
        self.ending = threading.Event()
        threading.Thread(target=agent.OvnProviderAgent, args=(self.ending,), daemon=True).start()
        self.id, self.pool, self.listener, self.monitor = (str(uuid.uuid4()) for _ in range(4))
        self.members = {name: str(uuid.uuid4()) for name in ("one", "two")}
        self.vip: dict[str, str] = {}
        self.floating: Any = None

    def login(self, name: str) -> Any:
        """Return a connection of openstacksdk's for this user, in the project of this name."""
        address, password = self.access["auth_url"], self.access["passwords"][name]
        domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
        auth = Password(address, username=name, password=password, project_name=name, **domains)
        return Connection(session=session.Session(auth), network_endpoint_override=self.access["endpoint"])

    def stack(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Ask the stack for an instance, or to run a program there."""
        return subprocess.run([*self.access["stack"], *words], capture_output=True, text=True, check=True, timeout=120)

    def serve(self, name: str) -> None:
        """Let an instance answer HTTP."""
        words, nothing = [*self.access["stack"], "exec", name, "--", *SERVER], subprocess.DEVNULL
        self.served[name] = subprocess.Popen(words, stdout=nothing, stderr=nothing, start_new_session=True)

    def stop(self, name: str) -> None:
        """End that, with all that it started."""
        os.killpg(self.served.pop(name).pid, signal.SIGKILL)

    def answers(self, address: str) -> bool:
        """Whether the asker, which forgets its neighbours first, gets an answer from this address, several times."""
        asked = f"wget -q -T 2 -O /dev/null http://{address}/ || exit 1"
        words = ("exec", "asker", "--", "sh", "-c", f"ip neigh flush all; for one in 1 2 3 4 5 6; do {asked}; done")
        return subprocess.run([*self.access["stack"], *words], capture_output=True, check=False).returncode == 0

    def rows(self, table: str, **columns: Any) -> list[Any]:
        """Return the rows of the Northbound with these values."""
        conditions = [(name, "=", value) for name, value in columns.items()]
        return list(self.driver._ovn_helper.ovn_nbdb_api.db_find_rows(table, *conditions).execute(check_error=True))

    def balancer(self) -> Any:
        """Return the row of the load balancer."""
        (row,) = self.rows("Load_Balancer", name=self.id)
        return row

    def carriers(self) -> list[str]:
        """Return the names of the switches and routers that the load balancer is on."""
        own = self.balancer().uuid
        found = [*self.rows("Logical_Switch"), *self.rows("Logical_Router")]
        return sorted(one.name for one in found if own in [each.uuid for each in one.load_balancer])

    def told(self, identity: str, **wanted: str) -> bool:
        """Whether Octavia was told this of a resource."""
        return wanted.items() <= self.records.told.get(identity, {}).items()

    def model(self, kind: str, identity: str, **values: Any) -> Any:
        """Return a model of Octavia's, which it knows from now on."""
        made = getattr(data_models, kind)(**values)
        self.records.models[identity] = made
        return made


def prepare(access: dict[str, Any]) -> Site:
    """Set the driver up, and give it something in place of Octavia's database."""
    login = LOGIN.format(auth_url=access["auth_url"], password=access["passwords"]["nova"])
    path = Path(access["folder"]) / "ovn-octavia-provider.conf"
    path.write_text(SETTINGS.format(**access, login=login))
    cfg.CONF(["--config-file", str(path)], project="octavia", default_config_files=[str(path)])
    records = Records()
    driver_lib.DriverLibrary = lambda: records
    return Site(access, records)


def until(holds: Callable[[], Any]) -> None:
    """Return when *holds*."""
    end = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {WITHIN_S:.0f} s")
        time.sleep(EVERY_S)


def a_port_for_the_address(site: Site) -> None:
    """The VIP is a port of the member's; an address that is in use is a conflict."""
    wanted = {"vip_network_id": site.network, "vip_subnet_id": site.subnet}
    site.vip, more = site.driver.create_vip_port(site.id, site.project, dict(wanted))
    port = site.administrator.get_port(site.vip["vip_port_id"])
    assert (port.name, port.project_id, more) == (f"ovn-lb-vip-{site.id}", site.project, []), port
    assert port.fixed_ips[0]["ip_address"] == site.vip["vip_address"], port
    try:
        site.driver.create_vip_port(str(uuid.uuid4()), site.project, wanted | {"vip_address": site.vip["vip_address"]})
    except exceptions.Conflict:
        return
    raise AssertionError("no Conflict")


def a_load_balancer(site: Site) -> None:
    """A load balancer is put on the VIP's switch and its router, which the driver finds by our names and ids."""
    made = site.model(
        "LoadBalancer",
        site.id,
        loadbalancer_id=site.id,
        project_id=site.project,
        vip_address=site.vip["vip_address"],
        vip_network_id=site.network,
        vip_port_id=site.vip["vip_port_id"],
        vip_subnet_id=site.subnet,
        admin_state_up=True,
        listeners=[],
        pools=[],
    )
    site.driver.loadbalancer_create(made)
    until(lambda: site.told(site.id, provisioning_status="ACTIVE", operating_status="ONLINE"))
    assert site.carriers() == sorted([f"neutron-{site.network}", f"neutron-{site.router}"]), site.carriers()


def members_serve(site: Site) -> None:
    """A listener with a pool of two members carries packets, from whichever host."""
    pool = site.model(
        "Pool",
        site.pool,
        pool_id=site.pool,
        loadbalancer_id=site.id,
        protocol="TCP",
        lb_algorithm="SOURCE_IP_PORT",
        admin_state_up=True,
    )
    site.driver.pool_create(pool)
    until(lambda: site.told(site.pool, provisioning_status="ACTIVE"))
    front = site.model(
        "Listener",
        site.listener,
        listener_id=site.listener,
        loadbalancer_id=site.id,
        default_pool_id=site.pool,
        protocol="TCP",
        protocol_port=80,
        admin_state_up=True,
    )
    site.driver.listener_create(front)
    until(lambda: site.told(site.listener, provisioning_status="ACTIVE"))
    for name, identity in site.members.items():
        site.serve(name)
        site.driver.member_create(member(site, name, identity))
        until(partial(site.told, identity, provisioning_status="ACTIVE"))
    vip, members = f"{site.vip['vip_address']}:80", {f"{site.addresses[name]}:80" for name in site.members}
    found = {front: set(backs.split(",")) for front, backs in site.balancer().vips.items()}
    assert found == {vip: members}, found
    until(lambda: site.answers(site.vip["vip_address"]))


def members_are_watched(site: Site) -> None:
    """A health monitor has a port of its own; the agent tells of members that end to answer, and of their return."""
    made = data_models.HealthMonitor(
        healthmonitor_id=site.monitor,
        pool_id=site.pool,
        type="TCP",
        delay=1,
        timeout=1,
        max_retries=1,
        max_retries_down=1,
        admin_state_up=True,
    )
    site.driver.health_monitor_create(made)
    until(lambda: site.told(site.monitor, provisioning_status="ACTIVE"))
    (port,) = site.administrator.ports(network_id=site.network, name=f"ovn-lb-hm-{site.subnet}")
    source = port.fixed_ips[0]["ip_address"]
    found = dict(site.balancer().ip_port_mappings)
    assert {one.rpartition(":")[2] for one in found.values()} == {source}, found
    assert set(found) == {site.addresses[name] for name in site.members}, found
    until(lambda: all(site.told(one, operating_status="ONLINE") for one in site.members.values()))
    site.stop("one")
    until(lambda: site.told(site.members["one"], operating_status="ERROR"))
    until(lambda: site.answers(site.vip["vip_address"]))
    site.serve("one")
    until(lambda: site.told(site.members["one"], operating_status="ONLINE"))


def a_floating_ip_of_the_address(site: Site) -> None:
    """The agent sees a floating IP of the VIP in our row of its port, and the load balancer answers there too."""
    site.floating = site.member.create_ip(floating_network_id=site.public, port_id=site.vip["vip_port_id"])
    front = f"{site.floating.floating_ip_address}:80"
    until(lambda: front in site.balancer().vips)
    until(lambda: site.answers(site.floating.floating_ip_address))
    site.member.update_ip(site.floating, port_id=None)
    until(lambda: front not in site.balancer().vips)
    site.member.delete_ip(site.floating)


def members_with_floating_ips(site: Site) -> None:
    """A member's floating IP on a distributed router goes by the gateway for as long as the VIP has one too."""
    site.administrator.update_router(site.router, distributed=True)
    (port,) = site.administrator.ports(network_id=site.network, name="one")
    own = site.member.create_ip(floating_network_id=site.public, port_id=port.id)

    def is_distributed() -> bool:
        return any(row.external_mac for row in site.rows("NAT", external_ip=own.floating_ip_address))

    until(is_distributed)
    site.floating = site.member.create_ip(floating_network_id=site.public, port_id=site.vip["vip_port_id"])
    until(lambda: not is_distributed())
    until(lambda: site.answers(own.floating_ip_address))
    site.member.delete_ip(site.floating)
    until(is_distributed)
    site.member.delete_ip(own)
    site.administrator.update_router(site.router, distributed=False)


def addresses_of_both_versions(site: Site) -> None:
    """A VIP of each IP version has a port of its own, and members of its version; all goes by one request."""
    identity, pool, front, back = (str(uuid.uuid4()) for _ in range(4))
    six = site.member.create_subnet(network_id=site.network, ip_version=6, cidr="fd00:87::/64").id
    wanted = {"vip_network_id": site.network, "vip_subnet_id": site.subnet}
    further = [{"network_id": site.network, "subnet_id": six}]
    vip, more = site.driver.create_vip_port(identity, site.project, wanted, further)
    made = site.model(
        "LoadBalancer",
        identity,
        loadbalancer_id=identity,
        vip_address=vip["vip_address"],
        vip_network_id=site.network,
        vip_port_id=vip["vip_port_id"],
        additional_vips=more,
        admin_state_up=True,
        listeners=[],
        pools=[],
    )
    site.driver.loadbalancer_create(made)
    udp = {"loadbalancer_id": identity, "protocol": "UDP", "admin_state_up": True}
    site.driver.pool_create(site.model("Pool", pool, pool_id=pool, lb_algorithm="SOURCE_IP_PORT", **udp))
    listened = {"listener_id": front, "default_pool_id": pool, "protocol_port": 53}
    site.driver.listener_create(site.model("Listener", front, **listened, **udp))
    until(partial(site.told, front, provisioning_status="ACTIVE"))
    backs = {"member_id": back, "pool_id": pool, "subnet_id": six, "address": "fd00:87::53", "protocol_port": 53}
    site.driver.member_create(data_models.Member(**backs, admin_state_up=True))
    until(partial(site.told, back, provisioning_status="ACTIVE"))
    (row,) = site.rows("Load_Balancer", name=identity)
    found = (dict(row.vips), row.protocol)
    assert found == ({f"[{more[0]['ip_address']}]:53": "[fd00:87::53]:53"}, ["udp"]), found
    site.driver.loadbalancer_delete(made, cascade=True)
    until(partial(site.told, identity, provisioning_status="DELETED"))
    assert site.rows("Load_Balancer", name=identity) == []
    left = [one.name for one in site.administrator.ports(network_id=site.network) if identity in one.name]
    assert left == [], left


def a_router_is_attached_later(site: Site) -> None:
    """The agent sees router ports come and go, and puts the load balancer on the router."""
    router = f"neutron-{site.router}"
    site.member.remove_interface_from_router(site.router, subnet_id=site.subnet)
    until(lambda: router not in site.carriers())
    site.member.add_interface_to_router(site.router, subnet_id=site.subnet)
    until(lambda: router in site.carriers())
    until(lambda: site.answers(site.vip["vip_address"]))


def another_network_of_the_router(site: Site) -> None:
    """A network that joins the router gets the load balancer too, and loses it when it leaves."""
    network = site.member.create_network(name="another").id
    subnet = site.member.create_subnet(network_id=network, ip_version=4, cidr="10.88.0.0/24").id
    site.member.add_interface_to_router(site.router, subnet_id=subnet)
    until(lambda: f"neutron-{network}" in site.carriers())
    site.member.remove_interface_from_router(site.router, subnet_id=subnet)
    until(lambda: f"neutron-{network}" not in site.carriers())
    site.member.delete_network(network, ignore_missing=False)


def all_goes(site: Site) -> None:
    """What was made is deleted in turn; the ports of the VIP and of the health monitor go too."""
    site.driver.health_monitor_delete(data_models.HealthMonitor(healthmonitor_id=site.monitor, pool_id=site.pool))
    until(lambda: site.told(site.monitor, provisioning_status="DELETED"))
    for name, identity in site.members.items():
        site.driver.member_delete(member(site, name, identity))
        until(partial(site.told, identity, provisioning_status="DELETED"))
    front, pool, made = (site.records.models[one] for one in (site.listener, site.pool, site.id))
    site.driver.listener_delete(front)
    until(lambda: site.told(site.listener, provisioning_status="DELETED"))
    pool.members, pool.healthmonitor = [], None
    site.driver.pool_delete(pool)
    until(lambda: site.told(site.pool, provisioning_status="DELETED"))
    site.driver.loadbalancer_delete(made)
    until(lambda: site.told(site.id, provisioning_status="DELETED"))
    assert site.rows("Load_Balancer", name=site.id) == []
    left = [one.name for one in site.administrator.ports(network_id=site.network) if "ovn-lb" in one.name]
    assert left == [], left


def nothing_is_left(site: Site) -> None:
    """After all that the instances and their network can go."""
    for name in list(site.served):
        site.stop(name)
    for name in site.addresses:
        site.stack("instance", "delete", name)
    site.member.remove_interface_from_router(site.router, subnet_id=site.subnet)
    site.member.delete_router(site.router, ignore_missing=False)
    site.member.delete_network(site.network, ignore_missing=False)
    site.member.delete_security_group(site.group, ignore_missing=False)
    site.ending.set()


def member(site: Site, name: str, identity: str) -> Any:
    """Return Octavia's model of an instance in the pool."""
    return data_models.Member(
        member_id=identity,
        pool_id=site.pool,
        subnet_id=site.subnet,
        address=site.addresses[name],
        protocol_port=80,
        admin_state_up=True,
    )


CHECKS = (
    a_port_for_the_address,
    a_load_balancer,
    members_serve,
    members_are_watched,
    a_floating_ip_of_the_address,
    members_with_floating_ips,
    addresses_of_both_versions,
    a_router_is_attached_later,
    another_network_of_the_router,
    all_goes,
    nothing_is_left,
)
