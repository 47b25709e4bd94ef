"""Group commit against a real server: isolation of bad groups, outcomes that got lost."""

import asyncio
import signal
from uuid import uuid4

import pytest

from neutrino.ovsdb import (
    Client,
    Delete,
    Group,
    Insert,
    Mutate,
    NotConnected,
    Select,
    TransactionError,
    UnknownOutcome,
    Update,
    Wait,
    commit,
    guarded,
)

NB, LS, LSP, SET = "OVN_Northbound", "Logical_Switch", "Logical_Switch_Port", "Address_Set"


def errors(results):
    return [error and (error.index, error.error) for error in results]


async def names(client, table=LS):
    (rows,) = await client.transact([Select(table, (), ("name",))])
    return sorted(row["name"] for row in rows)


def new_port(switch, name):
    port = uuid4()
    return Group(
        (Insert(LSP, port, {"name": name}), *guarded(Mutate(LS, switch, (("ports", "insert", frozenset((port,))),)))),
        key=name,
    )


async def test_bad_groups_fail_alone(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        switch, taken = uuid4(), uuid4()
        assert await commit(client, [Group((Insert(LS, switch, {"name": "s"}), Insert(LS, taken, {"name": "t"})))]) == [
            None
        ]
        groups = [new_port(switch, f"p{number:02}") for number in range(40)]
        groups[3] = Group((Insert(LS, uuid4(), {"name": "x"}), Insert(LS, taken, {"name": "y"})))
        groups[7] = new_port(uuid4(), "without its switch")
        groups[11] = Group((Insert(LS, uuid4(), {"ports": frozenset((uuid4(),))}),))
        groups[12] = Group((Insert(LSP, uuid4(), {"colour": "red"}),))
        groups[13] = Group((Wait(LS, switch), Insert(LSP, uuid4(), {"name": 7})))
        groups[14] = Group(())
        groups[15] = new_port(switch, "\ud800")
        groups[39] = new_port(switch, "p00")
        results = errors(await commit(client, groups))
        bad = {
            3: (1, "duplicate uuid"),
            7: (1, "timed out"),
            11: (None, "referential integrity violation"),
            12: (0, "unknown column"),
            13: (1, "bad value"),
            15: (0, "bad value"),
            39: (None, "constraint violation"),
        }
        assert results == [bad.get(index) for index in range(40)]
        assert await names(client) == ["s", "t"]
        assert await names(client, LSP) == [f"p{number:02}" for number in range(39) if number not in {*bad, 14}]


async def test_many_bad_groups_cost_few_transactions(server, proxy):
    sent = []

    def spoil(way, message, _cut):
        if way == "request" and b'"transact"' in message:
            sent.append(message)
        return message

    proxy.spoil = spoil
    async with proxy, Client(proxy.remote, NB) as client:
        await client.wait_connected(10)
        groups = [new_port(uuid4(), f"p{number}") for number in range(64)]
        assert errors(await commit(client, groups)) == [(1, "timed out")] * 64
    assert sum(message.count(b'"insert","table"') + message.count(b'"op":"insert"') for message in sent) < 64 * 4 * 7


async def test_a_group_may_need_a_later_one(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        port = uuid4()
        groups = [
            Group((Insert(LS, uuid4(), {"name": "needs", "ports": frozenset((port,))}),)),
            Group((Insert(SET, uuid4(), {"name": "a"}), Insert(SET, uuid4(), {"name": "a"}))),
            Group((Insert(LSP, port, {"name": "p"}), Insert(LS, uuid4(), {"name": "s", "ports": frozenset((port,))}))),
        ]
        assert errors(await commit(client, groups)) == [None, (None, "constraint violation"), None]
        assert await names(client) == ["needs", "s"]


@pytest.mark.parametrize("committed", [True, False])
async def test_a_lost_answer_is_found_out(server, proxy, committed):
    cuts = iter((1,))

    def spoil(way, message, cut):
        watched = b'"transact"' in message if way == "request" else b'"count"' in message
        if watched and (way == "answer") == committed and next(cuts, None):
            cut()
            return b""
        return message

    async with proxy, Client(proxy.remote, NB) as client, Client(server.remote, NB) as direct:
        await client.wait_connected(10)
        await direct.wait_connected(10)
        switch, old = uuid4(), uuid4()
        await direct.transact([Insert(LS, switch, {"name": "s"}), Insert(LS, old, {"name": "old"})])
        proxy.spoil = spoil
        groups = [
            new_port(switch, "p"),
            Group(guarded(Update(LS, switch, {"external_ids": {"a": "1"}}))),
            Group(guarded(Delete(LS, old))),
        ]
        assert await commit(client, groups, timeout_s=10) == [None, None, None]
        assert next(cuts, None) is None, "the cut was used"
        assert await names(client) == ["s"]
        assert await names(client, LSP) == ["p"]


@pytest.mark.parametrize("committed", [True, False])
async def test_a_lost_answer_without_inserts(server, proxy, committed):
    cuts = iter((1,))

    def spoil(way, message, cut):
        watched = b'"transact"' in message if way == "request" else b'"count"' in message
        if watched and (way == "answer") == committed and next(cuts, None):
            cut()
            return b""
        return message

    async with proxy, Client(proxy.remote, NB) as client:
        await client.wait_connected(10)
        switch, old = uuid4(), uuid4()
        await client.transact(
            [Insert(LS, switch, {"name": "s", "external_ids": {"a": "1"}}), Insert(LS, old, {"name": "old"})]
        )
        proxy.spoil = spoil
        change = Mutate(
            LS, switch, (("external_ids", "delete", frozenset(("a",))), ("external_ids", "insert", {"a": "2"}))
        )
        assert await commit(client, [Group(guarded(change)), Group(guarded(Delete(LS, old)))], timeout_s=10) == [
            None,
            None,
        ]
        assert next(cuts, None) is None, "the cut was used"
        assert await client.transact([Select(LS, (), ("name", "external_ids"))]) == [
            [{"name": "s", "external_ids": {"a": "2"}}]
        ]


async def test_a_row_of_an_earlier_time_is_not_taken_for_ours(server, proxy):
    cuts = iter((1,))

    def spoil(way, message, cut):
        if way == "answer" and b"duplicate" in message and next(cuts, None):
            cut()
            return b""
        return message

    async with proxy, Client(proxy.remote, NB) as client:
        await client.wait_connected(10)
        switch = uuid4()
        await client.transact([Insert(LS, switch, {"name": "earlier"})])
        proxy.spoil = spoil
        results = await commit(client, [Group((Insert(LS, switch, {"name": "ours"}),))], timeout_s=10)
        assert errors(results) == [(0, "duplicate uuid")]
        assert await names(client) == ["earlier"]


async def test_a_server_that_stands_still_while_a_group_is_committed(server):
    async with Client(server.remote, NB, probe_s=0.2) as client:
        await client.wait_connected(10)
        server.signal(signal.SIGSTOP)
        waiting = asyncio.create_task(commit(client, [Group((Insert(LS, uuid4(), {"name": "s"}),))], timeout_s=20))
        await asyncio.sleep(0.6)
        server.signal(signal.SIGCONT)
        assert await waiting == [None]
        assert await names(client) == ["s"]


async def test_without_a_server(server):
    async with Client(server.remote, NB) as client:
        with pytest.raises(NotConnected):
            await commit(client, [Group((Insert(LS, uuid4(), {}),))])
        await client.wait_connected(10)
        server.signal(signal.SIGSTOP)
        waiting = asyncio.create_task(commit(client, [Group((Insert(LS, uuid4(), {}),))], timeout_s=0.6))
        await asyncio.sleep(0.1)
        server.kill()
        with pytest.raises(UnknownOutcome):
            await waiting


async def test_kills_lose_and_double_nothing(server):
    """Writers commit while the server is killed again and again: what was acknowledged is there, and nothing else."""
    switch = uuid4()
    acknowledged: set[str] = set()
    refused: list[TransactionError] = []
    stop = asyncio.Event()

    async def write(client, writer):
        number = 0
        while not stop.is_set():
            batch = [new_port(switch, f"{writer}-{number + index}") for index in range(10)]
            number += 10
            try:
                results = await commit(client, batch, timeout_s=20)
            except NotConnected:
                await client.wait_connected(10)
                continue
            refused.extend(error for error in results if error)
            acknowledged.update(str(group.key) for group in batch)

    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        await client.transact([Insert(LS, switch, {"name": "s"})])
        async with asyncio.TaskGroup() as writers:
            for writer in range(4):
                writers.create_task(write(client, writer))
            for pause_s in (0.15, 0.11, 0.2, 0.13, 0.17):
                await client.wait_connected(10)
                await asyncio.sleep(pause_s)
                server.kill()
                server.start()
            await client.wait_connected(10)
            await asyncio.sleep(0.1)
            stop.set()
        assert refused == []
        there = await names(client, LSP)
        assert len(there) > 100
        assert set(there) == acknowledged
        assert len(there) == len(acknowledged)
        ((row,),) = await client.transact([Select(LS, switch, ("ports",))])
        assert len(row["ports"]) == len(there)
