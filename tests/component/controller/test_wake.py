"""The wake-up: each change is told of before it is looked for, no oftener than it is read; a stream goes together."""

import asyncio
from contextlib import closing

import pytest
from tests.component.controller.cloud import Cloud, until
from tests.topology import network, port

from neutrino.backends.ovn import uuids
from neutrino.reconcile.wake import Wake as Listener
from neutrino.server.wake import Wake as Sender


@pytest.fixture
def sends(tmp_path):
    with closing(Sender(tmp_path / "wake")) as one, closing(Sender(tmp_path / "wake")) as other:
        yield one, other


async def test_one_datagram_waits_however_often_it_is_sent_and_none_is_lost(tmp_path, sends) -> None:
    told = asyncio.Queue()
    for send in sends:
        send()  # nobody listens
    with Listener(tmp_path / "wake", lambda: told.put_nowait(None)) as wake:
        assert not wake.read()
        for _ in range(3):
            for send in sends * 50:
                send()
            async with asyncio.timeout(5):
                await told.get()
            for send in sends * 50:  # nobody has read: the listener is not told again
                send()
            await asyncio.sleep(0.05)
            assert told.empty()
            assert wake.read()
            assert not wake.read()
        sends[0]()
        assert wake.read()  # whoever reads first knows, though the loop has not run
        sends[1]()
        async with asyncio.timeout(5):
            await told.get()


async def test_who_listens_next_is_told_though_something_was_left_unread(tmp_path, sends) -> None:
    told = asyncio.Queue()
    send, _ = sends
    with Listener(tmp_path / "wake", lambda: None):
        send()
    with Listener(tmp_path / "wake", lambda: told.put_nowait(None)):
        send()
        async with asyncio.timeout(5):
            await told.get()


def transactions(cloud: Cloud) -> int:
    return (cloud.folder / "nb.db").read_bytes().count(b"OVSDB JSON ")


async def test_a_stream_of_changes_goes_in_few_transactions(cloud: Cloud) -> None:
    blue = network("blue")
    await cloud.put(blue)
    ports = [port(f"p{number}", blue) for number in range(200)]
    async with cloud.controller(), cloud.northbound() as seen:
        before, loop = transactions(cloud), asyncio.get_running_loop()
        began_s = loop.time()
        for number in range(0, len(ports), 2):
            await cloud.put(*ports[number : number + 2])

        async def is_right() -> bool:
            return set(await seen.rows("Logical_Switch_Port")) == {uuids.port(one.id).uuid for one in ports}

        await until(is_right)
        assert transactions(cloud) - before <= (loop.time() - began_s) / 0.025 + 2
