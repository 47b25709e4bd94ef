"""Watches against a real server: reloads, differences of each kind of column, breaks, slow consumers."""

import asyncio
import gc
import weakref
from uuid import uuid4

import msgspec
import pytest

from neutrino.ovsdb import Changes, Client, Delete, Insert, Lost, Mutate, Reload, RowChange, Update

NB = "OVN_Northbound"
LS, LSP, QOS = "Logical_Switch", "Logical_Switch_Port", "QoS"
PORT = {"name": "p", "up": None, "tag": 1, "addresses": frozenset(("a", "b")), "options": {"x": "1", "y": "2"}}
PORTS = {LSP: list(PORT)}


async def following(watch):
    async with asyncio.timeout(10):
        return await anext(watch)


async def add_port(client, **columns):
    switch, port = uuid4(), uuid4()
    await client.transact([Insert(LS, switch, {"ports": frozenset((port,))}), Insert(LSP, port, {**PORT, **columns})])
    return switch, port


async def story(client, watch):
    """Insert, change each kind of column, delete; compare each event whole."""
    assert await following(watch) == Reload({LSP: {}})
    switch, port = await add_port(client)
    assert await following(watch) == Changes([RowChange(LSP, port, None, PORT)])
    old = PORT
    for columns, operation in (
        ({"name": "q"}, None),
        ({"up": True}, None),
        ({"tag": 2}, None),
        ({"tag": None}, None),
        (
            {"addresses": frozenset(("b", "c"))},
            Mutate(
                LSP,
                port,
                (("addresses", "delete", frozenset(("a",))), ("addresses", "insert", frozenset(("c",)))),
            ),
        ),
        ({"options": {"x": "9", "z": "3"}}, None),
        ({"options": {}}, None),
        ({"addresses": frozenset()}, None),
    ):
        await client.transact([operation or Update(LSP, port, columns)])
        new = {**old, **columns}
        assert await following(watch) == Changes([RowChange(LSP, port, old, new)])
        assert watch.rows == {LSP: {port: new}}
        old = new
    await client.transact([Delete(LS, switch)])
    assert await following(watch) == Changes([RowChange(LSP, port, old, None)])
    assert watch.rows == {LSP: {}}


async def test_differences_of_sets_are_told_whatever_came_between(server):
    async with Client(server.remote, NB) as client:
        watch = client.watch(PORTS)
        await following(watch)
        _, port = await add_port(client)
        await following(watch)
        before = frozenset(("a", "b"))
        for sets in ([{"a", "b", "c"}], [{"a"}, {"a", "d"}, {"d", "e"}], [{"e"}, {"d", "e"}], [set()], [{"x"}, {"y"}]):
            for number, wanted in enumerate(sets):
                await client.transact([Update(LSP, port, {"addresses": frozenset(wanted), "tag": number + 1})])
            (change,) = (await following(watch)).changes
            after = frozenset(sets[-1])
            assert (change.old["addresses"], change.new["addresses"]) == (before, after)
            assert change.difference("addresses") == before ^ after
            assert change.differences.get("addresses", before ^ after) == before ^ after
            before = after
        await client.transact([Update(LSP, port, {"name": "q"})])
        (change,) = (await following(watch)).changes
        assert change.difference("addresses") == frozenset()


async def test_a_large_set_is_followed_through_many_small_changes(server):
    async with Client(server.remote, NB) as client:
        watch = client.watch({"Address_Set": ("addresses",)})
        await following(watch)
        place, wanted = ("Address_Set", uuid4()), {f"10.0.{i}.{j}" for i in range(2) for j in range(200)}
        await client.transact([Insert(*place, {"name": "many", "addresses": frozenset(wanted)})])
        await following(watch)
        for number in range(60):
            gone, come = f"10.0.0.{number}", f"10.0.9.{number}"
            mutations = (("addresses", "delete", frozenset({gone})), ("addresses", "insert", frozenset({come})))
            await client.transact([Mutate(*place, mutations)])
            (change,) = (await following(watch)).changes
            assert change.difference("addresses") == {gone, come}
            assert change.old["addresses"] == wanted
            wanted = wanted - {gone} | {come}
            assert change.new["addresses"] == wanted == watch.rows["Address_Set"][place[1]]["addresses"]


async def test_changes_of_each_kind_of_column(server):
    async with Client(server.remote, NB) as client:
        watch = client.watch(PORTS)
        await client.wait_connected(10)
        await story(client, watch)


@pytest.mark.parametrize("lacking", [{"monitor_cond_since"}, {"monitor_cond_since", "monitor_cond"}])
async def test_older_servers_are_watched_too(server, proxy, lacking):
    def spoil(way, message, _cut):
        # The server refuses methods that it does not know; let it not know these.
        request = msgspec.json.decode(message)
        if way == "request" and request.get("method") in lacking:
            return msgspec.json.encode({**request, "method": "lacking"})
        return message

    proxy.spoil = spoil
    async with proxy, Client(proxy.remote, NB) as client:
        watch = client.watch(PORTS)
        await client.wait_connected(10)
        await story(client, watch)


async def test_what_the_schema_lacks_is_left_out(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        watch = client.watch({LSP: ["name", "colour"], "Nonsense": ["a"], QOS: ["priority"]})
        assert await following(watch) == Reload({LSP: {}, "Nonsense": {}, QOS: {}})
        assert watch.missing == ((LSP, "colour"), ("Nonsense", None))
        _, port = await add_port(client)
        assert await following(watch) == Changes([RowChange(LSP, port, None, {"name": "p"})])


async def test_a_kill_is_a_loss_and_then_a_reload(server):
    async with Client(server.remote, NB) as client:
        watch, other = client.watch({LSP: ["name"]}), client.watch({LS: []})
        await client.wait_connected(10)
        await following(watch)
        switch, port = await add_port(client)
        await following(watch)
        server.kill()
        assert await following(watch) == Lost()
        assert not watch.is_live
        assert watch.rows == {LSP: {port: {"name": "p"}}}
        server.start()
        assert await following(watch) == Reload({LSP: {port: {"name": "p"}}})
        assert other.rows == {LS: {switch: {}}} or await following(other)
        await client.transact([Update(LSP, port, {"name": "q"})])
        assert await following(watch) == Changes([RowChange(LSP, port, {"name": "p"}, {"name": "q"})])


async def test_a_cluster_resumes_after_a_break(cluster):
    async with Client(cluster.remote, NB, leader_only=True) as client, Client(cluster.remote, NB) as writer:
        watch = client.watch({LSP: ["name"]})
        await client.wait_connected(10)
        await writer.wait_connected(10)
        assert await following(watch) == Reload({LSP: {}})
        _, first = await add_port(writer)
        assert await following(watch) == Changes([RowChange(LSP, first, None, {"name": "p"})])
        client.reconnect("a break")
        _, second = await add_port(writer, name="q")
        assert await following(watch) == Lost()
        assert await following(watch) == Changes([RowChange(LSP, second, None, {"name": "q"})])
        client.reconnect("a break in which nothing happens")
        assert await following(watch) == Lost()
        assert await following(watch) == Changes([])
        assert watch.rows == {LSP: {first: {"name": "p"}, second: {"name": "q"}}}


async def test_a_slow_consumer_gets_one_change_for_each_row(server):
    async with Client(server.remote, NB) as client:
        watch, probe = client.watch({LSP: ["name", "tag"]}), client.watch({LSP: ["name"]})
        await client.wait_connected(10)
        await following(watch)
        _, port = await add_port(client, tag=None)
        gone, _ = await add_port(client, name="gone")
        for number in range(200):
            await client.transact([Update(LSP, port, {"tag": number + 1})])
        await client.transact([Delete(LS, gone)])
        _, last = await add_port(client, name="last")
        while last not in probe.rows[LSP]:
            await following(probe)
        assert await following(watch) == Changes(
            [
                RowChange(LSP, port, None, {"name": "p", "tag": 200}),
                RowChange(LSP, last, None, {"name": "last", "tag": 1}),
            ]
        )
        await client.transact([Update(LSP, port, {"tag": 5})])
        await client.transact([Update(LSP, port, {"tag": 200})])
        await client.transact([Update(LSP, last, {"name": "end"})])
        while probe.rows[LSP][last] != {"name": "end"}:
            await following(probe)
        changed = RowChange(LSP, last, {"name": "last", "tag": 1}, {"name": "end", "tag": 1})
        assert await following(watch) == Changes([changed])


async def test_a_large_database_is_loaded_whole(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        ports = [uuid4() for _ in range(5000)]
        rows = [Insert(LSP, port, {"name": str(port), "options": {'"{': "\\"}}) for port in ports]
        await client.transact([Insert(LS, uuid4(), {"ports": frozenset(ports)}), *rows])
        watch = client.watch({LSP: ["name", "options"]})
        event = await following(watch)
        assert event == Reload({LSP: {port: {"name": str(port), "options": {'"{': "\\"}} for port in ports}})


async def test_closing_ends_the_iteration(server):
    async with Client(server.remote, NB) as client:
        first, second = client.watch(PORTS), client.watch(PORTS)
        await client.wait_connected(10)
        await following(first)
        await following(second)
        first.close()
        assert [event async for event in first] == []
        replica = weakref.ref(first)
        del first
        gc.collect()
        assert replica() is None  # a controller that starts again and again keeps one replica
    assert [event async for event in second] == []


async def test_rows_come_and_go_with_the_conditions(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        _, one = await add_port(client, name="one")
        _, two = await add_port(client, name="two")
        watch = client.watch({LSP: ["name"]}, {LSP: [("name", "==", "one")]})
        assert await following(watch) == Reload({LSP: {one: {"name": "one"}}})
        watch.narrow(LSP, [("name", "==", "one"), ("_uuid", "==", two)])
        assert await following(watch) == Changes([RowChange(LSP, two, None, {"name": "two"})])
        watch.narrow(LSP, [("_uuid", "==", two)])
        assert await following(watch) == Changes([RowChange(LSP, one, {"name": "one"}, None)])
        client.reconnect("a test")
        assert await following(watch) == Lost()
        assert await following(watch) == Reload({LSP: {two: {"name": "two"}}})
        watch.narrow(LSP, [])
        assert await following(watch) == Changes([RowChange(LSP, two, {"name": "two"}, None)])
        await add_port(client, name="three")
        watch.narrow(LSP, [("name", "==", "three")])
        (change,) = (await following(watch)).changes
        assert change.new == {"name": "three"}


async def test_a_condition_that_changes_before_the_first_answer_holds(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        _, one = await add_port(client, name="one")
        watch = client.watch({LSP: ["name"]}, {LSP: []})
        watch.narrow(LSP, [("name", "==", "one")])
        async for _ in watch:
            if watch.rows[LSP] == {one: {"name": "one"}}:
                break


async def test_rows_that_are_gone_come_before_those_in_their_place(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        switch, *old = (uuid4() for _ in range(9))
        await client.transact(
            [
                Insert(LS, switch, {"ports": frozenset(old)}),
                *(Insert(LSP, uuid, {"name": str(number)}) for number, uuid in enumerate(old)),
            ]
        )
        watch = client.watch({LSP: ["name"]})
        await following(watch)
        new = [uuid4() for _ in old]
        await client.transact(
            [
                *(Insert(LSP, uuid, {"name": str(number)}) for number, uuid in enumerate(new)),
                Update(LS, switch, {"ports": frozenset(new)}),
            ]
        )
        changes = (await following(watch)).changes
        assert {change.uuid for change in changes[:8]} == set(old)
        assert {change.uuid for change in changes[8:]} == set(new)
