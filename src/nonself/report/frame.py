"""The frame of a figure, settled before anything is drawn: limits, ticks and labels of both axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nonself.analysis.findings import Array, Band, Panel, Reference, Survival
from nonself.report.numerals import axis_label, has_unit, plural, tick_labels
from nonself.report.scales import Limits, span, time_ticks, value_limits, value_ticks


@dataclass(frozen=True, slots=True)
class Frame:
    """Both axes of a figure; figures that share a frame can be compared by eye.

    **Arguments:** `times`, `values` limits; `time_ticks`, `value_ticks` where ticks stand, each with its
    text; `time_label`, `value_label` names with units; `log_axis` whether values are on a logarithmic axis.
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

    def height_of(self, values: Array) -> Array:
        """Return where `values` stand between the lower end (0) and the upper end (1) of the axis."""
        low, high = self.values
        if not self.log_axis:
            return (values - low) / (high - low)
        shown = np.maximum(values, low / 10)
        return np.asarray(np.log10(shown / low) / np.log10(high / low))


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
        values=(0.0, 1.01),
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
    references = [_edges(first.references)] if first.references else []
    values = value_limits([*(np.asarray(band.values) for band in bands), *references], first.log_axis)
    label = plural(first.unit) if has_unit(first.unit) else first.observable
    return _frame(times, values, first.log_axis, label, clock, 6)


def panel_frame(panels: Sequence[Panel], clock: Clock) -> Frame:
    """Return the one frame of all patients shown with one observable: courses, points, marks and lines."""
    first = panels[0]
    times = span(array for panel in panels for array in _panel_times(panel))
    arrays = [array for panel in panels for array in _panel_values(panel)]
    measured = [
        panel.points.values for panel in panels if panel.points is not None and panel.points.values.size
    ]
    if first.log_axis and measured:  # a course may fall far below what anyone could measure
        floor = min(float(values.min()) for values in measured) / 10
        arrays = [np.where(array < floor, floor, array) for array in arrays]
    values = value_limits(arrays, first.log_axis)
    return _frame(times, values, first.log_axis, axis_label(first.observable, first.unit), clock, 5)


def line_label_place(
    panel: Panel, frame: Frame, value: float, share: float, rise: float
) -> tuple[bool, bool]:
    """Return where the label of the horizontal line at `value` hides least of a patient's courses and points.

    **Arguments:** `share` the label's part of the width of the axes, `rise` its part of their height.

    **Returns:** whether at the left end of the line, and whether below it.
    """
    shown = [(panel.times, course, 1) for course in panel.curves.values()]
    shown += [] if panel.points is None else [(panel.points.times, panel.points.values, 100)]
    hidden = dict.fromkeys([(False, False), (True, False), (False, True), (True, True)], 0)
    level = frame.height_of(np.array([value]))
    for times, values, weight in shown:
        across = (np.asarray(times) - frame.times[0]) / (frame.times[1] - frame.times[0])
        above = frame.height_of(np.asarray(values, dtype=float)) - level
        for is_left, is_below in hidden:
            beside = across < share if is_left else across > 1 - share
            near = np.abs(above + rise / 2 if is_below else above - rise / 2) < 0.6 * rise
            hidden[is_left, is_below] += weight * int((beside & near).sum())
        if float(level[0]) < rise:
            hidden |= {(False, True): 10**6, (True, True): 10**6}
    return min(hidden, key=lambda place: hidden[place])


def _edges(references: Sequence[Reference]) -> Array:
    """The limits there are of reference intervals."""
    edges = [edge for one in references for edge in (one.low, one.high) if edge is not None]
    return np.array(edges, dtype=float)


def _panel_times(panel: Panel) -> Iterable[Array]:
    yield np.asarray(panel.times, dtype=float)
    yield np.array(list(panel.marks.values()), dtype=float)
    if panel.points is not None:
        yield np.asarray(panel.points.times, dtype=float)


def _panel_values(panel: Panel) -> Iterable[Array]:
    yield from (np.asarray(course, dtype=float) for course in panel.curves.values())
    yield np.array(list(panel.lines.values()), dtype=float)
    yield _edges(panel.references)
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
