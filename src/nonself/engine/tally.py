"""How many patients lie where at each readout: integer histograms, so that quantiles need no courses.

A bin is a two-hundred-and-fifty-sixth of an octave: between two powers of 2 all bins are equally wide, 0.2 to 0.4 % of
the value. Bins follow from the bits of a number, and counts are integers: chunks may be counted in any order and put
together to the same bytes. What is smaller than `FLOOR` counts as zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.engine.problem import Array

BITS = 8
BINS = 2**BITS  # an octave
FLOOR = 2.0**-120
NOT_A_NUMBER = 4096  # the octave of what is no number, above all others
TIMES_AT_ONCE = 64
_MANTISSA = 52


@dataclass(frozen=True, slots=True)
class Counts:
    """A histogram at each readout.

    **Arguments:** `octaves` (n_octaves,) in order of value: 1 + the exponent's bits, negative for negative numbers,
    0 for zero; `numbers` (n_octaves, BINS, n_times) of patients.
    """

    octaves: NDArray[np.int64]
    numbers: NDArray[np.int64]


def count(values: Array, counted: NDArray[np.bool_] | None = None) -> Counts:
    """Return the histograms of (n, n_times) values, of all or of those that are `counted`.

    **Example:** `count(np.array([[1.0], [3.0]])).numbers.sum()` gives `2`.
    """
    octave, place = _bins(np.ascontiguousarray(values, dtype=float))
    n_times = values.shape[1]
    time = np.broadcast_to(np.arange(n_times), values.shape)
    if counted is not None:
        octave, place, time = octave[counted], place[counted], time[counted]
    octaves, row = np.unique(octave, return_inverse=True)
    cells = (row.reshape(octave.shape) * BINS + place) * n_times + time
    size = octaves.size * BINS * n_times
    numbers = np.bincount(cells.ravel(), minlength=size).reshape(octaves.size, BINS, n_times)
    return Counts(octaves, numbers.astype(np.int64, copy=False))


def together(parts: Iterable[Counts]) -> Counts:
    """Return the histograms of all patients of several parts, whatever their order.

    **Example:** `together([count(first), count(second)])`
    """
    first, *others = parts
    for other in others:
        if np.array_equal(first.octaves, other.octaves):
            first = Counts(first.octaves, first.numbers + other.numbers)
            continue
        octaves = np.union1d(first.octaves, other.octaves)
        numbers = np.zeros((octaves.size, *first.numbers.shape[1:]), dtype=np.int64)
        for part in (first, other):
            numbers[np.searchsorted(octaves, part.octaves)] += part.numbers
        first = Counts(octaves, numbers)
    return first


def quantiles(counts: Counts, levels: tuple[float, ...]) -> Array:
    """Return (n_levels, n_times) quantiles over patients, less than a bin from those of the values themselves.

    Between order statistics they are linear; those within a bin are taken to lie evenly in it. Where something is no
    number, or nobody is counted, neither is a quantile.

    **Example:** `quantiles(count(np.array([[1.0], [3.0]])), (0.5,))` gives about `[[2.0]]`.
    """
    low, high = _edges(counts.octaves)
    n_times = counts.numbers.shape[2]
    found = np.full((len(levels), n_times), np.nan)
    if not counts.octaves.size:
        return found
    for first in range(0, n_times, TIMES_AT_ONCE):
        part = slice(first, first + TIMES_AT_ONCE)
        numbers = counts.numbers[:, :, part].reshape(low.size, -1)
        reached = np.cumsum(numbers, axis=0)
        for row, level in enumerate(levels):
            last = np.maximum(reached[-1] - 1, 0)
            at = last * level
            before = np.floor(at).astype(np.int64)
            left, right = (
                _ordered(np.minimum(rank, last), numbers, reached, low, high) for rank in (before, before + 1)
            )
            share = at - before
            with np.errstate(invalid="ignore"):
                found[row, part] = np.where(share > 0, left + share * (right - left), left)
    nothing = counts.numbers[counts.octaves == NOT_A_NUMBER].sum(axis=(0, 1)) > 0
    found[:, nothing | (counts.numbers.sum(axis=(0, 1)) == 0)] = np.nan
    return found


def _bins(values: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the octave of each value and its bin in it, both in order of value."""
    bits = np.abs(values).view(np.int64) >> (_MANTISSA - BITS)
    octave, place = (bits >> BITS) + 1, bits & (BINS - 1)
    negative = np.signbit(values)
    octave = np.where(negative, -octave, octave)
    place = np.where(negative, BINS - 1 - place, place)
    nothing, small = np.isnan(values), np.abs(values) < FLOOR
    octave = np.where(nothing, NOT_A_NUMBER, np.where(small, 0, octave))
    return octave, np.where(nothing | small, 0, place)


def _edges(octaves: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the lower and upper edge of every bin, (n_octaves * BINS,) each."""
    place = np.arange(BINS + 1) / BINS
    with np.errstate(over="ignore"):
        sizes = np.ldexp(1.0 + place, (np.abs(octaves) - 1024)[:, None])
    sizes[octaves == 0] = 0.0
    up, down = sizes[:, :-1], sizes[:, 1:]
    is_negative = (octaves < 0)[:, None]
    low = np.where(is_negative, -down[:, ::-1], up)
    high = np.where(is_negative, -up[:, ::-1], down)
    return low.ravel(), high.ravel()


def _ordered(
    rank: NDArray[np.int64],
    numbers: NDArray[np.int64],
    reached: NDArray[np.int64],
    low: Array,
    high: Array,
) -> Array:
    """Return the value of a rank at each readout, (n_times,)."""
    place = np.argmax(reached > rank, axis=0)
    times = np.arange(rank.size)
    inside = numbers[place, times]
    share = (rank - (reached[place, times] - inside) + 0.5) / np.maximum(inside, 1)
    left, right = low[place], high[place]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isfinite(right - left), left + share * (right - left), left))
