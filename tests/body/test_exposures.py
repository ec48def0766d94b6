"""Exposures: what they do in cells; nothing where nobody is exposed."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from nonself.catalog.body.build import body
from nonself.catalog.body.exposures import exposures
from nonself.catalog.body.population import population
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine.loop import solve
from nonself.engine.problem import Problem, parameter_table
from nonself.expr import names
from nonself.model.compose import compose
from nonself.model.ir import Model

TRAITS = ("smoking", "benzene", "earlier_cytotoxic", "clonal_hematopoiesis")
EXPOSED = {"smoking": 1.0, "benzene": 20.0, "earlier_cytotoxic": 1.0, "clonal_hematopoiesis": 0.2}
OURS = {part.id for part in exposures()}
Values = dict[str, float]


@functools.cache
def model() -> Model:
    return compose(body(()), id="exposed", time_unit="day")


@functools.cache
def program() -> Program:
    return build(model())


def unread(used: Model) -> list[str]:
    """Traits of the population that no rate of a model reads, by whatever way."""
    formulas = [part.rate for part in used.reactions]
    needed = {name for formula in formulas for name in names(formula)}
    formula_of = {part.id: part.formula for part in used.expressions}
    formula_of |= {part.id: part.value for part in used.parameters if isinstance(part.value, str)}
    todo = list(needed)
    while todo:
        for name in names(formula_of.get(todo.pop(), "0")) - needed:
            needed.add(name)
            todo.append(name)
    return [name for name in TRAITS if name not in needed]


def test_every_exposure_of_the_population_is_read_by_a_rate() -> None:
    assert set(TRAITS) <= {trait.id for trait in population().traits}
    assert unread(model()) == []
    without = [part for part in body(()) if part.id != "smoke"]
    assert unread(compose(without, id="without", time_unit="day")) == ["smoking"]


@functools.cache
def at_rest(exposure: str) -> Values:
    """Return counts after 20 years without infection, over those of a twin who is not exposed."""
    columns: dict[str, np.ndarray] = {exposure: np.array([EXPOSED[exposure], 0.0])} if exposure else {}
    until = 20 * 365.25
    problem = Problem(
        program(),
        ("exposed", "twin"),
        parameter_table(program(), 2, columns),
        until,
        np.array([until]),
        rtol=1e-6,
    )
    seen = (
        "blood_neutrophils",
        "blood_platelets",
        "blood_hemoglobin",
        "blood_leukocytes",
        "igg_level",
        "hsc",
    )
    outcomes = solve(problem, keep=seen)
    return {name: float(outcomes.of(name)[0, 0] / outcomes.of(name)[1, 0]) for name in seen}


def test_smokers_have_more_neutrophils_and_less_igg() -> None:
    """Leukocytes 1.19 to 1.26 times (EPIC-Norfolk), IgG 0.69 to 0.91 times (Qvarfordt 2001)."""
    found = at_rest("smoking")
    assert 1.2 < found["blood_neutrophils"] < 1.4
    assert 1.12 < found["blood_leukocytes"] < 1.26
    assert 0.69 < found["igg_level"] < 0.91
    assert found["blood_platelets"] == pytest.approx(1.0, abs=1e-3)


def test_benzene_lowers_platelets_more_than_hemoglobin() -> None:
    found = at_rest("benzene")
    assert 0.85 < found["blood_platelets"] < 0.97
    assert found["blood_platelets"] < found["blood_hemoglobin"] < 0.995
    assert found["blood_neutrophils"] < 0.995


def test_earlier_treatment_leaves_fewer_stem_cells() -> None:
    found = at_rest("earlier_cytotoxic")
    assert found["hsc"] == pytest.approx(0.8 / 1.2, rel=0.02)
    assert found["blood_platelets"] < 0.97


def test_a_mutant_clone_is_silent_without_infection() -> None:
    assert at_rest("clonal_hematopoiesis") == pytest.approx(dict.fromkeys(at_rest("smoking"), 1.0), abs=1e-9)


def test_nobody_exposed_nothing_changes() -> None:
    """Every rate of every exposure is 0 at the default of its trait."""
    table = np.array([[float(part.value)] for part in model().parameters])
    state = np.maximum(twin.initial_state(model(), table), 0.05)
    named = twin.named_values(model(), table, state)
    rates = [r for r in model().reactions if r.mechanism in OURS]
    assert len(rates) == 12
    assert all(float(np.max(np.abs(twin.formula_values(r.rate, named)))) == 0.0 for r in rates)
