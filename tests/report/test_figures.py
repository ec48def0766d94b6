"""Figures, their axes, and the numbers on them."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from nonself.report import numerals
from nonself.report.figures import band_figure, panel_figure, panel_mark_levels, survival_figure
from nonself.report.frame import Clock, band_frame, line_label_place, panel_frame, survival_frame
from nonself.report.palette import arm_lines
from nonself.report.scales import mark_rows, thin, time_ticks, value_limits, value_ticks

from .sample import STOP, TAPER, band, panel, small_survival, survival

CLOCK = Clock("month", "stop of TKI")
LINES = arm_lines([STOP, TAPER])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (float("nan"), "—"),
        (0.0, "0"),
        (12.0, "12"),
        (0.5, "0.500"),
        (99.96, "100"),
        (1234.56, "1,235"),
        (123456.7, "123,500"),
        (12_345_678, "12,345,678"),
        (1.2345e9, "1.23 \u00d7 10⁹"),
        (-0.00012345, "\u22121.23 \u00d7 10⁻⁴"),
        (9.999e-4, "0.00100"),
    ],
)
def test_number(value: float | None, shown: str) -> None:
    """Three significant digits, four from a thousand on; counts whole."""
    assert numerals.number(value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("742834.0", "742,834"),
        ("1e6", "1,000,000"),
        ("1.5e-07 to 0.5", "1.5 \u00d7 10⁻⁷ to 0.5"),
        ("1e-12", "10⁻¹²"),
        ("1.23456789", "1.23456789"),
        ("-0.5", "\u22120.5"),
        ("2*k", "2*k"),
    ],
)
def test_exact_keeps_all_digits(text: str, shown: str) -> None:
    """A parameter is shown as it was used."""
    assert numerals.exact(text) == shown


def test_labels_have_units_once() -> None:
    """Units follow names and numbers; none is printed for none."""
    assert numerals.axis_label("CD4", "cells/µL") == "CD4 (cells/µL)"
    assert numerals.axis_label("Dose (mg)", "mg") == "Dose (mg)"
    assert numerals.quantity(1.0, "month") == "1\u00a0month"
    assert numerals.quantity(0.25, "1") == "0.250"
    assert CLOCK.label == "Time since stop of TKI (months)"


def test_ticks() -> None:
    """Months go by years, values by 1, 2, 5, decades by tens; labels of one axis agree."""
    assert time_ticks((0, 60), "month") == [0, 12, 24, 36, 48, 60]
    assert time_ticks((-12, 60), "months") == [-12, 0, 12, 24, 36, 48, 60]
    assert value_ticks((0, 2100), False) == [0, 500, 1000, 1500, 2000]
    assert value_ticks((1e-4, 1e3), True) == pytest.approx([10.0**power for power in range(-4, 4)])
    assert numerals.tick_labels([0.001, 0.1, 100.0], True) == ["0.001", "0.1", "100"]
    assert numerals.tick_labels([1e-6, 1e-3, 1.0], True) == ["10⁻⁶", "10⁻³", "10⁰"]


def test_limits() -> None:
    """Limits hold the values; zero is no obstacle to a logarithmic axis; nothing at all gives an axis too."""
    assert value_limits([np.array([1.0, 10.0])], False) == pytest.approx((0.0, 10.45))
    low, high = value_limits([np.array([0.0, 1e-3, 50.0, np.nan])], True)
    assert low < 1e-3 < 50 < high
    assert value_limits([np.zeros(3)], True) == pytest.approx((10**-1.1, 10**1.1))
    assert value_limits([np.array([np.nan])], False)[0] == 0
    tiny = value_limits([np.full(3, 1.5e-7)], False)
    assert tiny[0] <= 1.5e-7 < tiny[1] < 1e-6


def test_thin_keeps_the_steps() -> None:
    """A thinned step function has the same values at the times that are left."""
    times, share = np.sort(np.random.default_rng(1).random(5000)), np.linspace(1, 0, 5000)
    fewer, (thinned,) = thin(times, [share], 400)
    assert len(fewer) == 400
    expected = share[np.searchsorted(times, fewer, side="right") - 1]
    np.testing.assert_array_equal(thinned, expected)


def test_marks_do_not_collide() -> None:
    """Labels in one row leave each other alone, and no mark runs through a lower label."""
    generator = np.random.default_rng(4)
    for count in (1, 3, 6):
        marks = {f"mark number {index}": float(generator.uniform(0, 70)) for index in range(count)}
        placed = mark_rows(marks, (0, 100), 250)
        assert {mark.name for mark in placed} == set(marks)
        for one, other in itertools.permutations(placed, 2):
            if one.row == other.row:
                assert one.extent[1] < other.extent[0] or other.extent[1] < one.extent[0]
            elif one.row > other.row:
                assert not other.extent[0] <= one.at <= other.extent[1]


def test_line_labels_avoid_points() -> None:
    """The label of a line goes where there is neither course nor point."""
    shown = replace(panel("1", "", 0.0, None), curves={STOP: np.full(241, 1e-5)}, lines={"limit": 0.1})
    frame = panel_frame([shown], CLOCK)
    assert line_label_place(shown, frame, 0.1, 0.3, 0.1) == (False, False)
    assert shown.points is not None
    on_right = replace(shown.points, times=np.array([55.0]), values=np.array([0.12]), limit=np.array([False]))
    assert line_label_place(replace(shown, points=on_right), frame, 0.1, 0.3, 0.1) != (False, False)


def test_many_arms_differ() -> None:
    """Thirty-five arms have thirty-five looks, and two neighbors differ in color and in dashes."""
    lines = list(arm_lines([str(number) for number in range(35)]).values())
    assert len(set(lines)) == 35
    neighbors = list(itertools.pairwise(lines[:7]))
    assert all(one.color != other.color and one.dashes != other.dashes for one, other in neighbors)


def test_figures_scale_and_read() -> None:
    """A figure has a view box and no fixed size; its text is text; numbers at risk are in it."""
    curves = [survival(STOP, 0.09, 0.38), survival(TAPER, 0.05, 0.55)]
    drawn = ElementTree.fromstring(survival_figure("s", curves, LINES, survival_frame(curves, CLOCK)))
    assert drawn.get("viewBox")
    assert drawn.get("width") is None
    texts = ["".join(element.itertext()) for element in drawn.iter("text")]
    assert {"Number at risk", STOP, TAPER, "10,000", "60"} <= set(texts)
    assert drawn.findtext("title") == drawn.get("aria-label")


def test_figures_bear_hard_cases() -> None:
    """No events, one time, zeros on a logarithmic axis, gaps, odd letters: drawn without a warning."""
    empty = np.empty(0)
    none = small_survival(STOP, (), 5)
    unsaid = replace(none, risk_times=empty, at_risk=np.empty(0, dtype=np.int64))
    zeros = replace(band(STOP, "cells", "cell", True, 0.0), values=np.zeros((5, 145)))
    gap = replace(panel("患者 \x00", "", 0.1, None), marks={"薬 $x^2": 3.0}, points=None)
    gap = replace(gap, curves={STOP: np.where(gap.times > 10, np.nan, 0.0)}, lines={})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for curve in (none, unsaid):
            ElementTree.fromstring(survival_figure("s", [curve], LINES, survival_frame([curve], CLOCK)))
        ElementTree.fromstring(band_figure("b", [zeros], LINES, band_frame([zeros], CLOCK)))
        frame = panel_frame([gap], CLOCK)
        drawn = panel_figure("p", gap, LINES, frame, panel_mark_levels(gap, frame))
    assert "薬 $x^2" in "".join(ElementTree.fromstring(drawn).itertext())
