"""What each request costs in SQL statements, and that this does not grow with what is there already."""

import sqlite3
from contextlib import closing

import pytest
from tests.component.api.people import ACME, OTHER, Person
from tests.component.api.statements import Statements


@pytest.fixture
def statements():
    with Statements() as counter:
        yield counter


class Town:
    """A network with two subnets, a group, and as many ports as asked for."""

    def __init__(self, api, ports):
        self.api = api
        self.network = api.network()
        self.four = api.subnet(self.network, "10.0.0.0/16")
        self.six = api.subnet(self.network, "2001:db8::/64", ipv6_address_mode="slaac")
        self.group = api.post("security-groups", name="web")
        self.green, self.scope = api.network(), api.post("address-scopes", ip_version=4)
        self.pool = api.post(
            "subnetpools",
            name="p",
            prefixes=["10.77.0.0/16"],
            default_prefixlen=24,
            default_quota=100000,
            address_scope_id=self.scope["id"],
        )
        api.host("node1")
        self.outer = api.network(**{"router:external": True})
        api.subnet(self.outer, "203.0.0.0/16")
        self.router = api.post("routers", external_gateway_info={"network_id": self.outer["id"]})
        self.gateway = {"network_id": self.outer["id"]}
        self.other = api.subnet(api.network(), "10.8.0.0/24")
        self.attach(self.four)
        for start in range(0, ports, 500):
            items = [{"network_id": self.network["id"]}] * min(500, ports - start)
            answer = api.send("POST", "ports", json={"ports": items})
            assert answer.status_code == 201, answer.text
        self.port = api.get("ports", limit=1, device_owner="")[0]
        self.parent = api.port(self.green)
        inner = api.network()
        self.attach(api.subnet(inner, "10.6.0.0/24"))
        self.kept = api.port(inner)
        self.floating, self.forwarded = self.take(), 0

        self.policy, self.unused = (
            api.send("POST", "qos/policies", json={"policy": {}}).json()["policy"] for _ in "ab"
        )
        self.limited = api.port(self.network, qos_policy_id=self.policy["id"])
        self.rules = f"qos/policies/{self.policy['id']}/minimum_bandwidth_rules"

    def attach(self, subnet):
        body = {"subnet_id": subnet["id"]}
        answer = self.api.send("PUT", f"routers/{self.router['id']}/add_router_interface", json=body)
        assert answer.status_code == 200, answer.text

    def detach(self):
        body = {"subnet_id": self.four["id"]}
        answer = self.api.send("PUT", f"routers/{self.router['id']}/remove_router_interface", json=body)
        assert answer.status_code == 200, answer.text

    def take(self, **given):
        return self.api.post("floatingips", floating_network_id=self.outer["id"], **given)

    def forward(self):
        self.forwarded += 1
        body = {
            "internal_port_id": self.kept["id"],
            "internal_port": self.forwarded,
            "external_port": self.forwarded,
            "protocol": "tcp",
        }
        path = f"floatingips/{self.floating['id']}/port_forwardings"
        answer = self.api.send("POST", path, json={"port_forwarding": body})
        assert answer.status_code == 201, answer.text

    def add_gateway(self):
        body = {"router": {"external_gateways": [self.gateway]}}
        answer = self.api.send("PUT", f"routers/{self.router['id']}/add_external_gateways", json=body)
        assert answer.status_code == 200, answer.text

    def bulk_of_ten(self):
        body = {"ports": [{"network_id": self.network["id"]}] * 10}
        assert self.api.send("POST", "ports", json=body).status_code == 201


# Journal lines count: each change ends with one INSERT into it, whatever it changed. What points to a port or to an
# interface is looked for kind by kind, a statement each, when they change or go: floating IPs, port forwardings, NDP
# proxies (and logs of a port that goes).
COSTS = {
    "list ports": (1, lambda t: t.api.get("ports")),
    "list ports, filtered, sorted": (
        1,
        lambda t: t.api.get("ports", network_id=t.network["id"], fixed_ips="ip_address_substr=10.0", sort_key="name"),
    ),
    "a page of ports": (3, lambda t: t.api.get("ports", limit=2, marker=t.port["id"], sort_key="name")),
    "list networks": (1, lambda t: t.api.get("networks")),
    "list subnets": (1, lambda t: t.api.get("subnets")),
    "list security groups": (2, lambda t: t.api.get("security-groups")),
    "list what is available": (2, lambda t: t.api.get("network-ip-availabilities")),
    "list zones": (1, lambda t: t.api.get("availability_zones")),
    "list rules": (1, lambda t: t.api.get("security-group-rules")),
    "show port": (1, lambda t: t.api.get(f"ports/{t.port['id']}")),
    "show tags": (1, lambda t: t.api.send("GET", f"ports/{t.port['id']}/tags")),
    "create network": (7, lambda t: t.api.network()),
    "create subnet": (6, lambda t: t.api.subnet(t.network, "10.9.0.0/24")),
    "create subnet from a pool": (
        8,
        lambda t: t.api.post("subnets", network_id=t.green["id"], ip_version=4, subnetpool_id=t.pool["id"]),
    ),
    "add a prefix": (
        6,
        lambda t: t.api.send("PUT", f"subnetpools/{t.pool['id']}/add_prefixes", json={"prefixes": ["10.78.0.0/16"]}),
    ),
    "create port": (11, lambda t: t.api.port(t.network)),
    "create port on a host": (12, lambda t: t.api.port(t.network, **{"binding:host_id": "node1"})),
    "create port with an address": (11, lambda t: t.api.port(t.network, fixed_ips=[{"ip_address": "10.0.200.200"}])),
    "create port with a group": (11, lambda t: t.api.port(t.network, security_groups=[t.group["id"]])),
    "create ten ports": (92, Town.bulk_of_ten),
    "change port": (4, lambda t: t.api.put(f"ports/{t.port['id']}", name="x")),
    "change port's addresses": (
        13,
        lambda t: t.api.put(f"ports/{t.port['id']}", fixed_ips=[{"ip_address": "10.0.100.100"}]),
    ),
    "create trunk": (5, lambda t: t.api.post("trunks", port_id=t.parent["id"])),
    "delete port": (10, lambda t: t.api.delete(f"ports/{t.port['id']}")),
    "create group": (12, lambda t: t.api.post("security-groups", name="x")),
    "create rule": (
        6,
        lambda t: t.api.post(
            "security-group-rules", security_group_id=t.group["id"], direction="ingress", protocol="tcp"
        ),
    ),
    "show quotas": (1, lambda t: t.api.get("quotas/acme")),
    "show what is used": (2, lambda t: t.api.get("quotas/acme/details")),
    "list quotas": (1, lambda t: t.api.get("quotas")),
    "change quotas": (3, lambda t: t.api.send("PUT", "quotas/acme", json={"quota": {"network": 1000}})),
    "list policies": (1, lambda t: t.api.get("qos/policies")),
    "show a policy": (1, lambda t: t.api.get(f"qos/policies/{t.policy['id']}")),
    "show a port under a policy": (1, lambda t: t.api.get(f"ports/{t.limited['id']}")),
    "list rules of a policy": (2, lambda t: t.api.get(t.rules)),
    "create a rule": (7, lambda t: t.api.send("POST", t.rules, json={"minimum_bandwidth_rule": {"min_kbps": 5}})),
    "take a port from its policy": (5, lambda t: t.api.put(f"ports/{t.limited['id']}", qos_policy_id=None)),
    "put a network under a policy": (6, lambda t: t.api.put(f"networks/{t.green['id']}", qos_policy_id=t.policy["id"])),
    "delete a policy in use": (2, lambda t: t.api.send("DELETE", f"qos/policies/{t.policy['id']}")),
    "delete a policy": (10, lambda t: t.api.delete(f"qos/policies/{t.unused['id']}")),
    "list routers": (1, lambda t: t.api.get("routers")),
    "list floating ips": (1, lambda t: t.api.get("floatingips")),
    "create router": (3, lambda t: t.api.post("routers")),
    "create router with a gateway": (13, lambda t: t.api.post("routers", external_gateway_info=t.gateway)),
    "take a floating ip": (11, lambda t: t.take()),
    "forward a port": (10, Town.forward),
    "list pools of floating ips": (1, lambda t: t.api.get("floatingip_pools")),
    "add a gateway": (16, Town.add_gateway),
    "change router": (3, lambda t: t.api.put(f"routers/{t.router['id']}", name="x")),
    "add an interface": (12, lambda t: t.attach(t.other)),
    "remove an interface": (10, Town.detach),
    "list segments": (1, lambda t: t.api.get("segments")),
    "create segment": (6, lambda t: t.api.post("segments", network_id=t.network["id"], network_type="geneve")),
    "create range": (4, lambda t: t.api.post("network_segment_ranges", network_type="geneve", minimum=9, maximum=12)),
    "list trunks": (1, lambda t: t.api.get("trunks")),
    "delete subnet in use": (2, lambda t: t.api.send("DELETE", f"subnets/{t.four['id']}")),
    "delete network in use": (2, lambda t: t.api.send("DELETE", f"networks/{t.network['id']}")),
}


@pytest.mark.parametrize("ports", [10, 2000])
def test_statements_of_each_request(serve, statements, ports):
    town = Town(serve("[quotas]", "quota_port = -1"), ports)
    counted = {name: statements.count(lambda act=act: act(town)) for name, (_, act) in COSTS.items()}
    print(counted)  # noqa: T201 - shown where the numbers differ
    assert {name: count for name, (count, _) in counted.items()} == {name: count for name, (count, _) in COSTS.items()}


@pytest.mark.parametrize("name", [name for name in COSTS if "list" not in name and "page" not in name])
def test_no_statement_reads_a_whole_table(api, statements, name):
    """The store's own plan of each: by key or index only. What is counted above does not grow; nor does this."""
    town = Town(api, 10)
    statements.count(lambda: COSTS[name][1](town))
    assert [found for seen in statements.seen for found in SCANS[api.store.kind](api.store, *seen)] == []


def _scans_of_sqlite(store, statement, parameters):
    with closing(sqlite3.connect(store.path)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    return [(statement, step) for step in plan if step.startswith("SCAN") and "CONSTANT ROW" not in step]


def _scans_of_postgresql(store, statement, parameters):
    """Few rows are read whole whatever indexes there are, unless that is forbidden."""
    with store.server.connect(store.name) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = [row[0] for row in connection.execute(f"EXPLAIN {statement}", parameters)]
    return [(statement, step) for step in plan if "Seq Scan" in step]


SCANS = {"sqlite": _scans_of_sqlite, "postgresql": _scans_of_postgresql}


class Crowd:
    """As many of each noun as asked for, of two projects; `first` is what there is of the first one."""

    def __init__(self, api, size):
        self.api = api
        self.admin = Person(api, "admin", project="f" * 32)
        api.host("node1")
        self.outer = self.admin.post("networks", **{"router:external": True})
        self.admin.post("subnets", network_id=self.outer["id"], cidr="203.0.0.0/16", ip_version=4)
        self.first = self.make(0, ACME)
        for number in range(1, size):
            self.make(number, (ACME, OTHER)[number % 2])

    def make(self, number, project):
        mine = {"project_id": project, "name": f"one-{number}"}

        def post(path, **given):
            return self.admin.post(path, **mine, **given)

        network = post("networks")
        on_network = {"network_id": network["id"]}
        subnet = post("subnets", **on_network, cidr=f"10.{number}.0.0/16", ip_version=4)
        group = post("security-groups")
        given = {"security_groups": [group["id"]], "device_id": f"device-{number}", "binding:host_id": f"host-{number}"}
        port = post("ports", **on_network, **given)
        router = post("routers", external_gateway_info={"network_id": self.outer["id"]})
        path = f"routers/{router['id']}/add_router_interface"
        assert self.admin.send("PUT", path, {"subnet_id": subnet["id"]}).status_code == 200
        given = {"floating_network_id": self.outer["id"], "port_id": port["id"], "project_id": project}
        floating = self.admin.post("floatingips", **given)
        trunk = post("trunks", port_id=post("ports", **on_network)["id"])
        made = {"networks": network, "subnets": subnet, "ports": port, "routers": router, "trunks": trunk}
        for path, one in (made | {"security-groups": group, "floatingips": floating}).items():
            assert self.admin.send("PUT", f"{path}/{one['id']}/tags/tag-{number}").status_code == 201
        ids = {"network": network["id"], "subnet": subnet["id"], "group": group["id"], "port": port["id"]}
        address, other = port["fixed_ips"][0]["ip_address"], floating["floating_ip_address"]
        more = {"project": project, "router": router["id"], "mac": port["mac_address"]}
        return {**ids, **more, "address": address, "floating": other}


NAMED = ("networks", "subnets", "ports", "routers", "trunks", "security-groups")
FOUND = (  # what clients find something by
    *(f"{path}?name=one-0" for path in NAMED),
    *(f"{path}?name=one-0&project_id={{project}}" for path in NAMED),
    *(f"{path}?tags=tag-0" for path in (*NAMED, "floatingips")),
    *("networks?router:external=True", "networks?shared=True", "subnets?network_id={network}"),
    *(f"ports?device_id=device-0{more}" for more in ("", "&network_id={network}", "&project_id={project}")),
    *(f"ports?network_id={{network}}{more}" for more in ("", "&name=one-0", "&mac_address={mac}")),
    *("ports?fixed_ips=ip_address={address}", "ports?fixed_ips=subnet_id={subnet}", "ports?security_groups={group}"),
    *("ports?fixed_ips=ip_address={address}&network_id={network}", "ports?tags-any=tag-0,tag-x"),
    *("ports?binding:host_id=host-0", "ports?device_id=device-0&binding:host_id=host-0&project_id={project}"),
    *("floatingips?floating_ip_address={floating}", "floatingips?port_id={port}", "floatingips?router_id={router}"),
    *("security-group-rules?security_group_id={group}", "trunks?port_id={port}"),
)
OWN = (*NAMED, "floatingips", "security-group-rules")  # what members list, all that they see


def test_no_list_that_finds_something_reads_a_whole_table(api, statements):
    crowd = Crowd(api, 2)
    for role, paths in (("admin", FOUND), ("member", (*FOUND, *OWN))):
        person = Person(api, role)
        for path in paths:
            statements.count(lambda person=person, path=path: person.get(path.format(**crowd.first)))
            assert [found for seen in statements.seen for found in SCANS[api.store.kind](api.store, *seen)] == [], path


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_finds_something_costs_the_same_whatever_there_is(serve, statements):
    """Counted in steps of SQLite's own machine; each list is as long in both clouds."""
    unlimited = [f"quota_{noun} = -1" for noun in ("floatingip", "network", "port", "router", "security_group")]
    few, many = (_steps(Crowd(serve("[quotas]", *unlimited), size), statements) for size in (2, 60))
    assert {request: steps - few[request] for request, steps in many.items() if abs(steps - few[request]) > 20} == {}


PAGES = [
    f"{path}?limit=2&sort_key={key}{more}"
    for path in ("networks", "subnets", "ports", "routers")
    for key in ("created_at", "status", "description")
    for more in ("", "&project_id={project}", "&sort_dir=desc&sort_key=name&sort_dir=asc")
    if (path, key) != ("subnets", "status")
]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_of_what_is_on_no_page_the_keys_are_read_only(serve, statements):
    """Counted in steps of SQLite's own machine for each row that is not on the page; to make an item takes up to 90."""
    unlimited = [f"quota_{noun} = -1" for noun in ("floatingip", "network", "port", "router", "security_group")]
    few, many = (_steps(Crowd(serve("[quotas]", *unlimited), size), statements, PAGES) for size in (4, 64))
    grown = {request: (steps - few[request]) / 60 for request, steps in many.items()}
    assert {request: steps for request, steps in grown.items() if steps > 45} == {}


def _steps(crowd, statements, paths=FOUND):
    found = {}
    for role, path in ((role, path) for role in ("admin", "member") for path in paths):
        statements.count(lambda role=role, path=path: Person(crowd.api, role).get(path.format(**crowd.first)))
        found[role, path] = sum(_steps_of(crowd.api.store, *seen) for seen in statements.seen)
    return found


def _steps_of(store, statement, parameters):
    steps = 0

    def step():
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(store.path)) as connection:
        connection.set_progress_handler(step, 1)
        connection.execute(statement, parameters).fetchall()
    return steps


def test_a_rule_is_made_and_deleted_without_reading_the_others_of_its_group(api, statements):
    group = api.post("security-groups", name="web")

    def come_and_go():
        rule = api.post("security-group-rules", security_group_id=group["id"], direction="ingress")
        assert api.send("DELETE", f"security-group-rules/{rule['id']}").status_code == 204

    statements.count(come_and_go)
    of_group = [text for text, _ in statements.seen if text.startswith("SELECT security_groups.")]
    assert of_group
    assert not [text for text in of_group if "FROM security_group_rules" in text]
    assert len(api.get(f"security-groups/{group['id']}")["security_group_rules"]) == 2


def test_no_parameter_decides_about_a_partial_index(api, statements):
    """SQLite would plan the statement anew at each use."""
    network = api.network()
    statements.count(lambda: api.port(network))
    ((text, values),) = [one for one in statements.seen if "security_groups.name =" in one[0]]
    assert "'default'" in text
    assert "default" not in values
