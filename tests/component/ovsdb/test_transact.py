"""Transactions against a real server: chosen uuids, guards, errors, values."""

from uuid import UUID, uuid4

import pytest

from neutrino.ovsdb import (
    BadValue,
    Client,
    Comment,
    Delete,
    Insert,
    Mutate,
    NotConnected,
    Select,
    TransactionError,
    UnknownColumn,
    Update,
    Wait,
    guarded,
)

NB = "OVN_Northbound"
LS, LSP = "Logical_Switch", "Logical_Switch_Port"


async def test_a_row_has_the_uuid_that_was_chosen(server):
    switch, port = uuid4(), uuid4()
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        results = await client.transact(
            [
                Insert(LS, switch, {"name": "s", "ports": frozenset((port,)), "other_config": {"a": "1"}}),
                Insert(LSP, port, {"name": "p", "up": True, "tag": 5}),
                Comment("two rows"),
                Select(LSP, port, ("_uuid", "name", "up", "tag", "addresses", "options", "parent_name")),
                Update(LSP, port, {"tag": None}),
                Mutate(
                    LS, switch, (("other_config", "delete", frozenset("a")), ("other_config", "insert", {"a": "2"}))
                ),
                Select(LS, (("name", "==", "s"),), ("other_config", "ports")),
                Select(LSP, port, ("tag",)),
            ]
        )
    assert results == [
        switch,
        port,
        None,
        [
            {
                "_uuid": port,
                "name": "p",
                "up": True,
                "tag": 5,
                "addresses": frozenset(),
                "options": {},
                "parent_name": None,
            }
        ],
        1,
        1,
        [{"other_config": {"a": "2"}, "ports": frozenset((port,))}],
        [{"tag": None}],
    ]


async def test_a_uuid_is_taken_once(server):
    switch = uuid4()
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        await client.transact([Insert(LS, switch, {"name": "s"})])
        with pytest.raises(TransactionError) as refused:
            await client.transact([Insert(LS, uuid4(), {"name": "t"}), Insert(LS, switch, {"name": "s"})])
        assert (refused.value.index, refused.value.error) == (1, "duplicate uuid")
        assert await client.transact([Select(LS, (), ("name",))]) == [[{"name": "s"}]]


async def test_a_mutate_of_a_missing_row_is_silent_and_a_guard_catches_it(server):
    switch, port = uuid4(), uuid4()
    add = Mutate(LS, switch, (("ports", "insert", frozenset((port,))),))
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        assert await client.transact([Insert(LSP, port, {"name": "p"}), add]) == [port, 0]
        assert await client.transact([Select(LSP, (), ("name",))]) == [[]]
        with pytest.raises(TransactionError) as refused:
            await client.transact([Insert(LSP, port, {"name": "p"}), *guarded(add)])
        assert (refused.value.index, refused.value.error) == (1, "timed out")


async def test_a_guard_compares_columns(server):
    switch = uuid4()
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        await client.transact([Insert(LS, switch, {"name": "s", "external_ids": {"rev": "1"}})])
        bump = Update(LS, switch, {"external_ids": {"rev": "2"}})
        guard = Wait(LS, switch, {"external_ids": {"rev": "1"}})
        assert await client.transact([guard, bump]) == [None, 1]
        with pytest.raises(TransactionError):
            await client.transact([guard, bump])
        assert await client.transact([Wait(LS, switch), Delete(LS, switch)]) == [None, 1]


async def test_an_error_at_the_end_names_no_operation(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        with pytest.raises(TransactionError) as refused:
            await client.transact([Insert(LS, uuid4(), {"ports": frozenset((uuid4(),))})])
        assert (refused.value.index, refused.value.error) == (None, "referential integrity violation")


async def test_what_the_schema_cannot_take_is_not_sent(server):
    async with Client(server.remote, NB) as client:
        with pytest.raises(NotConnected):
            await client.transact([Comment("too early")])
        await client.wait_connected(10)
        for bad, kind in (
            (Insert(LS, uuid4(), {"colour": "red"}), UnknownColumn),
            (Insert("Chassis", uuid4(), {}), UnknownColumn),
            (Insert(LS, uuid4(), {"name": 5}), BadValue),
            (Insert(LS, uuid4(), {"name": "a\0"}), BadValue),
            (Insert(LS, uuid4(), {"name": "\ud800"}), BadValue),
        ):
            with pytest.raises(kind):
                await client.transact([bad])
        assert not client.schema.has(LS, "colour")
        assert client.schema.table(LS).columns["ports"].key.ref_table == LSP
        assert await client.transact([Select(LS, (), ("name",))]) == [[]]


async def test_no_server(tmp_path):
    async with Client(f"unix:{tmp_path / 'none'}", NB) as client:
        with pytest.raises(NotConnected):
            await client.wait_connected(0.3)
        with pytest.raises(NotConnected):
            await client.transact([Delete(LS, UUID(int=1))])


async def test_a_client_that_stops_with_its_server_gone_is_quick(server):
    async with Client(server.remote, NB) as client:
        await client.wait_connected(10)
        server.kill()
