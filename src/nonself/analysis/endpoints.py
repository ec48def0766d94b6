"""Endpoints: what is measured on each patient's course. A closed set of pure functions over (times, values).

`times` are (n_times,), increasing, relative to the study's time zero; `values` are (n, n_times) of patients
whose course is complete. A patient that failed never enters: the caller leaves it out and counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nonself.errors import InputError

Array = NDArray[np.float64]
SAME_TIME = 1e-12  # times closer than this, relative to the larger of 1 and the time, are one
Direction = Literal["above", "below"]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Crossing:
    """First sustained crossings: `time` (n,) since the start of watching, of the crossing where it `happened`
    (n,), else of the last readout, until which the patient was followed.
    """

    time: Array
    happened: Flags


def value_at(times: Array, values: Array, at: float, *, log: bool = False) -> Array:
    """Return (n,) the value at a time, interpolated between readouts, linear in the log if `log`.

    **Raises:** `InputError` when the time lies outside the readouts.

    **Example:** `value_at(np.array([0.0, 2.0]), np.array([[1.0, 3.0]]), 1.0)` gives `[2.0]`.
    """
    if not times[0] <= at <= times[-1]:
        raise InputError(f"time {at:g} lies outside the readouts, {times[0]:g} to {times[-1]:g}")
    after = int(np.searchsorted(times, at, side="left"))
    if times[after] == at:
        return np.asarray(values[:, after])
    share = (at - times[after - 1]) / (times[after] - times[after - 1])
    left, right = values[:, after - 1], values[:, after]
    if not log:
        return np.asarray(left + share * (right - left))
    _require_positive(np.stack([left, right]))
    return np.asarray(np.exp(np.log(left) + share * (np.log(right) - np.log(left))))


def extremum(
    times: Array, values: Array, kind: Literal["min", "max"], start: float, end: float
) -> tuple[Array, Array]:
    """Return (n,) the least or greatest value among the readouts in [start, end], and (n,) its first time.

    **Raises:** `InputError` when no readout lies in the window.

    **Example:** `extremum(np.array([0.0, 1.0]), np.array([[4.0, 2.0]]), "min", 0.0, 1.0)` gives `([2.0],
    [1.0])`.
    """
    inside = _window(times, start, end)
    part = values[:, inside]
    where = np.argmin(part, axis=1) if kind == "min" else np.argmax(part, axis=1)
    return np.asarray(part[np.arange(part.shape[0]), where]), np.asarray(times[inside][where])


def area(times: Array, values: Array, start: float, end: float) -> Array:
    """Return (n,) the area under the course between two times, by trapezoids over the readouts in [start,
    end].

    **Raises:** `InputError` when fewer than two readouts lie in the window.

    **Example:** `area(np.array([0.0, 2.0]), np.array([[1.0, 3.0]]), 0.0, 2.0)` gives `[4.0]`.
    """
    inside = _window(times, start, end)
    if np.count_nonzero(inside) < 2:
        raise InputError(
            f"fewer than two readouts lie between {start:g} and {end:g}", mend="widen the window"
        )
    course = values[:, inside]
    parts = np.diff(times[inside]) * (course[:, 1:] + course[:, :-1]) / 2
    return np.asarray(
        np.cumsum(parts, axis=1)[:, -1]
    )  # in the order of readouts, however many patients there are


def crossing(
    times: Array,
    values: Array,
    direction: Direction,
    threshold: float,
    start: float | Array,
    *,
    visits: int = 1,
    duration: float = 0.0,
    log: bool = False,
    followed: Array | None = None,
) -> Crossing:
    """Return when each course first lies beyond a threshold for `visits` readouts in a row and for `duration`,
    at or after `start`.

    It lasts for a duration if it lies beyond at every readout up to the first that is that much later; who is not
    followed for so long has not crossed.

    The time lies between the last readout before and the first beyond, found by interpolation (linear in the
    log if `log`) and never before `start`; it counts from `start`. A patient beyond the threshold at the
    start crosses at 0.

    **Arguments:** `threshold` and "above" or "below" it, strictly; `start` when watching begins, a number or
    (n,); `followed` (n,) until when each patient lived, NaN after it, by default all the time.
    **Returns:** the crossings. **Raises:** `InputError` when no readout lies at or after the start.

    **Example:** `crossing(np.array([0.0, 2.0]), np.array([[0.0, 2.0]]), "above", 1.0, 0.0).time` gives
    `[1.0]`.
    """
    begin = _begin(times, values, start)
    beyond = _beyond(values, direction, threshold) & (times >= begin[:, None])
    sustained = _sustained(times, beyond, visits, duration)
    happened = np.asarray(sustained.any(axis=1), dtype=np.bool_)
    first = np.argmax(sustained, axis=1)
    time = np.full(values.shape[0], times[-1]) if followed is None else np.minimum(times[-1], followed)
    rows = np.flatnonzero(happened)
    time[rows] = _located(times, values[rows], first[rows], direction, threshold, log)
    return Crossing(np.maximum(time, begin) - begin, happened)


def entering(
    times: Array,
    values: Array,
    within: tuple[float | Array, float | Array],
    start: float | Array,
    *,
    visits: int = 1,
    followed: Array | None = None,
) -> Crossing:
    """Return when each course first lies within a range for `visits` readouts in a row, at or after `start`.

    The time lies between the last readout outside and the first inside, by linear interpolation; a patient inside at
    the start is so at 0. A range holds its limits.

    **Arguments:** as for `crossing`; `within` lowest and highest value, one for all or (n,).

    **Example:** `entering(np.array([0.0, 2.0]), np.array([[0.0, 2.0]]), (1.0, 3.0), 0.0).time` gives `[1.0]`.
    """
    begin = _begin(times, values, start)
    low, high = (np.broadcast_to(np.asarray(edge, dtype=float), values.shape[0])[:, None] for edge in within)
    inside = (values >= low) & (values <= high) & (times >= begin[:, None])
    sustained = _sustained(times, inside, visits)
    happened = np.asarray(sustained.any(axis=1), dtype=np.bool_)
    time = np.full(values.shape[0], times[-1]) if followed is None else np.minimum(times[-1], followed)
    rows = np.flatnonzero(happened)
    first = np.argmax(sustained, axis=1)[rows]
    before = np.maximum(first - 1, 0)
    left, right = values[rows, before], values[rows, first]
    low, high = low[rows, 0], high[rows, 0]
    edge = np.where(left < low, low, high)
    outside = (left < low) | (left > high)
    share = np.where(outside, (edge - left) / np.where(outside, right - left, 1.0), 0.0)
    time[rows] = times[before] + share * (times[first] - times[before])
    return Crossing(np.maximum(time, begin) - begin, happened)


def first_of(found: Sequence[Crossing]) -> Crossing:
    """Return when the first of several events happened to each patient.

    **Example:** `first_of([anemia, leukopenia]).happened`
    """
    happened = np.any([one.happened for one in found], axis=0)
    time = np.min([np.where(one.happened, one.time, np.inf) for one in found], axis=0)
    return Crossing(np.where(happened, time, found[0].time), happened)


def variation(times: Array, values: Array, start: float, end: float) -> Array:
    """Return (n,) the coefficient of variation of each course over its readouts in [start, end], in percent.

    Equation: 100 * standard deviation (over n - 1) / mean.

    **Raises:** `InputError` when fewer than two readouts lie in the window.

    **Example:** `variation(np.array([0.0, 1.0]), np.array([[1.0, 3.0]]), 0.0, 1.0)` gives about `[70.7]`.
    """
    part = values[:, _window(times, start, end)]
    if part.shape[1] < 2:
        raise InputError(
            f"fewer than two readouts lie between {start:g} and {end:g}", mend="widen the window"
        )
    count = part.shape[1]
    mean = _summed(part) / count
    return np.asarray(100 * np.sqrt(_summed((part - mean[:, None]) ** 2) / (count - 1)) / mean)


def _summed(values: Array) -> Array:
    """Return (n,) sums in the order of readouts: the same bits however many patients are summed together."""
    return np.asarray(np.cumsum(values, axis=1)[:, -1])


def _begin(times: Array, values: Array, start: float | Array) -> Array:
    """Return (n,) when watching begins."""
    begin = np.broadcast_to(np.asarray(start, dtype=float), values.shape[0])
    if np.any(np.asarray(start) > times[-1]):
        raise InputError(
            f"nothing is read out after {np.max(start):g}, where watching begins",
            mend="lengthen the time, or start earlier",
        )
    return begin


def _sustained(times: Array, beyond: Flags, visits: int, duration: float = 0.0) -> Flags:
    """Return where a course begins to lie beyond and stays there."""
    count = times.size
    last = np.searchsorted(times, times + duration - SAME_TIME * np.maximum(1.0, np.abs(times)), side="left")
    last = np.maximum(last, np.arange(count) + visits - 1)
    inside = np.flatnonzero(last < count)
    so_far = np.cumsum(beyond, axis=1, dtype=np.int32)
    stretch = so_far[:, last[inside]] - so_far[:, inside] + beyond[:, inside]
    sustained = np.zeros_like(beyond)
    sustained[:, inside] = stretch == last[inside] - inside + 1
    return sustained


def _beyond(values: Array, direction: Direction, threshold: float) -> Flags:
    return np.asarray(values > threshold if direction == "above" else values < threshold)


def _located(
    times: Array, values: Array, first: NDArray[np.intp], direction: Direction, threshold: float, log: bool
) -> Array:
    """Return (n,) where each course passes the threshold before its readout `first`: where the readout before
    lies beyond it too (before watching began), the time of that one.
    """
    rows = np.arange(first.size)
    before = np.maximum(first - 1, 0)
    left, right = values[rows, before], values[rows, first]
    found = times[before].copy()
    passes = ~_beyond(left, direction, threshold)
    begin, end = times[before[passes]], times[first[passes]]
    found[passes] = begin + _share(left[passes], right[passes], threshold, log) * (end - begin)
    return found


def _share(left: Array, right: Array, threshold: float, log: bool) -> Array:
    """Return how far on the way from `left` to `right` the threshold lies, 0 to 1.

    On a logarithmic axis a value at or below 0 is taken as the limit of ever smaller ones: coming from it,
    the threshold is passed at the very end, going to it, at once.
    """
    if not log:
        return np.asarray((threshold - left) / (right - left))
    inside = (left > 0) & (right > 0)
    share = np.where(left > 0, 0.0, 1.0)
    edge, low, high = np.log(threshold), np.log(left[inside]), np.log(right[inside])
    share[inside] = (edge - low) / (high - low)
    return share


def _window(times: Array, start: float, end: float) -> Flags:
    inside = (times >= start) & (times <= end)
    if not inside.any():
        raise InputError(
            f"no readout lies between {start:g} and {end:g}", mend="widen the window, or read out more often"
        )
    return np.asarray(inside)


def _require_positive(values: Array) -> None:
    if np.any(values <= 0):
        raise InputError(
            "an observable on a logarithmic axis is not positive, so its log cannot be interpolated",
            mend="ask for a time at which it is read out",
        )
