"""Stories of what can only be read: how many addresses networks have and use, and availability zones."""

import pytest

from neutrino.model.agent import GATEWAY_AGENT, Agent

PATH = "network-ip-availabilities"


def subnet_of(subnet, total, used):
    return {
        "subnet_id": subnet["id"],
        "subnet_name": subnet["name"],
        "cidr": subnet["cidr"],
        "ip_version": subnet["ip_version"],
        "total_ips": total,
        "used_ips": used,
    }


def counted(api, *path, **filters):
    """Return what is found, without the details."""
    found = api.get("/".join((PATH, *path)), **filters)
    for one in found if isinstance(found, list) else [found]:
        for part in (one, *one["subnet_ip_availability"]):
            del part["ip_availability_details"]
    return found


def network_of(network, total, used, *subnets):
    return {
        "network_id": network["id"],
        "network_name": network["name"],
        "project_id": network["project_id"],
        "tenant_id": network["project_id"],
        "total_ips": total,
        "used_ips": used,
        "subnet_ip_availability": list(subnets),
    }


@pytest.fixture
def blue(api):
    return api.network(name="blue")


def test_addresses_are_counted(api, blue):
    assert counted(api) == [network_of(blue, 0, 0)]
    four = api.subnet(blue, "10.0.0.0/24", name="four")
    six = api.subnet(blue, "2001:db8::/48")
    none = api.subnet(blue, "10.1.0.0/24", allocation_pools=[])
    ports = [api.port(blue) for _ in range(3)]
    api.port(blue, fixed_ips=[{"ip_address": "10.1.0.9"}])
    large = 2**80 - 2
    found = counted(api, blue["id"])
    found["subnet_ip_availability"].sort(key=lambda one: one["cidr"])
    subnets = (subnet_of(four, 253, 3), subnet_of(none, 256, 1), subnet_of(six, large, 3))
    assert found == network_of(blue, 253 + 256 + large, 7, *subnets)
    api.delete(f"ports/{ports[0]['id']}")
    (found,) = api.get(PATH, ip_version=4)
    assert (found["total_ips"], found["used_ips"]) == (253 + 256, 3)


def test_details_tell_pools_from_subnets(api, blue):
    names = ("total_ips_in_subnet", "total_ips_in_allocation_pool", "used_ips_in_subnet", "used_ips_in_allocation_pool")

    def details(one):
        assert tuple(one["ip_availability_details"]) == names
        return tuple(one["ip_availability_details"].values())

    assert details(api.get(f"{PATH}/{blue['id']}")) == (0, 0, 0, 0)
    pools = [{"start": "10.0.0.10", "end": "10.0.0.19"}, {"start": "10.0.0.30", "end": "10.0.0.30"}]
    api.subnet(blue, "10.0.0.0/24", allocation_pools=pools)
    api.subnet(blue, "10.1.0.0/30", allocation_pools=[])
    for address in ("10.0.0.10", "10.0.0.19", "10.0.0.30", "10.0.0.31", "10.1.0.2"):
        api.port(blue, fixed_ips=[{"ip_address": address}])
    found = api.get(f"{PATH}/{blue['id']}")
    subnets = {one["cidr"]: details(one) for one in found["subnet_ip_availability"]}
    assert subnets == {"10.0.0.0/24": (254, 11, 4, 3), "10.1.0.0/30": (2, 0, 1, 0)}
    assert details(found) == (256, 11, 5, 3)


def test_networks_are_selected(api, blue):
    red = api.network(name="red", project_id="other")

    def names(*pairs, **filters):
        return sorted(item["network_name"] for item in api.get(PATH, *pairs, **filters))

    assert names() == ["blue", "red"]
    assert names(network_name="red") == names(project_id="other") == names(tenant_id="other") == ["red"]
    assert names(network_id=blue["id"]) == ["blue"]
    assert names(("network_id", blue["id"]), ("network_id", red["id"])) == ["blue", "red"]
    assert names(ip_version=6) == names(ip_version="x") == []
    assert api.get(PATH, fields="used_ips", network_name="red") == [{"used_ips": 0}]
    assert api.get(f"{PATH}/{red['id']}", fields="network_name") == {"network_name": "red"}
    assert api.refused("GET", f"{PATH}?color=red")[:2] == (400, "HTTPBadRequest")
    assert api.refused("GET", f"{PATH}/x") == (404, "NetworkNotFound", "Network x could not be found.")
    assert api.refused("POST", PATH, {})[0] == api.refused("DELETE", f"{PATH}/{red['id']}")[0] == 405


def gateway(api, name, zones, *, alive):
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
    made = {"id": name, "agent_type": GATEWAY_AGENT, "binary": "ovn-controller", "host": name, "alive": alive}
    api.run(api.intent.put_agents([Agent(**made, availability_zone=zones, **times)]))


def test_zones_are_those_of_gateways(api):
    api.host("node1")
    assert api.get("availability_zones") == []
    gateway(api, "g1", "az1, az2", alive=True)
    gateway(api, "g2", "az2, az3", alive=False)
    gateway(api, "g3", "", alive=True)
    zones = [
        {"name": name, "resource": "router", "state": state}
        for name, state in (("az1", "available"), ("az2", "available"), ("az3", "unavailable"))
    ]
    assert api.get("availability_zones") == zones
    assert api.get("availability_zones", name="az3") == zones[2:]
    assert api.get("availability_zones", state="available", resource="router") == zones[:2]
    assert api.get("availability_zones", resource="network") == []
    assert api.get("availability_zones", fields="name")[0] == {"name": "az1"}
    assert api.refused("GET", "availability_zones?color=red")[:2] == (400, "HTTPBadRequest")


def test_a_network_is_wanted_in_zones(api):
    gateway(api, "g1", "az1, az2", alive=True)
    made = api.network(availability_zone_hints=["az2", "az1"])
    assert made["availability_zone_hints"] == made["availability_zones"] == ["az2", "az1"]
    assert api.get("networks") == [made]
    body = {"network": {"availability_zone_hints": ["az1", "az9", "az8"]}}
    assert api.refused("POST", "networks", body) == (
        404,
        "AvailabilityZoneNotFound",
        "AvailabilityZone az8, az9 could not be found.",
    )
    for hints in ("az1", ["az1", "az1"], [1], [f"az{n}" for n in range(11)]):
        body = {"network": {"availability_zone_hints": hints}}
        assert api.refused("POST", "networks", body)[:2] == (400, "HTTPBadRequest")
    change = {"network": {"availability_zone_hints": []}}
    assert api.refused("PUT", f"networks/{made['id']}", change)[:2] == (400, "HTTPBadRequest")
