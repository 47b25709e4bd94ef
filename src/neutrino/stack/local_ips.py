"""What a local IP means on a host: asked of the API, and of the Northbound who answers ARP for it.

Not here: the way of a packet from there on (inquiry.py).
"""

from dataclasses import dataclass

from neutrino.diagnosis.intent import Intent, Resource
from neutrino.stack import rows
from neutrino.stack.lab import Lab


@dataclass(frozen=True)
class Meaning:
    """A local IP for senders of one host.

    *mac* is that of its own router, which hands packets on, *port* the port that they reach, and *address* that of it:
    where the host has no port of its own, the local IP itself.
    """

    mac: str
    port: Resource | None
    address: str


def meaning(lab: Lab, intent: Intent, sender: Resource, host: str, address: str) -> Meaning | None:
    """Return what *address* means to *sender* on *host*; None where it is no local IP of the sender's network."""
    found = [
        one
        for one in lab.api.list("local_ips", network_id=sender["network_id"])
        if one["local_ip_address"] == address and one["local_port_id"] != sender["id"]
    ]
    if not found:
        return None
    (local,) = found
    leg = f"lrp-local-ip-{local['id']}"
    legs = rows.select(
        lab.place.northbound, "OVN_Northbound", "Logical_Router_Port", ("mac",), [["name", "==", leg]]
    )  # fmt: skip
    if not legs:
        return None  # not written yet
    there = [one for one in lab.api.list(f"local_ips/{local['id']}/port_associations") if one["host"] == host]
    # Of several on one host the greatest address has effect (docs/decisions/0031-local-ips.md).
    chosen = max(there, key=lambda one: str(one["fixed_ip"]), default=None)
    if chosen is None:
        return Meaning(legs[0]["mac"], intent.ports.get(local["local_port_id"]), address)
    return Meaning(legs[0]["mac"], intent.ports.get(chosen["fixed_port_id"]), chosen["fixed_ip"])
