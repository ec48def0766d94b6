"""The lymphocytes and their second writing are the same equations at random states."""

from __future__ import annotations

import numpy as np
import pytest

from nonself.codegen import twin
from nonself.codegen.probe import evaluate, jacobian
from nonself.engine.problem import parameter_table
from tests.body.lymphocytes import LEFT, READ, YEAR, program
from tests.codegen.test_kernels import complex_step, disagreement
from tests.qc.body import lymphocytes as second

POINTS, TIME = 24, 2500.0
STARTS_ONLY = {
    "naive_cd4_start",
    "naive_cd8_start",
    "diversity_start",
    "exhausted_cd8_initial",
    "pathogen_initial",
}
CANCELS = {
    "memory_b_division"
}  # as much divides as is lost, but for the slow refill; a drug may hit one of them
STANDING_IN = {"blood_volume", "days_a_year"} | {f"remove_{name}" for name in LEFT}


def drawn(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters, a little varied, and states from far below to above rest."""
    used = program()
    rng = np.random.default_rng(seed)
    table = parameter_table(used, POINTS)
    for name in ("size", "thymic_trait", "deletion_trait", "room"):
        table[used.parameters.index(name)] = np.exp(rng.normal(0.0, 0.2, POINTS))
    table[used.parameters.index("age_at_start")] = rng.uniform(18.0, 80.0, POINTS)
    start = np.maximum(twin.initial_state(used.model, table), 10 * used.scales[:, None])
    return table, start * np.exp(rng.uniform(-5.0, 1.0, start.shape))


@pytest.fixture(scope="module")
def computed() -> tuple[np.ndarray, ...]:
    used = program()
    table, states = drawn()
    return (table, states, *evaluate(used, table, states, TIME))


def largest_difference(computed: tuple[np.ndarray, ...], breach: str | None = None) -> float:
    """Return the largest difference of rates (over what flows) and of blood counts."""
    used = program()
    table, states, rates, observed = computed
    seen = [name.removeprefix("seen_") for name in used.observables[len(used.species) :]]
    assert set(seen) == set(READ)
    worst = 0.0
    for column in range(POINTS):
        p = dict(zip(used.parameters, table[:, column], strict=True))
        if breach is not None:
            p[breach] = p[breach] * 1.00001
        age = p["age_at_start"] + TIME / YEAR
        y = dict(zip(used.species, states[:, column], strict=True))
        other = second.rhs(y, p, age)
        assert set(other) == set(used.species)
        mine = dict(zip(used.species, rates[:, column], strict=True))
        worst = max(worst, *(abs(mine[n] - other[n]) / (abs(other[n]) + 1e-4 * y[n]) for n in mine))
        counts = second.blood(y, p)
        worst = max(worst, *(abs(observed[row, column] / counts[n] - 1) for row, n in enumerate(seen)))
    return worst


def test_same_equations(computed: tuple[np.ndarray, ...]) -> None:
    assert largest_difference(computed) < 1e-9


def test_planted_breach_each_parameter_counts(computed: tuple[np.ndarray, ...]) -> None:
    """One part in a hundred thousand in any number of the second writing is seen: none is left uncompared."""
    names = [name for name in program().parameters if name not in STARTS_ONLY | STANDING_IN | CANCELS]
    assert len(names) > 70
    unseen = [name for name in names if largest_difference(computed, name) < 1e-9]
    assert unseen == []


def test_jacobian() -> None:
    used = program()
    table, states = drawn(1)
    assert disagreement(jacobian(used, table, states), complex_step(used, table, states)) < 1e-10
