"""Stories of ports."""

import pytest

MADE = ("id", "created_at", "updated_at", "network_id", "mac_address", "security_groups")
NEW = {
    "name": "",
    "admin_state_up": True,
    "fixed_ips": [],
    "device_id": "",
    "device_owner": "",
    "status": "DOWN",
    "port_security_enabled": True,
    "allowed_address_pairs": [],
    "binding:host_id": "",
    "binding:vnic_type": "normal",
    "binding:profile": {},
    "binding:vif_type": "unbound",
    "binding:vif_details": {},
    "ip_allocation": "immediate",
    "propagate_uplink_status": True,
    "device_profile": None,
    "numa_affinity_policy": None,
    "extra_dhcp_opts": [],
    "dns_name": "",
    "dns_domain": "",
    "dns_assignment": [],
    "data_plane_status": None,
    "pvlan_type": None,
    "pvlan_community": None,
    "trusted": None,
    "hardware_offload_type": None,
    "qos_policy_id": None,
    "qos_network_policy_id": None,
    "resource_request": None,
    "project_id": "acme",
    "tenant_id": "acme",
    "description": "",
    "revision_number": 1,
    "tags": [],
}
BOUND = {
    "port_filter": True,
    "connectivity": "l2",
    "bridge_name": "br-int",
    "datapath_type": "",
    "ovs_create_tap": True,
    "bound_drivers": {"0": "ovn"},
}


def test_a_port_lives(api):
    blue = api.network()
    made = api.port(blue)
    assert {k: v for k, v in made.items() if k not in MADE} == NEW
    assert made["mac_address"].startswith("fa:16:3e:")
    assert made["security_groups"] == [api.get("security-groups")[0]["id"]]
    given = {
        "name": "p",
        "description": "d",
        "device_id": "vm",
        "device_owner": "compute:nova",
        "admin_state_up": False,
    }
    changed = api.put(f"ports/{made['id']}", **given)
    assert changed == made | given | {"revision_number": 2, "updated_at": changed["updated_at"]}
    assert api.get(f"ports/{made['id']}") == changed
    api.delete(f"ports/{made['id']}")
    assert api.refused("GET", f"ports/{made['id']}")[:2] == (404, "PortNotFound")


def test_a_mac_address_is_taken_once_on_a_network(api):
    blue, green = api.network(), api.network()
    made = api.port(blue, mac_address="FA-16-3E-00-00-0A")
    assert made["mac_address"] == "fa:16:3e:00:00:0a"
    body = {"port": {"network_id": blue["id"], "mac_address": "fa:16:3e:00:00:0a"}}
    assert api.refused("POST", "ports", body) == (
        409,
        "MacAddressInUse",
        f"Unable to complete operation for network {blue['id']}. The mac address fa:16:3e:00:00:0a is in use.",
    )
    other = api.port(blue)
    assert api.port(green, mac_address="fa163e00000b")["mac_address"] == "fa:16:3e:00:00:0b"
    change = {"port": {"mac_address": made["mac_address"]}}
    assert api.refused("PUT", f"ports/{other['id']}", change)[:2] == (409, "MacAddressInUse")
    api.port(green, mac_address=made["mac_address"])


def test_a_mac_address_that_is_chosen_is_free(serve):
    """Of 65,536, a thousand chosen at random would hold two alike in 1,999 cases of 2,000."""
    api = serve("base_mac = fa:16:3e:4f:00:00", "[quotas]", "quota_port = -1")
    for automatic in (False, True):
        blue = api.network()
        if automatic:
            api.subnet(blue, "2001:db8::/64", ipv6_address_mode="slaac")
        made = api.send("POST", "ports", json={"ports": [{"network_id": blue["id"]}] * 1000}).json()["ports"]
        assert len({port["mac_address"] for port in made}) == 1000
        assert {port["mac_address"][:11] for port in made} == {"fa:16:3e:4f"}


@pytest.mark.parametrize("mac", ["", "fa:16:3e:00:00", "01:00:5e:00:00:01", "00:00:00:00:00:00", "fa:16:3e:00:00:01\n"])
def test_mac_addresses_that_no_port_has(api, mac):
    body = {"port": {"network_id": api.network()["id"], "mac_address": mac}}
    assert api.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")


def test_binding(api):
    api.host("node1")
    blue = api.network()
    port = api.port(blue, **{"binding:host_id": "node1", "binding:profile": {"a": [1, {"b": None}]}})
    assert (port["binding:vif_type"], port["binding:vif_details"]) == ("ovs", BOUND)
    assert port["binding:profile"] == {"a": [1, {"b": None}]}
    path = f"ports/{port['id']}"
    assert api.refused("PUT", path, {"port": {"mac_address": "fa:16:3e:99:99:99"}})[:2] == (409, "PortBound")
    assert api.refused("PUT", path, {"port": {"binding:vnic_type": "direct"}})[:2] == (409, "PortInUse")
    moved = api.put(path, **{"binding:host_id": "nowhere"})
    assert (moved["binding:vif_type"], moved["binding:vif_details"]) == ("binding_failed", {})
    back = api.put(path, **{"binding:host_id": None, "binding:profile": None})
    assert (back["binding:host_id"], back["binding:vif_type"], back["binding:profile"]) == ("", "unbound", {})


def test_a_host_gives_what_it_has(api):
    api.host("node1", **{"bridge-mappings": "physnet1:br-ex"})
    physical = {"provider:network_type": "flat", "provider:physical_network": "physnet1"}
    far = {"provider:network_type": "flat", "provider:physical_network": "physnet2"}
    here = {"binding:host_id": "node1"}
    assert api.port(api.network(**physical), **here)["binding:vif_type"] == "ovs"
    assert api.port(api.network(**far), **here)["binding:vif_type"] == "binding_failed"
    baremetal = {"binding:vnic_type": "baremetal"}
    assert api.port(api.network(), **here, **baremetal)["binding:vif_type"] == "binding_failed"


def test_port_security(api):
    blue, open_network = api.network(), api.network(port_security_enabled=False)
    group = api.post("security-groups", name="web")["id"]
    port = api.port(blue, port_security_enabled=False)
    assert port["security_groups"] == []
    assert api.port(open_network)["port_security_enabled"] is False
    secured = api.port(open_network, port_security_enabled=True)
    assert len(secured["security_groups"]) == 1
    router = api.port(blue, device_owner="network:dhcp")
    assert (router["port_security_enabled"], router["security_groups"]) == (False, [])

    refused = {"network_id": blue["id"], "port_security_enabled": False}
    for given, status, fault in (
        ({"security_groups": [group]}, 400, "PortSecurityAndIPRequiredForSecurityGroups"),
        ({"allowed_address_pairs": [{"ip_address": "10.0.0.1"}]}, 409, "AddressPairAndPortSecurityRequired"),
    ):
        assert api.refused("POST", "ports", {"port": refused | given})[:2] == (status, fault)
        assert api.refused("PUT", f"ports/{port['id']}", {"port": given})[:2] == (status, fault)
    change = {"port": {"port_security_enabled": False}}
    path = f"ports/{secured['id']}"
    assert api.refused("PUT", path, change)[:2] == (409, "PortSecurityPortHasSecurityGroup")
    assert api.put(path, port_security_enabled=False, security_groups=[])["port_security_enabled"] is False


def test_security_groups_of_a_port(api):
    blue = api.network()
    web, db = (api.post("security-groups", name=name)["id"] for name in ("web", "db"))
    bare = api.post("security-groups", name="bare", stateful=False)["id"]
    port = api.port(blue, security_groups=[db, web])
    assert port["security_groups"] == [db, web]
    assert api.port(blue, security_groups=[])["security_groups"] == []
    missing = "11111111-2222-3333-4444-555555555555"
    change = {"port": {"security_groups": [web, missing]}}
    path = f"ports/{port['id']}"
    assert api.refused("PUT", path, change)[:2] == (404, "SecurityGroupNotFound")
    assert api.refused("PUT", path, {"port": {"security_groups": [web, bare]}})[:2] == (409, "SecurityGroupConflict")
    assert api.refused("PUT", path, {"port": {"security_groups": [web, web]}})[:2] == (400, "HTTPBadRequest")
    assert api.put(path, security_groups=[])["security_groups"] == []


def test_allowed_address_pairs(api):
    blue = api.network()
    port = api.port(
        blue,
        allowed_address_pairs=[
            {"ip_address": "10.0.0.9"},
            {"ip_address": "10.1.0.0/16", "mac_address": "fa:16:3e:00:00:01"},
        ],
    )
    assert port["allowed_address_pairs"] == [
        {"ip_address": "10.0.0.9", "mac_address": port["mac_address"]},
        {"ip_address": "10.1.0.0/16", "mac_address": "fa:16:3e:00:00:01"},
    ]
    for pairs, fault in (
        ([{"ip_address": "ten"}], "HTTPBadRequest"),
        ([{"mac_address": "fa:16:3e:00:00:01"}], "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1", "port": 5}], "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1"}, {"ip_address": "10.0.0.1"}], "HTTPBadRequest"),
        (
            [{"ip_address": "10.0.0.1"}, {"ip_address": "10.0.0.1", "mac_address": port["mac_address"]}],
            "DuplicateAddressPairInRequest",
        ),
        ([{"ip_address": f"10.0.0.{i}"} for i in range(11)], "AllowedAddressPairExhausted"),
    ):
        change = {"port": {"allowed_address_pairs": pairs}}
        assert api.refused("PUT", f"ports/{port['id']}", change)[:2] == (400, fault)
    assert api.put(f"ports/{port['id']}", allowed_address_pairs=None)["allowed_address_pairs"] == []


def test_status_is_observed(api):
    port = api.port(api.network())
    api.run(api.intent.set_port_status({port["id"]: "ACTIVE", "gone": "ACTIVE"}))
    assert api.get("ports", status="ACTIVE") == [port | {"status": "ACTIVE"}]
    assert api.journal()[-1] == ("ports", port["id"], "status")


def test_many_ports_at_once_or_none(api):
    blue = api.network()
    subnet = api.subnet(blue, "10.0.0.0/29")
    here = {"network_id": blue["id"]}
    made = api.send("POST", "ports", json={"ports": [here, here, here]}).json()["ports"]
    addresses = sorted(ip["ip_address"] for port in made for ip in port["fixed_ips"])
    assert addresses == ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
    # Two addresses are left: of three ports, none is made.
    assert api.refused("POST", "ports", {"ports": [here, here, here]})[:2] == (409, "IpAddressGenerationFailure")
    unlike = {"ports": [here, here | {"fixed_ips": [{"subnet_id": subnet["id"], "ip_address": "10.0.0.2"}]}]}
    assert api.refused("POST", "ports", unlike)[:2] == (409, "IpAddressAlreadyAllocated")
    assert api.refused("POST", "ports", {"ports": [here, {"network_id": blue["id"], "color": "red"}]})[0] == 400


def test_many_clients_at_once_get_different_addresses(api):
    blue = api.network()
    api.subnet(blue, "10.0.0.0/27")
    answers = api.together([("POST", "ports", {"port": {"network_id": blue["id"]}})] * 40)
    made = [answer.json()["port"] for answer in answers if answer.status_code == 201]
    refused = [answer.json()["NeutronError"]["type"] for answer in answers if answer.status_code != 201]
    assert len({ip["ip_address"] for port in made for ip in port["fixed_ips"]}) == len(made) == 29
    assert refused == ["IpAddressGenerationFailure"] * 11


def test_null_asks_for_a_new_mac_address(api):
    blue = api.network()
    api.subnet(blue, "2001:db8::/64", ipv6_address_mode="slaac")
    port = api.port(blue, mac_address=None)
    changed = api.put(f"ports/{port['id']}", mac_address=None)
    assert changed["mac_address"] != port["mac_address"]
    assert changed["mac_address"].startswith("fa:16:3e:")
    assert changed["fixed_ips"] != port["fixed_ips"]  # they follow from it
    assert api.get(f"ports/{port['id']}") == changed
    api.host("node1")
    bound = api.put(f"ports/{port['id']}", **{"binding:host_id": "node1"})
    body = {"port": {"mac_address": None}}
    assert api.refused("PUT", f"ports/{bound['id']}", body)[:2] == (409, "PortBound")


def test_what_a_port_tells_nova(api):
    blue = api.network()
    port = api.port(blue, device_profile="gpu", numa_affinity_policy="socket", propagate_uplink_status=False)
    assert (port["device_profile"], port["numa_affinity_policy"]) == ("gpu", "socket")
    assert port["propagate_uplink_status"] is False
    path = f"ports/{port['id']}"
    changed = api.put(path, numa_affinity_policy=None, propagate_uplink_status=True)
    assert (changed["numa_affinity_policy"], changed["propagate_uplink_status"]) == (None, True)
    for given in (
        {"device_profile": "other"},
        {"numa_affinity_policy": "far"},
        {"propagate_uplink_status": "so"},
        {"ip_allocation": "none"},
    ):
        assert api.refused("PUT", path, {"port": given})[:2] == (400, "HTTPBadRequest")
    assert api.refused("POST", "ports", {"port": {"network_id": blue["id"], "device_profile": "x" * 256}})[0] == 400


def test_a_port_that_wants_no_address_says_so(api):
    blue = api.network()
    api.subnet(blue, "10.0.0.0/24")
    bare = api.port(blue, fixed_ips=[])
    assert (bare["ip_allocation"], api.port(blue)["ip_allocation"]) == ("none", "immediate")
    assert api.get("ports", ip_allocation="none") == [bare]
