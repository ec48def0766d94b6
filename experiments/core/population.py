"""A population with a spread gain of self recognition, and where on that spread tolerance tips.

A patient's gain is exp(sigma z), z standard normal. For one parameter set, what tips patients above some z tips
all above: that z is found on a coarse grid, then on a fine one, and the share of a population follows from the normal
tail. No patient is drawn, so the rare is as exact as the common.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.core.engine import HALF, Array

COARSE = np.arange(-3.0, 6.0)  # (9,) steps of one
PARTS = 9  # the step that holds the tip is cut in so many
RATE = 1.5  # infections a year
SPREAD = 0.8  # standard deviation of the logarithm of their size; the median is the usual size, 1
SIZES = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
ADULT = 40.0  # years lived before leukemia
_FINE = np.linspace(-6.0, 8.0, 2801)

Level = Callable[[Array], Array]  # z (n_sets, k) -> tissue level (n_sets, k)


def tip(level: Level, count: int, rounds: int = 1) -> Array:
    """Return (n_sets,) the least z that is lost: inf where none is, -inf where all are.

    **Arguments:** `rounds` how often the step that holds it is cut into PARTS.
    """
    coarse = level(np.tile(COARSE, (count, 1))) < HALF
    first = np.where(coarse.any(axis=1), coarse.argmax(axis=1), len(COARSE))
    below, step = COARSE[np.clip(first - 1, 0, len(COARSE) - 1)], 1.0
    for _ in range(rounds):
        step /= PARTS
        fine = level(below[:, None] + step * np.arange(1, PARTS)[None, :]) < HALF
        below = below + step * np.where(fine.any(axis=1), fine.argmax(axis=1), PARTS - 1)
    return np.where(first == 0, -np.inf, np.where(first == len(COARSE), np.inf, below + step / 2))


def share_above(z: Array) -> Array:
    """Return the share of a population above z."""
    from scipy.stats import norm

    return np.asarray(norm.sf(z))


def yearly_loss(tips: Array, years: float, before: Array | None = None) -> Array:
    """Return (n_sets,) the share lost a year, over `years`.

    Equation: mean over z of 1 - exp(-h(z) years) with h = RATE P(size > the least size that tips z), and 1 where usual
    infections alone tip. With `before`: of those who are whole after ADULT years under those tips; NaN if nobody is.

    **Arguments:** `tips` (n_sizes, n_sets), the z that an infection of each of SIZES tips; row 0: usual infections.
    """
    from scipy.stats import norm

    found = np.empty(tips.shape[1])
    for column in range(tips.shape[1]):
        density = norm.pdf(_FINE)
        if before is not None:
            density = density * (1.0 - _lost(before[:, column], ADULT))
        whole = float(density.sum())
        lost = float((density * _lost(tips[:, column], years)).sum())
        found[column] = lost / whole / years if whole > 0 else np.nan
    return found


def _lost(tips: Array, years: float) -> Array:
    """Share lost over z, on the fine grid."""
    from scipy.stats import norm

    edges = np.minimum.accumulate(np.clip(tips, -9.0, 9.0))
    order = np.lexsort(
        (-np.arange(len(edges)), edges)
    )  # where sizes tip alike, it takes the largest just below
    size = np.interp(_FINE, edges[order], np.log(SIZES)[order])
    hazard = np.where(edges[-1] < _FINE, RATE * norm.sf(size / SPREAD), 0.0)
    return np.asarray(np.where(edges[0] < _FINE, 1.0, 1.0 - np.exp(-hazard * years)))
