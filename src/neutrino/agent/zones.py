"""What the host's resolver is told: the networks whose instances it answers, their names, and whom it asks further.

The agent writes it to a file, whole, and says so by a datagram; the resolver, a process of its own, reads it. Here: its
shape, writing and reading it. Not here: answering (`answers`), asking further (`forwarding`), sockets (`listeners`).
"""

import contextlib
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from neutrino.agent import files

PORT = 53


class Zone(msgspec.Struct, frozen=True):
    """A network: the namespace that its instances ask in, their prefixes, and its names.

    ``names`` are as OVN has them (ovn-sb(5), DNS): to a name belong its addresses, to a reverse name a name.
    """

    namespace: str
    prefixes: tuple[str, ...]
    names: dict[str, str]


class Zones(msgspec.Struct, frozen=True):
    """All networks by id, and the resolvers that know the rest: none for those of the host's resolv.conf."""

    further: tuple[str, ...] = ()
    networks: dict[str, Zone] = {}


def file_of(folder: Path) -> Path:
    """Return the file, in a folder of the agent's own."""
    return folder / "zones.json"


def bell_of(folder: Path) -> Path:
    """Return the socket on which the resolver hears that there is something new."""
    return folder / "zones.wake"


def read(folder: Path) -> Zones:
    """Return what the resolver is told; raises OSError and msgspec.MsgspecError."""
    return msgspec.json.decode(file_of(folder).read_bytes(), type=Zones)


class Telling:
    """The agent's side. What the resolver was told already is not written again."""

    def __init__(self, folder: Path, further: Sequence[str]) -> None:
        self._folder = folder
        self._further = tuple(further)

    def prepare(self) -> None:
        """Write the file where it is missing, so that the resolver can start."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not file_of(self._folder).exists():
            self.tell({})

    def tell(self, networks: Mapping[str, Zone]) -> None:
        """Tell of exactly *networks*, by id, whose namespaces are there; raises OSError."""
        text = msgspec.json.encode(Zones(self._further, dict(sorted(networks.items())))).decode()
        if files.read(file_of(self._folder)) == text:
            return
        files.write(file_of(self._folder), text)
        # Nobody may hear: who starts later reads the file, and looks at it each second.
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel,
            contextlib.suppress(OSError),
        ):
            channel.sendto(b"", str(bell_of(self._folder)))
