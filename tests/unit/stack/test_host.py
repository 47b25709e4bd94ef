"""Addresses follow from host names."""

from pathlib import Path

import pytest

from neutrino.stack.fault import StackFault
from neutrino.stack.host import Host, number
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs


def a_place(run: str = "/r") -> Place:
    return Place(Path(run), Programs(Path("/p"), "test"))


@pytest.mark.parametrize(("name", "expected"), [("h1", 1), ("h12", 12), ("h250", 250)])
def test_numbers(name: str, expected: int) -> None:
    assert number(name) == expected


@pytest.mark.parametrize("name", ["h0", "h01", "h251", "host", "h1 ", "x1", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(StackFault, match="h1 to h250"):
        number(name)


def test_addresses() -> None:
    host = Host("h11", "netdev", a_place())
    assert (host.address, host.mac) == ("172.31.0.11", "0a:00:ac:1f:00:0b")
    assert host.wire_macs == {"public": "0a:00:ac:20:00:0b"}
    assert host.switch == Path("/run/lab/h11/db.sock")


def test_services_depend_on_each_other() -> None:
    needs = {service.name: service.needs for service in Host("h1", "dummy", a_place()).services()}
    assert needs == {
        "h1.ovsdb-server": (),
        "h1.ovs-vswitchd": ("h1.ovsdb-server",),
        "h1.ovn-controller": ("h1.ovs-vswitchd", "ovn-sb"),
        "h1.neutrino-agent": ("h1.ovsdb-server", "ovn-sb"),
        "h1.haproxy": ("h1.neutrino-agent", "metadata"),
        "h1.neutrino-dns": ("h1.neutrino-agent",),
    }


@pytest.mark.parametrize(("datapath", "expected"), [("dummy", True), ("netdev", False)])
def test_only_the_dummy_datapath_is_enabled_by_an_option(datapath: str, expected: bool) -> None:
    commands = {service.name: service.command for service in Host("h1", datapath, a_place()).services()}
    assert ("--enable-dummy" in commands["h1.ovs-vswitchd"]) is expected


def test_only_ovn_controller_keeps_what_it_frees() -> None:
    kept = {
        service.name: service.environment.get("GLIBC_TUNABLES") for service in Host("h1", "dummy", a_place()).services()
    }
    assert {name: words for name, words in kept.items() if words} == {
        "h1.ovn-controller": "glibc.malloc.tcache_count=65000"
    }


def test_a_folder_too_long_for_sockets_is_refused() -> None:
    with pytest.raises(StackFault, match="--dir"):
        a_place("/" + "x" * 100)
