"""NDP proxies through the API: their lives, which routers may have them, what is refused."""

import pytest

MISSING = "00000000-0000-4000-8000-000000000000"


class Village:
    """An external network and an inner one in one IPv6 address scope, joined by a router that has NDP proxies."""

    def __init__(self, api):
        self.api = api
        self.pool = self.scoped("2001:db8::/32")
        self.outer = api.network(name="outer", **{"router:external": True})
        api.subnet(self.outer, "2001:db8:0:1::/64", subnetpool_id=self.pool["id"])
        self.blue = api.network(name="blue")
        self.subnet = api.subnet(self.blue, "2001:db8:0:2::/64", subnetpool_id=self.pool["id"])
        self.gateway = {"network_id": self.outer["id"]}
        self.router = api.post("routers", external_gateway_info=self.gateway, enable_ndp_proxy=True)
        self.path = f"routers/{self.router['id']}"
        self.join(self.subnet)
        self.port = api.port(self.blue)
        self.address = self.port["fixed_ips"][0]["ip_address"]

    def scoped(self, prefix):
        scope = self.api.post("address-scopes", name=prefix, ip_version=6)
        return self.api.post(
            "subnetpools", name=prefix, prefixes=[prefix], default_prefixlen=64, address_scope_id=scope["id"]
        )

    def join(self, subnet):
        body = {"subnet_id": subnet["id"]}
        answer = self.api.send("PUT", f"{self.path}/add_router_interface", json=body)
        assert answer.status_code == 200, answer.text

    def proxy(self, **given):
        made = self.api.send("POST", "ndp_proxies", json={"ndp_proxy": self.body(**given)})
        assert made.status_code == 201, made.text
        return made.json()["ndp_proxy"]

    def refused(self, **given):
        return self.api.refused("POST", "ndp_proxies", {"ndp_proxy": self.body(**given)})[:2]

    def body(self, **given):
        return {"router_id": self.router["id"], "port_id": self.port["id"], **given}

    def refused_change(self, **given):
        return self.api.refused("PUT", self.path, {"router": given})[:2]


@pytest.fixture
def village(api):
    return Village(api)


def test_a_proxy_lives(api, village):
    made = village.proxy(name="door", description="d")
    assert made == {
        "id": made["id"],
        "name": "door",
        "description": "d",
        "router_id": village.router["id"],
        "port_id": village.port["id"],
        "ip_address": village.address,
        "project_id": "acme",
        "tenant_id": "acme",
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "revision_number": 1,
    }
    assert api.get(f"ndp_proxies/{made['id']}") == made
    assert api.get("ndp_proxies", ip_address=village.address) == [made]
    path, body = f"ndp_proxies/{made['id']}", {"ndp_proxy": {"name": "gate"}}
    assert api.send("PUT", path, json=body).json()["ndp_proxy"]["name"] == "gate"
    assert api.refused("PUT", path, {"ndp_proxy": {"ip_address": village.address}})[0] == 400
    api.delete(path)
    assert api.refused("GET", path)[:2] == (404, "NDPProxyNotFound")


def test_it_goes_with_its_address(api, village):
    one = village.proxy(ip_address=village.address)
    two = api.port(village.blue)
    other = village.proxy(port_id=two["id"])
    assert sorted(api.get("ndp_proxies"), key=lambda found: found["ip_address"] != village.address) == [one, other]
    moved = [{"subnet_id": village.subnet["id"], "ip_address": "2001:db8:0:2::99"}]
    api.put(f"ports/{two['id']}", fixed_ips=moved)
    assert api.get("ndp_proxies") == [one]
    api.delete(f"ports/{village.port['id']}")
    assert api.get("ndp_proxies") == []


def test_what_a_proxy_cannot_be_for(api, village):
    assert village.refused(port_id=MISSING) == (404, "PortNotFound")
    assert village.refused(router_id=MISSING) == (404, "RouterNotFound")
    assert village.refused(ip_address="2001:db8:0:2::77") == (400, "InvalidAddress")
    apart = api.network()
    assert village.refused(port_id=api.port(apart)["id"]) == (409, "PortUnreachableRouter")
    api.subnet(apart, "10.0.0.0/24")
    four = api.port(apart)
    village.join(api.get("subnets", network_id=apart["id"])[0])
    assert village.refused(port_id=four["id"]) == (400, "BadRequest")
    beside = api.subnet(apart, "2001:db8:0:3::/64", subnetpool_id=village.pool["id"])
    six = api.port(apart, fixed_ips=[{"subnet_id": beside["id"]}])
    assert village.refused(port_id=six["id"]) == (409, "PortUnreachableRouter")
    address = six["fixed_ips"][0]["ip_address"]
    assert village.refused(port_id=six["id"], ip_address=address) == (400, "InvalidAddress")
    far = api.network()
    village.join(api.subnet(far, "2001:db9:0:4::/64", subnetpool_id=village.scoped("2001:db9::/32")["id"]))
    assert village.refused(port_id=api.port(far)["id"]) == (409, "AddressScopeConflict")
    api.put(village.path, enable_ndp_proxy=False)
    assert village.refused() == (409, "RouterNDPProxyNotEnable")


def test_what_a_router_keeps_for_its_proxies(api, village):
    assert village.router["enable_ndp_proxy"] is True
    made = village.proxy()
    assert village.refused_change(external_gateway_info=None) == (409, "RouterGatewayInUseByNDPProxy")
    body = {"router": {"external_gateways": [village.gateway]}}
    action = f"{village.path}/remove_external_gateways"
    assert api.refused("PUT", action, body)[:2] == (409, "RouterGatewayInUseByNDPProxy")
    body = {"subnet_id": village.subnet["id"]}
    action = f"{village.path}/remove_router_interface"
    assert api.refused("PUT", action, body)[:2] == (409, "RouterInterfaceInUseByNDPProxy")
    four = api.subnet(village.outer, "203.0.113.0/24")
    only = village.gateway | {"external_fixed_ips": [{"subnet_id": four["id"]}]}
    assert village.refused_change(external_gateway_info=only) == (409, "RouterIPv6GatewayInUse")
    assert api.put(village.path, name="n")["enable_ndp_proxy"] is True
    assert api.put(village.path, enable_ndp_proxy=False)["enable_ndp_proxy"] is False
    assert api.put(village.path, enable_ndp_proxy=None)["enable_ndp_proxy"] is False
    assert api.put(village.path, enable_ndp_proxy=True)["enable_ndp_proxy"] is True
    api.delete(f"ndp_proxies/{made['id']}")
    cleared = api.put(village.path, external_gateway_info=None)
    assert cleared["enable_ndp_proxy"] is False
    assert cleared == api.get(village.path)
    assert api.put(village.path, external_gateway_info=village.gateway)["enable_ndp_proxy"] is False


def test_which_routers_may_have_proxies(api, village):
    refusal = (409, "RouterGatewayNotValid")
    both = {"enable_ndp_proxy": True, "external_gateway_info": None}
    assert village.refused_change(**both) == refusal
    body = {"router": {"enable_ndp_proxy": True}}
    assert api.refused("POST", "routers", body)[:2] == refusal
    plain = api.network(**{"router:external": True})
    api.subnet(plain, "2001:dba::/64")
    four = api.subnet(village.outer, "203.0.113.0/24")
    for gateway in (
        {"network_id": plain["id"]},
        village.gateway | {"external_fixed_ips": [{"subnet_id": four["id"]}]},
    ):
        given = {"enable_ndp_proxy": True, "external_gateway_info": gateway}
        assert api.refused("POST", "routers", {"router": given})[:2] == refusal
    moved = api.put(village.path, external_gateway_info={"network_id": plain["id"]})
    assert moved["enable_ndp_proxy"] is False


def test_routers_that_do_not_say_are_as_the_configuration_says(serve):
    api = serve("enable_ndp_proxy_by_default = true")
    village = Village(api)
    silent = api.post("routers", external_gateway_info=village.gateway)
    assert silent["enable_ndp_proxy"] is True
    assert api.post("routers")["enable_ndp_proxy"] is False
    body = {"router": {"external_gateways": [village.gateway]}}
    late = api.send("PUT", f"routers/{api.post('routers')['id']}/add_external_gateways", json=body)
    assert late.json()["router"]["enable_ndp_proxy"] is True
    given = {"external_gateway_info": village.gateway, "enable_ndp_proxy": False}
    assert api.post("routers", **given)["enable_ndp_proxy"] is False
