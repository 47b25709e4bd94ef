"""What `openstack` does to one resource of each noun, as one table: create, show, set, unset, list, delete.

In what a row says, ``{0[id]}`` is a value of what the first of *needs* made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Shown = Mapping[str, object]


@dataclass(frozen=True)
class Walk:
    """The walk of one noun."""

    noun: str  # as the command says it
    create: str
    shows: Shown  # a part of what there is then
    # Commands that create what must be there before, and is deleted after; or what is done, and how it is undone.
    needs: tuple[str | tuple[str, str], ...] = ()
    sets: tuple[tuple[str, Shown], ...] = ()
    unsets: tuple[tuple[str, Shown], ...] = ()
    finds: tuple[str, ...] = ()  # what a list is filtered by that has the resource
    misses: tuple[str, ...] = ()  # and that has it not
    under: str = ""  # of a noun that is a part of another: that one, before the resource itself
    id: str = "ID"  # the column of lists that has the id

    def __str__(self) -> str:
        return self.noun


NET, SUBNET = "network create walk-net", "subnet create walk-subnet --network walk-net --subnet-range 10.66.0.0/24"
PRIVATE = "network create walk-private --pvlan"
OUTER = "network create walk-outer --external"
OUTER_SUBNET = "subnet create walk-outer-subnet --network walk-outer --subnet-range 203.0.113.0/24"
NAMED = (("--name walked --description other", {"name": "walked", "description": "other"}),)
TAGGED = ("--tag b", {"tags": ["a", "b"]})
UNTAGGED = (("--tag a", {"tags": ["b"]}), ("--all-tag", {"tags": []}))

WALKS = (
    Walk(
        "network",
        "walk --description d --mtu 1400 --tag a",
        {"name": "walk", "description": "d", "mtu": 1400, "tags": ["a"], "status": "ACTIVE"},
        sets=(
            *NAMED,
            TAGGED,
            ("--pvlan", {"pvlan": True}),
            ("--disable --share --no-pvlan", {"admin_state_up": False, "shared": True, "pvlan": False}),
        ),
        unsets=UNTAGGED,
        finds=("--name walked", "--disable", "--share", "--internal", "--no-pvlan"),
        misses=("--name walk", "--pvlan", "--enable", "--external", "--status DOWN"),
    ),
    Walk(
        "subnet",
        "walk --network walk-net --subnet-range 10.66.0.0/24 --dns-nameserver 192.0.2.53 --tag a",
        {"cidr": "10.66.0.0/24", "gateway_ip": "10.66.0.1", "dns_nameservers": ["192.0.2.53"]},
        needs=(NET,),
        sets=(
            *NAMED,
            TAGGED,
            ("--no-dhcp", {"enable_dhcp": False}),
            (
                "--host-route destination=10.77.0.0/16,gateway=10.66.0.2",
                {"host_routes": [{"destination": "10.77.0.0/16", "nexthop": "10.66.0.2"}]},
            ),
        ),
        unsets=(
            ("--dns-nameserver 192.0.2.53", {"dns_nameservers": []}),
            ("--host-route destination=10.77.0.0/16,gateway=10.66.0.2", {"host_routes": []}),
            ("--gateway", {"gateway_ip": None}),
            *UNTAGGED,
        ),
        finds=("--network walk-net", "--no-dhcp", "--subnet-range 10.66.0.0/24", "--ip-version 4"),
        misses=("--dhcp", "--ip-version 6", "--name walk"),
    ),
    Walk(
        "port",
        "walk --network walk-net --device d1 --device-owner compute:x --tag a --vnic-type direct",
        {"device_id": "d1", "device_owner": "compute:x", "binding_vnic_type": "direct", "status": "DOWN"},
        needs=(NET, SUBNET),
        sets=(
            *NAMED,
            TAGGED,
            ("--mac-address fa:16:3e:66:00:01", {"mac_address": "fa:16:3e:66:00:01"}),
            ("--binding-profile k=v --disable", {"binding_profile": {"k": "v"}, "admin_state_up": False}),
            ("--device d2", {"device_id": "d2"}),
        ),
        unsets=(
            ("--binding-profile k", {"binding_profile": {}}),
            ("--device", {"device_id": ""}),
            ("--device-owner", {"device_owner": ""}),
            *UNTAGGED,
        ),
        finds=("--network walk-net", "--mac-address fa:16:3e:66:00:01", "--fixed-ip subnet=walk-subnet"),
        misses=("--device-id d1", "--status ACTIVE", "--fixed-ip ip-address=10.66.0.250"),
    ),
    Walk(
        "port",
        "walk --network walk-private --pvlan-type community --pvlan-community web",
        {"pvlan_type": "community", "pvlan_community": "web"},
        needs=(PRIVATE,),
        sets=(
            ("--pvlan-type community --pvlan-community db", {"pvlan_type": "community", "pvlan_community": "db"}),
            ("--pvlan-type isolated", {"pvlan_type": "isolated", "pvlan_community": None}),
        ),
        finds=("--pvlan", "--pvlan-type isolated"),
        misses=("--no-pvlan", "--pvlan-type promiscuous", "--pvlan-community web"),
    ),
    Walk(
        "router",
        "walk --disable --description d --tag a",
        {"admin_state_up": False, "description": "d", "external_gateway_info": None},
        needs=(OUTER, OUTER_SUBNET),
        sets=(*NAMED, TAGGED, ("--enable --external-gateway walk-outer", {"admin_state_up": True})),
        unsets=(("--external-gateway", {"external_gateway_info": None}), *UNTAGGED),
        finds=("--name walked", "--enable"),
        misses=("--disable", "--tags a"),
    ),
    Walk(
        "floating ip",
        "walk-outer --description d --tag a",
        {"description": "d", "port_id": None, "status": "DOWN"},
        needs=(OUTER, OUTER_SUBNET),
        sets=(("--description other", {"description": "other"}), TAGGED),
        unsets=UNTAGGED,
        finds=("--network walk-outer", "--status DOWN"),
        misses=("--status ACTIVE", "--tags a"),
    ),
    Walk(
        "security group",
        "walk --description d --tag a",
        {"name": "walk", "stateful": True},
        sets=(*NAMED, TAGGED, ("--stateless", {"stateful": False})),
        unsets=UNTAGGED,
        misses=("--tags a", "--share"),
    ),
    Walk(
        "security group rule",
        "walk-group --protocol tcp --dst-port 80:90 --remote-ip 192.0.2.0/24 --description d",
        {"protocol": "tcp", "port_range_min": 80, "port_range_max": 90, "direction": "ingress", "description": "d"},
        needs=("security group create walk-group",),
        finds=("--protocol tcp", "--ingress"),
        misses=("--protocol udp", "--egress"),
    ),
    Walk(
        "subnet pool",
        "walk --pool-prefix 10.96.0.0/16 --default-prefix-length 26 --tag a",
        {"prefixes": ["10.96.0.0/16"], "default_prefixlen": 26, "ip_version": 4},
        needs=("address scope create walk-scope",),
        sets=(
            *NAMED,
            TAGGED,
            ("--pool-prefix 10.97.0.0/16", {"prefixes": ["10.96.0.0/15"]}),
            ("--address-scope walk-scope --default", {"is_default": True}),
            ("--no-address-scope --no-default", {"address_scope_id": None, "is_default": False}),
        ),
        unsets=UNTAGGED,
        finds=("--name walked", "--no-default"),
        misses=("--default", "--address-scope walk-scope"),
    ),
    Walk(
        "address scope",
        "walk --ip-version 6",
        {"name": "walk", "ip_version": 6, "shared": False},
        sets=(("--name walked", {"name": "walked"}), ("--share", {"shared": True})),
        finds=("--name walked", "--ip-version 6", "--share"),
        misses=("--ip-version 4", "--no-share"),
    ),
    Walk(
        "address group",
        "walk --address 192.0.2.0/24 --description d",
        {"addresses": ["192.0.2.0/24"], "description": "d"},
        sets=(*NAMED, ("--address 198.51.100.1", {"addresses": ["192.0.2.0/24", "198.51.100.1/32"]})),
        unsets=(("--address 192.0.2.0/24", {"addresses": ["198.51.100.1/32"]}),),
        finds=("--name walked",),
        misses=("--name walk",),
    ),
    Walk(
        "default security group rule",
        "--protocol udp --dst-port 5353 --for-custom-sg --description d",
        {"protocol": "udp", "port_range_min": 5353, "used_in_default_sg": False, "used_in_non_default_sg": True},
        finds=("--protocol udp", "--ingress"),
        misses=("--protocol tcp", "--egress"),
    ),
    Walk(
        "network qos policy",
        "walk --description d",
        {"name": "walk", "shared": False, "is_default": False},
        sets=(
            *NAMED,
            ("--share --default", {"shared": True, "is_default": True}),
            ("--no-share --no-default", {"shared": False}),
        ),
        finds=("--no-share",),
        misses=("--share",),
    ),
    *(
        Walk(
            "network qos rule",
            f"--type {kind} {given} walk-policy",
            shows,
            needs=("network qos policy create walk-policy",),
            under="{0[id]}",
            sets=((change, changed),),
        )
        for kind, given, shows, change, changed in (
            (
                "bandwidth-limit",
                "--max-kbps 1000 --egress",
                {"max_kbps": 1000, "direction": "egress"},
                "--max-kbps 2000",
                {"max_kbps": 2000},
            ),
            ("dscp-marking", "--dscp-mark 26", {"dscp_mark": 26}, "--dscp-mark 10", {"dscp_mark": 10}),
            ("minimum-bandwidth", "--min-kbps 100 --egress", {"min_kbps": 100}, "--min-kbps 200", {"min_kbps": 200}),
            ("minimum-packet-rate", "--min-kpps 10 --any", {"min_kpps": 10}, "--min-kpps 20", {"min_kpps": 20}),
        )
    ),
    Walk(
        "network trunk",
        "walk --parent-port walk-parent --description d",
        {"name": "walk", "sub_ports": []},
        needs=(NET, "port create walk-parent --network walk-net", "port create walk-sub --network walk-net"),
        sets=(
            *NAMED,
            ("--disable", {"is_admin_state_up": False}),
            ("--enable", {"is_admin_state_up": True}),
        ),
    ),
    Walk(
        "network segment",
        "walk --network walk-net --network-type geneve --segment 4711 --description d",
        {"name": "walk", "network_type": "geneve", "segmentation_id": 4711},
        needs=(NET,),
        sets=NAMED,
        finds=("--network walk-net",),
    ),
    Walk(
        "network rbac",
        "--type network --action access_as_shared --target-all-projects walk-net",
        {"object_type": "network", "action": "access_as_shared"},
        needs=(NET,),
        finds=("--type network", "--action access_as_shared"),
        misses=("--type qos_policy",),
    ),
    Walk(
        "floating ip port forwarding",
        "{6[id]} --port walk-inside --internal-ip-address 10.66.0.9 --protocol tcp --internal-protocol-port 80 "
        "--external-protocol-port 8080 --description d",
        {"protocol": "tcp", "internal_port": 80, "external_port": 8080, "internal_ip_address": "10.66.0.9"},
        needs=(
            *(OUTER, OUTER_SUBNET, NET, SUBNET),
            "router create walk-router --external-gateway walk-outer",
            "port create walk-inside --network walk-net --fixed-ip ip-address=10.66.0.9",
            "floating ip create walk-outer",
            ("router add subnet walk-router walk-subnet", "router remove subnet walk-router walk-subnet"),
        ),
        under="{6[id]}",
        sets=(("--internal-protocol-port 81 --description other", {"internal_port": 81, "description": "other"}),),
        finds=("--protocol tcp", "--external-protocol-port 8080"),
        misses=("--protocol udp", "--external-protocol-port 80"),
    ),
    Walk(
        "router ndp proxy",
        "walk-router --name walk --port walk-inside --description d",
        {"name": "walk", "description": "d"},
        needs=(
            "address scope create walk-scope --ip-version 6",
            "subnet pool create walk-pool --pool-prefix 2001:db8:66::/48 --address-scope walk-scope",
            OUTER,
            NET,
            *(
                f"subnet create {net}-6 --network {net} --ip-version 6 --subnet-pool walk-pool --prefix-length 64"
                for net in ("walk-outer", "walk-net")
            ),
            "router create walk-router --external-gateway walk-outer",
            ("router set --enable-ndp-proxy walk-router", "router set --disable-ndp-proxy walk-router"),
            ("router add subnet walk-router walk-net-6", "router remove subnet walk-router walk-net-6"),
            "port create walk-inside --network walk-net",
        ),
        sets=NAMED,
        finds=("--name walked", "--router walk-router", "--port walk-inside"),
        misses=("--name walk", "--ip-address 2001:db8:66::99"),
    ),
    Walk(
        "network meter",
        "walk --description d --share",
        {"name": "walk", "description": "d", "shared": True},
    ),
    Walk(
        "network meter rule",
        "walk-meter --ingress --exclude --source-ip-prefix 192.0.2.0/24 --destination-ip-prefix 10.66.0.0/24",
        {"direction": "ingress", "source_ip_prefix": "192.0.2.0/24", "destination_ip_prefix": "10.66.0.0/24"},
        needs=("network meter create walk-meter",),
    ),
    Walk(
        "local ip",
        "--name walk --network walk-net --local-ip-address 10.66.0.9 --description d",
        {"name": "walk", "description": "d", "local_ip_address": "10.66.0.9", "ip_mode": "translate"},
        needs=(NET, SUBNET),
        sets=NAMED,
        finds=("--name walked", "--network walk-net", "--local-ip-address 10.66.0.9", "--ip-mode translate"),
        misses=("--name walk", "--local-ip-address 10.66.0.10"),
    ),
    Walk(
        "network flavor",
        "walk --service-type L3_ROUTER_NAT --description d",
        {"service_type": "L3_ROUTER_NAT"},
        sets=(*NAMED, ("--disable", {"enabled": False})),
    ),
    Walk(
        "network flavor profile",
        "--description d --metainfo m",
        {"description": "d", "meta_info": "m"},
        sets=(("--description other --disable", {"description": "other"}),),
    ),
    Walk(
        "network segment range",
        "walk --shared --network-type geneve --minimum 70000 --maximum 70010",
        {"minimum": 70000, "maximum": 70010},
        sets=(("--name walked --minimum 70000 --maximum 70020", {"maximum": 70020}),),
        finds=("--unused",),
        misses=("--used",),
    ),
)
