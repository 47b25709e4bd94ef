"""What a controller reads and writes back."""

import asyncio
import threading

from neutrino.model.agent import CONTROLLER_AGENT, Agent
from neutrino.model.network import Network
from neutrino.model.port import FixedIp, Port
from neutrino.model.subnet import Subnet
from neutrino.store.intent import KEPT, Change, Intent

STAMPS = {"created_at": "2030-01-01T00:00:00Z", "updated_at": "2030-01-01T00:00:00Z", "revision_number": 1}
SUBNET = Subnet(
    id="s",
    project_id="p",
    network_id="n",
    ip_version=4,
    cidr="10.0.0.0/24",
    gateway_ip=None,
    allocation_pools=(),
    **STAMPS,
)


def port(name, *addresses):
    ips = tuple(FixedIp(subnet_id="s", ip_address=address) for address in addresses)
    octet = f"{ord(name):02x}"
    return Port(
        id=name,
        project_id="p",
        network_id="n",
        mac_address=f"fa:16:3e:00:00:{octet}",
        fixed_ips=ips,
        security_groups=(),
        port_security_enabled=True,
        **STAMPS,
    )


def agent(name, **values):
    times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
    base = {"id": name, "agent_type": CONTROLLER_AGENT, "binary": "ovn-controller", "host": name, "alive": True}
    return Agent(**(base | times | values))


def fill(run, database, network):
    def work(tx):
        tx.insert(network("n"))
        tx.insert(SUBNET)
        for one in (port("a", "10.0.0.5", "10.0.0.6"), port("b"), port("c", "10.0.0.7")):
            tx.insert(one)

    run(database.write(work))
    return Intent(database)


def test_the_journal_in_parts(run, database, network):
    intent = fill(run, database, network)
    everything = run(intent.changes(0))
    collections = ["networks", "subnets", "ports", "ports", "ports"]
    assert everything == [
        Change(seq, *line) for seq, line in enumerate(zip(collections, "nsabc", strict=True), start=1)
    ]
    assert run(intent.head()) == 5
    assert run(intent.changes(2, most=2)) == everything[2:4]
    assert run(intent.changes(5)) == []


def test_resources_by_id_and_by_what_they_refer_to(run, database, network):
    intent = fill(run, database, network)
    assert run(intent.get(Port, ["a", "x"])) == {"a": port("a", "10.0.0.5", "10.0.0.6")}
    assert sorted(run(intent.ids_where(Port, "network_id", "n"))) == ["a", "b", "c"]
    assert sorted(run(intent.ids_where(Port, "fixed_ips.subnet_id", "s"))) == ["a", "c"]
    assert run(intent.ids_where(Port, "security_groups", "g")) == []
    assert len(run(intent.get(Port, [str(i) for i in range(2000)] + ["a"]))) == 1
    (found,) = run(intent.all(Network))
    assert found.subnets == ("s",)


def test_status_is_not_a_change_of_intent(run, database, network):
    intent = fill(run, database, network)
    run(intent.set_port_status({"a": "ACTIVE", "b": "DOWN", "gone": "ACTIVE"}))
    run(intent.set_port_status({"a": "ACTIVE"}))
    run(intent.set_port_status({}))
    found = run(intent.get(Port, ["a"]))["a"]
    assert (found.status, found.revision_number) == ("ACTIVE", 1)
    assert run(intent.head()) == 6
    assert run(intent.changes(5)) == []


def test_a_status_that_is_there_waits_for_no_writer(run, database, network):
    intent = fill(run, database, network)
    begun, done = threading.Event(), threading.Event()

    async def both():
        writing = asyncio.ensure_future(database.write(lambda _: (begun.set(), done.wait(10))))
        await asyncio.to_thread(begun.wait, 10)
        await asyncio.wait_for(intent.set_port_status({"a": "DOWN", "gone": "ACTIVE"}), 5)
        done.set()
        await writing

    run(both())


def test_agents(run, database):
    intent = Intent(database)
    run(intent.put_agents([agent("x"), agent("y")]))
    run(intent.put_agents([agent("x", alive=False, created_at="2040-01-01 00:00:00"), agent("y")]))
    run(intent.put_agents([]))
    found = run(intent.all(Agent))
    assert sorted(found, key=lambda one: one.id) == [agent("x", alive=False), agent("y")]
    run(intent.delete_agents(["x", "gone"]))
    assert run(intent.all(Agent)) == [agent("y")]
    assert [change.id for change in run(intent.changes(0))] == ["x", "y", "x", "x"]


def test_the_journal_is_dropped_when_every_controller_has_it(run, database, network):
    intent = fill(run, database, network)
    lines = KEPT + 10

    def many(tx):
        for _ in range(lines):
            tx.note(Network, "n")

    run(database.write(many))
    run(intent.realised("two", 4, 4))
    run(intent.realised("one", lines, lines))
    assert len(run(intent.changes(0, most=lines * 2))) == lines + 5
    run(intent.realised("two", KEPT + 7, KEPT + 7))
    left = run(intent.changes(0, most=lines * 2))
    assert (left[0].seq, len(left)) == (8, lines + 5 - 7)
    run(intent.realised("one", 1, 1))
    assert run(intent.changes(0, most=1))[0].seq == 8


def test_what_fails_for_ever_does_not_keep_the_journal(run, database, network):
    intent = fill(run, database, network)
    lines = KEPT + 10
    run(database.write(lambda tx: [tx.note(Network, "n") for _ in range(lines)]))
    run(intent.realised("one", 3, lines))
    assert run(intent.realised_seq("one")) == 3
    assert run(intent.changes(0, most=1))[0].seq == 11
