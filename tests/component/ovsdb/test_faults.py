"""What a connection must survive: a server that stands still, half messages, nonsense, restarts, TLS."""

import asyncio
import logging
import signal
from uuid import uuid4

import pytest
import trustme

from neutrino.ovsdb import Client, Delete, Insert, NotConnected, Select, Tls, UnknownOutcome

NB, LS = "OVN_Northbound", "Logical_Switch"


async def test_a_server_that_stands_still_is_noticed(server):
    loop = asyncio.get_running_loop()
    async with Client(server.remote, NB, probe_s=0.5) as client:
        await client.wait_connected(10)
        await asyncio.sleep(1.7)
        assert client.is_connected, "an idle server answers the probes"
        server.signal(signal.SIGSTOP)
        since_s = loop.time()
        with pytest.raises(UnknownOutcome, match="probe"):
            await client.transact([Select(LS)], timeout_s=10)
        assert loop.time() - since_s < 5
        server.signal(signal.SIGCONT)
        await client.wait_connected(12)
        assert await client.transact([Select(LS)]) == [[]]


async def test_an_answer_that_takes_too_long_is_an_unknown_outcome(server):
    async with Client(server.remote, NB, probe_s=0) as client:
        await client.wait_connected(10)
        server.signal(signal.SIGSTOP)
        switch = uuid4()
        with pytest.raises(UnknownOutcome):
            await client.transact([Insert(LS, switch, {})], timeout_s=0.2)
        server.signal(signal.SIGCONT)
        assert await client.transact([Select(LS, switch, ("_uuid",))]) == [[{"_uuid": switch}]]


async def test_the_client_answers_the_servers_probes(stopped_server):
    # The server drops a client that does not answer within twice this time, in ms.
    stopped_server.options = ["--remote=db:OVN_Northbound,NB_Global,connections"]
    stopped_server.start()
    extra = stopped_server.folder / "probed.sock"
    async with Client(stopped_server.remote, NB) as client:
        await client.wait_connected(10)
        connection = uuid4()
        await client.transact(
            [
                Insert("NB_Global", uuid4(), {"connections": frozenset((connection,))}),
                Insert("Connection", connection, {"target": f"punix:{extra}", "inactivity_probe": 1000}),
            ]
        )
    async with Client(f"unix:{extra}", NB, probe_s=0) as client:
        await client.wait_connected(10)
        lock = client.lock("stays")
        await asyncio.wait_for(lock.acquired(), 5)
        await asyncio.sleep(2.5)
        assert lock.is_owned
        assert not lock.lost.is_set()


@pytest.mark.parametrize(
    "spoiled",
    [b'{"id":1,"result":[}', b"nonsense", b'{"id":99999,"result":1}', b'{"method":"update3","id":null,"params":5}'],
)
async def test_nonsense_ends_the_connection_and_opens_another(server, proxy, caplog, spoiled):
    caplog.set_level(logging.WARNING, "neutrino.ovsdb")
    times = iter((1,))

    def spoil(way, message, _cut):
        return spoiled if way == "answer" and b'"count"' in message and next(times, None) else message

    proxy.spoil = spoil
    async with proxy, Client(proxy.remote, NB) as client:
        await client.wait_connected(10)
        with pytest.raises(UnknownOutcome):
            await client.transact([Insert(LS, uuid4(), {}), *_counted()])
        await client.wait_connected(10)
        assert len((await client.transact([Select(LS)]))[0]) == 1
    assert any("connection lost: the server sent" in record.getMessage() for record in caplog.records)


def _counted():
    return [Delete(LS, uuid4())]


async def test_half_messages(server, proxy):
    def spoil(way, message, cut):
        if way == "answer" and b'"count"' in message:
            asyncio.get_running_loop().call_later(0.05, cut)
            return message[: len(message) // 2]
        return message

    proxy.spoil = spoil
    async with proxy, Client(proxy.remote, NB) as client:
        await client.wait_connected(10)
        with pytest.raises(UnknownOutcome):
            await client.transact(_counted())
        await client.wait_connected(10)
        assert await client.transact([Select(LS)]) == [[]]


async def test_of_several_members_one_that_is_there_is_taken(server, tmp_path):
    remote = f"unix:{tmp_path / 'none'},{server.remote}"
    async with Client(remote, NB, leader_only=True) as client:
        await client.wait_connected(10)
        assert client.endpoint == server.remote
        server.kill()
        server.start()
        with pytest.raises((UnknownOutcome, NotConnected)):
            await client.transact([Select(LS)])
        await client.wait_connected(10)
        assert await client.transact([Select(LS)]) == [[]]


async def test_a_cluster_without_its_leader_is_left(cluster):
    async with Client(cluster.remote, NB, leader_only=True) as client:
        await client.wait_connected(10)
        switch = uuid4()
        assert await client.transact([Insert(LS, switch, {})]) == [switch]
        cluster.kill()
        cluster.start()
        await asyncio.sleep(0)
        with pytest.raises((UnknownOutcome, NotConnected)):
            await client.transact([Select(LS)])
        await client.wait_connected(10)
        assert await client.transact([Select(LS, switch, ("_uuid",))]) == [[{"_uuid": switch}]]


async def test_of_a_cluster_that_loses_its_leader_the_next_one_is_used(members):
    async with Client(",".join(one.remote for one in members), NB, leader_only=True) as client:
        await client.wait_connected(20)
        switch = uuid4()
        assert await client.transact([Insert(LS, switch, {})]) == [switch]
        (leader,) = [one for one in members if one.remote == client.endpoint]
        leader.kill()
        await asyncio.sleep(0)
        with pytest.raises((UnknownOutcome, NotConnected)):
            await client.transact([Select(LS)])
        await client.wait_connected(30)
        assert client.endpoint in {one.remote for one in members if one is not leader}
        assert await client.transact([Select(LS, switch, ("_uuid",))]) == [[{"_uuid": switch}]]


async def test_tls(stopped_server, unused_port):
    folder = stopped_server.folder
    authority, stranger = trustme.CA(), trustme.CA()
    for name, issuer in (("server", authority), ("client", authority)):
        issued = issuer.issue_cert(f"{name}.example")
        issued.private_key_pem.write_to_path(folder / f"{name}.key")
        issued.cert_chain_pems[0].write_to_path(folder / f"{name}.crt")
    authority.cert_pem.write_to_path(folder / "ca.crt")
    stranger.cert_pem.write_to_path(folder / "stranger.crt")
    stopped_server.options = [
        f"--remote=pssl:{unused_port}:127.0.0.1",
        f"--private-key={folder / 'server.key'}",
        f"--certificate={folder / 'server.crt'}",
        f"--ca-cert={folder / 'ca.crt'}",
    ]
    stopped_server.start()
    remote = f"ssl:127.0.0.1:{unused_port}"
    good = Tls(folder / "client.crt", folder / "client.key", folder / "ca.crt")
    async with Client(remote, NB, tls=good) as client:
        await client.wait_connected(10)
        watch = client.watch({LS: ["name"]})
        await anext(watch)
        switches = [uuid4() for _ in range(2000)]
        await client.transact([Insert(LS, switch, {"name": "s" * 100}) for switch in switches])
        await anext(watch)
        assert set(watch.rows[LS]) == set(switches)
    for bad in (Tls(folder / "client.crt", folder / "client.key", folder / "stranger.crt"), None):
        async with Client(remote, NB, tls=bad) as client:
            with pytest.raises(NotConnected):
                await client.wait_connected(0.4)
