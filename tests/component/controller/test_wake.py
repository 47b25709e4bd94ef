"""Both ends of the wake-up: each change is told of before it is looked for, and no oftener than it is read."""

import asyncio
from contextlib import closing

import pytest

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
