"""What a file comes to, what is said about the rest, and that a wrong value stops with file and line."""

import re
from pathlib import Path

import msgspec
import pytest

from neutrino.stack.fault import StackFault
from neutrino.stack.localconf.reading import LocalConf, differences, read
from neutrino.stack.localconf.settings import DECLARED, Settings


def conf(folder: Path, localrc: str, rest: str = "", **environment: str) -> LocalConf:
    """Read a file whose second line is the first of *localrc*."""
    file = folder / "local.conf"
    file.write_text(f"[[local|localrc]]\n{localrc}\n{rest}")
    return read(file, environment)


def said(folder: Path, found: LocalConf) -> list[str]:
    return [warning.removeprefix(f"{folder}/local.conf:") for warning in found.warnings]


def test_without_a_line_all_is_default_and_the_backend_is_ovn(tmp_path: Path) -> None:
    assert conf(tmp_path, "") == LocalConf()
    assert Settings().q_agent == "ovn"
    assert Settings().bridges == {"public": "br-ex"}
    assert Settings().public_gateways == ("172.24.4.1/24", "2001:db8::2/64")


def test_defaults_are_values_that_may_be_written(tmp_path: Path) -> None:
    written = {name: str(getattr(Settings(), name.lower())) for name in DECLARED}
    prefixed = {
        "Q_ML2_PLUGIN_GENEVE_TYPE_OPTIONS": f"vni_ranges={Settings().q_ml2_plugin_geneve_type_options}",
    }
    lines = [f'{name}="{value}"' for name, value in {**written, **prefixed}.items() if value]
    assert conf(tmp_path, "\n".join(lines)) == LocalConf()


def test_a_file_as_people_have_it(tmp_path: Path) -> None:
    found = conf(
        tmp_path,
        """\
ADMIN_PASSWORD=nomoresecret
DATABASE_PASSWORD=$ADMIN_PASSWORD
RABBIT_PASSWORD=$ADMIN_PASSWORD
SERVICE_PASSWORD=$ADMIN_PASSWORD
HOST_IP=10.3.4.5

MYNET=10.254
Q_AGENT=ovn
Q_ML2_PLUGIN_MECHANISM_DRIVERS=ovn
Q_ML2_TENANT_NETWORK_TYPE="geneve,vlan"
IPV4_ADDRS_SAFE_TO_USE=$MYNET.1.0/24
FLOATING_RANGE=192.168.20.0/25
PUBLIC_NETWORK_GATEWAY=192.168.20.9
PHYSICAL_NETWORK=mynet
PUBLIC_PHYSICAL_NETWORK=$PHYSICAL_NETWORK
TENANT_VLAN_RANGE=100:199
ENABLE_CHASSIS_AS_GW=false
IP_VERSION=4
disable_service horizon n-api q-l3 q-agt
enable_service q-ovn-metadata-agent,tempest
enable_plugin neutron https://opendev.org/openstack/neutron
""",
        """\
[[post-config|$NEUTRON_CONF]]
[DEFAULT]
agent_down_time = 30
not_an_option = 1
[quotas]
quota_port = 9

[[post-config|/$Q_PLUGIN_CONF_FILE]]
[ovn]
dhcp_default_lease_time = 600

[[post-config|$OVN_META_CONF]]
[DEFAULT]
debug = True

[[post-config|$NOVA_CONF]]
[DEFAULT]
debug = True

[[test-config|$TEMPEST_CONFIG]]
[network]
""",
    )
    assert found.passwords == dict.fromkeys(("admin", "demo", "neutron", "nova"), "nomoresecret")
    assert found.settings == Settings(
        q_ml2_tenant_network_type="geneve,vlan",
        ipv4_addrs_safe_to_use="10.254.1.0/24",
        floating_range="192.168.20.0/25",
        public_network_gateway="192.168.20.9",
        physical_network="mynet",
        public_physical_network="mynet",
        tenant_vlan_range="100:199",
        enable_chassis_as_gw=False,
        ip_version="4",
        post_config="[DEFAULT]\nagent_down_time = 30\n[quotas]\nquota_port = 9\n[ovn]\ndhcp_default_lease_time = 600\n",
        agent_post_config="[DEFAULT]\ndebug = True\n",
    )
    assert said(tmp_path, found) == [
        "3: DATABASE_PASSWORD has no meaning here: the database is SQLite's, or what [database] connection says",
        "4: RABBIT_PASSWORD has no meaning here: there is no message queue",
        "6: HOST_IP has no meaning here: everything listens on 127.0.0.1",
        "21: the service tempest is not part of this stack, which is networking and Keystone",
        "22: the plugin neutron is not loaded: what the backend can do needs none",
        "27: [DEFAULT] not_an_option is no option of this service",
        "39: [[post-config|$NOVA_CONF]] is for a program that is not here",
        "43: [[test-config|$TEMPEST_CONFIG]] has no meaning here",
    ]
    assert "network_vlan_ranges = mynet:100:199" in found.settings.options()
    assert "dns_servers" not in found.settings.options()  # each host's own asks the world outside's
    without = msgspec.structs.replace(found.settings, has_metadata=False)
    assert "dns_servers = 192.168.20.9" in without.options()


@pytest.mark.parametrize(
    ("localrc", "line", "words"),
    [
        (
            "Q_AGENT=openvswitch",
            2,
            "openvswitch is not built yet: leave the line out, and OVN does the work",
        ),
        ("\nQ_AGENT=linuxbridge", 3, "the backend linuxbridge is not built yet"),
        ("Q_AGENT=nsx", 2, "expected ovn"),
        ("Q_ML2_PLUGIN_MECHANISM_DRIVERS=openvswitch,l2population", 2, "openvswitch is not built yet"),
        ("Q_ML2_TENANT_NETWORK_TYPE=gre", 2, "there is no network type gre: expected some of geneve,vxlan"),
        ("Q_DVR_MODE=dvr", 2, "it belongs to Q_AGENT=openvswitch"),
        ("enable_service q-svc,q-l3", 2, "q-l3 cannot be enabled: it belongs to Q_AGENT=openvswitch"),
        ("A=1\ndisable_service ovn-northd", 3, "ovn-northd is not enabled: there is no lab without"),
        ("ENABLED_SERVICES=key,mysql", 2, "q-svc is not enabled"),
        ("Q_AUTH_STRATEGY=keystone\ndisable_service key", 2, "Keystone is not enabled"),
        ("FIXED_RANGE=10.0.0.0", 2, "FIXED_RANGE=10.0.0.0: expected an IPv4 prefix with its length"),
        ("FIXED_RANGE=10.0.0.7/24", 2, "expected an IPv4 prefix (10.0.0.7/24 has host bits set)"),
        ("FIXED_RANGE=fd00::/64", 2, "expected an IPv4 prefix"),
        ("IP_VERSION=5", 2, "expected 4 or 6 or 4+6"),
        ("NEUTRON_CREATE_INITIAL_NETWORKS=maybe", 2, "expected True or False"),
        ("PUBLIC_BRIDGE=br-int", 2, "cannot name a bridge"),
        ("OVN_BRIDGE_MAPPINGS=public", 2, "expected PHYSICAL_NETWORK:BRIDGE"),
        ("OVN_BRIDGE_MAPPINGS=other:br-ex", 2, "public has no bridge: OVN_BRIDGE_MAPPINGS names other"),
        (
            "A=1\nPUBLIC_NETWORK_GATEWAY=10.9.9.9",
            3,
            "10.9.9.9 is not in FLOATING_RANGE=172.24.4.0/24",
        ),
        ("FLOATING_RANGE=10.0.3.0/24", 2, "overlap"),
        ("Q_ML2_PLUGIN_GENEVE_TYPE_OPTIONS=1:100", 2, "expected vni_ranges=..."),
        ("source openrc", 2, "source is not understood here"),
        ("if true; then", 2, "if is not understood here"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, localrc: str, line: int, words: str) -> None:
    with pytest.raises(StackFault, match=re.escape(words)) as fault:
        conf(tmp_path, localrc)
    assert str(fault.value).startswith(f"{tmp_path}/local.conf:{line}: ")


def test_a_wrong_value_of_an_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackFault, match=re.escape(f"{tmp_path}/local.conf:5: [quotas] quota_port = many:")):
        conf(tmp_path, "", "[[post-config|/etc/neutron/neutron.conf]]\n[quotas]\nquota_port = many")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackFault, match="nowhere cannot be read"):
        read(tmp_path / "nowhere", {})


def test_the_last_line_counts_and_values_follow_the_environment(tmp_path: Path) -> None:
    lines = "IP_VERSION=4\nIP_VERSION=6\nQ_ROUTER_NAME=$MINE\nPRIVATE_NETWORK_NAME=my\nPRIVATE_NETWORK_NAME+=-net"
    found = conf(tmp_path, lines, MINE="r2")
    assert (found.settings.ip_version, found.settings.q_router_name) == ("6", "r2")
    assert found.settings.private_network_name == "my-net"
    assert found.settings.public_gateways == ("2001:db8::2/64",)


@pytest.mark.parametrize(
    ("localrc", "has_metadata", "auth"),
    [
        ("", True, ""),
        ("disable_service q-ovn-agent", False, ""),
        ("disable_service q-ovn-agent\nenable_service q-ovn-metadata-agent", True, ""),
        ("ENABLED_SERVICES=key,$ENABLED_SERVICES,-q-ovn-agent", False, ""),
        ("disable_service key", True, "noauth"),
        ("Q_AUTH_STRATEGY=noauth", True, "noauth"),
        (
            "disable_all_services\nenable_service key q-svc ovn-northd,ovn-controller ovs-vswitchd,ovsdb-server",
            False,
            "",
        ),
    ],
)
def test_services(tmp_path: Path, localrc: str, has_metadata: bool, auth: str) -> None:
    found = conf(tmp_path, localrc)
    assert (found.settings.has_metadata, found.settings.q_auth_strategy) == (has_metadata, auth)
    assert found.warnings == ()


def test_differences_are_named(tmp_path: Path) -> None:
    other = conf(tmp_path, "FLOATING_RANGE=192.0.2.0/24\nIP_VERSION=4").settings
    assert differences(Settings(), other) == ["IP_VERSION", "FLOATING_RANGE"]
    assert differences(other, other) == []
