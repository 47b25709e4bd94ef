"""Several processes of the API: they answer beside each other, and end together, however one of them ends."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

WITHIN_S = 30
WORKERS = 3


class Api:
    """The daemon, with its log and its processes."""

    def __init__(self, folder):
        self.log = folder / "log"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v2.0"
            config = folder / "neutrino.conf"
            config.write_text(
                f"[DEFAULT]\nauth_strategy = noauth\nstate_path = {folder}\napi_workers = {WORKERS}\n"
                f"[database]\nconnection = sqlite:///{folder}/neutrino.sqlite\n"
            )
            command = [sys.executable, "-m", "neutrino.server.api", "--config-file", str(config)]
            with self.log.open("wb") as log:
                self.first = subprocess.Popen(
                    [*command, "--fd", str(listener.fileno())], pass_fds=[listener.fileno()], stdout=log, stderr=log
                )
        self.others = self._others()

    def _others(self):
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            found = {int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", self.log.read_text())}
            if len(found) == WORKERS:
                return sorted(found - {self.first.pid})
            time.sleep(0.02)
        pytest.fail(self.log.read_text())

    def have_ended(self):
        """Wait until no process is left; return whether that was in time, and the first one's exit status."""
        fds = []
        for pid in self.others:
            with contextlib.suppress(ProcessLookupError):
                fds.append(os.pidfd_open(pid))
        status = self.first.wait(WITHIN_S)
        ended = all(select.select([fd], [], [], WITHIN_S)[0] for fd in fds)
        for fd in fds:
            os.close(fd)
        return ended, status


@pytest.fixture
def api(tmp_path):
    api = Api(tmp_path)
    yield api
    for pid in (api.first.pid, *api.others):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    api.first.wait()


def test_all_processes_answer_on_one_database(api):
    assert {Path(f"/proc/{pid}/stat").read_text().split()[3] for pid in api.others} == {str(api.first.pid)}
    names = [f"n{number}" for number in range(24)]
    for name in names:
        made = httpx.post(f"{api.url}/networks", json={"network": {"name": name}})  # each on a connection of its own
        assert made.status_code == 201, made.text
    assert sorted(one["name"] for one in httpx.get(f"{api.url}/networks").json()["networks"]) == sorted(names)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_the_first_ends_all_end(api, how):
    api.first.send_signal(how)
    assert api.have_ended() == (True, -how)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_another_ends_the_service_ends_as_failed(api, how):
    os.kill(api.others[0], how)
    assert api.have_ended() == (True, 1)
    assert f"process {api.others[0]} has ended, and so does the service" in api.log.read_text()
