"""Configuration: oslo.config files in upstream's section and option names, parsed once into a typed value.

Here: each option, declared once, and `load`. An option that upstream has keeps its name, section and meaning;
Neutrino's own are marked so in their help. Not here: what a daemon does with a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oslo_config import cfg

DEFAULT = [
    cfg.StrOpt(
        "state_path", default="/var/lib/neutrino", help="Folder of the daemons' sockets and of the SQLite file."
    ),
    cfg.HostAddressOpt("bind_host", default="127.0.0.1", help="Address that the API listens on."),
    cfg.PortOpt("bind_port", default=9696, help="Port that the API listens on."),
    cfg.BoolOpt("debug", default=False, help="Log at level DEBUG."),
    cfg.StrOpt(
        "base_mac",
        regex=r"^([0-9a-f][02468ace])(:[0-9a-f]{2}){5}$",
        ignore_case=True,
        default="fa:16:3e:00:00:00",
        help="MAC addresses are made from its first three octets.",
    ),
    cfg.IntOpt("global_physnet_mtu", default=1500, min=68, help="MTU of the underlying network, in bytes."),
    cfg.IntOpt("pagination_max_limit", default=-1, help="Most items of one answer; -1 for no limit."),
    cfg.IntOpt("agent_down_time", default=75, min=1, help="Seconds without a sign of life until an agent is down."),
    cfg.BoolOpt("enable_default_route_ecmp", default=False, help="Default routes of new routers by all gateways."),
    cfg.BoolOpt("enable_default_route_bfd", default=False, help="BFD on the default routes of new routers."),
    cfg.StrOpt("noauth_project_id", default="noauth", help="Neutrino's own: project of requests that name none."),
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
ML2_TYPE_VLAN = [
    cfg.ListOpt(
        "network_vlan_ranges", default=["physnet1"], help="Physical networks that carry VLANs, physnet[:first:last]."
    ),
]
ML2_TYPE_FLAT = [cfg.ListOpt("flat_networks", default=["*"], help="Physical networks that may be flat; * for any.")]
OVN = [
    cfg.StrOpt("ovn_nb_connection", default="unix:/run/ovn/ovnnb_db.sock", help="OVN_Northbound: unix:, tcp: or ssl:."),
    cfg.StrOpt("ovn_sb_connection", default="unix:/run/ovn/ovnsb_db.sock", help="OVN_Southbound: unix:, tcp: or ssl:."),
    cfg.BoolOpt(
        "enable_distributed_floating_ip", default=False, help="Whether new routers that do not say are distributed."
    ),
    cfg.IntOpt(
        "agent_probe_interval", default=15, min=1, help="Neutrino's own: seconds between probes of all chassis."
    ),
]
OSLO_MIDDLEWARE = [
    cfg.IntOpt("max_request_body_size", default=2 * 1024 * 1024, min=1024, help="Longest request body, in bytes."),
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
    "database": DATABASE,
    "ml2": ML2,
    "ml2_type_geneve": ML2_TYPE_GENEVE,
    "ml2_type_vlan": ML2_TYPE_VLAN,
    "ml2_type_flat": ML2_TYPE_FLAT,
    "ovn": OVN,
    "oslo_middleware": OSLO_MIDDLEWARE,
    "quotas": QUOTAS_OPTIONS,
}


class ConfigError(Exception):
    """A configuration that cannot be used; its text says which option and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """The parsed configuration. Units are in the names; the options' help says the rest."""

    state_path: Path
    bind_host: str
    bind_port: int
    debug: bool
    base_mac: str
    global_physnet_mtu_bytes: int
    pagination_max_limit: int
    agent_down_time_s: int
    noauth_project_id: str
    database_connection: str
    mechanism_drivers: tuple[str, ...]
    tenant_network_types: tuple[str, ...]
    vni_range: tuple[int, int]
    vlan_ranges: dict[str, tuple[int, int]]
    flat_networks: tuple[str, ...]
    ovn_nb_connection: str
    ovn_sb_connection: str
    agent_probe_interval_s: int
    enable_default_route_ecmp: bool
    enable_default_route_bfd: bool
    enable_distributed_floating_ip: bool
    max_request_body_bytes: int
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
    (first, last), *more = [_range(text) for text in conf.ml2_type_geneve.vni_ranges]
    if more:
        raise ValueError("[ml2_type_geneve] vni_ranges: more than one range is not supported")
    if conf.ml2.mechanism_drivers != ["ovn"]:
        raise ValueError(f"[ml2] mechanism_drivers: {conf.ml2.mechanism_drivers} is not built; use ovn")
    return Config(
        state_path=Path(conf.state_path),
        bind_host=conf.bind_host,
        bind_port=conf.bind_port,
        debug=conf.debug,
        base_mac=conf.base_mac,
        global_physnet_mtu_bytes=conf.global_physnet_mtu,
        pagination_max_limit=conf.pagination_max_limit,
        agent_down_time_s=conf.agent_down_time,
        noauth_project_id=conf.noauth_project_id,
        database_connection=conf.database.connection,
        mechanism_drivers=tuple(conf.ml2.mechanism_drivers),
        tenant_network_types=tuple(conf.ml2.tenant_network_types),
        vni_range=(first, last),
        vlan_ranges=dict(_vlan_range(text) for text in conf.ml2_type_vlan.network_vlan_ranges),
        flat_networks=tuple(conf.ml2_type_flat.flat_networks),
        ovn_nb_connection=conf.ovn.ovn_nb_connection,
        ovn_sb_connection=conf.ovn.ovn_sb_connection,
        agent_probe_interval_s=conf.ovn.agent_probe_interval,
        enable_default_route_ecmp=conf.enable_default_route_ecmp,
        enable_default_route_bfd=conf.enable_default_route_bfd,
        enable_distributed_floating_ip=conf.ovn.enable_distributed_floating_ip,
        max_request_body_bytes=conf.oslo_middleware.max_request_body_size,
        default_quota=conf.quotas.default_quota,
        quotas={name: conf.quotas[f"quota_{name}"] for name in QUOTAS},
    )


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise ValueError(f"{text!r} is not a range first:last")
    return int(first), int(last)


def _vlan_range(text: str) -> tuple[str, tuple[int, int]]:
    name, _, rest = text.partition(":")
    return name, _range(rest) if rest else (1, 4094)
