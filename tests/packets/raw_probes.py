"""Probes of what no ordinary socket says: DHCPv6, ICMP types, protocols by number, multicast, tagged frames.

They run inside an instance like those of probes.py. Standard library only.
"""

import contextlib
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WAIT_S = 1.0
AUXDATA = (263, 8)  # SOL_PACKET, PACKET_AUXDATA: the tag of what comes is told beside the frame (packet(7))
SOLICIT, REQUEST, INFORMATION = 1, 3, 11  # DHCPv6 (RFC 8415)
CLIENT, SERVER, IA_NA, IA_ADDR, WANTED, RESOLVERS, DOMAINS = 1, 2, 3, 5, 6, 23, 24
USER_CLASS, BOOT_FILE = 15, 59  # OVN tells of files to boot only who is iPXE
SOLICITATION, ADVERTISEMENT = 133, 134  # RFC 4861, and the options of the second: there, and RFC 4191, 8106
RA_MTU, RA_ROUTE, RA_RESOLVER, RA_DOMAIN = 5, 24, 25, 31
BFD, BFD_DOWN, BFD_INIT, BFD_UP = 3784, 1, 2, 3
ECHO, TIMESTAMP = 8, 13  # RFC 792


def dhcp6(interface: str, kind: str) -> bool:
    """Ask by DHCPv6 for an address (*kind* ``address``) or for information only; print what is told, one a line."""
    mac = bytes.fromhex(Path(f"/sys/class/net/{interface}/address").read_text().strip().replace(":", ""))
    ours = (
        _option(USER_CLASS, b"\0\4iPXE")
        + _option(CLIENT, b"\0\3\0\1" + mac)
        + _option(WANTED, struct.pack("!3H", RESOLVERS, DOMAINS, BOOT_FILE))
    )
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as channel:
        channel.bind(("::", 546))
        channel.settimeout(WAIT_S)
        there = ("ff02::1:2", 547, 0, socket.if_nametoindex(interface))

        def asked(message: int, options: bytes) -> dict[int, bytes]:
            channel.sendto(struct.pack("!I", message << 24 | 7) + options, there)
            return dict(_options(channel.recv(2000)[4:]))

        try:
            if kind == "address":
                offer = asked(SOLICIT, ours + _option(IA_NA, mac[:4] + bytes(8)))
                told = asked(REQUEST, ours + _option(SERVER, offer[SERVER]) + _option(IA_NA, offer[IA_NA]))
                inner = dict(_options(told[IA_NA][12:]))
                print(socket.inet_ntop(socket.AF_INET6, inner[IA_ADDR][:16]))  # noqa: T201
            else:
                told = asked(INFORMATION, ours)
        except TimeoutError:
            return False
    servers = told.get(RESOLVERS, b"")
    for begin in range(0, len(servers), 16):
        print(socket.inet_ntop(socket.AF_INET6, servers[begin : begin + 16]))  # noqa: T201
    print(told.get(BOOT_FILE, b"").decode())  # noqa: T201
    return True


def advertisement(interface: str) -> bool:
    """Ask the router for its advertisement (RFC 4861); print what it tells besides prefixes: ``resolver fd00::1``."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as channel:
        channel.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        channel.settimeout(WAIT_S)
        channel.sendto(bytes((SOLICITATION, 0, 0, 0, 0, 0, 0, 0)), ("ff02::2", 0, 0, socket.if_nametoindex(interface)))
        told = b""
        try:
            while told[:1] != bytes((ADVERTISEMENT,)):
                told = channel.recv(2000)
        except TimeoutError:
            return False
    begin = 16
    while begin < len(told):
        kind, length = told[begin], told[begin + 1] * 8
        value = told[begin + 2 : begin + length]
        if kind == RA_MTU:
            print("mtu", struct.unpack_from("!I", value, 2)[0])  # noqa: T201
        elif kind == RA_RESOLVER:
            print("resolver", socket.inet_ntop(socket.AF_INET6, value[6:22]))  # noqa: T201
        elif kind == RA_DOMAIN:
            print("domain", _labels(value[6:]))  # noqa: T201
        elif kind == RA_ROUTE:
            print("route", socket.inet_ntop(socket.AF_INET6, value[6:].ljust(16, b"\0")), value[0])  # noqa: T201
        begin += length
    return True


def _labels(data: bytes) -> str:
    """Return the first name of *data* (RFC 1035, section 3.1)."""
    labels = []
    while data[:1] not in (b"", b"\0"):
        labels.append(data[1 : 1 + data[0]].decode())
        data = data[1 + data[0] :]
    return ".".join(labels)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("!HH", code, len(value)) + value


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        code, length = struct.unpack_from("!HH", data)
        yield code, data[4 : 4 + length]
        data = data[4 + length :]


def icmp(address: str, kind: str) -> bool:
    """Send an ICMP request of type *kind* (8: echo, 13: timestamp), and wait for its answer."""
    body = struct.pack("!BBHHH", int(kind), 0, 0, os.getpid() & 0xFFFF, 1) + bytes(12)
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as channel:
        channel.settimeout(WAIT_S)
        channel.connect((address, 0))
        return _answered(channel, body, lambda packet: packet[20] == {ECHO: 0, TIMESTAMP: 14}[int(kind)])


def protocol(address: str, number: str) -> bool:
    """Send a packet of the IP protocol *number* to where `mirror` runs, and wait until it comes back."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, int(number)) as channel:
        channel.settimeout(WAIT_S)
        channel.connect((address, 0))
        return _answered(channel, b"hello", lambda packet: packet[20:] == b"hello")


def _answered(channel: socket.socket, body: bytes, is_answer: Callable[[bytes], bool]) -> bool:
    until = time.monotonic() + WAIT_S
    try:
        channel.send(body)
        while time.monotonic() < until:
            if is_answer(channel.recv(2000)):
                return True
    except OSError:
        pass
    return False


def watch(address: str) -> bool:
    """Answer BFD sessions (RFC 5880, 5881) with *address* until the input ends."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hears,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as says,
    ):
        hears.bind((address, BFD))
        says.bind((address, 50000))
        says.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)

        def sessions() -> None:
            while True:
                packet, there = hears.recvfrom(100)
                state, asks = packet[1] >> 6, packet[1] & 0x20
                ours = BFD_INIT if state == BFD_DOWN else BFD_UP
                told = struct.pack("!BBBBI", 1 << 5, ours << 6 | asks >> 1, 3, 24, 7) + packet[4:8]
                says.sendto(told + struct.pack("!III", 10**6, 10**6, 0), (there[0], BFD))

        _until_input_ends(sessions)
    return True


def mirror(number: str) -> bool:
    """Send packets of the IP protocol *number* back until the input ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, int(number)) as channel:

        def packets() -> None:
            while True:
                packet, sender = channel.recvfrom(2000)
                channel.sendto(packet[20:], sender)

        _until_input_ends(packets)
    return True


def listen(group: str, port: str) -> bool:
    """Answer, from our own address, what is sent to a multicast group, until the input ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind((group, int(port)))
        here = struct.pack("4si", socket.inet_aton(group), 0)
        with contextlib.suppress(OSError):
            channel.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, here)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answers:

            def packets() -> None:
                while True:
                    answers.sendto(*channel.recvfrom(100))

            _until_input_ends(packets)
    return True


def overhears(interface: str, group: str, port: str) -> bool:
    """Wait for a datagram to a multicast group that we have not joined."""
    until = time.monotonic() + 3 * WAIT_S
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as wire:
        wire.bind((interface, 0x0800))
        wire.settimeout(WAIT_S)
        wanted = socket.inet_aton(group), struct.pack("!H", int(port))
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                frame = wire.recv(2000)
                if (frame[30:34], frame[36:38]) == wanted:
                    return True
    return False


def call(group: str, port: str, *expected: str) -> bool:
    """Say whether those at the addresses *expected*, and nobody else, answer what we send to a multicast group."""
    heard = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        channel.settimeout(WAIT_S / 2)
        channel.sendto(b"who", (group, int(port)))
        with contextlib.suppress(TimeoutError):
            while True:
                heard.add(channel.recvfrom(100)[1][0])
    return heard == set(expected)


def echo_tagged(interface: str) -> bool:
    """Answer echo requests in VLANs, each in its own, until the input ends; the kernel need know of no VLANs."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:  # ETH_P_ALL
        wire.bind((interface, 3))
        wire.setsockopt(*AUXDATA, 1)

        def packets() -> None:
            while True:
                frame, beside, _, origin = wire.recvmsg(2000, 100)
                tag = next((struct.unpack_from("=H", data, 16)[0] & 0xFFF for at, _, data in beside if at == 263), 0)
                is_request = frame[12:14] == b"\x08\x00" and frame[23] == 1 and frame[34] == ECHO
                if tag and is_request and origin[2] != socket.PACKET_OUTGOING:
                    echo = b"\0\0\0\0" + frame[38:]
                    echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
                    head = frame[14:26] + frame[30:34] + frame[26:30]
                    wire.send(frame[6:12] + frame[:6] + struct.pack("!HH", 0x8100, tag) + b"\x08\x00" + head + echo)

        _until_input_ends(packets)
    return True


def sees_tag(interface: str, kind: str, vlan: str) -> bool:
    """Wait for a frame whose first tag is of this kind (``88a8`` for 802.1ad) and VLAN."""
    until = time.monotonic() + 5 * WAIT_S
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:  # ETH_P_ALL
        wire.bind((interface, 3))
        wire.setsockopt(*AUXDATA, 1)
        wire.settimeout(WAIT_S)
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                _, beside, _, _ = wire.recvmsg(2000, 100)
                tags = [struct.unpack_from("=HH", data, 16) for level, _, data in beside if level == AUXDATA[0]]
                if (int(vlan), int(kind, 16)) in [(tci & 0xFFF, tpid) for tci, tpid in tags]:
                    return True
    return False


def _until_input_ends(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
