"""What a lab should contain, as kept in ``lab.json`` of its run folder.

Here: the values, reading and writing them. Not here: making it so (supervisor.py).
"""

import os
import re
from pathlib import Path

import msgspec

from neutrino.stack.fault import StackFault
from neutrino.stack.localconf.settings import Settings

FILE = "lab.json"
NAMESPACE, MACHINE = IMAGES = ("ns", "vm")
"""What an instance is: a network namespace, or a virtual machine."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
"""Names of instances: they are those of namespaces, folders and hosts of DNS too."""
PLACES = re.compile(r"h[0-9]+|central|outside")
"""Names that mean other places of a lab."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """An instance: a network namespace with one port, or a machine on that port. Addresses are ``ADDRESS/PREFIX``."""

    name: str
    port_id: str
    mac: str
    host: str
    network_id: str
    device_id: str
    mtu: int = 1442
    addresses: tuple[str, ...] = ()
    gateway: str = ""
    dhcp: bool = True
    image: str = NAMESPACE

    @property
    def tap(self) -> str:
        """The device on the host, named as Nova and os-vif do."""
        return f"tap{self.port_id[:11]}"

    @property
    def network(self) -> str:
        """The network namespace."""
        return f"i-{self.name}"


class HostOptions(msgspec.Struct):
    """What a host is for.

    *zone* is its availability zone, '' for none; *gateway* whether gateways may be there, None for what local.conf
    says; *drained* whether they were taken away for a while.
    """

    zone: str = ""
    gateway: bool | None = None
    drained: bool = False


class Desired(msgspec.Struct, kw_only=True):
    """The whole of a lab: what ``up`` makes again after ``down`` or a reboot."""

    hosts: list[str] = []
    host_options: dict[str, HostOptions] = {}  # by host; those that are not here are like any other
    api_port: int = 0
    datapath: str = "auto"
    auth: str = "noauth"  # or "keystone"
    identity_port: int = 0
    networking: Settings = Settings(neutron_create_initial_networks=False)
    settings: str = ""  # more of the API's and the controller's configuration
    instances: list[Instance] = []
    outside: tuple[str, ...] = ()  # addresses of the namespace on the provider fabric; without any, there is none
    outside_routes: tuple[tuple[str, str], ...] = ()  # its routes: prefix, next hop

    def options(self, host: str) -> HostOptions:
        """Return the options of *host*, to read and to change."""
        return self.host_options.setdefault(host, HostOptions())

    def instance(self, name: str) -> Instance | None:
        """Return the instance *name*, or None."""
        return next((instance for instance in self.instances if instance.name == name), None)


def load(run: Path) -> Desired:
    """Return what *run* says, or an empty lab when it says nothing yet; raises StackFault when it may not be read."""
    try:
        return msgspec.json.decode((run / FILE).read_bytes(), type=Desired)
    except (FileNotFoundError, NotADirectoryError):
        return Desired()
    except PermissionError as error:
        raise foreign(run) from error


def foreign(run: Path) -> StackFault:
    """Return what to say of a run folder that others made."""
    return StackFault(f"{run} is another user's run folder: choose another with --dir")


def save(run: Path, desired: Desired) -> None:
    """Replace the file at once: a reader sees the old or the new."""
    fresh = run / f".{FILE}.{os.getpid()}"
    fresh.touch(0o600)  # settings may hold a database's password
    with fresh.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(desired)))
        file.flush()
        os.fsync(file.fileno())  # after a power cut, too: some file systems would keep the name and lose the content
    fresh.replace(run / FILE)
