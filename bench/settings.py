"""Tolerances: the grids tried for every solver, and those kept for the race."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from bench.curve import Point, frontier
from bench.peers import Solver
from bench.reference import errors
from bench.schedule import Array

Pair = tuple[float, float]
_RTOLS = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7, 3e-8, 1e-8)
FINE = tuple((rtol, min(ratio * rtol, 1.0)) for rtol in _RTOLS for ratio in (0.1, 1, 10, 100))
MIDDLE = tuple((rtol, min(ratio * rtol, 1.0)) for rtol in _RTOLS for ratio in (1, 10))
COARSE = tuple((rtol, 10 * rtol) for rtol in _RTOLS if rtol <= 3e-3)
"""Pairs of relative tolerance and factor on the absolute ones, loosest first."""
WINDOW = (1e-6, 3e-4)
"""Median errors between which settings are kept, with one setting beyond each end."""
MOST = 6
LEAST = 0.02
"""Seconds below which a timing is repeated."""


class Scaled(Protocol):
    """What is solved, so far as errors need it."""

    @property
    def scales(self) -> Array:
        """The smallest amounts that matter, shape (n_species,)."""


def grid(seconds: float, budget: float) -> tuple[Pair, ...]:
    """Return the finest grid that fits.

    **Arguments:** `seconds` one run at one setting takes; `budget` seconds there are.
    """
    return next((pairs for pairs in (FINE, MIDDLE) if len(pairs) * seconds <= budget), COARSE)


def timed(solver: Solver, parameters: Array) -> tuple[Array, float]:
    """Run a solver, again and again where it is quick; return values and mean seconds per trajectory."""
    values, total = solver.run(parameters)
    runs = 1
    while total < LEAST:
        total += solver.run(parameters)[1]
        runs += 1
    return values, total / (runs * parameters.shape[1])


def measure(
    solver: Solver, case: Scaled, parameters: Array, truth: Array, pairs: Iterable[Pair], enough: float = 0.0
) -> list[Point]:
    """Run a solver at pairs of tolerances and return where it lands.

    **Arguments:** `parameters` shape (n_parameters, n_patients); `truth` reference of the first patients, shape
    (n_known, n_times, n_species); a relative tolerance tighter than one that gave less error than `enough` is
    left out.
    """
    points: list[Point] = []
    for rtol, factor in pairs:
        if any(point.median < enough and point.rtol > rtol for point in points):
            continue
        solver.tolerate(rtol, factor)
        values, seconds = timed(solver, parameters)
        known = min(len(values), len(truth))
        found = errors(values[:known], truth[:known], case.scales)
        points.append(Point(rtol, factor, found.median, found.p95, found.failures, seconds))
    return points


def chosen(points: Sequence[Point]) -> list[Pair]:
    """Return the settings to race: the frontier inside `WINDOW` and one beyond each end, at most `MOST`."""
    best = frontier(points)
    inside = [place for place, point in enumerate(best) if WINDOW[0] <= point.median <= WINDOW[1]]
    if not inside:
        return [(point.rtol, point.factor) for point in best[:MOST]]
    kept = best[max(inside[0] - 1, 0) : inside[-1] + 2]
    if len(kept) > MOST:
        kept = [kept[place] for place in np.linspace(0, len(kept) - 1, MOST).round().astype(int)]
    return [(point.rtol, point.factor) for point in reversed(kept)]
