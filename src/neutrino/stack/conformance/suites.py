"""The suites: where they come from, what they are told, and running them.

Here: tempest.conf, what must exist before, the processes. Not here: what the results mean (verdict.py).
"""

import configparser
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec

from neutrino.linux import process
from neutrino.stack import environments
from neutrino.stack.api import NetworkingApi, Resource
from neutrino.stack.fault import StackFault
from neutrino.stack.identity.service import REGION
from neutrino.stack.lab import Lab

ENVIRONMENT = "conformance"
PUBLIC = "public"
PUBLIC_SUBNETS = (
    ("public-subnet", "172.24.4.0/24", "172.24.4.1"),
    ("ipv6-public-subnet", "2001:db8::/64", "2001:db8::2"),
)
POOLS = (("shared-default-subnetpool-v4", "10.0.0.0/22", 26), ("shared-default-subnetpool-v6", "fd12:67:1::/56", 64))
TYPE_DRIVERS = "local,flat,vlan,geneve,vxlan"
SETTINGS = """
[ml2]
tenant_network_types = vxlan

[ml2_type_vlan]
network_vlan_ranges = foo:1:10, public

[quotas]
quota_router = 100
quota_floatingip = 500
quota_security_group = 150
quota_security_group_rule = 1000
"""
"""DevStack's limits and physical networks, under which upstream's results came about."""
TEST_WITHIN_S = 120
BUILD_WITHIN_S = 60


class Result(msgspec.Struct, frozen=True):
    """What one test came to: passed, failed or skipped, and why."""

    test: str
    status: str
    seconds: float = 0.0
    reason: str = ""


def prepare(lab: Lab) -> Path:
    """Make what the suites expect to exist, write tempest.conf, and return its folder."""
    api = lab.api
    aliases = sorted(one["alias"] for one in api.list("extensions"))
    public = api.list("networks", name=PUBLIC) or [_public(api, aliases)]
    if not api.list("subnetpools", is_default="True"):
        for name, prefix, length in POOLS:
            shared = {"shared": True, "is_default": True, "default_prefixlen": length}
            api.create("subnetpools", "subnetpool", name=name, prefixes=[prefix], **shared)
    folder = lab.run / "tempest"
    (folder / "lock").mkdir(parents=True, exist_ok=True)
    settings = configparser.RawConfigParser()
    settings.read_dict(_settings(lab, folder, public[0]["id"], aliases))
    with open(os.open(folder / "tempest.conf", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
        settings.write(file)
    return folder


def names(folder: Path, only: str) -> list[str]:
    """Return the tests that *only* selects."""
    said = subprocess.run(
        [*_command(1, only), "--list"], env=_environment(folder), capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise StackFault(f"the suites cannot be loaded: {said.stderr.strip().splitlines()[-1]}")
    found: list[str] = json.loads(said.stdout)
    return found


def run(folder: Path, workers: int, only: str) -> Iterator[tuple[int, Result]]:
    """Run the tests that *only* selects and yield how many there are, with each result; all is kept in *folder*."""
    with (folder / "worker.log").open("w") as log, (folder / "results.jsonl").open("w") as kept:
        child = subprocess.Popen(
            _command(workers, only),
            env=_environment(folder),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        try:
            first = child.stdout.readline()
            if not first:
                raise StackFault(f"the suites cannot be loaded: see {folder / 'worker.log'}")
            number = json.loads(first)["tests"]
            for line in child.stdout:
                kept.write(line)
                yield number, msgspec.json.decode(line, type=Result)
        finally:
            if child.poll() is None:
                process.kill_below(child.pid)
            child.wait()


def _public(api: NetworkingApi, aliases: list[str]) -> Resource:
    network = api.create(
        "networks",
        "network",
        name=PUBLIC,
        router__external=True,
        is_default=True if "auto-allocated-topology" in aliases else None,
        provider__network_type="flat",
        provider__physical_network=PUBLIC,
    )
    for name, prefix, gateway in PUBLIC_SUBNETS:
        version = 6 if ":" in prefix else 4
        more = {"ip_version": version, "cidr": prefix, "gateway_ip": gateway, "enable_dhcp": False}
        api.create("subnets", "subnet", network_id=network["id"], name=name, **more)
    return network


def _settings(lab: Lab, folder: Path, public: str, aliases: list[str]) -> dict[str, dict[str, str]]:
    identity = lab.identity
    assert identity is not None  # noqa: S101 - the runner's own lab
    others = ("nova", "glance", "cinder", "swift", "horizon", "designate")
    return {
        "DEFAULT": {"debug": "False", "log_file": str(folder / "tempest.log")},
        "oslo_concurrency": {"lock_path": str(folder / "lock")},
        "auth": {
            "use_dynamic_credentials": "True",
            "create_isolated_networks": "False",
            "admin_username": "admin",
            "admin_password": identity.passwords()["admin"],
            "admin_project_name": "admin",
            "admin_domain_name": "Default",
            "tempest_roles": "member",
        },
        "identity": {
            "uri_v3": identity.url,
            "auth_version": "v3",
            "region": REGION,
            "v3_endpoint_type": "public",
            "default_domain_id": "default",
        },
        "identity-feature-enabled": {"api_v2": "False", "api_v3": "True"},
        "service_available": dict.fromkeys(others, "False") | {"neutron": "True"},
        "enforce_scope": {"neutron": "True", "keystone": "True"},
        "network": {
            "public_network_id": public,
            "floating_network_name": PUBLIC,
            "project_network_cidr": "10.100.0.0/16",
            "project_networks_reachable": "False",
            "build_timeout": str(BUILD_WITHIN_S),
            "build_interval": "1",
            "endpoint_type": "public",
            "region": REGION,
        },
        "network-feature-enabled": {
            "api_extensions": ",".join(aliases),
            "ipv6": "True",
            "ipv6_subnet_attributes": "True",
            "port_security": "True",
            "floating_ips": "True",
            "available_features": "",
            "port_admin_state_change": "True",
            "qos_placement": "False",
        },
        "neutron_plugin_options": {
            "provider_vlans": f"{PUBLIC},",
            "available_type_drivers": TYPE_DRIVERS,
            "is_igmp_snooping_enabled": "True",
            "firewall_driver": "ovn",
            "provider_net_base_segm_id": "1",
            "snat_rules_apply_to_nested_networks": "False",
            "agent_availability_zone": "nova",
            "image_is_advanced": "False",
            "create_shared_resources": "False",
        },
        "compute-feature-enabled": {"console_output": "False"},
        "validation": {"run_validation": "False"},
    }


def _command(workers: int, only: str) -> list[str]:
    python = environments.obtain(ENVIRONMENT) / "bin" / "python"
    return [str(python), "-P", str(Path(__file__).with_name("worker.py")), str(workers), only]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    return kept | {
        "TEMPEST_CONFIG_DIR": str(folder),
        "TEMPEST_CONFIG": "tempest.conf",
        "OS_TEST_TIMEOUT": str(TEST_WITHIN_S),
        "PYTHONWARNINGS": "ignore",
    }
