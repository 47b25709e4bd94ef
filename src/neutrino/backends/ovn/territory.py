"""What of the Northbound is ours.

Our rows carry marks in external_ids, keys that begin with ``neutron:``, as upstream's do; the rows without marks are
known by their uuid. Rows, map keys and columns that are not named here belong to others: ovn-octavia-provider,
operators.
"""

from collections.abc import Mapping

from neutrino.backends.ovn import identity, local_ip, port_forwarding
from neutrino.backends.ovn.identity import by
from neutrino.backends.ovn.uuids import DROP_GROUP, PRIVATE_DROP_GROUP
from neutrino.ovsdb.values import Value
from neutrino.reconcile.territory import Column, Keys, References, Table, Territory, Whole

_MARK = "neutron:"
_SWITCH_PREFIX = "neutron-"
_SWITCH_CONFIG = frozenset(
    {"mcast_snoop", "mcast_flood_unregistered", "vlan-passthru", "fdb_age_threshold", "broadcast-arps-to-all-routers"}
)
_ROUTER_OPTIONS = frozenset({"always_learn_from_arp_request", "dynamic_neigh_routers", "mac_binding_age_threshold"})
_ROUTER_PORT_OPTIONS = frozenset({"reside-on-redirect-chassis", "gateway_mtu", "redirect-type"})
_ACL_OPTIONS = frozenset({"log-related"})
_NAT_OPTIONS = frozenset({"stateless"})
_BALANCER_OPTIONS = frozenset({"template", "address-family"})
_BALANCER_OWNERS = frozenset({port_forwarding.OWNER, local_ip.OWNER})
_PORT_OPTIONS = frozenset(
    {
        "activation-strategy",
        "arp_proxy",
        "ethtype",
        "hostname",
        "localnet_learn_fdb",
        "mcast_flood",
        "mcast_flood_reports",
        "exclude-lb-vips-from-garp",
        "nat-addresses",
        "network_name",
        "qos_burst",
        "qos_max_rate",
        "qos_min_rate",
        "requested-chassis",
        "router-port",
        "vif-plug-mtu-request",
        "vif-plug-type",
        "vif-plug:representor:pf-mac",
        "vif-plug:representor:vf-num",
        "virtual-ip",
        "virtual-parents",
        "vtep-logical-switch",
        "vtep-physical-switch",
    }
)


def _is_mark(key: str) -> bool:
    return key.startswith(_MARK)


def _is_dhcp_mark(key: str) -> bool:
    return key in ("subnet_id", "port_id") or key.startswith(_MARK)


def _is_marked(row: Mapping[str, Value]) -> bool:
    ids = row["external_ids"]
    return isinstance(ids, Mapping) and any(map(_is_mark, ids))


def _is_any(key: str) -> bool:  # noqa: ARG001 - the same for each
    return True


def _is_dns_mark(key: str) -> bool:
    return key == "ls_name"


def _is_our_dns(row: Mapping[str, Value]) -> bool:
    ids = row["external_ids"]
    return isinstance(ids, Mapping) and str(ids.get("ls_name", "")).startswith(_SWITCH_PREFIX)


def _is_our_group(row: Mapping[str, Value]) -> bool:
    return row["name"] in (DROP_GROUP, PRIVATE_DROP_GROUP) or _is_marked(row)


def _is_our_balancer(row: Mapping[str, Value]) -> bool:
    ids = row["external_ids"]
    return isinstance(ids, Mapping) and ids.get("neutron:device_owner") in _BALANCER_OWNERS


def _is_variable(key: str) -> bool:
    return key.startswith(local_ip.PREFIX)


def _is_never_ours(row: Mapping[str, Value]) -> bool:  # noqa: ARG001 - the same for each
    return False


def _is_no_key(key: str) -> bool:  # noqa: ARG001 - the same for each
    return False


_MARKS = Keys(_is_mark)


def _wholes(*names: str) -> dict[str, Column]:
    return dict.fromkeys(names, Whole())


_TABLES = (
    Table("NB_Global", {"options": Keys(_is_no_key), "external_ids": Keys(_is_no_key)}, _is_never_ours),
    Table(
        "Logical_Switch",
        {
            **_wholes("name"),
            "external_ids": _MARKS,
            "other_config": Keys(_SWITCH_CONFIG.__contains__),
            "ports": References("Logical_Switch_Port", strong=True),
            "dns_records": References("DNS", strong=False),
            "load_balancer": References("Load_Balancer", strong=False),
            "qos_rules": References("QoS", strong=True),
            "acls": References("ACL", strong=True),
        },
        _is_marked,
        identity=by("name"),
    ),
    Table(
        "QoS",
        {**_wholes("priority", "direction", "match", "bandwidth", "action"), "external_ids": _MARKS},
        _is_marked,
        is_root=False,
        identity=by("direction", "match", "priority"),
    ),
    Table(
        "Logical_Router",
        {
            **_wholes("name", "enabled"),
            "external_ids": _MARKS,
            "options": Keys(_ROUTER_OPTIONS.__contains__),
            "ports": References("Logical_Router_Port", strong=True),
            "static_routes": References("Logical_Router_Static_Route", strong=True),
            "policies": References("Logical_Router_Policy", strong=True),
            "nat": References("NAT", strong=True),
            "load_balancer": References("Load_Balancer", strong=False),
        },
        _is_marked,
        identity=by("name"),
    ),
    Table(
        "HA_Chassis_Group",
        {**_wholes("name"), "external_ids": _MARKS, "ha_chassis": References("HA_Chassis", strong=True)},
        _is_marked,
        identity=by("name"),
    ),
    Table(
        "HA_Chassis",
        {**_wholes("chassis_name", "priority"), "external_ids": _MARKS},
        _is_marked,
        is_root=False,
        identity=by("chassis_name"),
    ),
    Table(
        "Logical_Router_Port",
        {
            **_wholes("name", "mac", "networks", "enabled", "ha_chassis_group", "ipv6_ra_configs"),
            "options": Keys(_ROUTER_PORT_OPTIONS.__contains__),
            "external_ids": _MARKS,
        },
        _is_marked,
        is_root=False,
        identity=by("name"),
    ),
    Table(
        "BFD",
        {**_wholes("logical_port", "dst_ip"), "external_ids": _MARKS},
        _is_marked,
        identity=by("logical_port", "dst_ip"),
    ),
    Table(
        "Load_Balancer",
        {
            **_wholes("name", "protocol", "vips"),
            "options": Keys(_BALANCER_OPTIONS.__contains__),
            "external_ids": _MARKS,
        },
        _is_our_balancer,
        identity=by("name"),
    ),
    Table(
        "Chassis_Template_Var",
        {**_wholes("chassis"), "variables": Keys(_is_variable), "external_ids": _MARKS},
        _is_marked,
    ),
    Table(
        "Logical_Router_Static_Route",
        {**_wholes("ip_prefix", "nexthop", "output_port", "bfd"), "external_ids": _MARKS},
        _is_marked,
        is_root=False,
        identity=by("ip_prefix", "nexthop"),
    ),
    Table(
        "Logical_Router_Policy",
        {**_wholes("priority", "match", "action"), "external_ids": _MARKS},
        _is_marked,
        is_root=False,
        identity=by("priority", "match"),
    ),
    Table(
        "NAT",
        {
            **_wholes("type", "logical_ip", "external_ip", "logical_port", "external_mac", "gateway_port"),
            "options": Keys(_NAT_OPTIONS.__contains__),
            "external_ids": _MARKS,
        },
        _is_marked,
        is_root=False,
        identity=identity.nat,
    ),
    Table(
        "DHCP_Options",
        {**_wholes("cidr", "options"), "external_ids": Keys(_is_dhcp_mark)},
        _is_marked,
        identity=identity.dhcp,
    ),
    Table("DNS", {"records": Keys(_is_any), "external_ids": Keys(_is_dns_mark)}, _is_our_dns, identity=identity.dns),
    Table("Meter_Band", {**_wholes("action", "rate", "burst_size"), "external_ids": _MARKS}, _is_marked, is_root=False),
    Table(
        "Meter",
        {**_wholes("name", "unit", "fair", "bands"), "external_ids": _MARKS},
        _is_marked,
        brings={"bands": "Meter_Band"},
        identity=by("name"),
    ),
    Table("Address_Set", {**_wholes("name", "addresses"), "external_ids": _MARKS}, _is_marked, identity=by("name")),
    Table(
        "Port_Group",
        {
            **_wholes("name"),
            "external_ids": _MARKS,
            "acls": References("ACL", strong=True),
            "ports": References("Logical_Switch_Port", strong=False),
        },
        _is_our_group,
        identity=by("name"),
    ),
    Table(
        "ACL",
        {
            **_wholes("priority", "direction", "match", "action", "log", "name", "severity", "meter", "label"),
            "options": Keys(_ACL_OPTIONS.__contains__),
            "external_ids": _MARKS,
        },
        _is_marked,
        is_root=False,
        identity=identity.acl,
    ),
    Table(
        "Logical_Switch_Port",
        {
            **_wholes(
                "name",
                "type",
                "enabled",
                "addresses",
                "port_security",
                "parent_name",
                "tag_request",
                "dhcpv4_options",
                "dhcpv6_options",
                "ha_chassis_group",
            ),
            "options": Keys(_PORT_OPTIONS.__contains__),
            "external_ids": _MARKS,
        },
        _is_marked,
        is_root=False,
        identity=by("name"),
    ),
)

NORTHBOUND: Territory = {table.name: table for table in _TABLES}
