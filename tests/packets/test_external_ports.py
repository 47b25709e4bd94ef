"""Ports that no host's switch carries: a machine of its own on the provider network is told all that others are."""

import re

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

METADATA, ID = "169.254.169.254", "/latest/meta-data/instance-id"


def has_lease(machine: Instance, site: Site) -> bool:
    """Say whether DHCP gives the machine an address."""
    busybox = site.lab.place.programs.path("busybox")
    asking = (busybox, "udhcpc", "-i", "eth0", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true")
    return site.lab.exec(machine.name, *asking, check=False).returncode == 0


@pytest.mark.proves("external-port")
def test_a_chassis_for_such_ports_answers_them(site: Site, public: Resource) -> None:
    """It need be none of those that gateways are on; without one, these answer again."""
    subnet = site.create("subnets", "subnet", network_id=public["id"], ip_version=4, cidr="198.51.100.0/24")
    machine = site.outside
    mac = re.findall(r"link/ether (\S+)", machine.run("ip", "link", "show", "eth0"))[0]
    given = {"network_id": public["id"], "mac_address": mac, "fixed_ips": [{"subnet_id": subnet["id"]}]}
    port = site.create("ports", "port", binding__vnic_type="baremetal", **given)

    def group() -> list[str]:
        words = ("--bare", "--columns=name", "find", "HA_Chassis_Group", f"name=neutron-extport-{port['id']}")
        return site.lab.exec("central", "ovn-nbctl", *words).stdout.split()

    assert eventually(lambda: has_lease(machine, site))
    assert group() == []
    for host, other in (("h1", "h2"), ("h2", "h1")):
        before = {one: option(site, one) for one in (host, other)}
        try:
            option(site, other, "")
            option(site, host, "enable-chassis-as-extport-host")
            assert eventually(group)
            assert eventually(lambda host=host: answers(site, port) == host)
            assert eventually(lambda: has_lease(machine, site))
        finally:
            for one, value in before.items():
                option(site, one, value)
    assert eventually(lambda: not group())
    assert eventually(lambda: has_lease(machine, site))


def option(site: Site, host: str, value: str | None = None) -> str:
    """Return what a host says that it is for, and with *value* have it say that."""
    key = "external_ids:ovn-cms-options"
    said = site.lab.exec(host, "ovs-vsctl", "--if-exists", "get", "Open_vSwitch", ".", key).stdout.strip()
    if value is not None:
        site.lab.exec(host, "ovs-vsctl", "set", "Open_vSwitch", ".", f'{key}="{value}"')
    return said.strip('"')


def answers(site: Site, port: Resource) -> str:
    """Return the host whose chassis has a port."""
    found = ("--bare", "--columns=chassis", "find", "Port_Binding", f"logical_port={port['id']}")
    chassis = site.lab.exec("central", "ovn-sbctl", *found).stdout.strip()
    return chassis and site.lab.exec("central", "ovn-sbctl", "get", "Chassis", chassis, "hostname").stdout.strip()


@pytest.mark.proves("external-port")
def test_a_machine_of_its_own(site: Site, public: Resource) -> None:
    """The machine is the world outside: its port has the MAC address that it has on the provider network."""
    subnet = site.create("subnets", "subnet", network_id=public["id"], ip_version=4, cidr="198.51.100.0/24")
    instance = site.instance("a", site.network(), "h1")  # whose other port this is
    machine = site.outside
    mac = re.findall(r"link/ether (\S+)", machine.run("ip", "link", "show", "eth0"))[0]
    assert not has_lease(machine, site)
    port = site.create(
        "ports",
        "port",
        network_id=public["id"],
        mac_address=mac,
        binding__vnic_type="baremetal",
        device_id=instance.port["device_id"],
        dns_name="metal",
        fixed_ips=[{"subnet_id": subnet["id"]}],
    )
    assert eventually(lambda: has_lease(machine, site))
    (answering,) = site.api.list("ports", network_id=public["id"], device_owner="network:distributed")
    there, own = answering["fixed_ips"][0]["ip_address"], port["fixed_ips"][0]["ip_address"]
    machine.run("ip", "address", "add", f"{own}/24", "dev", "eth0")
    try:
        machine.run("ip", "route", "add", METADATA, "via", there, "src", own)
        assert eventually(lambda: machine.fetch(METADATA, ID) == instance.port["device_id"])
        assert eventually(lambda: machine.finds("metal.cloud.test A tcp 0", at=there) == [[own]])
        site.api.delete("ports", port["id"])
        assert eventually(lambda: not has_lease(machine, site))
    finally:
        machine.run("ip", "address", "delete", f"{own}/24", "dev", "eth0")
