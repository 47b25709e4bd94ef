"""A keeper starts, sees readiness, starts again with back-off, and stops. The programs are real and small."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from neutrino.linux import process
from neutrino.stack.service import Exists, Keeper, Notifies, Prints, Service

SAYS_READY = """
import os, socket, time
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
    channel.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
time.sleep(60)
"""


async def always(_name: str) -> None:
    """Every other service is ready."""


async def eventually(claim: Callable[[], bool]) -> None:
    while not claim():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.01)


def kept(folder: Path, service: Service, await_ready: Callable[[str], Awaitable[None]] = always) -> Keeper:
    return Keeper(service, folder / "log", folder / "notify", await_ready)


def told(folder: Path, story: Callable[[Keeper], Awaitable[None]], service: Service) -> None:
    async def run() -> None:
        keeper = kept(folder, service)
        keeper.start()
        try:
            async with asyncio.timeout(20):
                await story(keeper)
        finally:
            await keeper.stop()

    asyncio.run(run())


def sleeper(folder: Path, name: str = "s") -> Service:
    file = folder / "there"
    return Service(name=name, command=("sh", "-c", f"touch {file}; exec sleep 60"), ready=Exists(file))


def test_ready_when_the_program_notifies(tmp_path: Path) -> None:
    async def story(keeper: Keeper) -> None:
        await keeper.ready.wait()
        assert (await keeper.status()).state == "ready"

    told(tmp_path, story, Service(name="n", command=(sys.executable, "-c", SAYS_READY), ready=Notifies()))


def test_a_line_counts_once_all_of_it_is_printed(tmp_path: Path) -> None:
    printed = tmp_path / "console"
    ready = Prints(printed, "guest: address ")
    for text, is_ready in (("Linux\r\nguest: address", False), (" 10.0.0.1", False), ("2/24\r\n$ ", True)):
        with printed.open("a") as file:
            file.write(text)
        assert asyncio.run(ready.holds(0)) is is_ready


def test_a_killed_program_is_started_again_and_its_state_applied_again(tmp_path: Path) -> None:
    applied: list[int] = []

    async def apply() -> None:
        applied.append(1)

    service = sleeper(tmp_path)
    service = Service(name=service.name, command=service.command, ready=service.ready, apply=apply)

    async def story(keeper: Keeper) -> None:
        await keeper.ready.wait()
        first = keeper.pid
        assert await keeper.signal(signal.SIGKILL)
        await keeper.ready.wait()
        assert keeper.pid != first
        assert (keeper.restarts, len(applied)) == (1, 2)

    told(tmp_path, story, service)


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    pids: list[int] = []

    async def story(keeper: Keeper) -> None:
        await keeper.ready.wait()
        pids.append(keeper.pid)

    told(tmp_path, story, sleeper(tmp_path))
    assert process.wait_for_end(pids[0], 0)


def test_a_program_that_ignores_term_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "there"
    command = ("sh", "-c", f"trap '' TERM; touch {file}; while :; do sleep 0.1; done")

    async def story(keeper: Keeper) -> None:
        await keeper.ready.wait()

    told(tmp_path, story, Service(name="s", command=command, ready=Exists(file), stop_within_s=0.1))


def test_what_ends_before_it_is_ready_says_its_last_words(tmp_path: Path) -> None:
    async def story(keeper: Keeper) -> None:
        await eventually(lambda: keeper.failures >= 2)
        status = await keeper.status()
        assert "status 3" in status.trouble
        assert "no good" in status.trouble
        assert not keeper.ready.is_set()

    service = Service(name="s", command=("sh", "-c", "echo no good; exit 3"), ready=Exists(tmp_path / "never"))
    told(tmp_path, story, service)


def test_a_program_that_is_not_there_is_trouble_not_an_end(tmp_path: Path) -> None:
    async def story(keeper: Keeper) -> None:
        await eventually(lambda: keeper.failures >= 1)
        assert "no-such-program" in keeper.trouble

    told(tmp_path, story, Service(name="s", command=("/no-such-program",), ready=Exists(tmp_path / "never")))


def test_children_are_killed_below_their_waiting_parent(tmp_path: Path) -> None:
    async def run() -> None:
        child = await asyncio.create_subprocess_exec("sh", "-c", "sleep 60; exit 7")
        children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        await eventually(lambda: bool(children.read_text()))
        process.kill_below(child.pid)
        assert await child.wait() == 7
        process.kill_below(os.getpid() + 1_000_000)  # nobody: nothing happens

    asyncio.run(run())
