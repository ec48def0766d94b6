"""The same population drawn, not integrated over: keyed infections of random size, several traits at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from experiments.core.engine import HALF, LASTS, MONTH, WORKERS, YEAR, Array, deep_depletion, program
from experiments.core.laws import CHOSEN, SIGMA
from experiments.core.population import RATE, SPREAD
from nonself.engine.chance import triggers
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.streams import normals

SEED = 20
TRAITS = {"regeneration": 0.2, "regulator_turnover": 0.15, "high_healthy": 0.7, "self_export": 0.4}
TILT = 3.0  # draws of the gain are shifted by so many standard deviations where loss is rare


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its standard error, and how many of how many were lost."""

    share: float
    error: float
    lost: int
    drawn: int


def draw(
    count: int,
    years: float,
    *,
    tilt: float,
    traits: bool,
    actions: tuple[Action, ...] = (),
    burden: float = 0.0,
) -> Estimate:
    """Draw patients, simulate them with random infections, and return the share lost in `years`.

    **Arguments:** `tilt` shift of the gain's draws, taken back by weights; `traits` whether TRAITS vary too.
    """
    patients = tuple(f"d{row:06d}" for row in range(count))
    z = normals(SEED, "gain", patients) + tilt
    weights = np.exp(0.5 * tilt * tilt - tilt * z)
    columns: dict[str, float | Array] = {
        "gain": np.exp(SIGMA * z),
        "density_share": CHOSEN.density,
        "avidity_division": CHOSEN.avidity,
        "leukemia_initial": 1e12 * burden,
        "leukemic_growth": 0.0,
        "leukemic_killing": 0.0,
    }
    table = parameter_table(program(), count, columns)
    if traits:
        for name, spread in TRAITS.items():
            table[program().parameters.index(name)] *= np.exp(spread * normals(SEED, name, patients))
    days = years * YEAR
    rate = RATE / YEAR
    drawn = triggers(
        SEED, "infection", patients, horizon=days, highest=rate, rate=rate, target="innate", amount=1.0
    )
    sized = [
        replace(action, value=np.exp(SPREAD * normals(SEED, "infection size", patients, draw=row)))
        for row, action in enumerate(drawn)
    ]
    problem = Problem(
        program(), patients, table, days, np.arange(MONTH, days + 1e-9, MONTH), (*sized, *actions), rtol=1e-5
    )
    outcomes = solve(problem, workers=WORKERS, keep=("tissue",))
    if not outcomes.finished.all():
        raise RuntimeError(outcomes.failures[0].sentence)
    tissue = outcomes.of("tissue")
    lost = np.partition(tissue, LASTS - 1, axis=1)[:, LASTS - 1] < HALF
    values = weights * lost
    return Estimate(float(values.mean()), float(values.std() / math.sqrt(count)), int(lost.sum()), count)


def spontaneous(count: int, traits: bool) -> Estimate:
    """Return the share lost in 20 years without treatment or leukemia."""
    return draw(count, 20.0, tilt=TILT, traits=traits)


def after_depletion(count: int, traits: bool) -> Estimate:
    """Return the share lost in the five years after a deep depletion."""
    return draw(count, 6.0, tilt=0.0, traits=traits, actions=tuple(deep_depletion()))


def under_burden(count: int, burden: float, traits: bool) -> Estimate:
    """Return the share lost in five years under a burden."""
    return draw(count, 5.0, tilt=2.0, traits=traits, burden=burden)
