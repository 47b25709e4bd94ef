"""Configuration: oslo.config files in upstream's section and option names, parsed once into a typed value.

Here: each option, declared once, and `load`. An option that upstream has keeps its name, section and meaning;
Neutrino's own are marked so in their help. Not here: what a daemon does with a value.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from oslo_config import cfg

from neutrino.runtime import tls

POLICY_FILE = "policy.yaml"
DEFAULT = [
    cfg.StrOpt(
        "state_path", default="/var/lib/neutrino", help="Folder of the daemons' sockets and of the SQLite file."
    ),
    cfg.HostAddressOpt("bind_host", default="127.0.0.1", help="Address that the API listens on."),
    cfg.PortOpt("bind_port", default=9696, help="Port that the API listens on."),
    cfg.IntOpt(
        "api_workers", default=1, min=1, help="Processes of the API; without it, one, and not one for each core."
    ),
    cfg.IntOpt(
        "client_socket_timeout",
        default=60,
        min=1,
        help="Seconds until a client is left that sends no whole request, asks nothing more, or takes no answer.",
    ),
    cfg.StrOpt("auth_strategy", default="keystone", choices=["keystone", "noauth"], help="Who says who asks."),
    cfg.BoolOpt("debug", default=False, help="Log at level DEBUG."),
    cfg.StrOpt(
        "base_mac",
        regex=r"^([0-9a-f][02468ace])(:[0-9a-f]{2}){5}$",
        ignore_case=True,
        default="fa:16:3e:00:00:00",
        help="MAC addresses are made from its first three octets.",
    ),
    cfg.IntOpt("global_physnet_mtu", default=1500, min=68, help="MTU of the underlying network, in bytes."),
    cfg.StrOpt(
        "dns_domain",
        default="openstacklocal",
        help="Domain of ports' names, told by DHCP. With the default, or none, ports have no names.",
    ),
    cfg.IntOpt("pagination_max_limit", default=-1, help="Most items of one answer; -1 for no limit."),
    cfg.IntOpt("agent_down_time", default=75, min=1, help="Seconds without a sign of life until an agent is down."),
    cfg.BoolOpt("enable_default_route_ecmp", default=False, help="Default routes of new routers by all gateways."),
    cfg.BoolOpt("enable_default_route_bfd", default=False, help="BFD on the default routes of new routers."),
    cfg.BoolOpt("l3_ha", default=True, help="Whether gateways of routers that do not say may be on several chassis."),
    cfg.BoolOpt(
        "notify_nova_on_port_status_changes", default=True, help="Tell Nova that a port was plugged or unplugged."
    ),
    cfg.BoolOpt("notify_nova_on_port_data_changes", default=True, help="Tell Nova that a port or floating IP changed."),
    cfg.IntOpt("send_events_interval", default=2, min=0, help="Seconds between messages to Nova; each has all events."),
    cfg.BoolOpt(
        "enable_ndp_proxy_by_default",
        default=False,
        help="NDP proxies on new routers that do not say, where the gateway's network allows them.",
    ),
    cfg.StrOpt("noauth_project_id", default="noauth", help="Neutrino's own: project of requests that name none."),
]
KEYSTONE_AUTHTOKEN = [
    cfg.StrOpt("www_authenticate_uri", help="Where clients get a token; without it, auth_url."),
    cfg.StrOpt("auth_url", default="http://127.0.0.1:5000/v3", help="Keystone, where tokens are checked."),
    cfg.StrOpt("username", default="neutron", help="User that checks tokens."),
    cfg.StrOpt("password", default="", secret=True, help="The user's password."),
    cfg.StrOpt("project_name", default="service", help="The user's project."),
    cfg.StrOpt("user_domain_name", default="Default", help="The user's domain."),
    cfg.StrOpt("project_domain_name", default="Default", help="The project's domain."),
    cfg.StrOpt("cafile", help="Certificates that Keystone's is checked with; without it, the system's."),
    cfg.BoolOpt("insecure", default=False, help="Do not check Keystone's certificate."),
    cfg.IntOpt("http_connect_timeout", default=10, min=1, help="Seconds that Keystone may take for an answer."),
    cfg.IntOpt("token_cache_time", default=300, help="Seconds for which a checked token is believed; -1 for none."),
    cfg.ListOpt("service_token_roles", default=["service"], help="One of these makes a caller a service."),
    cfg.BoolOpt("service_token_roles_required", default=True, help="Refuse service tokens without such a role."),
    cfg.StrOpt("auth_type", default="password", choices=["password"], help="How this service logs in: password."),
    cfg.StrOpt("region_name", help="Not needed: Keystone is asked at auth_url."),
]
NOVA = [
    cfg.StrOpt(
        "auth_type", choices=["password", "v3password", "none"], help="How to log in; unset: Nova is told nothing."
    ),
    cfg.StrOpt("auth_url", help="Keystone, for a token and for where Nova is."),
    cfg.StrOpt("username", help="User that tells Nova."),
    cfg.StrOpt("password", default="", secret=True, help="The user's password."),
    cfg.StrOpt("project_name", default="service", help="The user's project."),
    cfg.StrOpt("user_domain_name", default="Default", help="The user's domain."),
    cfg.StrOpt("project_domain_name", default="Default", help="The project's domain."),
    cfg.StrOpt("region_name", help="Region whose Nova is told, where there are several."),
    cfg.StrOpt(
        "endpoint_type",
        default="public",
        choices=["public", "admin", "internal"],
        help="Which endpoint of Nova to use.",
    ),
    cfg.StrOpt(
        "endpoint_override", help="Where Nova is, for instance http://127.0.0.1:8774/v2.1; unset: by the catalogue."
    ),
    cfg.StrOpt("cafile", help="Certificates that Nova's and Keystone's are checked with; without it, the system's."),
    cfg.BoolOpt("insecure", default=False, help="Do not check certificates."),
    cfg.IntOpt("timeout", default=30, min=1, help="Seconds that Nova may take for an answer."),
]
DATABASE = [
    cfg.StrOpt(
        "connection",
        default="sqlite:////var/lib/neutrino/neutrino.sqlite",
        secret=True,
        help="SQLAlchemy URL: sqlite:////path/to/file, or postgresql://user:password@host/name.",
    ),
]
ML2 = [
    cfg.ListOpt("mechanism_drivers", default=["ovn"], help="The backend: ovn."),
    cfg.ListOpt("tenant_network_types", default=["geneve"], help="Type of networks for which none is asked."),
]
ML2_TYPE_GENEVE = [cfg.ListOpt("vni_ranges", default=["1:65536"], help="Ranges of tunnel ids, first:last.")]
# OVN's vxlan has 12 bits for networks where it is the hosts' encapsulation, and leaves the number 0 unused.
ML2_TYPE_VXLAN = [cfg.ListOpt("vni_ranges", default=["1:4095"], help="Ranges of tunnel ids, first:last.")]
ML2_TYPE_VLAN = [
    cfg.ListOpt(
        "network_vlan_ranges", default=["physnet1"], help="Physical networks that carry VLANs, physnet[:first:last]."
    ),
]
ML2_TYPE_FLAT = [cfg.ListOpt("flat_networks", default=["*"], help="Physical networks that may be flat; * for any.")]
# BFD between chassis by ha_failover_strategy: least milliseconds between packets received and sent, and how many of
# them are missed until the other is down.
BFD = {"normal": (1000, 100, 3), "aggressive": (500, 100, 3), "conservative": (1000, 100, 6)}
NB_TLS = ("ovn_nb_private_key", "ovn_nb_certificate", "ovn_nb_ca_cert")
SB_TLS = ("ovn_sb_private_key", "ovn_sb_certificate", "ovn_sb_ca_cert")
OVN = [
    cfg.StrOpt(
        "ovn_nb_connection",
        default="unix:/run/ovn/ovnnb_db.sock",
        help="OVN_Northbound: unix:, tcp: or ssl:; of a cluster all its servers, with commas between.",
    ),
    cfg.StrOpt(
        "ovn_sb_connection",
        default="unix:/run/ovn/ovnsb_db.sock",
        help="OVN_Southbound: unix:, tcp: or ssl:; of a cluster all its servers, with commas between.",
    ),
    *tls.options(NB_TLS, "the Northbound"),
    *tls.options(SB_TLS, "the Southbound"),
    cfg.BoolOpt("ovn_metadata_enabled", default=False, help="Give networks a metadata port; each host has an agent."),
    cfg.IntOpt("dhcp_default_lease_time", default=43200, min=1, help="Seconds for which DHCP leases an IPv4 address."),
    cfg.ListOpt("dns_servers", default=[], help="Resolvers that DHCP tells of where a subnet names none."),
    cfg.BoolOpt(
        "dns_on_hosts",
        default=True,
        help="Neutrino's own: where neither names one, DHCP tells of the instance's host's, which neutrino-dns is.",
    ),
    cfg.DictOpt(
        "ovn_dhcp4_global_options",
        default={},
        help="OVN's DHCPv4 options for all subnets, name:value; a list with ; between its items; empty takes one away.",
    ),
    cfg.DictOpt(
        "ovn_dhcp6_global_options",
        default={},
        help="OVN's DHCPv6 options for all subnets, as ovn_dhcp4_global_options.",
    ),
    cfg.BoolOpt(
        "enable_distributed_floating_ip", default=False, help="Whether new routers that do not say are distributed."
    ),
    cfg.StrOpt(
        "vhost_sock_dir",
        default="/var/run/openvswitch",
        help="Folder of the sockets by which instances are plugged on hosts with DPDK (vhostuser).",
    ),
    cfg.StrOpt(
        "ha_failover_strategy",
        default="normal",
        choices=[*BFD, "manual"],
        help="How soon another chassis takes over a gateway: BFD's times, or manual for those of bfd_*.",
    ),
    cfg.IntOpt("bfd_min_rx", default=1000, min=1, help="Milliseconds between BFD packets received; if manual."),
    cfg.IntOpt("bfd_min_tx", default=100, min=1, help="Milliseconds between BFD packets sent; if manual."),
    cfg.IntOpt("bfd_mult", default=3, min=1, max=255, help="BFD packets missed until a chassis is down; if manual."),
    cfg.IntOpt(
        "agent_probe_interval", default=15, min=1, help="Neutrino's own: seconds between probes of all chassis."
    ),
]
# Of IGMP (RFC 2236, 3376) and MLD. Upstream reads them here, though no agent of Open vSwitch takes part.
OVS = [
    cfg.BoolOpt("igmp_snooping_enable", default=False, help="Multicast only to who asked for the group, on networks."),
    cfg.BoolOpt("igmp_flood", default=False, help="With snooping, all multicast to the physical network too."),
    cfg.BoolOpt("igmp_flood_reports", default=True, help="With snooping, who asks is told to the physical network."),
    cfg.BoolOpt("igmp_flood_unregistered", default=False, help="With snooping, what nobody asked for goes to all."),
]
PAGE = [
    cfg.StrOpt(
        "trace_socket",
        default="",
        help="Neutrino's own: unix socket of who follows packets for the page; without it, the page follows none.",
    ),
]
OSLO_MIDDLEWARE = [
    cfg.IntOpt("max_request_body_size", default=2 * 1024 * 1024, min=1024, help="Longest request body, in bytes."),
]
OSLO_POLICY = [
    cfg.StrOpt(
        "policy_file", default=POLICY_FILE, help="File of rules that differ from the defaults, in YAML or JSON."
    ),
    cfg.MultiStrOpt("policy_dirs", default=["policy.d"], help="Folders of further such files."),
    cfg.BoolOpt("enforce_scope", default=True, help="Refuse tokens of the system where a rule is for projects."),
    cfg.BoolOpt("enforce_new_defaults", default=True, help="Only the new default rules are built: True."),
]
# What a project may have of each resource, by the resource's name.
QUOTAS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "security_group": 10,
    "security_group_rule": 100,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "trunk": -1,
}
QUOTAS_OPTIONS = [
    cfg.IntOpt("default_quota", default=-1, min=-1, help="Most of what has no limit of its own; -1 for no limit."),
    *(
        cfg.IntOpt(f"quota_{name}", default=most, min=-1, help=f"Most of {name} a project may have; -1 for no limit.")
        for name, most in QUOTAS.items()
    ),
]
GROUPS: dict[str, list[cfg.Opt]] = {
    "DEFAULT": DEFAULT,
    "keystone_authtoken": KEYSTONE_AUTHTOKEN,
    "nova": NOVA,
    "database": DATABASE,
    "ml2": ML2,
    "ml2_type_geneve": ML2_TYPE_GENEVE,
    "ml2_type_vxlan": ML2_TYPE_VXLAN,
    "ml2_type_vlan": ML2_TYPE_VLAN,
    "ml2_type_flat": ML2_TYPE_FLAT,
    "ovn": OVN,
    "ovs": OVS,
    "page": PAGE,
    "oslo_middleware": OSLO_MIDDLEWARE,
    "oslo_policy": OSLO_POLICY,
    "quotas": QUOTAS_OPTIONS,
}


class ConfigError(Exception):
    """A configuration that cannot be used; its text says which option and why."""


class Identity(msgspec.Struct, frozen=True):
    """Where and as whom Keystone is asked about tokens."""

    www_authenticate_uri: str
    auth_url: str
    username: str
    password: str
    project_name: str
    user_domain_name: str
    project_domain_name: str
    verify: bool | str = True
    timeout_s: int = 10
    token_cache_time_s: int = 300
    service_token_roles: frozenset[str] = frozenset(("service",))
    service_token_roles_required: bool = True


class Nova(msgspec.Struct, frozen=True):
    """Where, as whom, and of what Nova is told."""

    auth_type: str
    auth_url: str
    username: str
    password: str
    project_name: str
    user_domain_name: str
    project_domain_name: str
    region_name: str | None
    endpoint_type: str
    endpoint_override: str | None
    verify: bool | str
    timeout_s: int
    of_status: bool
    of_data: bool
    send_events_interval_s: int


class Config(msgspec.Struct, frozen=True):
    """The parsed configuration. Units are in the names; the options' help says the rest."""

    state_path: Path
    bind_host: str
    bind_port: int
    api_workers: int
    client_timeout_s: int
    debug: bool
    identity: Identity | None  # none: callers are believed
    nova: Nova | None  # none: nobody is told
    base_mac: str
    global_physnet_mtu_bytes: int
    dns_domain: str
    pagination_max_limit: int
    agent_down_time_s: int
    noauth_project_id: str
    database_connection: str
    mechanism_drivers: tuple[str, ...]
    tenant_network_types: tuple[str, ...]
    vni_ranges: Mapping[str, tuple[int, int]]  # by network type
    vlan_ranges: dict[str, tuple[int, int]]
    flat_networks: tuple[str, ...]
    ovn_nb_connection: str
    ovn_sb_connection: str
    nb_tls: tls.TlsFiles | None
    sb_tls: tls.TlsFiles | None
    has_metadata: bool
    agent_probe_interval_s: int
    bfd: tuple[int, int, int]  # min-rx and min-tx in milliseconds, multiplier
    dhcp_lease_s: int
    dns_servers: tuple[str, ...]
    dns_on_hosts: bool
    dhcp4_global_options: Mapping[str, str]
    dhcp6_global_options: Mapping[str, str]
    enable_default_route_ecmp: bool
    enable_default_route_bfd: bool
    enable_distributed_floating_ip: bool
    l3_ha: bool
    vhost_sock_dir: str
    igmp: Mapping[str, bool]
    enable_ndp_proxy_by_default: bool
    trace_socket: str  # none: the page follows no packets
    max_request_body_bytes: int
    policy_files: tuple[Path, ...]
    enforce_scope: bool
    default_quota: int
    quotas: Mapping[str, int]

    @property
    def wake_path(self) -> Path:
        """The datagram socket through which API processes tell the controller to look at the journal."""
        return self.state_path / "controller.wake"


def load(argv: Sequence[str]) -> Config:
    """Return the configuration of the daemon started with *argv* (``--config-file FILE``, ``--config-dir DIR``).

    Raises:
        ConfigError: A file or value cannot be used.
    """
    conf = cfg.ConfigOpts()
    for group, options in GROUPS.items():
        conf.register_opts(options, group=None if group == "DEFAULT" else group)
    try:
        conf(list(argv), project="neutrino", default_config_files=[])
        return _parsed(conf)
    except (cfg.Error, ValueError) as error:
        raise ConfigError(str(error)) from error


def _parsed(conf: cfg.ConfigOpts) -> Config:
    if conf.ml2.mechanism_drivers != ["ovn"]:
        raise ValueError(f"[ml2] mechanism_drivers: {conf.ml2.mechanism_drivers} is not built; use ovn")
    return Config(
        state_path=Path(conf.state_path),
        bind_host=conf.bind_host,
        bind_port=conf.bind_port,
        api_workers=conf.api_workers,
        client_timeout_s=conf.client_socket_timeout,
        debug=conf.debug,
        identity=_identity(conf.keystone_authtoken) if conf.auth_strategy == "keystone" else None,
        nova=_nova(conf),
        base_mac=conf.base_mac,
        global_physnet_mtu_bytes=conf.global_physnet_mtu,
        dns_domain=conf.dns_domain or "",
        pagination_max_limit=conf.pagination_max_limit,
        agent_down_time_s=conf.agent_down_time,
        noauth_project_id=conf.noauth_project_id,
        database_connection=conf.database.connection,
        mechanism_drivers=tuple(conf.ml2.mechanism_drivers),
        tenant_network_types=tuple(conf.ml2.tenant_network_types),
        vni_ranges={name: _vni_range(name, conf[f"ml2_type_{name}"].vni_ranges) for name in ("geneve", "vxlan")},
        vlan_ranges=dict(_vlan_range(text) for text in conf.ml2_type_vlan.network_vlan_ranges),
        flat_networks=tuple(conf.ml2_type_flat.flat_networks),
        ovn_nb_connection=conf.ovn.ovn_nb_connection,
        ovn_sb_connection=conf.ovn.ovn_sb_connection,
        nb_tls=tls.files(conf.ovn, "ovn", NB_TLS, conf.ovn.ovn_nb_connection),
        sb_tls=tls.files(conf.ovn, "ovn", SB_TLS, conf.ovn.ovn_sb_connection),
        has_metadata=conf.ovn.ovn_metadata_enabled,
        agent_probe_interval_s=conf.ovn.agent_probe_interval,
        bfd=BFD.get(conf.ovn.ha_failover_strategy) or (conf.ovn.bfd_min_rx, conf.ovn.bfd_min_tx, conf.ovn.bfd_mult),
        dhcp_lease_s=conf.ovn.dhcp_default_lease_time,
        dns_servers=tuple(conf.ovn.dns_servers),
        dns_on_hosts=conf.ovn.dns_on_hosts,
        dhcp4_global_options=dict(conf.ovn.ovn_dhcp4_global_options),
        dhcp6_global_options=dict(conf.ovn.ovn_dhcp6_global_options),
        enable_default_route_ecmp=conf.enable_default_route_ecmp,
        enable_default_route_bfd=conf.enable_default_route_bfd,
        enable_distributed_floating_ip=conf.ovn.enable_distributed_floating_ip,
        l3_ha=conf.l3_ha,
        vhost_sock_dir=conf.ovn.vhost_sock_dir,
        igmp={option.name: conf.ovs[option.name] for option in OVS},
        enable_ndp_proxy_by_default=conf.enable_ndp_proxy_by_default,
        trace_socket=conf.page.trace_socket,
        max_request_body_bytes=conf.oslo_middleware.max_request_body_size,
        policy_files=_policy_files(conf),
        enforce_scope=conf.oslo_policy.enforce_scope,
        default_quota=conf.quotas.default_quota,
        quotas={name: conf.quotas[f"quota_{name}"] for name in QUOTAS},
    )


def _identity(section: cfg.ConfigOpts.GroupAttr) -> Identity:
    return Identity(
        www_authenticate_uri=section.www_authenticate_uri or section.auth_url,
        auth_url=section.auth_url.rstrip("/"),
        username=section.username,
        password=section.password,
        project_name=section.project_name,
        user_domain_name=section.user_domain_name,
        project_domain_name=section.project_domain_name,
        verify=not section.insecure and (section.cafile or True),
        timeout_s=section.http_connect_timeout,
        token_cache_time_s=max(section.token_cache_time, 0),
        service_token_roles=frozenset(role.lower() for role in section.service_token_roles),
        service_token_roles_required=section.service_token_roles_required,
    )


def _nova(conf: cfg.ConfigOpts) -> Nova | None:
    section = conf.nova
    is_wanted = conf.notify_nova_on_port_status_changes or conf.notify_nova_on_port_data_changes
    if section.auth_type is None or not is_wanted:
        return None
    needed = ("endpoint_override",) if section.auth_type == "none" else ("auth_url", "username")
    for name in needed:
        if not section[name]:
            raise ValueError(f"[nova] {name}: needed with auth_type = {section.auth_type}")
    return Nova(
        auth_type=section.auth_type,
        auth_url=section.auth_url or "",
        username=section.username or "",
        password=section.password,
        project_name=section.project_name,
        user_domain_name=section.user_domain_name,
        project_domain_name=section.project_domain_name,
        region_name=section.region_name,
        endpoint_type=section.endpoint_type,
        endpoint_override=section.endpoint_override,
        verify=not section.insecure and (section.cafile or True),
        timeout_s=section.timeout,
        of_status=conf.notify_nova_on_port_status_changes,
        of_data=conf.notify_nova_on_port_data_changes,
        send_events_interval_s=conf.send_events_interval,
    )


def _policy_files(conf: cfg.ConfigOpts) -> tuple[Path, ...]:
    """Return the policy files that there are. Only the default file, and folders, may be missing."""
    if not conf.oslo_policy.enforce_new_defaults:
        raise ValueError("[oslo_policy] enforce_new_defaults: the old defaults are not built; use True")
    name = conf.oslo_policy.policy_file
    file = conf.find_file(name)
    if file is None and name != POLICY_FILE:
        raise ValueError(f"[oslo_policy] policy_file: there is no {name}")
    folders = [Path(found) for folder in conf.oslo_policy.policy_dirs if (found := conf.find_file(folder))]
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.suffix in (".yaml", ".json")]
    return (*([Path(file)] if file else []), *files)


def _vni_range(name: str, texts: Sequence[str]) -> tuple[int, int]:
    if len(texts) != 1:
        raise ValueError(f"[ml2_type_{name}] vni_ranges: exactly one range is supported, not {len(texts)}")
    return _range(texts[0])


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise ValueError(f"{text!r} is not a range first:last")
    return int(first), int(last)


def _vlan_range(text: str) -> tuple[str, tuple[int, int]]:
    name, _, rest = text.partition(":")
    return name, _range(rest) if rest else (1, 4094)
