"""The laws compared, the box of parameters they are compared in, and the point the maps are drawn around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.core.engine import Array
from nonself.catalog.core import CORE

SIGMA = 0.25  # spread of the logarithm of the gain at the point maps are drawn around
_SIGMA_RANGE = (0.1, 0.5)
_FIXED = (
    "conventional_healthy",
    "regulators_healthy",
    "turnover",
    "regulator_turnover",
    "self_export",
    "release",
)


@dataclass(frozen=True, slots=True)
class Law:
    """One law of suppression with one of division.

    **Arguments:** `density` 0 a ratio per contact, 1 a density; `avidity` 0 neutral, 1 by avidity for self; `release`
    the power of the growth factor that weakens suppression.
    """

    density: float
    avidity: float
    release: float = 0.0

    @property
    def title(self) -> str:
        """The law in words."""
        names = {0.0: "ratio", 1.0: "density"}
        suppression = names.get(self.density, f"mixture {self.density:g}")
        division = {0.0: "neutral", 1.0: "by avidity"}.get(self.avidity, f"avidity {self.avidity:g}")
        return f"{suppression}, {division}" + (f", release {self.release:g}" if self.release else "")

    def of(self, sets: Mapping[str, Array]) -> dict[str, Array]:
        """Return parameter sets under this law."""
        count = len(sets["sigma"])
        columns = {"density_share": self.density, "avidity_division": self.avidity, "release": self.release}
        return {**sets, **{name: np.full(count, value) for name, value in columns.items()}}


LAWS = (
    Law(0.0, 0.0),
    Law(0.0, 1.0),
    Law(0.25, 0.0),
    Law(0.25, 1.0),
    Law(1.0, 0.0),
    Law(1.0, 1.0),
    Law(0.0, 0.0, 1.0),
    Law(0.0, 1.0, 1.0),
)
CHOSEN = LAWS[3]


def box() -> dict[str, tuple[float, float]]:
    """Return the box of the screening: what the catalog gives as ranges, and that of the spread."""
    ranges = {
        part.id: part.range
        for mechanism in CORE
        for part in mechanism.parameters
        if part.range is not None and part.id not in _FIXED and not part.id.endswith("_exposed")
    }
    return {"sigma": _SIGMA_RANGE, **ranges}


def sample(count: int, seed: int) -> dict[str, Array]:
    """Return `count` sets of the box, log-uniform, by Latin hypercube."""
    from scipy.stats import qmc

    ranges = box()
    lots = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(count)
    return {
        name: np.exp(np.log(low) + lots[:, column] * np.log(high / low))
        for column, (name, (low, high)) in enumerate(ranges.items())
    }


def base(count: int = 1, **columns: Array | float) -> dict[str, Array]:
    """Return `count` copies of the point of the catalog, with these columns put in."""
    filled = {"sigma": SIGMA, **columns}
    return {
        name: np.broadcast_to(np.asarray(value, dtype=float), (count,)).copy()
        for name, value in filled.items()
    }
