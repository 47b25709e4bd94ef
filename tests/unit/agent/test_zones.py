"""What the host's resolver is told, by a file and a bell; and whom it asks further."""

import socket
import stat
from pathlib import Path

from neutrino.agent import zones
from neutrino.agent.forwarding import host_resolvers
from neutrino.agent.zones import Telling, Zone, Zones

BLUE = Zone("ovnmeta-1", ("10.0.0.2/24",), {"web": "10.0.0.5"})


def test_news_are_written_and_rung_once(tmp_path: Path) -> None:
    telling = Telling(tmp_path / "agent", ["192.0.2.53"])
    telling.prepare()
    file = zones.file_of(tmp_path / "agent")
    assert zones.read(tmp_path / "agent") == Zones(("192.0.2.53",), {})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as bell:
        bell.bind(str(zones.bell_of(tmp_path / "agent")))
        telling.tell({"1": BLUE})
        assert bell.recv(1) == b""
        before = file.stat()
        telling.tell({"1": BLUE})
        assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        try:
            rung = bell.recv(1) == b""
        except BlockingIOError:
            rung = False
        assert not rung
    assert zones.read(tmp_path / "agent") == Zones(("192.0.2.53",), {"1": BLUE})
    Telling(tmp_path / "agent", ["192.0.2.53"]).prepare()  # what is there stays, and whom nobody hears is told
    assert zones.read(tmp_path / "agent").networks == {"1": BLUE}


def test_the_resolvers_of_the_host(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    assert host_resolvers(file) == []
    file.write_text(
        "# nameserver 192.0.2.9\nsearch example.org\nnameserver 192.0.2.1\nnameserver\nnameserver fd00::53\n"
    )
    assert host_resolvers(file) == ["192.0.2.1", "fd00::53"]
