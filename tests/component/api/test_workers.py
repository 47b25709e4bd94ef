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


def _clients_of(pids, ports):
    """Return which of the clients' *ports* each process serves."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {line[9]: int(line[2].rpartition(":")[2], 16) for line in lines}
    served = []
    for pid in pids:
        links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()]
        inside = {inodes.get(link.removeprefix("socket:[").rstrip("]")) for link in links}
        served.append(inside & ports)
    return served


def _served(api, clients):
    """Return the ports of the *clients* that each process serves, when each client is served by one."""
    ports = {client.getsockname()[1] for client in clients}
    until = time.monotonic() + WITHIN_S
    while True:
        served = _clients_of([api.first.pid, *api.others], ports)
        if sum(map(len, served)) == len(ports) == len(set().union(*served)) or time.monotonic() > until:
            return served
        time.sleep(0.02)


def _asked(client):
    client.sendall(b"GET /v2.0/networks HTTP/1.1\r\nHost: h\r\n\r\n")
    answer = b""
    while not answer.endswith(b'{"networks":[]}'):
        more = client.recv(65536)
        assert more, answer
        answer += more


def test_clients_that_stay_are_shared_evenly_and_evenly_again(api):
    place = ("127.0.0.1", httpx.URL(api.url).port)
    with contextlib.ExitStack() as after:

        def client():
            return after.enter_context(socket.create_connection(place, WITHIN_S))

        def asked(clients):
            for _ in range(12):
                for one in clients:
                    _asked(one)

        clients = [client() for _ in range(4 * WORKERS)]
        asked(clients)
        served = _served(api, clients)
        assert [len(ports) for ports in served] == [4] * WORKERS
        for one in [one for one in clients if one.getsockname()[1] in served[1]]:
            clients.remove(one)
            one.close()
        asked(clients)
        assert [len(ports) for ports in _served(api, clients)] == [4, 0, 4]
        clients += [client() for _ in range(4)]
        asked(clients)
        assert [len(ports) for ports in _served(api, clients)] == [4, 4, 4]


def test_requests_sent_together_are_answered_in_order_by_whichever_process(api):
    """Pipelined, in pieces of any size: a connection is handed over between requests only."""
    place = ("127.0.0.1", httpx.URL(api.url).port)
    wanted = [f"/v2.0/networks/{number}" for number in range(60)]
    sent = "".join(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n" for path in wanted).encode()
    with contextlib.ExitStack() as after:
        clients = [after.enter_context(socket.create_connection(place, WITHIN_S)) for _ in range(2 * WORKERS)]
        for first in range(0, len(sent), 77):
            for one in clients:
                one.sendall(sent[first : first + 77])
        for one in clients:
            answer = b""
            while answer.count(b"could not be found") < len(wanted):
                more = one.recv(65536)
                assert more, answer
                answer += more
            assert re.findall(rb"Network (\d+) could not be found", answer) == [
                path.rpartition("/")[2].encode() for path in wanted
            ]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_the_first_ends_all_end(api, how):
    api.first.send_signal(how)
    assert api.have_ended() == (True, -how)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_another_ends_the_service_ends_as_failed(api, how):
    os.kill(api.others[0], how)
    assert api.have_ended() == (True, 1)
    assert f"process {api.others[0]} has ended, and so does the service" in api.log.read_text()
