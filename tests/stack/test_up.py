"""One command brings everything up, says the truth, and leaves nothing behind."""

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.packets.scenario import eventually
from tests.stack.conftest import Stack, host_state

ROOT = Path(__file__).parents[2]


def test_up_makes_the_demo_and_down_leaves_nothing(stack: Stack) -> None:
    before = host_state()
    said = stack("up", "--api-port", "0").stdout
    assert "Packets flow" in said
    during = host_state()
    status = stack.status()
    assert status["well"], status
    assert {one["name"] for one in status["services"]} == {
        *("ovn-nb", "ovn-sb", "ovn-northd", "neutrino-api", "neutrino-controller", "metadata"),
        *(f"h{n}.{program}" for n in (1, 2) for program in ("ovsdb-server", "ovs-vswitchd", "ovn-controller")),
        *(f"h{n}.{program}" for n in (1, 2) for program in ("neutrino-agent", "neutrino-dns", "haproxy")),
        *("a.udhcpc", "b.udhcpc", "outside"),
    }
    assert all(one["pid"] for one in status["services"])
    assert [one["address"] for one in sorted(status["instances"], key=lambda one: str(one["instance"]["name"]))] == [
        f"{stack.lab.address('a')}/26",
        f"{stack.lab.address('b')}/26",
    ]
    stack("instance", "ping", "b", "a")
    stack("down")
    assert before == during == host_state()
    assert stack.processes() == []
    for words in (
        *(("status",), ("trace", "a", "b"), ("instance", "create", "c", "--network", "private")),
        *(("openstack", "network", "list"), ("neutrino", "ovn", "check")),
    ):
        assert "stack: the lab is not running: `./stack up` starts it" in stack(*words, status=1).stderr
    assert "there is no datapath fast: choose auto, netdev, dummy" in stack("up", "--datapath", "fast", status=1).stderr


def test_up_again_changes_nothing_and_after_down_brings_the_same_ports(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    stack("instance", "create", "c", "--network", "private", "--host", "h2")
    pids = stack.pids()
    instances = stack.status()["instances"]
    stack("up", "--api-port", "0")
    assert stack.pids() == pids
    stack("down")
    stack("up", "--api-port", "0")
    after = stack.status()
    assert sorted(after["instances"], key=str) == sorted(instances, key=str)
    assert set(stack.pids().values()).isdisjoint(pids.values())
    stack("instance", "ping", "c", "a")


def test_instances_come_and_go(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    group = stack.lab.api.create("security-groups", "security_group", name="silent")
    stack("instance", "create", "c", "--network", "private", "--host", "h1", "--security-group", "silent")
    assert stack.lab.exec("c", "cat", "/sys/class/net/lo/operstate", check=False).returncode == 0
    address = stack.lab.address("c")
    (port,) = stack.lab.api.list("ports", name="c")
    assert (port["status"], port["binding:host_id"], port["security_groups"]) == ("ACTIVE", "h1", [group["id"]])
    assert address == port["fixed_ips"][0]["ip_address"]
    assert stack("exec", "c", "--", "nothing", status=127).stderr.startswith("stack: ")
    assert f"tap{port['id'][:11]}" in stack("exec", "h1", "--", "ovs-vsctl", "list-ports", "br-int").stdout.split()
    assert port["mac_address"] in stack("exec", "c", "--", "ip", "link", "show", "eth0").stdout
    assert stack("instance", "delete", "c").returncode == 0
    assert stack.lab.api.list("ports", name="c") == []
    assert "c" not in [one["instance"]["name"] for one in stack.status()["instances"]]
    assert "no instance c" in stack("instance", "delete", "c", status=1).stderr
    stack.lab.api.create("networks", "network", name="bare")
    assert stack("instance", "create", "c.1", "--network", "bare").stdout == "c.1 runs on h1 with no address\n"
    for words in (("ping", "a", "c.1"), ("instance", "ping", "a", "c.1"), ("trace", "a", "c.1")):
        assert stack(*words, status=1).stderr == "stack: c.1 has no address\n"
    assert stack.status()["well"]


def test_an_instance_that_cannot_be_leaves_no_port(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    ports = sorted(one["id"] for one in stack.lab.api.list("ports"))
    for words, said in (
        (("a b",), "'a b' is no name for an instance"),
        (("../a",), "'../a' is no name for an instance"),
        (("h1",), "h1 is the name of another place"),
        (("q", "--image", "iso"), "there is no image iso: choose ns or vm"),
        (("a", "--host", "h2"), "a is there already, on h1: `./stack instance delete a` before another"),
        (("a", "--network", "public"), "a is there already, on another network"),
        (("q", "--host", "h9"), "there is no host h9"),
    ):
        network = () if "--network" in words else ("--network", "private")
        assert f"stack: {said}" in stack("instance", "create", *words, *network, status=1).stderr
    assert sorted(one["id"] for one in stack.lab.api.list("ports")) == ports


def test_hosts_come_and_go(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    stack("host", "add", "h3")
    stack("instance", "create", "c", "--network", "private", "--host", "h3")
    stack("instance", "ping", "c", "a")
    assert "still runs c" in stack("host", "remove", "h3", status=1).stderr
    stack("host", "kill", "h3")
    listed = json.loads(stack("host", "list", "--json").stdout)
    assert [(one["host"], one["state"], one["instances"]) for one in listed] == [
        *(("h1", "ready", 1), ("h2", "ready", 1), ("h3", "killed", 1)),
    ]
    stack("status", status=1)
    stack("host", "start", "h3")
    stack("instance", "ping", "c", "a")
    stack("instance", "delete", "c")
    stack("host", "remove", "h3")
    assert stack.status()["hosts"] == ["h1", "h2"]
    assert "hostname: h3" not in stack("exec", "central", "--", "ovn-sbctl", "show").stdout


def test_the_openstack_client_finds_the_lab(stack: Stack) -> None:
    stack("up", "--api-port", "0")
    assert stack("neutrino", "ovn", "check").stdout == "The Northbound is what the intent asks for.\n"
    assert "private" in stack("openstack", "network", "list", "-f", "value", "-c", "Name").stdout.split()
    environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(stack.run / "clouds.yaml")}
    ask = ("network", "agent", "list", "-f", "value", "-c", "Host")
    words = [sys.executable, "-m", "openstackclient.shell", "--os-cloud", "neutrino", *ask]
    assert eventually(lambda: len(stack.lab.api.list("agents")) == 4)  # of each host ovn-controller and the other agent
    listed = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert sorted(listed.stdout.split()) == ["h1", "h1", "h2", "h2"]


def test_a_port_in_use_is_one_sentence(stack: Stack) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = stack("up", "--api-port", str(port), status=1)
    (sentence,) = [line for line in said.stderr.splitlines() if line.startswith("stack: ")]
    assert f"127.0.0.1:{port}" in sentence
    assert "--api-port" in sentence
    assert stack.processes() == []


def test_a_checkout_that_was_copied_runs_its_own_sources(tmp_path: Path) -> None:
    shutil.copy(ROOT / "stack", tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "src").symlink_to(ROOT / "src")
    made = tmp_path / ".stack" / "venv"
    venv.create(made)
    (site,) = made.glob("lib/python3*/site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        (site / path.name).symlink_to(path)
    (site / "neutrino.pth").unlink()
    (site / "neutrino.pth").write_text("/elsewhere/src\n")
    lock = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    (made / ".lock").write_text(f"{lock}  -\n")
    said = subprocess.run([tmp_path / "stack", "status"], capture_output=True, text=True, check=False)
    assert said.stderr == "stack: the lab is not running: `./stack up` starts it\n"
    assert (site / "neutrino.pth").read_text() == f"{tmp_path}/src\n"


def test_a_run_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for run in (file, file / "below"):
        stack = Stack(run)
        assert f"stack: {run} cannot be the run folder (" in stack("up", status=1).stderr
        assert "stack: the lab is not running" in stack("status", status=1).stderr
        stack("clean")


def test_other_options_for_a_running_lab_are_one_sentence(stack: Stack) -> None:
    stack("up", "--no-demo", "--api-port", "0")
    stack("up", "--no-demo")
    other = "1" if stack.lab.last_port != 1 else "2"
    datapath = stack.status()["datapath"]
    unlike = "netdev" if datapath == "dummy" else "dummy"
    for words, said in (
        (("--api-port", other), f"the lab's API listens on port {stack.lab.last_port}: `./stack down` before another"),
        (("--auth", "keystone"), "the lab runs without keystone: `./stack down` before another"),
        (("--auth", "secret"), "there is no authentication secret: choose noauth or keystone"),
        (("--datapath", unlike), f"the lab's datapath is {datapath}: `./stack down` before another"),
    ):
        assert f"stack: {said}" in stack("up", "--no-demo", *words, status=1).stderr


def test_restarts_of_the_api_refuse_no_connection(stack: Stack) -> None:
    stack.lab.up()
    connection = http.client.HTTPConnection(stack.lab.endpoint.removeprefix("http://"), timeout=20)
    stack.lab.kill("neutrino-api")
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
