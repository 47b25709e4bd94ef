"""Configuration of a host's agent: oslo.config files in upstream's section and option names, parsed once.

Here: the agent's options and `load`. Not here: the options of the API and the controller (`config`).
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from oslo_config import cfg, types

from neutrino.runtime import tls
from neutrino.runtime.config import SB_TLS, ConfigError

DEFAULT = [
    cfg.StrOpt("state_path", default="/var/lib/neutrino-agent", help="Folder of haproxy's files and sockets."),
    cfg.BoolOpt("debug", default=False, help="Log at level DEBUG."),
    cfg.StrOpt(
        "nova_metadata_host",
        default="127.0.0.1",
        help="Where Nova's metadata service is; Neutrino's own: or unix:/path.",
    ),
    cfg.PortOpt("nova_metadata_port", default=8775, help="Its port."),
    cfg.StrOpt("nova_metadata_protocol", default="http", choices=["http", "https"], help="How it is spoken to."),
    cfg.StrOpt(
        "metadata_proxy_shared_secret",
        default="",
        secret=True,
        help="The secret with which requests are signed; Nova's has the same.",
    ),
    cfg.FloatOpt("measure_interval", default=30.0, min=0.1, help="Seconds between readings of what flows counted."),
    cfg.StrOpt(
        "metering_textfile",
        default="",
        regex=r"^(/.*\.prom)?$",
        help="Neutrino's own: where metering labels' counts are written for Prometheus; in state_path where empty.",
    ),
    cfg.StrOpt(
        "namespace_suffix",
        default="",
        regex=r"^(\.[a-z0-9]+)?$",
        help="Neutrino's own: end of the names of network namespaces, where several hosts share /run/netns.",
    ),
]
AGENT = [
    cfg.FloatOpt("report_interval", default=30.0, min=0.1, help="Seconds between signs of life."),
]
OVS_TLS = ("ssl_key_file", "ssl_cert_file", "ssl_ca_cert_file")
OVS = [
    cfg.StrOpt("ovsdb_connection", default="unix:/run/openvswitch/db.sock", help="Open_vSwitch: unix:, tcp: or ssl:."),
    *tls.options(OVS_TLS, "Open vSwitch"),
]
OVN = [
    cfg.StrOpt(
        "ovn_sb_connection", default="", help="OVN_Southbound; where empty, what ovn-controller uses (ovn-remote)."
    ),
    *tls.options(SB_TLS, "the Southbound"),
    cfg.ListOpt(
        "dns_servers",
        default=[],
        item_type=types.IPAddress(),
        help="Resolvers that the host's own asks for what a network's names do not say; where empty, those of the "
        "host's resolv.conf.",
    ),
]

GROUPS: dict[str, list[cfg.Opt]] = {"DEFAULT": DEFAULT, "agent": AGENT, "ovs": OVS, "ovn": OVN}


class AgentConfig(msgspec.Struct, frozen=True):
    """The parsed configuration of an agent; the options' help says what each is."""

    state_path: Path
    debug: bool
    nova_metadata_host: str
    nova_metadata_port: int
    nova_metadata_protocol: str
    metadata_proxy_shared_secret: str
    measure_interval_s: float
    metering_textfile: Path
    namespace_suffix: str
    ovsdb_connection: str
    ovn_sb_connection: str
    ovs_tls: tls.TlsFiles | None
    sb_tls: tls.TlsFiles | None
    dns_servers: tuple[str, ...]
    report_interval_s: float


def load(argv: Sequence[str]) -> AgentConfig:
    """Return the configuration of the agent started with *argv* (``--config-file FILE``).

    Raises:
        ConfigError: A file or value cannot be used.
    """
    conf = cfg.ConfigOpts()
    for group, options in GROUPS.items():
        conf.register_opts(options, group=None if group == "DEFAULT" else group)
    try:
        conf(list(argv), project="neutrino", default_config_files=[])
        state_path = Path(conf.state_path)
        return AgentConfig(
            state_path=state_path,
            debug=conf.debug,
            nova_metadata_host=conf.nova_metadata_host,
            nova_metadata_port=conf.nova_metadata_port,
            nova_metadata_protocol=conf.nova_metadata_protocol,
            metadata_proxy_shared_secret=conf.metadata_proxy_shared_secret,
            measure_interval_s=conf.measure_interval,
            metering_textfile=Path(conf.metering_textfile or state_path / "metering.prom"),
            namespace_suffix=conf.namespace_suffix,
            ovsdb_connection=conf.ovs.ovsdb_connection,
            ovn_sb_connection=conf.ovn.ovn_sb_connection,
            ovs_tls=tls.files(conf.ovs, "ovs", OVS_TLS, conf.ovs.ovsdb_connection),
            sb_tls=tls.files(conf.ovn, "ovn", SB_TLS, conf.ovn.ovn_sb_connection),
            dns_servers=tuple(conf.ovn.dns_servers),
            report_interval_s=conf.agent.report_interval,
        )
    except (cfg.Error, ValueError) as error:
        raise ConfigError(str(error)) from error
