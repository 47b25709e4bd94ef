"""The namespace of a network in which its instances are answered, and its wire to the integration bridge.

Here: making and removing them. What is there already stays as it is. Not here: what listens inside (`proxy`); the
bridge's end (`switch`).
"""

import contextlib

from neutrino.agent import proxy
from neutrino.agent.served import Network
from neutrino.linux import device, namespace


class Plumbing:
    """The namespaces of one host; their names end in *suffix*, where hosts share a folder of names."""

    def __init__(self, suffix: str = "") -> None:
        self._suffix = suffix

    def namespace_of(self, network_id: str) -> str:
        """Return the namespace in which the instances of a network are answered; without a suffix, upstream's name."""
        return f"{_PREFIX}{network_id}{self._suffix}"

    def present(self) -> set[str]:
        """Return the ids of the networks that have a namespace here."""
        names = (path.name for path in namespace.NETWORK_FOLDER.glob(f"{_PREFIX}*{self._suffix}"))
        found = {name.removeprefix(_PREFIX).removesuffix(self._suffix) for name in names}
        return {network_id for network_id in found if "." not in network_id}

    async def make(self, network: Network) -> None:
        """Make the namespace of *network* and its wire, or make what is there as it is to be.

        Raises:
            OSError, neutrino.linux.device.IpFailed: The kernel refuses.
        """
        where, inside, outside = self.namespace_of(network.id), proxy.device_of(network.id), outer_device(network.id)
        if not (namespace.NETWORK_FOLDER / where).exists():
            namespace.add_network(where)
        if not device.exists(where, inside):
            with contextlib.suppress(device.IpFailed):  # half a wire
                await device.ip_batch((f"link delete dev {outside}",))
            await device.ip_batch((f"link add name {outside} type veth peer name {inside} netns {where}",))
        await device.ip_batch((f"link set dev {outside} mtu {network.mtu}",))
        await device.ip_batch(
            (
                f"link set dev {inside} address {network.mac} mtu {network.mtu}",
                f"address flush dev {inside} scope global",
                *(
                    # Nobody else has them, and duplicate address detection would keep them silent for a second.
                    f"address replace {cidr} dev {inside}{' nodad' if ':' in cidr else ''}"
                    for cidr in (*network.cidrs, f"{proxy.IPV4}/32", f"{proxy.IPV6}/64")
                ),
            ),
            network=where,
        )
        device.bring_up(where, "lo", inside)
        device.bring_up(None, outside)

    async def remove(self, network_id: str) -> None:
        """Remove the namespace of a network, and its wire."""
        with contextlib.suppress(device.IpFailed):
            await device.ip_batch((f"link delete dev {outer_device(network_id)}",))
        namespace.remove_network(self.namespace_of(network_id))


_PREFIX = "ovnmeta-"


def outer_device(network_id: str) -> str:
    """Return the device at the bridge; upstream's name."""
    return f"tap{network_id[:10]}0"
