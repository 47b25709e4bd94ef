"""``openstack`` for what is not made and deleted as most resources are: agents, subports, profiles."""

import asyncio

import pytest

from neutrino.model.agent import CONTROLLER_AGENT, Agent
from neutrino.store.database import open_database
from neutrino.store.intent import Intent


@pytest.fixture
def run(openstack_):
    """The command, and nothing left over when the story ends."""
    yield openstack_
    for row in openstack_.json("floating ip list"):
        openstack_(f"floating ip delete {row['ID']}")
    for row in openstack_.json("router list"):
        for port in openstack_.json(f"port list --router {row['ID']} --device-owner network:router_interface"):
            openstack_(f"router remove port {row['ID']} {port['ID']}")
        openstack_(f"router delete {row['ID']}")
    for noun in ("network trunk", "port", "subnet", "network", "subnet pool", "network flavor"):
        for row in openstack_.json(f"{noun} list"):
            openstack_(f"{noun} delete {row['ID']}")


@pytest.fixture
def agents(daemon):
    """Two chassis that were seen, of which one lives."""
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
    kind = {"agent_type": CONTROLLER_AGENT, "binary": "ovn-controller"}
    made = [Agent(id=f"id-{host}", host=host, alive=host == "node1", **kind, **times) for host in ("node1", "node2")]
    database = open_database(f"sqlite:///{daemon.log.parent}/db.sqlite")
    asyncio.run(Intent(database).put_agents(made))
    yield
    asyncio.run(Intent(database).delete_agents([agent.id for agent in made]))
    database.close()


def test_agents(run, agents):
    run("network agent set --description rack-7 id-node2")
    shown = run.json("network agent show id-node2")
    assert (shown["description"], shown["alive"], shown["admin_state_up"]) == ("rack-7", False, True)
    assert run.column("ID", "network agent list --host node2") == ["id-node2"]
    assert run.column("ID", "network agent list --agent-type ovn-controller") == ["id-node1", "id-node2"]
    assert run.column("ID", "network agent list --agent-type metadata") == []
    assert run.column("Alive", "network agent list --host node2") == [False]
    run("network agent delete id-node2")
    assert run.column("Host", "network agent list") == ["node1"]


def test_subports(run):
    run("network create walk-net")
    ports = {name: run.json(f"port create {name} --network walk-net")["id"] for name in ("parent", "one", "two")}
    run("network trunk create walk --parent-port parent --subport port=one,segmentation-type=vlan,segmentation-id=7")
    run("network trunk set walk --subport port=two,segmentation-type=vlan,segmentation-id=8")
    rows = run.json("network subport list --trunk walk")
    assert sorted((row["Segmentation ID"], row["Port"], row["Segmentation Type"]) for row in rows) == [
        (7, ports["one"], "vlan"),
        (8, ports["two"], "vlan"),
    ]
    assert "is currently a subport" in run.fails("port delete one")
    run("network trunk unset walk --subport one")
    assert run.column("Port", "network subport list --trunk walk") == [ports["two"]]


def test_associations_of_local_ips(run):
    run("network create walk-net")
    run("subnet create walk-subnet --network walk-net --subnet-range 10.66.0.0/24")
    port = run.json("port create walk-port --network walk-net --fixed-ip ip-address=10.66.0.9")["id"]
    local = run.json("local ip create --name walk --network walk-net --local-ip-address 10.66.0.99")["id"]
    made = run.json("local ip association create walk walk-port")
    assert (made["fixed_port_id"], made["fixed_ip"], made["local_ip_address"]) == (port, "10.66.0.9", "10.66.0.99")
    assert "still associated" in run.fails("local ip delete walk")
    for flags, found in (
        ("--fixed-port walk-port", [port]),
        ("--fixed-ip 10.66.0.9", [port]),
        ("--fixed-ip 10.66.0.8", []),
        ("--host node7", []),
    ):
        assert run.column("Fixed port ID", f"local ip association list {flags} walk") == found, flags
    assert run.column("Local IP ID", "local ip association list walk") == [local]
    run(f"local ip association delete walk {port}")
    assert run.json("local ip association list walk") == []
    run("local ip delete walk")


def test_floating_ips_of_ports(run):
    run("network create walk-outer --external")
    run("subnet create walk-outer-subnet --network walk-outer --subnet-range 203.0.113.0/24 --no-dhcp")
    run("network create walk-net")
    run("subnet create walk-subnet --network walk-net --subnet-range 10.66.0.0/24")
    router = run.json("router create walk-router --external-gateway walk-outer")["id"]
    run("router add subnet walk-router walk-subnet")
    port = run.json("port create walk-port --network walk-net --fixed-ip ip-address=10.66.0.9")["id"]
    floating = run.json("floating ip create walk-outer --floating-ip-address 203.0.113.77")["id"]
    run(f"floating ip set --port walk-port --fixed-ip-address 10.66.0.9 {floating}")
    shown = run.json(f"floating ip show {floating}")
    assert (shown["port_id"], shown["fixed_ip_address"], shown["router_id"]) == (port, "10.66.0.9", router)
    for flags, found in (
        ("--port walk-port", [floating]),
        ("--router walk-router", [floating]),
        ("--fixed-ip-address 10.66.0.9", [floating]),
        ("--fixed-ip-address 10.66.0.8", []),
        ("--floating-ip-address 203.0.113.77", [floating]),
    ):
        assert run.column("ID", f"floating ip list {flags}") == found, flags
    run(f"floating ip unset --port {floating}")
    assert run.json(f"floating ip show {floating}")["port_id"] is None


def test_profiles_of_flavors(run):
    run("network flavor create walk --service-type L3_ROUTER_NAT")
    profile = run.json("network flavor profile create --metainfo m")["id"]
    run(f"network flavor add profile walk {profile}")
    assert run.json("network flavor show walk")["service_profile_ids"] == [profile]
    run(f"network flavor remove profile walk {profile}")
    assert run.json("network flavor show walk")["service_profile_ids"] == []
    run(f"network flavor profile delete {profile}")
    assert "L3_ROUTER_NAT" in run.column("Service Type", "network service provider list")


def test_subnets_brought_to_a_pool(run):
    run("subnet pool create walk-pool --pool-prefix 10.90.0.0/16")
    run("network create walk-net")
    run("subnet create walk-subnet --network walk-net --subnet-range 10.89.0.0/24")
    run("subnet pool add network walk-net walk-pool")
    pool = run.json("subnet pool show walk-pool")
    assert sorted(pool["prefixes"]) == ["10.89.0.0/24", "10.90.0.0/16"]
    assert run.json("subnet show walk-subnet")["subnetpool_id"] == pool["id"]
