"""A project's network made of defaults: what it takes, making it and taking it away.

Here: the steps, each of which is what the noun's own module does. Not here: HTTP (paths/auto_topology.py).
"""

from sqlalchemy import bindparam, select

from neutrino.api.bodies import defaults_of
from neutrino.api.nouns import networks, router_interfaces, routers, subnetpools, subnets
from neutrino.api.nouns.router_interfaces import Attachment
from neutrino.api.request import Request
from neutrino.model.auto_topology import NAME, AutoAllocatedTopology
from neutrino.model.faults.auto_topology import AutoAllocationFailure
from neutrino.model.network import Network
from neutrino.model.router import GatewayRequest, Router
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.store.columns import expression_of, select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_topologies, _networks = TABLES[AutoAllocatedTopology], TABLES[Network]
_OF_PROJECT = select_all(AutoAllocatedTopology).where(_topologies.c.project_id == bindparam("project_id"))
_DEFAULT = select(_networks.c.id).where(_networks.c.is_default.is_(True), expression_of(Network, "router_external"))


def check(tx: Transaction) -> tuple[str, list[SubnetPool]]:
    """Return the external network and the pools that a topology is made of, or refuse."""
    external = tx.connection.execute(_DEFAULT).scalar()
    if external is None:
        raise AutoAllocationFailure("No default router:external network")
    pools = subnetpools.defaults(tx)
    if not pools:
        raise AutoAllocationFailure("No default subnetpools defined")
    return external, pools


def ensure(tx: Transaction, request: Request, project_id: str) -> str:
    """Return the id of the project's network; what is missing is made first."""
    found = _of(tx, project_id)
    if found is not None:
        if tx.get(Network, found.id) is not None:
            return found.id
        tx.delete(found)  # the network was deleted by hand
    external, pools = check(tx)
    owner = {"project_id": project_id}
    network = networks.create(tx, request, defaults_of(Network) | owner | {"name": f"{NAME}network"})
    cut = [
        subnets.create(
            tx,
            request,
            defaults_of(Subnet)
            | owner
            | {
                "name": f"{NAME}subnet_v{pool.ip_version}",
                "network_id": network.id,
                "ip_version": pool.ip_version,
                "subnetpool_id": pool.id,
            },
        )
        for pool in pools
    ]
    gateway = {"name": f"{NAME}router", "external_gateway_info": GatewayRequest(network_id=external)}
    router = routers.create(tx, request, defaults_of(Router) | owner | gateway)
    for subnet in cut:
        router_interfaces.add(tx, request, routers.get(tx, router.id), Attachment(subnet_id=subnet.id))
    tx.insert(AutoAllocatedTopology(id=network.id, project_id=project_id, router_id=router.id))
    return network.id


def remove(tx: Transaction, request: Request, project_id: str) -> None:
    """Delete what was made for the project; what was deleted by hand does not matter."""
    found = _of(tx, project_id)
    if found is None:
        return
    tx.delete(found)
    router = tx.get(Router, found.router_id)
    if router is not None:
        for port in routers.ports_of(tx, router.id):
            if port.network_id == found.id:
                router_interfaces.remove(tx, request, routers.get(tx, router.id), Attachment(port_id=port.id))
        routers.delete(tx, request, routers.get(tx, router.id))
    network = tx.get(Network, found.id)
    if network is not None:
        networks.delete(tx, request, network)


def _of(tx: Transaction, project_id: str) -> AutoAllocatedTopology | None:
    row = tx.connection.execute(_OF_PROJECT, {"project_id": project_id}).first()
    return to_resource(AutoAllocatedTopology, row) if row else None
