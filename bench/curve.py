"""Work against precision: points, the frontier they form, and the time needed for a given error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.schedule import Array

TARGETS: Array = np.array([1e-4, 5e-5, 2e-5, 1e-5, 5e-6, 2e-6])
"""Median errors at which solvers are compared."""


@dataclass(frozen=True, slots=True)
class Point:
    """One solver at one setting.

    **Arguments:** `setting` in words; `median`, `p95` errors over patients; `seconds` per trajectory.
    """

    setting: str
    median: float
    p95: float
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
    """Return seconds per trajectory at given median errors, log-log between the frontier's points.

    NaN where the frontier does not reach: nothing is extrapolated.
    """
    best = frontier(points)
    if not best:
        return np.full(targets.shape, np.nan)
    error = np.log([point.median for point in best])
    work = np.log([point.seconds for point in best])
    return np.exp(np.interp(np.log(targets), error, work, left=np.nan, right=np.nan))


def over_rounds(rounds: Sequence[Sequence[Point]]) -> list[Point]:
    """Return each setting once, with its median time over rounds."""
    return [
        replace(same[0], seconds=float(np.median([point.seconds for point in same])))
        for same in zip(*rounds, strict=True)
    ]
