"""The commands and files of docs/operators.md, run on one stack: TLS on both sides, a back-up, and going back to it."""

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.stack.conftest import Stack

from neutrino.stack.lab import Lab

GUIDE = (Path(__file__).parents[2] / "docs" / "operators.md").read_text()
OTHERS = "of-others"


def block(language: str, mark: str) -> str:
    """Return the guide's block in which *mark* stands."""
    (found,) = (one for one in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL) if mark in one)
    return str(found)


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def options(*configuration: Path) -> tuple[str, ...]:
    return tuple(word for file in configuration for word in ("--config-file", str(file)))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("o") / "s")
    made("up", "--api-port", "0", "--hosts", "1", "--no-demo")
    yield made
    made.lab.down()


@pytest.fixture
def lab(stack: Stack) -> Lab:
    return stack.lab


def sh(lab: Lab, script: str, folder: Path) -> None:
    """Run the guide's *script* in *folder*, with the lab's databases and programs in the place of the machine's."""
    for program in ("ovn-nbctl", "ovn-sbctl", "ovsdb-client"):
        words = f"{sys.executable} -m neutrino.cli --dir {lab.run} exec central -- {program}"
        script = re.sub(rf"^{program}\b", words, script, flags=re.MULTILINE)
    script = script.replace("/var/lib/neutrino/", f"{lab.run}/").replace("/run/ovn/ovnnb_db.sock", f"{lab.run}/nb.sock")
    done = subprocess.run(["sh", "-eux", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def check(*configuration: Path) -> None:
    """Ask `neutrino ovn check`, which must find nothing."""
    words = [sys.executable, "-m", "neutrino.admin", *options(*configuration), "ovn", "check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "The Northbound is what the intent asks for.\n"), done.stderr


def test_tls_to_the_databases_and_in_front_of_the_api(lab: Lab, tmp_path: Path) -> None:
    network = lab.api.create("networks", "network", name="n")
    north, south, inner, outer = (free_port() for _ in range(4))
    sh(lab, block("sh", "openssl req -x509").replace("6641", north).replace("6642", south), tmp_path)
    assert oct((tmp_path / "client.key").stat().st_mode & 0o777) == "0o600"
    databases = block("ini", "ovn_nb_private_key").replace("6641", north).replace("6642", south)
    databases = re.sub(r"= (\w+\.\w+)$", rf"= {tmp_path}/\1", databases, flags=re.MULTILINE)
    configuration = (lab.place.configuration, tmp_path / "neutrino.conf")  # what comes last counts
    configuration[1].write_text(f"[DEFAULT]\nbind_port = {inner}\n{databases}")
    check(*configuration)

    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-subj", "/CN=api", "-newkey", "ec", "-nodes")
    signed = ("-pkeyopt", "ec_paramgen_curve:P-256", "-CA", "ca.pem", "-CAkey", "ca.key")
    files = ("-keyout", "api.key", "-out", "api.pem")
    subprocess.run(("openssl", "req", "-x509", *names, *signed, *files), cwd=tmp_path, check=True, capture_output=True)
    both = tmp_path / "networking.pem"
    both.write_text((tmp_path / "api.pem").read_text() + (tmp_path / "api.key").read_text())
    proxy = block("haproxy", "frontend").replace("192.0.2.10:9696", f"127.0.0.1:{outer}").replace("9697", inner)
    (tmp_path / "haproxy.cfg").write_text(proxy.replace("/etc/haproxy/networking.pem", str(both)))
    api = (sys.executable, "-m", "neutrino.server.api", *options(*configuration))
    haproxy = (lab.place.programs.path("haproxy"), "-db", "-f", str(tmp_path / "haproxy.cfg"))
    children = [subprocess.Popen(words, env=os.environ) for words in (api, haproxy)]
    try:
        trust = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        transport = httpx.HTTPTransport(verify=trust, retries=5)
        with httpx.Client(base_url=f"https://127.0.0.1:{outer}", transport=transport, trust_env=False) as client:
            for _ in range(100):
                answer = client.get("/")
                if answer.status_code == 200:
                    break
            assert answer.json()["versions"][0]["links"][0]["href"] == f"https://127.0.0.1:{outer}/v2.0/"
            # Rows of the Northbound and flows of the Southbound, each over TLS.
            assert client.get(f"/realised/networks/{network['id']}").json()["rows"][0]["_table"] == "Logical_Switch"
            flows = client.get(f"/realised/networks/{network['id']}/flows")
            assert flows.status_code == 200
    finally:
        for child in children:
            child.terminate()
            child.wait(20)


def test_a_copy_brings_back_what_was_and_ovn_follows(stack: Stack, lab: Lab, tmp_path: Path) -> None:
    def switches() -> set[str]:
        said = lab.exec("central", "ovn-nbctl", "--bare", "--columns=name", "list", "Logical_Switch").stdout
        return set(said.split())

    def of(network_id: str) -> str:
        return f"neutron-{network_id}"

    kept = lab.api.create("networks", "network", name="kept")["id"]
    sh(lab, f"ovn-nbctl ls-add {OTHERS}", tmp_path)
    sh(lab, block("sh", "ovsdb-client backup"), tmp_path)
    sh(lab, block("sh", "VACUUM INTO"), tmp_path)
    later = lab.api.create("networks", "network", name="later")["id"]
    stack("down")
    for name in ("nb.db", "sb.db"):  # as if their machine were lost too
        (lab.run / name).unlink()
    sh(lab, block("sh", "cp neutrino.backup"), tmp_path)
    stack("up", "--no-demo")
    assert later not in {one["id"] for one in lab.api.list("networks")}
    check(lab.place.configuration)
    assert of(kept) in switches()
    assert not {of(later), OTHERS} & switches()

    sh(lab, block("sh", "ovsdb-client restore"), tmp_path)
    check(lab.place.configuration)
    assert {of(kept), OTHERS} <= switches()
    assert of(later) not in switches()
