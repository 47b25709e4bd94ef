"""Private networks: what becomes of the ports of a network that becomes one, or no longer is."""

from sqlalchemy import bindparam, not_, select, update

from neutrino.model.faults.pvlan import PVLANPortSecurityDisabled
from neutrino.model.faults.router import BadRequest
from neutrino.model.local_ip import LocalIp
from neutrino.model.network import Network
from neutrino.model.port import NETWORK_OWNER_PREFIX, PROMISCUOUS, Port
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_ports = TABLES[Port]
_ON = _ports.c.network_id == bindparam("network")
_UNFILTERED = (
    select(_ports.c.id)
    .where(_ON, _ports.c.port_security_enabled.is_(False), not_(_ports.c.device_owner.startswith(NETWORK_OWNER_PREFIX)))
    .limit(1)
)
_LOCAL_IP = select(TABLES[LocalIp].c.id).where(TABLES[LocalIp].c.network_id == bindparam("network")).limit(1)
_STAND = (
    update(_ports)
    .where(_ON)
    .values(
        pvlan_type=bindparam("standing"),
        pvlan_community=None,
        revision_number=_ports.c.revision_number + 1,
        updated_at=bindparam("now"),
    )
    .returning(_ports.c.id)
)


def changed(tx: Transaction, network: Network) -> None:
    """Make the ports of a *network* that became private promiscuous; take their standing where it no longer is.

    Raises:
        PVLANPortSecurityDisabled: One of them is not filtered.
        BadRequest: An address of the network is a local IP.
    """
    on = {"network": network.id}
    if network.pvlan and (found := tx.connection.execute(_LOCAL_IP, on).scalar()) is not None:
        raise BadRequest(
            "network", f"{network.id} has local IP {found}, which OVN would not translate where it is private"
        )
    if network.pvlan and (found := tx.connection.execute(_UNFILTERED, on).scalar()) is not None:
        raise PVLANPortSecurityDisabled(str(found))
    values = {**on, "standing": PROMISCUOUS if network.pvlan else None, "now": tx.now}
    for row in tx.connection.execute(_STAND, values).all():
        tx.note(Port, row.id)
