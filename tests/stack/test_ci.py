"""docs/ci.md: its commands and its tests, run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from neutrino.stack.lab import Lab

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "ci.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_the_commands_of_the_guide(tmp_path: Path) -> None:
    stack = f"{sys.executable} -m neutrino.cli"
    script = block("sh").replace("./stack", stack).replace("python3", sys.executable)
    environment = {**os.environ, "NEUTRINO_STACK_DIR": str(tmp_path / "s")}
    try:
        done = subprocess.run(
            ["sh", "-eux", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        Lab(tmp_path / "s").down()
    assert done.returncode == 0, done.stdout + done.stderr
    up, status = (json.loads((tmp_path / name).read_text()) for name in ("network.json", "status.json"))
    assert (up["auth"], up["auth_url"], up["openrc"], up["well"], up["hosts"]) == (
        "noauth",
        None,
        None,
        True,
        ["h1", "h2"],
    )
    assert up["clouds"] == str(tmp_path / "s" / "clouds.yaml")
    assert sorted(one["instance"]["name"] for one in status["instances"]) == ["a", "b", "web1", "web2", "web3"]
    assert "icmp from a to b arrives at b on h2" in done.stdout


def test_the_example_s_commands_are_the_guide_s() -> None:
    commands = [one for one in re.findall(r"run: (.*)", block("yaml")) if one.startswith("./stack")]
    assert len(commands) == 3
    assert set(commands) <= set(block("sh").splitlines())


def test_two_modules_beside_each_other_have_a_network_each(tmp_path: Path) -> None:
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(block("python"))
    words = ["-q", "-p", "neutrino.stack.testing", "-n", "2", "--dist", "loadfile", "--neutrino-logs", "logs"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "--rootdir", str(tmp_path), "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
    for name in ("test_one.py", "test_two.py"):
        assert (tmp_path / "logs" / name / "ovn-northd.log").exists()
