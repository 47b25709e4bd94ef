"""Processes that a measurement starts, and ends with all that they started: whatever happens, none stays.

Here: starting, waiting, ending. Not here: what is started.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from neutrino.stack.fault import StackFault

POLL_S = 0.01
END_WITHIN_S = 10.0


class Daemons:
    """A set of daemons, each a session of its own so that what it forks can be ended with it."""

    def __init__(self, logs: Path, end_within_s: float = END_WITHIN_S) -> None:
        self._logs = logs
        self._end_within_s = end_within_s
        self._logs.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], inherits: Sequence[int] = ()
    ) -> int:
        """Start *command* as *name*; return its pid. The kernel ends it should this program die (setpriv(1))."""
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                pass_fds=tuple(inherits),
                start_new_session=True,
            )
        self._running[name] = child
        return child.pid

    def wait(self, name: str, holds: Callable[[], bool], within_s: float) -> float:
        """Wait until *holds* is true; return how long it took. Raises StackFault when *name* ends or time is up."""
        begin = time.perf_counter()
        while not holds():
            if self._running[name].poll() is not None:
                raise StackFault(f"{name} ended before it answered: {self._last_words(name)}")
            if time.perf_counter() - begin > within_s:
                raise StackFault(f"{name} did not answer within {within_s:.0f} s: {self._last_words(name)}")
            time.sleep(POLL_S)
        return time.perf_counter() - begin

    def end(self, *names: str) -> None:
        """End the daemons *names* and everything in their sessions: TERM first, then KILL."""
        ending = [self._running.pop(name) for name in names if name in self._running]
        for child in ending:
            child.terminate()
        deadline = time.monotonic() + self._end_within_s
        for child in ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def end_all(self) -> None:
        """End every daemon, the last started first."""
        for name in reversed(list(self._running)):
            self.end(name)

    def _last_words(self, name: str) -> str:
        lines = (self._logs / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "no message"
