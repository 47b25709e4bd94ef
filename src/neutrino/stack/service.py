"""Services: a program that is kept running, and how one knows that it works.

Here: the declaration (data) and the keeper of one service: start, readiness, restart with back-off, stop.
Not here: which services a lab has (central.py, host.py, instance.py).
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from neutrino.linux import process
from neutrino.stack import jsonrpc

LOG = logging.getLogger(__name__)
POLL_S = 0.01
"""How often readiness is looked at: a probe of a unix socket costs about 0.2 ms."""
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 5.0
AT_ONCE_S = 0.2
STEADY_S = 10.0
"""A service that ran this long starts its back-off anew."""
SILENT_AFTER_S = 5.0
"""A daemon with a heartbeat, one a second, that was not heard for so long."""
STOPPED = "stopped"


@dataclass(frozen=True)
class Answers:
    """Ready when a control socket answers *method* (with *wanted*, when given); ``{pid}`` in the path is filled in."""

    socket: str
    method: str = "version"
    wanted: str | None = None

    async def holds(self, pid: int) -> bool:
        """Tell whether the daemon *pid* answers now."""
        try:
            said = await jsonrpc.call(self.socket.format(pid=pid), self.method, timeout_s=2.0)
        except (OSError, TimeoutError, jsonrpc.CallFailed):
            return False
        return self.wanted is None or str(said).strip() == self.wanted


@dataclass(frozen=True)
class Exists:
    """Ready when a file is there; the keeper removes it before each start."""

    path: Path

    async def holds(self, pid: int) -> bool:  # noqa: ARG002 - the shape of a probe
        """Tell whether the file is there now."""
        return self.path.exists()


@dataclass(frozen=True)
class Notifies:
    """Ready when the daemon has said ``READY=1`` on ``NOTIFY_SOCKET`` (sd_notify(3)); later it says ``WATCHDOG=1``."""


@dataclass(frozen=True)
class Prints:
    """Ready when a line of the file *path* begins with *words*; the keeper removes the file before each start."""

    path: Path
    words: str

    async def holds(self, pid: int) -> bool:  # noqa: ARG002 - the shape of a probe
        """Tell whether the file says so now."""
        with contextlib.suppress(OSError):
            *lines, _ = self.path.read_text(errors="replace").split("\n")  # it may be printing the last one now
            return any(line.startswith(self.words) for line in lines)
        return False


Readiness = Answers | Exists | Notifies | Prints


async def nothing_more() -> None:
    """Do nothing: the step of a service that needs no other."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A program that is kept running.

    ``needs`` names services that must be ready before each start; ``network`` is the network namespace to start in
    (none: the caller's); ``prepare`` runs before each start and ``apply`` when it answers, before it counts as ready:
    what the program forgets when it dies is applied again there.
    """

    name: str
    command: tuple[str, ...]
    ready: Readiness
    needs: tuple[str, ...] = ()
    network: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[int, ...] = ()
    prepare: Callable[[], Awaitable[None]] = nothing_more
    apply: Callable[[], Awaitable[None]] = nothing_more
    stop_within_s: float = 2.0


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a service now. ``pid`` is as seen inside the lab until the client translates it."""

    name: str
    state: str
    pid: int = 0
    restarts: int = 0
    memory_bytes: int = 0
    trouble: str = ""


class Keeper:
    """Keeps one service running until told to stop."""

    def __init__(
        self, service: Service, log: Path, notify: Path, await_ready: Callable[[str], Awaitable[None]]
    ) -> None:
        self.service = service
        self.ready = asyncio.Event()
        self.restarts = 0
        self.failures = 0
        self.trouble = ""
        self._state = "waiting"
        self._log = log
        self._notify = notify
        self._await_ready = await_ready
        self._child: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._heard_s = 0.0

    @property
    def pid(self) -> int:
        """The process id inside the lab, 0 when there is none."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Begin to keep the service running."""
        self._state = "waiting"
        self._task = asyncio.create_task(self._keep(), name=self.service.name)

    async def stop(self, goodbye: str = "") -> None:
        """End the service and stop keeping it: *goodbye* on its control socket, when given, then TERM, then KILL."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.ready.clear()
        self._state = STOPPED
        began = time.monotonic()
        if goodbye and isinstance(self.service.ready, Answers):
            with contextlib.suppress(OSError, TimeoutError, jsonrpc.CallFailed):
                await jsonrpc.call(self.service.ready.socket.format(pid=self.pid), goodbye)
                async with asyncio.timeout(self.service.stop_within_s):
                    await process.ended(self.pid)
        await self._end()
        LOG.info("%s ended within %.0f ms", self.service.name, (time.monotonic() - began) * 1000)

    def strike(self) -> None:
        """Send KILL and stop keeping the service, without waiting: so that several end at the same moment."""
        if self._task:
            self._task.cancel()
        if self._child and self._child.poll() is None:
            self._child.kill()
        self.ready.clear()
        self._state = STOPPED

    async def bury(self) -> None:
        """Return when what strike() ended is gone."""
        if self._task:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._child:
            self._child.wait()

    @property
    def is_stopped(self) -> bool:
        """Whether it is not kept, until start()."""
        return self._state == STOPPED

    async def signal(self, number: int) -> bool:
        """Send a signal to the process; tell whether there was one.

        When the process ends of it at once, the service is not ready any more on return.
        """
        child = self._child
        if child is None or child.poll() is not None:
            return False
        child.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AT_ONCE_S):
                await process.ended(child.pid)
            if child is self._child:
                self.ready.clear()
        return True

    async def restart(self) -> None:
        """End the process and return when its successor is ready."""
        self.ready.clear()
        self._hurry.set()
        await self._end()
        await self.ready.wait()

    async def status(self) -> ServiceStatus:
        """Look: is the process there, and does it answer?"""
        state = self._state
        alive = self._child is not None and self._child.poll() is None
        if state == "ready" and not alive:
            state = "restarting"
        elif state == "ready" and not await self._answers():
            state = "silent"
        return ServiceStatus(
            name=self.service.name,
            state=state,
            pid=self.pid if alive else 0,
            restarts=self.restarts,
            memory_bytes=process.resident_bytes(self.pid) if alive else 0,
            trouble=self.trouble,
        )

    async def _answers(self) -> bool:
        if isinstance(self.service.ready, Answers):
            return await self.service.ready.holds(self.pid)
        return not isinstance(self.service.ready, Notifies) or time.monotonic() - self._heard_s < SILENT_AFTER_S

    async def _keep(self) -> None:
        delay_s = FIRST_DELAY_S
        while True:
            started = time.monotonic()
            try:
                await self._run_once()
            except (OSError, TimeoutError, subprocess.SubprocessError, RuntimeError, jsonrpc.CallFailed) as error:
                self.trouble = str(error) or type(error).__name__
                self._end_now()
            self.ready.clear()
            self._state = "restarting"
            self.restarts += 1
            self.failures += 1
            if time.monotonic() - started > STEADY_S:
                delay_s = FIRST_DELAY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._hurry.wait()
            self._hurry.clear()
            delay_s = min(delay_s * 2, LONGEST_DELAY_S)

    async def _run_once(self) -> None:
        self._state = "waiting"
        for name in self.service.needs:
            await self._await_ready(name)
        self._state = "starting"
        await self.service.prepare()
        with self._channel() as channel:
            self._child = child = self._spawn()
            if not await self._became_ready(child, channel):
                self.trouble = f"ended with status {child.wait()} before it was ready{self._last_words()}"
                return
            await self.service.apply()
            self._state = "ready"
            self.failures = 0
            self.trouble = ""
            self.ready.set()
            with self._listening(channel):
                await process.ended(child.pid)
            self.trouble = f"ended with status {child.wait()}"

    async def _end(self) -> None:
        """End the process: TERM first, then KILL."""
        child = self._child
        if child and child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(self.service.stop_within_s):
                    await process.ended(child.pid)
            except TimeoutError:
                child.kill()
            child.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = self.service.command
        if self.service.network:
            command = ("nsenter", f"--net=/run/netns/{self.service.network}", *command)
        environment = {**os.environ, **self.service.environment}
        if isinstance(self.service.ready, Notifies):
            environment["NOTIFY_SOCKET"] = str(self._notify)
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=self.service.inherits,
                start_new_session=True,
            )

    @contextlib.contextmanager
    def _channel(self) -> Iterator[socket.socket | None]:
        """Open the notify socket where the service uses one, and take away a stale readiness file."""
        if isinstance(self.service.ready, Exists | Prints):
            self.service.ready.path.unlink(missing_ok=True)
        if not isinstance(self.service.ready, Notifies):
            yield None
            return
        self._notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
            channel.bind(str(self._notify))
            yield channel

    @contextlib.contextmanager
    def _listening(self, channel: socket.socket | None) -> Iterator[None]:
        """Note when the daemon was last heard."""
        if channel is None:
            yield
            return

        def hear() -> None:
            with contextlib.suppress(BlockingIOError):
                channel.recv(4096)
                self._heard_s = time.monotonic()

        self._heard_s = time.monotonic()
        loop = asyncio.get_running_loop()
        loop.add_reader(channel.fileno(), hear)
        try:
            yield
        finally:
            loop.remove_reader(channel.fileno())

    async def _became_ready(self, child: subprocess.Popen[bytes], channel: socket.socket | None) -> bool:
        while child.poll() is None:
            if channel is not None:
                with contextlib.suppress(BlockingIOError):
                    if b"READY=1" in channel.recv(4096).split(b"\n"):
                        return True
            elif not isinstance(self.service.ready, Notifies) and await self.service.ready.holds(child.pid):
                return True
            await asyncio.sleep(POLL_S)
        return False

    def _end_now(self) -> None:
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, IndexError):
            return f": {self._log.read_text(errors='replace').strip().splitlines()[-1]}"
        return ""
