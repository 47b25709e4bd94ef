"""Networks with more ports than OVN numbers: the others get no row in the Southbound, and carry nothing.

A port's number on its network, its tunnel key, has 15 bits (ovn-sb(5), Port_Binding, tunnel_key; docs/measured.md).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from neutrino.model.network import Network
from neutrino.model.port import FLOATING_IP, Port

MOST = 32_767


class Overfull(msgspec.Struct, frozen=True):
    """A network, and how many ports it has in the Northbound."""

    network_id: str
    network_name: str
    ports: int

    def __str__(self) -> str:
        return (
            f"network {self.network_name or self.network_id} has {self.ports:,} ports, and OVN serves {MOST:,} of a"
            " network: the others are never ACTIVE"
        )


def overfull(networks: Sequence[Network], ports: Sequence[Port], most: int = MOST) -> Iterator[Overfull]:
    """Yield the networks that have more than *most* ports."""
    counted = Counter(port.network_id for port in ports if port.device_owner != FLOATING_IP)
    for network in networks:
        if counted[network.id] > most:
            yield Overfull(network.id, network.name, counted[network.id])
