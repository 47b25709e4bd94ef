"""Every ``openstack`` command for what is served, against the daemon."""

import pytest


@pytest.fixture
def run(openstack_):
    """The command, and nothing left over when the story ends."""
    yield openstack_
    for noun in ("port", "subnet", "network", "security group", "subnet pool", "address scope", "address group"):
        for row in openstack_.json(f"{noun} list"):
            if row["Name"] != "default":
                openstack_(f"{noun} delete {row['ID']}")


def test_networks(run):
    made = run.json("network create blue --mtu 1400 --tag a --tag b", "--description", "a network")
    assert {
        key: made[key] for key in ("name", "mtu", "description", "status", "admin_state_up", "shared", "subnets")
    } == {
        "name": "blue",
        "mtu": 1400,
        "description": "a network",
        "status": "ACTIVE",
        "admin_state_up": True,
        "shared": False,
        "subnets": [],
    }
    assert run.json("network show blue")["tags"] == ["a", "b"]
    run("network set --name green --share --disable --disable-port-security --tag c blue")
    assert run.json("network show green") == run.json(f"network show {made['id']}")
    shown = run.json("network show green")
    wanted = {"shared": True, "admin_state_up": False, "port_security_enabled": False, "tags": ["a", "b", "c"]}
    assert {key: shown[key] for key in wanted} == wanted
    run("network unset --tag a green")
    run("network set --no-share --enable --mtu 1300 green")
    run("network create red --provider-network-type flat --provider-physical-network physnet1")
    for command, found in (
        ("network list", ["green", "red"]),
        ("network list --name green", ["green"]),
        ("network list --long", ["green", "red"]),
        ("network list --tags b,c", ["green"]),
        ("network list --any-tags b,x", ["green"]),
        ("network list --not-tags b,c", ["red"]),
        ("network list --not-any-tags b", ["red"]),
        ("network list --provider-network-type flat", ["red"]),
        ("network list --provider-physical-network physnet1", ["red"]),
        ("network list --enable", ["green", "red"]),
        ("network list --disable", []),
        ("network list --share", []),
        ("network list --no-share", ["green", "red"]),
        ("network list --status ACTIVE", ["green", "red"]),
        ("network list --sort-column Name", ["green", "red"]),
    ):
        assert run.column("Name", command) == found, command
    run("network delete green red")
    assert run.json("network list") == []
    assert "No Network found for blue" in run.fails("network show blue")


def test_subnets(run):
    run("network create blue")
    run(
        "subnet create four --network blue --subnet-range 10.0.0.0/24 --gateway 10.0.0.254 --no-dhcp "
        "--allocation-pool start=10.0.0.10,end=10.0.0.20 --allocation-pool start=10.0.0.30,end=10.0.0.40 "
        "--dns-nameserver 9.9.9.9 --host-route destination=10.9.0.0/16,gateway=10.0.0.1 --tag t --description d"
    )
    shown = run.json("subnet show four")
    wanted = {
        "cidr": "10.0.0.0/24",
        "gateway_ip": "10.0.0.254",
        "enable_dhcp": False,
        "allocation_pools": [
            {"start": "10.0.0.10", "end": "10.0.0.20"},
            {"start": "10.0.0.30", "end": "10.0.0.40"},
        ],
        "dns_nameservers": ["9.9.9.9"],
        "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.1"}],
        "tags": ["t"],
        "description": "d",
        "ip_version": 4,
    }
    assert {key: shown[key] for key in wanted} == wanted
    run("subnet set four --name vier --dhcp --dns-nameserver 1.1.1.1 --gateway none --tag u")
    run("subnet unset vier --allocation-pool start=10.0.0.30,end=10.0.0.40 --dns-nameserver 9.9.9.9 --tag t")
    run("subnet unset vier --host-route destination=10.9.0.0/16,gateway=10.0.0.1")
    shown = run.json("subnet show vier")
    wanted = {
        "gateway_ip": None,
        "enable_dhcp": True,
        "allocation_pools": [{"start": "10.0.0.10", "end": "10.0.0.20"}],
        "dns_nameservers": ["1.1.1.1"],
        "host_routes": [],
        "tags": ["u"],
    }
    assert {key: shown[key] for key in wanted} == wanted
    run("subnet set vier --gateway 10.0.0.1 --no-dns-nameservers --no-allocation-pool --no-tag")
    assert run.json("subnet show vier")["allocation_pools"] == []
    run(
        "subnet create six --network blue --ip-version 6 --subnet-range 2001:db8::/64 --ipv6-ra-mode slaac "
        "--ipv6-address-mode slaac"
    )
    assert run.json("subnet show six")["ipv6_address_mode"] == "slaac"
    for command, found in (
        ("subnet list", ["six", "vier"]),
        ("subnet list --long", ["six", "vier"]),
        ("subnet list --ip-version 6", ["six"]),
        ("subnet list --dhcp", ["six", "vier"]),
        ("subnet list --no-dhcp", []),
        ("subnet list --network blue", ["six", "vier"]),
        ("subnet list --gateway 10.0.0.1", ["vier"]),
        ("subnet list --name six", ["six"]),
        ("subnet list --subnet-range 10.0.0.0/24", ["vier"]),
        ("subnet list --tags u", []),
    ):
        assert run.column("Name", command) == found, command
    run("subnet delete vier six")
    assert run.json("network show blue")["subnets"] == []


def test_ports(run):
    run("network create blue")
    run("subnet create one --network blue --subnet-range 10.0.0.0/24")
    run("security group create web")
    made = run.json(
        "port create p --network blue --fixed-ip subnet=one,ip-address=10.0.0.9 --mac-address fa:16:3e:00:00:09 "
        "--security-group web --device vm --device-owner compute:nova --host nowhere --vnic-type normal "
        "--allowed-address ip-address=10.0.0.77 --binding-profile a=b --disable --tag t --description d"
    )
    one, web = run.json("subnet show one")["id"], run.json("security group show web")["id"]
    wanted = {
        "name": "p",
        "fixed_ips": [{"subnet_id": one, "ip_address": "10.0.0.9"}],
        "mac_address": "fa:16:3e:00:00:09",
        "security_group_ids": [web],
        "device_id": "vm",
        "device_owner": "compute:nova",
        "binding_host_id": "nowhere",
        "binding_vnic_type": "normal",
        "binding_vif_type": "binding_failed",
        "binding_profile": {"a": "b"},
        "allowed_address_pairs": [{"ip_address": "10.0.0.77", "mac_address": "fa:16:3e:00:00:09"}],
        "admin_state_up": False,
        "description": "d",
        "status": "DOWN",
    }
    assert {key: made[key] for key in wanted} == wanted
    run(
        "port set p --name q --enable --device vm2 --device-owner compute:az --host other --binding-profile c=d --tag u"
    )
    run("port set q --allowed-address ip-address=10.0.0.78,mac-address=fa:16:3e:00:00:78 --fixed-ip subnet=one")
    run("port unset q --binding-profile a --allowed-address ip-address=10.0.0.77,mac-address=fa:16:3e:00:00:09")
    run("port unset q --fixed-ip subnet=one,ip-address=10.0.0.9 --security-group web --tag t --host")
    shown = run.json("port show q")
    wanted = {
        "admin_state_up": True,
        "device_id": "vm2",
        "security_group_ids": [],
        "binding_profile": {"c": "d"},
        "binding_host_id": "",
        "binding_vif_type": "unbound",
        "allowed_address_pairs": [{"ip_address": "10.0.0.78", "mac_address": "fa:16:3e:00:00:78"}],
        "tags": ["u"],
    }
    assert {key: shown[key] for key in wanted} == wanted
    assert [ip["subnet_id"] for ip in shown["fixed_ips"]] == [one]
    run("port set q --no-fixed-ip --no-allowed-address --no-binding-profile --disable-port-security")
    run("port create bare --network blue --no-fixed-ip --no-security-group --enable-port-security")
    run("port create open --network blue --disable-port-security")
    assert run.json("port show open")["security_group_ids"] == []
    for command, found in (
        ("port list", ["bare", "open", "q"]),
        ("port list --long", ["bare", "open", "q"]),
        ("port list --network blue", ["bare", "open", "q"]),
        ("port list --device-owner compute:az", ["q"]),
        ("port list --device-id vm2", ["q"]),
        ("port list --mac-address fa:16:3e:00:00:09", ["q"]),
        ("port list --fixed-ip subnet=one", ["open"]),
        ("port list --fixed-ip ip-address=10.0.0.250", []),
        ("port list --fixed-ip ip-substring=10.0.0.", ["open"]),
        ("port list --security-group web", []),
        ("port list --host nowhere", []),
        ("port list --name q", ["q"]),
        ("port list --status DOWN", ["bare", "open", "q"]),
        ("port list --tags u", ["q"]),
        ("port list --not-tags u", ["bare", "open"]),
    ):
        assert run.column("Name", command) == found, command
    assert "There are one or more ports still in use" in run.fails("network delete blue")
    run("port delete q bare open")


def test_security_groups(run):
    run("security group create web --description d --tag t")
    run("security group set web --name www --description e --stateless --tag u")
    run("security group unset www --tag t")
    shown = run.json("security group show www")
    assert (shown["name"], shown["description"], shown["stateful"], shown["tags"]) == ("www", "e", False, ["u"])
    assert sorted((rule["direction"], rule["ethertype"]) for rule in shown["rules"]) == [
        ("egress", "IPv4"),
        ("egress", "IPv6"),
    ]
    assert run.column("Name", "security group list --tags u") == ["www"]
    assert run.column("Name", "security group list") == ["default", "www"]
    assert run.column("Name", "security group list --no-share") == ["default", "www"]
    assert run.column("Name", "security group list --share") == []

    made = [
        run.json(f"security group rule create www {flags}")["id"]
        for flags in (
            "--protocol tcp --dst-port 80:90 --remote-ip 10.0.0.0/8 --description d",
            "--protocol udp --dst-port 53 --egress --ethertype IPv6",
            "--protocol icmp --icmp-type 8 --icmp-code 0",
            "--protocol ipv6-icmp",
            "--remote-group www",
            "--protocol any --ethertype IPv6 --remote-group www",
            "--protocol 112",
        )
    ]
    rules = {row["ID"]: row for row in run.json("security group rule list www")}
    assert {
        key: rules[made[0]][key] for key in ("IP Protocol", "Ethertype", "IP Range", "Port Range", "Direction")
    } == {
        "IP Protocol": "tcp",
        "Ethertype": "IPv4",
        "IP Range": "10.0.0.0/8",
        "Port Range": "80:90",
        "Direction": "ingress",
    }
    assert len(rules) == len(made) + 2
    assert run.column("ID", "security group rule list www --protocol tcp") == [made[0]]
    assert run.column("ID", "security group rule list www --ingress") == sorted(set(made) - {made[1]})
    assert len(run.json("security group rule list")) == len(rules) + 4
    assert run.json(f"security group rule show {made[0]}")["remote_ip_prefix"] == "10.0.0.0/8"
    assert "already exists" in run.fails("security group rule create www --protocol 112")
    run(f"security group rule delete {' '.join(made)}")
    assert len(run.json("security group rule list www")) == 2
    run("security group delete www")


def test_subnet_pools(run):
    scope = run.json("address scope create s --ip-version 4 --share")
    run("address scope set s --name t")
    run(
        "subnet pool create p --pool-prefix 10.0.0.0/16 --pool-prefix 10.1.0.0/16 --default-prefix-length 24 "
        "--min-prefix-length 20 --max-prefix-length 28 --default --share --address-scope t --default-quota 100000 "
        "--description d --tag a"
    )
    run("subnet pool set p --name q --pool-prefix 10.9.0.0/16 --no-address-scope --no-default --tag b --description e")
    run("subnet pool unset q --tag a")
    shown = run.json("subnet pool show q")
    wanted = {
        "prefixes": ["10.0.0.0/15", "10.9.0.0/16"],
        "default_prefixlen": 24,
        "min_prefixlen": 20,
        "max_prefixlen": 28,
        "is_default": False,
        "shared": True,
        "address_scope_id": None,
        "default_quota": 100000,
        "description": "e",
        "tags": ["b"],
        "ip_version": 4,
    }
    assert {key: shown[key] for key in wanted} == wanted
    run("subnet pool set q --address-scope t --default")
    for command, found in (
        ("subnet pool list", ["q"]),
        ("subnet pool list --long", ["q"]),
        ("subnet pool list --share", ["q"]),
        ("subnet pool list --no-default", []),
        ("subnet pool list --address-scope t", ["q"]),
        ("subnet pool list --name p", []),
        ("subnet pool list --tags b", ["q"]),
        ("address scope list", ["t"]),
        ("address scope list --ip-version 6", []),
        ("address scope list --share", ["t"]),
    ):
        assert run.column("Name", command) == found, command
    run("network create blue")
    made = run.json("subnet create one --network blue --subnet-pool q --prefix-length 26")
    assert (made["cidr"], made["subnetpool_id"]) == ("10.9.0.0/26", shown["id"])
    assert run.json("subnet create two --network blue --use-default-subnet-pool")["cidr"] == "10.9.1.0/24"
    assert run.column("Name", "subnet list --subnet-pool q") == ["one", "two"]
    assert run.json("network show blue")["ipv4_address_scope"] == scope["id"]
    assert "Subnet pool has existing allocations" in run.fails("subnet pool delete q")
    assert "subnet pools in use on the address scope" in run.fails("address scope delete t")


def test_default_rules(run):
    assert len(run.json("default security group rule list")) == 4
    made = run.json(
        "default security group rule create --protocol tcp --dst-port 22 --remote-ip 10.0.0.0/8 --for-custom-sg"
    )
    shown = run.json(f"default security group rule show {made['id']}")
    assert (shown["port_range_min"], shown["used_in_default_sg"], shown["used_in_non_default_sg"]) == (22, False, True)
    group = run.json("security group create web")
    assert sorted(str(rule["protocol"]) for rule in group["rules"]) == ["None", "None", "tcp"]
    run(f"default security group rule delete {made['id']}")
    assert len(run.json("default security group rule list")) == 4


def test_address_groups(run):
    run("address group create lab --address 192.0.2.0/24 --address 198.51.100.7 --description d")
    run("address group set lab --name l --description e --address 2001:db8::/32")
    run("address group unset l --address 192.0.2.0/24")
    shown = run.json("address group show l")
    assert (shown["addresses"], shown["description"]) == (["198.51.100.7/32", "2001:db8::/32"], "e")
    assert run.column("Name", "address group list --name l") == ["l"]
    run("security group create web")
    rule = run.json("security group rule create web --protocol tcp --remote-address-group l")
    assert rule["remote_address_group_id"] == shown["id"]
    assert "is in use on one or more security group rules" in run.fails("address group delete l")


def test_what_ports_and_subnets_tell_others(run):
    run("network create blue")
    run("subnet create one --network blue --subnet-range 10.0.0.0/24 --service-type compute:nova")
    assert run.json("subnet show one")["service_types"] == ["compute:nova"]
    assert "No valid service subnet" in run.fails("port create p --network blue")
    run("subnet set one --service-type network:routed")
    run("subnet unset one --service-type network:routed --service-type compute:nova")
    assert run.column("Name", "subnet list --service-type compute:nova") == []
    run("port create p --network blue --device-profile gpu --numa-policy-required --disable-uplink-status-propagation")
    run("port set p --numa-policy-socket --enable-uplink-status-propagation")
    shown = run.json("port show p")
    wanted = {
        "device_profile": "gpu",
        "numa_affinity_policy": "socket",
        "propagate_uplink_status": True,
        "ip_allocation": "immediate",
    }
    assert {key: shown[key] for key in wanted} == wanted
    run("port unset p --numa-policy")
    assert run.json("port show p")["numa_affinity_policy"] is None


def test_what_dhcp_and_dns_tell_of_a_port(run):
    run("network create blue --dns-domain blue.test.")
    run("port create p --network blue --extra-dhcp-option name=bootfile-name,value=a --tag red")
    shown = run.json("port show p")
    assert shown["extra_dhcp_opts"] == [{"opt_name": "bootfile-name", "opt_value": "a", "ip_version": 4}]
    assert shown["tags"] == ["red"]
    wrong = "port set p --extra-dhcp-option name=no-such-option,value=a"
    assert "does not know the option 'no-such-option'" in run.fails(wrong)


def test_what_is_available(run):
    run("network create blue")
    run("subnet create one --network blue --subnet-range 10.0.0.0/24")
    run("port create p --network blue")
    (listed,) = run.json("ip availability list")
    assert (listed["Network Name"], listed["Total IPs"], listed["Used IPs"]) == ("blue", 253, 1)
    assert run.json("ip availability list --ip-version 6") == []
    assert run.json("ip availability show blue")["used_ips"] == 1
    assert run.json("availability zone list --network") == []
    assert "AvailabilityZone az1 could not be found" in run.fails("network create x --availability-zone-hint az1")


def test_what_else_there_is(run):
    aliases = run.column("Alias", "extension list --network")
    assert {"security-group", "binding", "port-security", "standard-attr-tag"} <= set(aliases)
    assert run.json("extension show security-group")["name"] == "security-group"
    assert run.json("network agent list") == []
    assert run.json("network agent list --agent-type open-vswitch --host nowhere") == []
