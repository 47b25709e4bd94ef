"""What runs inside an instance: small probes that end with 0 (answered) or 1 (not).

Standard library only, except that DNS is spoken by dnspython. Here: what ordinary sockets can say. Those that make
packets themselves are in raw_probes.py, and start from here too.
"""

import contextlib
import errno
import http.client
import itertools
import os
import socket
import struct
import sys
import threading
import time

import raw_probes

WAIT_S = 1.0
ASK_EVERY_S = 0.01


def connect(address: str, port: str) -> bool:
    """Send bytes over TCP and get them back."""
    try:
        with socket.create_connection((address, int(port)), timeout=WAIT_S) as stream:
            stream.sendall(b"hello")
            return stream.recv(5) == b"hello"
    except OSError:
        return False


def serve(port: str) -> bool:
    """Send back what comes, over TCP and UDP, IPv4 and IPv6, until the input ends."""
    listener = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=16)
    datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    datagrams.bind(("::", int(port)))

    def streams() -> None:
        while True:
            stream, _ = listener.accept()
            threading.Thread(target=_echo, args=(stream,), daemon=True).start()

    def packets() -> None:
        while True:
            data, sender = datagrams.recvfrom(2000)
            datagrams.sendto(data, sender)

    for work in (streams, packets):
        threading.Thread(target=work, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    return True


def _echo(stream: socket.socket) -> None:
    with stream:
        while data := stream.recv(2000):
            stream.sendall(data)


def fetch(address: str, path: str, *headers: str) -> bool:
    """Print what a GET at *address* answers: the body, or the status where it is not 200."""
    connection = http.client.HTTPConnection(address, 80, timeout=WAIT_S)
    try:
        connection.request("GET", path, headers=dict(header.split("=", 1) for header in headers))
        answer = connection.getresponse()
        print(answer.read().decode() if answer.status == 200 else answer.status)  # noqa: T201
    except (OSError, http.client.HTTPException):
        return False
    return True


def ask(address: str, port: str) -> bool:
    """Send a datagram every 10 ms to an echo server until the input ends; print for how many ms at most none came back.

    Silence lasts from the sending of the first that is lost to that of the next that is answered.
    """
    sent: list[float] = []
    answered: set[int] = set()
    over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:

        def hear() -> None:
            while True:
                with contextlib.suppress(OSError):
                    (number,) = struct.unpack("!I", channel.recv(100))
                    if not answered:
                        print("ready", flush=True)  # noqa: T201
                    answered.add(number)

        def wait_for_end() -> None:
            sys.stdin.read()
            over.set()

        channel.bind(("", 0))
        for work in (hear, wait_for_end):
            threading.Thread(target=work, daemon=True).start()
        begin = time.monotonic()
        while not over.is_set():
            with contextlib.suppress(OSError):
                channel.sendto(struct.pack("!I", len(sent)), (address, int(port)))
            sent.append(time.monotonic())
            time.sleep(max(0.0, begin + len(sent) * ASK_EVERY_S - time.monotonic()))
        time.sleep(WAIT_S)
        heard = sorted(answered)
        silences = (sent[after] - sent[before + 1] for before, after in itertools.pairwise(heard) if after > before + 1)
        print(round(max(silences, default=0.0) * 1000), flush=True)  # noqa: T201
        os._exit(0)


def reflect(port: str) -> bool:
    """Answer each UDP datagram with the address that it came from, until the input ends."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("", int(port)))

    def packets() -> None:
        while True:
            _, sender = datagrams.recvfrom(2000)
            datagrams.sendto(sender[0].encode(), sender)

    threading.Thread(target=packets, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    return True


def seen_as(address: str, port: str, expected: str) -> bool:
    """Ask a reflector which address our datagram came from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(WAIT_S)
        try:
            channel.sendto(b"who", (address, int(port)))
            return channel.recv(100).decode() == expected
        except OSError:
            return False


def count(port: str) -> bool:
    """Count what comes over UDP; tell those who ask (``?``) how many bytes came and how the last was marked."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    datagrams.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    datagrams.bind(("", int(port)))

    def packets() -> None:
        bytes_seen = 0
        while True:
            data, extra, _, sender = datagrams.recvmsg(2000, 100)
            bytes_seen += len(data)
            if data == b"?":
                (tos,) = (value[0] for level, _, value in extra if level == socket.IPPROTO_IP)
                datagrams.sendto(f"{bytes_seen} {tos >> 2}".encode(), sender)  # DSCP: six bits of eight, RFC 2474

    threading.Thread(target=packets, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    return True


def _counted(channel: socket.socket) -> tuple[int, int]:
    """Ask a counter how many bytes it saw, and how we are marked; our question may be lost."""
    for _ in range(20):
        with contextlib.suppress(OSError):
            channel.send(b"?")
            seen, dscp = channel.recv(100).split()
            return int(seen), int(dscp)
    return 0, -1


def is_marked(address: str, port: str, dscp: str) -> bool:
    """Say whether our datagrams reach a counter with this mark."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(WAIT_S)
        channel.connect((address, int(port)))
        return _counted(channel)[1] == int(dscp)


def flood(address: str, port: str, least_kbps: str, most_kbps: str) -> bool:
    """Send 8 Mbit/s for two seconds, and say whether what reached a counter is in the range."""
    size, gap_s, seconds = 1000, 0.001, 2.0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(0.3)
        channel.connect((address, int(port)))
        before, _ = _counted(channel)
        began = time.monotonic()
        sent = 0
        while (now_s := time.monotonic() - began) < seconds:
            while sent * gap_s < now_s:
                channel.send(bytes(size))
                sent += 1
            time.sleep(gap_s)
        rate_kbps = (_counted(channel)[0] - before) * 8 / 1000 / seconds
        print(f"{sent * size * 8 / 1000 / seconds:.0f} kbit/s sent, {rate_kbps:.0f} seen", file=sys.stderr)  # noqa: T201
        return int(least_kbps) <= rate_kbps <= int(most_kbps)


def expires(address: str) -> bool:
    """Send a datagram that may pass no router, and be told that it ended at one (RFC 792, time exceeded)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(WAIT_S)
        channel.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
        channel.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        channel.connect((address, 33434))
        try:
            channel.send(b"hello")
            channel.recv(100)
        except TimeoutError:
            return False
        except OSError as error:
            return error.errno == errno.EHOSTUNREACH
        return False


def datagram(address: str, port: str) -> bool:
    """Send a UDP datagram and get it back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as channel:
        channel.settimeout(WAIT_S)
        try:
            channel.sendto(b"hello", (address, int(port)))
            return channel.recv(5) == b"hello"
        except OSError:
            return False


def path_mtu(address: str) -> bool:
    """Send a datagram as large as our link takes, and print the MTU that the path then has (RFC 1191, RFC 8201)."""
    is_6 = ":" in address
    family, level = (socket.AF_INET6, socket.IPPROTO_IPV6) if is_6 else (socket.AF_INET, socket.IPPROTO_IP)
    discover, known, headers = (23, 24, 48) if is_6 else (10, 14, 28)  # IP_MTU_DISCOVER, IP_MTU; linux/in.h, in6.h
    with socket.socket(family, socket.SOCK_DGRAM) as channel:
        channel.settimeout(WAIT_S)
        channel.setsockopt(level, discover, 2)  # IP_PMTUDISC_DO
        channel.connect((address, 9))
        try:
            channel.send(bytes(channel.getsockopt(level, known) - headers))
            channel.recv(1)
        except OSError:
            print(channel.getsockopt(level, known))  # noqa: T201
            return True
    return False


def carry(address: str, port: str) -> bool:
    """Send many full segments over TCP and get them back."""
    sent = bytes(100_000)
    with socket.create_connection((address, int(port)), timeout=WAIT_S) as connection:
        connection.settimeout(10 * WAIT_S)
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        left = len(sent)
        try:
            while left and (got := connection.recv(65536)):
                left -= len(got)
        except OSError:
            return False
        return left == 0


def stream(address: str, port: str) -> bool:
    """Keep one TCP connection and say after each exchange whether it was answered; end with the input."""
    with socket.create_connection((address, int(port)), timeout=WAIT_S) as connection:
        for _ in sys.stdin:
            try:
                connection.sendall(b"hello")
                answered = connection.recv(5) == b"hello"
            except OSError:
                answered = False
            print("yes" if answered else "no", flush=True)  # noqa: T201
    return True


def tick(port: str) -> bool:
    """Send datagrams to whoever has sent one, every 20 ms, until the input ends."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("", int(port)))

    def packets() -> None:
        _, asker = datagrams.recvfrom(100)
        while True:
            with contextlib.suppress(OSError):
                datagrams.sendto(b"tick", asker)
            time.sleep(2 * ASK_EVERY_S)

    threading.Thread(target=packets, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    return True


def hear(address: str, port: str) -> bool:
    """Send one datagram to what ticks, then say for each line of the input whether any came within 200 ms after it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.connect((address, int(port)))
        channel.send(b"begin")
        for _ in sys.stdin:
            channel.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while channel.recv(100):
                    pass  # what has come until now
            channel.settimeout(20 * ASK_EVERY_S)
            try:
                heard = bool(channel.recv(100))
            except OSError:
                heard = False
            print("yes" if heard else "no", flush=True)  # noqa: T201
    return True


def arp(interface: str, source_mac: str, source_ip: str, target_ip: str) -> bool:
    """Send an ARP request from any MAC and IP, and wait for its answer (RFC 826)."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as wire:
        wire.bind((interface, 0x0806))
        mac = bytes.fromhex(source_mac.replace(":", ""))
        addresses = mac + socket.inet_aton(source_ip) + bytes(6) + socket.inet_aton(target_ip)
        wire.send(b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + addresses)
        wire.settimeout(WAIT_S)
        try:
            while True:
                frame = wire.recv(100)
                if frame[20:22] == b"\x00\x02" and frame[28:32] == socket.inet_aton(target_ip):
                    return True
        except TimeoutError:
            return False


def resolve(resolver: str, *questions: str) -> bool:
    """Ask for names, each ``NAME TYPE HOW PAYLOAD``: over ``udp`` or ``tcp``, with EDNS of that payload or 0 for none.

    All at once; print a line for each: code and flags, and what was found, parted by ``|``. An empty one: no answer.
    """
    answers = dict.fromkeys(range(len(questions)), "")

    def ask(number: int) -> None:
        answers[number] = _resolved(resolver, *questions[number].split())

    asking = [threading.Thread(target=ask, args=(number,)) for number in answers]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    print("\n".join(answers.values()))  # noqa: T201
    return True


def _resolved(resolver: str, name: str, kind: str, how: str, payload: str) -> str:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode

    question = dns.message.make_query(name, kind, use_edns=0 if int(payload) else False, payload=int(payload))
    try:
        said = {"udp": dns.query.udp, "tcp": dns.query.tcp}[how](question, resolver, timeout=2 * WAIT_S)
    except (OSError, dns.exception.DNSException):
        return ""
    edns = f" edns={said.payload}" if said.edns >= 0 else ""
    found = sorted(str(item) for one in said.answer for item in one)
    return "|".join([f"{dns.rcode.to_text(said.rcode())} {dns.flags.to_text(said.flags)}{edns}", *found])


def say_where(interface: str, mac: str) -> bool:
    """When the input ends, say to all by RARP (RFC 903) where a MAC address is, as QEMU does when a machine goes on."""
    own = bytes.fromhex(mac.replace(":", ""))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((interface, 0))
        body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 3) + (own + bytes(4)) * 2
        print("ready", flush=True)  # noqa: T201
        sys.stdin.read()
        wire.send(b"\xff" * 6 + own + struct.pack("!H", 0x8035) + body + bytes(18))
    return True


def tagged_ping(interface: str, vlan: str, source: str, target: str) -> bool:
    """Send an echo request in a VLAN, and wait for the answer in it; *source* and *target* are MAC,address.

    The kernel need know of no VLANs: it tells of the tag of what comes beside the frame (packet(7), PACKET_AUXDATA).
    """
    source_mac, source_ip, target_mac, target_ip = (*source.split(","), *target.split(","))
    macs = bytes.fromhex((target_mac + source_mac).replace(":", ""))
    body = struct.pack("!BBHHH", 8, 0, 0, 7, int(vlan)) + b"hello"
    echo = body[:2] + struct.pack("!H", raw_probes.checksum(body)) + body[4:]
    addresses = socket.inet_aton(source_ip) + socket.inet_aton(target_ip)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(echo), 1, 0, 64, 1, 0)
    head = head[:10] + struct.pack("!H", raw_probes.checksum(head + addresses)) + addresses
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:  # ETH_P_ALL
        wire.bind((interface, 3))
        wire.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA
        wire.settimeout(WAIT_S)
        wire.send(macs + struct.pack("!HHH", 0x8100, int(vlan), 0x0800) + head + echo)
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            try:
                frame, beside, _, _ = wire.recvmsg(2000, 100)
            except TimeoutError:
                return False
            tags = [struct.unpack_from("=H", data, 16)[0] & 0xFFF for level, _, data in beside if level == 263]
            if tags == [int(vlan)] and frame[12:14] == b"\x08\x00" and frame[23] == 1 and frame[34] == 0:
                return frame[26:30] == socket.inet_aton(target_ip)
    return False


if __name__ == "__main__":
    sys.exit(0 if (vars(raw_probes) | globals())[sys.argv[1]](*sys.argv[2:]) else 1)
