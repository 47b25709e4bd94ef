"""How long the page takes to its first picture of many ports, in a real browser, each time with an empty cache.

Here: a lab with the ports, and the browser. Run as a program, by an environment of its own that has the driver, it is
the browser's part: ``picture.py PROGRAM URL PORTS ROUNDS``.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

PORTS = 1_000
ROUNDS = 5
WITHIN_MS = 60_000
DRAWN = """(ports) => document.querySelectorAll("#networks .ports .port").length >= ports && performance.now()"""
"""Asked at each frame: the time since the navigation began (W3C High Resolution Time) when every port is there."""


def measure(ports: int = PORTS) -> dict[str, Any]:
    """Return the median until every port is drawn, in ms; and until the first thing is."""
    from neutrino.stack import browser, environments  # not in the environment that this file is a program of
    from neutrino.stack.lab import Lab

    python = environments.obtain("bench") / "bin" / "python"
    with tempfile.TemporaryDirectory(prefix="nb") as folder, Lab(Path(folder) / "lab", auth="noauth") as lab:
        network = lab.api.create("networks", "network", name="many")
        lab.api.update("quotas", "quota", network["project_id"], port=-1)
        lab.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.64.0.0/16")
        for number in range(ports):
            lab.api.create("ports", "port", network_id=network["id"], name=f"vm-{number}")
        words = [str(python), __file__, str(browser.obtain()), lab.endpoint, str(ports), str(ROUNDS)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the browser did not show the page: {done.stderr.strip().splitlines()[-1]}")
    rounds: list[tuple[float, float]] = json.loads(done.stdout)
    return {
        f"the page's first picture, {ports:,} ports": {
            "all ports drawn ms": median(drawn for drawn, _ in rounds),
            "first paint ms": median(paint for _, paint in rounds),
        }
    }


def _look(program: str, url: str, ports: str, rounds: str) -> None:
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(int(rounds)):
            context = chromium.new_context()
            page = context.new_page()
            page.goto(url, wait_until="commit")
            drawn = page.wait_for_function(DRAWN, arg=int(ports), timeout=WITHIN_MS).json_value()
            paint = page.evaluate("performance.getEntriesByType('paint')[0].startTime")
            found.append((drawn, paint))
            context.close()
        chromium.close()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _look(*sys.argv[1:])
