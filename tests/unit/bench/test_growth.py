"""The slope of a cost, and its plot."""

import xml.etree.ElementTree as ET

import pytest
from bench.peer.ratios import slope
from bench.plot import svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("values", "expected"), [([2.0, 2.0, 2.0], 0.0), ([1.0, 10.0, 100.0], 1.0), ([4.0, 9.0, 1.0], -0.301)]
)
def test_slope_is_the_power_of_the_number_of_ports(values, expected):
    assert slope((100, 1_000, 10_000), values) == pytest.approx(expected, abs=0.001)


def test_a_plot_has_a_line_for_each_cost_with_a_point_for_each_size():
    drawn = ET.fromstring(svg("Cost", "ms", {"GET <port>": {100: 0.1, 10_000: 0.2}, "POST": {100: 1.0, 10_000: 1.0}}))  # noqa: S314 - our own
    lines = {line.get("stroke"): line.get("points").split() for line in drawn.iter(f"{SVG}polyline")}
    assert [len(points) for points in lines.values()] == [2, 2]
    names = {text.text: text.get("fill") for text in drawn.iter(f"{SVG}text")}
    (left, right), (flat_left, flat_right) = (
        [tuple(map(float, point.split(","))) for point in lines[names[name]]] for name in ("GET <port>", "POST")
    )
    assert (left[0], right[0]) == (flat_left[0], flat_right[0])
    assert left[1] > right[1] > flat_left[1] == flat_right[1]


def test_dashed_lines_have_the_colours_of_those_that_they_go_with():
    lines, dashed = {"GET": {1: 1.0}, "PUT": {1: 2.0}}, {"other GET": {1: 3.0}, "other PUT": {1: 4.0}}
    drawn = ET.fromstring(svg("Cost", "ms", lines, dashed))  # noqa: S314 - our own
    colours = {text.text: text.get("fill") for text in drawn.iter(f"{SVG}text")}
    assert (colours["GET"], colours["PUT"]) == (colours["other GET"], colours["other PUT"])
    assert sorted(bool(line.get("stroke-dasharray")) for line in drawn.iter(f"{SVG}polyline")) == [0, 0, 1, 1]
