"""Stories of subnets that become ones of a pool (extension subnet_onboard)."""

import uuid


def onboard(api, pool, network):
    path = f"subnetpools/{pool['id']}/onboard_network_subnets"
    return api.send("PUT", path, json={"network_id": network["id"]})


def test_a_networks_subnets_become_the_pools(api):
    pool = api.post("subnetpools", name="p", prefixes=["10.9.0.0/24"])
    network = api.network()
    one, two = api.subnet(network, "10.0.0.0/24"), api.subnet(network, "10.0.1.0/24")
    six = api.subnet(network, "fd00::/64")
    answer = onboard(api, pool, network)
    assert answer.status_code == 200, answer.text
    assert sorted(answer.json(), key=lambda item: item["cidr"]) == [
        {"id": one["id"], "cidr": "10.0.0.0/24"},
        {"id": two["id"], "cidr": "10.0.1.0/24"},
    ]
    assert api.get(f"subnetpools/{pool['id']}")["prefixes"] == ["10.0.0.0/23", "10.9.0.0/24"]
    assert {item["id"] for item in api.get("subnets", subnetpool_id=pool["id"])} == {one["id"], two["id"]}
    assert api.get(f"subnets/{six['id']}")["subnetpool_id"] is None
    nothing = onboard(api, pool, api.network())
    assert (nothing.status_code, nothing.json()) == (200, [])


def test_what_the_pool_gave_out_is_not_onboarded(api):
    pool = api.post("subnetpools", name="p", prefixes=["10.0.0.0/16"])
    path = f"subnetpools/{pool['id']}/onboard_network_subnets"
    api.post("subnets", network_id=api.network()["id"], ip_version=4, subnetpool_id=pool["id"], cidr="10.0.0.0/24")
    network = api.network()
    subnet = api.subnet(network, "10.0.0.128/25")
    status, kind, says = api.refused("PUT", path, {"network_id": network["id"]})
    assert (status, kind) == (400, "IllegalSubnetPoolUpdate")
    assert f"{subnet['id']}: 10.0.0.128/25" in says
    missing = {"network_id": str(uuid.uuid4())}
    assert api.refused("PUT", path, missing)[:2] == (404, "NetworkNotFound")
    for body in ({}, {"network_id": "x"}, {"network_id": None}):
        assert api.refused("PUT", path, body)[:2] == (400, "HTTPBadRequest")
