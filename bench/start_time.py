"""How long ``./stack up`` takes: as a whole process, and to its first answered ping."""

import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]


def _once(command: list[str], environment: dict[str, str]) -> tuple[float, float, dict[str, Any]]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr or done.stdout}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}


def warm(runs: int = 5) -> dict[str, Any]:
    """Start and end a new lab *runs* times; everything that is fetched is there already."""
    samples: dict[str, list[float]] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="nb") as folder:
            stack = [str(ROOT / "stack"), "--dir", f"{folder}/lab"]
            wall, cpu, said = _once([*stack, "up", "--api-port", "0", "--json"], dict(os.environ))
            samples.setdefault("up: whole process s", []).append(wall)
            samples.setdefault("up: own CPU s", []).append(cpu)
            if "first_ping_s" in said:
                samples.setdefault("up: first answered ping s", []).append(said["first_ping_s"])
            wall, _, _ = _once([*stack, "down"], dict(os.environ))
            samples.setdefault("down: whole process s", []).append(wall)
    return {name: median(values) for name, values in samples.items()}


def cold() -> dict[str, float]:
    """Start a lab from a fresh clone with empty caches: everything is fetched. Once: it depends on the mirror."""
    with tempfile.TemporaryDirectory(prefix="nb") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("UV_CACHE", "XDG_CACHE", "NEUTRINO_"))}
        environment["XDG_CACHE_HOME"] = f"{folder}/cache"
        stack = [str(clone / "stack"), "--dir", f"{folder}/lab"]
        wall, _, _ = _once([*stack, "up", "--api-port", "0"], environment)
        _once([*stack, "down"], environment)
    return {"up, cold: whole process s": wall}
