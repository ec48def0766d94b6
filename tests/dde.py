"""A plain solver of delay differential equations for tests, by SciPy: one piece after the other, none over a break."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

SMOOTH = 8  # delays after which a break is no longer noticed
Past = Callable[[float], Any]  # how long ago -> the state then
Course = Callable[[float], Any]


def breaks(lags: Sequence[float], end: float) -> list[float]:
    """Return the times until `end` at which some derivative jumps because the course began at 0."""
    found, layer = {0.0, end}, {0.0}
    for _ in range(SMOOTH):
        layer = {round(time + lag, 10) for time in layer for lag in lags if time + lag < end}
        found |= layer
    return sorted(found)


def solve_dde(
    rates: Callable[[float, Any, Past], Any],
    lags: Sequence[float],
    start: Any,
    end: float,
    rtol: float,
    atol: Any,
) -> Course:
    """Integrate from 0; before that the state was as it begins. Returns the state by time, 0 to `end`."""
    shortest = min(lags)
    times, pieces = [0.0], []
    state = np.asarray(start, dtype=float)

    def course(time: float) -> Any:
        if time <= 0.0 or not pieces:
            return np.asarray(start, dtype=float)
        return pieces[min(bisect.bisect_left(times, time), len(pieces)) - 1](time)

    points = breaks(lags, end)
    for begin, stop in pairwise(points):
        count = int(np.ceil((stop - begin) / shortest - 1e-9))
        for first in range(max(1, count)):
            low = begin + (stop - begin) * first / max(1, count)
            high = begin + (stop - begin) * (first + 1) / max(1, count)
            run = solve_ivp(
                lambda t, y: rates(t, y, lambda ago: course(t - ago)), (low, high), state, "DOP853",
                dense_output=True, rtol=rtol, atol=atol,
            )  # fmt: skip
            assert run.success, run.message
            state = run.y[:, -1]
            pieces.append(run.sol)
            times.append(high)
    return course
