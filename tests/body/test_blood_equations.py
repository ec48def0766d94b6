"""Blood formation and its second writing are the same equations at random states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nonself.catalog.body.blood import blood_formation, no_leukemia, nothing_marked
from nonself.codegen import twin
from nonself.codegen.probe import evaluate, jacobian
from nonself.engine.problem import parameter_table
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.parts import Species
from tests.body.blood import composed, program, stand_in
from tests.codegen.test_kernels import complex_step, disagreement
from tests.qc.body import blood as second

POINTS = 16
STARTS_ONLY = {"innate_initial"}


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Return parameters, a little varied, and states from far below to above rest."""
    used = program()
    rng = np.random.default_rng(0)
    table = parameter_table(used, POINTS)
    row = used.parameters.index
    table[row("size")] = np.exp(rng.normal(0.0, 0.2, POINTS))
    table[row("male")] = rng.integers(0, 2, POINTS)
    table[row("alarm")] = rng.uniform(0.0, 1.0, POINTS)
    table[row("leukemic_marrow")] = rng.uniform(0.05, 0.9, POINTS)
    for name in ("marked_red_cells", "marked_platelets", "marked_neutrophils"):
        table[row(name)] = rng.uniform(1.0, 900.0, POINTS)
    start = np.maximum(twin.initial_state(used.model, table), used.scales[:, None])
    return table, start * np.exp(rng.uniform(-4.0, 1.0, start.shape))


@pytest.fixture(scope="module")
def computed() -> tuple[np.ndarray, ...]:
    table, states = drawn()
    return (table, states, *evaluate(program(), table, states))


def largest_difference(computed: tuple[np.ndarray, ...], breach: str | None = None) -> float:
    """Return the largest difference of rates (over what flows) and of observables (over themselves)."""
    used = program()
    table, states, rates, observed = computed
    seen = used.observables[len(used.species) :]
    worst = 0.0
    for column in range(POINTS):
        p = dict(zip(used.parameters, map(float, table[:, column]), strict=True))
        if breach is not None:
            p[breach] *= 1.00001 if breach != "male" else 0.0
        y = dict(zip(used.species, map(float, states[:, column]), strict=True))
        other, counts = second.rhs(y, p), second.blood(y, p)
        assert set(other) == set(used.species) == set(second.SPECIES)
        assert set(counts) == set(seen)
        mine = dict(zip(used.species, rates[:, column], strict=True))
        worst = max(worst, *(abs(mine[n] - other[n]) / (abs(other[n]) + 1e-6 * y[n]) for n in mine))
        worst = max(worst, *(abs(observed[row, column] / counts[n] - 1) for row, n in enumerate(seen)))
    return worst


def test_same_equations(computed: tuple[np.ndarray, ...]) -> None:
    assert largest_difference(computed) < 1e-9


def test_same_start() -> None:
    used = program()
    table = parameter_table(used, 1)
    mine = twin.initial_state(used.model, table)[:, 0]
    p = dict(zip(used.parameters, map(float, table[:, 0]), strict=True))
    start = second.rest(p)
    assert np.allclose(mine, [start[name] for name in used.species], rtol=1e-13, atol=0.0)


def test_planted_breach_each_parameter_counts(computed: tuple[np.ndarray, ...]) -> None:
    """One part in a hundred thousand in any number of the second writing is seen: none is left uncompared."""
    names = [name for name in program().parameters if name not in STARTS_ONLY]
    assert len(names) > 60
    assert [name for name in names if largest_difference(computed, name) < 1e-9] == []


def test_model_checks_find_nothing() -> None:
    assert check(composed()) == ()
    assert check(composed(drug=True)) == ()


def test_planted_breach_a_wrong_unit_is_found() -> None:
    wrong = replace(stand_in(), species=(Species("innate", 0.0, "Gcell", stand_in().species[0].source),))
    model = compose([wrong, *blood_formation(), nothing_marked(), no_leukemia()], id="wrong", time_unit="day")
    assert any(flaw.check == "dimensions" for flaw in check(model))


def test_jacobian() -> None:
    table, states = drawn()
    used = program()
    assert disagreement(jacobian(used, table, states), complex_step(used, table, states)) < 1e-11
