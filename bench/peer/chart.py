"""A bar chart of ratios on a logarithmic scale, as SVG, by hand: a few rectangles and words.

Here: one pure function. It draws on its own light ground, so that it reads in dark and in light pages.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

NAME_PX = 370
SCALE_PX = 480
ROW_PX = 22
TOP_PX = 54
STYLE = "font-family='sans-serif' font-size='12'"
BAR, MARK, INK, GRID, GROUND = "#2f6f9f", "#c0392b", "#222222", "#d5d5d5", "#ffffff"


@dataclass(frozen=True)
class Bar:
    """One bar: how many times, and the target where there is one."""

    name: str
    ratio: float
    target: float | None = None


def svg(title: str, bars: Sequence[Bar]) -> str:
    """Return the chart; the scale goes from 1 to the next power of ten above everything shown."""
    largest = max([10.0, *(bar.ratio for bar in bars), *(bar.target or 1.0 for bar in bars)])
    decades = math.ceil(math.log10(largest))

    def x(value: float) -> float:
        return NAME_PX + SCALE_PX * min(max(math.log10(max(value, 1e-9)), 0.0), decades) / decades

    bottom = TOP_PX + ROW_PX * len(bars)
    width, height = NAME_PX + SCALE_PX + 60, bottom + 30
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' {STYLE} fill='{INK}'>",
        f"<rect width='{width}' height='{height}' fill='{GROUND}'/>",
        f"<text x='8' y='20' font-size='14' font-weight='bold'>{escape(title)}</text>",
    ]
    for power in range(decades + 1):
        at = x(10**power)
        parts.append(f"<line x1='{at:.1f}' y1='{TOP_PX - 6}' x2='{at:.1f}' y2='{bottom}' stroke='{GRID}'/>")
        parts.append(f"<text x='{at:.1f}' y='{TOP_PX - 12}' text-anchor='middle'>{10**power:,}×</text>")
    for number, bar in enumerate(bars):
        top = TOP_PX + ROW_PX * number
        parts.append(f"<text x='{NAME_PX - 8}' y='{top + 15}' text-anchor='end'>{escape(bar.name)}</text>")
        long = x(bar.ratio) - NAME_PX
        parts.append(f"<rect x='{NAME_PX}' y='{top + 4}' width='{long:.1f}' height='{ROW_PX - 8}' fill='{BAR}'/>")
        parts.append(f"<text x='{x(bar.ratio) + 5:.1f}' y='{top + 15}'>{shown(bar.ratio)}</text>")
        if bar.target is not None:
            at = x(bar.target)
            parts.append(
                f"<line x1='{at:.1f}' y1='{top + 1}' x2='{at:.1f}' y2='{top + ROW_PX - 1}' stroke='{MARK}' "
                "stroke-width='3'/>"
            )
    parts.append(f"<text x='{NAME_PX}' y='{bottom + 18}' fill='{MARK}'>red mark: the target</text>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def shown(ratio: float) -> str:
    """Return *ratio* as it is written: one decimal below ten."""
    return f"{ratio:,.1f}×" if ratio < 10 else f"{ratio:,.0f}×"
