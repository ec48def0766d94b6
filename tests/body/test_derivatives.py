"""Blood formation, lymphocytes, tissues alone: compiled rates and derivatives, and what the checks of a model find."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from nonself.catalog.body.blood import blood_formation, no_leukemia, nothing_marked
from nonself.codegen import twin
from nonself.codegen.probe import evaluate, jacobian
from nonself.codegen.program import Program
from nonself.engine.problem import parameter_table
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import Species
from tests.body import blood, lymphocytes, tissues
from tests.codegen.test_kernels import complex_step, disagreement

POINTS = 16
DRAWN = {
    "male": (0.0, 1.0),
    "alarm": (0.0, 1.0),
    "leukemic_marrow": (0.05, 0.9),
    "age_at_start": (18.0, 80.0),
} | {f"marked_{cells}": (1.0, 900.0) for cells in ("red_cells", "platelets", "neutrophils")}
"""Numbers drawn between two ends, where a model has them."""


def drawn(used: Program) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters, a little varied, and states from far below to above rest."""
    rng = np.random.default_rng(0)
    table = parameter_table(used, POINTS)
    table[used.parameters.index("size")] = np.exp(rng.normal(0.0, 0.2, POINTS))
    for name, ends in DRAWN.items():
        if name in used.parameters:
            table[used.parameters.index(name)] = rng.uniform(*ends, POINTS)
    for row, name in enumerate(used.parameters):
        if name.endswith("_set"):  # what acts on tissues
            table[row] = rng.uniform(1e-3, 1.0, POINTS)
    start = np.maximum(twin.initial_state(used.model, table), 10 * used.scales[:, None])
    return table, start * np.exp(rng.uniform(-4.0, 1.0, start.shape))


every = pytest.mark.parametrize("part", [blood, lymphocytes, tissues])


@every
def test_compiled_rates_are_those_of_the_formulas(part: ModuleType) -> None:
    """Second writings are compared with formulas; here the formulas are compared with what is compiled from them."""
    used = part.program()
    table, states = drawn(used)
    rates, _ = evaluate(used, table, states)
    wanted = twin.right_hand_side(used.model, table, states)
    off = np.abs(rates - wanted) / (np.abs(wanted) + 1e-6 * states)
    assert off.max() < 1e-10
    elsewhere = twin.right_hand_side(used.model, table, states * (1 + 1e-6))
    assert (np.abs(rates - elsewhere) / (np.abs(elsewhere) + 1e-6 * states)).max() > 1e-7


@every
def test_jacobian(part: ModuleType) -> None:
    used = part.program()
    table, states = drawn(used)
    assert disagreement(jacobian(used, table, states), complex_step(used, table, states)) < 1e-10


def test_planted_breach_a_jacobian_elsewhere_is_another() -> None:
    used = blood.program()
    table, states = drawn(used)
    assert disagreement(jacobian(used, table, states), complex_step(used, table, states * (1 + 1e-6))) > 1e-10


def test_model_checks_find_nothing() -> None:
    assert check(blood.composed()) == ()
    assert check(blood.composed(drug=True)) == ()


def test_planted_breach_a_wrong_unit_is_found() -> None:
    stand_in = blood.stand_in()
    wrong = replace(stand_in, species=(Species("innate", 0.0, "Gcell", stand_in.species[0].source),))
    model = compose([wrong, *blood_formation(), nothing_marked(), no_leukemia()], id="wrong", time_unit="day")
    assert any(flaw.check == "dimensions" for flaw in check(model))
