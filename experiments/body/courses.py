"""Courses of people with one target tissue, over a wide range of how strongly they see it: what margin would tip them.

A person's signal is presentation over margin, so one run over a wide range of presentation tells what any margin does.
Presentation is spread evenly instead of drawn; all other traits, infections and chance are as in the population.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort.life import life
from nonself.cohort.people import DAYS_PER_YEAR, People, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes
from nonself.model.compose import compose

Array = NDArray[np.float64]
FROM_AGE = 18.0
MARGIN = 7.0  # at which the courses are run; results hold for any other by a shift
# Logarithm of presentation over the median person's: from where next to nobody tips to where most do.
GAINS = {"red_cell": (0.0, 2.4), "thyroid": (-1.4, 1.5)}
IMMORTAL = (
    "death_constant_man", "death_constant_woman", "death_level_man", "death_level_woman", "sepsis_rate",
    "pneumonia_rate", "bleeding_rate", "anemia_rate",
)  # fmt: skip
# What alemtuzumab leaves: as in the tests of lymphocyte recovery, whose two clocks were fitted with it.
LEFT = {
    "naive_cd4": 0.02, "naive_cd8": 0.02, "memory_cd4": 0.06, "memory_cd8": 0.06, "effector_cd4": 0.06,
    "effector_cd8": 0.06, "regulator": 0.08, "nk": 0.10, "transitional_b": 0.02, "naive_b": 0.02, "memory_b": 0.06,
    "plasmablast": 0.06,
}  # fmt: skip
LEFT_SELF = {"precursors": 0.02, "effectors": 0.06, "b": 0.06, "residents": 0.5}


@dataclass(frozen=True, slots=True)
class Tipping:
    """When people of different log gain (n,) were first seen with a finding: age (n,) in years, NaN for never."""

    gain: Array
    age: Array


def as_they_live(
    program: Program,
    people: People,
    until: float,
    outputs: Array,
    columns: Mapping[str, float | Array],
    seed: int,
    acts: tuple[Action, ...] = (),
) -> Problem:
    """Return people with their traits and what befalls them by chance until a time in days, as a problem to solve.

    **Arguments:** `columns` values in the place of what was drawn, with names that the program may not know; `acts`
    what is done besides.
    """
    known = set(program.parameters)
    values: dict[str, float | Array] = {**people.columns, **columns}
    table = parameter_table(
        program, len(people.ids), {name: value for name, value in values.items() if name in known}
    )
    befalls = life(population(), people, np.full(len(people.ids), until), seed)
    befalls = tuple(one for one in befalls if one.kind != "set" or one.target in known)
    return Problem(program, people.ids, table, until, outputs, (*befalls, *acts), rtol=1e-5, seed=seed)


def _run(
    program: Program,
    tissue: str,
    count: int,
    years: float,
    values: Mapping[str, float | Array],
    seed: int,
    acts: tuple[Action, ...] = (),
) -> tuple[Array, Outcomes, Array]:
    people = draw_people(population(), slot_ids(0, count), Range(FROM_AGE, 90.0, "uniform"), seed)
    gain = np.linspace(*GAINS[tissue], count)
    columns: dict[str, float | Array] = {**dict.fromkeys(IMMORTAL, 0.0), **values}
    strength = values.get(f"{tissue}_strength", np.exp(gain))
    columns |= {"age_at_start": FROM_AGE, "presentation_trait": strength, f"{tissue}_trait": 1.0}
    columns["margin"] = MARGIN
    horizon = years * DAYS_PER_YEAR
    outputs = np.arange(0.0, horizon + 1.0, DAYS_PER_YEAR / 2)
    problem = as_they_live(program, people, horizon, outputs, columns, seed, acts)
    return gain, solve(problem, workers=2), FROM_AGE + outputs / DAYS_PER_YEAR


def program_of(tissue: str) -> Program:
    """Return the compiled body with one target tissue."""
    return build(compose(body((tissue,)), id="body", time_unit="day"))


def of_red_cells(values: Mapping[str, float | Array], count: int, seed: int) -> Tipping:
    """Return when people first have antibody on their red cells and hemoglobin well below their own."""
    gain, outcomes, ages = _run(program_of("red_cell"), "red_cell", count, 72.0, values, seed)
    hemoglobin = outcomes.of("blood_hemoglobin")
    found = (hemoglobin < 0.85 * hemoglobin[:, :1]) & (outcomes.of("red_cell_titer") >= 1.0)
    return Tipping(gain, np.where(found.any(axis=1), ages[found.argmax(axis=1)], np.nan))


def of_thyroid(
    values: Mapping[str, float | Array], count: int, seed: int, at: float = 36.0, years: float = 6.0
) -> Tipping:
    """Return when TSH first leaves 0.1 to 10 mU/L in people who are depleted of lymphocytes at an age and a year on."""
    program = program_of("thyroid")
    own = {f"thyroid_{name}": share for name, share in LEFT_SELF.items()}
    start = (at - FROM_AGE) * DAYS_PER_YEAR
    acts = tuple(
        Action(start + later, "multiply", name, share)
        for later in (0.0, DAYS_PER_YEAR)
        for name, share in {**LEFT, **own}.items()
        if name in program.species
    )
    gain, outcomes, ages = _run(program, "thyroid", count, at - FROM_AGE + years, values, seed, acts)
    tsh = outcomes.of("tsh")
    found = (tsh > 10.0) | (tsh < 0.1)
    return Tipping(gain, np.where(found.any(axis=1), ages[found.argmax(axis=1)], np.nan))
