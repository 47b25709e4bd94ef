# Made by: python -m neutrino.ovsdb.generate ovn-sb.ovsschema (OVN_Southbound 20.41.0). Do not edit.
# ruff: noqa: N801 (classes are called as their tables)
"""Rows of OVN_Southbound 20.41.0, one class for each table; a column not set is ``UNSET``."""

from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from neutrino.ovsdb.rows import Row


class ACL_ID(Row, frozen=True, kw_only=True):
    """A row of ACL_ID; it stays until it is deleted.

    * id: integer
    """

    table: ClassVar[str] = "ACL_ID"

    id: int | UnsetType = UNSET


class Address_Set(Row, frozen=True, kw_only=True):
    """A row of Address_Set; it stays until it is deleted.

    * addresses: set of string
    * name: string

    * unique: name
    """

    table: ClassVar[str] = "Address_Set"

    addresses: frozenset[str] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class Advertised_Route(Row, frozen=True, kw_only=True):
    """A row of Advertised_Route; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * external_ids: map of string to string
    * ip_prefix: string
    * logical_port: strong reference to Port_Binding
    * tracked_port: optional strong reference to Port_Binding

    * unique: datapath, logical_port, ip_prefix, tracked_port
    """

    table: ClassVar[str] = "Advertised_Route"

    datapath: UUID | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ip_prefix: str | UnsetType = UNSET
    logical_port: UUID | UnsetType = UNSET
    tracked_port: UUID | UnsetType | None = UNSET


class BFD(Row, frozen=True, kw_only=True):
    """A row of BFD; it stays until it is deleted.

    * chassis_name: string
    * detect_mult: integer
    * disc: integer
    * dst_ip: string
    * external_ids: map of string to string
    * logical_port: string
    * min_rx: integer
    * min_tx: integer
    * options: map of string to string
    * src_port: integer
    * status: string (admin_down, down, init, up)

    * unique: logical_port, dst_ip, src_port, disc
    """

    table: ClassVar[str] = "BFD"

    chassis_name: str | UnsetType = UNSET
    detect_mult: int | UnsetType = UNSET
    disc: int | UnsetType = UNSET
    dst_ip: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    min_rx: int | UnsetType = UNSET
    min_tx: int | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    src_port: int | UnsetType = UNSET
    status: str | UnsetType = UNSET


class Chassis(Row, frozen=True, kw_only=True):
    """A row of Chassis; it stays until it is deleted.

    * encaps: set of at least 1 strong reference to Encap
    * external_ids: map of string to string
    * hostname: string
    * name: string
    * nb_cfg: integer
    * other_config: map of string to string
    * transport_zones: set of string
    * vtep_logical_switches: set of string

    * unique: name
    """

    table: ClassVar[str] = "Chassis"

    encaps: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    hostname: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    nb_cfg: int | UnsetType = UNSET
    other_config: dict[str, str] | UnsetType = UNSET
    transport_zones: frozenset[str] | UnsetType = UNSET
    vtep_logical_switches: frozenset[str] | UnsetType = UNSET


class Chassis_Private(Row, frozen=True, kw_only=True):
    """A row of Chassis_Private; it stays until it is deleted.

    * chassis: optional weak reference to Chassis
    * external_ids: map of string to string
    * name: string
    * nb_cfg: integer
    * nb_cfg_timestamp: integer

    * unique: name
    """

    table: ClassVar[str] = "Chassis_Private"

    chassis: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    nb_cfg: int | UnsetType = UNSET
    nb_cfg_timestamp: int | UnsetType = UNSET


class Chassis_Template_Var(Row, frozen=True, kw_only=True):
    """A row of Chassis_Template_Var; it stays until it is deleted.

    * chassis: string
    * variables: map of string to string

    * unique: chassis
    """

    table: ClassVar[str] = "Chassis_Template_Var"

    chassis: str | UnsetType = UNSET
    variables: dict[str, str] | UnsetType = UNSET


class Connection(Row, frozen=True, kw_only=True):
    """A row of Connection; it stays while a strong reference holds it.

    * external_ids: map of string to string
    * inactivity_probe: optional integer
    * is_connected: boolean, ephemeral
    * max_backoff: optional integer
    * other_config: map of string to string
    * read_only: boolean
    * role: string
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
    read_only: bool | UnsetType = UNSET
    role: str | UnsetType = UNSET
    status: dict[str, str] | UnsetType = UNSET
    target: str | UnsetType = UNSET


class Controller_Event(Row, frozen=True, kw_only=True):
    """A row of Controller_Event; it stays until it is deleted.

    * chassis: optional weak reference to Chassis
    * event_info: map of string to string
    * event_type: string (empty_lb_backends)
    * seq_num: integer
    """

    table: ClassVar[str] = "Controller_Event"

    chassis: UUID | UnsetType | None = UNSET
    event_info: dict[str, str] | UnsetType = UNSET
    event_type: str | UnsetType = UNSET
    seq_num: int | UnsetType = UNSET


class DHCP_Options(Row, frozen=True, kw_only=True):
    """A row of DHCP_Options; it stays until it is deleted.

    * code: integer
    * name: string
    * type: string (bool, domains, host_id, ipv4, static_routes, str, uint16, uint32, uint8)
    """

    table: ClassVar[str] = "DHCP_Options"

    code: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET


class DHCPv6_Options(Row, frozen=True, kw_only=True):
    """A row of DHCPv6_Options; it stays until it is deleted.

    * code: integer
    * name: string
    * type: string (domain, ipv6, mac, str)
    """

    table: ClassVar[str] = "DHCPv6_Options"

    code: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET


class DNS(Row, frozen=True, kw_only=True):
    """A row of DNS; it stays until it is deleted.

    * datapaths: set of at least 1 strong reference to Datapath_Binding
    * external_ids: map of string to string
    * options: map of string to string
    * records: map of string to string
    """

    table: ClassVar[str] = "DNS"

    datapaths: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    records: dict[str, str] | UnsetType = UNSET


class Datapath_Binding(Row, frozen=True, kw_only=True):
    """A row of Datapath_Binding; it stays until it is deleted.

    * external_ids: map of string to string
    * load_balancers: set of uuid
    * tunnel_key: integer

    * unique: tunnel_key
    """

    table: ClassVar[str] = "Datapath_Binding"

    external_ids: dict[str, str] | UnsetType = UNSET
    load_balancers: frozenset[UUID] | UnsetType = UNSET
    tunnel_key: int | UnsetType = UNSET


class ECMP_Nexthop(Row, frozen=True, kw_only=True):
    """A row of ECMP_Nexthop; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * external_ids: map of string to string
    * mac: string
    * nexthop: string
    * port: strong reference to Port_Binding

    * unique: nexthop, port
    """

    table: ClassVar[str] = "ECMP_Nexthop"

    datapath: UUID | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    nexthop: str | UnsetType = UNSET
    port: UUID | UnsetType = UNSET


class Encap(Row, frozen=True, kw_only=True):
    """A row of Encap; it stays while a strong reference holds it.

    * chassis_name: string
    * ip: string
    * options: map of string to string
    * type: string (geneve, stt, vxlan)

    * unique: type, ip
    """

    table: ClassVar[str] = "Encap"

    chassis_name: str | UnsetType = UNSET
    ip: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    type: str | UnsetType = UNSET


class FDB(Row, frozen=True, kw_only=True):
    """A row of FDB; it stays until it is deleted.

    * dp_key: integer
    * mac: string
    * port_key: integer
    * timestamp: integer

    * unique: mac, dp_key
    """

    table: ClassVar[str] = "FDB"

    dp_key: int | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    port_key: int | UnsetType = UNSET
    timestamp: int | UnsetType = UNSET


class Gateway_Chassis(Row, frozen=True, kw_only=True):
    """A row of Gateway_Chassis; it stays while a strong reference holds it.

    * chassis: optional weak reference to Chassis
    * external_ids: map of string to string
    * name: string
    * options: map of string to string
    * priority: integer

    * unique: name
    """

    table: ClassVar[str] = "Gateway_Chassis"

    chassis: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class HA_Chassis(Row, frozen=True, kw_only=True):
    """A row of HA_Chassis; it stays while a strong reference holds it.

    * chassis: optional weak reference to Chassis
    * external_ids: map of string to string
    * priority: integer
    """

    table: ClassVar[str] = "HA_Chassis"

    chassis: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class HA_Chassis_Group(Row, frozen=True, kw_only=True):
    """A row of HA_Chassis_Group; it stays until it is deleted.

    * external_ids: map of string to string
    * ha_chassis: set of strong reference to HA_Chassis
    * name: string
    * ref_chassis: set of weak reference to Chassis

    * unique: name
    """

    table: ClassVar[str] = "HA_Chassis_Group"

    external_ids: dict[str, str] | UnsetType = UNSET
    ha_chassis: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    ref_chassis: frozenset[UUID] | UnsetType = UNSET


class IGMP_Group(Row, frozen=True, kw_only=True):
    """A row of IGMP_Group; it stays until it is deleted.

    * address: string
    * chassis: optional weak reference to Chassis
    * chassis_name: string
    * datapath: optional weak reference to Datapath_Binding
    * ports: set of weak reference to Port_Binding
    * protocol: string

    * unique: address, datapath, chassis
    """

    table: ClassVar[str] = "IGMP_Group"

    address: str | UnsetType = UNSET
    chassis: UUID | UnsetType | None = UNSET
    chassis_name: str | UnsetType = UNSET
    datapath: UUID | UnsetType | None = UNSET
    ports: frozenset[UUID] | UnsetType = UNSET
    protocol: str | UnsetType = UNSET


class IP_Multicast(Row, frozen=True, kw_only=True):
    """A row of IP_Multicast; it stays until it is deleted.

    * datapath: weak reference to Datapath_Binding
    * enabled: optional boolean
    * eth_src: string
    * idle_timeout: optional integer
    * ip4_src: string
    * ip6_src: string
    * querier: optional boolean
    * query_interval: optional integer
    * query_max_resp: optional integer
    * seq_no: integer
    * table_size: optional integer

    * unique: datapath
    """

    table: ClassVar[str] = "IP_Multicast"

    datapath: UUID | UnsetType = UNSET
    enabled: bool | UnsetType | None = UNSET
    eth_src: str | UnsetType = UNSET
    idle_timeout: int | UnsetType | None = UNSET
    ip4_src: str | UnsetType = UNSET
    ip6_src: str | UnsetType = UNSET
    querier: bool | UnsetType | None = UNSET
    query_interval: int | UnsetType | None = UNSET
    query_max_resp: int | UnsetType | None = UNSET
    seq_no: int | UnsetType = UNSET
    table_size: int | UnsetType | None = UNSET


class Learned_Route(Row, frozen=True, kw_only=True):
    """A row of Learned_Route; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * external_ids: map of string to string
    * ip_prefix: string
    * logical_port: strong reference to Port_Binding
    * nexthop: string

    * unique: datapath, logical_port, ip_prefix, nexthop
    """

    table: ClassVar[str] = "Learned_Route"

    datapath: UUID | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ip_prefix: str | UnsetType = UNSET
    logical_port: UUID | UnsetType = UNSET
    nexthop: str | UnsetType = UNSET


class Load_Balancer(Row, frozen=True, kw_only=True):
    """A row of Load_Balancer; it stays until it is deleted.

    * datapath_group: optional strong reference to Logical_DP_Group
    * datapaths: set of strong reference to Datapath_Binding
    * external_ids: map of string to string
    * lr_datapath_group: optional strong reference to Logical_DP_Group
    * ls_datapath_group: optional strong reference to Logical_DP_Group
    * name: string
    * options: map of string to string
    * protocol: optional string (sctp, tcp, udp)
    * vips: map of string to string
    """

    table: ClassVar[str] = "Load_Balancer"

    datapath_group: UUID | UnsetType | None = UNSET
    datapaths: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    lr_datapath_group: UUID | UnsetType | None = UNSET
    ls_datapath_group: UUID | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    protocol: str | UnsetType | None = UNSET
    vips: dict[str, str] | UnsetType = UNSET


class Logical_DP_Group(Row, frozen=True, kw_only=True):
    """A row of Logical_DP_Group; it stays while a strong reference holds it.

    * datapaths: set of weak reference to Datapath_Binding
    """

    table: ClassVar[str] = "Logical_DP_Group"

    datapaths: frozenset[UUID] | UnsetType = UNSET


class Logical_Flow(Row, frozen=True, kw_only=True):
    """A row of Logical_Flow; it stays until it is deleted.

    * actions: string
    * controller_meter: optional string
    * external_ids: map of string to string
    * flow_desc: optional string
    * logical_datapath: optional strong reference to Datapath_Binding
    * logical_dp_group: optional strong reference to Logical_DP_Group
    * match: string
    * pipeline: string (egress, ingress)
    * priority: integer
    * table_id: integer
    * tags: map of string to string
    """

    table: ClassVar[str] = "Logical_Flow"

    actions: str | UnsetType = UNSET
    controller_meter: str | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    flow_desc: str | UnsetType | None = UNSET
    logical_datapath: UUID | UnsetType | None = UNSET
    logical_dp_group: UUID | UnsetType | None = UNSET
    match: str | UnsetType = UNSET
    pipeline: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    table_id: int | UnsetType = UNSET
    tags: dict[str, str] | UnsetType = UNSET


class MAC_Binding(Row, frozen=True, kw_only=True):
    """A row of MAC_Binding; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * ip: string
    * logical_port: string
    * mac: string
    * timestamp: integer

    * unique: logical_port, ip
    """

    table: ClassVar[str] = "MAC_Binding"

    datapath: UUID | UnsetType = UNSET
    ip: str | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    timestamp: int | UnsetType = UNSET


class Meter(Row, frozen=True, kw_only=True):
    """A row of Meter; it stays until it is deleted.

    * bands: set of at least 1 strong reference to Meter_Band
    * name: string
    * unit: string (kbps, pktps)

    * unique: name
    """

    table: ClassVar[str] = "Meter"

    bands: frozenset[UUID] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET


class Meter_Band(Row, frozen=True, kw_only=True):
    """A row of Meter_Band; it stays while a strong reference holds it.

    * action: string (drop)
    * burst_size: integer
    * rate: integer
    """

    table: ClassVar[str] = "Meter_Band"

    action: str | UnsetType = UNSET
    burst_size: int | UnsetType = UNSET
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


class Multicast_Group(Row, frozen=True, kw_only=True):
    """A row of Multicast_Group; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * name: string
    * ports: set of weak reference to Port_Binding
    * tunnel_key: integer

    * unique: datapath, name
    * unique: datapath, tunnel_key
    """

    table: ClassVar[str] = "Multicast_Group"

    datapath: UUID | UnsetType = UNSET
    name: str | UnsetType = UNSET
    ports: frozenset[UUID] | UnsetType = UNSET
    tunnel_key: int | UnsetType = UNSET


class Port_Binding(Row, frozen=True, kw_only=True):
    """A row of Port_Binding; it stays until it is deleted.

    * additional_chassis: set of weak reference to Chassis
    * additional_encap: set of weak reference to Encap
    * chassis: optional weak reference to Chassis
    * datapath: strong reference to Datapath_Binding
    * encap: optional weak reference to Encap
    * external_ids: map of string to string
    * gateway_chassis: set of strong reference to Gateway_Chassis
    * ha_chassis_group: optional strong reference to HA_Chassis_Group
    * logical_port: string
    * mac: set of string
    * mirror_rules: set of weak reference to Mirror
    * nat_addresses: set of string
    * options: map of string to string
    * parent_port: optional string
    * port_security: set of string
    * requested_additional_chassis: set of weak reference to Chassis
    * requested_chassis: optional weak reference to Chassis
    * tag: optional integer
    * tunnel_key: integer
    * type: string
    * up: optional boolean
    * virtual_parent: optional string

    * unique: datapath, tunnel_key
    * unique: logical_port
    """

    table: ClassVar[str] = "Port_Binding"

    additional_chassis: frozenset[UUID] | UnsetType = UNSET
    additional_encap: frozenset[UUID] | UnsetType = UNSET
    chassis: UUID | UnsetType | None = UNSET
    datapath: UUID | UnsetType = UNSET
    encap: UUID | UnsetType | None = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    gateway_chassis: frozenset[UUID] | UnsetType = UNSET
    ha_chassis_group: UUID | UnsetType | None = UNSET
    logical_port: str | UnsetType = UNSET
    mac: frozenset[str] | UnsetType = UNSET
    mirror_rules: frozenset[UUID] | UnsetType = UNSET
    nat_addresses: frozenset[str] | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    parent_port: str | UnsetType | None = UNSET
    port_security: frozenset[str] | UnsetType = UNSET
    requested_additional_chassis: frozenset[UUID] | UnsetType = UNSET
    requested_chassis: UUID | UnsetType | None = UNSET
    tag: int | UnsetType | None = UNSET
    tunnel_key: int | UnsetType = UNSET
    type: str | UnsetType = UNSET
    up: bool | UnsetType | None = UNSET
    virtual_parent: str | UnsetType | None = UNSET


class Port_Group(Row, frozen=True, kw_only=True):
    """A row of Port_Group; it stays until it is deleted.

    * name: string
    * ports: set of string

    * unique: name
    """

    table: ClassVar[str] = "Port_Group"

    name: str | UnsetType = UNSET
    ports: frozenset[str] | UnsetType = UNSET


class RBAC_Permission(Row, frozen=True, kw_only=True, rename={"table_": "table"}):
    """A row of RBAC_Permission; it stays until it is deleted.

    * authorization: set of string
    * insert_delete: boolean
    * table: string
    * update: set of string
    """

    table: ClassVar[str] = "RBAC_Permission"

    authorization: frozenset[str] | UnsetType = UNSET
    insert_delete: bool | UnsetType = UNSET
    table_: str | UnsetType = UNSET
    update: frozenset[str] | UnsetType = UNSET


class RBAC_Role(Row, frozen=True, kw_only=True):
    """A row of RBAC_Role; it stays until it is deleted.

    * name: string
    * permissions: map of string to weak reference to RBAC_Permission
    """

    table: ClassVar[str] = "RBAC_Role"

    name: str | UnsetType = UNSET
    permissions: dict[str, UUID] | UnsetType = UNSET


class SB_Global(Row, frozen=True, kw_only=True):
    """A row of SB_Global; it stays until it is deleted.

    * connections: set of strong reference to Connection
    * external_ids: map of string to string
    * ipsec: boolean
    * nb_cfg: integer
    * options: map of string to string
    * ssl: optional strong reference to SSL
    """

    table: ClassVar[str] = "SB_Global"

    connections: frozenset[UUID] | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ipsec: bool | UnsetType = UNSET
    nb_cfg: int | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    ssl: UUID | UnsetType | None = UNSET


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


class Service_Monitor(Row, frozen=True, kw_only=True):
    """A row of Service_Monitor; it stays until it is deleted.

    * chassis_name: string
    * external_ids: map of string to string
    * ip: string
    * logical_port: string
    * options: map of string to string
    * port: integer
    * protocol: optional string (tcp, udp)
    * src_ip: string
    * src_mac: string
    * status: optional string (error, offline, online)

    * unique: logical_port, ip, port, protocol
    """

    table: ClassVar[str] = "Service_Monitor"

    chassis_name: str | UnsetType = UNSET
    external_ids: dict[str, str] | UnsetType = UNSET
    ip: str | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    options: dict[str, str] | UnsetType = UNSET
    port: int | UnsetType = UNSET
    protocol: str | UnsetType | None = UNSET
    src_ip: str | UnsetType = UNSET
    src_mac: str | UnsetType = UNSET
    status: str | UnsetType | None = UNSET


class Static_MAC_Binding(Row, frozen=True, kw_only=True):
    """A row of Static_MAC_Binding; it stays until it is deleted.

    * datapath: strong reference to Datapath_Binding
    * ip: string
    * logical_port: string
    * mac: string
    * override_dynamic_mac: boolean

    * unique: logical_port, ip
    """

    table: ClassVar[str] = "Static_MAC_Binding"

    datapath: UUID | UnsetType = UNSET
    ip: str | UnsetType = UNSET
    logical_port: str | UnsetType = UNSET
    mac: str | UnsetType = UNSET
    override_dynamic_mac: bool | UnsetType = UNSET
