"""The local IP: an address that means, on each host, an instance of that host (Networking API v2.0, local_ip).

Here: the declarations, and which addresses they are for. Not here: which ports (api/nouns/local_ips.py).
"""

from typing import Annotated, ClassVar

from neutrino.model.faults.local_ip import LocalIPNoIP, LocalIPNoRequestedIP, LocalIPRequestedIPNotFound
from neutrino.model.kinds import IpAddress, LongText, Name, Uuid, one_of
from neutrino.model.port import Port
from neutrino.model.resource import Attr, Resource, Standard, Unique

RESOURCE = "local_ip"
TRANSLATE, PASSTHROUGH = "translate", "passthrough"


class LocalIp(Standard, frozen=True, kw_only=True):
    """An IPv4 address of a network that instances share: who sends to it reaches the one on the sender's own host."""

    collection: ClassVar[str] = "local_ips"
    singular: ClassVar[str] = RESOURCE
    human: ClassVar[str] = "Local IP"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("local_port_id", "local_ip_address")),)

    name: Name = ""
    description: Annotated[LongText, Attr(extension="standard-attr-description")] = ""
    # Whose address it is, and who answers where the sender's host has no associated port.
    local_port_id: Annotated[Uuid | None, Attr(put=False, indexed=True, refers="ports")] = None
    network_id: Annotated[Uuid | None, Attr(put=False, indexed=True, refers="networks")] = None
    local_ip_address: Annotated[IpAddress | None, Attr(put=False)] = None
    ip_mode: Annotated[str, one_of(TRANSLATE, PASSTHROUGH), Attr(put=False)] = TRANSLATE


class LocalIpAssociation(Resource, frozen=True, kw_only=True):
    """A port that the local IP stands for on the port's host."""

    collection: ClassVar[str] = "port_associations"
    singular: ClassVar[str] = "port_association"
    human: ClassVar[str] = "Local IP association"
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("local_ip_id", "fixed_port_id")),)

    id: Annotated[Uuid, Attr(post=False, put=False, shown=False)]  # paths have the port's
    project_id: Annotated[Name, Attr(put=False, stored=False, shown=False)] = ""  # the local IP's
    local_ip_id: Annotated[Uuid, Attr(post=False, put=False, indexed=True, refers="local_ips")]
    local_ip_address: Annotated[IpAddress, Attr(post=False, put=False, stored=False, filtered=True, sorted=True)] = ""
    fixed_port_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="ports")]
    fixed_ip: Annotated[IpAddress | None, Attr(put=False)] = None
    host: Annotated[Name, Attr(post=False, put=False, stored=False, filtered=True, sorted=True)] = ""


def address_of(port: Port, wanted: object) -> str:
    """Return the address of *port* that a local IP is, or stands for: the *wanted* one, or its only one of IPv4."""
    if wanted is not None and wanted not in [ip.ip_address for ip in port.fixed_ips]:
        raise LocalIPRequestedIPNotFound(port.id, str(wanted))
    four = [ip.ip_address for ip in port.fixed_ips if ":" not in ip.ip_address]
    if wanted is not None and wanted in four:
        return str(wanted)
    if wanted is not None or not four:
        raise LocalIPNoIP(port.id)
    if len(four) > 1:
        raise LocalIPNoRequestedIP(port.id)
    return four[0]
