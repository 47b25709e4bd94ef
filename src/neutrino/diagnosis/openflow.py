"""What ``ofproto/trace`` of ovs-vswitchd(8) prints, as values.

Here: the tables that a packet meets on one host, and where it leaves the switch. Not here: what that means.
"""

import re
from dataclasses import dataclass

_STEP = re.compile(r"\s*(\d+)\. (.*?)(?:, priority (\d+))?(?:, cookie 0x([0-9a-f]+))?")
_ACTIONS = "Datapath actions: "
_TUNNEL = re.compile(r"ipv4\(src=[0-9.]+,dst=([0-9.]+),proto=17|set\(tunnel\([^)]*\bdst=([0-9.]+)")
_DEVICE = re.compile(r"(?:^|[,(])([a-zA-Z_][\w.-]*)(?=$|[,)])")
# What is said to the switch itself has words in parentheses too, three deep at most: ct(commit,nat(src)).
_INWARD = re.compile(r"\b(?:userspace|ct)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_NOT_DEVICES = {"drop", "recirc", "ct_clear", "pop_vlan", "frag", "commit", "nat", "crit"}


@dataclass(frozen=True)
class Rule:
    """An OpenFlow rule that matched; *flow* is its cookie, as the uuid of what it was made from begins (8 digits)."""

    table: int
    match: str
    priority: int
    flow: str


@dataclass(frozen=True)
class Passage:
    """The way through one switch: the rules met, the host to which a tunnel leads (its address), and devices."""

    rules: tuple[Rule, ...]
    tunnel: str
    devices: tuple[str, ...]

    @property
    def is_dropped(self) -> bool:
        """Whether the packet leaves the switch nowhere."""
        return not (self.tunnel or self.devices)


def parse(text: str) -> Passage:
    """Return what *text* tells: of the last resumption, where the packet left."""
    rules, actions = [], ""
    for line in text.splitlines():
        if line.startswith(_ACTIONS):
            actions = line.removeprefix(_ACTIONS)
        elif (match := _STEP.fullmatch(line)) and match[3] is not None:
            rules.append(Rule(int(match[1]), match[2], int(match[3]), (match[4] or "").zfill(8) if match[4] else ""))
    tunnel = _TUNNEL.search(actions)
    plain = _INWARD.sub("", actions)
    devices = () if tunnel else tuple(one for one in _DEVICE.findall(plain) if one not in _NOT_DEVICES)
    return Passage(tuple(rules), (tunnel[1] or tunnel[2]) if tunnel else "", devices)
