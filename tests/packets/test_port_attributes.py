"""What DHCP and DNS say of one port, and an address that two ports share."""

from pathlib import Path

import pytest
from tests.packets.scenario import Instance, Site, eventually

# One value that fits for each option of IPv4 that the API takes, except those that udhcpc or the scenario need.
OPTIONS = {
    "dns-server": "192.0.2.1,192.0.2.2",
    "log-server": "192.0.2.3",
    "lpr-server": "192.0.2.3",
    "swap-server": "192.0.2.3",
    "ip-forward-enable": "1",
    "policy-filter": "192.0.2.3",
    "default-ttl": "64",
    "mtu": "1400",
    "router-discovery": "0",
    "router-solicitation": "192.0.2.3",
    "arp-timeout": "60",
    "ethernet-encap": "0",
    "tcp-ttl": "64",
    "tcp-keepalive": "60",
    "nis-server": "192.0.2.3",
    "ntp-server": "192.0.2.4",
    "lease-time": "3600",
    "T1": "1800",
    "T2": "3000",
    "tftp-server": "192.0.2.5",
    "bootfile-name": 'pxe"linux.0',
    "domain-search": "a.example,b.example",
    "classless-static-route": "198.51.100.0/24,10.1.0.9",
    "tftp-server-address": "192.0.2.5",
    "path-prefix": "/boot/",
    "ms-classless-static-route": "198.51.100.0/24,10.1.0.9",
    "wpad": "http://wpad.example/",
    "server-ip-address": "192.0.2.6",
}


def told(site: Site, instance: Instance, folder: Path, *sent: str) -> dict[str, str]:
    """Return what DHCP tells an instance that sends these options besides, by udhcpc's names."""
    script = folder / "tell"
    script.write_text("#!/bin/sh\nexport -p\n")
    script.chmod(0o755)
    busybox = site.lab.place.programs.path("busybox")
    wanted = [word for name in ("bootfile", "hostname", "domain", "ntpsrv", "mtu") for word in ("-O", name)]
    words = (busybox, "udhcpc", "-i", "eth0", "-n", "-q", "-t", "3", "-T", "1", *wanted, *sent, "-s", str(script))
    done = site.lab.exec(instance.name, *words, check=False)
    pairs = (line.removeprefix("export ").partition("=") for line in done.stdout.splitlines())
    return {name: value.strip("'") for name, _, value in pairs}


@pytest.mark.proves("dhcp-options", "dhcp-hostname")
def test_options_of_one_port(site: Site, tmp_path: Path) -> None:
    network = site.network()
    every = [{"opt_name": name, "opt_value": value} for name, value in OPTIONS.items()]
    a = site.instance("a", network, "h1", extra_dhcp_opts=every, dns_name="web")
    expected = {"bootfile": 'pxe"linux.0', "ntpsrv": "192.0.2.4", "mtu": "1400"}
    expected |= {"hostname": "web", "domain": "cloud.test", "lease": "3600"}
    assert eventually(lambda: expected.items() <= told(site, a, tmp_path).items()), told(site, a, tmp_path)
    change = [{"opt_name": "bootfile-name", "opt_value": "other"}, {"opt_name": "mtu", "opt_value": None}]
    site.api.update("ports", "port", a.port["id"], extra_dhcp_opts=change)
    expected = {"bootfile": "other", "mtu": str(network["mtu"])}
    assert eventually(lambda: expected.items() <= told(site, a, tmp_path).items()), told(site, a, tmp_path)
    off = [{"opt_name": "dhcp_disabled", "opt_value": "true"}]
    site.api.update("ports", "port", a.port["id"], extra_dhcp_opts=off)
    assert eventually(lambda: "ip" not in told(site, a, tmp_path))


@pytest.mark.proves("dhcp-options")
def test_firmware_and_ipxe_are_told_files_of_their_own(site: Site, tmp_path: Path) -> None:
    """By the names that Ironic has for them, which are dnsmasq's."""
    files = {"tag:!ipxe,67": "snponly.efi", "tag:ipxe,67": "http://boot.example/ipxe"}
    every = [{"opt_name": name, "opt_value": value} for name, value in files.items()]
    a = site.instance("a", site.network(), "h1", extra_dhcp_opts=every)
    ipxe = ("-x", "0xaf:0102")  # option 175
    for sent, file in (((), "snponly.efi"), (ipxe, "http://boot.example/ipxe")):
        assert eventually(lambda sent=sent, file=file: told(site, a, tmp_path, *sent).get("bootfile") == file)


@pytest.mark.proves("dns")
def test_a_port_has_a_name(site: Site) -> None:
    network = site.network(dns_nameservers=["192.0.2.53"])
    site.router(network)
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2", dns_name="web")
    busybox = site.lab.place.programs.path("busybox")

    def answer(name: str) -> str:
        return site.lab.exec(a.name, busybox, "nslookup", name, "192.0.2.53", check=False).stdout

    assert eventually(lambda: b.address in answer("web.cloud.test"))
    assert eventually(lambda: "web.cloud.test" in answer(b.address))
    site.api.update("ports", "port", b.port["id"], dns_name="db")
    assert eventually(lambda: b.address in answer("db.cloud.test"))
    assert b.address not in answer("web.cloud.test").replace("192.0.2.53", "")


@pytest.mark.proves("shared-address")
def test_an_address_moves_between_two_ports(site: Site) -> None:
    network = site.network()
    address = "10.1.0.200"
    site.create("ports", "port", network_id=network["id"], fixed_ips=[{"ip_address": address}])
    group = site.group({"protocol": "icmp"})
    pairs = [{"ip_address": address}]
    a = site.instance("a", network, "h1", [group], allowed_address_pairs=pairs)
    b = site.instance("b", network, "h2", [group], allowed_address_pairs=pairs)
    c = site.instance("c", network, "h1", [group])
    busybox = site.lab.place.programs.path("busybox")

    def take(taker: Instance, other: Instance) -> None:
        other.run("ip", "address", "flush", "to", address, "dev", "eth0")
        taker.run("ip", "address", "add", f"{address}/24", "dev", "eth0")

    def answers(taker: Instance) -> bool:
        site.lab.exec(taker.name, busybox, "arping", "-U", "-c", "1", "-I", "eth0", address, check=False)
        c.run("ip", "neigh", "flush", "all")
        seen = c.pings(address) and c.run("ip", "neigh", "show", address)
        return bool(seen) and str(taker.port["mac_address"]) in str(seen)

    for taker, other in ((a, b), (b, a), (a, b)):
        take(taker, other)
        assert eventually(lambda taker=taker: answers(taker))
