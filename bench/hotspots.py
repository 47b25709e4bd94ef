"""Where the CPU of the API and the controller goes: samples of py-spy while they are under load, by module.

Here: the load, the sampling, the adding up. Not here: what they use as a whole (api_cost.py, growth.py).
"""

import asyncio
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.alone import filled, server, values
from bench.load import Call, lasting
from bench.peer.rounds import State
from neutrino.stack import environments
from neutrino.stack.fault import StackFault

PORTS = 1_000
SECONDS = 6.0
RATE = 200
"""Samples a second, of threads that run or wait for the disk."""
LOOP = "the event loop, in C"
"""uvloop has no frames of Python: what called it is seen."""
CLIENTS = 4
MOST = 10
ROOMS = re.compile(r"/neutrino/(\w+)[/.]")
PACKAGE = re.compile(r"(?:site|dist)-packages/([^/]+)/")
STANDARD = re.compile(r"/python3[^/]*/([^/]+?)(?:\.py)?(?:/|$)")
FRAME = re.compile(r"(?P<function>.+) \((?P<file>[^()]+?)(?::(?P<line>\d+))?\)$")
Shares = dict[str, float]


def measure() -> dict[str, dict[str, Shares]]:
    """Return by load and process, for each module, its share of the samples in percent, the largest first."""
    with server(1) as side:
        state = filled(side, PORTS)
        ports, port = state.made["ports"], values(state)
        numbers = iter(range(1 << 30))
        loads: dict[str, tuple[str, Callable[[], Call]]] = {
            "GET port": ("api", lambda: _get(f"/ports/{ports[next(numbers) % len(ports)]}")),
            f"GET list of {PORTS:,} ports": ("api", lambda: _get("/ports?limit=1000")),
            "POST port": ("api", lambda: lambda ask: ask.send("POST", "/ports", {"port": port})),
            "POST port, the controller": (
                "other daemons",
                lambda: lambda ask: ask.send("POST", "/ports", {"port": port}),
            ),
        }
        return {name: _profile(state, side.groups[group][0], draw) for name, (group, draw) in loads.items()}


def _get(path: str) -> Call:
    return lambda ask: ask.send("GET", path)


def _profile(state: State, pid: int, draw: Callable[[], Call]) -> dict[str, Shares]:
    spy = environments.obtain("bench") / "bin" / "py-spy"
    with tempfile.TemporaryDirectory(prefix="nbs") as folder:
        raw = Path(folder) / "raw"
        words = [
            str(spy),
            "record",
            "--pid",
            str(pid),
            "--format",
            "raw",
            "--rate",
            str(RATE),
            "--nonblocking",
            "--full-filenames",
        ]
        words += ["--duration", str(round(SECONDS)), "--output", str(raw)]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            side = state.side
            asyncio.run(lasting(draw, side.port, CLIENTS, side.token, seconds=SECONDS + 1))
        finally:
            said, _ = child.communicate(timeout=60)
        if child.returncode or not raw.exists():
            raise StackFault(f"py-spy sees nothing of process {pid} (uid {os.getuid()}): {said.strip()[-300:]}")
        return shares(raw.read_text().splitlines())


def shares(lines: Iterable[str]) -> dict[str, Shares]:
    """Return what lines of py-spy's raw format say, in percent of all samples.

    ``module``: of the function that ran. ``room``: of ours, the one nearest to it: what it does is done for that.
    """
    modules, rooms = Counter[str](), Counter[str]()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        modules[module(frames[-1])] += int(count)
        rooms[next((found[1] for frame in reversed(frames) if (found := ROOMS.search(frame))), "the server")] += int(
            count
        )
    total = sum(modules.values()) or 1
    return {
        "module": {name: 100 * count / total for name, count in modules.most_common(MOST)},
        "room": {name: 100 * count / total for name, count in rooms.most_common(MOST)},
    }


def module(frame: str) -> str:
    """Return the module of ours, or the package of others, that *frame* (``function (file:line)``) is of."""
    found = FRAME.match(frame.strip())
    if found is None:
        return frame.strip()
    file = found["file"]
    if "neutrino/" in file:
        return "neutrino/" + file.rpartition("neutrino/")[2]
    if package := PACKAGE.search(file):
        return package[1]
    if standard := STANDARD.search(file):
        return LOOP if standard[1] == "asyncio" else f"python: {standard[1]}"
    return file
