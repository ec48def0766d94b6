"""The benchmark model: 30 species of drug, blood, leukemia and immunity, stiff, dosed 30 times in 5 years.

All amounts are relative to a healthy adult's (unit 1), all rates per day. Time scales run from minutes
(drug distribution) to years (memory cells). Not a claim about biology.
"""

from __future__ import annotations

import numpy as np

from bench.case import Case
from bench.models.dosed30_tables import CONSTANTS, EXPRESSIONS, RATES, REACTIONS, SPECIES
from bench.schedule import Array, Doses
from nonself.model.parts import Expression, Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

SOURCE = assumed("benchmark model: not a claim about biology")

HORIZON = 1825.0
"""Days simulated."""
OUTPUTS: Array = np.linspace(0.0, HORIZON, 121)
"""Days at which all species are read."""
DOSES = Doses(species="depot", times=np.arange(30, dtype=np.float64) * 28.0 + 1.0, amount=10.0)
"""Thirty doses, every four weeks from day 1; day 365 is an output too, read after the dose."""
SPREAD = 0.2
"""Standard deviation of the logarithm of every parameter."""
SCALE = 1e-6
"""Smallest amount that matters, as a fraction of a species' typical amount."""


def _species() -> tuple[Species, ...]:
    return tuple(
        Species(name, initial, "1", SOURCE, scale=SCALE * typical)
        for name, (initial, typical) in SPECIES.items()
    )


def _parameters() -> tuple[Parameter, ...]:
    rates = tuple(Parameter(name, value, "1/day", SOURCE) for name, value in RATES.items())
    return rates + tuple(Parameter(name, value, "1", SOURCE) for name, value in CONSTANTS.items())


MECHANISM = Mechanism(
    id="dosed30",
    title="Drug, blood, leukemia and immunity in 30 species, for timing",
    references=(),
    species=_species(),
    parameters=_parameters(),
    expressions=tuple(Expression(name, formula, "1") for name, formula in EXPRESSIONS.items()),
    reactions=tuple(
        Reaction(name, rate, change, source=SOURCE) for name, (rate, change) in REACTIONS.items()
    ),
)


def case(name: str = "dosed30") -> Case:
    """Return the model as a case."""
    return Case(
        id=name,
        mechanism=MECHANISM,
        doses=DOSES,
        outputs=OUTPUTS,
        spread=SPREAD,
        time_unit="day",
        about="Made up for timing: a drug, blood formation, leukemia and immunity, given 30 doses in 5 years.",
    )
