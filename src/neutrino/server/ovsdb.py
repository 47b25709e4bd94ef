"""Clients of OVN's databases and of a host's Open vSwitch, as the configuration has them.

Here: remotes and certificates put together. Not here: the protocol (neutrino.ovsdb).
"""

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.endpoint import Tls
from neutrino.runtime.config import Config
from neutrino.runtime.tls import TlsFiles


def northbound(config: Config, *, leader_only: bool = False) -> Client:
    """Return a client of the Northbound, not yet connected; *leader_only*: of a cluster, its leader."""
    tls = credentials(config.nb_tls)
    return Client(config.ovn_nb_connection, "OVN_Northbound", tls=tls, leader_only=leader_only)


def southbound(config: Config) -> Client:
    """Return a client of the Southbound, not yet connected."""
    return Client(config.ovn_sb_connection, "OVN_Southbound", tls=credentials(config.sb_tls))


def credentials(files: TlsFiles | None) -> Tls | None:
    """Return *files* as the protocol takes them."""
    return Tls(files.certificate, files.private_key, files.authority) if files else None
