"""What ovn-trace(8) prints, as values: the pipelines that a packet goes through and the logical flows that it meets.

Here: parsing ``ovn-trace --detailed --no-friendly-names``, and where the packet ends. Not here: what that means
(verdict.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

PIPELINES = ("ingress", "egress", "multicast")
"""Headings of a packet's own way; others are packets that a flow makes (``arp``, ``icmp4_error``), or ``ct_...``."""
_HEADING = re.compile(r"(\w+)(?:\((.*)\))?")
_STEP = re.compile(r"(\d+)\. (\w+)(?: \([^)]*\))?: (.*), priority (\d+), uuid ([0-9a-f]{8})")
_NO_MATCH = re.compile(r"(\d+)\. (\w+): (no match.*)")
_PLACE = re.compile(r'(\w+)="([^"]*)"')
_OUTPUT = re.compile(r'/\* output to "([^"]*)", type "([^"]*)" \*/')
_TRANSLATED = re.compile(r"ct_[sd]nat\(ip[46]\.(src|dst)=([0-9a-f.:]+)\)")
_HANDED_ON = "patch"
_DROP = "drop;"


@dataclass(frozen=True)
class Step:
    """A logical flow that the packet met.

    *flow* is how its uuid in the Southbound begins (8 digits), nothing where no flow matched.
    """

    table: int
    stage: str
    match: str
    priority: int = 0
    flow: str = ""
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """A pass through one datapath: *kind* is ``ingress``, ``egress`` or ``multicast``; ports by name, without: ''.

    *source* and *target* are the addresses with which the packet came in, where NAT had changed them, else ''.
    """

    kind: str
    datapath: str
    inport: str
    outport: str
    steps: tuple[Step, ...]
    source: str = ""
    target: str = ""


@dataclass(frozen=True)
class Output:
    """The packet leaves the logical network at *port*; *type* is that of its Port_Binding, '' for an instance's."""

    port: str
    type: str


@dataclass
class _Open:
    heading: dict[str, str]
    steps: list[tuple[tuple[int, str, str, int, str], list[str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Walk:
    """All that one packet went through, in order; copies of it (floods) too, packets made on the way not."""

    pipelines: tuple[Pipeline, ...]

    @property
    def steps(self) -> tuple[tuple[Pipeline, Step], ...]:
        """Each step with its pipeline."""
        return tuple((pipeline, step) for pipeline in self.pipelines for step in pipeline.steps)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Where the packet left."""
        found = (
            Output(*match.groups())
            for _, step in self.steps
            for action in step.actions
            if (match := _OUTPUT.fullmatch(action)) is not None
        )
        return tuple(one for one in found if one.type != _HANDED_ON)

    @property
    def end(self) -> tuple[Pipeline, Step] | None:
        """The step that dropped the packet, None when it left somewhere."""
        return None if self.outputs or not self.steps else self.steps[-1]


def parse(text: str) -> Walk:
    """Return what *text* tells; lines that are not understood are left out."""
    found: list[_Open] = []
    skipped_above: int | None = None  # indent of the heading of a packet that a flow made
    addresses: dict[str, str] = {}
    for indent, line, is_heading in _lines(text):
        if skipped_above is not None:
            if indent > skipped_above:
                continue
            skipped_above = None
        if is_heading:
            match = _HEADING.match(line)
            kind = match[1] if match else ""
            if kind in PIPELINES and match is not None:
                found.append(_Open({"kind": kind, **addresses, **dict(_PLACE.findall(match[2] or ""))}))
            elif translated := _TRANSLATED.fullmatch(line):
                addresses[translated[1]] = translated[2]
            elif not kind.startswith("ct_"):
                skipped_above = indent
        elif found:
            _note(found[-1], line)
    return Walk(tuple(_pipeline(one) for one in found))


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (indent, text, whether dashes underline it) of each line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        stripped = line.strip()
        if set(stripped) != {"-"}:
            yield len(line) - len(line.lstrip()), stripped, set(following.strip()) == {"-"}


def _note(pipeline: _Open, line: str) -> None:
    if match := _STEP.fullmatch(line):
        step = (int(match[1]), match[2], match[3], int(match[4]), match[5])
        pipeline.steps.append((step, []))
    elif match := _NO_MATCH.fullmatch(line):
        pipeline.steps.append(((int(match[1]), match[2], match[3], 0, ""), [_DROP]))
    elif pipeline.steps:
        pipeline.steps[-1][1].append(line)


def _pipeline(one: _Open) -> Pipeline:
    said = {name: one.heading.get(name, "") for name in ("kind", "dp", "inport", "outport", "src", "dst")}
    steps = tuple(Step(*step, actions=tuple(actions)) for step, actions in one.steps)
    return Pipeline(said["kind"], said["dp"], said["inport"], said["outport"], steps, said["src"], said["dst"])
