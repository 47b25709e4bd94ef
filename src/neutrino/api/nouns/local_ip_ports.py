"""Ports of local IPs: those that have its address keep it, and those that it stands for take that with them."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from neutrino.model.faults.router import ServicePortInUse
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.port import Port
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_local_ips = TABLES[LocalIp]
_OF_PORT = select(_local_ips.c.id, _local_ips.c.local_ip_address).where(
    _local_ips.c.local_port_id == bindparam("port_id")
)
_WITH = select_all(LocalIpAssociation).where(TABLES[LocalIpAssociation].c.fixed_port_id == bindparam("port_id"))


def check(tx: Transaction, port: Port, kept: Iterable[str] = ()) -> None:
    """Refuse that a port goes, or all of its addresses but *kept*, while one of them is a local IP."""
    if not port.is_local_ip:
        return
    stays = set(kept)
    for row in tx.connection.execute(_OF_PORT, {"port_id": port.id}).all():
        if row.local_ip_address not in stays:
            raise ServicePortInUse(port.id, f"has the address {row.local_ip_address}, which is local IP {row.id}")


def forget(tx: Transaction, port_id: str, kept: Iterable[str] = ()) -> None:
    """Take from local IPs that they stand for a port, except for the fixed addresses *kept*."""
    stays = set(kept)
    for row in tx.connection.execute(_WITH, {"port_id": port_id}).all():
        association = to_resource(LocalIpAssociation, row)
        if association.fixed_ip not in stays:
            tx.delete(association)
