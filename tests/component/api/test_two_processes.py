"""Two API processes on one database, each asked at the same time for what only one can have."""

import asyncio
import os
import socket
import subprocess
import sys
from collections import Counter

import httpx
import pytest

START_S = 30
PROJECTS = 12


class Pair:
    """Two daemons, started at once, and a client of each."""

    def __init__(self, folder, url):
        self.processes, self.urls, waiting = [], [], []
        for name in ("one", "two"):
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                listener.listen(512)
                self.urls.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
                config = folder / f"{name}.conf"
                config.write_text(
                    f"[DEFAULT]\nauth_strategy = noauth\nstate_path = {folder}\n[database]\nconnection = {url}\n"
                    "[ml2_type_vlan]\nnetwork_vlan_ranges = physnet1:100:149\n"
                )
                ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                ready.bind(str(folder / f"{name}.ready"))
                ready.settimeout(START_S)
                command = [sys.executable, "-m", "neutrino.server.api", "--config-file", str(config)]
                command += ["--fd", str(listener.fileno())]
                self.log = folder / "log"
                with self.log.open("ab") as log:
                    self.processes.append(
                        subprocess.Popen(
                            command,
                            pass_fds=[listener.fileno()],
                            env=os.environ | {"NOTIFY_SOCKET": str(folder / f"{name}.ready")},
                            stdout=log,
                            stderr=log,
                        )
                    )
                waiting.append(ready)
        for ready in waiting:
            try:
                assert ready.recv(64) == b"READY=1"
            except TimeoutError:
                pytest.fail(self.log.read_text())
            ready.close()

    def together(self, requests):
        """Send (method, path, body, project) requests at once, in turn to one and the other; return the answers."""

        async def send_all():
            limits = httpx.Limits(max_connections=24)
            async with (
                httpx.AsyncClient(base_url=self.urls[0], timeout=30, limits=limits) as one,
                httpx.AsyncClient(base_url=self.urls[1], timeout=30, limits=limits) as two,
            ):
                return await asyncio.gather(
                    *(
                        (one, two)[i % 2].request(method, f"/v2.0/{path}", json=body, headers={"X-Project-Id": project})
                        for i, (method, path, body, project) in enumerate(requests)
                    )
                )

        return asyncio.run(send_all())

    def one(self, method, path, body=None, project="acme"):
        """Send a request; return what is inside the answer."""
        (answer,) = self.together([(method, path, body, project)])
        assert answer.is_success, answer.text
        (inside,) = answer.json().values()
        return inside

    def network(self, cidr, **pool):
        network = self.one("POST", "networks", {"network": {}})
        subnet = {"network_id": network["id"], "cidr": cidr, "ip_version": 4, **pool}
        return network["id"], self.one("POST", "subnets", {"subnet": subnet})["id"]

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)


@pytest.fixture
def pair(make_store, tmp_path):
    """Two daemons that made the tables."""
    made = Pair(tmp_path, make_store(empty=True).url)
    yield made
    made.close()
    assert " ERROR " not in made.log.read_text()


def port(network_id, **attributes):
    return ("POST", "ports", {"port": {"network_id": network_id, **attributes}}, "acme")


def counted(answers):
    """Return how often each (status, type) was answered."""
    return Counter((a.status_code, "" if a.is_success else a.json()["NeutronError"]["type"]) for a in answers)


def addresses(answers):
    return [ip["ip_address"] for a in answers if a.is_success for ip in a.json()["port"]["fixed_ips"]]


def test_what_only_one_can_have_is_given_once(pair):
    # Addresses: enough for all, too few, and one that all name.
    network, _ = pair.network("10.0.0.0/24")
    answers = pair.together([port(network)] * 200)
    assert counted(answers) == {(201, ""): 200}
    assert len(set(addresses(answers))) == 200

    pools = [{"start": "10.1.0.10", "end": "10.1.0.29"}]
    small, _ = pair.network("10.1.0.0/24", allocation_pools=pools)
    answers = pair.together([port(small)] * 50)
    assert counted(answers) == {(201, ""): 20, (409, "IpAddressGenerationFailure"): 30}
    assert sorted(addresses(answers)) == [f"10.1.0.{i}" for i in range(10, 30)]

    answers = pair.together([port(network, fixed_ips=[{"ip_address": "10.0.0.250"}])] * 10)
    assert counted(answers) == {(201, ""): 1, (409, "IpAddressAlreadyAllocated"): 9}

    answers = pair.together([port(network, mac_address="fa:16:3e:00:00:01")] * 10)
    assert counted(answers) == {(201, ""): 1, (409, "MacAddressInUse"): 9}

    # Segmentation ids: chosen, named, and too few; a flat network.
    chosen = ("POST", "networks", {"network": {}}, "acme")
    answers = pair.together([chosen] * 40)
    assert counted(answers) == {(201, ""): 40}
    assert len({a.json()["network"]["provider:segmentation_id"] for a in answers}) == 40
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "physnet1"}
    answers = pair.together([("POST", "networks", {"network": vlan}, "acme")] * 60)
    assert counted(answers) == {(201, ""): 50, (503, "NoNetworkAvailable"): 10}
    named = vlan | {"provider:segmentation_id": 200}
    answers = pair.together([("POST", "networks", {"network": named}, "acme")] * 10)
    assert counted(answers) == {(201, ""): 1, (409, "VlanIdInUse"): 9}
    flat = {"provider:network_type": "flat", "provider:physical_network": "physnet2"}
    answers = pair.together([("POST", "networks", {"network": flat}, "acme")] * 10)
    assert counted(answers) == {(201, ""): 1, (409, "FlatNetworkInUse"): 9}

    # The default group of each project, however it is first needed.
    projects = [f"project-{i}" for i in range(PROJECTS)]
    asks = [("GET", "security-groups?name=default", None), ("POST", "networks", {"network": {}})]
    answers = pair.together([(*ask, project) for project in projects for ask in asks * 2])
    assert {a.status_code for a in answers} == {200, 201}
    groups = pair.one("GET", "security-groups?name=default")
    mine = Counter(group["project_id"] for group in groups)
    assert {project: mine[project] for project in projects} == dict.fromkeys(projects, 1)


def test_what_is_in_use_is_not_deleted_and_what_is_deleted_is_not_used(pair):
    for _ in range(6):
        network, subnet = pair.network("10.0.0.0/24")
        group = pair.one("POST", "security-groups", {"security_group": {"name": "web"}})["id"]
        race = [
            port(network, security_groups=[group]),
            ("DELETE", f"subnets/{subnet}", None, "acme"),
            ("DELETE", f"security-groups/{group}", None, "acme"),
            ("DELETE", f"networks/{network}", None, "acme"),
        ]
        made, no_subnet, no_group, no_network = answers = pair.together(race)
        outcomes = [a.status_code for a in answers]
        assert set(outcomes) <= {201, 204, 404, 409}, [a.text for a in answers]
        if made.is_success:
            assert (no_group.status_code, no_network.status_code) == (409, 409)
            assert made.json()["port"]["fixed_ips"] == [] or no_subnet.status_code == 409
        else:
            assert 204 in (no_group.status_code, no_network.status_code)


def test_revisions_count_every_change(pair):
    network, _ = pair.network("10.0.0.0/24")
    changes = [("PUT", f"networks/{network}", {"network": {"name": f"n{i}"}}, "acme") for i in range(60)]
    before = pair.one("GET", f"networks/{network}")["revision_number"]
    answers = pair.together(changes)
    assert counted(answers) == {(200, ""): 60}
    assert sorted(a.json()["network"]["revision_number"] for a in answers) == list(range(before + 1, before + 61))
