"""From when people of a given gain tip to what a population does at any margin: one probit of gain for each age.

Equation: by age a a person of log gain g has tipped with probability Phi((g - m_a)/s), because everything else that
varies between people shifts the log of what tips them; so in a population whose log gain is normal with spread v, at a
margin e^d times that of the run, Phi(-(m_a + d)/sqrt(s^2 + v^2)) have tipped by age a.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.body.courses import MARGIN, Tipping

Array = NDArray[np.float64]
SPREAD = 0.15 * 2**0.5  # of log presentation and of the tissue's own, together, in the population


@dataclass(frozen=True, slots=True)
class Probit:
    """Log gain `middle` (k,) at which half have tipped by `ages` (k,), and the spread `width` of that."""

    ages: Array
    middle: Array
    width: float

    def tipped(self, margin: float) -> Array:
        """Return the share of a population that has tipped by each age, at a margin."""
        from scipy.special import ndtr

        shift = np.log(margin / MARGIN)
        return np.asarray(ndtr(-(self.middle + shift) / np.hypot(self.width, SPREAD)))


def probit(seen: Tipping, ages: Sequence[float]) -> Probit:
    """Return the fit of greatest likelihood.

    **Raises:** `ValueError` where next to nobody or next to everybody tips.
    """
    from scipy.optimize import minimize
    from scipy.special import log_ndtr

    by = np.array([seen.age < age for age in ages])
    if by[-1].sum() < 10 or (~by[-1]).sum() < 10:
        raise ValueError("too few people tip, or too few do not, for a threshold to be seen")

    def misfit(point: Array) -> float:
        middle, width = point[:-1], np.exp(point[-1])
        z = (seen.gain - middle[:, None]) / width
        return -float(np.where(by, log_ndtr(z), log_ndtr(-z)).sum())

    start = np.append(np.linspace(0.9, 0.5, len(ages)), np.log(0.25))
    found = minimize(misfit, start, method="Nelder-Mead", options={"maxiter": 4000, "maxfev": 4000})
    return Probit(np.array(ages), found.x[:-1], float(np.exp(found.x[-1])))


def incidence(fit: Probit, pyramid: Array, margin: float) -> float:
    """Return new cases a year and person, in a population of (age, number) rows, (n, 2)."""
    edges = np.concatenate([[18.0], fit.ages])
    tipped = np.concatenate([[0.0], fit.tipped(margin)])
    rate = np.diff(tipped) / np.diff(edges) / np.maximum(1 - tipped[:-1], 1e-9)
    place = np.clip(np.searchsorted(edges, pyramid[:, 0], side="right") - 1, 0, len(rate) - 1)
    return float((rate[place] * pyramid[:, 1]).sum() / pyramid[:, 1].sum())


def solve_for(wanted: float, of: object, low: float = 1.5, high: float = 40.0) -> float:
    """Return the margin at which a falling function of it has a value, or NaN where none in the range does."""
    assert callable(of)
    if not of(high) < wanted < of(low):
        return float("nan")
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if of(middle) > wanted else (low, middle)
    return (low * high) ** 0.5
