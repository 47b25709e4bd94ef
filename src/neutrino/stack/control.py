"""The control protocol between a lab's supervisor and its clients.

One JSON line asks, one answers, on a unix socket that only the owner can open. Here: the messages and the client.
Not here: what the supervisor does with them.
"""

import contextlib
import socket
import struct
from pathlib import Path

import msgspec

from neutrino.linux import namespace
from neutrino.stack.fault import StackFault
from neutrino.stack.service import ServiceStatus
from neutrino.stack.state import Instance, foreign

NOT_RUNNING = "the lab is not running: `./stack up` starts it"


class Status(msgspec.Struct, tag=True):
    """Ask what runs; answered after a probe of each service."""


class Wait(msgspec.Struct, tag=True):
    """Ask to be answered when these services (none: all) are ready."""

    services: list[str] = []
    timeout_s: float = 60.0


class Plug(msgspec.Struct, tag=True):
    """Make this instance and keep it; answered when its port has flows and, with DHCP, its address."""

    instance: Instance


class Unplug(msgspec.Struct, tag=True):
    """Remove this instance."""

    name: str


class AddHost(msgspec.Struct, tag=True):
    """Add this host, or start what does not run of it; the options are of a host that is not there yet."""

    name: str
    zone: str = ""
    gateway: bool | None = None


class KillHost(msgspec.Struct, tag=True):
    """End all of this host's daemons at once, as a power cut does; they stay away until it is added again."""

    name: str


class DrainHost(msgspec.Struct, tag=True):
    """Take gateways away from this host, or with *undo* let it have them again; answered when OVN was told."""

    name: str
    undo: bool = False


class RemoveHost(msgspec.Struct, tag=True):
    """Remove this host; its instances must be gone."""

    name: str


class Outside(msgspec.Struct, tag=True):
    """Make the provider fabric and the namespace ``outside`` with these addresses and routes, and keep them."""

    addresses: tuple[str, ...]
    routes: tuple[tuple[str, str], ...] = ()


class Signal(msgspec.Struct, tag=True):
    """Send a signal to a service's process."""

    service: str
    number: int


class Restart(msgspec.Struct, tag=True):
    """Restart a service; answered when it is ready again."""

    service: str


class Stop(msgspec.Struct, tag=True):
    """End the lab."""


HostRequest = AddHost | KillHost | DrainHost | RemoveHost
Request = Status | Wait | Plug | Unplug | HostRequest | Outside | Signal | Restart | Stop


class InstanceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An instance, and the address that its DHCP client got (``ADDRESS/PREFIX``) or was given."""

    instance: Instance
    address: str = ""


class Reply(msgspec.Struct, kw_only=True):
    """The answer to any request: *error* is one sentence, or nothing when it was done."""

    error: str = ""
    services: list[ServiceStatus] = []
    instances: list[InstanceStatus] = []
    hosts: list[str] = []
    desired_hosts: list[str] = []
    api_port: int = 0
    datapath: str = ""
    programs: str = ""
    pid: int = 0


class Client:
    """Speaks to the supervisor that listens on *path*; each call is one connection."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def supervisor(self) -> int:
        """Return the supervisor's pid as seen here, 0 when none listens; raises StackFault where another's does."""
        with contextlib.suppress(OSError), self._connected() as channel:
            credentials = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            pid: int = struct.unpack("3i", credentials)[0]
            return pid
        return 0

    def ask(self, request: Request, timeout_s: float = 90.0) -> Reply:
        """Return the answer to *request*; raises StackFault when nobody answers or the answer is an error."""
        try:
            with self._connected() as channel, channel.makefile("rwb") as stream:
                channel.settimeout(timeout_s)
                stream.write(msgspec.json.encode(request) + b"\n")
                stream.flush()
                line = stream.readline()
        except TimeoutError as error:
            raise StackFault(f"no answer within {timeout_s:.0f} s: look at `./stack logs supervisor`") from error
        except OSError as error:
            raise StackFault(NOT_RUNNING) from error
        if not line:
            raise StackFault("the lab ended while it was asked: `./stack up` starts it again")
        reply = msgspec.json.decode(line, type=Reply)
        if reply.error:
            raise StackFault(reply.error)
        return reply

    def status(self) -> Reply:
        """Return what runs, with process ids as seen here."""
        reply = self.ask(Status())
        reply.pid = self.supervisor()
        outer = namespace.outer_pids(reply.pid)
        reply.services = [msgspec.structs.replace(one, pid=outer.get(one.pid, 0)) for one in reply.services]
        return reply

    def _connected(self) -> socket.socket:
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            channel.connect(str(self._path))
        except OSError as error:
            channel.close()
            if isinstance(error, PermissionError):
                raise foreign(self._path.parent) from error
            raise
        return channel


def remove_stale(path: Path) -> None:
    """Take away a socket that nobody listens on."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
