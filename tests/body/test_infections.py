"""Infections as they come in the population: how often, how long, and what depletion or few neutrophils change."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from experiments.body.courses import IMMORTAL, LEFT, as_they_live
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.problem import Action
from nonself.model.compose import compose

Array = NDArray[np.float64]
PEOPLE, YEARS, START, SEED = 100, 3.0, 365.0, 5
ILL = 0.5  # innate signal, as in the study of infection


@functools.cache
def program() -> Program:
    return build(compose(body(()), id="infections", time_unit="day"))


def courses(acts: tuple[Action, ...] = (), **values: float) -> Mapping[str, Array]:
    """Return signal, pathogen and hemoglobin by half day from day 365 on, people of 25 to 55 years."""
    people = draw_people(population(), slot_ids(0, PEOPLE), Range(25.0, 55.0, "uniform"), SEED)
    horizon = YEARS * DAYS_PER_YEAR
    columns = {**dict.fromkeys(IMMORTAL, 0.0), **values}
    problem = as_they_live(program(), people, horizon, np.arange(START, horizon, 0.5), columns, SEED, acts)
    outcomes = solve(problem, workers=2)
    assert outcomes.finished.all(), outcomes.failures
    return {name: outcomes.of(name) for name in ("fever", "pathogen", "blood_hemoglobin")}


def lengths(fever: Array) -> Array:
    """Return how long each illness lasted, in days."""
    ill = np.pad((fever > ILL).astype(int), ((0, 0), (1, 1)))
    change = np.diff(ill, axis=1)
    return (np.nonzero(change == -1)[1] - np.nonzero(change == 1)[1]) / 2


def a_year(fever: Array) -> float:
    """Return illnesses a person and year."""
    return len(lengths(fever)) / (PEOPLE * (YEARS - START / DAYS_PER_YEAR))


def depleted() -> tuple[Action, ...]:
    return tuple(Action(START, "multiply", name, share) for name, share in LEFT.items())


def without_neutrophils() -> tuple[Action, ...]:
    cells = [name for name in program().species if name.startswith("neutrophil_")]
    days = np.arange(START, YEARS * DAYS_PER_YEAR, 2.0)
    return tuple(Action(float(day), "multiply", name, 1e-3) for day in days for name in cells)


def test_a_febrile_infection_a_year_that_lasts_a_week_or_two() -> None:
    well = courses()
    assert 0.7 < a_year(well["fever"]) < 1.3
    assert 5 <= np.median(lengths(well["fever"])) <= 14
    assert lengths(well["fever"]).max() < 21


def test_after_depletion_infections_are_longer_and_worse_but_pass_in_weeks() -> None:
    well, after = courses(), courses(depleted())
    assert np.median(lengths(after["fever"])) > 1.3 * np.median(lengths(well["fever"]))
    assert np.percentile(after["pathogen"], 99.5) > 1.5 * np.percentile(well["pathogen"], 99.5)
    assert lengths(after["fever"]).max() < 42
    lost = after["blood_hemoglobin"] / well["blood_hemoglobin"]
    assert np.median(lost) > 0.98
    assert np.percentile(lost[:, -1], 5) > 0.95, "and all is back two years on"


def test_planted_breach_effectors_that_do_not_divide() -> None:
    after = courses(depleted(), called_division=0.0)
    assert lengths(after["fever"]).max() > 42


def test_without_neutrophils_most_inocula_take_hold_but_pathogens_die_out() -> None:
    few = courses(without_neutrophils())
    assert a_year(few["fever"]) > 2 * a_year(courses()["fever"])
    assert (few["pathogen"].min(axis=1) < 1e-9).all()
    assert lengths(few["fever"]).max() < 42


def test_planted_breach_uptake_by_neutrophils_alone() -> None:
    few = courses(without_neutrophils(), resident_uptake=0.0)
    assert (few["pathogen"].min(axis=1) > 1e-9).any()


def test_more_antibody_helps_ever_less() -> None:
    """IgG of a fifth costs more than IgG of twice gains."""

    def igg(level: float, plasma: float) -> float:
        made = (("igg", level), ("plasma_cell", plasma))
        return a_year(courses(tuple(Action(START, "multiply", *one) for one in made))["fever"])

    few, usual, many = igg(0.2, 0.02), igg(1.0, 1.0), igg(2.0, 3.0)
    assert few > usual > many > usual / 2
    assert few - usual > usual - many
