"""Where floating IPs can be taken from: the IPv4 subnets of external networks, in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from neutrino.model.network import Network
from neutrino.model.rbac_policy import EXTERNAL
from neutrino.model.subnet import Subnet
from neutrino.store.columns import expression_of
from neutrino.store.derived import CALLER, access
from neutrino.store.statements import Connection
from neutrino.store.tables import TABLES

_networks, _subnets = TABLES[Network], TABLES[Subnet]
FILTERS: Mapping[str, Any] = {
    "network_id": _subnets.c.network_id,
    "subnet_id": _subnets.c.id,
    "subnet_name": _subnets.c.name,
    "cidr": _subnets.c.cidr,
    "project_id": _subnets.c.project_id,
    "tenant_id": _subnets.c.project_id,
}
_ALL = (
    select(*(FILTERS[name].label(name) for name in FILTERS))
    .join(_networks, _networks.c.id == _subnets.c.network_id)
    .where(expression_of(Network, "router_external"), _subnets.c.ip_version == 4)
    .order_by(_subnets.c.created_at, _subnets.c.id)
)


class Pool(msgspec.Struct, frozen=True):
    """A subnet that floating IPs can be taken from."""

    network_id: str
    subnet_id: str
    subnet_name: str
    cidr: str
    project_id: str
    tenant_id: str


def pools(connection: Connection, filters: Mapping[str, Sequence[object]], project_id: str | None) -> list[Pool]:
    """Return the pools that *filters* (by a name in `FILTERS`) select and that the project sees; None: that there are.

    A project sees the external networks that are for it, or for everybody.
    """
    statement = _ALL if project_id is None else _ALL.where(access(_networks.c.id, EXTERNAL))
    for name, values in filters.items():
        statement = statement.where(FILTERS[name].in_(values))
    return [Pool(*row) for row in connection.execute(statement, {CALLER.key: project_id or ""})]
