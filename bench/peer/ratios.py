"""From samples to lines: medians over rounds, and the ratio per line as the median of the ratios of each round.

Here: pure functions. Rounds of the two sides are neighbours in time, so that what else the machine did then falls on
both; that is why ratios are made within rounds first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

OWN = ("api", "other daemons", "database")
"""Groups that are the server itself. OVN's daemons are the same program on both sides and are told apart."""

Sample = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One row: medians of both sides, and how many times more the peer needs (for rates: fewer it does)."""

    name: str
    ours_cpu_ms: float
    peer_cpu_ms: float
    cpu_ratio: float
    cpu_lowest: float
    cpu_highest: float
    ours_p50_ms: float
    peer_p50_ms: float
    time_ratio: float
    ours_per_s: float
    peer_per_s: float
    rate_ratio: float


def own_cpu_ms(sample: Sample) -> float:
    """Return the CPU per item of all groups that are the server itself."""
    return sum(used for name, used in sample["cpu_ms"].items() if name in OWN)


def per_round(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return the ratio of each round; rounds in which *below* is not above zero say nothing and are left out."""
    return [one / other for one, other in zip(above, below, strict=True) if other > 0]


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median of the ratios of each round; 0 when no round says anything."""
    found = per_round(above, below)
    return median(found) if found else 0.0


def line(name: str, ours: Sequence[Sample], peer: Sequence[Sample]) -> Line:
    """Return the row *name* from the samples of all rounds of both sides."""
    cpu = [[own_cpu_ms(one) for one in side] for side in (ours, peer)]
    took = [[median(one["took_ms"]) for one in side] for side in (ours, peer)]
    rate = [[one["per_s"] for one in side] for side in (ours, peer)]
    ratios = per_round(cpu[1], cpu[0]) or [0.0]
    return Line(
        name=name,
        ours_cpu_ms=median(cpu[0]),
        peer_cpu_ms=median(cpu[1]),
        cpu_ratio=median(ratios),
        cpu_lowest=min(ratios),
        cpu_highest=max(ratios),
        ours_p50_ms=median(took[0]),
        peer_p50_ms=median(took[1]),
        time_ratio=median_ratio(took[1], took[0]),
        ours_per_s=median(rate[0]),
        peer_per_s=median(rate[1]),
        rate_ratio=median_ratio(rate[0], rate[1]),
    )


def group_medians(samples: Sequence[Sample], key: str = "cpu_ms") -> dict[str, float]:
    """Return the median over rounds of each group (or counter, with another *key*)."""
    return {name: median(one[key][name] for one in samples) for name in samples[0][key]}


def memory_sum(groups: dict[str, dict[str, float]], names: Sequence[str] = (), kind: str = "pss") -> float:
    """Return the memory in MiB of the groups *names*, or of all."""
    return sum(one[kind] for name, one in groups.items() if not names or name in names)


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return by which power of the number of ports the value grows, from the first size to the last."""
    if len(sizes) < 2 or min(values[0], values[-1]) <= 0:
        return 0.0
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])
