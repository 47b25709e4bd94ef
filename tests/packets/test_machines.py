"""An instance with a kernel of its own: it boots, asks by DHCP who it is, and tags its VLANs itself."""

import pytest
from tests.packets.scenario import Site, eventually

from neutrino.stack.image import IDENTITY

BOOT_S = 60.0


@pytest.mark.thorough
@pytest.mark.proves("machine")
def test_a_machine_boots_and_is_told_who_it_is(site: Site) -> None:
    outer, inner = site.network(), site.network("10.2.0.0/24")
    a, b = site.instance("a", outer, "h1"), site.instance("b", inner, "h1")
    machine = site.machine("m", outer, "h2")
    assert eventually(lambda: machine.has_said(f"{IDENTITY}{machine.port['device_id']}"), BOOT_S)
    assert eventually(lambda: a.pings(machine.address))
    assert f"inet {machine.address}/24" in machine.run("ip", "address", "show", "dev", "eth0")
    assert f"mtu {outer['mtu']}" in machine.run("ip", "link", "show", "dev", "eth0")
    a.serve(8000)
    assert machine.run(f"echo hello | nc -w 2 {a.address} 8000") == "hello"

    subport = site.create("ports", "port", network_id=inner["id"])
    item = {"port_id": subport["id"], "segmentation_type": "vlan", "segmentation_id": 42}
    trunk = site.api.create("trunks", "trunk", port_id=machine.port["id"], sub_ports=[item])
    try:
        address = subport["fixed_ips"][0]["ip_address"]
        machine.run("ip", "link", "add", "link", "eth0", "name", "inner", "type", "vlan", "id", "42")
        machine.run("ip", "link", "set", "dev", "inner", "address", subport["mac_address"], "up")
        machine.run("ip", "address", "add", f"{address}/24", "dev", "inner")
        assert eventually(lambda: b.pings(address))
        assert eventually(lambda: machine.pings(b.address))
    finally:
        site.api.delete("trunks", trunk["id"])

    site.lab.kill(f"{machine.name}.qemu")
    site.lab.wait(f"{machine.name}.qemu")
    assert eventually(lambda: a.pings(machine.address))
