"""Where things stand on a drawing: places worked out by hand."""

import math
import re

import pytest

from retrieval.report.axes import Axis
from retrieval.report.svg_bars import BarGroup, bar_chart
from retrieval.report.svg_curves import curve, curve_axes
from retrieval.report.svg_dots import DotRow, dot_plot, range_bar
from retrieval.report.svg_heat import heat_map
from tests.report_cases import ReadPage


def figure(value: float, low: float | None = None, high: float | None = None) -> dict[str, object]:
    interval = None if low is None else [low, high]
    return {"value": value, "interval": interval, "chance": 0.1, "ceiling": 1.0}


def dots(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_a_point_of_a_curve_stands_where_it_should() -> None:
    """k from 1 (x = 50) to 100 (x = 438): k = 10 is the middle of the logarithm, x = 244. A share of 1 is y = 26, 0 is
    y = 232: 0.75 lies a quarter of 206 below the top, y = 77.5.
    """
    svg = curve([(1, figure(0.0)), (10, figure(0.75)), (100, figure(1.0))], "hit", "hit")
    assert dots(svg) == [(50.0, 232.0), (244.0, 77.5), (438.0, 26.0)]
    assert 'd="M50 232L244 77.5L438 26" class="curve hit"' in svg


def test_the_band_is_broken_where_there_is_no_interval() -> None:
    points = [(1, figure(0.5, 0.25, 0.75)), (2, figure(0.5, 0.25, 0.75)), (3, figure(0.5)), (4, figure(0.5, 0.0, 1.0))]
    svg = curve(points, "hit", "hit")
    across, _ = curve_axes([1, 4])
    middle = f"{across.at(2):g}"
    assert f'd="M50 180.5L{middle} 180.5L{middle} 77.5L50 77.5Z" class="band hit"' in svg
    assert svg.count("band hit") == 1
    assert '<line x1="438" y1="232" x2="438" y2="26" class="range hit"/>' in svg


def test_one_point_alone_stands_in_the_middle() -> None:
    assert dots(curve([(7, figure(0.5))], "recall", "recall")) == [(244.0, 129.0)]


def test_values_outside_an_axis_stop_at_its_end() -> None:
    axis = Axis(0.0, 1.0, 10.0, 20.0)
    assert [axis.at(value) for value in (-1.0, 0.5, 2.0)] == [10.0, 15.0, 20.0]
    assert Axis(1, 8, 0.0, 3.0, log=True).at(0.0) == 0.0
    assert Axis(1, 8, 0.0, 3.0, log=True).at(4.0) == pytest.approx(math.log2(4))


def test_a_dot_plot_has_value_interval_chance_and_the_whole() -> None:
    """Shares from x = 160 to 336: 0.5 is 248, 0.25 is 204, 1 is 336; the first row's middle is y = 42."""
    row = DotRow("knee", 0.5, (0.25, 1.0), 0.25, "0.500", "8 / 5")
    svg = dot_plot([row], "Region", "queries / patients", overall=0.75)
    assert '<circle cx="248" cy="42" r="4.5"' in svg
    assert '<line x1="204" y1="42" x2="336" y2="42" class="range hit"/>' in svg
    assert '<line x1="204" y1="36" x2="204" y2="48" class="chance-tick"/>' in svg
    assert '<line x1="292" y1="24" x2="292" y2="54" class="overall"/>' in svg
    assert 'aria-label="Region: knee 0.500 8 / 5"' in svg


def test_a_row_without_a_value_has_no_dot() -> None:
    svg = dot_plot([DotRow("knee", None, None, None, "-")], "Region", "n")
    assert "<circle" not in svg and "<title>knee</title>" in svg


def test_a_range_bar_is_drawn_from_0_to_1() -> None:
    svg = range_bar(0.5, (0.25, 0.75), 0.0, 1.0)
    assert '<circle cx="80" cy="10" r="4"' in svg and '<line x1="43" y1="10" x2="117" y2="10"' in svg


def test_a_heat_map_shows_the_share_of_the_row() -> None:
    svg = heat_map(["brain", "knee"], [[3.0, 1.0], [0.0, 2.5]], "region")
    shares = re.findall(r'class="(cell[ own]*)" fill-opacity="([\d.]+)"', svg)
    assert shares == [("cell own", "0.75"), ("cell", "0.25"), ("cell own", "1")]
    texts = ReadPage(svg).texts
    assert {"3", "1", "2.5", "4", "brain asked, knee found: 1 (25%)"} <= set(texts)
    assert "5.5 of 6.5 alike" in svg


def test_a_class_that_nobody_asks_for_has_no_row() -> None:
    svg = heat_map(["brain", "knee"], [[1.0, 1.0], [0.0, 0.0]], "region")
    assert ReadPage(svg).texts.count("knee") == 1


def test_bars_end_at_their_value() -> None:
    """Shares from y = 196 (0) to 14 (1): 0.5 ends at 105 and is 91 high."""
    svg = bar_chart([BarGroup("k = 1", (0.5, None))], ("script", "right"), ("a", "b"), "said")
    (bar,) = ReadPage(svg).of("rect")
    assert (bar["y"], bar["height"], bar["class"]) == ("105", "91", "a")
