"""The plainest solver of delay differential equations: classical Runge-Kutta steps of one length, nothing adapted.

Every delay is a whole number of steps, so that no step goes over a break of the course; between steps the past is the
cubic through the two states and their slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Past = Callable[[float], Any]  # how long ago -> the state then


def solve_by_steps(
    rates: Callable[[float, Any, Past], Any],
    lags: Sequence[float],
    start: Sequence[float],
    step: float,
    count: int,
) -> Array:
    """Return the states after 0, 1, ... `count` steps, (count + 1, n); before 0 the state was as it begins."""
    back = {lag: round(lag / step) for lag in lags}
    assert all(whole > 0 and abs(whole * step / lag - 1.0) < 1e-9 for lag, whole in back.items())
    states, slopes = np.empty((2, count + 1, len(start)))
    states[0] = start

    def past(place: float) -> Past:
        """What is seen back from a place, in steps, that is whole or halfway between two."""

        def at(ago: float) -> Any:
            there = place - back[ago]
            low = int(np.floor(there))
            if there <= 0.0:
                return states[0]
            if there == low:
                return states[low]
            apart = slopes[low] - slopes[low + 1]
            return (states[low] + states[low + 1]) / 2 + step * apart / 8

        return at

    for number in range(count):
        here, half = states[number], past(number + 0.5)
        now = number * step
        first = np.array(rates(now, here, past(number)))
        slopes[number] = first
        second = np.array(rates(now + step / 2, here + step / 2 * first, half))
        third = np.array(rates(now + step / 2, here + step / 2 * second, half))
        fourth = np.array(rates(now + step, here + step * third, past(number + 1)))
        states[number + 1] = here + step / 6 * (first + 2 * second + 2 * third + fourth)
    return states
