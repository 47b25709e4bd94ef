"""The Northbound goes, the controller is killed, another takes over: nothing is lost and nothing done twice."""

import asyncio
import signal
import sqlite3
from contextlib import closing

import msgspec
import pytest
from tests.component.controller.cloud import Cloud, Observer, until
from tests.topology import network, port, reference, subnet

from neutrino.backends.ovn import uuids
from neutrino.backends.ovn.northbound import BACKEND
from neutrino.ovsdb.client import Client
from neutrino.reconcile.controller import Controller
from neutrino.runtime.supervisor import kept
from neutrino.store import sqlite
from neutrino.store.database import open_database
from neutrino.store.intent import Intent


async def ports_in(seen: Observer) -> set:
    return set(await seen.rows("Logical_Switch_Port"))


async def test_the_northbound_is_away_for_ten_seconds_during_writes(cloud: Cloud) -> None:
    blue = network("blue")
    v4 = subnet("v4", blue, "10.0.0.0/16")
    await cloud.put(blue, v4)
    ports = [port(f"p{n}", blue, {v4: f"10.0.{n // 250 + 1}.{n % 250 + 1}"}) for n in range(200)]
    async with cloud.controller() as controller:

        async def write() -> None:
            for n, one in enumerate(ports):
                await cloud.put(one)
                if n % 3 == 0:
                    await cloud.put(msgspec.structs.replace(one, name="renamed"))
                if n % 7 == 0:
                    await cloud.delete(one)
                await asyncio.sleep(0.05)

        writing = asyncio.create_task(write())
        await asyncio.sleep(1)
        cloud.nb.kill()
        await asyncio.sleep(10)
        cloud.nb.start()
        await writing
        expected = {uuids.port(one.id).uuid for n, one in enumerate(ports) if n % 7}
        async with cloud.northbound() as seen:

            async def is_right() -> bool:
                return await ports_in(seen) == expected

            assert await until(is_right) < 10
            names = {
                row["external_ids"]["neutron:port_name"] for row in (await seen.rows("Logical_Switch_Port")).values()
            }
            assert "renamed" in names
            assert not len(controller._failed)
    async with cloud.controller() as again:
        assert again.written == 0


async def test_kill_between_journal_and_apply(cloud: Cloud) -> None:
    blue = network("blue")
    await cloud.put(blue)
    ports = [port(f"p{n}", blue) for n in range(400)]
    async with cloud.northbound() as seen:
        for first in range(0, 400, 100):
            process = cloud.start()
            await cloud.put(*ports[first : first + 100])
            await asyncio.sleep(0.003 * (first // 100))  # killed at another place each time
            process.kill()
            process.wait()
        cloud.start()

        async def is_right() -> bool:
            return await ports_in(seen) == {uuids.port(one.id).uuid for one in ports}

        await until(is_right)
    async with cloud.northbound() as seen:
        (switch,) = (await seen.rows("Logical_Switch")).values()
        assert len(switch["ports"]) == 400


async def test_a_stand_by_takes_over(cloud: Cloud) -> None:
    await cloud.put(*reference())
    first, second = cloud.start("one"), cloud.start("two")
    blue = network("late")
    async with cloud.northbound() as seen:

        async def has_late() -> bool:
            return uuids.switch(blue.id).uuid in await seen.rows("Logical_Switch")

        first.send_signal(signal.SIGSTOP)  # it holds the lock, and does nothing
        await cloud.put(blue)
        await asyncio.sleep(0.5)
        assert not await has_late()
        first.kill()
        first.wait()
        await until(has_late)
        second.terminate()
        assert second.wait(5) == 0
    async with cloud.controller() as again:
        assert again.written == 0
    assert "leading" in (cloud.folder / "two.log").read_text()


async def test_who_cannot_read_the_intent_leaves_the_lead_to_another(cloud: Cloud) -> None:
    path = cloud.folder / "broken.sqlite"
    with closing(open_database(f"sqlite:///{path}")) as broken:
        async with Client(cloud.nb.remote, "OVN_Northbound") as client:
            first = Controller(BACKEND, client, Intent(broken), cloud.folder / "first.wake")
            running = asyncio.create_task(kept("first", first.run))
            try:
                await until(lambda: first.passes)
                with closing(sqlite3.connect(path)) as connection:
                    connection.execute("DROP TABLE journal")
                await cloud.put(network("late"))
                async with cloud.controller() as second:
                    assert second.written > 0
                    assert not first.is_leading
            finally:
                running.cancel()
                await asyncio.wait((running,))


async def test_who_can_read_and_not_write_goes_on(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)
    blue = network("blue")
    async with cloud.controller() as controller, cloud.northbound() as seen:
        await cloud.put(blue)
        with closing(sqlite3.connect(cloud.folder / "store.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(3)  # the controller notes once a second how far it is
        assert uuids.switch(blue.id).uuid in await seen.rows("Logical_Switch")
        assert (controller.passes, controller.is_leading) == (1, True)

        async def is_noted() -> bool:
            return await cloud.intent.realised_seq("ovn") == controller.position

        await until(is_noted)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_server_of_the_database_takes_over_that_lacks_the_last_commits(cloud: Cloud, store) -> None:
    cloud.url = store.url
    kept, lost, later = network("kept"), network("lost"), network("later")

    def switches(*networks) -> set:
        return {uuids.switch(one.id).uuid for one in networks}

    with closing(open_database(store.url)) as database:
        async with cloud.northbound() as seen:

            async def is_right(*networks) -> bool:
                return set(await seen.rows("Logical_Switch")) == switches(*networks)

            await database.write(lambda tx: tx.insert(kept))
            cloud.start()
            await database.write(lambda tx: tx.insert(lost))
            await until(lambda: is_right(kept, lost))
            store.close()
            with store.server.connect(store.name) as connection:  # as an asynchronous replica has it
                connection.execute("DELETE FROM networks WHERE name = 'lost'; DELETE FROM journal WHERE seq > 1")
                connection.execute("ALTER SEQUENCE journal_seq_seq RESTART WITH 2")
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                   " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
            await database.write(lambda tx: tx.insert(later))
            await until(lambda: is_right(kept, later))
    for process in cloud.processes:  # which holds connections
        process.terminate()
        assert process.wait(10) == 0
