"""DHCP options of ports (extension extra_dhcp_opt)."""

import pytest

from neutrino.model.binding import DHCP_OPTIONS
from neutrino.store.observed import Observations

BOOT = [
    {"opt_name": "bootfile-name", "opt_value": "pxelinux.0"},
    {"opt_name": "tftp-server", "opt_value": "123.123.123.123"},
    {"opt_name": "server-ip-address", "opt_value": "123.123.123.45"},
]


def option(name, value, version=4):
    return {"opt_name": name, "opt_value": value, "ip_version": version}


def test_a_port_has_options(api):
    blue = api.network()
    port = api.port(blue, extra_dhcp_opts=BOOT)
    shown = [one | {"ip_version": 4} for one in BOOT]
    assert port["extra_dhcp_opts"] == shown
    assert api.get("ports", id=port["id"])[0]["extra_dhcp_opts"] == shown
    path = f"ports/{port['id']}"
    # What is given is set, with null taken away; what is not mentioned stays.
    changed = api.put(path, extra_dhcp_opts=[option("bootfile-name", "pxelinux.1")])
    assert changed["extra_dhcp_opts"] == [option("bootfile-name", "pxelinux.1"), *shown[1:]]
    assert changed["revision_number"] > port["revision_number"]
    again = api.put(path, extra_dhcp_opts=[option("bootfile-name", "pxelinux.77"), option("nothing", None)])
    assert again["revision_number"] > changed["revision_number"]
    left = api.put(
        path, extra_dhcp_opts=[option("tftp-server", None), option("66", "a"), option("dns-server", "::1", 6)]
    )
    assert left["extra_dhcp_opts"] == [
        option("bootfile-name", "pxelinux.77"),
        shown[2],
        option("66", "a"),
        option("dns-server", "::1", 6),
    ]
    assert api.put(path, extra_dhcp_opts=[])["extra_dhcp_opts"] == left["extra_dhcp_opts"]
    assert api.put(path, extra_dhcp_opts=None)["extra_dhcp_opts"] == left["extra_dhcp_opts"]
    assert api.port(blue, extra_dhcp_opts=[option("mtu", None)])["extra_dhcp_opts"] == []


def test_options_of_a_network_that_is_all_ipv6(api):
    """Clients give an IPv6 address for an IPv4 option there, as tempest does."""
    given = [option("tftp-server", "2015::dead"), option("server-ip-address", "2015::badd")]
    assert api.port(api.network(), extra_dhcp_opts=given)["extra_dhcp_opts"] == given


def test_blank_and_switched_off(api):
    given = [option("router", ""), option("dhcp_disabled", "true"), option("dhcp_disabled", "true", 6)]
    assert api.port(api.network(), extra_dhcp_opts=given)["extra_dhcp_opts"] == given


@pytest.mark.parametrize(
    ("name", "value", "version", "reason"),
    [
        ("no-such-option", "1", 4, "does not know the option 'no-such-option'"),
        ("tftp-server", "a", 6, "does not know the option 'tftp-server'"),
        ("bootfile-name", "a", 6, "does not know the option 'bootfile-name'"),  # OVN 23.03 has none
        ("mtu", "large", 4, "'large' is no integer from 0 to 65535"),
        ("router", "there", 4, "'there' is no address"),
        ("classless-static-route", "10.0.0.0/8", 4, "'10.0.0.0/8' is no list"),
        ("ip-forward-enable", "so", 4, "'so' is neither 0 nor 1"),
        ("server-id", "x", 6, "'x' is no MAC address"),
    ],
)
def test_options_that_would_break_dhcp_are_refused(api, name, value, version, reason):
    blue = api.network()
    port = api.port(blue)
    wanted = {"extra_dhcp_opts": [option(name, value, version)]}
    for method, path, more in (("POST", "ports", {"network_id": blue["id"]}), ("PUT", f"ports/{port['id']}", {})):
        status, fault, message = api.refused(method, path, {"port": wanted | more})
        assert (status, fault) == (400, "ExtraDhcpOptBadData")
        assert reason in message


@pytest.mark.parametrize(
    "given",
    [
        "x",
        [1],
        [{}],
        [{"opt_name": "mtu"}],
        [option("mtu", 1)],
        [option("mtu", "")],
        [option("", "1")],
        [option("n" * 65, "1")],
        [option("mtu", "1" * 256)],
        [option("bootfile-name", "a\nb")],
        [option("mtu", "1", 5)],
        [option("mtu", "1"), option("mtu", "2")],
        [option("mtu", "1") | {"more": 1}],
        [option("mtu", "1")] * 65,
    ],
)
def test_malformed_options_are_refused(api, given):
    blue = api.network()
    body = {"port": {"network_id": blue["id"], "extra_dhcp_opts": given}}
    assert api.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")


def test_what_ovn_knows_is_what_the_controller_saw(api):
    port = api.port(api.network())
    path, wanted = f"ports/{port['id']}", [option("bootfile-name", "a", 6)]
    seen = {"4": ["mtu"], "6": ["bootfile_name"]}
    api.run(Observations(api.database).put(DHCP_OPTIONS, seen))
    assert api.put(path, extra_dhcp_opts=wanted)["extra_dhcp_opts"] == wanted
    assert api.refused("PUT", path, {"port": {"extra_dhcp_opts": [option("router", "10.0.0.1")]}})[:2] == (
        400,
        "ExtraDhcpOptBadData",
    )
    api.run(Observations(api.database).put(DHCP_OPTIONS, seen | {"4": ["router"]}))
    api.put(path, extra_dhcp_opts=[option("router", "10.0.0.1")])
