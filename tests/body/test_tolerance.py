"""Health and its loss are two states of one smooth system, by feedback; self-specific cells do the harm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nonself.catalog.body.build import body
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.model.compose import compose

Array = NDArray[np.float64]
YEAR = 365.25
CALM = {"red_cell_births": 0.0, "thyroid_births": 0.0} | dict.fromkeys(
    ("death_constant_man", "death_constant_woman", "death_level_man", "death_level_woman", "anemia_rate"), 0.0
)
ATTACKED = {"red_cell_effectors": 1.0, "red_cell_b": 0.1, "red_cell_antibody": 3.0}


@cache
def program(*tissues: str) -> Program:
    return build(compose(body(tissues), id="body", time_unit="day"))


def ends(
    gains: Array,
    start: Mapping[str, float],
    years: float = 15.0,
    *,
    tissue: str = "red_cell",
    **values: float,
) -> dict[str, Array]:
    """Return where people of given presentation are after some years, from health plus what is added at the start."""
    used = program(tissue)
    known = {name: value for name, value in {**CALM, **values}.items() if name in used.parameters}
    table = parameter_table(used, len(gains), {**known, "presentation_trait": gains})
    acts = tuple(Action(0.0, "add", name, amount) for name, amount in start.items())
    ids = tuple(f"p{number}" for number in range(len(gains)))
    horizon = years * YEAR
    outcomes = solve(Problem(used, ids, table, horizon, np.array([horizon]), acts, rtol=1e-6))
    assert outcomes.finished.all(), outcomes.failures
    return {name: outcomes.of(name)[:, -1] for name in used.species}


GAINS = np.exp(np.linspace(-0.5, 2.4, 30))


def window(**values: float) -> float:
    """Return over how much of the log of presentation two starts end in two states."""
    healthy, attacked = (ends(GAINS, start, **values)["red_cell_effectors"] for start in ({}, ATTACKED))
    apart = attacked > 100 * healthy
    return float(apart.sum() * (np.log(GAINS[1]) - np.log(GAINS[0])))


def test_health_and_attack_are_both_stable_for_some_people() -> None:
    assert window() > 0.5, "over a range of presentation the start decides"


def test_hysteresis_is_gone_without_the_feedback() -> None:
    assert window(antigen_of_damage=0.0, b_presentation=0.0, alarm_of_damage=0.0) == 0.0


def test_the_two_states_stay_apart_for_thirty_years() -> None:
    for years in (15.0, 30.0):
        healthy, attacked = (
            ends(np.array([1.8]), start, years)["red_cell_effectors"][0] for start in ({}, ATTACKED)
        )
        assert attacked > 1e3 * healthy, years


def storm(years: float) -> tuple[Action, ...]:
    """Four grave infections and an injury a year."""
    when = np.arange(0.0, years * YEAR, YEAR / 4)
    return (
        *(Action(float(day), "add", "pathogen", 0.8) for day in when),
        *(Action(float(day), "add", "injury", 1.0) for day in when[::4]),
    )


def harm(**values: float) -> tuple[float, float]:
    """Return thyroid cells left after three stormy years in a person who sees self strongly, and effectors."""
    used = program("thyroid")
    columns = {name: value for name, value in CALM.items() if name in used.parameters}
    table = parameter_table(used, 1, {**columns, "presentation_trait": 4.0, "sepsis_rate": 0.0, **values})
    outcomes = solve(Problem(used, ("one",), table, 3 * YEAR, np.array([3 * YEAR]), storm(3.0), rtol=1e-6))
    assert outcomes.finished.all(), outcomes.failures
    return float(outcomes.of("thyroid_cells")[0, -1]), float(outcomes.of("thyroid_effectors")[0, -1])


def test_without_self_specific_cells_no_trigger_harms_a_tissue() -> None:
    cells, effectors = harm(self_pool=0.0)
    assert effectors == 0.0
    assert abs(cells - 1.0) < 1e-6
    assert harm()[0] < 0.9, "with them it does, in the same person"
