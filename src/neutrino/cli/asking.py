"""``./stack ping``, ``trace`` and ``explain``: questions about packets and ports.

Here: the words, the tables, the exit status. Not here: finding out (neutrino.stack.inquiry), weighing it
(neutrino.diagnosis).
"""

import sys
from collections.abc import Sequence
from statistics import mean
from typing import Annotated

import typer

from neutrino.cli import terminal
from neutrino.cli.place import lab_of
from neutrino.diagnosis import hops, packet, verdict
from neutrino.stack.fault import StackFault

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LONGEST_ROW = len("rule 01234567")
WIDEST = 46


def ping(
    source: Annotated[str, typer.Argument(metavar="A", help="An instance.")],
    target: Annotated[str, typer.Argument(metavar="B", help="An instance, `outside`, or an address.")],
    count: Annotated[int, typer.Option("-c", "--count", min=1, max=1000, help="How many requests.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Ping B from A; end with status 0 when anything is answered, else 1."""
    from neutrino.stack import inquiry

    lab = lab_of()
    address = inquiry.end(lab, inquiry.intent(lab), target).address
    said = inquiry.ping(lab, source, address, count)
    times = [one for one in said["times_ms"] if one is not None]
    lost = 100 * (count - len(times)) / count
    if as_json:
        terminal.print_json({"from": source, "to": target, "address": address, "lost_percent": lost, **said})
    else:
        figures = [f"{one:.2f}" for one in (min(times), mean(times), max(times))] if times else ["-", "-", "-"]
        columns = ("from", "to", "address", "sent", "answered", "lost", "min ms", "mean ms", "max ms")
        row = (source, target, address, str(count), str(len(times)), f"{lost:.0f} %", *figures)
        terminal.print_table(columns, [row])
        if said["trouble"]:
            terminal.print_error(f"stack: {source} cannot send: {said['trouble']}")
    sys.exit(0 if times else 1)


def trace(
    source: Annotated[str, typer.Argument(metavar="A", help="An instance.")],
    target: Annotated[str, typer.Argument(metavar="B", help="An instance, `outside`, or an address.")],
    what: Annotated[str, typer.Argument(metavar="PACKET", help="tcp/80, udp/53 or icmp.")] = "icmp",
    send: Annotated[bool, typer.Option(help="Send a real packet too.")] = True,
    brief: Annotated[bool, typer.Option("--brief", help="The sentence only.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Every logical flow met, not only those that decide.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where a packet from A to B is dropped and by which rule, or that it arrives; end with 0 when it does."""
    from neutrino.stack import inquiry

    try:
        kind = packet.kind(what)
    except packet.PacketRefused as error:
        raise StackFault(str(error)) from error
    found = inquiry.trace(lab_of(), source, target, kind, send=send)
    if as_json:
        terminal.print_json(found.document())
    else:
        terminal.print_line(f"{found.verdict.sentence}.")
        if found.facts is not None and not brief:
            terminal.print_line()
            _print_way(found.facts, found.hops, full=full)
    sys.exit(0 if found.verdict.outcome == verdict.ARRIVES else 1)


def explain(
    port: Annotated[str, typer.Argument(help="An instance, or a port by name or id.")], as_json: AsJson = False
) -> None:
    """Say why a port is not ACTIVE, and what to do; end with status 0 when nothing is broken."""
    from neutrino.diagnosis import activity
    from neutrino.stack import observation

    seen = observation.port(lab_of(), port)
    links = activity.chain(seen)
    said = activity.sentence(seen, links)
    if as_json:
        import msgspec

        terminal.print_json({"sentence": said, "status": seen.port["status"], "chain": msgspec.to_builtins(links)})
    else:
        terminal.print_line(f"{said}.")
        styles = {"✔": "green", "✘": "red"}
        rows = [("✔" if one.is_whole else "✘", one.name, one.found, one.remedy) for one in links]
        terminal.print_table(("", "link", "found", "what to do"), rows, styles)
    sys.exit(0 if all(one.is_whole for one in links) else 1)


def _print_way(facts: verdict.Facts, way: Sequence[hops.Hop], *, full: bool) -> None:
    sent = facts.packet
    terminal.print_line(f"sent       {sent.source_mac} {sent.source} -> {sent.target_mac} {sent.target}, {sent.kind}")
    rows = []
    for hop in way:
        for flow in hop.flows:
            if full or flow.is_end or flow.is_decisive:
                row = "" if not flow.rule else "drop group" if flow.rule == verdict.DROP_GROUP else f"rule {flow.rule}"
                place = f"{hop.kind} {hop.name} {flow.kind}"
                cells = (_short(one) for one in (flow.match, flow.then))
                rows.append((place, flow.stage, flow.flow, row[:LONGEST_ROW], *cells))
    terminal.print_table(("in", "stage", "flow", "row", "match", "then"), rows, {hops.DROP: "red"})
    if facts.passage is not None:
        left = facts.passage
        binding = facts.bindings.get(facts.sender["id"])
        host = facts.tunnels.get(left.tunnel, "")
        tunnel = f"{host} ({left.tunnel})" if host else left.tunnel
        to = f"by tunnel to {tunnel}" if tunnel else f"to {', '.join(left.devices)}"
        where = "its switch keeps it" if left.is_dropped else f"it leaves {to}"
        terminal.print_line(f"openflow   {len(left.rules)} rules on {binding.host if binding else 'its host'}: {where}")
    if facts.wire is not None:
        wire = facts.wire
        seen = f"seen at {facts.names[1]}, from {wire.seen_from}" if wire.seen_from else "not seen at its end"
        if wire.arrived is None:
            seen = f"nobody can watch {facts.names[1]}"
        terminal.print_line(f"packet     {seen}; answer: {wire.answer or wire.trouble or 'none'}")


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
