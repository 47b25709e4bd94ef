"""Whether a database is equal to the intent, asked from outside while all is running; and making it so once.

Here: telling what differs from what is merely on its way, and one controller's turn. Not here: what a difference is.

A look reads all of the intent, renders it, and compares it with a replica of its own. What differs then may be on its
way: a difference counts when it is there again, the very same, in a second look, before which the running controller
had realised the journal up to where the first look saw it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.watch import Reload, Watch
from neutrino.reconcile.controller import Controller
from neutrino.reconcile.differences import ROW, Difference, differences
from neutrino.reconcile.engine import Engine
from neutrino.reconcile.fragment import Source
from neutrino.reconcile.intent import Intent
from neutrino.reconcile.noun import Backend
from neutrino.reconcile.territory import known_to, watched

_FOUNDATION: Source = ("", "foundation")
PATIENCE_S = 10.0
"""How long is waited at most for a connection, and for the controller to realise what is on its way."""
_BETWEEN_S = 0.5  # drift is put right within tens of milliseconds: time for that
_POLL_S = 0.05


class Report(msgspec.Struct, frozen=True):
    """What differs; whether the controller had *realised* the journal up to where the first look saw it."""

    differences: list[Difference]
    is_realised: bool


async def check(backend: Backend, client: Client, intent: Intent, *, patience_s: float = PATIENCE_S) -> Report:
    """Return how *backend*'s database, at *client*, differs from *intent*. Nothing is written.

    Raises:
        NotConnected: The database does not answer.
    """
    await client.wait_connected(patience_s)
    tables = watched(backend.territory)
    watch = client.watch(tables)
    loaded = asyncio.Event()
    following = asyncio.create_task(_follow(watch, loaded), name=f"follow {backend.database}")
    try:
        async with asyncio.timeout(patience_s):
            await loaded.wait()
        seq = await intent.head()
        first = await _look(backend, client, intent, watch)
        if not first:
            return Report([], is_realised=True)
        is_realised = await _realised(backend, intent, seq, patience_s)
        second = {_identity(one) for one in await _look(backend, client, intent, watch)}
        lasting = [one for one in first if _identity(one) in second]
        return Report(await _named(lasting, backend, intent), is_realised)
    finally:
        watch.close()
        following.cancel()


async def repair(
    backend: Backend, client: Client, intent: Intent, wake_path: Path, *, patience_s: float = PATIENCE_S
) -> int:
    """Make *backend*'s database equal to *intent* and return how many rows were written.

    It takes the lead from the running controller for one full pass, so the two never write at once; the other then
    leads again, with a full pass of its own. *wake_path* is a socket's that nobody uses.
    """
    await client.wait_connected(patience_s)
    controller = Controller(backend, client, intent, wake_path, steals=True)

    async def is_over() -> bool:
        return running.done() or (controller.passes > 0 and controller.is_mended)

    running = asyncio.create_task(controller.run(), name="repair")
    try:
        await _until(is_over, patience_s)
        return controller.written
    finally:
        running.cancel()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.result()


async def _follow(watch: Watch, loaded: asyncio.Event) -> None:
    async for event in watch:
        if isinstance(event, Reload):
            loaded.set()


async def _look(backend: Backend, client: Client, intent: Intent, watch: Watch) -> list[Difference]:
    engine = Engine(backend.nouns, intent)
    for others in backend.others:
        engine.learn(others, watch.rows)
    await engine.rebuild()
    engine.world.replace(_FOUNDATION, backend.foundation(watch.rows))
    territory = known_to(client.schema, backend.territory)
    engine.adopt(watch.rows, territory)
    found = differences(engine.world, watch.rows, territory)
    for (collection, ident), says in sorted(engine.failed.items()):
        found.append(
            Difference(
                kind=collection,
                id=ident,
                table="",
                row="",
                row_name="",
                column=ROW,
                expected="what can be rendered",
                found=says,
            )
        )
    return found


async def _named(found: list[Difference], backend: Backend, intent: Intent) -> list[Difference]:
    """Return the differences with the names of the resources that they concern."""
    names: dict[Source, str] = {}
    for noun in backend.nouns:
        ids = {one.id for one in found if one.kind == noun.collection}
        for ident, resource in (await intent.get(noun.resource, ids)).items() if ids else ():
            names[noun.collection, ident] = str(getattr(resource, "name", None) or "")
    return [msgspec.structs.replace(one, name=names.get((one.kind, one.id), "")) for one in found]


async def _realised(backend: Backend, intent: Intent, seq: int, patience_s: float) -> bool:
    """Wait until the controller has realised the journal up to *seq*; say whether it did."""

    async def is_realised() -> bool:
        waiting = await intent.changes(await intent.realised_seq(backend.name), 1)
        return not waiting or waiting[0].seq > seq

    await asyncio.sleep(_BETWEEN_S)
    return await _until(is_realised, patience_s)


async def _until(holds: Callable[[], Awaitable[bool]], most_s: float) -> bool:
    """Ask every now and then, for *most_s* at most, and say whether it *holds*."""
    end_s = asyncio.get_running_loop().time() + most_s
    while True:
        held = await holds()
        if held or asyncio.get_running_loop().time() >= end_s:
            return held
        await asyncio.sleep(_POLL_S)


def _identity(difference: Difference) -> bytes:
    return msgspec.json.encode(difference)
