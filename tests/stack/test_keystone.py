"""Keystone in the stack: tokens are needed, checked, remembered for a while, and forgotten."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from tests.nova import Nova

from neutrino.nova.events import Event
from neutrino.nova.sender import Sender
from neutrino.runtime.config import Nova as NovaConfig
from neutrino.runtime.config import load
from neutrino.stack.api import Login
from neutrino.stack.lab import Lab

CACHE_S = 2


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("k") / "s"
    with Lab(
        folder,
        hosts=1,
        auth="keystone",
        settings=f"[keystone_authtoken]\ntoken_cache_time = {CACHE_S}\nhttp_connect_timeout = 2",
    ) as made:
        made.wait()
        yield made


def token(lab: Lab, user: str, project: str) -> str:
    assert lab.identity is not None
    return Login(lab.identity.url, user, lab.identity.passwords()[user], project).token()


def send(lab: Lab, path: str, method: str = "GET", body: object = None, **headers: str) -> httpx.Response:
    """Return the answer; ``X_Auth_Token`` is a header's name."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, f"{lab.endpoint}{path}", json=body, headers=named, timeout=30, trust_env=False)


def test_nova_is_told_under_a_good_token(lab: Lab) -> None:
    assert lab.identity is not None
    with Nova() as nova:
        settings = {
            "auth_type": "password",
            "auth_url": lab.identity.url,
            "username": "neutron",
            "password": lab.identity.passwords()["neutron"],
            "endpoint_override": nova.url,
        }
        config = config_of(lab, "[nova]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
        event = Event("network-changed", "6c1f9c1e-9f5f-4d0e-a9a5-6c4c7c1f9c1e")
        asyncio.run(Sender(config).send([event]))
        (given,) = nova.tokens
    assert nova.events == [("network-changed", event.server_uuid, None, None)]
    assert send(lab, "/v2.0/networks", X_Auth_Token=str(given)).status_code == 200


def config_of(lab: Lab, text: str) -> NovaConfig:
    file = lab.run / "nova.conf"
    file.write_text(text)
    file.chmod(0o600)
    config = load(["--config-file", str(file)]).nova
    assert config is not None
    return config


def test_only_the_versions_need_no_token(lab: Lab) -> None:
    assert lab.identity is not None
    assert send(lab, "/").status_code == 200
    for path in ("/v2.0", "/v2.0/extensions", "/v2.0/networks", "/v2.0/nothing"):
        for headers in ({}, {"X_Auth_Token": "no-such-token"}):
            said = send(lab, path, **headers)
            assert (said.status_code, said.headers["WWW-Authenticate"]) == (401, f'Keystone uri="{lab.identity.url}"')
            assert said.json()["error"]["code"] == 401
            assert said.headers["X-Openstack-Request-Id"].startswith("req-")


def test_what_is_made_belongs_to_the_token_s_project(lab: Lab) -> None:
    demo = token(lab, "demo", "demo")
    made = send(lab, "/v2.0/networks", "POST", {"network": {"name": "mine"}}, X_Auth_Token=demo)
    network = made.json()["network"]
    assert len(network["project_id"]) == 32
    assert network["project_id"] != lab.api.create("networks", "network", name="admins")["project_id"]


def test_who_administrates_a_domain_does_not_administrate_the_cloud(lab: Lab) -> None:
    """Keystone's role `admin` in a domain is given to customers, who make their projects and users by it."""
    assert lab.identity is not None
    url, admin = lab.identity.url, token(lab, "admin", "admin")
    headers = {"X-Auth-Token": admin, "X-Subject-Token": admin}
    known = httpx.get(f"{url}/auth/tokens", headers=headers, trust_env=False).json()["token"]
    (role,) = (one["id"] for one in known["roles"] if one["name"] == "admin")
    grant = f"{url}/domains/default/users/{known['user']['id']}/roles/{role}"
    assert httpx.put(grant, headers=headers, trust_env=False).status_code == 204
    wanted = {"identity": {"methods": ["token"], "token": {"id": admin}}, "scope": {"domain": {"id": "default"}}}
    made = httpx.post(f"{url}/auth/tokens", json={"auth": wanted}, trust_env=False)
    of_domain = made.headers["X-Subject-Token"]
    assert [one["name"] for one in made.json()["token"]["roles"] if one["id"] == role] == ["admin"]
    network = lab.api.create("networks", "network", name="not-the-domain-s")
    assert send(lab, "/v2.0/networks", X_Auth_Token=of_domain).json() == {"networks": []}
    assert send(lab, "/v2.0/agents", X_Auth_Token=of_domain).json() == {"agents": []}
    assert send(lab, f"/v2.0/networks/{network['id']}", "DELETE", X_Auth_Token=of_domain).status_code == 404
    assert send(lab, f"/realised/networks/{network['id']}", X_Auth_Token=of_domain).status_code == 403
    body = {"network": {"project_id": network["project_id"]}}
    assert send(lab, "/v2.0/networks", "POST", body, X_Auth_Token=of_domain).status_code == 400  # whose it would be


def test_a_service_passes_on_its_user_s_request(lab: Lab) -> None:
    demo, nova = token(lab, "demo", "demo"), token(lab, "nova", "service")
    assert send(lab, "/v2.0/networks", X_Auth_Token=demo, X_Service_Token=nova).status_code == 200
    assert send(lab, "/v2.0/networks", X_Auth_Token=demo, X_Service_Token=demo).status_code == 401
    assert send(lab, "/v2.0/networks", X_Auth_Token=demo, X_Service_Token="nothing").status_code == 401


def test_a_revoked_token_is_forgotten(lab: Lab) -> None:
    assert lab.identity is not None
    gone = token(lab, "demo", "demo")
    assert send(lab, "/v2.0/networks", X_Auth_Token=gone).status_code == 200
    revoke = {"X-Auth-Token": gone, "X-Subject-Token": gone}
    assert httpx.delete(f"{lab.identity.url}/auth/tokens", headers=revoke, trust_env=False).status_code == 204
    time.sleep(CACHE_S + 0.1)
    assert send(lab, "/v2.0/networks", X_Auth_Token=gone).status_code == 401


def test_the_client_logs_in_by_its_cloud(lab: Lab) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment["OS_CLIENT_CONFIG_FILE"] = str(lab.place.clouds)
    assert lab.place.clouds.stat().st_mode & 0o777 == 0o600

    def run(cloud: str, command: str) -> str:
        words = [sys.executable, "-m", "openstackclient.shell", "--os-cloud", cloud, *command.split()]
        return subprocess.run(words, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout

    for cloud in ("neutrino", "demo"):
        run(cloud, "extension list --network")
    # Only a client with a token knows for whose project.
    run("neutrino", "subnet pool create shared --share --default --pool-prefix 10.88.0.0/16 --default-prefix-length 26")
    run("neutrino", "network create outer --external --default")
    run("neutrino", "subnet create outer --network outer --subnet-range 203.0.113.0/24 --no-dhcp")
    command = "network auto allocated topology"
    run("demo", f"{command} create --check-resources")
    made = json.loads(run("demo", f"{command} create --or-show -f json"))["id"]
    assert json.loads(run("demo", f"{command} create -f json"))["id"] == made
    assert json.loads(run("demo", f"network show {made} -f json"))["name"] == "auto_allocated_network"
    run("demo", f"{command} delete")
    assert made not in run("demo", "network list")


def test_without_keystone_who_is_known_goes_on(lab: Lab) -> None:
    known = token(lab, "admin", "admin")
    lab.restart("neutrino-api")
    (pid,) = [one.pid for one in lab.status().services if one.name == "keystone"]
    assert send(lab, "/v2.0/networks", X_Auth_Token=known).status_code == 200  # from now on it is remembered
    os.kill(pid, signal.SIGSTOP)
    try:
        assert send(lab, "/v2.0/networks", X_Auth_Token=known).status_code == 200
        said = send(lab, "/v2.0/networks", X_Auth_Token="unknown")
        assert said.status_code == 503
        assert lab.identity is not None
        assert lab.identity.url in said.json()["NeutronError"]["message"]
    finally:
        os.kill(pid, signal.SIGCONT)


def test_passwords_and_users_outlive_the_stack(lab: Lab) -> None:
    assert lab.identity is not None
    before = lab.identity.passwords()
    lab.down()
    lab.up()
    assert lab.identity.passwords() == before
    assert lab.api.list("networks", name="admins")
