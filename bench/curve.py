"""Work against precision: points, the frontier they form, and the time needed for a given error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.schedule import Array

TARGETS: Array = np.array([1e-4, 5e-5, 2e-5, 1e-5, 5e-6, 2e-6])
"""Median errors at which solvers are compared."""


@dataclass(frozen=True, slots=True)
class Point:
    """One solver at one setting.

    **Arguments:** `rtol` relative tolerance and `factor` on the absolute ones; `median`, `p95` errors over
    patients and `failures` among them; `seconds` per trajectory.
    """

    rtol: float
    factor: float
    median: float
    p95: float
    failures: int
    seconds: float


def frontier(points: Sequence[Point]) -> list[Point]:
    """Return the points no other beats on both error and time, most precise first."""
    kept: list[Point] = []
    usable = (point for point in points if np.isfinite(point.median) and point.median > 0)
    for point in sorted(usable, key=lambda point: (point.median, point.seconds)):
        if not kept or point.seconds < kept[-1].seconds:
            kept.append(point)
    return kept


def seconds_at(points: Sequence[Point], targets: Array = TARGETS) -> Array:
    """Return seconds per trajectory at which each median error is met, log-log between the frontier's points.

    NaN where no point is precise enough. A target looser than every point costs what the fastest point costs:
    that one meets it too. Nothing is extrapolated.

    **Example:** with 4 s at 1e-6 and 1 s at 1e-4, an error of 1e-5 takes 2 s.
    """
    best = frontier(points)
    if not best:
        return np.full(targets.shape, np.nan)
    error = np.log([point.median for point in best])
    work = np.log([point.seconds for point in best])
    return np.asarray(np.exp(np.interp(np.log(targets), error, work, left=np.nan)))


def spread(values: Sequence[float] | Array) -> tuple[float, float, float]:
    """Return the median, the least and the most of some numbers."""
    low, middle, high = np.quantile(np.asarray(values, dtype=float), [0, 0.5, 1])
    return float(middle), float(low), float(high)
