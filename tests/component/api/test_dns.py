"""Names of ports, networks and floating IPs (extensions dns-integration and those that build on it)."""

import pytest


@pytest.fixture
def named(serve):
    return serve("dns_domain = cloud.example")


def assignment(address, host, domain="cloud.example."):
    return {"ip_address": address, "hostname": host, "fqdn": f"{host}.{domain}"}


def test_ports_have_names(named):
    blue = named.network()
    named.subnet(blue, "10.0.0.0/24")
    port = named.port(blue, dns_name="D1")
    address = port["fixed_ips"][0]["ip_address"]
    assert port["dns_name"] == "d1"
    assert port["dns_assignment"] == [assignment(address, "d1")]
    assert named.get("ports", id=port["id"])[0] == port
    path = f"ports/{port['id']}"
    changed = named.put(path, dns_name="d2", dns_domain="d.org.")
    assert (changed["dns_name"], changed["dns_domain"]) == ("d2", "d.org.")
    assert changed["dns_assignment"] == [assignment(address, "d2")]
    assert changed["revision_number"] > port["revision_number"]
    moved = named.put(path, fixed_ips=[{"ip_address": "10.0.0.77"}])
    assert moved["dns_assignment"] == [assignment("10.0.0.77", "d2")]
    bare = named.put(path, dns_name="")
    assert bare["dns_assignment"] == [assignment("10.0.0.77", "host-10-0-0-77")]
    assert bare["revision_number"] > moved["revision_number"]
    full = named.put(path, dns_name="d3.cloud.example.")
    assert full["dns_assignment"][0] == {
        "ip_address": "10.0.0.77",
        "hostname": full["dns_name"],
        "fqdn": full["dns_name"],
    }


def test_an_address_that_a_new_subnet_gives_is_named_too(named):
    blue = named.network()
    port = named.port(blue, dns_name="d1")
    assert port["dns_assignment"] == []
    subnet = named.subnet(blue, "fd00::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac")
    port = named.get(f"ports/{port['id']}")
    assert port["dns_assignment"] == [assignment(port["fixed_ips"][0]["ip_address"], "d1")]
    named.delete(f"subnets/{subnet['id']}")
    assert named.get(f"ports/{port['id']}")["dns_assignment"] == []


def test_without_a_domain_ports_have_no_names(api):
    """As upstream under its default domain: names are taken, and not kept."""
    blue = api.network(dns_domain="example.test.")
    api.subnet(blue, "10.0.0.0/24")
    port = api.port(blue, dns_name="d1", dns_domain="d.org.")
    assert (port["dns_name"], port["dns_domain"]) == ("", "")
    address = port["fixed_ips"][0]["ip_address"]
    assert port["dns_assignment"] == [assignment(address, "host-" + address.replace(".", "-"), "openstacklocal.")]
    assert api.put(f"ports/{port['id']}", dns_name="d2")["dns_name"] == ""


def test_networks_have_a_domain(api):
    blue = api.network(dns_domain="Example.test.")
    assert blue["dns_domain"] == "example.test."
    changed = api.put(f"networks/{blue['id']}", dns_domain="exa.test.")
    assert changed["dns_domain"] == "exa.test."
    assert changed["revision_number"] > blue["revision_number"]
    assert api.network(dns_domain="<project_id>.example.")["dns_domain"] == "<project_id>.example."
    assert api.network()["dns_domain"] == ""
    assert [one["id"] for one in api.get("networks", dns_domain="exa.test.")] == [blue["id"]]


def test_subnets_may_be_published(api):
    subnet = api.subnet(api.network(), "10.0.0.0/24", dns_publish_fixed_ip=True)
    assert subnet["dns_publish_fixed_ip"] is True
    assert api.put(f"subnets/{subnet['id']}", dns_publish_fixed_ip=False)["dns_publish_fixed_ip"] is False


def test_names_of_floating_ips_are_for_an_external_dns_only(api):
    public = api.network(**{"router:external": True})
    api.subnet(public, "203.0.113.0/24")
    floating = api.post("floatingips", floating_network_id=public["id"], dns_name="web", dns_domain="example.org.")
    assert (floating["dns_name"], floating["dns_domain"]) == ("", "")
    assert api.get(f"floatingips/{floating['id']}") == floating
    for name, value in (("dns_name", "web."), ("dns_domain", "example.org")):
        body = {"floatingip": {"floating_network_id": public["id"], name: value}}
        assert api.refused("POST", "floatingips", body)[:2] == (400, "HTTPBadRequest")
    change = {"floatingip": {"dns_name": "x"}}
    assert api.refused("PUT", f"floatingips/{floating['id']}", change)[0] == 400


@pytest.mark.parametrize(
    "name",
    ["-a", "a-", "a..b", "a_b", "a" * 64, "x.12", "a.other.org.", ".".join(["a" * 60] * 4), 1, None, "<user>"],
)
def test_what_is_no_name_is_refused(named, name):
    blue = named.network()
    body = {"port": {"network_id": blue["id"], "dns_name": name}}
    assert named.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")


@pytest.mark.parametrize("domain", ["example.org", "a b.", "-a.org.", "org.1.", 1, None, "a." * 150])
def test_what_is_no_domain_is_refused(named, domain):
    assert named.refused("POST", "networks", {"network": {"dns_domain": domain}})[:2] == (400, "HTTPBadRequest")
    blue = named.network()
    body = {"port": {"network_id": blue["id"], "dns_domain": domain}}
    assert named.refused("POST", "ports", body)[:2] == (400, "HTTPBadRequest")
