"""Stories of segments, of networks that have several, and of networks that are routed between them."""

import pytest

MISSING = "00000000-0000-4000-8000-000000000000"
MADE = ("id", "created_at", "updated_at")


def vlan(physical_network, number=None):
    given = {"provider:network_type": "vlan", "provider:physical_network": physical_network}
    return given if number is None else given | {"provider:segmentation_id": number}


@pytest.fixture
def api(serve):
    return serve("[ml2_type_vlan]", "network_vlan_ranges = physnet1:100:110,physnet2:200:210")


def test_each_network_has_a_segment(api):
    blue = api.network()
    (segment,) = api.get("segments", network_id=blue["id"])
    assert {name: value for name, value in segment.items() if name not in MADE} == {
        "name": None,
        "description": "",
        "network_id": blue["id"],
        "network_type": "geneve",
        "physical_network": None,
        "segmentation_id": 1,
        "revision_number": 1,
    }
    assert segment["created_at"] == blue["created_at"]
    path = f"segments/{segment['id']}"
    assert api.get(path) == segment
    changed = api.put(path, name="first", description="d")
    assert changed == segment | {
        "name": "first",
        "description": "d",
        "revision_number": 2,
        "updated_at": changed["updated_at"],
    }
    assert api.refused("PUT", path, {"segment": {"segmentation_id": 5}})[:2] == (400, "HTTPBadRequest")
    assert api.refused("GET", f"segments/{MISSING}")[:2] == (404, "SegmentNotFound")
    api.delete(f"networks/{blue['id']}")
    assert api.get("segments") == []


def test_segments_come_and_go(api):
    blue = api.network(**vlan("physnet1", 105))
    made = api.post("segments", network_id=blue["id"], network_type="vlan", physical_network="physnet2", name="two")
    assert (made["segmentation_id"], made["name"]) == (200, "two")
    path = f"networks/{blue['id']}"
    both = api.get(path)
    assert both["segments"] == [vlan("physnet1", 105), vlan("physnet2", 200)]
    assert not [name for name in both if name.startswith("provider:")]
    assert both["revision_number"] == 2
    assert api.get("networks") == [both]
    assert [s["segmentation_id"] for s in api.get("segments", sort_key="segmentation_id")] == [105, 200]
    api.delete(f"segments/{made['id']}")
    one = api.get(path)
    assert "segments" not in one
    assert one["provider:segmentation_id"] == 105
    for given, fault in (
        ({"network_id": MISSING, "network_type": "geneve"}, (404, "NetworkNotFound")),
        ({"network_id": blue["id"], "network_type": "vlan"}, (400, "InvalidInput")),
        ({"network_id": blue["id"], "network_type": "gre"}, (400, "HTTPBadRequest")),
        ({"network_id": blue["id"]}, (400, "HTTPBadRequest")),
        (
            {
                "network_id": blue["id"],
                "network_type": "vlan",
                "physical_network": "physnet1",
                "segmentation_id": 105,
            },
            (409, "VlanIdInUse"),
        ),
    ):
        assert api.refused("POST", "segments", {"segment": given})[:2] == fault


def test_a_network_made_of_several_segments(api):
    wanted = [vlan("physnet1"), vlan("physnet2", 207), {"provider:network_type": "geneve"}]
    made = api.network(segments=wanted)
    assert made["segments"] == [
        vlan("physnet1", 100),
        vlan("physnet2", 207),
        {"provider:network_type": "geneve", "provider:physical_network": None, "provider:segmentation_id": 1},
    ]
    assert made["mtu"] == 1442
    assert "provider:network_type" not in made
    assert api.get(f"networks/{made['id']}") == made
    single = api.network(segments=[vlan("physnet1")])
    assert (single.get("segments"), single["provider:segmentation_id"]) == (None, 101)
    body = {"network": {"segments": [vlan("physnet1", 100), vlan("physnet2", 209)]}}
    assert api.refused("POST", "networks", body)[:2] == (409, "VlanIdInUse")


def test_only_the_id_of_a_vlan_changes(api):
    blue, red = api.network(**vlan("physnet1")), api.network(**vlan("physnet1"))
    path = f"networks/{blue['id']}"
    assert api.put(path, **vlan("physnet1", 109))["provider:segmentation_id"] == 109
    assert api.get(path)["provider:segmentation_id"] == 109
    assert api.get("segments", network_id=blue["id"])[0]["segmentation_id"] == 109
    for given, fault in (
        ({"provider:segmentation_id": red["provider:segmentation_id"]}, (409, "VlanIdInUse")),
        ({"provider:segmentation_id": 4095}, (400, "InvalidInput")),
        ({"provider:physical_network": "physnet2"}, (400, "InvalidInput")),
        ({"provider:network_type": "geneve"}, (400, "InvalidInput")),
    ):
        assert api.refused("PUT", path, {"network": given})[:2] == fault
    body = {"network": {"provider:segmentation_id": 9}}
    assert api.refused("PUT", f"networks/{api.network()['id']}", body)[:2] == (400, "InvalidInput")
    several = api.network(segments=[vlan("physnet1"), vlan("physnet2")])
    assert api.refused("PUT", f"networks/{several['id']}", body)[:2] == (400, "InvalidInput")


class Routed:
    """A network of two segments with a subnet each, and a host on each."""

    def __init__(self, api):
        self.api = api
        self.network = api.network(segments=[vlan("physnet1"), vlan("physnet2")])
        self.segments = api.get("segments", network_id=self.network["id"], sort_key="physical_network")
        self.subnets = [
            api.subnet(
                self.network,
                f"10.{number}.0.0/24",
                segment_id=segment["id"],
                allocation_pools=[{"start": f"10.{number}.0.10", "end": f"10.{number}.0.99"}],
            )
            for number, segment in enumerate(self.segments)
        ]
        for number in (1, 2):
            api.host(f"host{number}", **{"bridge-mappings": f"physnet{number}:br-{number}"})
        api.host("nowhere", **{"bridge-mappings": "physnet9:br-9"})

    def port(self, host="", **given):
        return self.api.port(self.network, **given, **{"binding:host_id": host})


@pytest.fixture
def routed(api):
    return Routed(api)


def test_ports_of_a_routed_network_wait_for_their_host(api, routed):
    assert api.get(f"networks/{routed.network['id']}")["l2_adjacency"] is False
    port = routed.port()
    assert (port["fixed_ips"], port["ip_allocation"]) == ([], "deferred")
    path = f"ports/{port['id']}"
    bound = api.put(path, **{"binding:host_id": "host2"})
    assert [ip["subnet_id"] for ip in bound["fixed_ips"]] == [routed.subnets[1]["id"]]
    assert (bound["ip_allocation"], bound["binding:vif_type"]) == ("deferred", "ovs")
    body = {"port": {"binding:host_id": "host1"}}
    assert api.refused("PUT", path, body)[:2] == (409, "HostNotCompatibleWithFixedIps")
    assert api.put(path, **{"binding:host_id": ""})["fixed_ips"] == bound["fixed_ips"]


def test_a_port_that_waits_is_refused_where_no_segment_is(api, routed):
    path = f"ports/{routed.port()['id']}"
    body = {"port": {"binding:host_id": "nowhere"}}
    assert api.refused("PUT", path, body)[:2] == (409, "HostNotConnectedToAnySegment")
    given = api.put(path, **{"binding:host_id": "host1", "fixed_ips": [{"ip_address": "10.0.0.50"}]})
    assert [ip["ip_address"] for ip in given["fixed_ips"]] == ["10.0.0.50"]


def test_a_port_that_waits_outlives_the_segments_subnets(api, routed):
    ports = [f"ports/{routed.port()['id']}" for _ in "ab"]
    for subnet in routed.subnets:
        api.delete(f"subnets/{subnet['id']}")
    assert api.put(ports[0], **{"binding:host_id": "host1"})["fixed_ips"] == []
    plain = api.subnet(routed.network, "10.7.0.0/24")
    assert [ip["subnet_id"] for ip in api.put(ports[1], **{"binding:host_id": "host1"})["fixed_ips"]] == [plain["id"]]


def test_a_host_says_which_subnet(api, routed):
    for number in (1, 2):
        port = routed.port(f"host{number}")
        assert [ip["subnet_id"] for ip in port["fixed_ips"]] == [routed.subnets[number - 1]["id"]]
        assert port["ip_allocation"] == "immediate"
    wanted = [{"subnet_id": routed.subnets[0]["id"]}]
    assert len(routed.port(fixed_ips=wanted)["fixed_ips"]) == 1
    assert routed.port(fixed_ips=[])["ip_allocation"] == "none"
    given = {"network_id": routed.network["id"]}
    body = {"port": given | {"binding:host_id": "nowhere"}}
    assert api.refused("POST", "ports", body)[:2] == (409, "HostNotConnectedToAnySegment")
    body = {"port": given | {"fixed_ips": [{"subnet_id": subnet["id"]} for subnet in routed.subnets]}}
    assert api.refused("POST", "ports", body)[:2] == (400, "FixedIpsSubnetsNotOnSameSegment")


def test_subnets_of_a_routed_network_route_to_each_other(api, routed):
    def routes():
        return [api.get(f"subnets/{subnet['id']}")["host_routes"] for subnet in routed.subnets]

    to_second = {"destination": "10.1.0.0/24", "nexthop": "10.0.0.1"}
    to_first = {"destination": "10.0.0.0/24", "nexthop": "10.1.0.1"}
    assert routes() == [[to_second], [to_first]]
    first = f"subnets/{routed.subnets[0]['id']}"
    changed = api.put(first, gateway_ip="10.0.0.254")
    assert changed["host_routes"] == [to_second | {"nexthop": "10.0.0.254"}]
    api.delete(f"subnets/{routed.subnets[1]['id']}")
    assert api.get(first)["host_routes"] == []


def test_which_subnet_is_on_which_segment(api, routed):
    subnet = {"network_id": routed.network["id"], "ip_version": 4, "cidr": "10.9.0.0/24"}
    other = api.network()
    (alien,) = api.get("segments", network_id=other["id"])
    for given, fault in (
        ({}, (400, "SubnetsNotAllAssociatedWithSegments")),
        ({"segment_id": alien["id"]}, (400, "NetworkIdsDontMatch")),
        ({"segment_id": MISSING}, (404, "SegmentNotFound")),
    ):
        assert api.refused("POST", "subnets", {"subnet": subnet | given})[:2] == fault
    plain = api.subnet(other, "10.8.0.0/24")
    assert plain["segment_id"] is None
    path = f"subnets/{plain['id']}"
    moved = api.put(path, segment_id=alien["id"])
    assert moved["segment_id"] == alien["id"]
    assert api.get(f"networks/{other['id']}")["l2_adjacency"] is False
    body = {"subnet": {"segment_id": None}}
    assert api.refused("PUT", path, body)[:2] == (400, "SubnetSegmentAssociationChangeNotAllowed")
    late = api.network(segments=[vlan("physnet1"), vlan("physnet2")])
    body = {"subnet": {"segment_id": api.get("segments", network_id=late["id"])[0]["id"]}}
    alone = api.subnet(late, "10.7.0.0/24")
    fault = (400, "NoUpdateSubnetWhenMultipleSegmentsOnNetwork")
    assert api.refused("PUT", f"subnets/{alone['id']}", body)[:2] == fault
    assert [s["id"] for s in api.get("subnets", segment_id=alien["id"])] == [plain["id"]]


def test_segments_in_use_stay(api, routed):
    path = f"segments/{routed.segments[0]['id']}"
    status, kind, message = api.refused("DELETE", path)
    assert (status, kind) == (409, "SegmentInUse")
    assert routed.subnets[0]["id"] in message
    blue = api.network(segments=[vlan("physnet1"), vlan("physnet2")])
    first, second = api.get("segments", network_id=blue["id"], sort_key="physical_network")
    api.port(blue, **{"binding:host_id": "host1"})
    assert api.refused("DELETE", f"segments/{first['id']}")[:2] == (409, "SegmentInUse")
    api.delete(f"segments/{second['id']}")


# Ranges.


def ranges(api, **filters):
    return api.get("network_segment_ranges", **filters)


def test_the_default_ranges_are_the_configured_ones(api):
    made = [
        (one["network_type"], one["physical_network"], one["minimum"], one["maximum"], one["default"], one["shared"])
        for one in ranges(api, sort_key="minimum")
    ]
    assert sorted(made, key=str) == [
        ("geneve", None, 1, 65536, True, True),
        ("vlan", "physnet1", 100, 110, True, True),
        ("vlan", "physnet2", 200, 210, True, True),
        ("vxlan", None, 1, 4095, True, True),
    ]
    assert len(ranges(api)) == 4
    (one,) = ranges(api, physical_network="physnet1")
    api.network(**vlan("physnet1"))
    shown = api.get(f"network_segment_ranges/{one['id']}")
    assert shown["used"] == {"100": "acme"}
    assert shown["available"] == list(range(101, 111))
    path = f"network_segment_ranges/{one['id']}"
    fault = (400, "NetworkSegmentRangeDefaultReadOnly")
    assert api.refused("DELETE", path)[:2] == fault
    assert api.refused("PUT", path, {"network_segment_range": {"name": "x"}})[:2] == fault


def test_a_range_of_a_project(api):
    made = api.post(
        "network_segment_ranges",
        name="r",
        shared=False,
        project_id="zoo",
        network_type="vxlan",
        physical_network="",
        minimum=1100,
        maximum="1105",
    )
    assert {name: value for name, value in made.items() if name not in MADE} == {
        "name": "r",
        "description": "",
        "default": False,
        "shared": False,
        "project_id": "zoo",
        "tenant_id": "zoo",
        "network_type": "vxlan",
        "physical_network": None,
        "minimum": 1100,
        "maximum": 1105,
        "used": {},
        "available": list(range(1100, 1106)),
        "revision_number": 1,
        "tags": [],
    }
    assert ranges(api, id=made["id"]) == [made]
    assert ranges(api, id=33) == []
    path = f"network_segment_ranges/{made['id']}"
    assert api.send("PUT", f"{path}/tags/blue").status_code == 201
    assert [one["tags"] for one in ranges(api, tags="blue")] == [["blue"]]
    given = {"provider:network_type": "vxlan", "project_id": "zoo"}
    networks = [api.network(**given) for _ in range(6)]
    assert [one["provider:segmentation_id"] for one in networks] == list(range(1100, 1106))
    assert api.get(path)["used"] == {str(number): "zoo" for number in range(1100, 1106)}
    assert api.get(path)["available"] == []
    assert api.network(**given)["provider:segmentation_id"] == 1106  # its own are used up
    assert api.refused("DELETE", path)[:2] == (409, "NetworkSegmentRangeReferencedByProject")
    for changes in ({"minimum": 1101}, {"minimum": 1101, "maximum": 1155}, {"maximum": 1104}):
        fault = api.refused("PUT", path, {"network_segment_range": changes})[:2]
        assert fault == (409, "NetworkSegmentRangeReferencedByProject")
    wider = api.put(path, name="new", minimum=1050, maximum=1155)
    assert (wider["name"], wider["minimum"], wider["maximum"], len(wider["available"])) == ("new", 1050, 1155, 99)
    for one in networks:
        api.delete(f"networks/{one['id']}")
    api.delete(f"networks/{api.get('networks')[0]['id']}")
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "NetworkSegmentRangeNotFound")


def test_others_leave_a_projects_range_alone(serve):
    api = serve("[ml2_type_geneve]", "vni_ranges = 1:4")
    api.post("network_segment_ranges", shared=False, project_id="zoo", network_type="geneve", minimum=2, maximum=3)
    assert [api.network()["provider:segmentation_id"] for _ in range(2)] == [1, 4]
    assert api.refused("POST", "networks", {"network": {}})[:2] == (503, "NoNetworkAvailable")
    assert [api.network(project_id="zoo")["provider:segmentation_id"] for _ in range(2)] == [2, 3]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"minimum": 15, "maximum": 25}, (409, "NetworkSegmentRangeOverlaps")),
        ({"minimum": 9, "maximum": 5}, (400, "InvalidInput")),
        ({"minimum": 0}, (400, "HTTPBadRequest")),
        ({"maximum": 16777216}, (400, "HTTPBadRequest")),
        ({"network_type": "vlan"}, (400, "InvalidInput")),
        ({"network_type": "vlan", "physical_network": "p", "maximum": 4095}, (400, "InvalidInput")),
        ({"network_type": "flat"}, (400, "HTTPBadRequest")),
        ({"used": {}}, (400, "HTTPBadRequest")),
    ],
)
def test_ranges_that_cannot_be(api, given, fault):
    api.post("network_segment_ranges", network_type="vxlan", minimum=10, maximum=20)
    body = {"network_segment_range": {"network_type": "vxlan", "minimum": 1, "maximum": 9} | given}
    assert api.refused("POST", "network_segment_ranges", body)[:2] == fault
