"""What OpenFlow flows have counted, and what that adds up to over their lives.

Here: ``ovs-ofctl dump-flows`` to readings, and readings to totals, as pure functions. Not here: asking, keeping,
telling (`metering`).

A flow's counters begin with it. It goes, and comes again from zero, whenever ovs-vswitchd or ovn-controller starts, its
logical flow becomes another, or its router moves. So totals are kept here, and with them what each flow had counted
when it was last read: what it has counted since then is added, once.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from neutrino.model.tally import Tally

ETHERNET_BYTES = 14  # before each packet; labels count what is IP's, as upstream's do
FORGOTTEN_AFTER_S = 86_400.0
"""How long a total is kept after its last rule went, so that who reads it rarely still finds it."""
_FLOW = re.compile(
    r"^ cookie=0x(?P<cookie>[0-9a-f]+), duration=(?P<age>[0-9.]+)s, table=(?P<table>\d+), "
    r"n_packets=(?P<packets>\d+), n_bytes=(?P<bytes>\d+), .*?(?P<match>priority=\S+) actions=",
    re.MULTILINE,
)


class Meter(NamedTuple):
    """What there is one total of; the project is the label's."""

    label_id: str
    project_id: str
    router_id: str
    direction: str


class Window(NamedTuple):
    """Between which times of the monotonic clock something was."""

    begin_s: float
    end_s: float

    def is_before(self, other: "Window") -> bool:
        """Return whether it was before *other*, and not perhaps at the same time."""
        return self.end_s < other.begin_s


class Reading(msgspec.Struct, frozen=True):
    """What a flow had counted when it was read, since when, and for whom."""

    cookie: int
    since: Window
    packets: int
    bytes: int
    meters: tuple[Meter, ...] = ()


class Total(msgspec.Struct, frozen=True):
    """What was counted so far; *wanted* is when there was last a rule for it, by the wall clock."""

    meter: Meter
    packets: int = 0
    bytes: int = 0
    wanted: float = 0.0


class Counts(msgspec.Struct, frozen=True):
    """All that is remembered: totals, and the flows that were read in this *boot*, by table, priority and match."""

    boot: str = ""
    totals: tuple[Total, ...] = ()
    flows: Mapping[str, Reading] = {}


def readings(dump: str, window: Window) -> dict[str, Reading]:
    """Return the flows of a *dump* made during *window*, by table, priority and match."""
    out = {}
    for flow in _FLOW.finditer(dump):
        age = float(flow["age"])
        since = Window(window.begin_s - age, window.end_s - age)
        key = f"table={flow['table']},{flow['match']}"
        out[key] = Reading(int(flow["cookie"], 16), since, int(flow["packets"]), int(flow["bytes"]))
    return out


def meters(tally: Tally) -> tuple[Meter, ...]:
    """Return what a flow of *tally* counts for."""
    return tuple(Meter(label, project, tally.router_id, tally.direction) for label, project in tally.labels.items())


def added(before: Counts, boot: str, flows: Mapping[str, Reading], tallies: Mapping[int, Tally], now: float) -> Counts:
    """Return the counts after *flows* were read, whose *tallies* are by cookie; *now* is of the wall clock."""
    known = before.flows if before.boot == boot else {}
    totals = {total.meter: total for total in before.totals}
    kept: dict[str, Reading] = {}
    for key, flow in flows.items():
        old = known.get(key)
        if flow.cookie not in tallies:
            if old is not None:
                kept[key] = old  # the Southbound's news of it are still to come
            continue
        kept[key] = read = msgspec.structs.replace(flow, meters=meters(tallies[flow.cookie]))
        packets, size = _grown(old, flow)
        for meter in read.meters:
            # Under another cookie it may have counted for others: who is new among them begins now.
            is_new = old is not None and old.cookie != flow.cookie and meter not in old.meters
            total = totals.get(meter, Total(meter))
            totals[meter] = Total(
                meter, total.packets + (0 if is_new else packets), total.bytes + (0 if is_new else size), now
            )
    wanted = {meter for tally in tallies.values() for meter in meters(tally)}
    out = (msgspec.structs.replace(one, wanted=now) if one.meter in wanted else one for one in totals.values())
    return Counts(boot, tuple(one for one in out if now - one.wanted < FORGOTTEN_AFTER_S), kept)


def _grown(old: Reading | None, flow: Reading) -> tuple[int, int]:
    """Return the packets and IP's bytes that *flow* has counted since it was *old*.

    A flow of the same cookie that is younger than it was is another, from zero. Under another cookie it is younger in
    any case, and its counters may go on (Open vSwitch, OFPFC_ADD without OFPFF_RESET_COUNTS): then rather too little is
    added, at most what one interval had, than anything twice.
    """
    if old is None or (old.cookie == flow.cookie and old.since.is_before(flow.since)):
        packets, size = flow.packets, flow.bytes
    else:
        packets, size = flow.packets - old.packets, flow.bytes - old.bytes
        if packets < 0 or size < 0:
            packets, size = flow.packets, flow.bytes
    return packets, max(0, size - ETHERNET_BYTES * packets)
