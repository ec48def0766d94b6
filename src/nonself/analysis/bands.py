"""The spread of courses and of numbers over patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TIMES_AT_ONCE = 64


def quantiles(values: Array, levels: tuple[float, ...] = QUANTILES) -> Array:
    """Return (n_levels, n_times) quantiles over patients of (n, n_times) values, linear between order
    statistics.

    **Arguments:** `values` of patients whose course is complete; at least one.

    **Example:** `quantiles(np.array([[1.0], [3.0]]), (0.5,))` gives `[[2.0]]`.
    """
    pieces = [
        np.quantile(values[:, first : first + TIMES_AT_ONCE], levels, axis=0)
        for first in range(0, values.shape[1], TIMES_AT_ONCE)
    ]
    return np.concatenate(pieces, axis=1)


def median_interval(values: Array) -> tuple[float, float]:
    """Return the distribution-free 95 % interval of the median of (n,) values: two order statistics.

    The ranks are those of the binomial distribution; with fewer than six values they are the least and
    greatest, which cover less than 95 %.

    **Example:** `median_interval(np.arange(1.0, 12.0))` gives `(2.0, 10.0)`.
    """
    from scipy.special import bdtr

    ordered, total = np.sort(values), values.size
    rank = max(int(np.searchsorted(bdtr(np.arange(total + 1.0), total, 0.5), 0.025)), 1)
    return float(ordered[rank - 1]), float(ordered[total - rank])
