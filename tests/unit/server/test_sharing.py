"""Connections, evenly among processes: here places of one process."""

import asyncio
import contextlib
import socket

import pytest

from neutrino.server.sharing import Sharing


@pytest.fixture
def sharing():
    made = Sharing(3)
    yield made
    made.close()


def test_who_has_fewest_serves_and_gets_a_copy(sharing):
    with contextlib.ExitStack() as after:

        def connections(number):
            return [tuple(map(after.enter_context, socket.socketpair())) for _ in range(number)]

        async def taken(number):
            out = asyncio.Queue()
            sharing.watch(lambda *one: out.put_nowait(one))
            return [await out.get() for _ in range(number)]

        there = connections(7)
        ours = [sharing.is_ours(own.fileno(), b"read") for _, own in there]
        assert ours == [True, False, False, True, False, False, True]
        assert sharing.loads() == [3, 2, 2]
        sharing.own = 2
        for (client, own), (copy, data) in zip([there[2], there[5]], asyncio.run(taken(2)), strict=True):
            own.close()
            copy.send(data + b" and served")
            assert client.recv(99) == b"read and served"
            copy.close()
            sharing.closed()
        assert sharing.loads() == [3, 2, 0]
        assert [sharing.is_ours(own.fileno(), b"read") for _, own in connections(2)] == [True, True]
        assert sharing.loads() == [3, 2, 2]


def test_what_others_do_not_take_is_served_here(sharing):
    with socket.socket() as one:
        ours = [sharing.is_ours(one.fileno(), b"read") for _ in range(5000)]
    assert ours[:6] == [True, False, False] * 2
    assert ours[-9:] == [True] * 9  # nobody looks at the others' doors, and they are full
    first, *others = sharing.loads()
    assert (first, sum(others)) == (ours.count(True), ours.count(False))
