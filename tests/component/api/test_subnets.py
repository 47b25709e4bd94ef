"""Stories of subnets."""

import pytest

MADE = ("id", "created_at", "updated_at", "network_id")
NEW = {
    "name": "",
    "ip_version": 4,
    "cidr": "10.0.0.0/24",
    "gateway_ip": "10.0.0.1",
    "subnetpool_id": None,
    "service_types": [],
    "router:external": False,
    "allocation_pools": [{"start": "10.0.0.2", "end": "10.0.0.254"}],
    "enable_dhcp": True,
    "dns_nameservers": [],
    "host_routes": [],
    "ipv6_address_mode": None,
    "ipv6_ra_mode": None,
    "project_id": "acme",
    "tenant_id": "acme",
    "description": "",
    "revision_number": 1,
    "tags": [],
}


def pools(*pairs):
    return [{"start": start, "end": end} for start, end in pairs]


def test_a_subnet_lives(api):
    blue = api.network()
    made = api.subnet(blue, "10.0.0.7/24")
    assert {k: v for k, v in made.items() if k not in MADE} == NEW
    assert made["network_id"] == blue["id"]
    routes = [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}]
    given = {
        "name": "x",
        "gateway_ip": None,
        "dns_nameservers": ["9.9.9.9", "1.1.1.1"],
        "host_routes": routes,
        "enable_dhcp": False,
        "allocation_pools": pools(("10.0.0.10", "10.0.0.20")),
    }
    changed = api.put(f"subnets/{made['id']}", **given)
    assert changed == made | given | {"revision_number": 2, "updated_at": changed["updated_at"]}
    assert api.get(f"subnets/{made['id']}") == changed
    assert api.get("subnets", cidr="10.0.0.0/24", enable_dhcp="false") == [changed]
    cleared = api.put(f"subnets/{made['id']}", dns_nameservers=None, host_routes=None)
    assert (cleared["dns_nameservers"], cleared["host_routes"]) == ([], [])
    api.delete(f"subnets/{made['id']}")
    assert api.refused("GET", f"subnets/{made['id']}") == (
        404,
        "SubnetNotFound",
        f"Subnet {made['id']} could not be found.",
    )


@pytest.mark.parametrize(
    ("cidr", "given", "gateway", "ranges"),
    [
        ("10.0.0.0/24", {"gateway_ip": None}, None, [("10.0.0.1", "10.0.0.254")]),
        ("10.0.0.0/24", {"gateway_ip": "10.0.0.254"}, "10.0.0.254", [("10.0.0.1", "10.0.0.253")]),
        (
            "10.0.0.0/24",
            {"gateway_ip": "10.0.0.9"},
            "10.0.0.9",
            [("10.0.0.1", "10.0.0.8"), ("10.0.0.10", "10.0.0.254")],
        ),
        ("10.0.0.0/24", {"gateway_ip": "192.168.0.1"}, "192.168.0.1", [("10.0.0.1", "10.0.0.254")]),
        ("10.0.0.0/24", {"allocation_pools": []}, "10.0.0.1", []),
        ("10.0.0.0/30", {}, "10.0.0.1", [("10.0.0.2", "10.0.0.2")]),
        ("10.0.0.0/31", {"enable_dhcp": False, "gateway_ip": None}, None, []),
        ("10.0.0.7/32", {"enable_dhcp": False, "gateway_ip": None}, None, [("10.0.0.7", "10.0.0.7")]),
        ("2001:db8::/64", {}, "2001:db8::1", [("2001:db8::2", "2001:db8::ffff:ffff:ffff:ffff")]),
        ("2001:DB8:0::/126", {}, "2001:db8::1", [("2001:db8::2", "2001:db8::3")]),
        ("2001:db8::5/128", {"enable_dhcp": False, "gateway_ip": None}, None, [("2001:db8::5", "2001:db8::5")]),
        ("2001:db8::/64", {"ipv6_address_mode": "slaac"}, None, [("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff")]),
        (
            "2001:db8::/64",
            {"ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"},
            "2001:db8::1",
            [("2001:db8::2", "2001:db8::ffff:ffff:ffff:ffff")],
        ),
    ],
)
def test_gateways_and_pools_that_are_not_asked_for(api, cidr, given, gateway, ranges):
    made = api.subnet(api.network(), cidr, **given)
    assert (made["gateway_ip"], made["allocation_pools"]) == (gateway, pools(*ranges))


@pytest.mark.parametrize(
    ("given", "status", "fault", "names"),
    [
        ({"ip_version": 5}, 400, "HTTPBadRequest", "5"),
        ({"ip_version": 6}, 400, "InvalidInput", "10.0.0.0/24"),
        ({"cidr": "10.0.0.0"}, 400, "HTTPBadRequest", "10.0.0.0"),
        ({"cidr": "10.0.0.0/255.255.255.0"}, 400, "HTTPBadRequest", "255.255.255.0"),
        ({"cidr": "10.0.0.0/33"}, 400, "HTTPBadRequest", "10.0.0.0/33"),
        ({"cidr": "10.0.0.0/0"}, 400, "InvalidInput", "0.0.0.0/0"),
        ({"cidr": "0.0.0.0/8"}, 400, "InvalidInput", "0.0.0.0/8"),
        ({"cidr": "224.0.0.0/24"}, 400, "InvalidInput", "224.0.0.0/24"),
        ({"cidr": "127.0.0.0/24"}, 400, "InvalidInput", "127.0.0.0/24"),
        ({"cidr": "10.0.0.0/31"}, 400, "InvalidInput", "10.0.0.0/31"),
        ({"cidr": "::/64", "ip_version": 6}, 400, "InvalidInput", "::"),
        ({"cidr": "fe80::%eth0/64", "ip_version": 6}, 400, "HTTPBadRequest", "eth0"),
        ({"gateway_ip": "10.0.0.0"}, 400, "InvalidInput", "10.0.0.0"),
        ({"gateway_ip": "10.0.0.255"}, 400, "InvalidInput", "10.0.0.255"),
        ({"gateway_ip": "2001:db8::1"}, 400, "InvalidInput", "2001:db8::1"),
        ({"gateway_ip": "ten"}, 400, "HTTPBadRequest", "ten"),
        (
            {"allocation_pools": pools(("10.0.0.1", "10.0.0.9"))},
            409,
            "GatewayConflictWithAllocationPools",
            "10.0.0.1-10.0.0.9",
        ),
        (
            {"allocation_pools": pools(("10.0.0.9", "10.0.0.300"))},
            400,
            "HTTPBadRequest",
            "10.0.0.300",
        ),
        ({"allocation_pools": pools(("10.0.0.9", "10.0.0.8"))}, 400, "InvalidAllocationPool", "10.0.0.9-10.0.0.8"),
        ({"allocation_pools": pools(("10.0.0.9", "fe80::1"))}, 400, "InvalidAllocationPool", "fe80::1"),
        ({"allocation_pools": pools(("10.0.0.9", "10.0.1.8"))}, 400, "OutOfBoundsAllocationPool", "10.0.1.8"),
        (
            {"allocation_pools": pools(("10.0.0.9", "10.0.0.20"), ("10.0.0.20", "10.0.0.30"))},
            409,
            "OverlappingAllocationPools",
            "10.0.0.20-10.0.0.30",
        ),
        ({"allocation_pools": None}, 400, "HTTPBadRequest", "None"),
        ({"allocation_pools": [{"start": "10.0.0.9"}]}, 400, "HTTPBadRequest", "end"),
        ({"dns_nameservers": ["dns.example"]}, 400, "HTTPBadRequest", "dns.example"),
        ({"dns_nameservers": ["2001:db8::1"]}, 400, "InvalidInput", "2001:db8::1"),
        ({"dns_nameservers": [f"9.9.9.{i}" for i in range(6)]}, 400, "DNSNameServersExhausted", "5"),
        ({"dns_nameservers": ["9.9.9.9", "9.9.9.9"]}, 400, "HTTPBadRequest", "9.9.9.9"),
        ({"host_routes": [{"destination": "10.1.0.0/16"}]}, 400, "HTTPBadRequest", "nexthop"),
        ({"host_routes": [{"destination": "10.1.0.0/16", "nexthop": "::1"}]}, 400, "InvalidInput", "::1"),
        (
            {"host_routes": [{"destination": f"10.{i}.0.0/16", "nexthop": "10.0.0.2"} for i in range(21)]},
            400,
            "HostRoutesExhausted",
            "20",
        ),
        ({"ipv6_ra_mode": "slaac"}, 400, "InvalidInput", "ip_version is 4"),
        (
            {"cidr": "2001:db8::/80", "ip_version": 6, "ipv6_address_mode": "slaac"},
            400,
            "InvalidInput",
            "2001:db8::/80",
        ),
        (
            {
                "cidr": "2001:db8::/64",
                "ip_version": 6,
                "ipv6_address_mode": "slaac",
                "ipv6_ra_mode": "dhcpv6-stateful",
            },
            400,
            "InvalidInput",
            "dhcpv6-stateful",
        ),
        (
            {"cidr": "2001:db8::/64", "ip_version": 6, "ipv6_address_mode": "slaac", "enable_dhcp": False},
            400,
            "InvalidInput",
            "enable_dhcp",
        ),
        ({"network_id": "11111111-2222-3333-4444-555555555555"}, 404, "NetworkNotFound", "11111111"),
        ({"network_id": "eleven"}, 400, "HTTPBadRequest", "eleven"),
    ],
)
def test_subnets_that_make_no_sense(api, given, status, fault, names):
    body = {"network_id": api.network()["id"], "ip_version": 4, "cidr": "10.0.0.0/24"} | given
    got = api.refused("POST", "subnets", {"subnet": body})
    assert got[:2] == (status, fault)
    assert names in got[2]


def test_subnets_of_a_network_do_not_overlap(api):
    blue, green = api.network(), api.network()
    api.subnet(blue, "10.0.0.0/24")
    body = {"network_id": blue["id"], "ip_version": 4, "cidr": "10.0.0.128/25"}
    got = api.refused("POST", "subnets", {"subnet": body})
    assert got[:2] == (400, "InvalidInput")
    assert "10.0.0.128/25" in got[2]
    assert "10.0.0.0/24" in got[2]
    api.subnet(green, "10.0.0.128/25")
    api.subnet(blue, "10.0.1.0/24")
    bulk = {"subnets": [body | {"cidr": "10.2.0.0/16"}, body | {"cidr": "10.2.3.0/24"}]}
    assert api.refused("POST", "subnets", bulk)[:2] == (400, "InvalidInput")


def test_a_gateway_moves_unless_something_has_the_address(api):
    blue = api.network()
    subnet = api.subnet(blue, "10.0.0.0/24", allocation_pools=pools(("10.0.0.10", "10.0.0.20")))
    port = api.port(blue, fixed_ips=[{"ip_address": "10.0.0.5"}])
    path = f"subnets/{subnet['id']}"
    status, kind, message = api.refused("PUT", path, {"subnet": {"gateway_ip": "10.0.0.5"}})
    assert (status, kind) == (409, "GatewayIpInUse")
    assert port["id"] in message
    assert api.refused("PUT", path, {"subnet": {"gateway_ip": "10.0.0.12"}})[1] == "GatewayConflictWithAllocationPools"
    assert api.put(path, gateway_ip="10.0.0.6")["gateway_ip"] == "10.0.0.6"


def test_a_subnet_stays_while_ports_have_its_addresses(api):
    blue = api.network()
    subnet = api.subnet(blue, "10.0.0.0/24")
    port = api.port(blue)
    assert api.refused("DELETE", f"subnets/{subnet['id']}")[:2] == (409, "SubnetInUse")
    api.delete(f"ports/{port['id']}")
    api.delete(f"subnets/{subnet['id']}")


def test_an_automatic_subnet_gives_and_takes_addresses_of_ports_that_are_there(api):
    blue = api.network()
    port = api.port(blue, mac_address="fa:16:3e:00:00:01")
    router = api.port(blue, device_owner="network:dhcp")
    subnet = api.subnet(blue, "2001:db8::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")
    got = api.get(f"ports/{port['id']}")
    assert got["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": "2001:db8::f816:3eff:fe00:1"}]
    assert got["revision_number"] == 2
    assert api.get(f"ports/{router['id']}") == router
    api.delete(f"subnets/{subnet['id']}")
    assert api.get(f"ports/{port['id']}")["fixed_ips"] == []


def test_what_cannot_change(api):
    subnet = api.subnet(api.network(), "10.0.0.0/24")
    for name, value in (("cidr", "10.0.1.0/24"), ("ip_version", 6), ("network_id", subnet["network_id"]), ("id", "x")):
        got = api.refused("PUT", f"subnets/{subnet['id']}", {"subnet": {name: value}})
        assert got == (400, "HTTPBadRequest", f"Cannot update read-only attribute {name}")
