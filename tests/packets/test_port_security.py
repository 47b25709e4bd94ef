"""An instance sends only as itself, unless it may do otherwise."""

import pytest
from tests.packets.scenario import Instance, Site, eventually

FOREIGN_IP = "10.1.0.99"
FOREIGN_MAC = "fa:16:3e:00:00:99"


def _pair(site: Site, **port: object) -> tuple[Instance, Instance]:
    network = site.network()
    a = site.instance("a", network, "h1", **port)
    b = site.instance("b", network, "h2")
    return a, b


@pytest.mark.proves("anti-spoofing")
def test_another_address_or_mac_is_not_heard(site: Site) -> None:
    a, b = _pair(site)
    mac = a.port["mac_address"]
    assert eventually(lambda: a.probe("arp", "eth0", mac, a.address, b.address))
    assert not a.probe("arp", "eth0", mac, FOREIGN_IP, b.address)
    assert not a.probe("arp", "eth0", FOREIGN_MAC, a.address, b.address)
    a.run("ip", "address", "add", f"{FOREIGN_IP}/24", "dev", "eth0")
    busybox = site.lab.place.programs.path("busybox")
    spoofed = site.lab.exec(a.name, busybox, "ping", "-c", "1", "-W", "1", "-I", FOREIGN_IP, b.address, check=False)
    assert spoofed.returncode == 1


@pytest.mark.proves("address-pairs")
def test_an_allowed_address_pair_is_heard(site: Site) -> None:
    a, b = _pair(site)
    mac = a.port["mac_address"]
    assert eventually(lambda: a.probe("arp", "eth0", mac, a.address, b.address))
    assert not a.probe("arp", "eth0", mac, FOREIGN_IP, b.address)
    site.api.update("ports", "port", a.port["id"], allowed_address_pairs=[{"ip_address": FOREIGN_IP}])
    assert eventually(lambda: a.probe("arp", "eth0", mac, FOREIGN_IP, b.address))
    site.api.update("ports", "port", a.port["id"], allowed_address_pairs=[])
    assert eventually(lambda: not a.probe("arp", "eth0", mac, FOREIGN_IP, b.address))


@pytest.mark.proves("port-security-off")
def test_without_port_security_anything_is_heard(site: Site) -> None:
    a, b = _pair(site, port_security_enabled=False)
    b_open = site.group({"ethertype": "IPv4"})
    site.api.update("ports", "port", b.port["id"], security_groups=[b_open["id"]])
    mac = a.port["mac_address"]
    assert eventually(lambda: a.probe("arp", "eth0", mac, FOREIGN_IP, b.address))
    assert eventually(lambda: a.pings(b.address))
    assert b.pings(a.address)


@pytest.mark.proves("address-pair-mac")
def test_an_allowed_address_of_another_mac_is_heard_and_answered(site: Site) -> None:
    a, b = _pair(site)
    words = ("arp", "eth0", FOREIGN_MAC, FOREIGN_IP, b.address)
    assert not a.probe(*words)
    pairs = [{"ip_address": FOREIGN_IP, "mac_address": FOREIGN_MAC}]
    site.api.update("ports", "port", a.port["id"], allowed_address_pairs=pairs)
    assert eventually(lambda: a.probe(*words))


@pytest.mark.proves("reserved-pair")
def test_a_pair_of_the_metadata_address_takes_nothing_away(site: Site) -> None:
    network = site.network()
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h1")
    (own,) = site.api.list("ports", network_id=network["id"], device_owner="network:distributed")
    pairs = [{"ip_address": own["fixed_ips"][0]["ip_address"]}]
    site.api.update("ports", "port", a.port["id"], allowed_address_pairs=pairs)
    path = "/latest/meta-data/instance-id"
    for one in (a, b):
        assert eventually(lambda one=one: one.fetch("169.254.169.254", path) == one.port["device_id"])
