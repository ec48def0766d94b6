"""The frame of a figure, settled before anything is drawn: limits, ticks and labels of both axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nonself.analysis.findings import Array, Band, Panel, Survival
from nonself.report.numbers import axis_label, plural, tick_labels
from nonself.report.scales import Limits, span, time_ticks, value_limits, value_ticks


@dataclass(frozen=True, slots=True)
class Frame:
    """Both axes of a figure; figures that share a frame can be compared by eye.

    **Arguments:** `times`, `values` limits; `time_ticks`, `value_ticks` where ticks stand, each with its text;
    `time_label`, `value_label` names with units; `log_axis` whether values are on a logarithmic axis.
    """

    times: Limits
    values: Limits
    log_axis: bool
    time_ticks: tuple[tuple[float, str], ...]
    value_ticks: tuple[tuple[float, str], ...]
    time_label: str
    value_label: str

    @property
    def left(self) -> float:
        """Room in points for the labels of the value axis."""
        return 16 + 6.4 * max((len(text) for _, text in self.value_ticks), default=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the study counts it: `unit`, and `zero`, what happens at time zero."""

    unit: str
    zero: str

    @property
    def label(self) -> str:
        """The label of a time axis: `Time since stop of TKI (months)`."""
        zero = self.zero.strip()
        return f"Time since {zero} ({plural(self.unit)})" if zero else f"Time ({plural(self.unit)})"


def survival_frame(curves: Sequence[Survival], clock: Clock) -> Frame:
    """Return the frame of Kaplan-Meier curves: ticks stand where numbers at risk are known, seven at most."""
    risk = sorted({float(time) for curve in curves for time in curve.risk_times})
    steps = [float(time) for curve in curves for time in curve.times]
    last = max([*risk, *steps], default=0.0) or 1.0
    chosen = risk[:: -(-len(risk) // 7)] if risk else time_ticks((0.0, last), clock.unit)
    return Frame(
        times=(0.0, last),
        values=(0.0, 1.0),
        log_axis=False,
        time_ticks=_labeled(chosen, False),
        value_ticks=tuple((step / 5, str(20 * step)) for step in range(6)),
        time_label=clock.label,
        value_label="Patients without the event (%)",
    )


def band_frame(bands: Sequence[Band], clock: Clock) -> Frame:
    """Return the one frame of all bands of an observable, whatever the arm."""
    first = bands[0]
    times = span(band.times for band in bands)
    values = value_limits((np.asarray(band.values) for band in bands), first.log_axis)
    return _frame(times, values, first.log_axis, axis_label(first.observable, first.unit), clock, 6)


def panel_frame(panels: Sequence[Panel], clock: Clock) -> Frame:
    """Return the one frame of all patients shown with the same observable: courses, points, marks and lines."""
    first = panels[0]
    times = span(array for panel in panels for array in _panel_times(panel))
    values = value_limits((array for panel in panels for array in _panel_values(panel)), first.log_axis)
    return _frame(times, values, first.log_axis, axis_label(first.observable, first.unit), clock, 5)


def _panel_times(panel: Panel) -> Iterable[Array]:
    yield np.asarray(panel.times, dtype=float)
    yield np.array(list(panel.marks.values()), dtype=float)
    if panel.points is not None:
        yield np.asarray(panel.points.times, dtype=float)


def _panel_values(panel: Panel) -> Iterable[Array]:
    yield from (np.asarray(course, dtype=float) for course in panel.curves.values())
    yield np.array(list(panel.lines.values()), dtype=float)
    if panel.points is not None:
        yield np.asarray(panel.points.values, dtype=float)


def _frame(times: Limits, values: Limits, log_axis: bool, label: str, clock: Clock, count: int) -> Frame:
    return Frame(
        times=times,
        values=values,
        log_axis=log_axis,
        time_ticks=_labeled(time_ticks(times, clock.unit, count), False),
        value_ticks=_labeled(value_ticks(values, log_axis), log_axis),
        time_label=clock.label,
        value_label=label,
    )


def _labeled(ticks: Sequence[float], log_axis: bool) -> tuple[tuple[float, str], ...]:
    return tuple(zip(ticks, tick_labels(ticks, log_axis), strict=True))
