"""Network devices: the two ioctls that a new device needs, and ip(8) in batches.

Here: link up, transmit checksums, batches of ip commands. Not here: which devices there are.
"""

import array
import asyncio
import errno
import fcntl
import socket
import struct
from collections.abc import Sequence

from neutrino.linux import namespace

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_SIOCETHTOOL = 0x8946
_IFF_UP = 0x1
_ETHTOOL_STXCSUM = 0x17


class IpFailed(Exception):
    """ip(8) refused a batch; the message holds its words."""


def bring_up(network: str | None, *devices: str) -> None:
    """Set *devices* up in the network namespace *network* (None: the caller's), with full checksums on what they send.

    A veth leaves TCP and UDP checksums to be finished by hardware that a userspace switch does not have: receivers
    then drop the segments. So the transmit offload is off on each veth that ends in Open vSwitch.
    """

    def apply() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            for device in devices:
                _set_transmit_checksums(control, device, on=False)
                _set_up(control, device)

    if network is None:
        apply()
    else:
        namespace.in_network(network, apply)


def exists(network: str, name: str) -> bool:
    """Tell whether the network namespace *network* has a device *name*."""
    try:
        namespace.in_network(network, lambda: socket.if_nametoindex(name))
    except OSError:
        return False
    return True


async def ip_batch(lines: Sequence[str], network: str | None = None) -> None:
    """Run *lines* by one ``ip -batch`` in the network namespace *network*; raises IpFailed."""
    # Not `ip -netns`, which also makes a mount namespace and mounts a new /sys: nsenter is quicker.
    where = ["nsenter", f"--net={namespace.NETWORK_FOLDER / network}"] if network else []
    process = await asyncio.create_subprocess_exec(
        *where, "ip", "-batch", "-", stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate("".join(f"{line}\n" for line in lines).encode())
    if process.returncode:
        raise IpFailed(errors.decode().strip())


def _set_up(control: socket.socket, device: str) -> None:
    answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH22x", device.encode(), 0))
    flags: int = struct.unpack("16sH22x", answer)[1]
    fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", device.encode(), flags | _IFF_UP))


def _set_transmit_checksums(control: socket.socket, device: str, *, on: bool) -> None:
    value = array.array("B", struct.pack("II", _ETHTOOL_STXCSUM, on))
    address, _ = value.buffer_info()
    try:
        fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP16x", device.encode(), address))
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:  # the loopback device has nothing to switch off
            raise
