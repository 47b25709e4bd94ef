"""Stories of who gets which address."""

import pytest

MAC = "fa:16:3e:00:00:01"


def ips(port):
    return [ip["ip_address"] for ip in port["fixed_ips"]]


@pytest.fixture
def blue(api):
    return api.network()


@pytest.fixture
def four(api, blue):
    return api.subnet(blue, "10.0.0.0/29")  # .2 to .6


@pytest.fixture
def six(api, blue):
    return api.subnet(blue, "2001:db8::/64")


@pytest.fixture
def slaac(api, blue):
    return api.subnet(blue, "2001:db8:1::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")


def test_one_of_each_version_and_those_of_the_mac(api, blue, four, six, slaac):
    port = api.port(blue, mac_address=MAC)
    assert port["fixed_ips"] == [
        {"subnet_id": four["id"], "ip_address": "10.0.0.2"},
        {"subnet_id": six["id"], "ip_address": "2001:db8::2"},
        {"subnet_id": slaac["id"], "ip_address": "2001:db8:1:0:f816:3eff:fe00:1"},
    ]
    assert ips(api.port(blue, device_owner="network:dhcp")) == ["10.0.0.3", "2001:db8::3"]
    assert ips(api.port(blue, fixed_ips=[])) == []


def test_what_is_asked_for(api, blue, four, six, slaac):
    asked = [{"ip_address": "10.0.0.6"}, {"subnet_id": four["id"]}, {"subnet_id": six["id"]}]
    port = api.port(blue, mac_address=MAC, fixed_ips=asked)
    # The highest that is given out is the pool's end, so another is sought at random.
    named, another, third, by_mac = ips(port)
    assert (named, third, by_mac) == ("10.0.0.6", "2001:db8::2", "2001:db8:1:0:f816:3eff:fe00:1")
    assert another in {f"10.0.0.{i}" for i in range(2, 6)}
    assert ips(api.port(blue, fixed_ips=[{"ip_address": "10.0.0.1"}]))[0] == "10.0.0.1"  # the gateway's, on purpose


@pytest.mark.parametrize(
    ("asked", "status", "fault", "names"),
    [
        ({"ip_address": "10.9.0.1"}, 400, "InvalidIpForNetwork", "10.9.0.1"),
        ({"ip_address": "10.0.0.0"}, 400, "InvalidIpForSubnet", "10.0.0.0"),
        ({"ip_address": "10.0.0.7"}, 400, "InvalidIpForSubnet", "10.0.0.7"),
        ({"ip_address": "2001:db8::"}, 400, "InvalidIpForSubnet", "2001:db8::"),
        ({"ip_address": "2001:db8:1::5"}, 400, "AllocationOnAutoAddressSubnet", "2001:db8:1::5"),
        ({"ip_address": "10.0.0"}, 400, "HTTPBadRequest", "10.0.0"),
        ({"ip_address": 167772162}, 400, "HTTPBadRequest", "167772162"),
        ({"subnet_id": "11111111-2222-3333-4444-555555555555"}, 400, "InvalidInput", "11111111"),
        ({"subnet_id": "eleven"}, 400, "HTTPBadRequest", "eleven"),
        ({"colour": "red"}, 400, "InvalidInput", "subnet_id or ip_address"),
        ({}, 400, "InvalidInput", "subnet_id or ip_address"),
    ],
)
def test_what_cannot_be_had(api, blue, four, six, slaac, asked, status, fault, names):
    got = api.refused("POST", "ports", {"port": {"network_id": blue["id"], "fixed_ips": [asked]}})
    assert got[:2] == (status, fault)
    assert names in got[2]


def test_an_address_is_given_once(api, blue, four):
    api.port(blue, fixed_ips=[{"ip_address": "10.0.0.5"}])
    body = {"port": {"network_id": blue["id"], "fixed_ips": [{"ip_address": "10.0.0.5"}]}}
    assert api.refused("POST", "ports", body) == (
        409,
        "IpAddressAlreadyAllocated",
        f"IP address 10.0.0.5 already allocated in subnet {four['id']}",
    )
    twice = [{"ip_address": "10.0.0.4"}, {"ip_address": "10.0.0.4", "subnet_id": four["id"]}]
    body = {"port": {"network_id": blue["id"], "fixed_ips": twice}}
    assert api.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")


def test_a_pool_is_used_up_and_fills_again(api, blue, four):
    ports = [api.port(blue) for _ in range(5)]
    assert [ips(port) for port in ports] == [[f"10.0.0.{i}"] for i in range(2, 7)]
    body = {"port": {"network_id": blue["id"]}}
    assert api.refused("POST", "ports", body) == (
        409,
        "IpAddressGenerationFailure",
        f"No more IP addresses available on network {blue['id']}.",
    )
    asked = {"port": {"network_id": blue["id"], "fixed_ips": [{"subnet_id": four["id"]}]}}
    assert api.refused("POST", "ports", asked)[1] == "IpAddressGenerationFailure"
    api.delete(f"ports/{ports[2]['id']}")
    assert ips(api.port(blue)) == ["10.0.0.4"]
    more = api.subnet(blue, "10.1.0.0/29")
    assert api.port(blue)["fixed_ips"] == [{"subnet_id": more["id"], "ip_address": "10.1.0.2"}]


@pytest.mark.parametrize(
    ("cidr", "given", "addresses"),
    [
        ("10.0.0.0/30", {}, ["10.0.0.2"]),
        ("10.0.0.0/30", {"gateway_ip": None}, ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.0/31", {"enable_dhcp": False, "gateway_ip": None}, []),
        (
            "10.0.0.0/31",
            {
                "enable_dhcp": False,
                "gateway_ip": None,
                "allocation_pools": [{"start": "10.0.0.0", "end": "10.0.0.1"}],
            },
            ["10.0.0.0", "10.0.0.1"],
        ),
        ("10.0.0.9/32", {"enable_dhcp": False, "gateway_ip": None}, ["10.0.0.9"]),
        (
            "10.0.0.0/24",
            {"allocation_pools": [{"start": f"10.0.0.{i}", "end": f"10.0.0.{i}"} for i in (20, 10)]},
            ["10.0.0.20", "10.0.0.10"],
        ),
        ("2001:db8::/126", {}, ["2001:db8::2", "2001:db8::3"]),
        ("2001:db8::7/128", {"enable_dhcp": False, "gateway_ip": None}, ["2001:db8::7"]),
    ],
)
def test_small_subnets(api, blue, cidr, given, addresses):
    api.subnet(blue, cidr, **given)
    assert [ips(api.port(blue)) for _ in addresses] == [[address] for address in addresses]
    body = {"port": {"network_id": blue["id"]}}
    assert api.refused("POST", "ports", body)[:2] == (409, "IpAddressGenerationFailure")


def test_changing_addresses(api, blue, four, six):
    port = api.port(blue)
    path = f"ports/{port['id']}"
    assert ips(api.put(path, fixed_ips=[{"subnet_id": four["id"]}])) == ["10.0.0.2"]
    assert ips(api.put(path, fixed_ips=[{"subnet_id": four["id"]}, {"ip_address": "10.0.0.6"}])) == [
        "10.0.0.6",
        "10.0.0.2",
    ]
    assert ips(api.put(path, fixed_ips=[])) == []
    assert ips(api.port(blue, fixed_ips=[{"ip_address": "10.0.0.2"}])) == ["10.0.0.2"]
    change = {"port": {"fixed_ips": [{"ip_address": "10.0.0.2"}]}}
    assert api.refused("PUT", path, change)[:2] == (409, "IpAddressAlreadyAllocated")
    assert api.refused("PUT", path, {"port": {"fixed_ips": None}})[:2] == (400, "HTTPBadRequest")


def test_two_addresses_of_a_subnet(api, blue, four):
    twice = [{"subnet_id": four["id"]}] * 2
    port = api.port(blue, fixed_ips=twice)
    assert ips(port) == ["10.0.0.2", "10.0.0.3"]
    path = f"ports/{port['id']}"
    assert ips(api.put(path, fixed_ips=[*port["fixed_ips"], *twice])) == [f"10.0.0.{i}" for i in range(2, 6)]
    assert ips(api.put(path, fixed_ips=twice[:1])) == ["10.0.0.2"]


def test_other_keys_of_a_fixed_ip_are_passed_over(api, blue, four):
    port = api.port(blue, fixed_ips=[{"subnet_id": four["id"], "subnet": None}])
    assert ips(port) == ["10.0.0.2"]
    (own,) = port["fixed_ips"]
    wanted = [own | {"subnet": None}, {"subnet_id": four["id"], "ip_address": "10.0.0.5", "subnet": None}]
    assert ips(api.put(f"ports/{port['id']}", fixed_ips=wanted)) == ["10.0.0.2", "10.0.0.5"]
    assert api.refused("POST", "ports", {"port": {"network_id": blue["id"], "fixed_ips": [{"subnet": None}]}})[0] == 400


def test_addresses_of_the_mac_follow_the_mac(api, blue, four, slaac):
    port = api.port(blue, mac_address=MAC)
    changed = api.put(f"ports/{port['id']}", mac_address="fa:16:3e:00:00:02")
    assert ips(changed) == ["10.0.0.2", "2001:db8:1:0:f816:3eff:fe00:2"]
    assert ips(api.put(f"ports/{port['id']}", fixed_ips=[{"subnet_id": slaac["id"]}])) == [
        "2001:db8:1:0:f816:3eff:fe00:2"
    ]


def test_subnets_serve_ports_of_their_service_types(api):
    blue = api.network()
    everyone = api.subnet(blue, "10.0.0.0/24")
    routers = api.subnet(blue, "10.1.0.0/24", service_types=["network:distributed", "compute:nova"])
    api.subnet(blue, "2001:db8::/64", ipv6_address_mode="slaac", service_types=["compute:nova"])

    def subnets_of(**given):
        return [ip["ip_address"].rpartition(".")[0] or "slaac" for ip in api.port(blue, **given)["fixed_ips"]]

    assert subnets_of() == ["10.0.0"]
    assert subnets_of(device_owner="compute:nova") == ["10.1.0", "slaac"]
    assert subnets_of(device_owner="network:distributed") == ["10.1.0"]
    assert subnets_of(device_owner="network:dhcp") in (["10.0.0"], ["10.1.0"])
    elsewhere = {"port": {"network_id": blue["id"], "fixed_ips": [{"subnet_id": routers["id"]}]}}
    assert api.refused("POST", "ports", elsewhere)[:2] == (400, "InvalidInput")
    mine = api.port(blue, device_owner="compute:nova")
    api.put(f"subnets/{routers['id']}", service_types=["network:routed"])
    kept = api.put(f"ports/{mine['id']}", fixed_ips=[{"subnet_id": routers["id"]}])
    assert kept["fixed_ips"][0]["subnet_id"] == routers["id"]
    api.delete(f"subnets/{api.subnet(blue, '10.2.0.0/24', service_types=['compute:nova'])['id']}")
    assert api.get(f"subnets/{everyone['id']}")["service_types"] == []


def test_a_network_whose_subnets_serve_others_only(api):
    blue = api.network()
    api.subnet(blue, "10.0.0.0/24", service_types=["network:routed"])
    body = {"port": {"network_id": blue["id"], "device_owner": "compute:nova"}}
    assert api.refused("POST", "ports", body) == (
        409,
        "IpAddressGenerationFailureNoMatchingSubnet",
        f"No valid service subnet for the given device owner, network {blue['id']}, service type compute:nova.",
    )
    assert api.port(blue, fixed_ips=[])["fixed_ips"] == []


def test_service_types_are_device_owners(api):
    blue = api.network()
    subnet = {"network_id": blue["id"], "ip_version": 4, "cidr": "10.0.0.0/24"}
    for types, kind in (
        (["storage"], "InvalidSubnetServiceType"),
        ([3], "InvalidInputSubnetServiceType"),
        ("compute:nova", "HTTPBadRequest"),
        (["compute:nova", "compute:nova"], "HTTPBadRequest"),
    ):
        assert api.refused("POST", "subnets", {"subnet": subnet | {"service_types": types}})[:2] == (400, kind)
