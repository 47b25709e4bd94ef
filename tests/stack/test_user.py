"""The same as an ordinary user, and two labs at once."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.stack.conftest import host_state, processes_of

from neutrino.stack import image, programs
from neutrino.stack.lab import Lab

SOURCE = Path(__file__).parents[2] / "src"
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


def _same(source: str, target: str) -> None:
    """Let *target* be the same file as *source*, or a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def others_place() -> Iterator[Path]:
    """A folder of the user nobody, with what that user cannot read at its place."""
    with tempfile.TemporaryDirectory(prefix="neutrino-") as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "home").mkdir()
        shutil.chown(place / "home", "nobody", "nogroup")
        shutil.copytree(SOURCE, place / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(sysconfig.get_path("purelib"), place / "site", copy_function=_same)
        shutil.copytree(programs.obtain().folder, place / "programs", symlinks=True)
        made = image.obtain().folder
        shutil.copytree(made, place / "cache" / "neutrino" / "images" / made.name, symlinks=True)
        yield place


@pytest.mark.skipif(
    os.getuid() != 0, reason="only root can become another user; otherwise every test here is that test"
)
def test_everything_as_an_ordinary_user(others_place: Path) -> None:
    run = others_place / "home" / "s"
    environment = {
        "HOME": str(others_place / "home"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{others_place / 'src'}:{others_place / 'site'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NEUTRINO_LOCAL_CONF": os.devnull,
        "XDG_CACHE_HOME": str(others_place / "cache"),
        "NEUTRINO_PROGRAMS": str(others_place / "programs" / "bin"),
    }

    def stack(*words: str, folder: Path = run, status: int = 0) -> str:
        command = [*NOBODY, os.path.realpath(sys.executable), "-m", "neutrino.cli", "--dir", str(folder), *words]
        done = subprocess.run(
            command, env=environment, cwd="/", capture_output=True, text=True, timeout=150, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    before = host_state()
    try:
        assert "Packets flow" in stack("up", "--auth", "noauth", "--api-port", "0")
        assert '"well": true' in stack("status", "--json")
        assert "10.0.0." in stack("exec", "a", "--", "ip", "-brief", "address")
        assert "br-int" in stack("exec", "h1", "--", "ovs-vsctl", "list-br")
        stack("kill", "h1.ovs-vswitchd")
        stack("up")
        stack("instance", "ping", "b", "a")
        assert "v runs on h2 with 10.0.0." in stack(
            "instance", "create", "v", "--network", "private", "--host", "h2", "--image", "vm"
        )
        stack("instance", "ping", "a", "v")
        lab = Lab(run)
        port = next(one["id"] for one in lab.api.list("ports") if one["name"] == "a")
        asked = {"source": port, "target": "outside", "packet": "icmp"}
        answer = httpx.post(f"{lab.endpoint}/trace", json=asked, timeout=60, trust_env=False).json()
        assert (answer["verdict"]["outcome"], answer["hops"][-1]["kind"]) == ("arrives", "outside")
        owners = {path.stat().st_uid for path in run.iterdir()}
        assert owners == {(others_place / "home").stat().st_uid}
        assert (run / "control.sock").stat().st_mode & 0o777 == 0o600
        with Lab(others_place / "root", hosts=1):
            for words in (("up",), ("status",), ("down",), ("openstack", "network", "list")):
                said = stack(*words, folder=others_place / "root", status=1)
                assert said == f"stack: {others_place}/root is another user's run folder: choose another with --dir\n"
    finally:
        stack("down")
    assert processes_of(run) == []
    assert host_state() == before


def test_two_labs_at_once(tmp_path: Path) -> None:
    with Lab(tmp_path / "1", hosts=1) as one, Lab(tmp_path / "2", hosts=1) as two:
        assert one.endpoint != two.endpoint
        for lab, cidr in ((one, "10.1.0.0/24"), (two, "10.2.0.0/24")):
            network = lab.api.create("networks", "network", name="n")
            lab.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr=cidr)
            for name in ("a", "b"):
                lab.instance(name, network["id"], "h1")
        for lab, begin in ((one, "10.1.0."), (two, "10.2.0.")):
            assert lab.address("b").startswith(begin)
            assert lab.ping("a", lab.address("b"), 15)
        assert [network["id"] for network in one.api.list("networks")] != [
            network["id"] for network in two.api.list("networks")
        ]
        one.down()
        assert two.ping("b", two.address("a"), 15)
