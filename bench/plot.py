"""Lines over the number of ports, both axes logarithmic, as SVG, by hand.

Here: one pure function. It draws on its own light ground, so that it reads in dark and in light pages.
"""

import itertools
import math
from collections.abc import Mapping
from html import escape

WIDTH_PX, HEIGHT_PX = 860, 460
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 70, 290, 50, 40
COLOURS = ("#2f6f9f", "#c0392b", "#27864f", "#8e44ad", "#b9770e", "#16a0a0", "#555555", "#d35490")
STYLE = "font-family='sans-serif' font-size='12'"
INK, GRID, GROUND = "#222222", "#d5d5d5", "#ffffff"


Lines = Mapping[str, Mapping[int, float]]


def svg(title: str, unit: str, lines: Lines, dashed: Lines | None = None) -> str:
    """Return the plot of *lines*: by name, the value (above 0) at each number of ports.

    *dashed* are more of them; those that go together have the same place in both, and the same colour.
    """
    drawn = [
        (name, line, colour, dash)
        for group, dash in ((lines, ""), (dashed or {}, " stroke-dasharray='5 4'"))
        for (name, line), colour in zip(group.items(), itertools.cycle(COLOURS), strict=False)
    ]
    lines = {name: line for name, line, _, _ in drawn}
    numbers = [number for line in lines.values() for number in line]
    values = [value for line in lines.values() for value in line.values()]
    left, right = math.log10(min(numbers)), math.log10(max(numbers))
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(number: float) -> float:
        return LEFT_PX + (WIDTH_PX - LEFT_PX - RIGHT_PX) * (math.log10(number) - left) / ((right - left) or 1)

    def y(value: float) -> float:
        return (
            HEIGHT_PX - BOTTOM_PX - (HEIGHT_PX - TOP_PX - BOTTOM_PX) * (math.log10(value) - low) / ((high - low) or 1)
        )

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH_PX} {HEIGHT_PX}' {STYLE} fill='{INK}'>",
        f"<rect width='{WIDTH_PX}' height='{HEIGHT_PX}' fill='{GROUND}'/>",
        f"<text x='8' y='20' font-size='14' font-weight='bold'>{escape(title)}</text>",
        f"<text x='8' y='{TOP_PX - 10}'>{escape(unit)}</text>",
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f"<line x1='{LEFT_PX}' y1='{at:.1f}' x2='{x(max(numbers)):.1f}' y2='{at:.1f}' stroke='{GRID}'/>")
        parts.append(f"<text x='{LEFT_PX - 8}' y='{at + 4:.1f}' text-anchor='end'>{10.0**power:g}</text>")
    for number in sorted(set(numbers)):
        at = x(number)
        parts.append(f"<line x1='{at:.1f}' y1='{TOP_PX}' x2='{at:.1f}' y2='{y(10**low):.1f}' stroke='{GRID}'/>")
        parts.append(
            f"<text x='{at:.1f}' y='{HEIGHT_PX - BOTTOM_PX + 18}' text-anchor='middle'>{number:,} ports</text>"
        )
    # Names stand beside the last points, in their order, far enough apart to be read.
    above = 0.0
    ends = {name: y(line[max(line)]) for name, line in lines.items()}
    for name, line, colour, dash in sorted(drawn, key=lambda one: ends[one[0]]):
        points = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in sorted(line.items()))
        parts.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'{dash}/>")
        above = max(ends[name] + 4, above + 15)
        parts.append(f"<text x='{x(max(line)) + 10:.1f}' y='{above:.1f}' fill='{colour}'>{escape(name)}</text>")
    return "\n".join([*parts, "</svg>"]) + "\n"
