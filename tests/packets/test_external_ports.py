"""Ports that no host's switch carries: a machine of its own on the provider network is told all that others are."""

import re

import pytest
from tests.packets.scenario import Resource, Site, eventually

METADATA, ID = "169.254.169.254", "/latest/meta-data/instance-id"


@pytest.mark.proves("external-port")
def test_a_machine_of_its_own(site: Site, public: Resource) -> None:
    """The machine is the world outside: its port has the MAC address that it has on the provider network."""
    subnet = site.create("subnets", "subnet", network_id=public["id"], ip_version=4, cidr="198.51.100.0/24")
    instance = site.instance("a", site.network(), "h1")  # whose other port this is
    machine = site.outside
    mac = re.findall(r"link/ether (\S+)", machine.run("ip", "link", "show", "eth0"))[0]
    busybox = site.lab.place.programs.path("busybox")
    asking = (busybox, "udhcpc", "-i", "eth0", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true")

    def has_lease() -> bool:
        return site.lab.exec(machine.name, *asking, check=False).returncode == 0

    assert not has_lease()
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
    assert eventually(has_lease)
    (answering,) = site.api.list("ports", network_id=public["id"], device_owner="network:distributed")
    there, own = answering["fixed_ips"][0]["ip_address"], port["fixed_ips"][0]["ip_address"]
    machine.run("ip", "address", "add", f"{own}/24", "dev", "eth0")
    try:
        machine.run("ip", "route", "add", METADATA, "via", there, "src", own)
        assert eventually(lambda: machine.fetch(METADATA, ID) == instance.port["device_id"])
        assert eventually(lambda: machine.finds("metal.cloud.test A tcp 0", at=there) == [[own]])
        site.api.delete("ports", port["id"])
        assert eventually(lambda: not has_lease())
    finally:
        machine.run("ip", "address", "delete", f"{own}/24", "dev", "eth0")
