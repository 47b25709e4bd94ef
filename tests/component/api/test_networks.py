"""Stories of networks."""

import pytest

MADE = ("id", "created_at", "updated_at")
NEW = {
    "name": "",
    "admin_state_up": True,
    "status": "ACTIVE",
    "shared": False,
    "router:external": False,
    "is_default": False,
    "subnets": [],
    "availability_zone_hints": [],
    "availability_zones": [],
    "ipv4_address_scope": None,
    "ipv6_address_scope": None,
    "mtu": 1442,
    "port_security_enabled": True,
    "dns_domain": "",
    "provider:network_type": "geneve",
    "provider:physical_network": None,
    "provider:segmentation_id": 1,
    "vlan_transparent": False,
    "qinq": False,
    "pvlan": False,
    "l2_adjacency": True,
    "qos_policy_id": None,
    "project_id": "acme",
    "tenant_id": "acme",
    "description": "",
    "revision_number": 1,
    "tags": [],
}


def test_a_network_lives(api):
    made = api.post("networks", name="blue", description="first", mtu=1400)
    assert {k: v for k, v in made.items() if k not in MADE} == NEW | {
        "name": "blue",
        "description": "first",
        "mtu": 1400,
    }
    assert api.get(f"networks/{made['id']}") == made
    assert api.get("networks") == [made]

    changed = api.put(f"networks/{made['id']}", name="green", admin_state_up=False, shared=True)
    assert changed == made | {
        "name": "green",
        "admin_state_up": False,
        "shared": True,
        "revision_number": 2,
        "updated_at": changed["updated_at"],
    }
    assert api.get("networks") == [changed]

    api.delete(f"networks/{made['id']}")
    assert api.get("networks") == []
    assert api.refused("GET", f"networks/{made['id']}") == (
        404,
        "NetworkNotFound",
        f"Network {made['id']} could not be found.",
    )
    assert api.refused("DELETE", f"networks/{made['id']}")[:2] == (404, "NetworkNotFound")
    assert api.refused("PUT", f"networks/{made['id']}", {"network": {}})[:2] == (404, "NetworkNotFound")


def test_each_change_is_journalled_and_nothing_else_is(api):
    api.get("security-groups")
    before = len(api.journal())
    blue = api.network()
    (segment,) = api.get("segments")
    api.put(f"networks/{blue['id']}", name="x")
    api.get("networks")
    api.send("PUT", f"networks/{blue['id']}/tags", json={"tags": ["t"]})
    api.send("GET", f"networks/{blue['id']}/tags")
    api.delete(f"networks/{blue['id']}")
    network, its_segment = ("networks", blue["id"], "intent"), ("segments", segment["id"], "intent")
    lines = api.journal()[before:]
    assert [line for line in lines if line[0] != "network_segment_ranges"] == [
        network,
        its_segment,
        network,
        network,
        its_segment,
        network,
    ]


def test_segmentation_ids_are_chosen_one_after_the_other_and_used_again(serve):
    api = serve("[ml2_type_geneve]", "vni_ranges = 10:12")
    made = [api.network() for _ in range(3)]
    assert [network["provider:segmentation_id"] for network in made] == [10, 11, 12]
    assert api.refused("POST", "networks", {"network": {}}) == (
        503,
        "NoNetworkAvailable",
        "Unable to create the network. No geneve segmentation id is available.",
    )
    api.delete(f"networks/{made[1]['id']}")
    assert api.network()["provider:segmentation_id"] == 11


@pytest.mark.parametrize(
    ("given", "mtu", "segmentation_id"),
    [
        ({"provider:network_type": "geneve", "provider:segmentation_id": 777}, 1442, 777),
        ({"provider:network_type": "vlan", "provider:physical_network": "physnet1"}, 1500, 1),
        (
            {
                "provider:network_type": "vlan",
                "provider:physical_network": "physnet1",
                "provider:segmentation_id": "4094",
            },
            1500,
            4094,
        ),
        ({"provider:network_type": "flat", "provider:physical_network": "physnet9"}, 1500, None),
        ({"provider:network_type": "local"}, 1500, None),
        ({"provider:network_type": "vxlan"}, 1442, 1),
        ({"provider:network_type": "vxlan", "provider:segmentation_id": 70000}, 1442, 70000),
    ],
)
def test_provider_networks(api, given, mtu, segmentation_id):
    made = api.network(**given)
    assert (made["mtu"], made["provider:segmentation_id"]) == (mtu, segmentation_id)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"provider:network_type": "gre"}, "HTTPBadRequest"),
        ({"vlan_transparent": True, "qinq": True}, "InvalidInput"),
        (
            {
                "vlan_transparent": True,
                "provider:network_type": "flat",
                "provider:physical_network": "physnet1",
            },
            "VlanTransparencyDriverError",
        ),
        ({"qinq": True}, "VlanQinqDriverError"),
        (
            {"segments": [{"provider:network_type": "geneve"}], "provider:network_type": "geneve"},
            "SegmentsSetInConjunctionWithProviders",
        ),
        (
            {"segments": [{"provider:network_type": "geneve", "provider:segmentation_id": 5}] * 2},
            "SegmentsContainDuplicateEntry",
        ),
        ({"segments": [{"provider:segmentation_id": 5}]}, "HTTPBadRequest"),
        ({"segments": [{"provider:network_type": "geneve", "colour": 5}]}, "HTTPBadRequest"),
        ({"segments": 5}, "HTTPBadRequest"),
        ({"provider:network_type": "vlan"}, "InvalidInput"),
        ({"provider:network_type": "vlan", "provider:physical_network": "nowhere"}, "InvalidInput"),
        (
            {
                "provider:network_type": "vlan",
                "provider:physical_network": "physnet1",
                "provider:segmentation_id": 4095,
            },
            "InvalidInput",
        ),
        (
            {"provider:network_type": "flat", "provider:physical_network": "p", "provider:segmentation_id": 1},
            "InvalidInput",
        ),
        ({"provider:network_type": "flat"}, "InvalidInput"),
        ({"provider:network_type": "local", "provider:segmentation_id": 5}, "InvalidInput"),
        ({"provider:network_type": "geneve", "provider:physical_network": "physnet1"}, "InvalidInput"),
        ({"provider:segmentation_id": 16777216}, "HTTPBadRequest"),
        ({"mtu": 1443}, "InvalidInput"),
    ],
)
def test_provider_networks_that_make_no_sense(api, given, fault):
    assert api.refused("POST", "networks", {"network": given})[:2] == (400, fault)


def test_an_mtu_of_0_is_the_largest_possible(api):
    blue = api.network(mtu=0)
    assert blue["mtu"] == 1442
    path = f"networks/{blue['id']}"
    assert api.put(path, mtu="1300")["mtu"] == 1300
    assert api.put(path, mtu=0)["mtu"] == 1442
    assert api.refused("PUT", path, {"network": {"mtu": 9000}})[:2] == (400, "InvalidInput")


def test_what_is_on_the_wire_is_taken_once(api):
    for given, fault in (
        ({"provider:network_type": "geneve", "provider:segmentation_id": 7}, "TunnelIdInUse"),
        (
            {"provider:network_type": "vlan", "provider:physical_network": "physnet1", "provider:segmentation_id": 7},
            "VlanIdInUse",
        ),
        ({"provider:network_type": "flat", "provider:physical_network": "p"}, "FlatNetworkInUse"),
    ):
        api.network(**given)
        assert api.refused("POST", "networks", {"network": given})[:2] == (409, fault)


def test_a_network_goes_with_its_subnets_but_not_with_ports(api):
    blue = api.network()
    subnet = api.subnet(blue, "10.0.0.0/24")
    assert api.get(f"networks/{blue['id']}")["subnets"] == [subnet["id"]]
    port = api.port(blue)
    status, kind, message = api.refused("DELETE", f"networks/{blue['id']}")
    assert (status, kind) == (409, "NetworkInUse")
    assert port["id"] in message
    api.delete(f"ports/{port['id']}")
    api.delete(f"networks/{blue['id']}")
    assert api.get("subnets") == []
    gone = [line for line in api.journal()[-3:] if line[0] != "segments"]
    assert gone == [("subnets", subnet["id"], "intent"), ("networks", blue["id"], "intent")]


def test_many_at_once_or_none(api):
    answer = api.send("POST", "networks", json={"networks": [{"name": "a"}, {"name": "b"}]})
    assert answer.status_code == 201
    assert [network["name"] for network in answer.json()["networks"]] == ["a", "b"]
    bad = {"networks": [{"name": "c"}, {"provider:network_type": "vlan"}]}
    assert api.refused("POST", "networks", bad)[:2] == (400, "InvalidInput")
    assert api.refused("POST", "networks", {"networks": []})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", "networks", {"networks": {"name": "c"}})[:2] == (400, "HTTPBadRequest")
    assert len(api.get("networks")) == 2


def test_an_mtu_that_subnets_do_not_allow(api):
    tiny, small = api.network(mtu=67), api.network(mtu=1279)
    body = {"network_id": tiny["id"], "ip_version": 4, "cidr": "10.0.0.0/24"}
    assert api.refused("POST", "subnets", {"subnet": body})[:2] == (409, "NetworkMTUSubnetConflict")
    body = {"network_id": small["id"], "ip_version": 6, "cidr": "fd00::/64"}
    assert api.refused("POST", "subnets", {"subnet": body})[:2] == (409, "NetworkMTUSubnetConflict")
    api.post("subnets", network_id=small["id"], ip_version=4, cidr="10.0.0.0/24")
    path = f"networks/{small['id']}"
    assert api.refused("PUT", path, {"network": {"mtu": 67}})[:2] == (409, "NetworkMTUSubnetConflict")


def test_an_external_network_takes_its_unused_floating_ips_with_it(api):
    outer = api.network(**{"router:external": True})
    api.post("subnets", network_id=outer["id"], ip_version=4, cidr="192.0.2.0/24", enable_dhcp=False)
    api.post("floatingips", floating_network_id=outer["id"])
    api.delete(f"networks/{outer['id']}")
    assert (api.get("floatingips"), api.get("ports")) == ([], [])
