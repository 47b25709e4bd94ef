"""Locks against a real server."""

import asyncio

import pytest

from neutrino.ovsdb import AssertLock, Client, Comment, Group, Lost, NotOwner, Reload, commit

NB = "OVN_Northbound"


async def soon(waiting):
    async with asyncio.timeout(10):
        return await waiting


async def test_a_lock_is_handed_over(server):
    async with Client(server.remote, NB) as first, Client(server.remote, NB) as second:
        ours = first.lock("leader")
        await soon(ours.acquired())
        assert first.lock("leader") is ours
        theirs = second.lock("leader")
        await second.wait_connected(10)
        guarded = [AssertLock("leader"), Comment("only the owner")]
        assert await first.transact(guarded) == [None, None]
        with pytest.raises(NotOwner):
            await second.transact(guarded)
        with pytest.raises(NotOwner):
            await commit(second, [Group((Comment("x"),))], lock="leader")
        assert not theirs.is_owned
        ours.release()
        await soon(theirs.acquired())
        assert ours.lost.is_set()
        assert not ours.is_owned
        ours.request()
        await second.transact(guarded)
        theirs.release()
        await soon(ours.acquired())
        assert not ours.lost.is_set()


async def test_a_lock_goes_with_its_connection_and_is_asked_for_again(server):
    async with Client(server.remote, NB) as first, Client(server.remote, NB) as second:
        ours = first.lock("leader")
        await soon(ours.acquired())
        await second.wait_connected(10)
        theirs = second.lock("leader")
        await second.transact([Comment("after the request for the lock")])
        first.reconnect("a break")
        await soon(ours.lost.wait())
        await soon(theirs.acquired())
        assert not ours.is_owned
        await first.wait_connected(10)
        second.reconnect("a break")
        await soon(ours.acquired())
        await soon(theirs.lost.wait())


async def test_a_restart_gives_the_lock_to_one(server):
    async with Client(server.remote, NB) as first, Client(server.remote, NB) as second:
        locks = [first.lock("leader"), second.lock("leader")]
        watches = [client.watch({}) for client in (first, second)]
        for watch in watches:
            assert await soon(anext(watch)) == Reload({})
        await soon(
            asyncio.wait([asyncio.create_task(lock.acquired()) for lock in locks], return_when="FIRST_COMPLETED")
        )
        server.kill()
        server.start()
        for watch in watches:
            assert await soon(anext(watch)) == Lost()
        await first.wait_connected(10)
        await second.wait_connected(10)
        for client in (first, second):
            await client.transact([Comment("after the request for the lock")])
        assert sorted(lock.is_owned for lock in locks) == [False, True]
        owner, other = sorted(locks, key=lambda lock: not lock.is_owned)
        owner.release()
        await soon(other.acquired())


async def test_a_stolen_lock_is_lost(server):
    async with Client(server.remote, NB) as client:
        lock = client.lock("leader")
        await soon(lock.acquired())
        reader, writer = await asyncio.open_unix_connection(server.socket)
        writer.write(b'{"id":1,"method":"steal","params":["leader"]}')
        await reader.read(1000)
        await soon(lock.lost.wait())
        writer.close()
        await writer.wait_closed()
        await soon(lock.acquired())
