"""One real packet, sent or seen: ``python -m neutrino.stack.probe``, started inside a namespace of the lab.

Here: sending, watching a device, pinging; the answer is JSON. Not here: choosing the namespace (inquiry.py). Nothing of
the rest is imported, so that it starts at once.
"""

import errno
import json
import os
import select
import socket
import struct
import sys
import time

TRIES = 5
EVERY_S = 0.3
CONNECT_S = 1.5
"""One second after the first, Linux sends a second SYN (RFC 6298): the first may be lost to a neighbour's look-up."""
ECHO = {4: (8, 0), 6: (128, 129)}
"""Request and reply type (RFC 792, RFC 4443)."""
ETHERTYPES = {0x0800: 4, 0x86DD: 6}
PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmp"}
PING_EVERY_S = 0.2
ANSWER_WITHIN_S = 1.0


def version(address: str) -> int:
    """Return the IP version of *address*."""
    return 6 if ":" in address else 4


def send(protocol: str, address: str, port: int, source_port: int, token: bytes) -> dict[str, object]:
    """Send until something is heard; return whether it was *sent*, the *answer*, and the *trouble*."""
    try:
        if protocol == "tcp":
            return {"sent": True, "answer": _connect(address, port, source_port)}
        if protocol == "udp":
            return {"sent": True, "answer": _exchange(address, port, source_port, token)}
        heard = any(_echo(address, number, token, EVERY_S) is not None for number in range(TRIES))
        return {"sent": True, "answer": "reply" if heard else ""}
    except OSError as error:
        return {"sent": False, "answer": "", "trouble": f"{error.strerror or error}"}


def _connect(address: str, port: int, source_port: int) -> str:
    family = socket.AF_INET6 if version(address) == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stream.bind(("", source_port))
        stream.settimeout(CONNECT_S)
        try:
            stream.connect((address, port))
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return ""
        except OSError as error:
            if error.errno == errno.EHOSTUNREACH:  # nobody answers ARP, or ICMP said so
                return "unreachable"
            raise
        return "connected"


def _exchange(address: str, port: int, source_port: int, token: bytes) -> str:
    family = socket.AF_INET6 if version(address) == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("", source_port))
        datagrams.connect((address, port))
        for _ in range(TRIES):
            try:
                datagrams.send(token)
                if select.select([datagrams], [], [], EVERY_S)[0]:
                    datagrams.recv(65535)
                    return "reply"
            except ConnectionRefusedError:
                return "refused"
            except OSError as error:
                if error.errno == errno.EHOSTUNREACH:
                    return "unreachable"
                raise
    return ""


def _echo(address: str, number: int, token: bytes, within_s: float) -> float | None:
    """Send an echo request; return after how many seconds it was answered, or None."""
    kind = version(address)
    family, protocol = (socket.AF_INET6, 58) if kind == 6 else (socket.AF_INET, 1)
    request, reply = ECHO[kind]
    with socket.socket(family, socket.SOCK_RAW, protocol) as raw:
        raw.connect((address, 0))
        body = struct.pack("!HH", os.getpid() & 0xFFFF, number) + token
        whole = struct.pack("!BBH", request, 0, 0) + body
        if kind == 4:  # the kernel fills in ICMPv6's
            whole = struct.pack("!BBH", request, 0, _checksum(whole)) + body
        began = time.monotonic()
        raw.send(whole)
        while (left := began + within_s - time.monotonic()) > 0:
            if not select.select([raw], [], [], left)[0]:
                return None
            said = raw.recv(65535)
            said = said[(said[0] & 15) * 4 :] if kind == 4 else said
            if said[0] == reply and said[8:] == token and said[6:8] == body[2:4]:
                return time.monotonic() - began
    return None


def _checksum(data: bytes) -> int:
    """Return the internet checksum (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ping(address: str, count: int) -> dict[str, object]:
    """Send *count* echo requests; return the round-trip times in ms, None for each that was lost, and the trouble."""
    token = os.urandom(16)
    times: list[float | None] = []
    for number in range(count):
        began = time.monotonic()
        try:
            took_s = _echo(address, number, token, ANSWER_WITHIN_S)
        except OSError as error:
            return {"times_ms": times + [None] * (count - number), "trouble": error.strerror or str(error)}
        times.append(None if took_s is None else took_s * 1000)
        if number < count - 1:
            time.sleep(max(0.0, began + PING_EVERY_S - time.monotonic()))
    return {"times_ms": times, "trouble": ""}


def watch(device: str, protocol: str, port: int, source_port: int, token: bytes) -> None:
    """Print ``ready``, then from where the packet came, once it passes *device*."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:  # ETH_P_ALL
        raw.bind((device, 0))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            seen = _source(raw.recv(65535), protocol, port, source_port, token)
            if seen:
                sys.stdout.write(f"{seen}\n")
                sys.stdout.flush()
                return


def _source(frame: bytes, protocol: str, port: int, source_port: int, token: bytes) -> str:
    """Return the source address if *frame* is the packet, else nothing."""
    kind = ETHERTYPES.get(int.from_bytes(frame[12:14], "big"))
    if kind is None:
        return ""
    begin = 14 + ((frame[14] & 15) * 4 if kind == 4 else 40)
    number = frame[23] if kind == 4 else frame[20]
    if PROTOCOLS.get(number) != protocol:
        return ""
    source = socket.inet_ntop(*((socket.AF_INET, frame[26:30]) if kind == 4 else (socket.AF_INET6, frame[22:38])))
    if protocol == "icmp":
        return source if frame[begin] == ECHO[kind][0] and token in frame[begin:] else ""
    ports = struct.unpack("!HH", frame[begin : begin + 4])
    if protocol == "udp":
        return source if ports[1] == port and token in frame[begin:] else ""
    return source if ports == (source_port, port) else ""


def main() -> None:
    """Do what the words say."""
    match sys.argv[1:]:
        case ["send", protocol, address, port, source_port, token]:
            said = send(protocol, address, int(port), int(source_port), bytes.fromhex(token))
            sys.stdout.write(json.dumps(said) + "\n")
        case ["ping", address, count]:
            sys.stdout.write(json.dumps(ping(address, int(count))) + "\n")
        case ["watch", device, protocol, port, source_port, token]:
            watch(device, protocol, int(port), int(source_port), bytes.fromhex(token))
        case words:
            sys.exit(f"probe: not understood: {words}")


if __name__ == "__main__":
    main()
