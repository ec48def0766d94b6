"""Healthy people of the population beside laboratories' reference intervals, readout by readout."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from experiments.body.courses import IMMORTAL
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.catalog.criteria.reference import reference_intervals
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.cohort.life import life
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.model.compose import compose

Array = NDArray[np.float64]
PEOPLE, WITHIN, SEED = 600, 0.2, 7
EXPOSURES = ("smoking", "benzene", "earlier_cytotoxic", "clonal_hematopoiesis")
ILL = 0.05  # innate signal from which somebody counts as ill


@functools.cache
def program() -> Program:
    return build(compose(body(("thyroid",)), id="healthy", time_unit="day"))


def seen(fixed: Mapping[str, float]) -> dict[str, Array]:
    """Return readouts of tolerant, unexposed people of 18 to 80 on one day, if they are not ill, and their sex."""
    people = draw_people(population(), slot_ids(0, PEOPLE), Range(18.0, 80.0, "uniform"), SEED)
    ages = np.asarray(people.age)
    columns: dict[str, float | Array] = {
        name: part for name, part in people.columns.items() if name in program().parameters
    }
    columns |= (
        dict.fromkeys((*IMMORTAL, *EXPOSURES), 0.0) | {"age_at_start": 18.0, "margin": 1000.0} | dict(fixed)
    )
    horizon = 62.0 * DAYS_PER_YEAR
    befalls = life(population(), people, np.full(PEOPLE, horizon), SEED)
    acts = tuple(one for one in befalls if one.kind != "set")  # what sets is exposure
    outputs = np.arange(0.0, horizon + 1.0, DAYS_PER_YEAR)
    table = parameter_table(program(), PEOPLE, columns)
    problem = Problem(program(), people.ids, table, horizon, outputs, acts, rtol=1e-5, seed=SEED)
    outcomes = solve(problem, workers=2)
    assert outcomes.finished.all(), outcomes.failures
    day, rows = np.rint(ages - 18.0).astype(int), np.arange(PEOPLE)
    well = outcomes.of("fever")[rows, day] < ILL
    names = {one.quantity for one in reference_intervals()} & {*program().species, *program().observables}
    return {name: outcomes.of(name)[rows, day][well] for name in names} | {
        "male": np.asarray(people.columns["male"])[well]
    }


def off(readouts: Mapping[str, Array]) -> dict[str, float]:
    """Return how far the 2.5 and 97.5 percentiles lie from each interval, over its limits, where it is too far."""
    found = {}
    for one in reference_intervals():
        if one.quantity not in readouts or one.low is None or one.high is None:
            continue
        male = readouts["male"] == 1
        chosen = {"men": male, "women": ~male}.get(one.sex, np.ones(len(male), dtype=bool))
        low, high = np.percentile(readouts[one.quantity][chosen], (2.5, 97.5))
        worst = max(abs(low / one.low - 1), abs(high / one.high - 1))
        if worst > WITHIN:
            found[f"{one.quantity} {one.sex}"] = round(float(worst), 3)
    return found


def test_percentiles_match_reference_intervals() -> None:
    readouts = seen({})
    assert len(readouts) > 12
    assert off(readouts) == {}


def test_planted_breach_people_alike_in_two_numbers() -> None:
    narrow = off(seen({"reticulocyte_time": 1.0, "tsh_set_point": 1.4}))
    assert set(narrow) == {"blood_reticulocytes both", "reticulocyte_percent both", "tsh both"}
