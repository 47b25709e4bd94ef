# Made by: python -m neutrino.ovsdb.generate ovn-nb.ovsschema (OVN_Northbound 7.11.0). Do not edit.
# ruff: noqa: N801 (classes are called as their tables)
"""Rows of OVN_Northbound 7.11.0, one class for each table; a column not set is ``UNSET``."""

from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from neutrino.ovsdb.rows import Row


class ACL(Row, frozen=True, kw_only=True):
    """A row of ACL; it stays while a strong reference holds it.

    * action: string (allow, allow-related, allow-stateless, drop, pass, reject)
    * direction: string (from-lport, to-lport)
    * external_ids: map of string to string
    * label: integer
    * log: boolean
    * match: string
    * meter: optional string
    * name: optional string
    * options: map of string to string
    * priority: integer
    * sample_est: optional strong reference to Sample
    * sample_new: optional strong reference to Sample
    * severity: optional string (alert, debug, info, notice, warning)
    * tier: integer
    """

    table: ClassVar[str] = "ACL"

    action: str | UnsetType = UNSET
    direction: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    label: int | UnsetType = UNSET
    log: bool | UnsetType = UNSET
    match: str | UnsetType = UNSET
    meter: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    options: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    sample_est: UUID | UnsetType | None = UNSET
    sample_new: UUID | UnsetType | None = UNSET
    severity: str | UnsetType | None = UNSET
    tier: int | UnsetType = UNSET


class Address_Set(Row, frozen=True, kw_only=True):
    """A row of Address_Set; it stays until it is deleted.

    * addresses: set of string
    * external_ids: map of string to string
    * name: string

    * unique: name
    """

    table: ClassVar[str] = "Address_Set"

    addresses: frozenset[str] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class BFD(Row, frozen=True, kw_only=True):
    """A row of BFD; it stays until it is deleted.

    * detect_mult: optional integer
    * dst_ip: string
    * external_ids: map of string to string
    * logical_port: string
    * min_rx: optional integer
    * min_tx: optional integer
    * options: map of string to string
    * status: optional string (admin_down, down, init, up)

    * unique: logical_port, dst_ip
    """

    table: ClassVar[str] = "BFD"

    detect_mult: int | UnsetType | None = UNSET
    dst_ip: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    min_rx: int | UnsetType | None = UNSET
    min_tx: int | UnsetType | None = UNSET
    options: dict[str, str] | UnsetType = UNSET
    status: str | UnsetType | None = UNSET


class Chassis_Template_Var(Row, frozen=True, kw_only=True):
    """A row of Chassis_Template_Var; it stays until it is deleted.

    * chassis: string
    * external_ids: map of string to string
    * variables: map of string to string

    * unique: chassis
    """

    table: ClassVar[str] = "Chassis_Template_Var"

    chassis: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    variables: dict[str, str] | UnsetType = UNSET


class Connection(Row, frozen=True, kw_only=True):
    """A row of Connection; it stays while a strong reference holds it.

    * external_ids: map of string to string
    * inactivity_probe: optional integer
    * is_connected: boolean, ephemeral
    * max_backoff: optional integer
    * other_config: map of string to string
    * status: map of string to string, ephemeral
    * target: string

    * unique: target
    """

    table: ClassVar[str] = "Connection"

    external_ids: dict[str, str] | UnsetType = UNSET
    inactivity_probe: int | UnsetType | None = UNSET
    is_connected: bool | UnsetType = UNSET
    max_backoff: int | UnsetType | None = UNSET
    other_config: dict[str, str] | UnsetType = UNSET
    status: dict[str, str] | UnsetType = UNSET
    target: str | UnsetType = UNSET


class Copp(Row, frozen=True, kw_only=True):
    """A row of Copp; it stays until it is deleted.

    * external_ids: map of string to string
    * meters: map of string to string
    * name: string

    * unique: name
    """

    table: ClassVar[str] = "Copp"

    external_ids: dict[str, str] | UnsetType = UNSET
    meters: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class DHCP_Options(Row, frozen=True, kw_only=True):
    """A row of DHCP_Options; it stays until it is deleted.

    * cidr: string
    * external_ids: map of string to string
    * options: map of string to string
    """

    table: ClassVar[str] = "DHCP_Options"

    cidr: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET


class DHCP_Relay(Row, frozen=True, kw_only=True):
    """A row of DHCP_Relay; it stays until it is deleted.

    * external_ids: map of string to string
    * name: string
    * options: map of string to string
    * servers: optional string
    """

    table: ClassVar[str] = "DHCP_Relay"

    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    servers: str | UnsetType | None = UNSET


class DNS(Row, frozen=True, kw_only=True):
    """A row of DNS; it stays until it is deleted.

    * external_ids: map of string to string
    * options: map of string to string
    * records: map of string to string
    """

    table: ClassVar[str] = "DNS"

    external_ids: dict[str, str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    records: dict[str, str] | UnsetType = UNSET


class Forwarding_Group(Row, frozen=True, kw_only=True):
    """A row of Forwarding_Group; it stays while a strong reference holds it.

    * child_port: set of at least 1 string
    * external_ids: map of string to string
    * liveness: boolean
    * name: string
    * vip: string
    * vmac: string
    """

    table: ClassVar[str] = "Forwarding_Group"

    child_port: frozenset[str] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    liveness: bool | UnsetType = UNSET
    name: str | UnsetType = UNSET
    vip: str | UnsetType = UNSET
    vmac: str | UnsetType = UNSET


class Gateway_Chassis(Row, frozen=True, kw_only=True):
    """A row of Gateway_Chassis; it stays while a strong reference holds it.

    * chassis_name: string
    * external_ids: map of string to string
    * name: string
    * options: map of string to string
    * priority: integer

    * unique: name
    """

    table: ClassVar[str] = "Gateway_Chassis"

    chassis_name: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class HA_Chassis(Row, frozen=True, kw_only=True):
    """A row of HA_Chassis; it stays while a strong reference holds it.

    * chassis_name: string
    * external_ids: map of string to string
    * priority: integer
    """

    table: ClassVar[str] = "HA_Chassis"

    chassis_name: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class HA_Chassis_Group(Row, frozen=True, kw_only=True):
    """A row of HA_Chassis_Group; it stays until it is deleted.

    * external_ids: map of string to string
    * ha_chassis: set of strong reference to HA_Chassis
    * name: string

    * unique: name
    """

    table: ClassVar[str] = "HA_Chassis_Group"

    external_ids: dict[str, str] | UnsetType = UNSET
    ha_chassis: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class Load_Balancer(Row, frozen=True, kw_only=True):
    """A row of Load_Balancer; it stays until it is deleted.

    * external_ids: map of string to string
    * health_check: set of strong reference to Load_Balancer_Health_Check
    * ip_port_mappings: map of string to string
    * name: string
    * options: map of string to string
    * protocol: optional string (sctp, tcp, udp)
    * selection_fields: set of string (eth_dst, eth_src, ip_dst, ip_src, ipv6_dst, ipv6_src, tp_dst, tp_src)
    * vips: map of string to string
    """

    table: ClassVar[str] = "Load_Balancer"

    external_ids: dict[str, str] | UnsetType = UNSET
    health_check: frozenset[UUID] | UnsetType = UNSET
    ip_port_mappings: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    protocol: str | UnsetType | None = UNSET
    selection_fields: frozenset[str] | UnsetType = UNSET
    vips: dict[str, str] | UnsetType = UNSET


class Load_Balancer_Group(Row, frozen=True, kw_only=True):
    """A row of Load_Balancer_Group; it stays until it is deleted.

    * load_balancer: set of weak reference to Load_Balancer
    * name: string

    * unique: name
    """

    table: ClassVar[str] = "Load_Balancer_Group"

    load_balancer: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class Load_Balancer_Health_Check(Row, frozen=True, kw_only=True):
    """A row of Load_Balancer_Health_Check; it stays while a strong reference holds it.

    * external_ids: map of string to string
    * options: map of string to string
    * vip: string
    """

    table: ClassVar[str] = "Load_Balancer_Health_Check"

    external_ids: dict[str, str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    vip: str | UnsetType = UNSET


class Logical_Router(Row, frozen=True, kw_only=True):
    """A row of Logical_Router; it stays until it is deleted.

    * copp: optional weak reference to Copp
    * enabled: optional boolean
    * external_ids: map of string to string
    * load_balancer: set of weak reference to Load_Balancer
    * load_balancer_group: set of strong reference to Load_Balancer_Group
    * name: string
    * nat: set of strong reference to NAT
    * options: map of string to string
    * policies: set of strong reference to Logical_Router_Policy
    * ports: set of strong reference to Logical_Router_Port
    * static_routes: set of strong reference to Logical_Router_Static_Route
    """

    table: ClassVar[str] = "Logical_Router"

    copp: UUID | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    load_balancer: frozenset[UUID] | UnsetType = UNSET
    load_balancer_group: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    nat: frozenset[UUID] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    policies: frozenset[UUID] | UnsetType = UNSET
    ports: frozenset[UUID] | UnsetType = UNSET
    static_routes: frozenset[UUID] | UnsetType = UNSET


class Logical_Router_Policy(Row, frozen=True, kw_only=True):
    """A row of Logical_Router_Policy; it stays while a strong reference holds it.

    * action: string (allow, drop, jump, reroute)
    * bfd_sessions: set of weak reference to BFD
    * chain: optional string
    * external_ids: map of string to string
    * jump_chain: optional string
    * match: string
    * nexthop: optional string
    * nexthops: set of string
    * options: map of string to string
    * priority: integer
    """

    table: ClassVar[str] = "Logical_Router_Policy"

    action: str | UnsetType = UNSET
    bfd_sessions: frozenset[UUID] | UnsetType = UNSET
    chain: str | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    jump_chain: str | UnsetType | None = UNSET
    match: str | UnsetType = UNSET
    nexthop: str | UnsetType | None = UNSET
    nexthops: frozenset[str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class Logical_Router_Port(Row, frozen=True, kw_only=True):
    """A row of Logical_Router_Port; it stays while a strong reference holds it.

    * dhcp_relay: optional strong reference to DHCP_Relay
    * enabled: optional boolean
    * external_ids: map of string to string
    * gateway_chassis: set of strong reference to Gateway_Chassis
    * ha_chassis_group: optional strong reference to HA_Chassis_Group
    * ipv6_prefix: set of string
    * ipv6_ra_configs: map of string to string
    * mac: string
    * name: string
    * networks: set of string
    * options: map of string to string
    * peer: optional string
    * status: map of string to string

    * unique: name
    """

    table: ClassVar[str] = "Logical_Router_Port"

    dhcp_relay: UUID | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    gateway_chassis: frozenset[UUID] | UnsetType = UNSET
    ha_chassis_group: UUID | UnsetType | None = UNSET
    ipv6_prefix: frozenset[str] | UnsetType = UNSET
    ipv6_ra_configs: dict[str, str] | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    networks: frozenset[str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    peer: str | UnsetType | None = UNSET
    status: dict[str, str] | UnsetType = UNSET


class Logical_Router_Static_Route(Row, frozen=True, kw_only=True):
    """A row of Logical_Router_Static_Route; it stays while a strong reference holds it.

    * bfd: optional weak reference to BFD
    * external_ids: map of string to string
    * ip_prefix: string
    * nexthop: string
    * options: map of string to string
    * output_port: optional string
    * policy: optional string (dst-ip, src-ip)
    * route_table: string
    * selection_fields: set of string (eth_dst, eth_src, ip_dst, ip_proto, ip_src, ipv6_dst, ipv6_src, tp_dst, tp_src)
    """

    table: ClassVar[str] = "Logical_Router_Static_Route"

    bfd: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ip_prefix: str | UnsetType = UNSET
    nexthop: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    output_port: str | UnsetType | None = UNSET
    policy: str | UnsetType | None = UNSET
    route_table: str | UnsetType = UNSET
    selection_fields: frozenset[str] | UnsetType = UNSET


class Logical_Switch(Row, frozen=True, kw_only=True):
    """A row of Logical_Switch; it stays until it is deleted.

    * acls: set of strong reference to ACL
    * copp: optional weak reference to Copp
    * dns_records: set of weak reference to DNS
    * external_ids: map of string to string
    * forwarding_groups: set of strong reference to Forwarding_Group
    * load_balancer: set of weak reference to Load_Balancer
    * load_balancer_group: set of strong reference to Load_Balancer_Group
    * name: string
    * other_config: map of string to string
    * ports: set of strong reference to Logical_Switch_Port
    * qos_rules: set of strong reference to QoS
    """

    table: ClassVar[str] = "Logical_Switch"

    acls: frozenset[UUID] | UnsetType = UNSET
    copp: UUID | UnsetType | None = UNSET
    dns_records: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    forwarding_groups: frozenset[UUID] | UnsetType = UNSET
    load_balancer: frozenset[UUID] | UnsetType = UNSET
    load_balancer_group: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    other_config: dict[str, str] | UnsetType = UNSET
    ports: frozenset[UUID] | UnsetType = UNSET
    qos_rules: frozenset[UUID] | UnsetType = UNSET


class Logical_Switch_Port(Row, frozen=True, kw_only=True):
    """A row of Logical_Switch_Port; it stays while a strong reference holds it.

    * addresses: set of string
    * dhcpv4_options: optional weak reference to DHCP_Options
    * dhcpv6_options: optional weak reference to DHCP_Options
    * dynamic_addresses: optional string
    * enabled: optional boolean
    * external_ids: map of string to string
    * ha_chassis_group: optional strong reference to HA_Chassis_Group
    * mirror_rules: set of weak reference to Mirror
    * name: string
    * options: map of string to string
    * parent_name: optional string
    * peer: optional string
    * port_security: set of string
    * tag: optional integer
    * tag_request: optional integer
    * type: string
    * up: optional boolean

    * unique: name
    """

    table: ClassVar[str] = "Logical_Switch_Port"

    addresses: frozenset[str] | UnsetType = UNSET
    dhcpv4_options: UUID | UnsetType | None = UNSET
    dhcpv6_options: UUID | UnsetType | None = UNSET
    dynamic_addresses: str | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ha_chassis_group: UUID | UnsetType | None = UNSET
    mirror_rules: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    parent_name: str | UnsetType | None = UNSET
    peer: str | UnsetType | None = UNSET
    port_security: frozenset[str] | UnsetType = UNSET
    tag: int | UnsetType | None = UNSET
    tag_request: int | UnsetType | None = UNSET
    type: str | UnsetType = UNSET
    up: bool | UnsetType | None = UNSET


class Meter(Row, frozen=True, kw_only=True):
    """A row of Meter; it stays until it is deleted.

    * bands: set of at least 1 strong reference to Meter_Band
    * external_ids: map of string to string
    * fair: optional boolean
    * name: string
    * unit: string (kbps, pktps)

    * unique: name
    """

    table: ClassVar[str] = "Meter"

    bands: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    fair: bool | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET


class Meter_Band(Row, frozen=True, kw_only=True):
    """A row of Meter_Band; it stays while a strong reference holds it.

    * action: string (drop)
    * burst_size: integer
    * external_ids: map of string to string
    * rate: integer
    """

    table: ClassVar[str] = "Meter_Band"

    action: str | UnsetType = UNSET
    burst_size: int | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    rate: int | UnsetType = UNSET


class Mirror(Row, frozen=True, kw_only=True):
    """A row of Mirror; it stays until it is deleted.

    * external_ids: map of string to string
    * filter: string (both, from-lport, to-lport)
    * index: integer
    * name: string
    * sink: string
    * type: string (erspan, gre, local)

    * unique: name
    """

    table: ClassVar[str] = "Mirror"

    external_ids: dict[str, str] | UnsetType = UNSET
    filter: str | UnsetType = UNSET
    index: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    sink: str | UnsetType = UNSET
    type: str | UnsetType = UNSET


class NAT(Row, frozen=True, kw_only=True):
    """A row of NAT; it stays while a strong reference holds it.

    * allowed_ext_ips: optional strong reference to Address_Set
    * exempted_ext_ips: optional strong reference to Address_Set
    * external_ids: map of string to string
    * external_ip: string
    * external_mac: optional string
    * external_port_range: string
    * gateway_port: optional weak reference to Logical_Router_Port
    * logical_ip: string
    * logical_port: optional string
    * match: string
    * options: map of string to string
    * priority: integer
    * type: string (dnat, dnat_and_snat, snat)
    """

    table: ClassVar[str] = "NAT"

    allowed_ext_ips: UUID | UnsetType | None = UNSET
    exempted_ext_ips: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    external_ip: str | UnsetType = UNSET
    external_mac: str | UnsetType | None = UNSET
    external_port_range: str | UnsetType = UNSET
    gateway_port: UUID | UnsetType | None = UNSET
    logical_ip: str | UnsetType = UNSET
    logical_port: str | UnsetType | None = UNSET
    match: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    type: str | UnsetType = UNSET


class NB_Global(Row, frozen=True, kw_only=True):
    """A row of NB_Global; it stays until it is deleted.

    * connections: set of strong reference to Connection
    * external_ids: map of string to string
    * hv_cfg: integer
    * hv_cfg_timestamp: integer
    * ipsec: boolean
    * name: string
    * nb_cfg: integer
    * nb_cfg_timestamp: integer
    * options: map of string to string
    * sb_cfg: integer
    * sb_cfg_timestamp: integer
    * ssl: optional strong reference to SSL
    """

    table: ClassVar[str] = "NB_Global"

    connections: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    hv_cfg: int | UnsetType = UNSET
    hv_cfg_timestamp: int | UnsetType = UNSET
    ipsec: bool | UnsetType = UNSET
    name: str | UnsetType = UNSET
    nb_cfg: int | UnsetType = UNSET
    nb_cfg_timestamp: int | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    sb_cfg: int | UnsetType = UNSET
    sb_cfg_timestamp: int | UnsetType = UNSET
    ssl: UUID | UnsetType | None = UNSET


class Port_Group(Row, frozen=True, kw_only=True):
    """A row of Port_Group; it stays until it is deleted.

    * acls: set of strong reference to ACL
    * external_ids: map of string to string
    * name: string
    * ports: set of weak reference to Logical_Switch_Port

    * unique: name
    """

    table: ClassVar[str] = "Port_Group"

    acls: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    ports: frozenset[UUID] | UnsetType = UNSET


class QoS(Row, frozen=True, kw_only=True):
    """A row of QoS; it stays while a strong reference holds it.

    * action: map of string (dscp, mark) to integer
    * bandwidth: map of string (burst, rate) to integer
    * direction: string (from-lport, to-lport)
    * external_ids: map of string to string
    * match: string
    * priority: integer
    """

    table: ClassVar[str] = "QoS"

    action: dict[str, int] | UnsetType = UNSET
    bandwidth: dict[str, int] | UnsetType = UNSET
    direction: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    match: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class SSL(Row, frozen=True, kw_only=True):
    """A row of SSL; it stays while a strong reference holds it.

    * bootstrap_ca_cert: boolean
    * ca_cert: string
    * certificate: string
    * external_ids: map of string to string
    * private_key: string
    * ssl_ciphers: string
    * ssl_ciphersuites: string
    * ssl_protocols: string
    """

    table: ClassVar[str] = "SSL"

    bootstrap_ca_cert: bool | UnsetType = UNSET
    ca_cert: str | UnsetType = UNSET
    certificate: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    private_key: str | UnsetType = UNSET
    ssl_ciphers: str | UnsetType = UNSET
    ssl_ciphersuites: str | UnsetType = UNSET
    ssl_protocols: str | UnsetType = UNSET


class Sample(Row, frozen=True, kw_only=True):
    """A row of Sample; it stays while a strong reference holds it.

    * collectors: set of strong reference to Sample_Collector
    * metadata: integer

    * unique: metadata
    """

    table: ClassVar[str] = "Sample"

    collectors: frozenset[UUID] | UnsetType = UNSET
    metadata: int | UnsetType = UNSET


class Sample_Collector(Row, frozen=True, kw_only=True):
    """A row of Sample_Collector; it stays until it is deleted.

    * external_ids: map of string to string
    * id: integer
    * name: string
    * probability: integer
    * set_id: integer

    * unique: id
    """

    table: ClassVar[str] = "Sample_Collector"

    external_ids: dict[str, str] | UnsetType = UNSET
    id: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    probability: int | UnsetType = UNSET
    set_id: int | UnsetType = UNSET


class Sampling_App(Row, frozen=True, kw_only=True):
    """A row of Sampling_App; it stays until it is deleted.

    * external_ids: map of string to string
    * id: integer
    * type: string (acl-est, acl-new, drop)

    * unique: type
    """

    table: ClassVar[str] = "Sampling_App"

    external_ids: dict[str, str] | UnsetType = UNSET
    id: int | UnsetType = UNSET
    type: str | UnsetType = UNSET


class Static_MAC_Binding(Row, frozen=True, kw_only=True):
    """A row of Static_MAC_Binding; it stays until it is deleted.

    * ip: string
    * logical_port: string
    * mac: string
    * override_dynamic_mac: boolean

    * unique: logical_port, ip
    """

    table: ClassVar[str] = "Static_MAC_Binding"

    ip: str | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    override_dynamic_mac: bool | UnsetType = UNSET
