"""Shares of patients with and without an event: Kaplan-Meier estimates and proportions, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NORMAL_975 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """The estimate as a step function: from each of `times` (n_steps,) on, `share` (n_steps,) is without an
    event, pointwise 95 % interval `low` to `high`; the first step is at 0. `at_risk` just before each step.
    """

    times: Array
    share: Array
    low: Array
    high: Array
    at_risk: NDArray[np.int64]
    patients: int
    events: int

    @property
    def median(self) -> float | None:
        """The first time at which at most half are without an event, or None when that is never reached."""
        return _first_at_most_half(self.times, self.share)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """The times at which the lower and the upper limit of the share fall to one half (Brookmeyer and
        Crowley).
        """
        return _first_at_most_half(self.times, self.low), _first_at_most_half(self.times, self.high)

    def share_at(self, time: float) -> float:
        """Return the share without an event at a time."""
        return float(self.share[np.searchsorted(self.times, time, side="right") - 1])


def _first_at_most_half(times: Array, share: Array) -> float | None:
    reached = np.flatnonzero(share <= 0.5)
    return float(times[reached[0]]) if reached.size else None


def kaplan_meier(times: Array, events: NDArray[np.bool_]) -> KaplanMeier:
    """Return the Kaplan-Meier estimate with Greenwood's variance and the log-log interval.

    Equation: S(t) = product over event times s <= t of (1 - d/n); interval S^exp(±1.96 g), g = sqrt(sum of
    d/(n(n-d))) / |log S|. Patients censored at the time of an event count as at risk at it.

    **Arguments:** `times` (n,) of event or censoring, not negative; `events` (n,) true for an event.
    **Returns:** the estimate; where S is 0 or 1 the interval is the point itself.

    **Example:** `kaplan_meier(np.array([1.0, 2.0]), np.array([True, False])).share` gives `[1.0, 0.5]`.

    **Reference:** Kalbfleisch and Prentice (2002), The statistical analysis of failure time data, section
    1.4.
    """
    steps, died = np.unique(times[events], return_counts=True)
    at_risk = numbers_at_risk(times, steps)
    share: Array = np.cumprod(1.0 - died / at_risk, dtype=np.float64)
    last = at_risk == died
    terms = np.where(last, 0.0, died / (at_risk * np.where(last, 1, at_risk - died)))
    greenwood = np.sqrt(np.cumsum(terms))
    inside = (share > 0) & (share < 1)
    low: Array = share.copy()
    high: Array = share.copy()
    width = np.exp(NORMAL_975 * greenwood[inside] / np.abs(np.log(share[inside])))
    low[inside], high[inside] = share[inside] ** width, share[inside] ** (1 / width)
    if not steps.size or steps[0] > 0:
        steps, at_risk = np.append(0.0, steps), np.append(times.size, at_risk)
        share, low, high = (np.append(1.0, part) for part in (share, low, high))
    return KaplanMeier(steps, share, low, high, at_risk, times.size, int(np.count_nonzero(events)))


def numbers_at_risk(times: Array, when: Array) -> NDArray[np.int64]:
    """Return how many are still followed and without an event just before each time.

    **Example:** `numbers_at_risk(np.array([1.0, 2.0]), np.array([0.0, 2.0]))` gives `[2, 1]`.
    """
    return np.asarray(times.size - np.searchsorted(np.sort(times), when, side="left"), dtype=np.int64)


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of the expectation of a count of events.

    **Example:** `poisson_interval(0)` gives about `(0.0, 3.69)`.

    **Reference:** Garwood (1936), Biometrika 28:437.
    """
    from scipy.special import gammaincinv

    low = 0.0 if count == 0 else float(gammaincinv(count, 0.025))
    return low, float(gammaincinv(count + 1, 0.975))


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a proportion.

    **Raises:** `ValueError` when there is nobody.

    **Example:** `wilson(7, 14)` gives about `(0.268, 0.732)`.

    **Reference:** Wilson (1927), J Am Stat Assoc 22:209.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError(f"{count} of {total} is not a proportion")
    share, square = count / total, NORMAL_975**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = NORMAL_975 / (1 + square / total) * np.sqrt(share * (1 - share) / total + square / (4 * total**2))
    low = 0.0 if count == 0 else float(middle - half)
    high = 1.0 if count == total else float(middle + half)
    return low, high
