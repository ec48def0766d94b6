"""Where axes begin and end, where their ticks stand, and where labels fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.analysis.findings import Array

Limits = tuple[float, float]
_STEPS: dict[str, tuple[float, ...]] = {
    "hour": (1, 2, 3, 6, 12, 24, 48, 72, 168, 336),
    "day": (1, 2, 7, 14, 28, 56, 91, 182, 364, 728),
    "week": (1, 2, 4, 8, 13, 26, 52, 104, 208, 520),
    "month": (1, 2, 3, 6, 12, 24, 36, 60, 120, 240),
}
_DECADES = 12


def round_step(span: float, count: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that divides `span` into at most `count` parts."""
    rough = span / count
    base = 10.0 ** math.floor(math.log10(rough))
    return next(base * factor for factor in (1, 2, 5, 10) if base * factor >= rough * (1 - 1e-9))


def time_ticks(limits: Limits, unit: str, count: int = 6) -> list[float]:
    """Return ticks a calendar knows: months by 3, 6, 12 …, days by weeks.

    **Arguments:** `limits` of the axis in `unit`; `count` at most so many intervals.
    """
    span = limits[1] - limits[0]
    known = _STEPS.get(unit.removesuffix("s"), ())
    step = next((step for step in known if step * count >= span), None)
    if step is None or span < 2:
        step = round_step(span, count)
    return _multiples(limits, step)


def value_ticks(limits: Limits, log_axis: bool, count: int = 5) -> list[float]:
    """Return ticks of a value axis; on a logarithmic one whole powers of ten, evenly spaced."""
    if not log_axis:
        return _multiples(limits, round_step(limits[1] - limits[0], count))
    low, high = (math.log10(limit) for limit in limits)
    step = max(1, math.ceil((high - low) / (count + 2)))
    return [10.0 ** round(exponent) for exponent in _multiples((low, high), step)]


def _multiples(limits: Limits, step: float) -> list[float]:
    first, last = math.ceil(limits[0] / step - 1e-9), math.floor(limits[1] / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def span(values: Iterable[Array]) -> Limits:
    """Return the least and greatest finite value, never equal; 0 and 1 where there is none."""
    found = [array[np.isfinite(array)] for array in values]
    joined = np.concatenate(found) if found else np.empty(0)
    if joined.size == 0:
        return 0.0, 1.0
    low, high = float(joined.min()), float(joined.max())
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def value_limits(values: Iterable[Array], log_axis: bool) -> Limits:
    """Return limits of a value axis.

    Logarithmic: around the positive values, whole decades where there are few, at most twelve. Linear: from
    zero unless the values are negative or all far from it.

    **Arguments:** `values` arrays of any shape, joined.
    """
    if log_axis:
        positive = [array[array > 0] for array in values]
        low, high = span(positive) if any(array.size for array in positive) else (0.1, 10.0)
        top, bottom = math.log10(high), max(math.log10(low), math.log10(high) - _DECADES)
        if top - bottom < 2:
            bottom = math.floor(bottom - 0.05)
            return 10.0**bottom, 10.0 ** max(math.ceil(top), bottom + 1)
        margin = 0.05 * (top - bottom)
        return 10.0 ** (bottom - margin), 10.0 ** (top + margin)
    low, high = span(values)
    margin = 0.05 * (high - low)
    return (0.0 if 0 <= low < 0.5 * high else low - margin), high + margin


def thin(times: Array, columns: Sequence[Array], most: int = 400) -> tuple[Array, list[Array]]:
    """Return a step function with no more steps than can be seen.

    **Arguments:** `times` (n_steps,) increasing; `columns` arrays (n_steps,), each constant from its time on.
    """
    if len(times) <= most:
        return times, list(columns)
    grid = np.linspace(times[0], times[-1], most)
    index: NDArray[np.intp] = np.searchsorted(times, grid, side="right") - 1
    return grid, [column[index] for column in columns]


@dataclass(frozen=True, slots=True)
class Mark:
    """The label of a mark above an axis: `row` 0 is next to the axis; it stands to the right of the mark
    unless `is_left`; `at` is the mark and `extent` the label, in points from the left end of the axis.
    """

    name: str
    time: float
    row: int
    is_left: bool
    at: float
    extent: Limits


def mark_rows(marks: Mapping[str, float], limits: Limits, width: float) -> list[Mark]:
    """Return labels in rows over an axis so that none covers another, nor crosses another's mark.

    **Arguments:** `marks` name -> time; `limits` of the time axis; `width` of the axis in points.
    """
    placed: list[Mark] = []
    for name, time in sorted(marks.items(), key=lambda item: -item[1]):
        at = width * (time - limits[0]) / (limits[1] - limits[0])
        length = 5.8 * len(name) + 8
        is_left = at + length > width + 10 and at > width / 2
        extent = (at - length, at) if is_left else (at, at + length)
        rows = [Mark(name, time, row, is_left, at, extent) for row in range(len(placed) + 1)]
        clear = [mark for mark in rows if all(_is_clear(mark, other) for other in placed)]
        placed.append(clear[0] if clear else rows[-1])
    return placed


def _is_clear(mark: Mark, other: Mark) -> bool:
    if mark.row == other.row:
        return mark.extent[1] < other.extent[0] or other.extent[1] < mark.extent[0]
    upper, lower = (mark, other) if mark.row > other.row else (other, mark)
    return not lower.extent[0] <= upper.at <= lower.extent[1]
