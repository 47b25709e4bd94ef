"""The world outside the lab's cloud: one provider fabric, and a namespace on it with the public gateway's addresses.

Hosts ask its resolver by wires of their own, which no instance's packet goes over. Here: making it, its service, and
joining each host's public bridge to it. Not here: the API's external network (lab.py,
initial.py), what the service answers (world.py).
"""

import sys
from collections.abc import Sequence

from neutrino.linux import device, namespace
from neutrino.stack.host import FABRIC, RESOLVER, Host
from neutrino.stack.place import Place
from neutrino.stack.service import Notifies, Service

OUTSIDE = "outside"
"""The namespace, as `lab.exec` knows it, and its service."""
MAC = "0a:00:cb:00:71:01"
"""Of ``outside``, the same after each start: routers remember their neighbours for minutes."""
BRIDGE = "provider"
UPLINK = "ext0"
"""The device on each host that is in its public bridge."""
OWN_BRIDGE = "management"
OWN_UPLINK = "mgmt0"
"""The device on each host by which the host itself asks."""


async def make(addresses: Sequence[str], routes: Sequence[tuple[str, str]] = ()) -> None:
    """Make the fabric and the namespace with *addresses* (``ADDRESS/PREFIX``), where they are missing.

    *routes* are pairs of prefix and next hop.
    """
    if not (namespace.NETWORK_FOLDER / OUTSIDE).exists():
        namespace.add_network(OUTSIDE)
        await device.ip_batch(
            (
                f"link add name {BRIDGE} type bridge",
                f"link set dev {BRIDGE} up",
                f"link add name p-{OUTSIDE} type veth peer name eth0 address {MAC} netns {OUTSIDE}",
                f"link set dev p-{OUTSIDE} master {BRIDGE}",
                f"link add name {OWN_BRIDGE} type bridge",
                f"link set dev {OWN_BRIDGE} up",
                f"link add name m-{OUTSIDE} type veth peer name eth1 netns {OUTSIDE}",
                f"link set dev m-{OUTSIDE} master {OWN_BRIDGE}",
            ),
            network=FABRIC,
        )
        device.bring_up(FABRIC, f"p-{OUTSIDE}", f"m-{OUTSIDE}")
        device.bring_up(OUTSIDE, "lo", "eth0", "eth1")
        await device.ip_batch((f"address add {RESOLVER}/24 dev eth1",), network=OUTSIDE)
    # Duplicate address detection would keep IPv6 addresses from answering for a second.
    lines = [f"address replace {one} dev eth0{' nodad' if ':' in one else ''}" for one in addresses]
    lines += [f"route replace {prefix} via {hop} dev eth0" for prefix, hop in routes]
    await device.ip_batch(lines, network=OUTSIDE)


def service(place: Place, addresses: Sequence[str]) -> Service:
    """Return the DNS and web server of the world outside."""
    return Service(
        name=OUTSIDE,
        command=(sys.executable, "-m", "neutrino.stack.world", *(one.partition("/")[0] for one in addresses)),
        network=OUTSIDE,
        environment=place.environment("central"),
        ready=Notifies(),
    )


async def join(host: Host) -> None:
    """Join the public bridge of *host* to the fabric, and the host itself to the resolver.

    One wire to the fabric: OVN joins its bridges only inside, so there is no loop.
    """
    if not device.exists(host.name, UPLINK):
        wire, own = f"x-{host.name}", f"m-{host.name}"
        await device.ip_batch(
            (
                f"link add name {wire} type veth peer name {UPLINK} netns {host.name}",
                f"link set dev {wire} master {BRIDGE}",
                f"link add name {own} type veth peer name {OWN_UPLINK} netns {host.name}",
                f"link set dev {own} master {OWN_BRIDGE}",
            ),
            network=FABRIC,
        )
        device.bring_up(FABRIC, wire, own)
        await device.ip_batch((f"address add {host.management_address}/24 dev {OWN_UPLINK}",), network=host.name)
    device.bring_up(host.name, UPLINK, OWN_UPLINK)
    await host.vsctl("--may-exist", "add-port", host.public_bridge, UPLINK)
