"""What a year of a person costs: steps, not seconds."""

from __future__ import annotations

import numpy as np

from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.cohort.life import life
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose


def steps_a_year(infections: float) -> float:
    """Return the steps of a person and year, with this many times the usual infections, and two target tissues."""
    program = build(compose(body(("red_cell", "thyroid")), id="body", time_unit="day"))
    people = draw_people(population(), slot_ids(0, 24), Range(30.0, 40.0), seed=3)
    horizon = 5 * DAYS_PER_YEAR
    columns = {name: values for name, values in people.columns.items() if name in program.parameters}
    columns |= {"age_at_start": np.full(24, 18.0), "infection_trait": infections * columns["infection_trait"]}
    columns["presentation_trait"] = np.full(24, 0.5)
    befalls = life(population(), people, np.full(24, horizon), 3) if infections else ()
    acts: tuple[Action, ...] = tuple(
        one for one in befalls if one.kind != "set" or one.target in program.parameters
    )
    table = parameter_table(program, 24, columns)
    outcomes = solve(
        Problem(program, people.ids, table, horizon, np.array([horizon]), acts, rtol=1e-5, seed=3)
    )
    return float(outcomes.steps.mean()) / 5


def test_a_year_takes_few_steps_and_infections_take_most_of_them() -> None:
    usual, none = steps_a_year(1.0), steps_a_year(0.0)
    assert usual < 300
    assert none < 30
    assert none < 0.3 * usual, "the bound would see a body that is stiff for no reason"
