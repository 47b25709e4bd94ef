"""What hosts are told of traffic that is counted: for which labels, at which router, on which way.

Here: the value, and the text by which it travels. Not here: which traffic that is (metering.py), who tells (backends),
who counts (agent).
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

import msgspec

from neutrino.model.metering import DIRECTIONS

_WORD = "neutron-metering"
_TEXT = re.compile(rf"{_WORD} ({'|'.join(DIRECTIONS)}) ([0-9a-f-]{{36}})((?: [0-9a-f-]{{36}}/[\w.~%-]*)*)")


class Tally(msgspec.Struct, frozen=True):
    """Traffic of one *direction* at one router, counted for each of *labels*, which maps a label's id to its project's.

    Without labels it is traffic that is excluded from all of them.
    """

    direction: str
    router_id: str
    labels: Mapping[str, str]

    def __str__(self) -> str:
        # A project's id may be any text; so written it ends no comment and no string.
        labels = (f" {label}/{quote(project, safe='')}" for label, project in sorted(self.labels.items()))
        return f"{_WORD} {self.direction} {self.router_id}{''.join(labels)}"


def found(text: str) -> Tally | None:
    """Return the tally that *text* holds somewhere, or None."""
    match = _TEXT.search(text)
    if match is None:
        return None
    direction, router_id, labels = match.groups()
    pairs = (pair.split("/", 1) for pair in labels.split())
    return Tally(direction, router_id, {label: unquote(project) for label, project in pairs})
