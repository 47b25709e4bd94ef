"""``openstack router ...``, ``openstack floating ip ...`` and external networks, against the daemon."""

import pytest


@pytest.fixture
def run(openstack_):
    """The command, and nothing left over when the story ends."""
    yield openstack_
    for row in openstack_.json("floating ip list"):
        openstack_(f"floating ip delete {row['ID']}")
    for row in openstack_.json("router list"):
        openstack_(f"router set --no-route {row['ID']}")
        for port in openstack_.json(f"port list --router {row['ID']} --device-owner network:router_interface"):
            openstack_(f"router remove port {row['ID']} {port['ID']}")
        openstack_(f"router delete {row['ID']}")
    for noun in ("port", "network"):
        for row in openstack_.json(f"{noun} list"):
            openstack_(f"{noun} delete {row['ID']}")


@pytest.fixture
def nets(run):
    """An external network and an internal one, with a subnet each."""
    run("network create outer --external")
    run("subnet create outer-v4 --network outer --subnet-range 203.0.113.0/24 --no-dhcp")
    run("network create blue")
    run("subnet create four --network blue --subnet-range 10.0.0.0/24")
    return {row["Name"]: row["ID"] for row in run.json("network list")}


def test_external_networks(run, nets):
    assert run.json("network show outer")["router:external"] is True
    assert run.column("Name", "network list --external") == ["outer"]
    assert run.column("Name", "network list --internal") == ["blue"]
    run("network set --internal outer")
    assert run.column("Name", "network list --external") == []
    run("network set --external outer")


def test_routers(run, nets):
    made = run.json("router create edge --disable --tag a --description d")
    assert {key: made[key] for key in ("name", "admin_state_up", "status", "description", "external_gateway_info")} == {
        "name": "edge",
        "admin_state_up": False,
        "status": "ACTIVE",
        "description": "d",
        "external_gateway_info": None,
    }
    run("router set --name rim --enable --tag b edge")
    run("router set --external-gateway outer --fixed-ip ip-address=203.0.113.50 --disable-snat rim")
    shown = run.json("router show rim")
    info = shown["external_gateway_info"]
    assert (info["network_id"], info["enable_snat"]) == (nets["outer"], False)
    assert [ip["ip_address"] for ip in info["external_fixed_ips"]] == ["203.0.113.50"]
    run("router set --external-gateway outer --enable-snat rim")
    assert run.json("router show rim")["external_gateway_info"]["enable_snat"] is True

    run("router add subnet rim four")
    (interface,) = run.json("router show rim")["interfaces_info"]
    assert interface["ip_address"] == "10.0.0.1"
    assert "already has a port on subnet" in run.fails("router add subnet rim four")
    assert "still has ports" in run.fails("router delete rim")
    run("network create red")
    run("subnet create red-four --network red --subnet-range 10.1.0.0/24")
    run("port create leg --network red --fixed-ip ip-address=10.1.0.254")
    run("router add port rim leg")
    assert len(run.json("port list --router rim")) == 3
    assert "cannot be deleted directly" in run.fails("port delete leg")

    route = "destination=192.0.2.0/24,gateway=10.0.0.9"
    run(f"router set --route {route} rim")
    assert run.json("router show rim")["routes"] == [{"destination": "192.0.2.0/24", "nexthop": "10.0.0.9"}]
    assert "required by one or more routes" in run.fails("router remove subnet rim four")
    run("router add route rim --route destination=198.51.100.0/24,gateway=10.0.0.9")
    assert len(run.json("router show rim")["routes"]) == 2
    run(f"router remove route rim --route {route}")
    run("router unset --route destination=198.51.100.0/24,gateway=10.0.0.9 rim")
    assert run.json("router show rim")["routes"] == []

    run("router create other")
    for command, found in (
        ("router list", ["other", "rim"]),
        ("router list --name rim", ["rim"]),
        ("router list --long", ["other", "rim"]),
        ("router list --enable", ["other", "rim"]),
        ("router list --disable", []),
        ("router list --tags a,b", ["rim"]),
    ):
        assert run.column("Name", command) == found, command
    run("router unset --external-gateway rim")
    assert run.json("router show rim")["external_gateway_info"] is None
    run("router unset --tag a rim")
    run("router remove subnet rim four")
    run("router remove port rim leg")
    run("router delete rim other")
    assert run.json("router list") == []
    assert run.json("port list") == []


def test_a_router_with_its_gateway(run, nets):
    made = run.json("router create edge --external-gateway outer")
    assert made["external_gateway_info"]["network_id"] == nets["outer"]
    (port,) = run.json("port list --router edge --long")
    assert port["Device Owner"] == "network:router_gateway"
    assert "it has existing gateway ports" in run.fails("network set --internal outer")


def test_a_router_with_several_gateways(run, nets):
    run("router create edge --external-gateway outer --external-gateway outer --enable-default-route-ecmp")
    assert len(run.json("router show edge")["external_gateways"]) == 2
    run("router add gateway edge outer")
    shown = run.json("router show edge")
    assert (len(shown["external_gateways"]), shown["enable_default_route_ecmp"]) == (3, True)
    address = shown["external_gateways"][1]["external_fixed_ips"][0]["ip_address"]
    run(f"router remove gateway edge outer --fixed-ip ip-address={address}")
    assert len(run.json("router show edge")["external_gateways"]) == 2
    run("router set --external-gateway outer edge")
    assert len(run.json("router show edge")["external_gateways"]) == 1
