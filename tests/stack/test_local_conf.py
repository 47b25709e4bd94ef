"""What local.conf says is so: networks, bridges, options, passwords. Networks are made once, and carry packets."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stack.conftest import Stack

from neutrino.stack.lab import Lab

PASSWORD = "s$cret: #1"  # noqa: S105 - what a shell, YAML and oslo.config would each read otherwise
CONF = f"""\
[[local|localrc]]
ADMIN_PASSWORD='{PASSWORD}'
RABBIT_PASSWORD=$ADMIN_PASSWORD
IPV4_ADDRS_SAFE_TO_USE=10.254.0.0/22
IPV6_ADDRS_SAFE_TO_USE=fd12:67:1::/56
FLOATING_RANGE=192.168.20.0/25
PUBLIC_NETWORK_GATEWAY=192.168.20.9
PHYSICAL_NETWORK=mynet
PUBLIC_PHYSICAL_NETWORK=mynet
PUBLIC_BRIDGE=br-pub

[[post-config|$NEUTRON_CONF]]
[quotas]
quota_floatingip = 1
"""
FETCH = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode(), end='')"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("c")
    made = Stack(folder / "s")
    made.conf = folder / "local.conf"
    made.conf.write_text(CONF)
    made.up_options = ("--auth", "keystone")
    said = made("up", "--api-port", "0", "--hosts", "1")
    assert said.stderr.count("has no meaning here") == 1
    assert f"{made.conf}:3: RABBIT_PASSWORD has no meaning here" in said.stderr
    assert "a (h1) to the world outside, 192.168.20.9" in said.stdout
    yield made
    made.lab.down()


@pytest.fixture
def lab(stack: Stack) -> Lab:
    return stack.lab


def one(lab: Lab, plural: str, **filters: str) -> dict[str, Any]:
    (found,) = lab.api.list(plural, **filters)
    return found


def everything(lab: Lab) -> dict[str, list[str]]:
    plurals = ("networks", "subnets", "subnetpools", "routers", "ports")
    return {plural: sorted(one["id"] for one in lab.api.list(plural)) for plural in plurals}


def test_the_networks_are_devstack_s_with_the_file_s_ranges(lab: Lab) -> None:
    private, public, router = (
        one(lab, "networks", name="private"),
        one(lab, "networks", name="public"),
        one(lab, "routers"),
    )
    assert (public["router:external"], public["is_default"], public["provider:network_type"]) == (True, True, "flat")
    assert public["provider:physical_network"] == "mynet"
    demo = private["project_id"]
    assert demo == router["project_id"] != public["project_id"]
    assert one(lab, "ports", name="a")["project_id"] == demo
    assert router["name"] == "router1"
    about = ("network_id", "cidr", "gateway_ip", "enable_dhcp", "ipv6_ra_mode", "project_id")
    admin = public["project_id"]
    assert {subnet["name"]: tuple(subnet[name] for name in about) for subnet in lab.api.list("subnets")} == {
        "private-subnet": (private["id"], "10.254.0.0/26", "10.254.0.1", True, None, demo),
        "ipv6-private-subnet": (private["id"], "fd12:67:1::/64", "fd12:67:1::1", True, "slaac", demo),
        "public-subnet": (public["id"], "192.168.20.0/25", "192.168.20.9", False, None, admin),
        "ipv6-public-subnet": (public["id"], "2001:db8::/64", "2001:db8::2", False, None, admin),
    }
    pools = lab.api.list("subnetpools")
    assert {pool["name"]: (pool["prefixes"], pool["shared"], pool["is_default"]) for pool in pools} == {
        "shared-default-subnetpool-v4": (["10.254.0.0/22"], True, True),
        "shared-default-subnetpool-v6": (["fd12:67:1::/56"], True, True),
    }


def test_the_host_has_the_bridge(lab: Lab) -> None:
    assert "br-pub" in lab.exec("h1", "ovs-vsctl", "list-br").stdout.split()


def test_an_instance_resolves_and_reaches_the_web_server_outside_under_the_router_s_address(lab: Lab) -> None:
    addresses = one(lab, "routers")["external_gateway_info"]["external_fixed_ips"]
    mine = one(lab, "ports", name="a")["fixed_ips"]  # IPv6 is not translated
    said = lab.exec("a", sys.executable, "-c", FETCH, "http://www.outside.test/").stdout
    assert said in {f"You reach the world outside from {one['ip_address']}.\n" for one in (*addresses, *mine)}
    (four,) = [address["ip_address"] for address in addresses if "." in address["ip_address"]]
    said = lab.exec("a", sys.executable, "-c", FETCH, "http://192.168.20.9/").stdout
    assert said == f"You reach the world outside from {four}.\n"


def test_from_outside_a_floating_ip_and_an_ipv6_address_are_reached_and_the_quota_is_the_file_s(lab: Lab) -> None:
    demo = lab.api_of("demo", "demo")
    port, public = one(lab, "ports", name="a"), one(lab, "networks", name="public")
    for version in ("IPv4", "IPv6"):
        demo.create(
            "security-group-rules",
            "security_group_rule",
            security_group_id=port["security_groups"][0],
            direction="ingress",
            ethertype=version,
            protocol="icmp" if version == "IPv4" else "ipv6-icmp",
        )
    floating = demo.create("floatingips", "floatingip", floating_network_id=public["id"], port_id=port["id"])
    (six,) = [fixed["ip_address"] for fixed in port["fixed_ips"] if ":" in fixed["ip_address"]]
    assert lab.ping("outside", floating["floating_ip_address"], 15)
    assert lab.ping("outside", six, 15)
    with pytest.raises(Exception, match="409"):
        demo.create("floatingips", "floatingip", floating_network_id=public["id"])


def test_clients_log_in_with_the_file_s_password(stack: Stack, lab: Lab) -> None:
    assert lab.identity is not None
    assert {lab.identity.passwords()[user] for user in ("admin", "demo")} == {PASSWORD}
    ask = "openstack network list -f value -c Name"
    for user in ("admin", "demo"):
        said = stack("shell", "--user", user, "-c", f"{ask}; echo $OS_USERNAME").stdout.split()
        assert (sorted(said[:-1]), said[-1]) == (["private", "public"], user)
    assert stack("shell", "-c", "exit 3", status=3).stdout == ""
    assert "there is no openrc-nobody here" in stack("shell", "--user", "nobody", status=1).stderr


def test_the_password_is_only_where_it_is_needed(lab: Lab) -> None:
    def holds(path: Path) -> bool:
        with contextlib.suppress(FileNotFoundError):  # what daemons write beside a file, they rename at once
            return path.is_file() and PASSWORD.encode() in path.read_bytes()
        return False

    holding = [path for path in lab.run.rglob("*") if holds(path)]
    assert {path.name for path in holding} == {
        "passwords.json",
        "seed.json",
        "done.json",
        "clouds.yaml",
        "openrc",
        "openrc-demo",
    }
    assert {path.stat().st_mode & 0o777 for path in holding} == {0o600}


def test_a_file_that_has_changed_needs_a_new_start(stack: Stack, tmp_path: Path) -> None:
    other = tmp_path / "other.conf"
    other.write_text(CONF.replace("192.168.20.0/25", "192.168.20.0/24").replace("s$cret", "secret"))
    said = stack("up", "--conf", str(other), status=1).stderr
    assert "is not as it was when the lab was started (FLOATING_RANGE, passwords): `./stack down` first" in said


def test_a_wrong_value_stops_with_file_and_line(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.conf"
    wrong.write_text("[[local|localrc]]\nQ_AGENT=openvswitch\n")
    said = stack("up", "--conf", str(wrong), status=1).stderr
    assert said.startswith(f"stack: {wrong}:2: Q_AGENT=openvswitch: the backend openvswitch is not built yet")


def test_down_and_up_make_nothing_twice_and_what_was_deleted_stays_so(stack: Stack, lab: Lab) -> None:
    before = everything(lab)
    stack("down")
    assert "a (h1) to the world outside" in stack("up", "--hosts", "1").stdout
    assert everything(lab) == before
    router, private = one(lab, "routers"), one(lab, "networks", name="private")
    lab.delete_instance("a")
    for floating in lab.api.list("floatingips"):
        lab.api.delete("floatingips", floating["id"])
    for subnet in lab.api.list("subnets", network_id=private["id"]):
        lab.api.act("routers", router["id"], "remove_router_interface", subnet_id=subnet["id"])
    lab.api.delete("networks", private["id"])
    assert "There is no private network" in stack("up", "--hosts", "1").stdout
    assert [network["name"] for network in lab.api.list("networks")] == ["public"]


def test_ipv4_only_without_keystone_metadata_or_a_way_out(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "s")
    stack.conf = tmp_path / "local.conf"
    stack.conf.write_text(
        "[[local|localrc]]\nIP_VERSION=4\nUSE_SUBNETPOOL=False\nFIXED_RANGE=10.7.0.0/24\nNETWORK_GATEWAY=10.7.0.9\n"
        "OVN_L3_CREATE_PUBLIC_NETWORK=False\ndisable_service key q-ovn-agent\n"
    )
    try:
        said = json.loads(stack("up", "--api-port", "0", "--hosts", "1", "--json").stdout)
        assert {one["name"].partition(".")[2] or one["name"] for one in said["services"]} == {
            *("ovn-nb", "ovn-sb", "ovn-northd", "neutrino-api", "neutrino-controller", "udhcpc"),
            *("ovsdb-server", "ovs-vswitchd", "ovn-controller"),
        }
        (subnet,) = stack.lab.api.list("subnets", name="private-subnet")
        assert (subnet["cidr"], subnet["gateway_ip"], subnet["subnetpool_id"]) == ("10.7.0.0/24", "10.7.0.9", None)
        assert len(stack.lab.api.list("subnets")) == 2
        assert "via 10.7.0.9" in stack.lab.exec("a", "ip", "route").stdout
    finally:
        stack.lab.down()
