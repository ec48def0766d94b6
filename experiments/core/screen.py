"""The screening: where in the box each statement holds, under each pair of laws, and what decides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.core.engine import Array
from experiments.core.laws import LAWS, Law, sample
from experiments.core.phenomena import Found, measure


@dataclass(frozen=True, slots=True)
class Screened:
    """What the box gave under one pair of laws."""

    law: Law
    found: Found

    @property
    def shares(self) -> list[float]:
        """Shares of the box in which statements 1 to 4 hold, and in which all do."""
        holds = self.found.holds
        return [*holds.mean(axis=1).tolist(), float(holds.all(axis=0).mean())]


@dataclass(frozen=True, slots=True)
class Screening:
    """All pairs of laws on the same sets."""

    sets: dict[str, Array]
    laws: tuple[Screened, ...]

    @property
    def others_hold(self) -> Array:
        """(n_sets,) where 1, 2 and 4 hold whatever the law: only the depletion is left to decide."""
        return np.all([entry.found.holds[[0, 1, 3]].all(axis=0) for entry in self.laws], axis=0)

    def ranks(self, row: int, law: Law, most: int = 5) -> list[tuple[str, float]]:
        """Return the parameters whose rank goes most with whether statement `row` holds."""
        from scipy.stats import spearmanr

        entry = next(entry for entry in self.laws if entry.law == law)
        holds = entry.found.holds[row].astype(float)
        if holds.min() == holds.max():
            return []
        found = {name: float(spearmanr(values, holds).statistic) for name, values in self.sets.items()}
        return sorted(found.items(), key=lambda item: -abs(item[1]))[:most]


def screen(count: int, seed: int = 1) -> Screening:
    """Measure `count` sets of the box under every pair of laws."""
    sets = sample(count, seed)
    return Screening(sets, tuple(Screened(law, measure(law.of(sets))) for law in LAWS))


def interval(share: float, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
