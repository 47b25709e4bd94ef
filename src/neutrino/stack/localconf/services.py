"""The services that ``local.conf`` enables and disables, by DevStack's names, and what comes of it.

Here: the list of services as the file changes it, and what the names mean. Not here: the lab's own services
(central.py, host.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from neutrino.stack.localconf.settings import OPENVSWITCH_ONLY
from neutrino.stack.localconf.syntax import Refused

NEEDED = {
    "the API": ("q-svc", "neutron-api"),
    "ovn-northd": ("ovn-northd",),
    "ovn-controller": ("ovn-controller",),
    "ovs-vswitchd": ("ovs-vswitchd",),
    "ovsdb-server": ("ovsdb-server",),
}
"""What a lab cannot be without, and the names of it."""
KEYSTONE = ("key", "keystone")
METADATA = ("q-ovn-agent", "neutron-ovn-agent", "q-ovn-metadata-agent", "neutron-ovn-metadata-agent")
ALWAYS = ("neutron", "q-qos", "neutron-qos", "q-trunk", "neutron-trunk", "q-segments", "neutron-segments",
          "q-port-forwarding", "neutron-port-forwarding", "q-log", "neutron-log", "q-dns", "neutron-dns")  # fmt: skip
"""Parts of the API that are there, enabled or not."""
OPENVSWITCH = ("q-agt", "neutron-agent", "q-l3", "neutron-l3")
"""DevStack too refuses these with OVN."""
DEFAULT = ("key", "q-svc", "q-ovn-agent", "ovn-northd", "ovn-controller", "ovs-vswitchd", "ovsdb-server")
KNOWN = {*KEYSTONE, *METADATA, *ALWAYS, *(name for names in NEEDED.values() for name in names)}


@dataclass
class Services:
    """What is enabled, and on which line this was last said."""

    enabled: list[str] = field(default_factory=lambda: list(DEFAULT))
    lines: dict[str, int] = field(default_factory=dict)
    last_line: int = 0

    def replace(self, line: int, text: str) -> None:
        """Take ``ENABLED_SERVICES``: a list with commas, in which ``-name`` takes a name away."""
        names = names_in([text])
        self.enabled = []
        self.last_line = line
        self.enable(line, [name for name in names if not name.startswith("-")])
        self.disable(line, [name[1:] for name in names if name.startswith("-")])

    def enable(self, line: int, names: Iterable[str]) -> None:
        """Enable services; raises Refused for one of another backend."""
        for name in names:
            if name in OPENVSWITCH:
                raise Refused(line, f"{name} cannot be enabled: {OPENVSWITCH_ONLY}")
            self.lines[name] = line
            if name not in self.enabled:
                self.enabled.append(name)

    def disable(self, line: int, names: Iterable[str]) -> None:
        """Disable services; what is not there need not be."""
        for name in names:
            self.lines[name] = line
            self.last_line = line
            if name in self.enabled:
                self.enabled.remove(name)

    def disable_all(self, line: int) -> None:
        """Disable all."""
        self.disable(line, list(self.enabled))

    @property
    def text(self) -> str:
        """``ENABLED_SERVICES``."""
        return ",".join(self.enabled)

    @property
    def has_keystone(self) -> bool:
        """Whether Keystone is enabled."""
        return any(name in self.enabled for name in KEYSTONE)

    @property
    def has_metadata(self) -> bool:
        """Whether an agent that serves metadata is enabled."""
        return any(name in self.enabled for name in METADATA)

    def without_meaning(self) -> list[tuple[int, str]]:
        """Return what was said of services and means nothing, by line; raises Refused for a needed one that is off."""
        for what, names in NEEDED.items():
            if not any(name in self.enabled for name in names):
                line = next((self.lines[name] for name in names if name in self.lines), self.last_line)
                raise Refused(line, f"{names[0]} is not enabled: there is no lab without {what}")
        found = [
            (self.lines[name], f"the service {name} is not part of this stack, which is networking and Keystone")
            for name in self.enabled
            if name not in KNOWN
        ]
        found += [
            (line, f"the service {name} stays enabled: it is part of the API")
            for name, line in self.lines.items()
            if name in ALWAYS and name not in self.enabled
        ]
        return found


def names_in(words: Iterable[str]) -> list[str]:
    """Return the names of services in *words*, which may be lists with commas."""
    return [name for word in words for name in word.replace(",", " ").split()]
