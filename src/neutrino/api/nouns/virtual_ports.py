"""Virtual ports: ports that nobody is plugged into, whose address other ports share by their address pairs.

Who has the address follows from the ports of its network; it is kept on the port, and kept up here.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from neutrino.model.faults.router import BadRequest
from neutrino.model.port import SERVICE_OWNERS, Port
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import CHILDREN, TABLES

_ports, _ips, _pairs = TABLES[Port], CHILDREN[Port]["fixed_ips"], CHILDREN[Port]["allowed_address_pairs"]
_PARENTS = (
    select(_pairs.c.ip_address, _ports.c.id)
    .select_from(_pairs.join(_ports, _ports.c.id == _pairs.c.port_id))
    .where(
        _pairs.c.ip_address.in_(bindparam("addresses", expanding=True)),
        _ports.c.network_id == bindparam("network_id"),
        _ports.c.id != bindparam("port_id"),
    )
    .distinct()
)
_HAVING = (
    select_all(Port)
    .where(
        _ports.c.id.in_(select(_ips.c.port_id).where(_ips.c.ip_address.in_(bindparam("addresses", expanding=True)))),
        _ports.c.network_id == bindparam("network_id"),
        _ports.c.id != bindparam("port_id"),
        _ports.c.binding_host_id == "",
        _ports.c.device_owner.not_in(SERVICE_OWNERS),
    )
    .limit(100)
)


def shared(tx: Transaction, port: Port) -> dict[str, object]:
    """Return which address of *port* others share, and who: the first of its addresses that is shared."""
    addresses = [ip.ip_address for ip in port.fixed_ips]
    if addresses and port.device_owner not in SERVICE_OWNERS:
        who = {"addresses": addresses, "network_id": port.network_id, "port_id": port.id}
        found = tx.connection.execute(_PARENTS, who).all()
        for address in addresses:
            if parents := sorted(parent for shared_one, parent in found if shared_one == address):
                return {"virtual_ip": address, "virtual_parents": tuple(parents)}
    return {"virtual_ip": "", "virtual_parents": ()}


def tell(tx: Transaction, port: Port, addresses: Iterable[str]) -> None:
    """Have the ports that have one of *addresses*, which *port* shares or no longer does, know who shares them now."""
    wanted = sorted(set(addresses))
    if not wanted:
        return
    found = {"addresses": wanted, "network_id": port.network_id, "port_id": port.id}
    for row in tx.connection.execute(_HAVING, found).all():
        virtual = to_resource(Port, row)
        now = shared(tx, virtual)
        if (virtual.virtual_ip, virtual.virtual_parents) != (now["virtual_ip"], now["virtual_parents"]):
            tx.update(virtual, now)


def check_plugged(old: Port, new: Port) -> None:
    """Refuse to plug a device into a virtual port."""
    if new.virtual_parents and new.binding_host_id != old.binding_host_id and new.device_id != old.device_id:
        raise BadRequest("port", "A virtual logical switch port cannot be bound to a host")
