"""The wire of a virtual machine: ``python -m neutrino.stack.wire DEVICE NETDEV COMMAND...`` becomes COMMAND, QEMU.

QEMU gets one end of a pair of datagram sockets as its network backend NETDEV; a process beside it carries frames
between the other end and DEVICE, and ends with it. So no /dev/net/tun is needed, which ordinary users often may not
open, and each machine hangs on a veth as all other instances do. Standard library only.
"""

import contextlib
import os
import select
import socket
import struct
import sys
from pathlib import Path

ALL_PROTOCOLS = 3
"""ETH_P_ALL, if_ether.h."""
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
AUXDATA = struct.Struct("=IIIHHHH")
"""struct tpacket_auxdata: status, length, captured length, offsets of two headers, VLAN tag and its protocol."""
HAS_TAG, HAS_PROTOCOL = 0x10, 0x40
VLAN = 0x8100
LONGEST_FRAME_BYTES = 65_550
MAC_ADDRESSES_BYTES = 12


def main() -> None:
    """Start the carrier, and become the command."""
    device, backend, *command = sys.argv[1:]
    # The machine has the device's MAC address; the kernel must not speak for it.
    Path(f"/proc/sys/net/ipv6/conf/{device}/disable_ipv6").write_text("1")
    outer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    outer.bind((device, ALL_PROTOCOLS))
    outer.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    outer.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    carrier, machine = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    end = os.pidfd_open(os.getpid())
    if os.fork() == 0:
        machine.close()
        carry(carrier, outer, end)
        os._exit(0)
    machine.set_inheritable(True)
    netdev = f"dgram,id={backend},local.type=fd,local.str={machine.fileno()}"
    os.execv(command[0], [*command, "-netdev", netdev])  # noqa: S606 - QEMU, not a shell


def carry(inner: socket.socket, outer: socket.socket, end: int) -> None:
    """Carry frames between the machine and the device until the process behind the pidfd *end* has ended.

    What cannot be sent at once is lost, as on a wire.
    """
    inner.setblocking(False)
    outer.setblocking(False)
    poll = select.poll()
    for one in (inner, outer, end):
        poll.register(one, select.POLLIN)
    while True:
        ready = {fd for fd, _ in poll.poll()}
        if end in ready:
            return
        with contextlib.suppress(OSError):
            if inner.fileno() in ready:
                outer.send(inner.recv(LONGEST_FRAME_BYTES))
        with contextlib.suppress(OSError):
            if outer.fileno() in ready:
                inner.send(whole(*outer.recvmsg(LONGEST_FRAME_BYTES, socket.CMSG_SPACE(AUXDATA.size))[:2]))


def whole(frame: bytes, beside: list[tuple[int, int, bytes]]) -> bytes:
    """Return *frame* with its VLAN tag, which the kernel hands over *beside* it (packet(7), PACKET_AUXDATA)."""
    for level, kind, data in beside:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, *_, tag, protocol = AUXDATA.unpack_from(data)
            if status & HAS_TAG:
                header = struct.pack("!HH", protocol if status & HAS_PROTOCOL else VLAN, tag)
                return frame[:MAC_ADDRESSES_BYTES] + header + frame[MAC_ADDRESSES_BYTES:]
    return frame


if __name__ == "__main__":
    main()
