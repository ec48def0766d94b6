"""How deep a depletion must be, and when after it tissue is lost."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.core.engine import HALF, MONTH, YEAR, Array, deep_depletion, run, usual_infections
from experiments.core.laws import CHOSEN, SIGMA, Law, base
from experiments.core.phenomena import measure
from experiments.core.population import share_above

LEFT = (0.6, 0.4, 0.2, 0.1, 0.05, 0.01)
DENSITIES = (0.0, 0.1, 0.25, 0.5, 1.0)
_AT = 365.0


def by_depth(left: tuple[float, ...] = LEFT) -> Array:
    """Return (n_depths, n_densities) the share lost within five years."""
    rows = []
    for part in left:
        sets = CHOSEN.of(base(len(DENSITIES)))
        sets["density_share"] = np.array(DENSITIES)
        rows.append(measure(sets, kill=-math.log(part) / 5.0).after_depletion)
    return np.stack(rows)


@dataclass(frozen=True, slots=True)
class Course:
    """What follows a depletion that leaves 5 %: months to loss in the lost, and the years of recovery.

    **Arguments:** `loss` months from depletion to less than half the tissue, 5 %, 50 % and 95 % of those lost; `years`;
    `conventional`, `regulators`, `factor`, `high` of the median patient then, relative to health.
    """

    law: Law
    loss: tuple[float, float, float]
    years: tuple[float, ...]
    conventional: Array
    regulators: Array
    factor: Array
    high: Array


def course(law: Law) -> Course:
    """Return what follows a deep depletion under a law."""
    z = np.linspace(-3.0, 4.0, 141)
    columns = {name: float(values[0]) for name, values in law.of(base(1)).items() if name != "sigma"}
    keep = ("tissue", "conventional", "regulators", "growth_factor", "high")
    days = 6.0 * YEAR
    actions = [*deep_depletion(_AT), *usual_infections(days)]
    found = run({**columns, "gain": np.exp(SIGMA * z)}, len(z), days, actions, keep)
    down = found.of("tissue") < HALF
    lost = down.any(axis=1)
    months = (down.argmax(axis=1) + 1) * MONTH - _AT
    lost = lost & (months > 0)  # not those whom usual infections had lost before
    weights = np.diff(share_above(np.append(z, np.inf))) * -1.0 * lost
    order = np.argsort(months)
    summed = np.cumsum(weights[order]) / max(weights.sum(), 1e-300)
    quantiles = [
        float(months[order][min(int(np.searchsorted(summed, q)), len(z) - 1)]) / 30.4
        for q in (0.05, 0.5, 0.95)
    ]
    loss = (quantiles[0], quantiles[1], quantiles[2]) if lost.any() else (math.nan, math.nan, math.nan)
    years = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
    rows = [int((_AT + year * YEAR) / MONTH) - 1 for year in years]
    middle = int(np.argmin(np.abs(z)))
    shown = [found.of(name)[middle, rows] / found.of(name)[middle, 10] for name in keep[1:]]
    return Course(law, loss, years, shown[0], shown[1], shown[2], shown[3])
