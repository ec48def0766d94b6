"""Killers in the marrow, as many as are put there: what becomes of reticulocytes and hemoglobin."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose

Array = NDArray[np.float64]
KILLERS = np.array([0.0, 1.0, 5.0, 10.0, 30.0])  # 1e9 self-specific residents, of which 0.4 kill
OF_AGE = ("death_constant_man", "death_constant_woman", "death_level_man", "death_level_woman", "anemia_rate")


@functools.cache
def program() -> Program:
    return build(compose(body(("red_cell_precursor",)), id="precursors", time_unit="day"))


def with_killers(**values: float) -> tuple[Array, Array, Array]:
    """Return hemoglobin, reticulocytes and platelets by day, with killers that neither divide nor die."""
    still = {"presentation_trait": 1e-6, "resident_death": 1e-9}
    table = parameter_table(program(), len(KILLERS), dict.fromkeys(OF_AGE, 0.0) | still | values)
    acts = (Action(0.5, "add", "red_cell_precursor_residents", KILLERS),)
    ids = tuple(f"{number:g}" for number in KILLERS)
    outcomes = solve(Problem(program(), ids, table, 200.0, np.arange(201.0), acts, rtol=1e-6))
    assert outcomes.finished.all(), outcomes.failures
    names = ("blood_hemoglobin", "blood_reticulocytes", "blood_platelets")
    hemoglobin, young, platelets = (outcomes.of(name) for name in names)
    return hemoglobin, young, platelets


def test_killers_take_the_red_line_alone() -> None:
    """Few cost little; five billion bring reticulocytes below 10e9/L within a month, ten end the line."""
    hemoglobin, young, platelets = with_killers()
    assert hemoglobin[0, -1] == pytest.approx(152, abs=0.5)
    assert 100 < hemoglobin[1, -1] < 135
    assert young[1].min() > 20
    assert young[2, 30] < 10
    assert hemoglobin[2, -1] < 40
    assert (young[3:, 20:] < 10).all()
    assert (platelets[:, -1] > 150).all()


def test_planted_breach_killers_that_meet_all_erythroblasts() -> None:
    hemoglobin, young, _ = with_killers(progenitors_met=314.0 / 41.0)
    assert hemoglobin[2, -1] > 130
    assert young[:-1].min() > 10


def seeing(strengths: Array, days: float) -> tuple[Array, Array]:
    """Return hemoglobin and reticulocytes at the end for people who present precursors this strongly."""
    columns = dict.fromkeys(OF_AGE, 0.0) | {"red_cell_precursor_trait": strengths}
    ids = tuple(f"{one:g}" for one in strengths)
    table = parameter_table(program(), len(ids), columns)
    outcomes = solve(Problem(program(), ids, table, days, np.array([0.0, days]), (), rtol=1e-6))
    assert outcomes.finished.all(), outcomes.failures
    return outcomes.of("blood_hemoglobin")[:, -1], outcomes.of("blood_reticulocytes")[:, -1]


def test_what_enters_the_line_keeps_the_killers_at_work() -> None:
    """Whoever presents strongly loses the line and does not get it back; others keep all of it."""
    hemoglobin, young = seeing(np.array([1.0, 3.0, 8.0, 12.0]), 1500.0)
    assert hemoglobin[:2] == pytest.approx([152.0, 152.0], abs=2.0)
    assert (hemoglobin[2:] < 60).all()
    assert (young[2:] < 10).all()
