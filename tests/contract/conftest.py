"""The API daemon as a process, and the clients that people use."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import openstack
import pytest

START_S = 20
CLOUD = """
clouds:
  local:
    auth_type: none
    auth: {{endpoint: "{url}"}}
    network_endpoint_override: "{url}"
"""


class Daemon:
    """``python -m neutrino.server.api`` on a port of its own."""

    def __init__(self, folder, *settings):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        lines = [
            "[DEFAULT]",
            f"state_path = {folder}",
            "auth_strategy = noauth",
            f"bind_port = {self.port}",
            *settings,
            "[database]",
            f"connection = sqlite:///{folder}/db.sqlite",
        ]
        (folder / "neutrino.conf").write_text("\n".join(lines))
        self.log = folder / "api.log"
        command = [sys.executable, "-m", "neutrino.server.api", "--config-file", str(folder / "neutrino.conf")]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, self.log.open("w") as log:
            notify.bind(str(folder / "notify"))
            notify.settimeout(START_S)
            environment = os.environ | {"NOTIFY_SOCKET": str(folder / "notify")}
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                assert notify.recv(64) == b"READY=1"
            except TimeoutError:
                self.process.kill()
                pytest.fail(self.log.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Shell:
    """``openstack`` commands."""

    def __init__(self, url, folder):
        (folder / "clouds.yaml").write_text(CLOUD.format(url=url))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        environment |= {"OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml"), "OS_CLOUD": "local"}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("openstack_shell.py"))],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, command, *more):
        """Run ``openstack command more``; *command* is split at blanks. Return (status, out, err)."""
        self._process.stdin.write(json.dumps([*command.split(), *more]) + "\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        return done["status"], done["out"], done["err"]

    def __call__(self, command, *more):
        """Run a command that succeeds and has no output."""
        status, out, err = self.run(command, *more)
        assert (status, err) == (0, ""), f"{command}: {out}{err}"
        return out

    def json(self, command, *more):
        """Run a command that succeeds, and return what it shows."""
        return json.loads(self(f"{command} -f json", *more))

    def column(self, name, command, *more):
        """Return one column of a list, sorted."""
        return sorted(row[name] for row in self.json(command, *more))

    def fails(self, command, *more):
        """Run a command that fails, and return what it says."""
        status, _, err = self.run(command, *more)
        assert status != 0
        return err

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def daemon(tmp_path_factory):
    """A running daemon."""
    one = Daemon(tmp_path_factory.mktemp("daemon"))
    yield one
    one.stop()
    assert "Traceback" not in one.log.read_text()


@pytest.fixture(scope="session")
def openstack_(daemon, tmp_path_factory):
    """The command ``openstack``."""
    shell = Shell(daemon.url, tmp_path_factory.mktemp("client"))
    yield shell
    shell.close()


@pytest.fixture
def cloud(daemon):
    """A connection of openstacksdk."""
    connection = openstack.connect(
        auth_type="none", auth={"endpoint": daemon.url}, network_endpoint_override=daemon.url, load_yaml_config=False
    )
    yield connection
    connection.close()
