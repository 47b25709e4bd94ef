"""Stories of private networks, and of how their ports stand."""

import pytest

WEB = {"pvlan_type": "community", "pvlan_community": "web"}


def standing(port):
    return port["pvlan_type"], port["pvlan_community"]


def test_ports_stand_as_they_ask_and_else_promiscuous(api):
    private, blue = api.network(pvlan=True), api.network()
    assert (private["pvlan"], blue["pvlan"]) == (True, False)
    assert [one["id"] for one in api.get("networks", pvlan="true")] == [private["id"]]
    assert standing(api.port(blue)) == (None, None)
    open_, alone = api.port(private), api.port(private, pvlan_type="isolated")
    web = api.port(private, **WEB)
    longest = "_" + "." * 231
    assert standing(open_) == ("promiscuous", None)
    assert standing(alone) == ("isolated", None)
    assert standing(web) == ("community", "web")
    assert standing(api.port(private, pvlan_type="community", pvlan_community=longest)) == ("community", longest)
    assert [one["id"] for one in api.get("ports", pvlan_type="isolated")] == [alone["id"]]
    assert [one["id"] for one in api.get("ports", pvlan_community="web")] == [web["id"]]


def test_a_port_comes_to_stand_otherwise(api):
    private = api.network(pvlan=True)
    port = f"ports/{api.port(private, pvlan_type='isolated')['id']}"
    assert standing(api.put(port, **WEB)) == ("community", "web")
    assert standing(api.put(port, pvlan_community="db")) == ("community", "db")
    assert standing(api.put(port, pvlan_type="community", name="x")) == ("community", "db")
    assert standing(api.put(port, name="y")) == ("community", "db")
    assert standing(api.put(port, pvlan_type="isolated")) == ("isolated", None)
    assert standing(api.put(port, pvlan_type=None)) == ("promiscuous", None)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"pvlan_type": "community"}, "PVLANCommunityNameRequired"),
        ({"pvlan_type": "community", "pvlan_community": None}, "PVLANCommunityNameRequired"),
        ({"pvlan_type": "isolated", "pvlan_community": "web"}, "PVLANCannotSetCommunityName"),
        ({"pvlan_community": "web"}, "PVLANCannotSetCommunityName"),
        ({"pvlan_type": "other"}, "HTTPBadRequest"),
        *(
            ({"pvlan_type": "community", "pvlan_community": name}, "HTTPBadRequest")
            for name in ("", "1a", "a b", "a\n")
        ),
        ({"pvlan_type": "community", "pvlan_community": "a" * 233}, "HTTPBadRequest"),
        (
            {"pvlan_type": "isolated", "port_security_enabled": False, "security_groups": []},
            "PVLANPortSecurityDisabled",
        ),
        ({"port_security_enabled": False, "security_groups": []}, "PVLANPortSecurityDisabled"),
        ({"pvlan_type": "isolated", "device_owner": "network:dhcp"}, "PVLANUnsupportedType"),
    ],
)
def test_no_port_stands_so(api, given, kind):
    private = api.network(pvlan=True)
    before = api.rows()
    assert api.refused("POST", "ports", {"port": {"network_id": private["id"]} | given})[:2] == (400, kind)
    assert api.rows() == before
    port = api.port(private)
    before = api.rows()
    assert api.refused("PUT", f"ports/{port['id']}", {"port": given})[:2] == (400, kind)
    assert api.rows() == before


def test_a_port_in_a_community_does_not_lose_only_its_name(api):
    port = api.port(api.network(pvlan=True), **WEB)
    refused = api.refused("PUT", f"ports/{port['id']}", {"port": {"pvlan_community": None}})
    assert refused[:2] == (400, "PVLANCommunityNameRequired")


def test_ports_of_ordinary_networks_have_no_standing(api):
    blue = api.network()
    port = api.port(blue)
    for given in ({"pvlan_type": "isolated"}, {"pvlan_community": "web"}, WEB):
        said = (400, "PVLANNotEnabledOnNetwork", f"PVLAN is not enabled on network {blue['id']}.")
        assert api.refused("POST", "ports", {"port": {"network_id": blue["id"]} | given}) == said
        assert api.refused("PUT", f"ports/{port['id']}", {"port": given}) == said
    assert standing(api.put(f"ports/{port['id']}", pvlan_type=None, pvlan_community=None)) == (None, None)


def test_a_network_becomes_private_and_no_longer_is(api):
    blue, other = api.network(), api.network()
    mine = [api.port(blue), api.port(blue, device_owner="network:dhcp")]
    theirs = api.port(other)
    lines = len(api.journal())
    assert api.put(f"networks/{blue['id']}", pvlan=True)["pvlan"] is True
    mine = [api.get(f"ports/{one['id']}") | {"was": one["revision_number"]} for one in mine]
    assert [standing(one) for one in mine] == [("promiscuous", None)] * 2
    assert [one["revision_number"] - one["was"] for one in mine] == [1, 1]
    touched = [row_id for collection, row_id, _ in api.journal()[lines:] if collection in ("networks", "ports")]
    assert sorted(touched) == sorted([blue["id"], *(one["id"] for one in mine)])
    assert standing(api.get(f"ports/{theirs['id']}")) == (None, None)

    api.put(f"ports/{mine[0]['id']}", **WEB)
    assert api.put(f"networks/{blue['id']}", pvlan=True, name="same")["name"] == "same"
    assert standing(api.get(f"ports/{mine[0]['id']}")) == ("community", "web")
    api.put(f"networks/{blue['id']}", pvlan=False)
    assert {standing(one) for one in api.get("ports")} == {(None, None)}
    api.delete(f"ports/{mine[0]['id']}")


def test_a_private_network_has_only_filtered_ports(api):
    said = (400, "PVLANNetworkPortSecurityDisabled")
    assert api.refused("POST", "networks", {"network": {"pvlan": True, "port_security_enabled": False}})[:2] == said
    private = api.network(pvlan=True)
    path = f"networks/{private['id']}"
    assert api.refused("PUT", path, {"network": {"port_security_enabled": False}})[:2] == said
    assert api.put(path, pvlan=False, port_security_enabled=False)["port_security_enabled"] is False
    assert api.refused("PUT", path, {"network": {"pvlan": True}})[:2] == said

    api.put(path, port_security_enabled=True)
    port = api.port(private, port_security_enabled=False, security_groups=[])
    before = api.rows()
    refused = api.refused("PUT", path, {"network": {"pvlan": True}})
    assert refused[1:] == (
        "PVLANPortSecurityDisabled",
        f"Port security is disabled for port {port['id']}, cannot set PVLAN.",
    )
    assert api.rows() == before


def test_what_becomes_a_routers_is_promiscuous(api):
    private = api.network(pvlan=True)
    api.subnet(private, "10.0.0.0/24")
    port = api.port(private, **WEB)
    router = api.post("routers")
    api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"port_id": port["id"]})
    assert standing(api.get(f"ports/{port['id']}")) == ("promiscuous", None)
    said = api.refused("PUT", f"ports/{port['id']}", {"port": {"pvlan_type": "isolated"}})
    assert said[1:] == ("PVLANUnsupportedType", f"Unsupported PVLAN type isolated for port {port['id']}.")
    blue = api.network()
    plain = api.port(blue, fixed_ips=[{"subnet_id": api.subnet(blue, "10.1.0.0/24")["id"]}])
    api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"port_id": plain["id"]})
    assert standing(api.get(f"ports/{plain['id']}")) == (None, None)
